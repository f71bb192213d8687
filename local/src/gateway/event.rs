//! Requests to an HTTP API as functions and authorizers see them: payload format 2.0.

use super::{log_time, routing::Parameters, short_id};
use crate::template::{Deployment, HttpApi, HttpRoute, IdentitySource, RouteKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, header, request};
use jiff::Timestamp;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// A request to an HTTP API, taken apart once for the authorizer and the function.
#[derive(Debug)]
pub(super) struct Incoming {
    pub(super) request_id: String,
    pub(super) method: String,
    /// The path, decoded.
    pub(super) path: String,
    raw_query: String,
    headers: BTreeMap<String, String>,
    cookies: Vec<String>,
    query: BTreeMap<String, String>,
    source: IpAddr,
    protocol: String,
    received: Timestamp,
}

impl Incoming {
    pub(super) fn new(parts: &request::Parts, source: IpAddr, received: Timestamp) -> Self {
        let mut headers = joined(&parts.headers);
        let cookies = headers
            .remove(header::COOKIE.as_str())
            .map(|cookies| {
                cookies
                    .split(';')
                    .map(|cookie| cookie.trim().to_owned())
                    .collect()
            })
            .unwrap_or_default();
        let forwarded = match headers.get("x-forwarded-for") {
            Some(before) => format!("{before}, {source}"),
            None => source.to_string(),
        };
        headers.insert("x-forwarded-for".to_owned(), forwarded);
        headers.insert("x-forwarded-proto".to_owned(), "http".to_owned());
        let raw_query = parts.uri.query().unwrap_or_default().to_owned();
        Self {
            request_id: short_id(),
            method: parts.method.as_str().to_owned(),
            path: percent_decode_str(parts.uri.path())
                .decode_utf8_lossy()
                .into_owned(),
            query: query(&raw_query),
            raw_query,
            headers,
            cookies,
            source,
            protocol: format!("{:?}", parts.version),
            received,
        }
    }

    /// What the caller identifies itself by, or `None` when a source is missing or empty.
    pub(super) fn identity(&self, sources: &[IdentitySource], route: &HttpRoute) -> Option<Vec<String>> {
        let value = |source: &IdentitySource| match source {
            IdentitySource::Header(name) => self.headers.get(name).cloned(),
            IdentitySource::QueryString(name) => self.query.get(name).cloned(),
            IdentitySource::Context(field) => match field.as_str() {
                "routeKey" => Some(route.key.to_string()),
                "httpMethod" => Some(self.method.clone()),
                "path" => Some(self.path.clone()),
                "identity.sourceIp" => Some(self.source.to_string()),
                _ => None,
            },
            IdentitySource::StageVariable(_) => None,
        };
        sources
            .iter()
            .map(|source| value(source).filter(|value| !value.is_empty()))
            .collect()
    }

    /// The event of a route's function.
    pub(super) fn function_event(
        &self,
        (api, deployment): (&HttpApi, &Deployment),
        route: &HttpRoute,
        parameters: &Parameters,
        authorizer: Option<&Json>,
        body: &Bytes,
    ) -> Json {
        let mut event = self.common(api, deployment, route, parameters, authorizer);
        let (body, encoded) = self.body(body);
        if let Some(body) = body {
            event.insert("body".to_owned(), Json::String(body));
        }
        event.insert("isBase64Encoded".to_owned(), Json::Bool(encoded));
        Json::Object(event)
    }

    /// The event of an authorizer.
    pub(super) fn authorizer_event(
        &self,
        (api, deployment): (&HttpApi, &Deployment),
        route: &HttpRoute,
        parameters: &Parameters,
        identity: &[String],
    ) -> Json {
        let Deployment { region, account, .. } = deployment;
        let path = match &route.key {
            RouteKey::Default => "$default".to_owned(),
            RouteKey::Path { path, .. } => format!("{}{path}", self.method),
        };
        let mut event = self.common(api, deployment, route, parameters, None);
        event.insert("type".to_owned(), json!("REQUEST"));
        event.insert(
            "routeArn".to_owned(),
            json!(format!(
                "arn:aws:execute-api:{region}:{account}:{}/{}/{path}",
                api.id, api.stage
            )),
        );
        event.insert("identitySource".to_owned(), json!(identity));
        Json::Object(event)
    }

    fn common(
        &self,
        api: &HttpApi,
        deployment: &Deployment,
        route: &HttpRoute,
        parameters: &Parameters,
        authorizer: Option<&Json>,
    ) -> Map<String, Json> {
        let key = route.key.to_string();
        let host = self.headers.get("host").cloned().unwrap_or_default();
        let mut context = json!({
            "accountId": deployment.account,
            "apiId": api.id,
            "domainName": host,
            "domainPrefix": api.id,
            "http": {
                "method": self.method,
                "path": self.path,
                "protocol": self.protocol,
                "sourceIp": self.source.to_string(),
                "userAgent": self.headers.get("user-agent").cloned().unwrap_or_default(),
            },
            "requestId": self.request_id,
            "routeKey": key,
            "stage": api.stage,
            "time": log_time(self.received),
            "timeEpoch": self.received.as_millisecond(),
        });
        if let (Some(authorizer), Json::Object(context)) = (authorizer, &mut context) {
            context.insert("authorizer".to_owned(), json!({ "lambda": authorizer }));
        }
        let mut event = Map::new();
        event.insert("version".to_owned(), json!("2.0"));
        event.insert("routeKey".to_owned(), json!(key));
        event.insert("rawPath".to_owned(), json!(self.path));
        event.insert("rawQueryString".to_owned(), json!(self.raw_query));
        if !self.cookies.is_empty() {
            event.insert("cookies".to_owned(), json!(self.cookies));
        }
        event.insert("headers".to_owned(), json!(self.headers));
        if !self.query.is_empty() {
            event.insert("queryStringParameters".to_owned(), json!(self.query));
        }
        event.insert("requestContext".to_owned(), context);
        if !parameters.is_empty() {
            let parameters: BTreeMap<_, _> = parameters.iter().cloned().collect();
            event.insert("pathParameters".to_owned(), json!(parameters));
        }
        event
    }

    /// The body as a text, and whether it had to be written in Base64 for that.
    fn body(&self, body: &Bytes) -> (Option<String>, bool) {
        if body.is_empty() {
            return (None, false);
        }
        let kind = self
            .headers
            .get("content-type")
            .map(String::as_str)
            .unwrap_or_default();
        let essence = kind
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        let is_text = essence.starts_with("text/")
            || ["application/json", "application/xml", "application/javascript"].contains(&essence.as_str())
            || essence.ends_with("+json")
            || essence.ends_with("+xml");
        match std::str::from_utf8(body) {
            Ok(text) if is_text => (Some(text.to_owned()), false),
            _ => (Some(STANDARD.encode(body)), true),
        }
    }
}

/// Headers by lower-case name; those that occur more than once joined by commas.
fn joined(headers: &HeaderMap) -> BTreeMap<String, String> {
    let mut result: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        let separator = if name == header::COOKIE { ";" } else { "," };
        result
            .entry(name.as_str().to_owned())
            .and_modify(|joined| {
                joined.push_str(separator);
                joined.push_str(&value);
            })
            .or_insert_with(|| value.clone().into_owned());
    }
    result
}

/// Query string parameters, decoded; those that occur more than once joined by commas.
pub(super) fn query(raw: &str) -> BTreeMap<String, String> {
    let mut result: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(raw.as_bytes()) {
        result
            .entry(name.into_owned())
            .and_modify(|joined| {
                joined.push(',');
                joined.push_str(&value);
            })
            .or_insert_with(|| value.clone().into_owned());
    }
    result
}
