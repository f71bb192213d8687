//! Messages on the WebSocket, subprotocol `freshtrack.v1`.

use crate::alerts::AlertView;
use crate::places::UnitSnapshot;
use crate::time::Instant;
use freshtrack_domain::ids::{SiteId, UnitId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The subprotocol both sides must name.
pub const SUBPROTOCOL: &str = "freshtrack.v1";

/// The largest frame sent, in bytes: what API Gateway meters as one message.
pub const MAX_FRAME: usize = 32 * 1024;

/// `POST /v1/orgs/{org_id}/live/tickets`: permission to open one socket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Ticket {
    /// Where to connect, the ticket included.
    pub url: String,
    /// When it is no longer accepted. It is accepted once.
    pub expires_at: Instant,
}

/// What a client asks to hear of.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// Everything in the organization.
    Org,
    /// One site.
    Site(SiteId),
    /// One unit.
    Unit(UnitId),
}

/// What a client sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum ClientMessage {
    /// Hear of these topics too.
    Subscribe {
        /// At most 50.
        topics: Vec<Topic>,
    },
    /// No longer hear of these topics.
    Unsubscribe {
        /// The topics to drop.
        topics: Vec<Topic>,
    },
    /// Send again what changed since a sequence number: after a gap or a new connection.
    Resync {
        /// The `seq` of the last message that was handled; 0 for everything.
        since: i64,
    },
    /// Say that you are there, so that idle connections are not closed after ten minutes.
    Ping,
}

/// What the server sends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ServerMessage {
    /// The version of this envelope: 1.
    pub v: u8,
    /// When it was sent.
    pub at: Instant,
    /// Where in the organization's history this message stands, in milliseconds. Never falls; give it to
    /// `resync`. Whether a unit's message was missed is told by its `rev`.
    pub seq: i64,
    /// What it says.
    #[serde(flatten)]
    pub body: ServerBody,
}

/// What a message says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", content = "data")]
pub enum ServerBody {
    /// Units as they are now, many in one message.
    #[serde(rename = "units.changed")]
    UnitsChanged {
        /// The units.
        units: Vec<UnitSnapshot>,
    },
    /// Alerts that opened, became worse or ended.
    #[serde(rename = "alerts.changed")]
    AlertsChanged {
        /// The alerts.
        alerts: Vec<AlertView>,
    },
    /// The topics now subscribed to.
    #[serde(rename = "subscribed")]
    Subscribed {
        /// All of them.
        topics: Vec<Topic>,
    },
    /// Everything that changed since the sequence asked for has been sent.
    #[serde(rename = "resynced")]
    Resynced,
    /// The answer to a ping.
    #[serde(rename = "pong")]
    Pong,
    /// A message was not understood or not allowed.
    #[serde(rename = "error")]
    Error {
        /// What was wrong.
        detail: String,
    },
}

impl ServerMessage {
    /// A message that says `body`, sent at `at`.
    #[must_use]
    pub fn new(at: freshtrack_domain::time::Timestamp, body: ServerBody) -> Self {
        Self {
            v: 1,
            at: at.into(),
            seq: at.as_millis(),
            body,
        }
    }
}
