//! An organization's connection to a network server.

use super::{Server, WebhookSetUp};
use crate::ids::{AccessKeyId, NetworkId};
use crate::people::Sealed;
use crate::text::Name;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// An organization's connection to a network server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Network {
    /// Its identifier.
    pub id: NetworkId,
    /// What people call it.
    pub name: Name,
    /// Which server, and where in it.
    pub server: Server,
    /// What opens the server.
    pub api_key: Sealed,
    /// The last four characters of it.
    pub api_key_last4: String,
    /// Since when this key is used.
    pub api_key_set_at: Timestamp,
    /// The access key with which the server sends frames to us.
    pub webhook_key_id: AccessKeyId,
    /// The secret of that key, for setting the webhook up.
    pub webhook_secret: Sealed,
    /// What came of setting it up; absent until that was tried.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub webhook: Option<WebhookSetUp>,
    /// What the last try of the server and its key gave.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub last_test: Option<ServerTest>,
    /// Since when there is it.
    pub created_at: Timestamp,
    /// Who created it.
    pub created_by: String,
}

/// What a try of a server gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerTest {
    /// When.
    pub at: Timestamp,
    /// What came of it.
    pub result: TestResult,
    /// The HTTP status of the answer, if there was one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub status: Option<u16>,
    /// What exactly was wrong, where more is known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub detail: Option<String>,
}

/// What came of trying a server and its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TestResult {
    /// The server lets the key do all that is needed.
    Working,
    /// The server does not know the key (401).
    WrongKey,
    /// The key is known and does not allow what is needed (403).
    NotAllowed,
    /// There is no such application, tenant or device profile (404).
    NotFound,
    /// The server has been asked too much (429).
    Throttled,
    /// There is no server, or it does not answer in time.
    NoAnswer,
    /// The address is not one that is called from here: it belongs to a private network.
    AddressRefused,
    /// Something answers that is no such server, or it has trouble of its own.
    Unexpected,
}
