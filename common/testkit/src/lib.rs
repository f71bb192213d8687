//! Port fakes, a hand-moved clock, builders, and the contract suite every port implementation passes.
//!
//! [`World`] puts the fakes together for tests of use cases. [`contract`] holds what an implementation of a port
//! must do, told in terms of the port alone: the fakes pass it, and so does every adapter.

mod builders;
pub mod contract;
mod faults;
mod identity;
mod memory;
mod network_servers;
mod outbox;
mod records;
mod system;
mod turns;
mod world;

pub use builders::{Kitchen, fresh_id, lht65n_payload, lht65n_uplink, reading};
pub use faults::Faults;
pub use identity::{MemoryThrottle, MemoryVault, PublishedKeys, RecordedLetters};
pub use memory::Memory;
pub use network_servers::{Called, MemoryNetworkServers, server_error};
pub use outbox::{
    Recorded, RecordedBroadcasts, RecordedEvents, RecordedMails, RecordedRetries, RecordedSockets,
};
pub use records::MemoryRecords;
pub use system::{ManualClock, SeededIds};
pub use turns::{Work, interleaved, killed_after};
pub use world::{World, register_sensor};
