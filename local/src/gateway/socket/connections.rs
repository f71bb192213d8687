//! The open connections, and sending to them.

use super::MAXIMUM_MESSAGE_BYTES;
use super::event::Handshake;
use bytes::Bytes;
use jiff::Timestamp;
use serde_json::Value as Json;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use tokio::sync::{Notify, mpsc};
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

/// Messages that may wait for a reader. Who falls further behind is disconnected, so that it costs neither
/// memory nor anybody else's time.
const LONGEST_BACKLOG: usize = 512;

/// The open connections of the WebSocket APIs; clones share them.
///
/// This is what `@connections` does, for callers in this process.
#[derive(Clone, Default)]
pub struct Connections(Arc<RwLock<HashMap<String, Arc<Connection>>>>);

/// A message that was not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PostError {
    /// The connection has ended, or never was.
    #[error("the connection is gone")]
    Gone,
    /// The message is larger than 128 KB.
    #[error("the message is too large")]
    TooLarge,
}

/// What is known of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionInfo {
    /// When it was opened.
    pub connected_at: Timestamp,
    /// When something last went through it.
    pub last_active_at: Timestamp,
    /// Where it comes from.
    pub source: IpAddr,
    /// What the client calls itself.
    pub user_agent: String,
}

/// One connection.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) id: String,
    pub(super) connected_at: Timestamp,
    pub(super) source: IpAddr,
    pub(super) user_agent: String,
    /// The host the client called, by which API Gateway names the domain.
    pub(super) host: String,
    /// What the authorizer said about the caller.
    pub(super) authorizer: Option<Json>,
    outgoing: mpsc::Sender<Outgoing>,
    last_active_ms: AtomicI64,
    overrun: Notify,
}

/// What waits to be sent.
#[derive(Debug)]
pub(super) enum Outgoing {
    Message(Message),
    Close,
}

impl Connection {
    pub(super) fn new(id: String, handshake: &Handshake) -> (Self, mpsc::Receiver<Outgoing>) {
        let (outgoing, waiting) = mpsc::channel(LONGEST_BACKLOG);
        let connection = Self {
            id,
            connected_at: handshake.received,
            source: handshake.source,
            user_agent: handshake.header("user-agent").unwrap_or_default().to_owned(),
            host: handshake.header("host").unwrap_or_default().to_owned(),
            authorizer: None,
            outgoing,
            last_active_ms: AtomicI64::new(handshake.received.as_millisecond()),
            overrun: Notify::new(),
        };
        (connection, waiting)
    }

    /// Notes that something went through.
    pub(super) fn touch(&self, now_ms: i64) {
        self.last_active_ms.store(now_ms, Ordering::Relaxed);
    }

    /// Waits until the backlog is too long.
    pub(super) async fn overrun(&self) {
        self.overrun.notified().await;
    }
}

impl Connections {
    /// Sends `data` to the connection `id`, as a text where it is one. Returns at once: the message then
    /// waits for the connection to take it.
    ///
    /// # Errors
    /// [`PostError`] when the message is too large or the connection has ended. A connection whose reader
    /// has fallen too far behind is ended by this call.
    pub fn post(&self, id: &str, data: Bytes) -> Result<(), PostError> {
        if data.len() > MAXIMUM_MESSAGE_BYTES {
            return Err(PostError::TooLarge);
        }
        let message = match Utf8Bytes::try_from(data.clone()) {
            Ok(text) => Message::Text(text),
            Err(_) => Message::Binary(data),
        };
        self.send(id, Outgoing::Message(message))
    }

    /// Ends the connection `id` after what has been sent to it.
    ///
    /// # Errors
    /// [`PostError::Gone`] when it has ended already.
    pub fn close(&self, id: &str) -> Result<(), PostError> {
        self.send(id, Outgoing::Close)?;
        self.remove(id);
        Ok(())
    }

    /// What is known of the connection `id`; `None` when it has ended.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<ConnectionInfo> {
        self.read().get(id).map(|connection| {
            let last_active_ms = connection.last_active_ms.load(Ordering::Relaxed);
            ConnectionInfo {
                connected_at: connection.connected_at,
                last_active_at: Timestamp::from_millisecond(last_active_ms)
                    .unwrap_or(connection.connected_at),
                source: connection.source,
                user_agent: connection.user_agent.clone(),
            }
        })
    }

    /// How many connections are open.
    #[must_use]
    pub fn len(&self) -> usize {
        self.read().len()
    }

    /// Whether no connection is open.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.read().is_empty()
    }

    pub(super) fn insert(&self, connection: Arc<Connection>) {
        self.write().insert(connection.id.clone(), connection);
    }

    pub(super) fn remove(&self, id: &str) {
        self.write().remove(id);
    }

    fn send(&self, id: &str, item: Outgoing) -> Result<(), PostError> {
        let Some(connection) = self.read().get(id).map(Arc::clone) else {
            return Err(PostError::Gone);
        };
        match connection.outgoing.try_send(item) {
            Ok(()) => Ok(()),
            Err(mpsc::error::TrySendError::Closed(_)) => Err(PostError::Gone),
            Err(mpsc::error::TrySendError::Full(_)) => {
                tracing::warn!(
                    connection = id,
                    "disconnected: the client does not read what it is sent"
                );
                self.remove(id);
                connection.overrun.notify_one();
                Err(PostError::Gone)
            }
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, HashMap<String, Arc<Connection>>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, HashMap<String, Arc<Connection>>> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}
