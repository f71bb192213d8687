//! The webhook by which a network server sends frames.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What came of setting up the webhook at a network server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookSetUp {
    /// When it was tried last.
    pub at: Timestamp,
    /// What came of it.
    pub result: WebhookResult,
    /// Where the server is to send frames.
    pub url: String,
    /// What exactly was wrong, where more is known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub detail: Option<String>,
}

/// What came of setting up a webhook, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum WebhookResult {
    /// The server sends frames.
    Registered,
    /// The key does not allow it: somebody has to set it up at the server.
    NotAllowed,
    /// The application sends its frames elsewhere already, and has room for one address.
    Taken,
    /// The server did not do it. The next test of the connection tries again.
    Failed,
}
