//! What is asked of an endpoint, made of what the endpoint list says of it.

use crate::house::NETWORK_KEY;
use freshtrack_contracts::endpoints::{Access, Endpoint, endpoints};
use freshtrack_domain::access::Right;
use freshtrack_tests::{Answer, Api};
use http::{Method, StatusCode};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;

/// Identifiers and other parts of a path, by the name of their parameter.
pub(crate) type Ids = BTreeMap<String, String>;

/// A call of an endpoint.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) body: Option<Json>,
}

/// The endpoints of organizations, each with the right it asks for.
pub(crate) fn of_organizations() -> impl Iterator<Item = (&'static Endpoint, Right)> {
    endpoints().filter_map(|endpoint| Some((endpoint, endpoint.access.right()?)))
}

/// The endpoints that need a credential.
pub(crate) fn closed() -> impl Iterator<Item = &'static Endpoint> {
    endpoints().filter(|endpoint| endpoint.access != Access::Anyone)
}

/// The endpoints that take a body.
pub(crate) fn with_body() -> impl Iterator<Item = &'static Endpoint> {
    endpoints().filter(|endpoint| endpoint.request.is_some())
}

/// The names of the parameters in the path of `endpoint`, in their order.
pub(crate) fn parameters(endpoint: &Endpoint) -> impl Iterator<Item = &'static str> {
    endpoint.path.split('/').filter_map(parameter)
}

fn parameter(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

/// A body as `endpoint` takes it, unless it takes none.
pub(crate) fn body(endpoint: &Endpoint) -> Option<Json> {
    endpoint.request?;
    let example = endpoint
        .example
        .unwrap_or_else(|| panic!("{} has no example", endpoint.function));
    Some(example())
}

/// The names of the identifiers in `body`.
pub(crate) fn identifiers(body: &Json) -> Vec<String> {
    match body {
        Json::Object(fields) => fields
            .iter()
            .flat_map(|(name, value)| {
                let named = value.as_str().is_some_and(is_identifier).then(|| name.clone());
                named.into_iter().chain(identifiers(value))
            })
            .collect(),
        Json::Array(items) => items.iter().flat_map(identifiers).collect(),
        _ => Vec::new(),
    }
}

/// Whether `text` is an identifier of ours: others, such as network servers, have their own.
fn is_identifier(text: &str) -> bool {
    text.split_once('_')
        .is_some_and(|(prefix, ulid)| prefix.len() == 3 && ulid.len() == 26)
}

impl Request {
    /// Asks `endpoint` for what `ids` name, with its example as the body. What may be there only once, such as a name in
    /// an area or an address, is another one each time.
    pub(crate) fn new(endpoint: &Endpoint, ids: &Ids) -> Self {
        let value = |name: &str| {
            let value = ids.get(name);
            value.unwrap_or_else(|| panic!("{}: no {name} was made", endpoint.function))
        };
        let segments = endpoint.path.split('/').map(|segment| match parameter(segment) {
            Some(name) => value(name),
            None => segment,
        });
        let mut body = body(endpoint);
        if let Some(body) = &mut body {
            fill(body, ids);
        }
        Self {
            method: endpoint.method.parse().unwrap(),
            path: segments.collect::<Vec<_>>().join("/"),
            body,
        }
    }

    /// Sends it with a credential, unless that is `None`.
    pub(crate) async fn send(&self, api: Api, credential: Option<&str>) -> Answer {
        let authorization = credential.map(|credential| format!("Bearer {credential}"));
        self.send_as(api, authorization.as_deref()).await
    }

    /// Sends it with whatever stands in `authorization` for that header.
    pub(crate) async fn send_as(&self, api: Api, authorization: Option<&str>) -> Answer {
        let body = self.body.as_ref().map(Json::to_string).unwrap_or_default();
        api.send_as(self.method.clone(), &self.path, authorization, body)
            .await
    }
}

/// Puts `ids` where a body names things, and something new where it names what may be there only once.
fn fill(body: &mut Json, ids: &Ids) {
    match body {
        Json::Object(fields) => fill_fields(fields, ids),
        Json::Array(items) => items.iter_mut().for_each(|item| fill(item, ids)),
        _ => {}
    }
}

fn fill_fields(fields: &mut Map<String, Json>, ids: &Ids) {
    for (name, value) in fields {
        match (name.as_str(), &*value) {
            (name, Json::String(_)) if ids.contains_key(name) => *value = json!(ids[name]),
            ("name", Json::String(text)) => *value = json!(format!("{text} {:08x}", rand::random::<u32>())),
            ("email", Json::String(_)) => {
                *value = json!(format!("guest-{:016x}@example.com", rand::random::<u64>()));
            }
            ("client_id", Json::String(_)) => *value = json!(client_id()),
            ("api_key", Json::String(_)) => *value = json!(NETWORK_KEY),
            ("dev_eui" | "devEui" | "gateway_eui" | "eui", Json::String(_)) => {
                *value = json!(format!("{:016X}", rand::random::<u64>()));
            }
            _ => fill(value, ids),
        }
    }
}

/// What a device calls something, which it has never called so before.
fn client_id() -> String {
    let id: freshtrack_domain::ids::UnitId = freshtrack_testkit::fresh_id();
    id.to_string().replace("unt_", "")
}

/// What an answer says: its status, its headers and its body, without what names the request it is to.
pub(crate) fn said(answer: &Answer) -> (StatusCode, BTreeMap<String, String>, Json) {
    let headers = answer.headers.iter().filter_map(|(name, value)| {
        let names_request =
            ["x-request-id", "apigw-requestid", "date", "content-length"].contains(&name.as_str());
        (!names_request).then(|| (name.to_string(), value.to_str().unwrap().to_owned()))
    });
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    let mut body = serde_json::from_str(&text).unwrap_or(Json::String(text));
    if let Some(fields) = body.as_object_mut() {
        fields.remove("request_id");
    }
    (answer.status, headers.collect(), body)
}
