//! The AWS services of the local system, each as small as the product's use of it.

pub mod dynamodb;
pub(crate) mod identifiers;
pub(crate) mod json_protocol;
pub mod pattern;
pub mod sqs;
pub mod store;
