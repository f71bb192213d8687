//! The ports on AWS: single table, queues, bus, socket push.
//!
//! The only crate that knows an AWS SDK. It decides nothing: what is written, and under which condition, is
//! said by the use cases and the domain.

mod alerts;
mod bus;
mod clients;
pub mod design;
mod directory;
mod error;
mod keys;
mod live;
mod mail;
mod quarantine;
mod queues;
mod reading_log;
mod records;
mod sockets;
mod table;
mod throttle;
mod unit_states;
mod vault;

pub use alerts::DynamoAlerts;
pub use bus::EventBridgeBus;
pub use clients::{AwsClients, AwsSettings};
pub use directory::Directory;
pub use freshtrack_domain::ids::OrgId;
pub use keys::parse_state_key;
pub use live::{DynamoConnections, DynamoTickets};
pub use mail::SesMailer;
pub use quarantine::DynamoQuarantine;
pub use queues::{SqsBroadcastLane, SqsMailLane, SqsRetryLane};
pub use reading_log::DynamoReadingLog;
pub use records::DynamoRecords;
pub use sockets::GatewaySockets;
pub use table::{Meter, Table};
pub use throttle::DynamoThrottle;
pub use unit_states::{DynamoUnitStates, OUTBOX};
pub use vault::KmsVault;
