//! The fakes, put together.

use crate::{
    Kitchen, ManualClock, Memory, MemoryRecords, RecordedBroadcasts, RecordedEvents, RecordedRetries,
    RecordedSockets, SeededIds,
};
use freshtrack_application::alerts::HandleAlerts;
use freshtrack_application::devices::{HeardGateways, claim_eui, rewrite_sensor};
use freshtrack_application::logbook::KeepLogs;
use freshtrack_application::ports::{Clock, Records};
use freshtrack_application::processes::{Evidence, Processes};
use freshtrack_application::{
    Actor, Change, Failure, Import, Live, OrgScope, ReceiveUplinks, RecordReadings, Registry,
    import_organization,
};
use freshtrack_domain::device::Sensor;
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
    /// What is remembered of gateways.
    pub gateways: HeardGateways,
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
        let memory = Memory::default();
        Self {
            clock: ManualClock::at(now),
            ids: SeededIds::new(1),
            records: MemoryRecords::beside(&memory),
            memory,
            gateways: HeardGateways::default(),
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
            states: &self.memory,
            clock: &self.clock,
        };
        import_organization(&ports, kitchen.document()).await.map(drop)
    }

    /// Registers `sensor`, or makes the one that is registered like it.
    ///
    /// # Errors
    /// Refused when its DevEUI is another's.
    pub async fn register(&self, sensor: &Sensor) -> Result<(), Failure> {
        let records: &dyn Records = &self.records;
        register_sensor(records, &self.clock, sensor).await
    }

    /// The live channel.
    #[must_use]
    pub fn live(&self) -> Live<'_> {
        Live {
            records: &self.records,
            connections: &self.memory,
            sockets: &self.sockets,
            lane: &self.broadcasts,
        }
    }

    /// Doing something about alerts.
    #[must_use]
    pub fn handle_alerts(&self) -> HandleAlerts<'_> {
        HandleAlerts {
            alerts: &self.memory,
            records: &self.records,
            live: self.live(),
            clock: &self.clock,
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

    /// Keeping logs.
    #[must_use]
    pub fn keep_logs(&self) -> KeepLogs<'_> {
        KeepLogs {
            records: &self.records,
            record: self.record(),
            ids: &self.ids,
        }
    }

    /// What is known of timed processes.
    #[must_use]
    pub fn evidence(&self) -> Evidence<'_> {
        Evidence {
            records: &self.records,
            states: &self.memory,
            log: &self.memory,
            clock: &self.clock,
        }
    }

    /// Seeing to timed processes.
    #[must_use]
    pub fn processes(&self) -> Processes<'_> {
        Processes {
            evidence: self.evidence(),
            live: self.live(),
        }
    }

    /// Receiving uplinks.
    #[must_use]
    pub fn receive(&self) -> ReceiveUplinks<'_> {
        ReceiveUplinks {
            devices: &self.records,
            quarantine: &self.memory,
            gateways: &self.gateways,
            records: &self.records,
            record: self.record(),
        }
    }
}

/// Registers `sensor` in the store behind `records`, or makes the one that is registered like it.
///
/// # Errors
/// Refused when its DevEUI is another's.
pub async fn register_sensor(
    records: &dyn Records,
    clock: &dyn Clock,
    sensor: &Sensor,
) -> Result<(), Failure> {
    let scope = OrgScope::granted(sensor.org_id);
    let change = Change::new(scope, &Actor::new("test"), "sensor.registered", sensor.id);
    let change = match records.get::<Sensor>(scope, sensor.id).await? {
        None => claim_eui(change.insert(sensor)?, sensor)?,
        Some(stored) => rewrite_sensor(change, sensor, &stored)?,
    };
    Registry { records, clock }.commit(change).await
}
