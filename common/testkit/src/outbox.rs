//! The ways out, recorded.

use crate::faults::Faults;
use async_trait::async_trait;
use freshtrack_application::mail::MailJob;
use freshtrack_application::ports::{BroadcastLane, Delivery, EventBus, MailLane, RetryLane, Sockets};
use freshtrack_application::{BroadcastChunk, PortError, RetryReadings};
use freshtrack_contracts::events::Event;
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// What went one way, in order.
#[derive(Debug)]
pub struct Recorded<T> {
    /// Which calls are to fail.
    pub faults: Faults,
    items: Mutex<Vec<T>>,
}

impl<T> Default for Recorded<T> {
    fn default() -> Self {
        Self {
            faults: Faults::default(),
            items: Mutex::default(),
        }
    }
}

impl<T> Recorded<T> {
    /// Takes out everything that went this way so far.
    pub fn take(&self) -> Vec<T> {
        std::mem::take(&mut *self.items.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn push(&self, item: T) {
        self.items
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(item);
    }
}

/// Readings handed to the retry lane.
pub type RecordedRetries = Recorded<RetryReadings>;
/// Portions handed to the broadcast lane.
pub type RecordedBroadcasts = Recorded<BroadcastChunk>;
/// Events published.
pub type RecordedEvents = Recorded<Event>;
/// Mails asked for.
pub type RecordedMails = Recorded<MailJob>;

#[async_trait]
impl RetryLane for RecordedRetries {
    async fn hand_over(&self, readings: &RetryReadings) -> Result<(), PortError> {
        const OP: &str = "retry_lane.hand_over";
        self.faults.call(OP).await?;
        self.push(readings.clone());
        self.faults.answer(OP).await
    }
}

#[async_trait]
impl MailLane for RecordedMails {
    async fn hand_over(&self, job: &MailJob) -> Result<(), PortError> {
        const OP: &str = "mail_lane.hand_over";
        self.faults.call(OP).await?;
        self.push(job.clone());
        self.faults.answer(OP).await
    }
}

#[async_trait]
impl BroadcastLane for RecordedBroadcasts {
    async fn hand_over(&self, chunk: &BroadcastChunk) -> Result<(), PortError> {
        const OP: &str = "broadcast_lane.hand_over";
        self.faults.call(OP).await?;
        self.push(chunk.clone());
        self.faults.answer(OP).await
    }
}

#[async_trait]
impl EventBus for RecordedEvents {
    async fn publish(&self, events: &[Event]) -> Result<(), PortError> {
        const OP: &str = "event_bus.publish";
        self.faults.call(OP).await?;
        for event in events {
            self.push(event.clone());
        }
        self.faults.answer(OP).await
    }
}

/// Sockets that keep what was sent to them, each message with its socket.
#[derive(Debug, Default)]
pub struct RecordedSockets {
    /// What was sent.
    pub sent: Recorded<(String, String)>,
    gone: Mutex<BTreeSet<String>>,
}

impl RecordedSockets {
    /// The sockets that are closed.
    pub fn closed(&self) -> Vec<String> {
        let gone = self.gone.lock().unwrap_or_else(PoisonError::into_inner);
        gone.iter().cloned().collect()
    }

    /// The socket `id` closes without a word.
    pub fn close(&self, id: &str) {
        self.gone
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(id.to_owned());
    }
}

#[async_trait]
impl Sockets for RecordedSockets {
    async fn close(&self, id: &str) -> Result<(), PortError> {
        self.sent.faults.call("sockets.close").await?;
        Self::close(self, id);
        Ok(())
    }

    async fn send(&self, id: &str, message: &str) -> Result<Delivery, PortError> {
        self.sent.faults.call("sockets.send").await?;
        if self
            .gone
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .contains(id)
        {
            return Ok(Delivery::Gone);
        }
        self.sent.push((id.to_owned(), message.to_owned()));
        Ok(Delivery::Sent)
    }
}
