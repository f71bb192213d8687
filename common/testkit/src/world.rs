//! The fakes, put together.

use crate::{
    Kitchen, ManualClock, Memory, MemoryRecords, RecordedBroadcasts, RecordedEvents, RecordedRetries,
    RecordedSockets, SeededIds,
};
use freshtrack_application::{Failure, Import, Live, ReceiveUplinks, RecordReadings, import_organization};
use freshtrack_domain::time::Timestamp;

/// A system in memory, at one instant.
#[derive(Debug)]
pub struct World {
    /// The time.
    pub clock: ManualClock,
    /// Chance.
    pub ids: SeededIds,
    /// What is stored.
    pub memory: Memory,
    /// What people set up.
    pub records: MemoryRecords,
    /// Who is sent what.
    pub sockets: RecordedSockets,
    /// What waits to be stored.
    pub retry: RecordedRetries,
    /// What waits to be sent.
    pub broadcasts: RecordedBroadcasts,
    /// What was published.
    pub bus: RecordedEvents,
}

impl World {
    /// An empty system at `now`.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self {
            clock: ManualClock::at(now),
            ids: SeededIds::new(1),
            memory: Memory::default(),
            records: MemoryRecords::default(),
            sockets: RecordedSockets::default(),
            retry: RecordedRetries::default(),
            broadcasts: RecordedBroadcasts::default(),
            bus: RecordedEvents::default(),
        }
    }

    /// Brings in `kitchen` as an operator does.
    ///
    /// # Errors
    /// When the import fails.
    pub async fn import(&self, kitchen: &Kitchen) -> Result<(), Failure> {
        let ports = Import {
            records: &self.records,
            organizations: &self.memory,
            states: &self.memory,
            clock: &self.clock,
        };
        import_organization(&ports, kitchen.document()).await.map(drop)
    }

    /// The live channel.
    #[must_use]
    pub fn live(&self) -> Live<'_> {
        Live {
            connections: &self.memory,
            sockets: &self.sockets,
            lane: &self.broadcasts,
        }
    }

    /// Recording readings.
    #[must_use]
    pub fn record(&self) -> RecordReadings<'_> {
        RecordReadings {
            states: &self.memory,
            log: &self.memory,
            retry: &self.retry,
            live: self.live(),
            clock: &self.clock,
        }
    }

    /// Receiving uplinks.
    #[must_use]
    pub fn receive(&self) -> ReceiveUplinks<'_> {
        ReceiveUplinks {
            devices: &self.memory,
            quarantine: &self.memory,
            record: self.record(),
        }
    }
}
