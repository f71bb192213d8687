//! Sockets of people who are watching.

use crate::error::PortError;
use crate::scope::Actor;
use async_trait::async_trait;
use freshtrack_contracts::live::Topic;
use freshtrack_domain::access::Sites;
use freshtrack_domain::ids::OrgId;
use freshtrack_domain::time::Timestamp;
use serde::{Deserialize, Serialize};

/// The gateway's name for one open socket.
pub type ConnectionId = String;

/// An open socket and what it wants to hear.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// The gateway's name for it.
    pub id: ConnectionId,
    /// Whose it is.
    pub org_id: OrgId,
    /// What it rests on: who loses that loses the socket. Users, their sign-ins and access keys, by their identifiers.
    #[serde(default)]
    pub holders: Vec<String>,
    /// What it wants to hear.
    pub topics: Vec<Topic>,
    /// When it ends at the latest: nothing is shown to it from then on. API Gateway closes sockets after two hours.
    pub expires_at: Timestamp,
    /// How often it was stored, this time included: its messages are worked on side by side.
    pub rev: u64,
}

/// The open sockets of each organization.
#[async_trait]
pub trait Connections: Send + Sync {
    /// Stores a connection, new if its `rev` is 1, else in place of the one whose `rev` is one less.
    ///
    /// # Errors
    /// `Conflict` when that is not the one stored: it was changed in between, or has ended.
    async fn put(&self, connection: &Connection) -> Result<(), PortError>;

    /// Forgets a connection. Forgetting it again does nothing.
    ///
    /// # Errors
    /// When it may still be stored.
    async fn remove(&self, org_id: OrgId, id: &str) -> Result<(), PortError>;

    /// The connection `id` of the organization.
    ///
    /// # Errors
    /// When the store does not answer.
    async fn find(&self, org_id: OrgId, id: &str) -> Result<Option<Connection>, PortError>;

    /// All open connections of the organization. With `fresh` false the answer may be about a second old.
    ///
    /// # Errors
    /// When the store does not answer.
    async fn of_org(&self, org_id: OrgId, fresh: bool) -> Result<Vec<Connection>, PortError>;
}

/// What became of a message to a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// The gateway took it.
    Sent,
    /// The socket is closed for good.
    Gone,
}

/// Sends to sockets.
#[async_trait]
pub trait Sockets: Send + Sync {
    /// Ends the socket `id`. One that has ended stays so.
    ///
    /// # Errors
    /// When it may still be open.
    async fn close(&self, id: &str) -> Result<(), PortError>;

    /// Sends `message` to the socket `id`.
    ///
    /// # Errors
    /// When the gateway did not take it though the socket may be open.
    async fn send(&self, id: &str, message: &str) -> Result<Delivery, PortError>;
}

/// Where messages to very many sockets go, in portions.
#[async_trait]
pub trait BroadcastLane: Send + Sync {
    /// Hands one portion to a worker.
    ///
    /// # Errors
    /// When it was not taken.
    async fn hand_over(&self, chunk: &crate::live::BroadcastChunk) -> Result<(), PortError>;
}

/// What a ticket grants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketGrant {
    /// The organization whose socket it opens.
    pub org_id: OrgId,
    /// Who asked for it.
    pub actor: Actor,
    /// Which sites its socket may show.
    pub sites: Sites,
    /// When the credential ends, where nothing of ours tells: that of another issuer.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub credential_ends: Option<Timestamp>,
    /// When it is no longer accepted.
    pub expires_at: Timestamp,
}

/// Tickets that open one socket each.
#[async_trait]
pub trait Tickets: Send + Sync {
    /// Stores a ticket.
    ///
    /// # Errors
    /// When it is not stored.
    async fn put(&self, ticket: &str, grant: &TicketGrant) -> Result<(), PortError>;

    /// Takes a ticket out, so that it can be used once only; `None` if there is none.
    ///
    /// # Errors
    /// When the store does not answer.
    async fn take(&self, ticket: &str) -> Result<Option<TicketGrant>, PortError>;
}
