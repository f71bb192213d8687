//! The SQS JSON protocol on top of [`Queues`].

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::message::{MessageAttributes, NewMessage, ReceivedMessage, attributes_md5, body_md5};
use super::{Queues, SqsError, Visibility};
use crate::endpoint::AwsEndpoint;
use crate::services::identifiers::{last_segment, uuid};
use crate::services::json_protocol::{self, AwsError, parse};

/// The most bytes that the entries of one batch may have together.
const BATCH_BYTES: usize = 1_048_576;

/// The longest a receive waits.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// The longest visibility timeout: 12 hours.
const LONGEST_VISIBILITY_S: u32 = 43_200;

impl From<SqsError> for AwsError {
    fn from(error: SqsError) -> Self {
        let (code, query_code) = match &error {
            SqsError::QueueDoesNotExist => (
                "QueueDoesNotExist",
                Some("AWS.SimpleQueueService.NonExistentQueue"),
            ),
            SqsError::MissingParameter(_) => ("MissingParameter", None),
            SqsError::InvalidParameterValue(_) | SqsError::ReceiptHandleExpired => {
                ("InvalidParameterValue", None)
            }
            SqsError::InvalidMessageContents => ("InvalidMessageContents", None),
            SqsError::ReceiptHandleInvalid(_) => ("ReceiptHandleIsInvalid", None),
            SqsError::MessageNotInflight => (
                "MessageNotInflight",
                Some("AWS.SimpleQueueService.MessageNotInflight"),
            ),
            SqsError::EmptyBatchRequest => (
                "EmptyBatchRequest",
                Some("AWS.SimpleQueueService.EmptyBatchRequest"),
            ),
            SqsError::TooManyEntriesInBatchRequest(_) => (
                "TooManyEntriesInBatchRequest",
                Some("AWS.SimpleQueueService.TooManyEntriesInBatchRequest"),
            ),
            SqsError::BatchEntryIdsNotDistinct(_) => (
                "BatchEntryIdsNotDistinct",
                Some("AWS.SimpleQueueService.BatchEntryIdsNotDistinct"),
            ),
            SqsError::BatchRequestTooLong(_) => (
                "BatchRequestTooLong",
                Some("AWS.SimpleQueueService.BatchRequestTooLong"),
            ),
            SqsError::DeadLetterQueue { .. } | SqsError::Store(_) => return Self::internal(error),
        };
        Self {
            query_code,
            ..Self::client(format!("com.amazonaws.sqs#{code}"), error.to_string())
        }
    }
}

#[async_trait::async_trait]
impl AwsEndpoint for Queues {
    async fn call(&self, request: Request<Bytes>) -> Response<Bytes> {
        let operation = json_protocol::operation(&request);
        json_protocol::reply(self.run(operation, request.body()).await)
    }
}

impl Queues {
    async fn run(&self, operation: &str, body: &[u8]) -> Result<Value, AwsError> {
        match operation {
            "SendMessage" => self.send_message(parse(body)?),
            "SendMessageBatch" => self.send_message_batch(parse(body)?),
            "ReceiveMessage" => self.receive_message(parse(body)?).await,
            "DeleteMessage" => {
                let request: HandleRequest = parse(body)?;
                self.delete(&request.queue_url, [request.receipt_handle.as_str()])?;
                Ok(json!({}))
            }
            "DeleteMessageBatch" => self.each::<HandleEntry>(body, |queue, entry| {
                self.delete(queue, [entry.receipt_handle.as_str()])?;
                Ok(json!({}))
            }),
            "ChangeMessageVisibility" => {
                let request: VisibilityRequest = parse(body)?;
                self.change(
                    &request.queue_url,
                    &request.receipt_handle,
                    request.visibility_timeout,
                )?;
                Ok(json!({}))
            }
            "ChangeMessageVisibilityBatch" => self.each::<VisibilityEntry>(body, |queue, entry| {
                self.change(queue, &entry.receipt_handle, entry.visibility_timeout)?;
                Ok(json!({}))
            }),
            "GetQueueUrl" => {
                let request: QueueNameRequest = parse(body)?;
                Ok(json!({ "QueueUrl": self.config(&request.queue_name)?.url }))
            }
            "ListQueues" => self.list_queues(&parse(body)?),
            "GetQueueAttributes" => self.get_queue_attributes(&parse(body)?),
            "PurgeQueue" => {
                let request: QueueRequest = parse(body)?;
                self.purge(&request.queue_url)?;
                Ok(json!({}))
            }
            "StartMessageMoveTask" => {
                let request: MoveRequest = parse(body)?;
                let moved = self.redrive(&request.source_arn, request.destination_arn.as_deref())?;
                tracing::info!(
                    queue = last_segment(&request.source_arn),
                    moved,
                    "dead letters were moved"
                );
                Ok(json!({ "TaskHandle": uuid() }))
            }
            other => Err(AwsError::unknown_operation(other)),
        }
    }

    fn send_message(&self, request: SendRequest) -> Result<Value, AwsError> {
        let message = request.entry.into_message();
        let sent = self.send(&request.queue_url, &message)?;
        Ok(sent_fields(&message, &sent))
    }

    fn send_message_batch(&self, request: BatchRequest<SendEntry>) -> Result<Value, AwsError> {
        let total: usize = request
            .entries
            .iter()
            .map(|entry| entry.body.message_body.len())
            .sum();
        if total > BATCH_BYTES {
            return Err(SqsError::BatchRequestTooLong(BATCH_BYTES).into());
        }
        self.each_entry(request, |queue, entry| {
            let message = entry.body.into_message();
            let sent = self.send(queue, &message)?;
            Ok(sent_fields(&message, &sent))
        })
    }

    async fn receive_message(&self, request: ReceiveRequest) -> Result<Value, AwsError> {
        let config = self.config(&request.queue_url)?;
        let limit = request.max_number_of_messages.unwrap_or(1);
        if !(1..=10).contains(&limit) {
            return Err(SqsError::InvalidParameterValue(format!(
                "Value {limit} for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, \
                 if provided."
            ))
            .into());
        }
        let wait = request
            .wait_time_seconds
            .map_or(config.receive_wait, |seconds| Duration::from_secs(seconds.into()));
        let visibility = match request.visibility_timeout {
            Some(seconds) => Visibility::Seconds(check_visibility(seconds)?),
            None => Visibility::Default,
        };
        let received = self
            .receive(&request.queue_url, limit, wait.min(LONGEST_WAIT), visibility)
            .await?;
        if received.is_empty() {
            return Ok(json!({}));
        }
        let messages: Vec<Value> = received
            .into_iter()
            .map(|message| request.select(message))
            .collect();
        Ok(json!({ "Messages": messages }))
    }

    fn change(&self, queue: &str, receipt_handle: &str, seconds: u32) -> Result<(), SqsError> {
        self.change_visibility(queue, receipt_handle, check_visibility(seconds)?)
    }

    fn list_queues(&self, request: &ListRequest) -> Result<Value, AwsError> {
        let urls: Vec<&str> = self
            .inner
            .queues
            .values()
            .filter(|queue| queue.config.name.starts_with(&request.queue_name_prefix))
            .map(|queue| queue.config.url.as_str())
            .collect();
        Ok(json!({ "QueueUrls": urls }))
    }

    fn get_queue_attributes(&self, request: &AttributesRequest) -> Result<Value, AwsError> {
        let config = self.config(&request.queue_url)?;
        let depth = self.depth(&request.queue_url)?;
        let mut attributes = BTreeMap::from([
            ("QueueArn", config.arn.clone()),
            ("ApproximateNumberOfMessages", depth.visible.to_string()),
            (
                "ApproximateNumberOfMessagesNotVisible",
                depth.in_flight.to_string(),
            ),
            ("ApproximateNumberOfMessagesDelayed", depth.delayed.to_string()),
            (
                "VisibilityTimeout",
                config.visibility_timeout.as_secs().to_string(),
            ),
            ("DelaySeconds", config.delay.as_secs().to_string()),
            ("MessageRetentionPeriod", config.retention.as_secs().to_string()),
            (
                "ReceiveMessageWaitTimeSeconds",
                config.receive_wait.as_secs().to_string(),
            ),
            ("MaximumMessageSize", config.maximum_message_bytes.to_string()),
        ]);
        if config.fifo {
            attributes.insert("FifoQueue", "true".into());
            attributes.insert(
                "ContentBasedDeduplication",
                config.content_based_deduplication.to_string(),
            );
        }
        if let Some(redrive) = &config.redrive {
            let policy = json!({
                "deadLetterTargetArn": self.config(&redrive.dead_letters)?.arn,
                "maxReceiveCount": redrive.maximum_receives,
            });
            attributes.insert("RedrivePolicy", policy.to_string());
        }
        let all = request.attribute_names.iter().any(|name| name == "All");
        attributes.retain(|name, _| all || request.attribute_names.iter().any(|wanted| wanted == name));
        Ok(json!({ "Attributes": attributes }))
    }

    fn each<E: BatchEntry + for<'de> Deserialize<'de>>(
        &self,
        body: &[u8],
        work: impl Fn(&str, E) -> Result<Value, SqsError>,
    ) -> Result<Value, AwsError> {
        self.each_entry(parse::<BatchRequest<E>>(body)?, work)
    }

    /// Runs every entry of a batch by itself and reports each by its id.
    fn each_entry<E: BatchEntry>(
        &self,
        request: BatchRequest<E>,
        work: impl Fn(&str, E) -> Result<Value, SqsError>,
    ) -> Result<Value, AwsError> {
        self.find(&request.queue_url)?;
        if request.entries.is_empty() {
            return Err(SqsError::EmptyBatchRequest.into());
        }
        if request.entries.len() > 10 {
            return Err(SqsError::TooManyEntriesInBatchRequest(request.entries.len()).into());
        }
        let mut ids = BTreeSet::new();
        for entry in &request.entries {
            if !ids.insert(entry.id().to_owned()) {
                return Err(SqsError::BatchEntryIdsNotDistinct(entry.id().to_owned()).into());
            }
        }
        let mut successful = Vec::new();
        let mut failed = Vec::new();
        for entry in request.entries {
            let id = entry.id().to_owned();
            match work(&request.queue_url, entry) {
                Ok(Value::Object(mut fields)) => {
                    fields.insert("Id".into(), json!(id));
                    successful.push(Value::Object(fields));
                }
                Ok(_) => successful.push(json!({ "Id": id })),
                Err(error) => {
                    let error = AwsError::from(error);
                    failed.push(json!({
                        "Id": id,
                        "Code": last_code(&error.code),
                        "Message": error.message,
                        "SenderFault": error.status.is_client_error(),
                    }));
                }
            }
        }
        Ok(json!({ "Successful": successful, "Failed": failed }))
    }
}

fn last_code(code: &str) -> &str {
    code.rsplit('#').next().unwrap_or(code)
}

fn check_visibility(seconds: u32) -> Result<u32, SqsError> {
    if seconds <= LONGEST_VISIBILITY_S {
        return Ok(seconds);
    }
    Err(SqsError::InvalidParameterValue(format!(
        "Value {seconds} for parameter VisibilityTimeout is invalid. Reason: Must be between 0 and \
         {LONGEST_VISIBILITY_S}."
    )))
}

fn sent_fields(message: &NewMessage, sent: &super::SentMessage) -> Value {
    let mut fields = json!({ "MessageId": sent.message_id, "MD5OfMessageBody": body_md5(&message.body) });
    if let Some(fields) = fields.as_object_mut() {
        if let Some(digest) = attributes_md5(&message.attributes) {
            fields.insert("MD5OfMessageAttributes".into(), json!(digest));
        }
        if let Some(number) = &sent.sequence_number {
            fields.insert("SequenceNumber".into(), json!(number));
        }
    }
    fields
}

trait BatchEntry {
    fn id(&self) -> &str;
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct BatchRequest<E> {
    queue_url: String,
    #[serde(default = "Vec::new")]
    entries: Vec<E>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct QueueRequest {
    queue_url: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct QueueNameRequest {
    queue_name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListRequest {
    #[serde(default)]
    queue_name_prefix: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AttributesRequest {
    queue_url: String,
    #[serde(default)]
    attribute_names: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MoveRequest {
    source_arn: String,
    destination_arn: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct HandleRequest {
    queue_url: String,
    receipt_handle: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct HandleEntry {
    id: String,
    receipt_handle: String,
}

impl BatchEntry for HandleEntry {
    fn id(&self) -> &str {
        &self.id
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct VisibilityRequest {
    queue_url: String,
    receipt_handle: String,
    visibility_timeout: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct VisibilityEntry {
    id: String,
    receipt_handle: String,
    visibility_timeout: u32,
}

impl BatchEntry for VisibilityEntry {
    fn id(&self) -> &str {
        &self.id
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SendRequest {
    queue_url: String,
    #[serde(flatten)]
    entry: SendBody,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SendEntry {
    id: String,
    #[serde(flatten)]
    body: SendBody,
}

impl BatchEntry for SendEntry {
    fn id(&self) -> &str {
        &self.id
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SendBody {
    #[serde(default)]
    message_body: String,
    #[serde(default)]
    message_attributes: MessageAttributes,
    message_group_id: Option<String>,
    message_deduplication_id: Option<String>,
    delay_seconds: Option<u32>,
}

impl SendBody {
    fn into_message(self) -> NewMessage {
        NewMessage {
            body: self.message_body,
            attributes: self.message_attributes,
            group_id: self.message_group_id,
            deduplication_id: self.message_deduplication_id,
            delay_s: self.delay_seconds,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ReceiveRequest {
    queue_url: String,
    max_number_of_messages: Option<usize>,
    wait_time_seconds: Option<u32>,
    visibility_timeout: Option<u32>,
    /// The older name of `message_system_attribute_names`; both are in use.
    #[serde(default)]
    attribute_names: Vec<String>,
    #[serde(default)]
    message_system_attribute_names: Vec<String>,
    #[serde(default)]
    message_attribute_names: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct MessageFields {
    message_id: String,
    receipt_handle: String,
    #[serde(rename = "MD5OfBody")]
    md5_of_body: String,
    body: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    attributes: BTreeMap<&'static str, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    message_attributes: MessageAttributes,
    #[serde(rename = "MD5OfMessageAttributes", skip_serializing_if = "Option::is_none")]
    md5_of_message_attributes: Option<String>,
}

impl ReceiveRequest {
    /// The message with the attributes that were asked for.
    fn select(&self, message: ReceivedMessage) -> Value {
        let system = |name: &str| {
            self.attribute_names
                .iter()
                .chain(&self.message_system_attribute_names)
                .any(|wanted| wanted == "All" || wanted == name)
        };
        let mut attributes = message.system_attributes();
        attributes.retain(|name, _| system(name));
        let mut message_attributes = message.attributes;
        message_attributes.retain(|name, _| self.wants_attribute(name));
        let fields = MessageFields {
            message_id: message.message_id,
            receipt_handle: message.receipt_handle,
            md5_of_body: body_md5(&message.body),
            body: message.body,
            attributes,
            md5_of_message_attributes: attributes_md5(&message_attributes),
            message_attributes,
        };
        serde_json::to_value(fields).unwrap_or_default()
    }

    fn wants_attribute(&self, name: &str) -> bool {
        self.message_attribute_names.iter().any(|wanted| {
            wanted == "All"
                || wanted == ".*"
                || wanted == name
                || wanted
                    .strip_suffix(".*")
                    .is_some_and(|prefix| name.starts_with(prefix))
        })
    }
}
