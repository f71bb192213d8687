//! Whatever the order in which readings come, however often, through however many workers and whatever fails on the
//! way: each is in the log once, and the unit stands where its newest reading puts it.

use crate::support::{EndState, Stage, done, minute};
use freshtrack_application::{PortErrorKind, UnitReading};
use freshtrack_contracts::ingest::ItemStatus;
use freshtrack_contracts::readings::ReadingView;
use freshtrack_domain::alert::AlertStatus;
use freshtrack_domain::ids::SensorId;
use freshtrack_domain::measurement::{CentiCelsius, Humidity, SensorFault, TemperatureSample};
use freshtrack_domain::reading::{FrameCounter, Reading};
use freshtrack_domain::time::Span;
use freshtrack_domain::unit::{LastReading, UnitStatus};
use freshtrack_testkit::{Faults, Kitchen, Work, fresh_id, interleaved, reading};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, subsequence};
use proptest::test_runner::FileFailurePersistence;
use std::collections::BTreeSet;

/// What one of a unit's sensors measures.
#[derive(Debug, Clone)]
struct Measured {
    sensor: usize,
    temperature: TemperatureSample,
    counted: bool,
}

fn any_measured() -> impl Strategy<Value = Measured> {
    let temperature = prop_oneof![
        6 => (300_i32..400).prop_map(|centi| TemperatureSample::Valid(CentiCelsius(centi))),
        3 => (450_i32..900).prop_map(|centi| TemperatureSample::Valid(CentiCelsius(centi))),
        1 => Just(TemperatureSample::Fault(SensorFault::Implausible)),
    ];
    (0_usize..2, temperature, any::<bool>()).prop_map(|(sensor, temperature, counted)| Measured {
        sensor,
        temperature,
        counted,
    })
}

/// Long enough to seal the log more than once.
fn any_day() -> impl Strategy<Value = Vec<Measured>> {
    vec(any_measured(), 1..200)
}

/// One call of a port that does not go as it should.
#[derive(Debug, Clone)]
struct Trouble {
    op: &'static str,
    kind: PortErrorKind,
    passed: usize,
    times: usize,
    answer_only: bool,
}

impl Trouble {
    fn cause(&self, faults: &Faults) {
        if self.answer_only {
            faults.lose_answer(self.op, self.kind, self.times);
        } else {
            faults.fail_after(self.passed, self.op, self.kind, self.times);
        }
    }
}

fn any_trouble() -> impl Strategy<Value = Vec<Trouble>> {
    let op = prop_oneof![
        4 => Just("unit_states.save"),
        2 => Just("reading_log.put_block"),
        2 => Just("reading_log.put_late"),
        1 => Just("unit_states.load"),
        1 => Just("reading_log.blocks"),
        1 => Just("connections.of_org"),
    ];
    let kind = prop_oneof![
        Just(PortErrorKind::Throttled),
        Just(PortErrorKind::Unavailable),
        Just(PortErrorKind::Conflict)
    ];
    let trouble = (op, kind, 0_usize..6, 1_usize..8, any::<bool>()).prop_map(
        |(op, kind, passed, times, answer_only)| Trouble {
            op,
            kind,
            passed,
            times,
            answer_only,
        },
    );
    vec(trouble, 0..6)
}

/// A kitchen whose one unit has two sensors, of which the first drives it.
struct Scene {
    kitchen: Kitchen,
    second: SensorId,
}

impl Scene {
    fn new() -> Self {
        Self {
            kitchen: Kitchen::new(1),
            second: fresh_id(),
        }
    }

    /// The readings of `day`, five minutes apart and in order.
    fn readings(&self, day: &[Measured]) -> Vec<UnitReading> {
        let first = &self.kitchen.sensors[0];
        (0_u32..)
            .zip(day)
            .map(|(number, measured)| {
                let drives_unit = measured.sensor == 0;
                let sensor_id = if drives_unit { first.id } else { self.second };
                UnitReading {
                    unit_id: first.unit_id.unwrap(),
                    version: first.version,
                    reading: Reading {
                        temperature: Some(measured.temperature),
                        humidity: Humidity::from_basis_points(4_000 + u16::try_from(number).unwrap()),
                        drives_unit,
                        frame: measured.counted.then_some(FrameCounter {
                            count: number,
                            session: 1,
                        }),
                        ..reading(sensor_id, minute(number * 5), 0)
                    },
                }
            })
            .collect()
    }

    fn stage(&self, trouble: &[Trouble]) -> Stage {
        let stage = Stage::of(self.kitchen.clone());
        for one in trouble {
            one.cause(&stage.world.memory.faults);
        }
        stage
    }

    /// What is left of `readings` when each comes once and in order and nothing fails.
    fn undisturbed(&self, readings: &[UnitReading]) -> EndState {
        let stage = self.stage(&[]);
        done(stage.record(readings));
        done(stage.end_state())
    }
}

/// Sends `batch` until it is taken, as senders do.
async fn send(stage: &Stage, batch: &[UnitReading]) -> Vec<ItemStatus> {
    loop {
        match stage.try_record(batch).await {
            Ok(outcomes) => return outcomes.iter().map(|outcome| outcome.status).collect(),
            Err(error) => assert!(error.is_retryable(), "{error:?}"),
        }
    }
}

/// Readings as they were measured, whether or not they came in time.
fn log_of(end: &EndState) -> Vec<ReadingView> {
    let mut log = end.readings[0].clone();
    for reading in &mut log {
        reading.late = false;
    }
    log
}

/// What holds of a unit whatever its past: there is one alert of a kind at most, and it stands where its newest
/// temperature puts it.
fn check_where_it_stands(end: &EndState, readings: &[UnitReading]) {
    let unit = &end.units[0];
    let newest = readings
        .iter()
        .rev()
        .find_map(|item| match item.reading.temperature {
            Some(TemperatureSample::Valid(temperature)) if item.reading.drives_unit => Some(LastReading {
                recorded_at: item.reading.recorded_at,
                temperature,
            }),
            _ => None,
        });
    assert_eq!(unit.last, newest);
    assert_eq!(unit.seen_at, readings.last().map(|item| item.reading.recorded_at));
    let out_of_range = newest.is_some_and(|last| unit.rules().violation(last.temperature).is_some());
    let alarmed = matches!(unit.status, UnitStatus::Excursion | UnitStatus::AlarmActive);
    assert!(alarmed || !out_of_range, "{:?}", unit.status);
    let open: Vec<_> = end
        .alerts
        .iter()
        .filter(|alert| alert.status == AlertStatus::Open)
        .collect();
    let kinds: BTreeSet<_> = open.iter().map(|alert| alert.kind).collect();
    assert_eq!(kinds.len(), open.len(), "two open alerts of one kind");
    assert_eq!(
        open.len(),
        unit.alerts.len(),
        "the alerts kept are those the unit knows of"
    );
}

proptest! {
    #![proptest_config(ProptestConfig {
        // A case is a whole day of readings.
        cases: ProptestConfig::default().cases / 4,
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..ProptestConfig::default()
    })]

    #[test]
    fn in_order_repetitions_and_trouble_leave_no_trace(
        day in any_day(),
        portions in vec(1_usize..90, 1..20),
        repeated in vec((any::<Index>(), 1_usize..40), 0..12),
        trouble in any_trouble(),
    ) {
        let scene = Scene::new();
        let readings = scene.readings(&day);
        let stage = scene.stage(&trouble);
        let mut sent = 0;
        let mut repeated = repeated.iter();
        for portion in portions.iter().cycle() {
            let end = readings.len().min(sent + portion);
            done(send(&stage, &readings[sent..end]));
            done(stage.drain());
            sent = end;
            // A sender that did not hear the answer, or a gateway that heard the frame too.
            if let Some((from, count)) = repeated.next() {
                let from = from.index(sent);
                done(send(&stage, &readings[from..sent.min(from + count)]));
                done(stage.drain());
            }
            if sent == readings.len() {
                break;
            }
        }
        prop_assert_eq!(done(stage.end_state()), scene.undisturbed(&readings));
    }

    #[test]
    fn the_order_of_arrival_changes_neither_the_log_nor_where_the_unit_stands(
        (day, keys) in any_day().prop_flat_map(|day| {
            let count = day.len();
            (Just(day), vec(any::<u64>(), count))
        }),
        portions in vec(1_usize..90, 1..20),
        repeated in vec((any::<Index>(), 1_usize..40), 0..6),
        drained in any::<Vec<bool>>(),
        trouble in any_trouble(),
    ) {
        let scene = Scene::new();
        let readings = scene.readings(&day);
        let mut arriving: Vec<_> = keys.iter().zip(readings.clone()).collect();
        arriving.sort_by_key(|(key, _)| **key);
        let mut arriving: Vec<UnitReading> = arriving.into_iter().map(|(_, reading)| reading).collect();
        for (from, count) in repeated {
            let from = from.index(arriving.len());
            let again = arriving[from..arriving.len().min(from + count)].to_vec();
            arriving.extend(again);
        }
        let stage = scene.stage(&trouble);
        let (mut rest, mut drained) = (&arriving[..], drained.into_iter());
        for portion in portions.iter().cycle() {
            let (batch, behind) = rest.split_at(rest.len().min(*portion));
            done(send(&stage, batch));
            if drained.next().unwrap_or(false) {
                done(stage.drain());
            }
            rest = behind;
            if rest.is_empty() {
                break;
            }
        }
        done(stage.drain());
        let end = done(stage.end_state());
        prop_assert_eq!(log_of(&end), log_of(&scene.undisturbed(&readings)));
        check_where_it_stands(&end, &readings);
    }

    #[test]
    fn workers_that_meet_at_one_unit_record_each_reading_once(
        (day, shares) in any_day().prop_flat_map(|day| {
            let places: Vec<usize> = (0..day.len()).collect();
            let share = subsequence(places, 0..=day.len());
            (Just(day), vec(share, 1..4))
        }),
        turns in vec(0_usize..4, 0..120),
        trouble in any_trouble(),
    ) {
        let scene = Scene::new();
        let readings = scene.readings(&day);
        let stage = scene.stage(&trouble);
        // Each worker has a share, some readings are in several, and the last worker has them all.
        let everything: Vec<usize> = (0..readings.len()).collect();
        let batches: Vec<Vec<UnitReading>> = shares
            .iter()
            .chain([&everything])
            .map(|share| share.iter().map(|place| readings[*place].clone()).collect())
            .collect();
        let work: Vec<Work<'_, Vec<ItemStatus>>> = batches
            .iter()
            .map(|batch| Box::pin(send(&stage, batch)) as Work<'_, _>)
            .collect();
        let outcomes = interleaved(work, turns);
        let stored = done(stage.drain());
        let end = done(stage.end_state());
        prop_assert_eq!(log_of(&end), log_of(&scene.undisturbed(&readings)));
        check_where_it_stands(&end, &readings);
        let accepted = outcomes.iter().flatten().chain(&stored).filter(|status| **status == ItemStatus::Accepted);
        prop_assert!(accepted.count() <= readings.len(), "more were accepted than there are");
        if trouble.is_empty() {
            let waiting = outcomes.iter().flatten().any(|status| *status == ItemStatus::Queued);
            let accepted = outcomes.iter().flatten().filter(|status| **status == ItemStatus::Accepted);
            prop_assert!(waiting || accepted.count() == readings.len());
        }
    }
}

#[test]
fn what_waited_in_the_retry_lane_is_history_once_newer_readings_were_recorded() {
    let scene = Scene::new();
    let stage = scene.stage(&[]);
    let warm = stage.measured(0, minute(0), 720);
    stage
        .world
        .memory
        .faults
        .fail("unit_states.save", PortErrorKind::Throttled, 1);
    assert_eq!(done(stage.record(&[warm])), [ItemStatus::Queued]);
    done(stage.record(&[stage.measured(0, minute(5), 350)]));
    assert_eq!(done(stage.drain()), [ItemStatus::Accepted]);
    let end = done(stage.end_state());
    assert_eq!(end.readings[0].len(), 2);
    assert_eq!((end.units[0].status, end.alerts), (UnitStatus::Ok, Vec::new()));
    assert_eq!(end.units[0].seen_at, Some(minute(0) + Span::minutes(5)));
}
