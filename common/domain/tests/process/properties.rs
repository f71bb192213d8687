//! What holds whatever is measured, in whichever order it becomes known.

use crate::support::{START, minute};
use freshtrack_domain::measurement::CentiCelsius;
use freshtrack_domain::process::{Measured, Outcome, Plan, ProcessKind, Progress, Verdict, judge};
use freshtrack_domain::time::{Span, Timestamp};
use proptest::collection::vec;
use proptest::prelude::*;

fn any_measured() -> impl Strategy<Value = Measured> {
    (0..600_u32, -200..9_500_i32, 0..30_u32).prop_map(|(at, temperature, held)| Measured {
        at: minute(at),
        temperature: CentiCelsius(temperature),
        held: Span::seconds(held),
    })
}

fn any_kind() -> impl Strategy<Value = ProcessKind> {
    proptest::sample::select(ProcessKind::ALL.to_vec())
}

fn any_end() -> impl Strategy<Value = Option<(Outcome, u32)>> {
    let outcome = prop_oneof![Just(Outcome::Finished), Just(Outcome::Abandoned)];
    proptest::option::weighted(0.3, (outcome, 0..600_u32))
}

fn judged(
    kind: ProcessKind,
    start: Timestamp,
    measured: &[Measured],
    end: Option<(Outcome, u32)>,
    now: u32,
) -> Progress {
    let limits = kind.standard();
    let plan = Plan {
        kind,
        limits: &limits,
        started_at: start,
        ended: end.map(|(outcome, at)| (outcome, start + Span::minutes(at))),
    };
    judge(&plan, measured, start + Span::minutes(now))
}

/// A progress with instants told from `start`.
fn told_from(start: Timestamp, progress: &Progress) -> impl PartialEq + std::fmt::Debug + use<> {
    let offset = |at: Timestamp| at.as_millis() - start.as_millis();
    (
        (progress.verdict, progress.stage, progress.on_track),
        (offset(progress.clock_started_at), offset(progress.deadline)),
        progress.last.map(|last| (offset(last.at), last.temperature)),
        progress.decided_at.map(offset),
        progress
            .missed
            .as_ref()
            .map(|missed| (missed.cause, offset(missed.at), missed.excess(), missed.late)),
        progress
            .met
            .iter()
            .map(|met| (met.stage, offset(met.at)))
            .collect::<Vec<_>>(),
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_in_which_things_become_known_does_not_matter(
        kind in any_kind(), measured in vec(any_measured(), 0..12), end in any_end(), now in 0..700_u32,
        seed in any::<prop::sample::Index>(),
    ) {
        let mut other = measured.clone();
        other.reverse();
        if !other.is_empty() {
            let by = seed.index(other.len());
            other.rotate_left(by);
        }
        // What is told twice counts once.
        other.extend(measured.first());
        prop_assert_eq!(judged(kind, START, &measured, end, now), judged(kind, START, &other, end, now));
    }

    #[test]
    fn the_hour_of_the_day_does_not_matter(
        kind in any_kind(), measured in vec(any_measured(), 0..12), end in any_end(), now in 0..700_u32, shift in 0..1_000_000_u32,
    ) {
        let by = Span::seconds(shift);
        let shifted: Vec<Measured> = measured.iter().map(|one| Measured { at: one.at + by, ..*one }).collect();
        let (here, there) = (judged(kind, START, &measured, end, now), judged(kind, START + by, &shifted, end, now));
        prop_assert_eq!(told_from(START, &here), told_from(START + by, &there));
    }

    #[test]
    fn a_decision_stands_as_time_goes_on(
        kind in any_kind(), measured in vec(any_measured(), 0..12), end in any_end(), now in 0..700_u32, later in 0..700_u32,
    ) {
        let known: Vec<Measured> = measured.iter().copied().filter(|one| one.at <= minute(now)).collect();
        // An end that is yet to come is not known.
        let end = end.filter(|(_, at)| *at <= now);
        let before = judged(kind, START, &known, end, now);
        let after = judged(kind, START, &measured, end, now + later);
        if before.verdict != Verdict::Running {
            prop_assert_eq!(before.verdict, after.verdict);
            prop_assert_eq!(before.decided_at, after.decided_at);
        }
    }

    #[test]
    fn nothing_that_is_measured_after_a_failure_mends_it(
        kind in any_kind(), measured in vec(any_measured(), 0..12), now in 0..700_u32, late in any_measured(),
    ) {
        let before = judged(kind, START, &measured, None, now);
        if before.verdict == Verdict::Failed && before.decided_at < Some(late.at) {
            let mut more = measured.clone();
            more.push(late);
            let after = judged(kind, START, &more, None, now);
            prop_assert_eq!((after.verdict, after.decided_at), (before.verdict, before.decided_at));
        }
    }

    #[test]
    fn what_passed_has_a_measurement_for_each_of_its_limits(
        kind in any_kind(), measured in vec(any_measured(), 0..12), now in 0..700_u32,
    ) {
        let progress = judged(kind, START, &measured, None, now);
        if progress.verdict == Verdict::Passed {
            for limit in kind.standard() {
                let bound = limit.bound.unwrap();
                let by = progress.clock_started_at + limit.within;
                prop_assert!(measured.iter().any(|one| one.at <= by && bound.is_met_by(one.temperature)));
            }
        }
    }

    #[test]
    fn the_second_stage_has_whatever_the_first_leaves_of_six_hours(first in 1..=120_u32, second in 1..=500_u32) {
        let measured = [(0, 5_700), (first, 2_100), (first + second, 500)]
            .map(|(at, temperature)| Measured { at: minute(at), temperature: CentiCelsius(temperature), held: Span::ZERO });
        let progress = judged(ProcessKind::TwoStageCooling, START, &measured, None, first + second);
        let expected = if first + second <= 360 { Verdict::Passed } else { Verdict::Failed };
        prop_assert_eq!(progress.verdict, expected);
    }
}
