//! What holds for a unit whatever its sensors, the network and the clock do.

use crate::support::{START, fridge, reading, sensor};
use freshtrack_domain::alert::{AlertKind, Severity, Side};
use freshtrack_domain::ids::{AlertId, SensorId};
use freshtrack_domain::log::{Entry, HEAD_BYTES, SealedBlock};
use freshtrack_domain::measurement::{Battery, CentiCelsius, Door, Humidity, SensorFault, TemperatureSample};
use freshtrack_domain::reading::{FrameCounter, Origin, Reading};
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_domain::unit::{
    Admission, Basis, Change, Contact, DoorState, Excursion, ITEM_BYTES, LastReading, MAX_SENSORS, OpenAlert,
    Overrides, Rule, SensorTrack, SetAt, Silence, Sources, UnitRecord, UnitState, UnitStatus, WRITE_UNIT,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use std::collections::{BTreeMap, BTreeSet};

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
    /// The driving sensor answers with a humidity alone.
    Answer {
        delay: u32,
    },
    /// Somebody logs a temperature by hand.
    Log,
    Tick,
    /// The sensor is fitted, or reports at another interval.
    Fit {
        seconds: u32,
    },
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
        1 => any_delay().prop_map(|delay| What::Answer { delay }),
        1 => Just(What::Log),
        3 => Just(What::Tick),
        1 => (60_u32..1_200).prop_map(|seconds| What::Fit { seconds }),
        1 => (-100_i32..300, 50_i32..600).prop_map(|(low, width)| What::Limits { low, width }),
        1 => Just(What::Seal),
    ]
}

/// Seconds between two events: mostly few, sometimes long enough for silence.
fn any_pause() -> impl Strategy<Value = u32> {
    prop_oneof![12 => 0_u32..900, 1 => 900_u32..40_000]
}

fn any_history() -> impl Strategy<Value = Vec<Event>> {
    vec(
        (any_pause(), any_what()).prop_map(|(pause, what)| Event { pause, what }),
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
                self.record.judge_anew(self.now, &mut changes);
            }
            What::Fit { seconds } => {
                self.record.state.overrides.report_interval = Some(Span::seconds(seconds));
                self.record.judge_anew(self.now, &mut changes);
            }
            What::Answer { delay } => {
                let answer = Reading {
                    humidity: Humidity::from_percent(60.0),
                    ..reading(self.now - Span::seconds(delay), None)
                };
                self.offer(&answer, &mut changes);
                self.sent.push(answer);
            }
            What::Log => {
                let log = Reading {
                    sensor_id: sensor(4),
                    origin: Origin::Manual,
                    ..reading(self.now, Some(TemperatureSample::Valid(CentiCelsius(300))))
                };
                self.offer(&log, &mut changes);
                self.sent.push(log);
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
        state.contact.map(|contact| offset(contact.at())),
        (state.silence, state.logged_at.map(offset)),
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
    let severity = |kind| state.alert(kind).map(|alert| alert.severity);
    assert_eq!(state.excursion.is_some(), out_of_range);
    let excursion = severity(AlertKind::TempExcursion);
    assert_eq!(excursion.is_some(), out_of_range);
    assert_eq!(excursion == Some(Severity::Critical), confirmed);
    let silence = severity(AlertKind::MonitoringInterrupted);
    assert_eq!(silence.is_some(), state.silence.is_some());
    if state.silence > Some(Silence::Offline) {
        assert_eq!(silence, Some(Severity::Critical));
    }
    assert_eq!(
        severity(AlertKind::MissedManualEntry).is_some(),
        state.silence == Some(Silence::ManualRequired)
    );
    let shown = state.silence.filter(|_| !out_of_range).map(Silence::status);
    assert!(shown.is_none_or(|shown| shown == state.status));
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
            if state.silence.is_none() {
                prop_assert_eq!(state.status == UnitStatus::Pending, newest.is_none());
            }
        }
    }

    #[test]
    fn the_clock_never_comes_for_nothing_twice_and_never_too_late(history in any_history()) {
        let mut world = World::new(START);
        for event in &history {
            world.happen(event);
            let mut later = world.record.clone();
            later.judge(world.now, &mut Vec::new());
            prop_assert!(later.next_due().is_none_or(|next| next > world.now), "it would be due for ever");
            if let Some(next) = later.next_due() {
                let before = (later.state.clone(), later.back_fill);
                later.judge(next - Span::seconds(1), &mut Vec::new());
                prop_assert_eq!(&(later.state.clone(), later.back_fill), &before, "before its time");
                later.judge(next, &mut Vec::new());
                prop_assert_ne!(&(later.state, later.back_fill), &before, "nothing was due");
            }
        }
    }

    #[test]
    fn silence_is_true_of_what_was_heard(history in any_history()) {
        let mut world = World::new(START);
        for event in &history {
            world.happen(event);
            world.record.judge(world.now, &mut world.changes);
            let state = &world.record.state;
            let Some(Contact::Heard(heard) | Contact::Learnt(heard)) = state.contact else { continue };
            let rules = state.rules();
            let silent = world.now.since(heard);
            prop_assert_eq!(state.silence.is_some(), silent >= rules.deadline_of(1));
            prop_assert_eq!(state.silence > Some(Silence::Offline), silent >= rules.deadline_of(5));
        }
    }

    #[test]
    fn a_replay_of_what_came_in_time_gives_what_happened_live(history in any_history()) {
        let in_time = |what: &What| match what.clone() {
            What::Read { sensor, temperature, counted, .. } => {
                Some(What::Read { delay: 0, sensor, temperature, counted })
            }
            What::Door { door, .. } => Some(What::Door { delay: 0, door }),
            What::Answer { .. } => Some(What::Answer { delay: 0 }),
            other @ (What::Tick | What::Log | What::Seal) => Some(other),
            What::Repeat { .. } | What::Fit { .. } | What::Limits { .. } => None,
        };
        let (mut live, mut replay) = (World::new(START), World::new(START));
        for Event { pause, what } in &history {
            for world in [&mut live, &mut replay] {
                world.now = world.now + Span::seconds(*pause);
            }
            let Some(what) = in_time(what) else { continue };
            // Whenever the clock comes, it comes to the same; at the instant of a reading it comes behind it.
            if matches!(what, What::Tick) {
                let before = Timestamp::from_millis(live.now.as_millis() - 1);
                live.record.judge(before, &mut live.changes);
                continue;
            }
            let event = Event { pause: 0, what };
            live.happen(&event);
            replay.happen(&event);
        }
        for world in [&mut live, &mut replay] {
            world.record.judge(world.now, &mut world.changes);
        }
        prop_assert_eq!(&live.changes, &replay.changes);
        prop_assert_eq!(live.logged(), replay.logged());
        prop_assert_eq!(&live.record.state, &replay.record.state);
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
                Change::BackFilled(late) => prop_assert!(late.from <= late.to),
            }
        }
        let state = &world.record.state;
        prop_assert_eq!(open, state.alerts.iter().map(|alert| state.alert_id(alert)).collect());
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
            let logged = world
                .logged()
                .into_iter()
                .map(|(sensor, entry)| (sensor, entry.recorded_at, entry.temperature, entry.fault));
            let late = world
                .late
                .iter()
                .map(|(sensor, entry)| (*sensor, entry.recorded_at, entry.temperature, entry.fault));
            let kept: BTreeSet<_> = logged.into_iter().chain(late).collect();
            (kept, world.record.state.last, world.record.state.seen_at)
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
    let alert = |kind| OpenAlert {
        number: 9_999,
        kind,
        severity: Severity::Critical,
        opened_at: START,
        since: Some(START),
        escalated_at: Some(START),
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
            offline_warning: Some(2),
            offline_critical: Some(10),
            manual_missed: Some(10),
            manual_interval: Some(Span::minutes(125)),
            manual_grace: Some(Span::minutes(15)),
            sources: [
                Rule::Low,
                Rule::High,
                Rule::Confirm,
                Rule::OfflineWarning,
                Rule::OfflineCritical,
                Rule::ManualInterval,
            ]
            .into_iter()
            .fold(Sources::STANDARD, |sources, rule| sources.with(rule, SetAt::Unit)),
        },
        basis: Basis::of([("unit".to_owned(), 1)]),
        contact: Some(Contact::Heard(START)),
        silence: Some(Silence::ManualRequired),
        logged_at: Some(START),
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
                trigger: Some(CentiCelsius(-1_234)),
                worst: Some(CentiCelsius(-1_234)),
                limit: Some(CentiCelsius(-1_500)),
                side: Some(Side::High),
                ..alert(AlertKind::TempExcursion)
            },
            alert(AlertKind::SensorFault),
            alert(AlertKind::MonitoringInterrupted),
            alert(AlertKind::MissedManualEntry),
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

/// Takes readings of `state`'s sensors until its head is full.
fn filled(state: UnitState) -> UnitRecord {
    let mut record = UnitRecord::new(state);
    for number in 0_u32.. {
        // As wide as they come: the temperature jumps and every reading has a humidity.
        let centi = if number % 2 == 0 { -7_000 } else { 14_000 };
        let reading = Reading {
            humidity: Humidity::from_basis_points(if number % 2 == 0 { 100 } else { 9_900 }),
            ..reading(
                START + Span::minutes(number * 7),
                Some(TemperatureSample::Valid(CentiCelsius(centi))),
            )
        };
        let before = record.clone();
        match record.take(&reading, reading.recorded_at, &mut Vec::new()) {
            Admission::HeadFull => return before,
            // Only what the head has room for is of interest.
            _ => record.state = before.state,
        }
    }
    unreachable!("a head fills up")
}

fn item_size(record: &UnitRecord) -> usize {
    stored_size(&serde_json::to_value(&record.state).unwrap()) + record.head.pack().len() + ITEM_BYTES
}

#[test]
fn a_unit_of_which_everything_is_said_is_written_in_one_unit_whatever_its_readings() {
    let full = full_state();
    let crowd = full.sensors.clone();
    let sensors = crowd.iter().copied().take(1).collect();
    let record = filled(UnitState { sensors, ..full });
    assert!(item_size(&record) <= WRITE_UNIT, "{}", item_size(&record));
    assert!(
        record.head.entries().len() >= 12,
        "{}",
        record.head.entries().len()
    );
}

#[test]
fn a_calm_unit_has_room_for_half_a_day() {
    let full = full_state();
    let calm = UnitState {
        overrides: Overrides {
            report_interval: Some(Span::minutes(10)),
            ..Overrides::default()
        },
        status: UnitStatus::Ok,
        silence: None,
        logged_at: None,
        excursion: None,
        alerts: Vec::new(),
        sensors: full.sensors.iter().copied().take(1).collect(),
        ..full
    };
    let record = filled(calm);
    assert!(
        record.head.pack().len() + 21 > HEAD_BYTES - 21,
        "{}",
        record.head.pack().len()
    );
    assert!(item_size(&record) <= WRITE_UNIT, "{}", item_size(&record));
}

#[test]
fn no_unit_takes_more_than_two_units_to_write() {
    let full = full_state();
    let crowded = UnitState {
        sensors: vec![full.sensors[0]; MAX_SENSORS],
        ..full
    };
    let size = stored_size(&serde_json::to_value(crowded).unwrap());
    assert!(size + HEAD_BYTES + ITEM_BYTES <= 2 * WRITE_UNIT, "{size}");
}
