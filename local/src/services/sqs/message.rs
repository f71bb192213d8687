//! Messages, their attributes, and the digests the SDKs verify.

use std::collections::BTreeMap;

use md5::{Digest, Md5};
use serde::{Deserialize, Serialize};

/// A typed attribute that the sender attached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageAttribute {
    /// `String`, `Number` or `Binary`, with an optional custom label after a dot.
    #[serde(rename = "DataType")]
    pub data_type: String,
    /// The value of a string or number.
    #[serde(rename = "StringValue", default, skip_serializing_if = "Option::is_none")]
    pub string_value: Option<String>,
    /// The value of a binary attribute, as base64.
    #[serde(rename = "BinaryValue", default, skip_serializing_if = "Option::is_none")]
    pub binary_value: Option<String>,
}

/// Attributes by name, in the order their digest needs.
pub type MessageAttributes = BTreeMap<String, MessageAttribute>;

/// A message on its way into a queue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewMessage {
    /// The text.
    pub body: String,
    /// The sender's attributes.
    pub attributes: MessageAttributes,
    /// The group, on a FIFO queue.
    pub group_id: Option<String>,
    /// Sends with the same id within five minutes are one, on a FIFO queue.
    pub deduplication_id: Option<String>,
    /// Seconds until it can be received; the queue's own delay when `None`.
    pub delay_s: Option<u32>,
}

impl NewMessage {
    /// A message that is only a body.
    #[must_use]
    pub fn body(body: impl Into<String>) -> Self {
        Self {
            body: body.into(),
            ..Self::default()
        }
    }

    /// Bytes that count against the queue's message size limit.
    pub(crate) fn size(&self) -> usize {
        let attributes: usize = self
            .attributes
            .iter()
            .map(|(name, attribute)| name.len() + attribute.data_type.len() + attribute.value_bytes().len())
            .sum();
        self.body.len() + attributes
    }
}

impl MessageAttribute {
    fn value_bytes(&self) -> Vec<u8> {
        use base64::Engine as _;
        match (&self.string_value, &self.binary_value) {
            (Some(text), _) => text.clone().into_bytes(),
            (None, Some(base64)) => base64::engine::general_purpose::STANDARD
                .decode(base64)
                .unwrap_or_default(),
            (None, None) => Vec::new(),
        }
    }
}

/// What the sender learns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentMessage {
    /// The queue's id of the message; of the first one when this was a duplicate.
    pub message_id: String,
    /// Its place in the order of a FIFO queue.
    pub sequence_number: Option<String>,
}

/// A message in a receiver's hands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceivedMessage {
    /// The queue's id of the message.
    pub message_id: String,
    /// What the receiver shows to delete it or to change its visibility.
    pub receipt_handle: String,
    /// The text.
    pub body: String,
    /// The sender's attributes.
    pub attributes: MessageAttributes,
    /// The group, on a FIFO queue.
    pub group_id: Option<String>,
    /// The deduplication id, on a FIFO queue.
    pub deduplication_id: Option<String>,
    /// Its place in the order of a FIFO queue.
    pub sequence_number: Option<String>,
    /// When it was sent, milliseconds since 1970.
    pub sent_at_ms: i64,
    /// When it was first received, milliseconds since 1970.
    pub first_received_at_ms: i64,
    /// How often it has been received, this time included.
    pub receive_count: u32,
    /// The queue it was moved here from after too many receives.
    pub dead_letter_source_arn: Option<String>,
}

impl ReceivedMessage {
    /// The attributes that the queue itself keeps, by their AWS names.
    pub(crate) fn system_attributes(&self) -> BTreeMap<&'static str, String> {
        let mut attributes = BTreeMap::from([
            ("ApproximateReceiveCount", self.receive_count.to_string()),
            ("SentTimestamp", self.sent_at_ms.to_string()),
            (
                "ApproximateFirstReceiveTimestamp",
                self.first_received_at_ms.to_string(),
            ),
            ("SenderId", "AIDALOCAL".to_owned()),
        ]);
        let optional = [
            ("MessageGroupId", &self.group_id),
            ("MessageDeduplicationId", &self.deduplication_id),
            ("SequenceNumber", &self.sequence_number),
            ("DeadLetterQueueSourceArn", &self.dead_letter_source_arn),
        ];
        for (name, value) in optional {
            if let Some(value) = value {
                attributes.insert(name, value.clone());
            }
        }
        attributes
    }
}

/// The MD5 that SDKs compare with what they sent or received.
pub(crate) fn body_md5(body: &str) -> String {
    hex::encode(Md5::digest(body.as_bytes()))
}

/// The MD5 over sorted attributes: each name, type and value with its length
/// before it, and one byte that tells text (1) from binary (2).
pub(crate) fn attributes_md5(attributes: &MessageAttributes) -> Option<String> {
    if attributes.is_empty() {
        return None;
    }
    let mut digest = Md5::new();
    let field = |bytes: &[u8], digest: &mut Md5| {
        digest.update(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
        digest.update(bytes);
    };
    for (name, attribute) in attributes {
        field(name.as_bytes(), &mut digest);
        field(attribute.data_type.as_bytes(), &mut digest);
        digest.update([if attribute.string_value.is_some() { 1 } else { 2 }]);
        field(&attribute.value_bytes(), &mut digest);
    }
    Some(hex::encode(digest.finalize()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_those_of_the_service() {
        // The example of the SQS API reference for SendMessage.
        assert_eq!(
            body_md5("This is a test message"),
            "fafb00f5732ab283681e124bf8747ed1"
        );
        let attributes = MessageAttributes::from([(
            "my_attribute_name_1".into(),
            MessageAttribute {
                data_type: "String".into(),
                string_value: Some("my_attribute_value_1".into()),
                binary_value: None,
            },
        )]);
        let by_hand = [
            &[0, 0, 0, 19][..],
            b"my_attribute_name_1",
            &[0, 0, 0, 6],
            b"String",
            &[1, 0, 0, 0, 20],
            b"my_attribute_value_1",
        ]
        .concat();
        assert_eq!(
            attributes_md5(&attributes),
            Some(hex::encode(Md5::digest(by_hand)))
        );
        assert_eq!(attributes_md5(&MessageAttributes::new()), None);
    }
}
