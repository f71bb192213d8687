//! AWS IoT Core: an MQTT listener and the topic rules behind it.

pub mod broker;
pub mod rules;
mod sql;
mod topic;

pub use self::sql::SqlError;
