//! What holds for a unit whatever its sensors, the network and the clock do.

use crate::support::{START, reading, sensor};
use crate::world::{Event, What, World, any_history, any_temperature};
use freshtrack_domain::alert::{AlertKind, AlertKinds, Severity};
use freshtrack_domain::ids::{AlertId, SensorId};
use freshtrack_domain::log::{Entry, SealedBlock};
use freshtrack_domain::measurement::{Door, TemperatureSample};
use freshtrack_domain::reading::{FrameCounter, Reading};
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_domain::unit::{
    Admission, Change, Contact, Exposed, Mask, Quiet, Silence, UnitState, UnitStatus,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use std::collections::{BTreeMap, BTreeSet};

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
        state.masking.map(|masking| {
            let current = |mask: Mask| (offset(mask.since), offset(mask.until), mask.samples);
            (offset(masking.day), masking.used, masking.current.map(current))
        }),
        state
            .course
            .iter()
            .map(|mark| (offset(mark.0), mark.1))
            .collect::<Vec<_>>(),
        state
            .alerts
            .iter()
            .map(|alert| {
                (
                    (alert.kind, alert.slot, alert.held),
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
    assert_eq!(excursion.is_some_and(Severity::is_alarm), confirmed);
    let silence = severity(AlertKind::MonitoringInterrupted);
    assert_eq!(silence.is_some(), state.silence.is_some());
    if state.silence > Some(Silence::Offline) {
        assert!(silence.is_some_and(Severity::is_alarm));
    }
    assert_eq!(
        severity(AlertKind::MissedManualEntry).is_some(),
        state.silence == Some(Silence::ManualRequired)
    );
    let shown = state.silence.filter(|_| !out_of_range).map(Silence::status);
    assert!(shown.is_none_or(|shown| shown == state.status));
    let about: BTreeSet<_> = state
        .alerts
        .iter()
        .map(|alert| (alert.kind, alert.slot))
        .collect();
    assert_eq!(about.len(), state.alerts.len(), "two open alerts of a kind");
    let of_sensors = state.alerts.iter().filter(|alert| alert.slot.is_some());
    assert!(
        of_sensors
            .clone()
            .all(|alert| alert.kind == AlertKind::LowBattery)
    );
    if severity(AlertKind::DoorOpen).is_some() {
        assert!(state.door_is_open());
    }
    if severity(AlertKind::SuspectedCoolingFailure).is_some() {
        assert!(out_of_range);
    }
    if state.mask().is_some() {
        assert!(!out_of_range, "what is excused is no excursion");
    }
    if severity(AlertKind::CumulativeExposure).is_some() {
        assert!(!confirmed, "two alerts of one unit that is too warm");
    }
    assert!(state.course.len() <= 3);
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
            // Never all right while it is out of range and nothing excuses it.
            if violated && state.mask().is_none() {
                prop_assert!(matches!(state.status, UnitStatus::Excursion | UnitStatus::AlarmActive));
            }
            if !violated {
                prop_assert!(state.mask().is_none(), "there is nothing to excuse");
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
            What::Door { contact, door, .. } => Some(What::Door { delay: 0, contact, door }),
            What::Answer { .. } => Some(What::Answer { delay: 0 }),
            What::Unreadable { .. } => Some(What::Unreadable { delay: 0 }),
            other @ (What::Tick | What::Log | What::Seal | What::Charge { .. }) => Some(other),
            What::Repeat { .. }
            | What::Fit { .. }
            | What::Limits { .. }
            | What::DoorRules { .. }
            | What::HoldBack { .. }
            | What::Calibrate { .. }
            | What::Alarms { .. } => None,
        };
        let (mut live, mut replay) = (World::new(START), World::new(START));
        // What people set stands from the beginning: they set it at no instant that a reading tells.
        for record in [&mut live.record, &mut replay.record] {
            let from = START + Span::hours(1);
            record.state.quiet.push(Quiet { kinds: AlertKinds::ALL, from, until: from + Span::hours(4) });
            record.state.calibrated_until = Some(START + Span::hours(31 * 24));
        }
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
        // Alarms of the library may be told to wait for less.
        let history: Vec<_> = history
            .into_iter()
            .filter(|event| !matches!(event.what, What::Alarms { .. }))
            .collect();
        for event in &history {
            let excursion = world.record.state.excursion;
            for change in world.happen(event) {
                if let Change::StatusChanged { to: UnitStatus::AlarmActive, at, .. } = change {
                    // One that begins and is confirmed in one step is there afterwards.
                    let excursion = excursion.or(world.record.state.excursion).expect("an excursion before its alarm");
                    let first = excursion.excused_since.unwrap_or(excursion.since);
                    let rules = world.record.state.rules();
                    let exposed = world.record.state.exposed != Exposed::default();
                    prop_assert!(exposed || at.since(first) >= rules.confirm.min(rules.max_excursion));
                    prop_assert!(at >= excursion.since);
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
        let told = state.alerts.iter().filter(|alert| !alert.held);
        prop_assert_eq!(open, told.map(|alert| state.alert_id(alert)).collect());
        prop_assert!(ever.len() <= usize::try_from(state.episodes).unwrap(), "some were held back until they ended");
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
    fn an_open_door_excuses_no_more_than_it_may(history in any_history()) {
        let mut world = World::new(START);
        for event in &history {
            let before = world.record.state.mask();
            world.happen(event);
            let state = &world.record.state;
            let Some(masking) = state.masking else { continue };
            if let Some(mask) = masking.current {
                prop_assert!(mask.until.since(mask.since) <= Span::minutes(20));
                prop_assert!(mask.until.since(mask.since) <= state.rules().door_mask);
                if before.is_none() {
                    prop_assert!(state.door_is_open());
                }
                if before.is_some_and(|before| before.since == mask.since) {
                    prop_assert!(before.is_some_and(|before| mask.until <= before.until), "it became longer");
                }
            }
        }
        world.record.judge(world.now + Span::minutes(20), &mut Vec::new());
        prop_assert_eq!(world.record.state.mask(), None, "every excuse ends by the clock");
    }

    #[test]
    fn an_open_door_is_told_in_time(history in any_history()) {
        let mut world = World::new(START);
        for event in &history {
            world.happen(event);
            world.record.judge(world.now, &mut world.changes);
            let state = &world.record.state;
            let rules = state.rules();
            let open = state.door.filter(|door| door.door == Door::Open).map(|door| world.now.since(door.since));
            let told = state.alert(AlertKind::DoorOpen).map(|alert| alert.severity);
            let critical = told.is_some_and(Severity::is_alarm);
            let Some(open) = open else {
                prop_assert_eq!(told, None);
                continue;
            };
            let first = rules.door_warning.min(rules.door_critical);
            prop_assert!(told.is_none() || open >= first);
            prop_assert!(told.is_some() || open < rules.door_warning);
            // It is critical if nothing can be said to the contrary, and if the contact has said it again.
            if open >= rules.door_critical && state.last.is_none() {
                prop_assert!(critical);
            }
            let again = state.door.and_then(|door| door.again_at);
            if again.is_some_and(|again| world.now >= again + rules.door_warning.max(rules.door_critical)) {
                prop_assert!(critical);
            }
        }
    }

    #[test]
    fn nothing_is_held_back_for_longer_than_it_was_to_be(history in any_history()) {
        let mut world = World::new(START);
        for event in &history {
            world.happen(event);
            world.record.judge(world.now, &mut world.changes);
            let state = &world.record.state;
            for alert in state.alerts.iter().filter(|alert| alert.held) {
                let quiet = |quiet: &Quiet| quiet.kinds.contains(alert.kind) && quiet.until > world.now;
                prop_assert!(state.quiet.iter().any(quiet));
            }
        }
    }

    #[test]
    fn holding_back_changes_nothing_but_what_is_told(history in any_history()) {
        let (mut told, mut quiet) = (World::new(START), World::new(START));
        for event in &history {
            if matches!(event.what, What::HoldBack { .. }) {
                continue;
            }
            told.happen(event);
            quiet.record.state.quiet = vec![Quiet {
                kinds: AlertKinds::ALL,
                from: START - Span::hours(100_000),
                until: START + Span::hours(100_000),
            }];
            quiet.happen(event);
            prop_assert_eq!(told.record.state.status, quiet.record.state.status);
            prop_assert_eq!(told.record.state.excursion, quiet.record.state.excursion);
            prop_assert_eq!(told.record.state.alerts.len(), quiet.record.state.alerts.len());
        }
        let of_no_alert =
            |change: &Change| matches!(change, Change::StatusChanged { .. } | Change::BackFilled(_));
        prop_assert!(quiet.changes.iter().all(of_no_alert));
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
