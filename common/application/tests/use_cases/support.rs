//! A kitchen in memory, and everything that can be seen of it afterwards.

use freshtrack_application::ports::{Alerts, Clock, Quarantine, QuarantinedUplink, ReadingLog, UnitStates};
use freshtrack_application::{
    Actor, CONNECTION_LIFE, Caller, Change, Failure, OrgScope, Outcome, PageRequest, PortError, ReadingsOf,
    Registry, UnitReading, connect, list_readings, retry_readings, subscribe,
};
use freshtrack_contracts::events::Happening;
use freshtrack_contracts::ingest::ItemStatus;
use freshtrack_contracts::live::{ServerBody, ServerMessage, Topic};
use freshtrack_contracts::page::PageSize;
use freshtrack_contracts::readings::ReadingView;
use freshtrack_contracts::time::Instant;
use freshtrack_domain::access::{AccessKey, Right, Role, Sites};
use freshtrack_domain::alert::{Alert, AlertStatus};
use freshtrack_domain::ids::{AccessKeyId, UnitId};
use freshtrack_domain::log::SealedBlock;
use freshtrack_domain::text::Name;
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_domain::unit::{UnitRecord, UnitState};
use freshtrack_testkit::{Kitchen, World, fresh_id, killed_after, reading};
use std::collections::BTreeSet;

/// Minute zero of every story.
pub(crate) const START: Timestamp = Timestamp::from_seconds(1_790_000_000);
/// Well inside the range of a refrigerator, in hundredths of a degree Celsius.
pub(crate) const COLD: i32 = 350;
/// Out of it.
pub(crate) const WARM: i32 = 720;

/// The instant `minutes` after the start.
pub(crate) fn minute(minutes: u32) -> Timestamp {
    START + Span::minutes(minutes)
}

/// What `work` answers when nothing stops it.
pub(crate) fn done<T>(work: impl Future<Output = T>) -> T {
    killed_after(usize::MAX, work).unwrap()
}

/// A kitchen that was brought in, a day after the start: whatever is read of its first day is in the past.
pub(crate) struct Stage {
    pub(crate) world: World,
    pub(crate) kitchen: Kitchen,
    display: AccessKeyId,
}

/// What is left to see when everything is done.
#[derive(Debug, PartialEq)]
pub(crate) struct EndState {
    pub(crate) readings: Vec<Vec<ReadingView>>,
    pub(crate) units: Vec<UnitState>,
    pub(crate) alerts: Vec<Alert>,
    pub(crate) told: Vec<(UnitId, Instant, Happening)>,
}

impl Stage {
    pub(crate) fn new(units: usize) -> Self {
        Self::of(Kitchen::new(units))
    }

    pub(crate) fn of(kitchen: Kitchen) -> Self {
        let world = World::at(START);
        done(world.import(&kitchen)).unwrap();
        Self::in_world(world, kitchen)
    }

    /// A kitchen that is in `world` already.
    pub(crate) fn in_world(world: World, kitchen: Kitchen) -> Self {
        let display = done(display(&world, &kitchen));
        world.clock.set(START + Span::hours(24));
        Self {
            world,
            kitchen,
            display,
        }
    }

    pub(crate) fn scope(&self) -> OrgScope {
        self.kitchen.scope()
    }

    pub(crate) fn unit(&self, number: usize) -> UnitId {
        self.kitchen.units()[number]
    }

    /// A display that sees the whole kitchen.
    pub(crate) fn viewer(&self) -> Caller {
        Caller {
            scope: self.scope(),
            actor: Actor::new(self.display),
            rights: Role::Viewer.rights(),
            sites: Sites::All,
        }
    }

    /// A cook, who logs temperatures by hand.
    pub(crate) fn logger(&self) -> Caller {
        Caller {
            scope: self.scope(),
            actor: Actor::new("usr_cook"),
            rights: Role::Staff.rights(),
            sites: Sites::All,
        }
    }

    /// What the sensor of unit `number` measured.
    pub(crate) fn measured(&self, number: usize, at: Timestamp, centi: i32) -> UnitReading {
        let sensor = &self.kitchen.sensors[number];
        UnitReading {
            unit_id: self.unit(number),
            version: sensor.version,
            reading: reading(sensor.id, at, centi),
        }
    }

    /// `count` readings of unit `number`, five minutes apart, the first at minute `from`, all of them cold.
    pub(crate) fn calm(&self, number: usize, from: u32, count: u32) -> Vec<UnitReading> {
        (0..count)
            .map(|place| self.measured(number, minute(from + place * 5), COLD))
            .collect()
    }

    /// Opens the socket `id`.
    pub(crate) async fn open(&self, id: &str) {
        self.try_open(id).await.unwrap();
    }

    pub(crate) async fn try_open(&self, id: &str) -> Result<(), Failure> {
        let World {
            memory,
            records,
            clock,
            ..
        } = &self.world;
        let until = clock.now() + CONNECTION_LIFE;
        connect(memory, records, clock, &self.viewer(), id, until).await
    }

    /// Opens the socket `id`, which wants to hear of `topic`.
    pub(crate) async fn watch(&self, id: &str, topic: Topic) {
        let World { memory, records, .. } = &self.world;
        self.open(id).await;
        subscribe(memory, records, &self.viewer(), id, vec![topic])
            .await
            .unwrap();
    }

    pub(crate) async fn try_record(&self, batch: &[UnitReading]) -> Result<Vec<Outcome>, PortError> {
        self.world.record().record(self.scope(), batch.to_vec()).await
    }

    /// Records `batch`; what became of each reading, in a word.
    pub(crate) async fn record(&self, batch: &[UnitReading]) -> Vec<ItemStatus> {
        statuses(&self.try_record(batch).await.unwrap())
    }

    /// Lets the retry lane's worker store what waits, in order and until it succeeds.
    pub(crate) async fn drain(&self) -> Vec<ItemStatus> {
        let mut stored = Vec::new();
        for waiting in self.world.retry.take() {
            loop {
                match retry_readings(&self.world.record(), waiting.clone()).await {
                    Ok(outcomes) => break stored.extend(statuses(&outcomes)),
                    Err(error) => assert!(error.is_retryable(), "{error:?}"),
                }
            }
        }
        stored
    }

    pub(crate) async fn record_of(&self, number: usize) -> UnitRecord {
        let states: &dyn UnitStates = &self.world.memory;
        states
            .load(self.scope(), self.unit(number))
            .await
            .unwrap()
            .unwrap()
    }

    /// Sealed blocks of unit `number`, which stand in a chain.
    pub(crate) async fn blocks(&self, number: usize) -> Vec<SealedBlock> {
        let log: &dyn ReadingLog = &self.world.memory;
        let (unit, now) = (self.unit(number), self.world.clock.now());
        let blocks = log
            .blocks(
                self.scope(),
                unit,
                Timestamp::from_seconds(0),
                now,
                usize::MAX,
                true,
            )
            .await
            .unwrap();
        assert_eq!(SealedBlock::first_broken_link(unit, &blocks), None);
        let end = blocks.last().map(|block| block.hash(unit)).unwrap_or_default();
        assert_eq!(self.record_of(number).await.chain, end);
        blocks
    }

    /// What can be read of unit `number`.
    pub(crate) async fn readings(&self, number: usize) -> Vec<ReadingView> {
        let World { memory, clock, .. } = &self.world;
        let (from, to) = (START - Span::hours(24 * 14), START + Span::hours(24 * 16));
        let of = ReadingsOf {
            unit_id: self.unit(number),
            from: Some(from),
            to: Some(to),
        };
        let all = PageRequest::of(PageSize::SERIES);
        list_readings(memory, memory, clock, &self.viewer(), of, &all)
            .await
            .unwrap()
            .items
    }

    /// The frames kept aside, the newest first.
    pub(crate) async fn frames(&self) -> Vec<QuarantinedUplink> {
        let frames = Quarantine::list(&self.world.memory, self.scope(), None, 1_000).await;
        frames.unwrap()
    }

    pub(crate) async fn alerts(&self, status: AlertStatus) -> Vec<Alert> {
        let page = Alerts::list(&self.world.memory, self.scope(), status, None, 1_000).await;
        page.unwrap()
    }

    /// What left by the outbox since it was last looked into: each event once, those of a unit in order.
    pub(crate) fn told(&self) -> Vec<(UnitId, Instant, Happening)> {
        let events = self.world.memory.take_outbox();
        let ids: BTreeSet<&str> = events.iter().map(|event| event.id.as_str()).collect();
        assert_eq!(ids.len(), events.len(), "an event that left twice");
        let mut told: Vec<_> = events
            .into_iter()
            .filter_map(|event| Some((event.unit_id?, event.at, event.what)))
            .collect();
        told.sort_by_key(|(unit_id, ..)| *unit_id);
        told
    }

    /// Looks at everything; trouble is over by then.
    pub(crate) async fn end_state(&self) -> EndState {
        self.world.memory.faults.clear();
        let mut end = EndState {
            readings: Vec::new(),
            units: Vec::new(),
            alerts: self.alerts(AlertStatus::Open).await,
            told: self.told(),
        };
        end.alerts.extend(self.alerts(AlertStatus::Resolved).await);
        for number in 0..self.kitchen.sensors.len() {
            self.blocks(number).await;
            end.readings.push(self.readings(number).await);
            end.units.push(self.record_of(number).await.state);
        }
        end
    }
}

/// The access key of a display in `kitchen`.
async fn display(world: &World, kitchen: &Kitchen) -> AccessKeyId {
    let key = AccessKey {
        id: fresh_id(),
        name: Name::new("Wall display").unwrap(),
        prefix: "display0".to_owned(),
        rights: [Right::Read].into(),
        sites: Sites::All,
        created_at: START,
        created_by: "usr_owner".to_owned(),
        expires_at: None,
        previous: None,
        revoked_at: None,
    };
    let change = Change::new(
        kitchen.scope(),
        &Actor::new("usr_owner"),
        "access_key.created",
        key.id,
    );
    let registry = Registry {
        records: &world.records,
        clock: &world.clock,
    };
    registry.commit(change.insert(&key).unwrap()).await.unwrap();
    key.id
}

pub(crate) fn statuses(outcomes: &[Outcome]) -> Vec<ItemStatus> {
    outcomes.iter().map(|outcome| outcome.status).collect()
}

/// What was sent to the socket `id` since it was last looked at.
pub(crate) fn shown(stage: &Stage, id: &str) -> Vec<ServerBody> {
    let sent = stage.world.sockets.sent.take();
    sent.into_iter()
        .filter(|(socket, _)| socket == id)
        .map(|(_, message)| serde_json::from_str::<ServerMessage>(&message).unwrap().body)
        .collect()
}
