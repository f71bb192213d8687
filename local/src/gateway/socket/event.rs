//! What functions and authorizers of a WebSocket API see.

use super::SocketGateway;
use super::connections::Connection;
use crate::gateway::{log_time, short_id};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::request;
use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use std::net::IpAddr;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

/// The request that asks for a connection.
#[derive(Debug)]
pub(super) struct Handshake {
    pub(super) request_id: String,
    pub(super) received: Timestamp,
    pub(super) source: IpAddr,
    headers: BTreeMap<String, Vec<String>>,
    query: BTreeMap<String, Vec<String>>,
}

/// How a connection ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Closing {
    /// The status code of the close frame, whoever sent it.
    pub(super) status: Option<u16>,
    pub(super) reason: String,
    pub(super) by_server: bool,
}

impl Closing {
    /// The client said goodbye.
    pub(super) fn by_client(frame: Option<CloseFrame>) -> Self {
        let (status, reason) = match frame {
            Some(frame) => (u16::from(frame.code), frame.reason.to_string()),
            // What RFC 6455 sets for a close frame without a code.
            None => (1005, String::new()),
        };
        Self {
            status: Some(status),
            reason,
            by_server: false,
        }
    }

    /// The connection was closed through `@connections`.
    pub(super) fn normal() -> Self {
        Self {
            status: Some(1000),
            reason: "Connection Closed Normally".to_owned(),
            by_server: true,
        }
    }

    /// A time limit was reached.
    pub(super) fn going_away(reason: &str) -> Self {
        Self {
            status: Some(1001),
            reason: reason.to_owned(),
            by_server: true,
        }
    }

    /// The client sent more than one frame or message may hold.
    pub(super) fn too_large() -> Self {
        Self {
            status: Some(1009),
            reason: "Message too long".to_owned(),
            by_server: true,
        }
    }

    /// The connection broke, or was broken off.
    pub(super) fn abnormal() -> Self {
        Self {
            status: Some(1006),
            reason: String::new(),
            by_server: false,
        }
    }
}

impl Handshake {
    pub(super) fn new(parts: &request::Parts, source: IpAddr, received: Timestamp) -> Self {
        let mut headers: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in &parts.headers {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            headers.entry(customary(name.as_str())).or_default().push(value);
        }
        headers
            .entry("X-Forwarded-For".to_owned())
            .or_default()
            .push(source.to_string());
        let mut query: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()) {
            query
                .entry(name.into_owned())
                .or_default()
                .push(value.into_owned());
        }
        Self {
            request_id: short_id(),
            received,
            source,
            headers,
            query,
        }
    }

    /// A header by its name in any case.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .get(&customary(name))
            .and_then(|values| values.last())
            .map(String::as_str)
    }

    /// A query string parameter.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.query
            .get(name)
            .and_then(|values| values.last())
            .map(String::as_str)
    }

    fn write_to(&self, event: &mut Map<String, Json>) {
        event.insert("headers".to_owned(), last_of_each(&self.headers));
        event.insert("multiValueHeaders".to_owned(), json!(self.headers));
        if !self.query.is_empty() {
            event.insert("queryStringParameters".to_owned(), last_of_each(&self.query));
            event.insert("multiValueQueryStringParameters".to_owned(), json!(self.query));
        }
    }
}

/// The event of the authorizer that is asked about a connection to `resource`.
pub(super) fn authorize(
    gateway: &SocketGateway,
    connection: &Connection,
    handshake: &Handshake,
    resource: &str,
) -> Json {
    let mut event = opening(gateway, connection, handshake);
    event.insert("type".to_owned(), json!("REQUEST"));
    event.insert("methodArn".to_owned(), json!(resource));
    Json::Object(event)
}

/// The event of `$connect`.
pub(super) fn connect(gateway: &SocketGateway, connection: &Connection, handshake: &Handshake) -> Json {
    let mut event = opening(gateway, connection, handshake);
    event.insert("isBase64Encoded".to_owned(), json!(false));
    Json::Object(event)
}

fn opening(gateway: &SocketGateway, connection: &Connection, handshake: &Handshake) -> Map<String, Json> {
    let context = context(
        gateway,
        connection,
        ("$connect", &handshake.request_id),
        "CONNECT",
    );
    let mut event = Map::new();
    handshake.write_to(&mut event);
    event.insert("requestContext".to_owned(), Json::Object(context));
    event
}

/// The event of a message's route.
pub(super) fn message(
    gateway: &SocketGateway,
    connection: &Connection,
    (route_key, request_id): (&str, &str),
    body: &Bytes,
) -> Json {
    let mut context = context(gateway, connection, (route_key, request_id), "MESSAGE");
    context.insert("messageId".to_owned(), json!(short_id()));
    let (body, encoded) = match std::str::from_utf8(body) {
        Ok(text) => (text.to_owned(), false),
        Err(_) => (STANDARD.encode(body), true),
    };
    json!({ "requestContext": context, "body": body, "isBase64Encoded": encoded })
}

/// The event of `$disconnect`.
pub(super) fn disconnect(gateway: &SocketGateway, connection: &Connection, closing: &Closing) -> Json {
    let mut context = context(gateway, connection, ("$disconnect", &short_id()), "DISCONNECT");
    context.insert("disconnectStatusCode".to_owned(), json!(closing.status));
    context.insert("disconnectReason".to_owned(), json!(closing.reason));
    let headers = json!({ "Host": connection.host, "X-Forwarded-For": connection.source.to_string() });
    let multiple = json!({ "Host": [connection.host], "X-Forwarded-For": [connection.source.to_string()] });
    json!({
        "headers": headers,
        "multiValueHeaders": multiple,
        "requestContext": context,
        "isBase64Encoded": false,
    })
}

fn context(
    gateway: &SocketGateway,
    connection: &Connection,
    (route_key, request_id): (&str, &str),
    event_type: &str,
) -> Map<String, Json> {
    let now = gateway.clock.now();
    let mut context = Map::new();
    let mut put = |name: &str, value: Json| context.insert(name.to_owned(), value);
    put("routeKey", json!(route_key));
    put("eventType", json!(event_type));
    put("extendedRequestId", json!(request_id));
    put("requestTime", json!(log_time(now)));
    put("messageDirection", json!("IN"));
    put("stage", json!(gateway.api.stage));
    put("connectedAt", json!(connection.connected_at.as_millisecond()));
    put("requestTimeEpoch", json!(now.as_millisecond()));
    put(
        "identity",
        json!({ "sourceIp": connection.source.to_string(), "userAgent": connection.user_agent }),
    );
    put("requestId", json!(request_id));
    put("domainName", json!(connection.host));
    put("connectionId", json!(connection.id));
    put("apiId", json!(gateway.api.id));
    if let Some(authorizer) = &connection.authorizer {
        put("authorizer", authorizer.clone());
    }
    context
}

fn last_of_each(values: &BTreeMap<String, Vec<String>>) -> Json {
    let last = values
        .iter()
        .filter_map(|(name, values)| Some((name.clone(), json!(values.last()?))));
    Json::Object(last.collect())
}

/// A header's name as clients write it, which is how API Gateway passes it on: `Sec-WebSocket-Protocol`.
fn customary(name: &str) -> String {
    let words = name.split('-').map(|word| {
        if word.eq_ignore_ascii_case("websocket") {
            return "WebSocket".to_owned();
        }
        let mut letters = word.chars();
        match letters.next() {
            Some(first) => first
                .to_uppercase()
                .chain(letters.flat_map(char::to_lowercase))
                .collect(),
            None => String::new(),
        }
    });
    words.collect::<Vec<_>>().join("-")
}
