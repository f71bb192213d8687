//! WebSocket APIs: connections, their messages, and `@connections`.

mod connections;
mod event;
mod management;

pub use connections::{ConnectionInfo, Connections, PostError};
pub use management::Management;

use super::authorizer::{Decision, policy_response};
use super::{message, reply, short_id};
use crate::clock::LocalClock;
use crate::invoke::{InvocationFailed, Invoker};
use crate::template::{Deployment, IdentitySource, SocketApi};
use axum::body::Body;
use bytes::Bytes;
use connections::{Connection, Outgoing};
use event::{Closing, Handshake};
use futures_util::{SinkExt as _, StreamExt as _};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, header};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use serde_json::{Value as Json, json};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, mpsc};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::Error as SocketError;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

/// The largest message either way, in bytes.
pub(super) const MAXIMUM_MESSAGE_BYTES: usize = 128 * 1024;
/// The largest frame a client may send, in bytes.
const MAXIMUM_FRAME_BYTES: usize = 32 * 1024;
/// Messages of one connection that functions work on at once; the next ones wait in the socket.
const MESSAGES_AT_ONCE: usize = 32;
/// How long a peer may take to see a connection closed in order.
const CLOSING_TIME: Duration = Duration::from_secs(2);

/// How long connections live, in real time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetimes {
    /// Without a frame in either direction.
    pub idle: Duration,
    /// At most.
    pub whole: Duration,
}

impl Default for Lifetimes {
    /// API Gateway's: 10 minutes and 2 hours.
    fn default() -> Self {
        Self {
            idle: Duration::from_secs(10 * 60),
            whole: Duration::from_secs(2 * 60 * 60),
        }
    }
}

/// Serves one WebSocket API of the template.
pub struct SocketGateway {
    api: SocketApi,
    path: String,
    deployment: Deployment,
    invoker: Arc<dyn Invoker>,
    clock: LocalClock,
    connections: Connections,
    lifetimes: Lifetimes,
}

impl SocketGateway {
    /// Serves `api`, whose functions `invoker` runs and whose open connections `connections` holds.
    #[must_use]
    pub fn new(
        api: SocketApi,
        deployment: Deployment,
        invoker: Arc<dyn Invoker>,
        clock: LocalClock,
        connections: Connections,
        lifetimes: Lifetimes,
    ) -> Self {
        let path = format!("{}/{}", Deployment::api_path(&api.id), api.stage);
        Self {
            api,
            path,
            deployment,
            invoker,
            clock,
            connections,
            lifetimes,
        }
    }

    /// Where clients connect, below the root of the host.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Opens a connection for `request`, which came from `source`, if the API lets it in.
    pub async fn open(self: Arc<Self>, mut request: Request<Body>, source: IpAddr) -> Response<Bytes> {
        let upgrade = request.extensions_mut().remove::<OnUpgrade>();
        let (parts, _) = request.into_parts();
        let (Some(accept), Some(upgrade)) = (accept_key(&parts.headers), upgrade) else {
            return message(StatusCode::UPGRADE_REQUIRED, "Upgrade Required");
        };
        let handshake = Handshake::new(&parts, source, self.clock.now());
        let (connection, outgoing) = Connection::new(short_id(), &handshake);
        let connection = match self.admit(&handshake, connection).await {
            Ok(connection) => connection,
            Err(refused) => return refused.response(),
        };
        let connected = match self.connect(&handshake, &connection).await {
            Ok(headers) => headers,
            Err(refused) => return refused.response(),
        };
        let connection = Arc::new(connection);
        // Known from now on: what is sent before the handshake is through waits in the channel.
        self.connections.insert(Arc::clone(&connection));
        tokio::spawn(async move {
            let closing = match upgrade.await {
                Ok(upgraded) => self.converse(upgraded, &connection, outgoing).await,
                Err(_) => Closing::abnormal(),
            };
            self.connections.remove(&connection.id);
            self.disconnect(&connection, &closing).await;
        });
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        let headers = response.headers_mut();
        headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
        headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
        headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
        if let Some(protocol) = connected.get(header::SEC_WEBSOCKET_PROTOCOL) {
            headers.insert(header::SEC_WEBSOCKET_PROTOCOL, protocol.clone());
        }
        response
    }

    /// Asks the authorizer of `$connect`, if there is one, and notes what it says about the caller.
    async fn admit(&self, handshake: &Handshake, mut connection: Connection) -> Result<Connection, Refused> {
        let Some(route) = self.api.routes.get("$connect") else {
            return Ok(connection);
        };
        let Some(authorizer) = &route.authorizer else {
            return Ok(connection);
        };
        let refused = |status, text: &str| Refused::new(status, text, &connection, handshake);
        let present = |source: &IdentitySource| match source {
            IdentitySource::Header(name) => handshake.header(name).is_some_and(|value| !value.is_empty()),
            IdentitySource::QueryString(name) => {
                handshake.parameter(name).is_some_and(|value| !value.is_empty())
            }
            IdentitySource::Context(field) => field == "routeKey" || field == "connectionId",
            IdentitySource::StageVariable(_) => false,
        };
        if !authorizer.identity_sources.iter().all(present) {
            return Err(refused(StatusCode::UNAUTHORIZED, "Unauthorized"));
        }
        let Deployment { region, account, .. } = &self.deployment;
        let resource = format!(
            "arn:aws:execute-api:{region}:{account}:{}/{}/$connect",
            self.api.id, self.api.stage
        );
        let event = event::authorize(self, &connection, handshake, &resource);
        let outcome = self.invoke(&authorizer.function, route.timeout, &event).await;
        match outcome
            .map_err(Into::into)
            .and_then(|reply| policy_response(&reply, &resource))
        {
            Ok(Decision::Allowed(context)) => {
                connection.authorizer = Some(context);
                Ok(connection)
            }
            Ok(Decision::Denied) => Err(refused(StatusCode::FORBIDDEN, "Forbidden")),
            Err(error) => {
                tracing::error!(function = authorizer.function, %error, "an authorizer decided nothing");
                Err(refused(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "Internal server error",
                ))
            }
        }
    }

    /// Runs `$connect` and returns the headers of its reply.
    async fn connect(&self, handshake: &Handshake, connection: &Connection) -> Result<HeaderMap, Refused> {
        let Some(route) = self.api.routes.get("$connect") else {
            return Ok(HeaderMap::new());
        };
        let event = event::connect(self, connection, handshake);
        let broken = || {
            Refused::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "Internal server error",
                connection,
                handshake,
            )
        };
        let answer = self
            .invoke(&route.function, route.timeout, &event)
            .await
            .map_err(|error| {
                tracing::error!(function = route.function, %error, "$connect failed");
                broken()
            })?;
        let answer: Json = serde_json::from_slice(&answer).map_err(|_| broken())?;
        let Some(fields) = answer.as_object() else {
            return Err(broken());
        };
        let status = reply::status(fields).map_err(|error| {
            tracing::error!(function = route.function, %error, "$connect answered no response");
            broken()
        })?;
        if !status.is_success() {
            let status = if status.as_u16() < 400 {
                StatusCode::INTERNAL_SERVER_ERROR
            } else {
                status
            };
            let text = status.canonical_reason().unwrap_or("Forbidden");
            return Err(Refused::new(status, text, connection, handshake));
        }
        let mut headers = HeaderMap::new();
        for (name, value) in fields
            .get("headers")
            .and_then(Json::as_object)
            .into_iter()
            .flatten()
        {
            let name = HeaderName::try_from(name);
            let value = value.as_str().map(HeaderValue::try_from);
            if let (Ok(name), Some(Ok(value))) = (name, value) {
                headers.insert(name, value);
            }
        }
        Ok(headers)
    }

    /// Moves messages in both directions until the connection ends, and says how it ended.
    async fn converse(
        self: &Arc<Self>,
        upgraded: Upgraded,
        connection: &Arc<Connection>,
        mut outgoing: mpsc::Receiver<Outgoing>,
    ) -> Closing {
        let config = WebSocketConfig::default()
            .read_buffer_size(4 * 1024)
            .write_buffer_size(16 * 1024)
            .max_frame_size(Some(MAXIMUM_FRAME_BYTES))
            .max_message_size(Some(MAXIMUM_MESSAGE_BYTES));
        let io = TokioIo::new(upgraded);
        let mut socket = WebSocketStream::from_raw_socket(io, Role::Server, Some(config)).await;
        let closing = tokio::select! {
            closing = self.pump(&mut socket, connection, &mut outgoing) => closing,
            () = tokio::time::sleep(self.lifetimes.whole) => Closing::going_away("Connection duration exceeded"),
            // Not worth a farewell: the peer does not read.
            () = connection.overrun() => return Closing::abnormal(),
        };
        if let Some(frame) = closing.frame() {
            let _ = tokio::time::timeout(CLOSING_TIME, async {
                socket.close(Some(frame)).await?;
                while socket.next().await.is_some() {}
                Ok::<(), SocketError>(())
            })
            .await;
        }
        closing
    }

    async fn pump(
        self: &Arc<Self>,
        socket: &mut WebSocketStream<TokioIo<Upgraded>>,
        connection: &Arc<Connection>,
        outgoing: &mut mpsc::Receiver<Outgoing>,
    ) -> Closing {
        let at_once = Arc::new(Semaphore::new(MESSAGES_AT_ONCE));
        let mut batch = Vec::new();
        let idle = tokio::time::sleep(self.lifetimes.idle);
        tokio::pin!(idle);
        loop {
            tokio::select! {
                received = socket.next() => match received {
                    Some(Ok(Message::Text(text))) => {
                        self.receive(connection, &at_once, Bytes::from(text)).await;
                    }
                    Some(Ok(Message::Binary(body))) => self.receive(connection, &at_once, body).await,
                    Some(Ok(Message::Close(frame))) => {
                        // Sends the echo of the close frame that the handshake asks for.
                        let _ = socket.flush().await;
                        return Closing::by_client(frame);
                    }
                    Some(Ok(_)) => {}
                    Some(Err(SocketError::Capacity(_))) => return Closing::too_large(),
                    Some(Err(_)) | None => return Closing::abnormal(),
                },
                _ = outgoing.recv_many(&mut batch, 64) => {
                    for item in batch.drain(..) {
                        let message = match item {
                            Outgoing::Message(message) => message,
                            Outgoing::Close => return Closing::normal(),
                        };
                        if socket.feed(message).await.is_err() {
                            return Closing::abnormal();
                        }
                    }
                    if socket.flush().await.is_err() {
                        return Closing::abnormal();
                    }
                }
                () = &mut idle => return Closing::going_away("Going away"),
            }
            idle.as_mut()
                .reset(tokio::time::Instant::now() + self.lifetimes.idle);
            connection.touch(self.clock.now_ms());
        }
    }

    /// Gives a client's message to its route's function, without waiting for the function.
    async fn receive(self: &Arc<Self>, connection: &Arc<Connection>, at_once: &Arc<Semaphore>, body: Bytes) {
        let Ok(permit) = Arc::clone(at_once).acquire_owned().await else {
            return;
        };
        let (gateway, connection) = (Arc::clone(self), Arc::clone(connection));
        tokio::spawn(async move {
            gateway.route(&connection, &body).await;
            drop(permit);
        });
    }

    async fn route(&self, connection: &Connection, body: &Bytes) {
        let selected = self.selected(body);
        let found = selected
            .as_deref()
            // The routes of the life cycle cannot be called by name.
            .filter(|key| !key.starts_with('$'))
            .and_then(|key| self.api.routes.get_key_value(key))
            .or_else(|| self.api.routes.get_key_value("$default"));
        let request_id = short_id();
        let complain = |text: &str| {
            let body = json!({ "message": text, "connectionId": connection.id, "requestId": request_id });
            // A connection that has ended meanwhile needs no complaint.
            let _ = self
                .connections
                .post(&connection.id, Bytes::from(body.to_string()));
        };
        let Some((key, route)) = found else {
            return complain("Forbidden");
        };
        let event = event::message(self, connection, (key, &request_id), body);
        match self.invoke(&route.function, route.timeout, &event).await {
            Ok(answer) if route.replies => {
                let answer: Json = serde_json::from_slice(&answer).unwrap_or_default();
                if let Some(body) = answer.get("body").and_then(Json::as_str) {
                    let _ = self
                        .connections
                        .post(&connection.id, Bytes::from(body.to_owned()));
                }
            }
            Ok(_) => {}
            Err(error) => {
                tracing::error!(function = route.function, %error, "a function failed on a message");
                complain("Internal server error");
            }
        }
    }

    /// The value the API selects a message's route by.
    fn selected(&self, body: &[u8]) -> Option<String> {
        let parsed: Json = serde_json::from_slice(body).ok()?;
        let value = self
            .api
            .selection
            .iter()
            .try_fold(&parsed, |value, field| value.get(field))?;
        match value {
            Json::String(text) => Some(text.clone()),
            Json::Number(number) => Some(number.to_string()),
            Json::Bool(truth) => Some(truth.to_string()),
            Json::Null | Json::Array(_) | Json::Object(_) => None,
        }
    }

    async fn disconnect(&self, connection: &Connection, closing: &Closing) {
        let Some(route) = self.api.routes.get("$disconnect") else {
            return;
        };
        let event = event::disconnect(self, connection, closing);
        if let Err(error) = self.invoke(&route.function, route.timeout, &event).await {
            tracing::error!(function = route.function, %error, "$disconnect failed");
        }
    }

    async fn invoke(
        &self,
        function: &str,
        timeout: Duration,
        event: &Json,
    ) -> Result<Bytes, InvocationFailed> {
        let invocation = self.invoker.invoke(function, Bytes::from(event.to_string()));
        match tokio::time::timeout(timeout, invocation).await {
            Ok(outcome) => outcome,
            Err(_) => Err(InvocationFailed::timed_out(timeout)),
        }
    }
}

/// A connection that was not let in.
struct Refused {
    status: StatusCode,
    body: Json,
}

impl Refused {
    fn new(status: StatusCode, text: &str, connection: &Connection, handshake: &Handshake) -> Self {
        let body = json!({
            "message": text,
            "connectionId": connection.id,
            "requestId": handshake.request_id,
        });
        Self { status, body }
    }

    fn response(self) -> Response<Bytes> {
        let mut response = Response::new(Bytes::from(self.body.to_string()));
        *response.status_mut() = self.status;
        let kind = HeaderValue::from_static("application/json");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        response
    }
}

/// The answer to a handshake's key, if this is a WebSocket handshake.
fn accept_key(headers: &HeaderMap) -> Option<HeaderValue> {
    let has = |name: HeaderName, wanted: &str| {
        headers
            .get_all(name)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .any(|value| {
                value
                    .split(',')
                    .any(|token| token.trim().eq_ignore_ascii_case(wanted))
            })
    };
    let is_handshake = has(header::CONNECTION, "upgrade")
        && has(header::UPGRADE, "websocket")
        && has(header::SEC_WEBSOCKET_VERSION, "13");
    let key = headers.get(header::SEC_WEBSOCKET_KEY).filter(|_| is_handshake)?;
    HeaderValue::try_from(derive_accept_key(key.as_bytes())).ok()
}

impl Closing {
    /// The close frame to send; `None` where the peer has closed or cannot be reached.
    fn frame(&self) -> Option<CloseFrame> {
        let code = self.status.filter(|_| self.by_server)?;
        Some(CloseFrame {
            code: CloseCode::from(code),
            reason: Utf8Bytes::from(self.reason.as_str()),
        })
    }
}
