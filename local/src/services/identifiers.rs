//! Names and ids as AWS writes them.

use std::fmt;

use crate::template::Deployment;

/// The account and region that every ARN of the local system carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Twelve digits.
    pub id: String,
    /// For example `eu-west-1`.
    pub region: String,
}

impl From<&Deployment> for Account {
    fn from(deployment: &Deployment) -> Self {
        Self {
            id: deployment.account.clone(),
            region: deployment.region.clone(),
        }
    }
}

impl Account {
    /// The ARN of a resource in this account and region.
    #[must_use]
    pub fn arn(&self, service: &str, resource: impl fmt::Display) -> String {
        format!("arn:aws:{service}:{}:{}:{resource}", self.region, self.id)
    }
}

/// A random id in the UUID version 4 form that AWS uses for messages and requests.
pub(crate) fn uuid() -> String {
    let mut bytes: [u8; 16] = rand::random();
    if let Some(version) = bytes.get_mut(6) {
        *version = (*version & 0x0f) | 0x40;
    }
    if let Some(variant) = bytes.get_mut(8) {
        *variant = (*variant & 0x3f) | 0x80;
    }
    let digits = hex::encode(bytes);
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    format!(
        "{}-{}-{}-{}-{}",
        part(0, 8),
        part(8, 12),
        part(12, 16),
        part(16, 20),
        part(20, 32)
    )
}

/// The last segment of an ARN or URL: `orders` of `arn:aws:sqs:eu-west-1:1:orders`.
pub(crate) fn last_segment(name: &str) -> &str {
    name.rsplit(['/', ':']).next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uuids_have_the_version_and_variant_bits() {
        let id = uuid();
        assert_eq!(id.len(), 36);
        assert_eq!(id.as_bytes()[14], b'4');
        assert!(matches!(id.as_bytes()[19], b'8' | b'9' | b'a' | b'b'));
        assert_ne!(id, uuid());
    }

    #[test]
    fn a_name_is_the_end_of_an_arn_or_url() {
        assert_eq!(
            last_segment("arn:aws:sqs:eu-west-1:000000000000:orders.fifo"),
            "orders.fifo"
        );
        assert_eq!(
            last_segment("http://127.0.0.1:8080/000000000000/orders"),
            "orders"
        );
        assert_eq!(last_segment("orders"), "orders");
    }
}
