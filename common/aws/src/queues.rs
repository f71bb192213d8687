//! The retry lane, the broadcast lane and the mail lane on SQS.

use crate::clients::AwsClients;
use crate::error::{corrupt, sdk};
use async_trait::async_trait;
use aws_sdk_sqs::Client;
use freshtrack_application::mail::MailJob;
use freshtrack_application::ports::{BroadcastLane, MailLane, RetryLane};
use freshtrack_application::{BroadcastChunk, PortError, RetryReadings};
use serde::Serialize;

/// A queue that is written to.
#[derive(Debug, Clone)]
struct Queue {
    client: Client,
    url: String,
}

impl Queue {
    fn new(clients: &AwsClients, url: impl Into<String>) -> Self {
        Self {
            client: clients.sqs(),
            url: url.into(),
        }
    }

    /// Sends `message` as JSON, on a FIFO queue in `group`.
    async fn send(
        &self,
        op: &'static str,
        message: &impl Serialize,
        group: Option<String>,
    ) -> Result<(), PortError> {
        let body = serde_json::to_string(message).map_err(|error| corrupt(op, error))?;
        self.client
            .send_message()
            .queue_url(&self.url)
            .set_message_group_id(group)
            .message_body(body)
            .send()
            .await
            .map(drop)
            .map_err(|error| sdk(op, error))
    }
}

/// Readings that wait, on a FIFO queue whose groups are units.
#[derive(Debug, Clone)]
pub struct SqsRetryLane(Queue);

impl SqsRetryLane {
    /// The lane on the queue at `url`.
    #[must_use]
    pub fn new(clients: &AwsClients, url: impl Into<String>) -> Self {
        Self(Queue::new(clients, url))
    }
}

/// Readings of one message: 256 KB is the most SQS takes, and a reading is under 400 bytes of JSON.
const READINGS_PER_MESSAGE: usize = 500;

#[async_trait]
impl RetryLane for SqsRetryLane {
    async fn hand_over(&self, readings: &RetryReadings) -> Result<(), PortError> {
        for portion in readings.readings.chunks(READINGS_PER_MESSAGE) {
            let message = RetryReadings {
                readings: portion.to_vec(),
                ..*readings
            };
            let unit = readings.unit_id.to_string();
            // The queue drops the same body within five minutes: a sender that tries again adds nothing.
            self.0.send("retry_lane.hand_over", &message, Some(unit)).await?;
        }
        Ok(())
    }
}

/// Portions of a broadcast, on a standard queue.
#[derive(Debug, Clone)]
pub struct SqsBroadcastLane(Queue);

impl SqsBroadcastLane {
    /// The lane on the queue at `url`.
    #[must_use]
    pub fn new(clients: &AwsClients, url: impl Into<String>) -> Self {
        Self(Queue::new(clients, url))
    }
}

#[async_trait]
impl BroadcastLane for SqsBroadcastLane {
    async fn hand_over(&self, chunk: &BroadcastChunk) -> Result<(), PortError> {
        self.0.send("broadcast_lane.hand_over", chunk, None).await
    }
}

/// Mails that wait, on a standard queue.
#[derive(Debug, Clone)]
pub struct SqsMailLane(Queue);

impl SqsMailLane {
    /// The lane on the queue at `url`.
    #[must_use]
    pub fn new(clients: &AwsClients, url: impl Into<String>) -> Self {
        Self(Queue::new(clients, url))
    }
}

#[async_trait]
impl MailLane for SqsMailLane {
    async fn hand_over(&self, job: &MailJob) -> Result<(), PortError> {
        self.0.send("mail_lane.hand_over", job, None).await
    }
}
