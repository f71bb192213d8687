//! The retry lane, the broadcast lane and the mail lane on SQS.

use crate::clients::AwsClients;
use crate::error::{corrupt, sdk};
use async_trait::async_trait;
use aws_sdk_sqs::Client;
use freshtrack_application::mail::MailJob;
use freshtrack_application::ports::{BroadcastLane, MailLane, RetryLane};
use freshtrack_application::{BroadcastChunk, PortError, RetryReadings};

/// Readings that wait, on a FIFO queue whose groups are units.
#[derive(Debug, Clone)]
pub struct SqsRetryLane {
    client: Client,
    url: String,
}

impl SqsRetryLane {
    /// The lane on the queue at `url`.
    #[must_use]
    pub fn new(clients: &AwsClients, url: impl Into<String>) -> Self {
        Self {
            client: clients.sqs(),
            url: url.into(),
        }
    }
}

/// Readings of one message: 256 KB is the most SQS takes, and a reading is under 400 bytes of JSON.
const READINGS_PER_MESSAGE: usize = 500;

#[async_trait]
impl RetryLane for SqsRetryLane {
    async fn hand_over(&self, readings: &RetryReadings) -> Result<(), PortError> {
        const OP: &str = "retry_lane.hand_over";
        for portion in readings.readings.chunks(READINGS_PER_MESSAGE) {
            let message = RetryReadings {
                readings: portion.to_vec(),
                ..*readings
            };
            let body = serde_json::to_string(&message).map_err(|error| corrupt(OP, error))?;
            // The queue drops the same body within five minutes: a sender that tries again adds nothing.
            self.client
                .send_message()
                .queue_url(&self.url)
                .message_group_id(readings.unit_id.to_string())
                .message_body(body)
                .send()
                .await
                .map_err(|error| sdk(OP, error))?;
        }
        Ok(())
    }
}

/// Portions of a broadcast, on a standard queue.
#[derive(Debug, Clone)]
pub struct SqsBroadcastLane {
    client: Client,
    url: String,
}

impl SqsBroadcastLane {
    /// The lane on the queue at `url`.
    #[must_use]
    pub fn new(clients: &AwsClients, url: impl Into<String>) -> Self {
        Self {
            client: clients.sqs(),
            url: url.into(),
        }
    }
}

#[async_trait]
impl BroadcastLane for SqsBroadcastLane {
    async fn hand_over(&self, chunk: &BroadcastChunk) -> Result<(), PortError> {
        const OP: &str = "broadcast_lane.hand_over";
        let body = serde_json::to_string(chunk).map_err(|error| corrupt(OP, error))?;
        self.client
            .send_message()
            .queue_url(&self.url)
            .message_body(body)
            .send()
            .await
            .map(drop)
            .map_err(|error| sdk(OP, error))
    }
}

/// Mails that wait, on a standard queue.
#[derive(Debug, Clone)]
pub struct SqsMailLane {
    client: Client,
    url: String,
}

impl SqsMailLane {
    /// The lane on the queue at `url`.
    #[must_use]
    pub fn new(clients: &AwsClients, url: impl Into<String>) -> Self {
        Self {
            client: clients.sqs(),
            url: url.into(),
        }
    }
}

#[async_trait]
impl MailLane for SqsMailLane {
    async fn hand_over(&self, job: &MailJob) -> Result<(), PortError> {
        const OP: &str = "mail_lane.hand_over";
        let body = serde_json::to_string(job).map_err(|error| corrupt(OP, error))?;
        self.client
            .send_message()
            .queue_url(&self.url)
            .message_body(body)
            .send()
            .await
            .map(drop)
            .map_err(|error| sdk(OP, error))
    }
}
