//! What every implementation of a port must do, told in terms of the port alone.
//!
//! Each function draws organizations that nobody has used before, so it may be run against a store that others
//! use too. It panics where the implementation falls short.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a contract is checked by tests, and a test fails by panicking"
)]

mod directory;
mod identity;
mod live;
mod quarantine;
mod reading_log;
mod records;
mod unit_states;

pub use directory::devices;
pub use identity::{throttle, vault};
pub use live::{connections, tickets};
pub use quarantine::quarantine;
pub use reading_log::reading_log;
pub use records::{alerts_of_records, claims, listed, records};
pub use unit_states::{alerts, unit_states};

use freshtrack_application::{PortError, PortErrorKind};
use freshtrack_domain::time::{Span, Timestamp};
use std::fmt::Debug;

/// Minute zero of every check.
const START: Timestamp = Timestamp::from_seconds(1_790_000_000);

fn minute(minutes: u32) -> Timestamp {
    START + Span::minutes(minutes)
}

fn assert_conflict<T: Debug>(result: Result<T, PortError>, what: &str) {
    assert_eq!(
        result.map_err(|error| error.kind).unwrap_err(),
        PortErrorKind::Conflict,
        "{what}"
    );
}
