//! The parts of AWS's events that functions use. Everything else in an event is skipped unread: the files in
//! `events/` are whole ones, and every function is tested with its own.

use freshtrack_domain::time::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// API Gateway's HTTP event, payload format 2.0.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HttpEvent {
    #[serde(default, deserialize_with = "none_is_empty")]
    pub(crate) path_parameters: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "none_is_empty")]
    pub(crate) query_string_parameters: BTreeMap<String, String>,
    /// Names in lower case, as API Gateway hands them on.
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) body: Option<String>,
    #[serde(default)]
    pub(crate) is_base64_encoded: bool,
    pub(crate) request_context: HttpContext,
}

/// API Gateway leaves out a map that is empty; emulators of it say `null`.
fn none_is_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, String>, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// Who calls, by what the authorizer found out.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HttpContext {
    pub(crate) request_id: String,
    #[serde(default)]
    pub(crate) route_key: String,
    #[serde(default)]
    pub(crate) http: HttpDetails,
    #[serde(default)]
    pub(crate) authorizer: Option<HttpAuthorizer>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HttpDetails {
    #[serde(default)]
    pub(crate) source_ip: String,
}

#[derive(Deserialize)]
pub(crate) struct HttpAuthorizer {
    #[serde(default)]
    pub(crate) lambda: Option<Identity>,
}

/// What our authorizers tell of a caller. Texts, because WebSocket authorizers can hand on nothing else.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Identity {
    /// The access key or the user.
    pub(crate) actor_id: String,
    /// The user that a platform administrator acts for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) acting_as: String,
    /// The user's sign-in; empty for access keys.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) session_id: String,
    /// The organization that the credential is for; empty for people, who may belong to many.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) org_id: String,
    /// The rights of the credential, separated by spaces; empty for people, who have those of their role.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) scopes: String,
    /// The sites that a socket may show, separated by spaces; empty for all.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) sites: String,
    /// When this ends by itself, in milliseconds since 1970; empty where that is looked up with each call.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) until: String,
}

impl Identity {
    /// When this ends by itself, unless that is looked up with each call.
    pub(crate) fn until(&self) -> Option<Timestamp> {
        self.until.parse().ok().map(Timestamp::from_millis)
    }

    /// The same, ending at `until`.
    pub(crate) fn ending(self, until: Timestamp) -> Self {
        Self {
            until: until.as_millis().to_string(),
            ..self
        }
    }
}

/// The event of an HTTP API's REQUEST authorizer, format 2.0.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HttpAuthorizerEvent {
    #[serde(default)]
    pub(crate) identity_source: Vec<String>,
}

/// The event of a WebSocket API's REQUEST authorizer.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SocketAuthorizerEvent {
    pub(crate) method_arn: String,
    #[serde(default)]
    pub(crate) query_string_parameters: Option<BTreeMap<String, String>>,
}

/// The event of a WebSocket route.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SocketEvent {
    pub(crate) request_context: SocketContext,
    #[serde(default)]
    pub(crate) body: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SocketContext {
    pub(crate) connection_id: String,
    pub(crate) event_type: SocketEventType,
    pub(crate) request_id: String,
    #[serde(default)]
    pub(crate) authorizer: Option<Identity>,
}

/// What happens to a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum SocketEventType {
    /// It is about to open.
    Connect,
    /// It says something.
    Message,
    /// It has closed.
    Disconnect,
}

/// A batch of queue messages.
#[derive(Deserialize)]
pub(crate) struct QueueEvent {
    #[serde(rename = "Records")]
    pub(crate) records: Vec<QueueRecord>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct QueueRecord {
    pub(crate) message_id: String,
    pub(crate) body: String,
    #[serde(default)]
    pub(crate) attributes: BTreeMap<String, String>,
}

/// A batch of changes of the table.
#[derive(Deserialize)]
pub(crate) struct StreamEvent {
    #[serde(rename = "Records")]
    pub(crate) records: Vec<StreamRecord>,
}

#[derive(Deserialize)]
pub(crate) struct StreamRecord {
    pub(crate) dynamodb: StreamChange,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct StreamChange {
    pub(crate) sequence_number: String,
    #[serde(default)]
    pub(crate) new_image: BTreeMap<String, Value>,
}
