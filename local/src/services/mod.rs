//! The AWS services of the local system, each as small as the product's use of it.

mod batch;
mod dead_letter;
pub mod dynamodb;
pub mod events;
pub(crate) mod identifiers;
pub mod iot;
pub(crate) mod json_protocol;
pub mod lambda;
pub mod pattern;
pub mod scheduler;
pub mod sqs;
pub mod store;
pub mod stream;
#[cfg(test)]
pub(crate) mod testing;
