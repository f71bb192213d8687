//! Time beyond the legal limit that adds up, though no part of it is an alarm by itself (ADR 28).

use crate::play::{
    ALARMED, CALM, NOTHING_SET, Scenario, Step, WARNED, apply, every, minute, sentences, told,
};
use crate::support::{fridge, reading};
use Door::{Closed, Open};
use UnitStatus::{AlarmActive, Excursion, Ok, Restoring};
use freshtrack_domain::alert::{AlertKind, Severity};
use freshtrack_domain::history::{ROLLING, Sample, Window, exposures};
use freshtrack_domain::measurement::{CentiCelsius, Door, TemperatureSample};
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_domain::unit::{
    Exposed, LegalLimit, LegalSource, Overrides, Rule, SetAt, Sources, UnitRecord, UnitStatus,
};
use proptest::prelude::*;

const EXPOSED: &[(AlertKind, Severity)] = &[(AlertKind::CumulativeExposure, Severity::Critical)];
const EXPOSED_AND_WARNED: &[(AlertKind, Severity)] = &[
    (AlertKind::CumulativeExposure, Severity::Critical),
    (AlertKind::TempExcursion, Severity::Warning),
];

/// Half an hour of two is too much; an excursion alone must last an hour.
const HALF_AN_HOUR: Overrides = Overrides {
    confirm: Some(Span::minutes(60)),
    exposure_window: Some(Span::minutes(120)),
    exposure_limit: Some(Span::minutes(30)),
    // So rarely that silence is out of the question, and a temperature holds until the next.
    report_interval: Some(Span::hours(8)),
    door_warning: Some(Span::hours(100)),
    door_critical: Some(Span::hours(100)),
    ..NOTHING_SET
};
const LEGAL_45: Overrides = Overrides {
    legal: Some(LegalLimit {
        low: None,
        high: Some(CentiCelsius(722)),
    }),
    ..HALF_AN_HOUR
};
const NOT_FOOD: Overrides = Overrides {
    legal: Some(LegalLimit::NONE),
    ..HALF_AN_HOUR
};
/// People are woken at 50 °F, and the law says 41.
const WIDE: Overrides = Overrides {
    high: Some(CentiCelsius(1_000)),
    ..HALF_AN_HOUR
};
const AN_HOUR: Overrides = Overrides {
    exposure_limit: Some(Span::minutes(60)),
    ..HALF_AN_HOUR
};

#[test]
fn every_scenario_goes_as_decided() {
    every(&scenarios());
}

#[rustfmt::skip]
fn scenarios() -> Vec<Scenario> {
    use Step::{Active, Contact, Limits, Read, Set, Tick};
    vec![
        Scenario::new("short excursions add up, and the one that goes on is an alarm", &[
            (Read(0.0, 45.0), (Excursion, WARNED, 1)),
            (Read(12.0, 38.0), (Restoring, CALM, 2)),
            (Read(30.0, 45.0), (Excursion, WARNED, 3)),
            (Read(42.0, 38.0), (Restoring, CALM, 4)),
            (Read(60.0, 45.0), (Excursion, WARNED, 5)),
            (Tick(65.99), (Excursion, WARNED, 5)),
            (Tick(66.0), (AlarmActive, ALARMED, 5)),
            (Read(70.0, 38.0), (Restoring, CALM, 6)),
            // It has been told, and is told again only once it was no more than half.
            (Read(75.0, 38.0), (Ok, CALM, 7)),
            (Read(80.0, 45.0), (Excursion, WARNED, 8)),
            (Tick(90.0), (Excursion, WARNED, 8)),
        ]).with(HALF_AN_HOUR),
        Scenario::new("a reading that completes it is evidence", &[
            (Read(0.0, 45.0), (Excursion, WARNED, 1)),
            (Read(20.0, 38.0), (Restoring, CALM, 2)),
            (Read(60.0, 45.0), (Excursion, WARNED, 3)),
            (Read(75.0, 45.0), (AlarmActive, ALARMED, 4)),
        ]).with(HALF_AN_HOUR),
        Scenario::new("what is older than the window counts no more", &[
            (Read(0.0, 45.0), (Excursion, WARNED, 1)),
            (Read(20.0, 38.0), (Restoring, CALM, 2)),
            (Read(115.0, 45.0), (Excursion, WARNED, 3)),
            // Twenty-five by minute 120, and until minute 140 as much goes as comes.
            (Tick(144.99), (Excursion, WARNED, 3)),
            (Tick(145.0), (AlarmActive, ALARMED, 3)),
        ]).with(HALF_AN_HOUR),
        Scenario::new("an open door excuses an excursion and hides no exposure", &[
            (Read(-60.0, 45.0), (Excursion, WARNED, 1)),
            (Read(-40.0, 38.0), (Restoring, CALM, 2)),
            (Read(-35.0, 38.0), (Ok, CALM, 3)),
            (Contact(0.0, Open), (Ok, CALM, 4)),
            (Read(1.0, 45.0), (Ok, CALM, 5)),
            (Tick(10.99), (Ok, CALM, 5)),
            (Tick(11.0), (Ok, EXPOSED, 5)),
            // The excuse has ended: an excursion begins as ever, and once it is an alarm that tells of both.
            (Tick(20.0), (Excursion, EXPOSED_AND_WARNED, 5)),
            (Read(30.0, 45.0), (Excursion, EXPOSED_AND_WARNED, 6)),
            (Tick(80.0), (AlarmActive, ALARMED, 6)),
        ]).with(Overrides { max_excursion: Some(Span::minutes(300)), ..HALF_AN_HOUR }),
        Scenario::new("it ends once half of what is too much is left in the window", &[
            (Read(0.0, 45.0), (Ok, CALM, 1)),
            (Tick(29.99), (Ok, CALM, 1)),
            (Tick(30.0), (Ok, EXPOSED, 1)),
            (Read(40.0, 38.0), (Ok, EXPOSED, 2)),
            (Read(60.0, 38.0), (Ok, EXPOSED, 3)),
            // From minute 0 to 40, of which the last 15 are still in the window.
            (Tick(144.99), (Ok, EXPOSED, 3)),
            (Tick(145.0), (Ok, CALM, 3)),
        ]).with(WIDE),
        Scenario::new("a legal limit that is wider than the alarm limit is not crossed by an alarm", &[
            (Read(0.0, 44.0), (Excursion, WARNED, 1)),
            (Read(20.0, 44.0), (Excursion, WARNED, 2)),
            (Tick(59.99), (Excursion, WARNED, 2)),
            (Tick(60.0), (AlarmActive, ALARMED, 2)),
        ]).with(LEGAL_45),
        Scenario::new("what is no food has no legal limit, and nothing to add up", &[
            (Read(0.0, 45.0), (Excursion, WARNED, 1)),
            (Tick(59.99), (Excursion, WARNED, 1)),
        ]).with(NOT_FOOD),
        Scenario::new("another legal limit is live at once, and what was beyond the former one is worth nothing", &[
            (Read(0.0, 45.0), (Ok, CALM, 1)),
            (Tick(30.0), (Ok, EXPOSED, 1)),
            (Set(31.0, &NOT_FOOD), (Excursion, WARNED, 1)),
            (Set(32.0, &WIDE), (Restoring, EXPOSED, 1)),
        ]).with(WIDE),
        Scenario::new("so is how much is too much", &[
            (Read(0.0, 45.0), (Ok, CALM, 1)),
            (Tick(20.0), (Ok, CALM, 1)),
            (Set(25.0, &AN_HOUR), (Excursion, WARNED, 1)),
            (Limits(26.0, 33.0, 50.0), (Restoring, CALM, 1)),
            (Tick(59.99), (Restoring, CALM, 1)),
            (Tick(60.0), (Restoring, EXPOSED, 1)),
        ]).with(WIDE),
        Scenario::new("a unit that is judged no more has no exposure, and none from before once it is again", &[
            (Read(0.0, 45.0), (Ok, CALM, 1)),
            (Tick(30.0), (Ok, EXPOSED, 1)),
            (Active(31.0, false), (UnitStatus::Pending, CALM, 1)),
            (Active(32.0, true), (UnitStatus::Pending, CALM, 1)),
            (Read(33.0, 45.0), (Ok, CALM, 2)),
            (Tick(62.99), (Ok, CALM, 2)),
            (Tick(63.0), (Ok, EXPOSED, 2)),
        ]).with(WIDE),
        Scenario::new("a door that was closed before is no matter", &[
            (Contact(-1.0, Closed), (UnitStatus::Pending, CALM, 1)),
            (Read(0.0, 45.0), (Ok, CALM, 2)),
            (Tick(30.0), (Ok, EXPOSED, 2)),
        ]).with(WIDE),
    ]
}

#[test]
fn silence_is_no_exposure_and_does_not_end_one() {
    let mut record = fridge(minute(0.0));
    apply(&mut record, Step::Read(0.0, 45.0), &mut Vec::new());
    let rules = record.state.rules();
    assert_eq!(record.state.exposure(&rules, minute(3.0)), Span::minutes(3));
    assert_eq!(
        record.state.exposure(&rules, minute(200.0)),
        Span::minutes(6),
        "for as long as a report may be late"
    );
    record.state.overrides = Overrides {
        exposure_limit: Some(Span::minutes(5)),
        ..NOTHING_SET
    };
    apply(&mut record, Step::Tick(100.0), &mut Vec::new());
    let exposed = record.state.alert(AlertKind::TempExcursion).unwrap();
    assert_eq!(exposed.escalated_at, Some(minute(5.0)));
    assert!(record.state.exposed != Exposed::default());
}

#[test]
fn its_alerts_say_which_limit_it_was_and_where_that_is_written() {
    let mut record = fridge(minute(0.0));
    record.state.overrides = Overrides {
        legal: Some(LegalLimit {
            low: None,
            high: CentiCelsius::from_celsius(4.0),
        }),
        sources: Sources::STANDARD.with(Rule::Exposure, SetAt::Site),
        ..WIDE
    };
    record.state.legal_source = LegalSource::new("HACCP plan CCP 2").ok();
    let mut changes = Vec::new();
    for step in [
        Step::Read(0.0, 45.0),
        Step::Tick(30.0),
        Step::Read(40.0, 38.0),
        Step::Tick(150.0),
    ] {
        apply(&mut record, step, &mut changes);
    }
    assert_eq!(
        sentences(&changes),
        [
            "In all above the legal limit of 4.0 °C (39.2 °F) (HACCP plan CCP 2) for 30 min of the last 2 h, where 30 min is an \
             alarm (set for the site).",
            "Beyond the legal limit for no more than 15 min of the last 2 h again."
        ]
    );
    let opened = told(&changes)[0];
    assert_eq!(
        (opened.limit, opened.trigger.map(|value| value.0)),
        (CentiCelsius::from_celsius(4.0), Some(722))
    );
}

#[test]
fn an_excursion_that_is_an_alarm_by_it_says_so() {
    let mut record = fridge(minute(0.0));
    record.state.overrides = HALF_AN_HOUR;
    let mut changes = Vec::new();
    for step in [
        Step::Read(0.0, 45.0),
        Step::Read(20.0, 38.0),
        Step::Read(40.0, 45.0),
        Step::Tick(50.0),
    ] {
        apply(&mut record, step, &mut changes);
    }
    assert_eq!(
        sentences(&changes).last().copied(),
        Some(
            "Above the alarm limit of 5.0 °C (41.0 °F) for 10 min and, with what was before, above the legal limit of 5.0 °C \
             (41.0 °F) (Food Code 3-501.16) for 30 min of the last 2 h, where 30 min is an alarm (the standard); the worst was \
             7.2 °C."
        )
    );
}

#[test]
fn the_alarm_takes_it_over() {
    let mut record = fridge(minute(0.0));
    record.state.overrides = WIDE;
    let mut changes = Vec::new();
    for step in [
        Step::Read(0.0, 45.0),
        Step::Tick(30.0),
        Step::Set(31.0, &AN_HOUR),
        Step::Read(60.0, 60.0),
        Step::Tick(91.0),
    ] {
        apply(&mut record, step, &mut changes);
    }
    assert!(record.state.alert(AlertKind::CumulativeExposure).is_none());
    let ended = told(&changes)
        .into_iter()
        .rfind(|alert| alert.resolved_at.is_some());
    assert_eq!(
        ended.map(|alert| alert.explanation.as_str()),
        Some("The excursion that goes on is an alarm, which tells of this too.")
    );
}

/// Degrees at minutes, the sensor reporting every five.
fn readings(temperatures: &[(i64, bool)]) -> Vec<Sample> {
    let sample = |&(at, warm): &(i64, bool)| Sample {
        at: minute(0.0) + Span::seconds(u32::try_from(at).unwrap()),
        temperature: CentiCelsius(if warm { 800 } else { 300 }),
    };
    temperatures.iter().map(sample).collect()
}

fn record() -> UnitRecord {
    let mut record = fridge(minute(-60.0));
    record.state.overrides.report_interval = Some(Span::minutes(5));
    record
}

fn take(record: &mut UnitRecord, sample: &Sample, now: Timestamp) {
    let taken = reading(sample.at, Some(TemperatureSample::Valid(sample.temperature)));
    record.take(&taken, now, &mut Vec::new());
}

/// What history says of the rolling window that ends at `at`.
fn of_history(samples: &[Sample], record: &UnitRecord, at: Timestamp) -> Span {
    let window = Window {
        from: at - ROLLING,
        to: at,
    };
    exposures(samples, &[window], &record.state.rules(), ROLLING)[0].above
}

proptest! {
    /// The engine counts as history does; it forgets nothing, and where it must join spells it counts them for longer.
    #[test]
    fn it_is_what_history_says(
        steps in prop::collection::vec((30_i64..1_200, prop::bool::weighted(0.4)), 1..40),
        after in 0_u32..30_000,
    ) {
        let mut at = 0;
        let taken: Vec<(i64, bool)> = steps.iter().map(|(pause, warm)| { at += pause; (at, *warm) }).collect();
        let samples = readings(&taken);
        let mut record = record();
        for (index, sample) in samples.iter().enumerate() {
            take(&mut record, sample, sample.at);
            record.seal();
            let known = &samples[..=index];
            let now = sample.at + Span::seconds(after % 600);
            let (counted, truth) = (record.state.exposure(&record.state.rules(), now), of_history(known, &record, now));
            prop_assert!(counted >= truth, "{counted:?} of {truth:?}");
            let spells = known.windows(2).filter(|pair| pair[1].temperature > pair[0].temperature).count();
            if spells < 3 && steps.iter().take(index).all(|(pause, _)| *pause < 360) {
                prop_assert_eq!(counted, truth);
            }
        }
        let last = samples.last().unwrap().at + Span::seconds(after);
        prop_assert!(record.state.exposure(&record.state.rules(), last) >= of_history(&samples, &record, last));
    }

    /// Whenever the readings come and in whatever order, and however often, it comes to the same.
    #[test]
    fn late_and_repeated_readings_change_nothing(
        steps in prop::collection::vec(60_i64..900, 4..14),
        warm in prop::collection::btree_set(0_usize..14, 0..4),
        seed in any::<u64>(),
    ) {
        let mut at = 0;
        let taken: Vec<(i64, bool)> = steps
            .iter()
            .enumerate()
            .map(|(index, pause)| { at += pause; (at, warm.contains(&index)) })
            .collect();
        let samples = readings(&taken);
        let now = samples.last().unwrap().at + Span::seconds(200);
        let mut shuffled = samples.clone();
        shuffled.sort_by_key(|sample| {
            (sample.at.as_millis().unsigned_abs() ^ seed).wrapping_mul(0x9E37_79B9_7F4A_7C15)
        });
        let again = shuffled.clone();
        let mut record = record();
        for sample in shuffled.iter().chain(&again) {
            take(&mut record, sample, now);
        }
        let counted = record.state.exposure(&record.state.rules(), now);
        prop_assert_eq!(counted, of_history(&samples, &record, now));
    }

    /// What is stored is read back, whatever it is.
    #[test]
    fn numbers_are_read_back_or_refused(numbers in prop::collection::vec(any::<i64>(), 0..20)) {
        if let Result::Ok(exposed) = Exposed::try_from(numbers) {
            let once = Vec::<i64>::from(exposed.clone());
            let again = Exposed::try_from(once.clone()).unwrap();
            prop_assert_eq!(Vec::<i64>::from(again), once);
        }
    }
}
