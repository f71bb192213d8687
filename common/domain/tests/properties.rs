//! What holds for a unit whatever its sensors, the network and the clock do.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

use freshtrack_domain::alert::{AlertKind, Severity, Side};
use freshtrack_domain::ids::{AlertId, Id, SensorId, Ulid};
use freshtrack_domain::log::{Entry, HEAD_BYTES, SealedBlock};
use freshtrack_domain::measurement::{Battery, CentiCelsius, Door, Humidity, SensorFault, TemperatureSample};
use freshtrack_domain::reading::{FrameCounter, Reading};
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_domain::unit::{
    Admission, Basis, Change, DoorState, Excursion, LastReading, MAX_SENSORS, OpenAlert, Overrides,
    SensorTrack, UnitRecord, UnitState, UnitStatus,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use std::collections::{BTreeMap, BTreeSet};
use support::{START, fridge, reading, sensor};

/// One thing that happens, some seconds after the one before it.
#[derive(Debug, Clone)]
struct Event {
    pause: u32,
    what: What,
}

#[derive(Debug, Clone)]
enum What {
    Read {
        delay: u32,
        sensor: u8,
        temperature: TemperatureSample,
        counted: bool,
    },
    Door {
        delay: u32,
        door: Door,
    },
    Repeat {
        back: usize,
    },
    Tick,
    Limits {
        low: i32,
        width: i32,
    },
    Seal,
}

fn any_temperature() -> impl Strategy<Value = TemperatureSample> {
    // Mostly around the limits of a refrigerator, 0.56 to 5.00 °C, where the decisions are.
    prop_oneof![
        8 => (-200_i32..900).prop_map(|value| TemperatureSample::Valid(CentiCelsius(value))),
        1 => Just(TemperatureSample::Fault(SensorFault::ProbeMissing)),
        1 => Just(TemperatureSample::Fault(SensorFault::Implausible)),
    ]
}

/// Seconds under way: mostly none, sometimes long enough to be overtaken.
fn any_delay() -> impl Strategy<Value = u32> {
    prop_oneof![4 => Just(0_u32), 1 => 0_u32..3_600]
}

fn any_what() -> impl Strategy<Value = What> {
    let door = prop_oneof![Just(Door::Open), Just(Door::Closed)];
    prop_oneof![
        12 => (any_delay(), 0_u8..3, any_temperature(), any::<bool>())
            .prop_map(|(delay, sensor, temperature, counted)| What::Read { delay, sensor, temperature, counted }),
        2 => (any_delay(), door).prop_map(|(delay, door)| What::Door { delay, door }),
        2 => (0_usize..20).prop_map(|back| What::Repeat { back }),
        3 => Just(What::Tick),
        1 => (-100_i32..300, 50_i32..600).prop_map(|(low, width)| What::Limits { low, width }),
        1 => Just(What::Seal),
    ]
}

fn any_history() -> impl Strategy<Value = Vec<Event>> {
    vec(
        (0_u32..900, any_what()).prop_map(|(pause, what)| Event { pause, what }),
        1..160,
    )
}

/// A unit to which a history happens, with everything that came of it.
struct World {
    now: Timestamp,
    record: UnitRecord,
    sent: Vec<Reading>,
    count: u32,
    changes: Vec<Change>,
    blocks: Vec<SealedBlock>,
    late: Vec<(SensorId, Entry)>,
    taken: usize,
}

impl World {
    fn new(start: Timestamp) -> Self {
        Self {
            now: start,
            record: fridge(start),
            sent: Vec::new(),
            count: 0,
            changes: Vec::new(),
            blocks: Vec::new(),
            late: Vec::new(),
            taken: 0,
        }
    }

    /// Lets `event` happen; the changes it made.
    fn happen(&mut self, event: &Event) -> Vec<Change> {
        self.now = self.now + Span::seconds(event.pause);
        let mut changes = Vec::new();
        match event.what {
            What::Tick => self.record.judge(self.now, &mut changes),
            What::Limits { low, width } => {
                self.record.state.overrides.low = Some(CentiCelsius(low));
                self.record.state.overrides.high = Some(CentiCelsius(low + width));
                self.record.judge(self.now, &mut changes);
            }
            What::Seal => self.seal(),
            What::Repeat { back } => {
                if let Some(index) = self.sent.len().checked_sub(back + 1) {
                    let again = self.sent[index].clone();
                    self.offer(&again, &mut changes);
                }
            }
            What::Read {
                delay,
                sensor: number,
                temperature,
                counted,
            } => {
                self.count += 1;
                let frame = counted.then_some(FrameCounter {
                    count: self.count,
                    session: 1,
                });
                let reading = Reading {
                    sensor_id: sensor(number),
                    drives_unit: number == 0,
                    frame,
                    ..reading(self.now - Span::seconds(delay), Some(temperature))
                };
                self.offer(&reading, &mut changes);
                self.sent.push(reading);
            }
            What::Door { delay, door } => {
                let at = self.now - Span::seconds(delay);
                let reading = Reading {
                    sensor_id: sensor(3),
                    door: Some(door),
                    ..reading(at, None)
                };
                self.offer(&reading, &mut changes);
                self.sent.push(reading);
            }
        }
        self.changes.extend(changes.iter().cloned());
        changes
    }

    fn offer(&mut self, reading: &Reading, changes: &mut Vec<Change>) -> Admission {
        let mut admission = self.record.take(reading, self.now, changes);
        if admission == Admission::HeadFull {
            self.seal();
            admission = self.record.take(reading, self.now, changes);
        }
        match admission {
            Admission::Taken => self.taken += 1,
            Admission::Late(entry) => self.late.push((reading.sensor_id, entry)),
            Admission::Duplicate => {}
            other => panic!("{other:?}"),
        }
        admission
    }

    fn seal(&mut self) {
        self.blocks.extend(self.record.seal());
    }

    /// What the log holds, by sensor rather than by slot.
    fn logged(&self) -> Vec<(SensorId, Entry)> {
        let mut logged = Vec::new();
        for block in &self.blocks {
            let (sensors, entries) = block.open().unwrap();
            logged.extend(
                entries
                    .iter()
                    .map(|entry| (sensors[usize::from(entry.slot)], *entry)),
            );
        }
        let head = self.record.head.entries().iter();
        logged.extend(head.map(|entry| (self.record.state.sensors[usize::from(entry.slot)].id, *entry)));
        logged
    }
}

/// What a state says, with instants told from `start`.
fn told_from(start: Timestamp, state: &UnitState) -> impl PartialEq + std::fmt::Debug + use<> {
    let offset = |at: Timestamp| at.as_millis() - start.as_millis();
    (
        state.status,
        offset(state.status_since),
        state
            .last
            .map(|last| (offset(last.recorded_at), last.temperature)),
        state
            .excursion
            .map(|excursion| (offset(excursion.since), excursion.side, excursion.samples)),
        state
            .door
            .map(|door| (door.door, offset(door.since), offset(door.seen_at))),
        (state.recovery, state.episodes, state.humidity),
        state
            .alerts
            .iter()
            .map(|alert| {
                (
                    alert.kind,
                    alert.severity,
                    offset(alert.opened_at),
                    alert.worst,
                    alert.trigger,
                )
            })
            .collect::<Vec<_>>(),
    )
}

fn check_agreement(state: &UnitState) {
    let confirmed = state.status == UnitStatus::AlarmActive;
    let out_of_range = confirmed || state.status == UnitStatus::Excursion;
    let alert = state.alert(AlertKind::TempExcursion);
    assert_eq!(state.excursion.is_some(), out_of_range);
    assert_eq!(alert.is_some(), out_of_range);
    assert_eq!(
        alert.is_some_and(|alert| alert.severity == Severity::Critical),
        confirmed
    );
    let kinds: BTreeSet<AlertKind> = state.alerts.iter().map(|alert| alert.kind).collect();
    assert_eq!(kinds.len(), state.alerts.len(), "two open alerts of a kind");
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_status_is_true_of_the_newest_temperature(history in any_history()) {
        let mut world = World::new(START);
        for event in &history {
            world.happen(event);
            let state = &world.record.state;
            check_agreement(state);
            // Of several of one second the first to come is the reading, the others are its repetitions.
            let mut driving: BTreeMap<Timestamp, Option<TemperatureSample>> = BTreeMap::new();
            for reading in world.sent.iter().filter(|reading| reading.sensor_id == sensor(0)) {
                driving.entry(reading.recorded_at).or_insert(reading.temperature);
            }
            let newest = driving.into_iter().rev().find_map(|(at, temperature)| match temperature {
                Some(TemperatureSample::Valid(value)) => Some((at, value)),
                _ => None,
            });
            prop_assert_eq!(state.last.map(|last| (last.recorded_at, last.temperature)), newest);
            let violated = newest.is_some_and(|(_, value)| state.rules().violation(value).is_some());
            if violated {
                prop_assert!(matches!(state.status, UnitStatus::Excursion | UnitStatus::AlarmActive));
            }
            prop_assert_eq!(state.status == UnitStatus::Pending, newest.is_none());
        }
    }

    #[test]
    fn the_clock_is_awaited_exactly_during_an_excursion_and_then_confirms_it(history in any_history()) {
        let mut world = World::new(START);
        for event in &history {
            world.happen(event);
            let record = &world.record;
            prop_assert_eq!(record.next_due().is_some(), record.state.status == UnitStatus::Excursion);
            if let Some(due) = record.next_due() {
                let mut later = record.clone();
                later.judge(due, &mut Vec::new());
                prop_assert_ne!(later.state.status, UnitStatus::Excursion, "it would be due for ever");
            }
        }
    }

    #[test]
    fn an_alarm_takes_the_confirm_time(history in any_history()) {
        let mut world = World::new(START);
        for event in &history {
            let excursion = world.record.state.excursion;
            for change in world.happen(event) {
                if let Change::StatusChanged { to: UnitStatus::AlarmActive, at, .. } = change {
                    let since = excursion.expect("an excursion before its alarm").since;
                    prop_assert!(at.since(since) >= world.record.state.rules().confirm);
                }
            }
        }
    }

    #[test]
    fn changes_tell_of_every_alert_once_from_its_opening_to_its_end(history in any_history()) {
        let mut world = World::new(START);
        for event in &history {
            world.happen(event);
        }
        let mut open: BTreeSet<AlertId> = BTreeSet::new();
        let mut ever: BTreeSet<AlertId> = BTreeSet::new();
        for change in &world.changes {
            match change {
                Change::StatusChanged { from, to, .. } => prop_assert_ne!(from, to),
                Change::AlertOpened(alert) => {
                    prop_assert!(ever.insert(alert.id), "an identifier used again");
                    open.insert(alert.id);
                }
                Change::AlertUpgraded(alert) => prop_assert!(open.contains(&alert.id)),
                Change::AlertResolved(alert) => {
                    prop_assert!(open.remove(&alert.id));
                    prop_assert!(alert.resolved_at >= Some(alert.opened_at));
                }
            }
        }
        let state = &world.record.state;
        prop_assert_eq!(open, state.alerts.iter().map(|alert| alert.id).collect());
        prop_assert_eq!(ever.len(), usize::try_from(state.episodes).unwrap());
    }

    #[test]
    fn status_changes_follow_one_another(history in any_history()) {
        let mut world = World::new(START);
        for event in &history {
            world.happen(event);
        }
        let mut status = UnitStatus::Pending;
        for change in &world.changes {
            if let Change::StatusChanged { from, to, .. } = change {
                prop_assert_eq!(*from, status);
                status = *to;
            }
        }
        prop_assert_eq!(status, world.record.state.status);
    }

    #[test]
    fn only_differences_of_time_matter(history in any_history(), shift in 0_u32..100_000_000) {
        let (mut here, mut there) = (World::new(START), World::new(START + Span::seconds(shift)));
        for event in &history {
            here.happen(event);
            there.happen(event);
            prop_assert_eq!(
                told_from(START, &here.record.state),
                told_from(START + Span::seconds(shift), &there.record.state)
            );
        }
    }

    #[test]
    fn a_reading_taken_twice_is_taken_once(history in any_history()) {
        let mut world = World::new(START);
        for event in &history {
            world.happen(event);
            if !matches!(event.what, What::Read { .. } | What::Door { .. }) {
                continue;
            }
            let again = world.sent.last().unwrap().clone();
            let before = world.record.clone();
            let mut changes = Vec::new();
            let admission = world.record.take(&again, world.now, &mut changes);
            // Without a frame a late reading is told apart where late readings are kept.
            prop_assert!(matches!(admission, Admission::Duplicate | Admission::Late(_)), "{:?}", admission);
            prop_assert_eq!(&changes, &Vec::new());
            prop_assert_eq!(&world.record, &before);
        }
    }

    #[test]
    fn the_log_holds_every_reading_once_in_order_and_unbroken(history in any_history()) {
        let mut world = World::new(START);
        for event in &history {
            world.happen(event);
        }
        let unit = world.record.state.unit_id;
        prop_assert_eq!(SealedBlock::first_broken_link(unit, &world.blocks), None);
        let logged = world.logged();
        prop_assert_eq!(logged.len(), world.taken);
        prop_assert!(logged.is_sorted_by_key(|(_, entry)| entry.recorded_at));
        let instants = |entries: &[(SensorId, Entry)]| -> BTreeSet<(SensorId, Timestamp)> {
            entries.iter().map(|(sensor, entry)| (*sensor, entry.recorded_at)).collect()
        };
        let kept = instants(&logged);
        prop_assert_eq!(kept.len(), logged.len(), "one sensor, one second, two readings");
        let sent: BTreeSet<_> = world.sent.iter().map(|reading| (reading.sensor_id, reading.recorded_at)).collect();
        let late = instants(&world.late);
        prop_assert_eq!(kept.union(&late).copied().collect::<BTreeSet<_>>(), sent);
    }

    #[test]
    fn the_order_of_arrival_changes_neither_the_log_nor_the_newest_reading(
        readings in vec((0_u8..3, any_temperature(), any::<bool>()), 1..60),
        order in any::<prop::sample::Index>(),
        seed in any::<u64>(),
    ) {
        let readings: Vec<Reading> = (0_u32..)
            .zip(&readings)
            .map(|(count, (number, temperature, counted))| Reading {
                sensor_id: sensor(*number),
                drives_unit: *number == 0,
                frame: counted.then_some(FrameCounter { count, session: 1 }),
                ..reading(START + Span::seconds(count * 300), Some(*temperature))
            })
            .collect();
        let mut shuffled = readings.clone();
        // A different arrangement for every case: sorted by a hash of place and seed, then turned.
        shuffled.sort_by_key(|reading| {
            (reading.recorded_at.as_millis().unsigned_abs() ^ seed).wrapping_mul(0x9E37_79B9_7F4A_7C15)
        });
        let turn = order.index(shuffled.len());
        shuffled.rotate_left(turn);
        let arrive = |readings: &[Reading]| {
            let mut world = World::new(START);
            world.now = START + Span::hours(24);
            for reading in readings {
                world.offer(reading, &mut Vec::new());
            }
            let logged: BTreeSet<_> = world
                .logged()
                .into_iter()
                .map(|(sensor, entry)| (sensor, entry.recorded_at, entry.temperature, entry.fault))
                .collect();
            (logged, world.record.state.last, world.record.state.seen_at)
        };
        prop_assert_eq!(arrive(&shuffled), arrive(&readings));
    }

    #[test]
    fn a_state_is_stored_and_read_back_as_it_was(history in any_history()) {
        let mut world = World::new(START);
        for event in &history {
            world.happen(event);
        }
        let text = serde_json::to_string(&world.record.state).unwrap();
        prop_assert_eq!(serde_json::from_str::<UnitState>(&text).unwrap(), world.record.state);
    }
}

/// A unit about which there is nothing more to be said: two sensors with full windows, a door, every limit
/// set, an excursion and both alerts open.
fn full_state() -> UnitState {
    let alert = |kind, number| OpenAlert {
        id: AlertId::from_ulid(Ulid::from_parts(1_790_000_000_000, number)),
        kind,
        severity: Severity::Critical,
        opened_at: START,
        escalated_at: None,
        trigger: None,
        worst: None,
        limit: None,
        side: None,
    };
    let track = |number| {
        let mut track = SensorTrack::new(sensor(number));
        for count in 0..80_u32 {
            let frame = Some(FrameCounter {
                count: 100_000 + count,
                session: u32::MAX,
            });
            let at = START + Span::minutes(count);
            track.note(&Reading {
                frame,
                from_probe: true,
                battery: Some(Battery {
                    millivolts: Some(3_050),
                    percent: Some(100),
                }),
                rssi_dbm: Some(-118),
                ..reading(at, None)
            });
        }
        track.version = 999;
        track
    };
    UnitState {
        overrides: Overrides {
            low: Some(CentiCelsius(-2_500)),
            high: Some(CentiCelsius(-1_500)),
            hysteresis: Some(CentiCelsius(56)),
            confirm: Some(Span::minutes(20)),
            report_interval: Some(Span::minutes(20)),
        },
        basis: Basis::of([("unit".to_owned(), 1)]),
        status: UnitStatus::AlarmActive,
        last: Some(LastReading {
            recorded_at: START,
            temperature: CentiCelsius(-1_234),
        }),
        seen_at: Some(START),
        humidity: Humidity::from_percent(88.88),
        battery: Some(Battery {
            millivolts: Some(3_050),
            percent: Some(100),
        }),
        rssi_dbm: Some(-118),
        door: Some(DoorState {
            door: Door::Closed,
            since: START,
            seen_at: START,
        }),
        excursion: Some(Excursion {
            since: START,
            side: Side::High,
            samples: u8::MAX,
        }),
        alerts: vec![
            OpenAlert {
                escalated_at: Some(START),
                trigger: Some(CentiCelsius(-1_234)),
                worst: Some(CentiCelsius(-1_234)),
                limit: Some(CentiCelsius(-1_500)),
                side: Some(Side::High),
                ..alert(AlertKind::TempExcursion, u128::MAX >> 64)
            },
            alert(AlertKind::SensorFault, u128::MAX >> 65),
        ],
        episodes: 1_000,
        sensors: vec![track(0), track(1)],
        ..fridge(START).state
    }
}

/// What `value` takes in an item, by DynamoDB's published rules (Developer Guide, "Item sizes and formats"): a
/// text its bytes, a number half a byte a digit and one more, a map or list three bytes and one an element.
fn stored_size(value: &serde_json::Value) -> usize {
    match value {
        serde_json::Value::Null | serde_json::Value::Bool(_) => 1,
        serde_json::Value::Number(number) => {
            let text = number.to_string();
            let digits = text.trim_start_matches('-').trim_end_matches('0').len();
            digits.div_ceil(2) + 1 + usize::from(text.starts_with('-'))
        }
        serde_json::Value::String(text) => text.len(),
        serde_json::Value::Array(items) => 3 + items.iter().map(|item| 1 + stored_size(item)).sum::<usize>(),
        serde_json::Value::Object(fields) => {
            3 + fields
                .iter()
                .map(|(name, field)| 1 + name.len() + stored_size(field))
                .sum::<usize>()
        }
    }
}

/// DynamoDB's unit of writing.
const WRITE_UNIT: usize = 1_024;
/// Keys, version, revision, the newest block's hash, and the entry of the timer index.
const KEYS: usize = 200;

#[test]
fn a_unit_of_one_sensor_is_written_in_one_unit_whatever_its_readings() {
    let full = full_state();
    let sensors = full.sensors.iter().copied().take(1).collect();
    let calm = UnitState {
        status: UnitStatus::Ok,
        excursion: None,
        alerts: Vec::new(),
        sensors,
        ..full
    };
    let size = stored_size(&serde_json::to_value(calm).unwrap());
    assert!(size + HEAD_BYTES + KEYS <= WRITE_UNIT, "{size}");
}

#[test]
fn no_unit_takes_more_than_two_units_to_write() {
    let full = full_state();
    let crowded = UnitState {
        sensors: vec![full.sensors[0]; MAX_SENSORS],
        ..full
    };
    let size = stored_size(&serde_json::to_value(crowded).unwrap());
    assert!(size + HEAD_BYTES + KEYS <= 2 * WRITE_UNIT, "{size}");
}
