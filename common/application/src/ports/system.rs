//! Time, chance, and the ways out of an invocation.

use crate::error::PortError;
use crate::record_readings::RetryReadings;
use async_trait::async_trait;
use freshtrack_contracts::events::Event;
use freshtrack_domain::ids::{Id, Ulid};
use freshtrack_domain::time::Timestamp;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// Draws what must not be guessed or repeated.
pub trait IdSource: Send + Sync {
    /// 128 random bits.
    fn random(&self) -> u128;

    /// The moment that new identifiers carry: `now`, unless the same request was made before.
    fn moment(&self, now: Timestamp) -> Timestamp {
        now
    }
}

/// Identifiers by their type.
impl dyn IdSource + '_ {
    /// A new identifier: sortable by time, with 80 random bits.
    pub fn id<I: Id>(&self, now: Timestamp) -> I {
        let millis = u64::try_from(self.moment(now).as_millis()).unwrap_or(0);
        I::from_ulid(Ulid::from_parts(millis, self.random()))
    }
}

/// Where readings wait that could not be stored in time. First in, first out for each unit.
#[async_trait]
pub trait RetryLane: Send + Sync {
    /// Keeps `readings` until a worker has stored them.
    ///
    /// # Errors
    /// When they are not safely kept.
    async fn hand_over(&self, readings: &RetryReadings) -> Result<(), PortError>;
}

/// Where events go that others must hear of.
#[async_trait]
pub trait EventBus: Send + Sync {
    /// Publishes all of `events`; an event may be published more than once and keeps its id.
    ///
    /// # Errors
    /// When at least one was not published.
    async fn publish(&self, events: &[Event]) -> Result<(), PortError>;
}
