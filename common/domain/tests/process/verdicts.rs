//! The figures of the Food Code, on both sides of each.

use crate::support::{at, ended, minute, progress};
use Outcome::{Abandoned, Finished};
use ProcessKind::{AmbientCooling, ColdTimeControl, HotHolding, Reheating, TimeControl, TwoStageCooling};
use freshtrack_domain::measurement::CentiCelsius;
use freshtrack_domain::process::{Bound, Cause, Measured, Outcome, Plan, ProcessKind, Stage, Verdict, judge};
use freshtrack_domain::time::Span;

/// Temperatures, each at so many minutes after the start.
type Series = &'static [(u32, f64)];

#[test]
fn a_process_is_judged_by_the_food_code() {
    use Verdict::{Failed, Passed, Running};
    let table: &[(ProcessKind, Series, u32, Verdict)] = &[
        // 57 to 21 °C within two hours, to 5 °C within six in total, to the minute and the hundredth of a degree.
        (
            TwoStageCooling,
            &[(0, 57.0), (120, 21.0), (360, 5.0)],
            360,
            Passed,
        ),
        (TwoStageCooling, &[(0, 57.0), (120, 21.01)], 120, Running),
        (TwoStageCooling, &[(0, 57.0), (120, 21.01)], 121, Failed),
        (TwoStageCooling, &[(0, 57.0), (121, 20.0)], 121, Failed),
        (
            TwoStageCooling,
            &[(0, 57.0), (120, 21.0), (360, 5.01)],
            361,
            Failed,
        ),
        (
            TwoStageCooling,
            &[(0, 57.0), (120, 21.0), (361, 4.0)],
            361,
            Failed,
        ),
        // The clock starts at 57 °C: until then the food may be as long above it as it likes.
        (
            TwoStageCooling,
            &[(0, 90.0), (90, 60.0), (180, 57.0), (300, 21.0), (540, 5.0)],
            540,
            Passed,
        ),
        (
            TwoStageCooling,
            &[(0, 90.0), (90, 60.0), (211, 22.0)],
            211,
            Failed,
        ),
        // A fast first stage gives its time to the second.
        (TwoStageCooling, &[(0, 57.0), (30, 21.0), (359, 5.0)], 359, Passed),
        (TwoStageCooling, &[(0, 57.0), (30, 20.0)], 300, Running),
        (TwoStageCooling, &[(0, 57.0), (30, 4.0)], 30, Passed),
        // Nobody has measured: nothing is known to be reached.
        (TwoStageCooling, &[], 120, Running),
        (TwoStageCooling, &[], 121, Failed),
        (AmbientCooling, &[(0, 21.0), (240, 5.0)], 240, Passed),
        (AmbientCooling, &[(0, 21.0), (240, 5.01)], 241, Failed),
        (TimeControl, &[(0, 5.0)], 240, Running),
        (TimeControl, &[(0, 5.0)], 241, Failed),
        (TimeControl, &[(0, 57.0), (60, 30.0)], 240, Running),
        (TimeControl, &[(0, 5.01)], 1, Failed),
        (TimeControl, &[(0, 56.99)], 1, Failed),
        (ColdTimeControl, &[(0, 5.0), (300, 21.0)], 360, Running),
        (ColdTimeControl, &[(0, 5.0), (300, 21.01)], 300, Failed),
        (ColdTimeControl, &[(0, 57.0)], 1, Failed),
        (ColdTimeControl, &[(0, 5.0)], 361, Failed),
        (HotHolding, &[(0, 60.0), (120, 57.0), (240, 57.0)], 360, Running),
        (HotHolding, &[(0, 60.0), (120, 56.99)], 120, Failed),
        (HotHolding, &[(0, 60.0)], 121, Failed),
        (Reheating, &[(0, 5.0), (119, 74.0), (120, 74.0)], 120, Passed),
        (Reheating, &[(0, 5.0), (120, 74.0)], 120, Running),
        (Reheating, &[(0, 5.0), (119, 74.0), (120, 73.99)], 121, Failed),
    ];
    for (kind, measured, now, verdict) in table {
        let judged = progress(*kind, measured, *now);
        assert_eq!(
            judged.verdict, *verdict,
            "{kind:?} {measured:?} {now}: {judged:?}"
        );
    }
}

#[test]
fn what_lasts_until_it_is_ended_is_judged_at_its_end() {
    let table: &[(ProcessKind, Series, (Outcome, u32), Verdict)] = &[
        (TimeControl, &[(0, 5.0)], (Finished, 240), Verdict::Passed),
        (TimeControl, &[(0, 5.0)], (Finished, 241), Verdict::Failed),
        (TimeControl, &[], (Finished, 60), Verdict::Failed),
        (TimeControl, &[(16, 5.0)], (Finished, 60), Verdict::Failed),
        (TimeControl, &[(15, 5.0)], (Finished, 60), Verdict::Passed),
        (HotHolding, &[(0, 60.0)], (Finished, 120), Verdict::Passed),
        (HotHolding, &[], (Finished, 120), Verdict::Failed),
        (
            HotHolding,
            &[(0, 60.0), (100, 50.0)],
            (Finished, 90),
            Verdict::Passed,
        ),
        (
            HotHolding,
            &[(0, 60.0), (80, 50.0)],
            (Finished, 90),
            Verdict::Failed,
        ),
        (TwoStageCooling, &[(0, 57.0)], (Abandoned, 60), Verdict::Abandoned),
        (TwoStageCooling, &[(0, 57.0)], (Abandoned, 121), Verdict::Failed),
        (
            TwoStageCooling,
            &[(0, 57.0), (60, 5.0)],
            (Finished, 61),
            Verdict::Passed,
        ),
        // To say that it is finished cools nothing.
        (
            TwoStageCooling,
            &[(0, 57.0), (60, 30.0)],
            (Finished, 61),
            Verdict::Failed,
        ),
    ];
    for (kind, measured, end, verdict) in table {
        let judged = ended(*kind, measured, Some(*end), 400);
        assert_eq!(
            judged.verdict, *verdict,
            "{kind:?} {measured:?} {end:?}: {judged:?}"
        );
    }
}

#[test]
fn what_was_missed_is_told_by_how_much() {
    let judged = progress(TwoStageCooling, &[(0, 57.0), (110, 25.5), (150, 20.0)], 160);
    let missed = judged.missed.clone().unwrap();
    assert_eq!(
        (missed.stage, missed.cause),
        (Stage::FirstCooling, Cause::TooLate)
    );
    assert_eq!(missed.bound, Some(Bound::AtMost(CentiCelsius(2_100))));
    assert_eq!((missed.at, judged.decided_at), (minute(120), Some(minute(120))));
    assert_eq!(missed.measured, Some(at(110, 25.5)));
    assert_eq!(missed.excess(), Some(CentiCelsius(450)));
    assert_eq!(missed.late, Some(Span::minutes(30)));

    let cool = progress(HotHolding, &[(0, 60.0), (50, 55.0)], 60).missed.unwrap();
    assert_eq!(
        (cool.cause, cool.at, cool.excess()),
        (Cause::OutOfRange, minute(50), Some(CentiCelsius(200)))
    );
}

#[test]
fn one_measurement_may_tell_how_long_it_held() {
    let limits = Reheating.standard();
    let plan = Plan {
        kind: Reheating,
        limits: &limits,
        started_at: minute(0),
        ended: None,
    };
    for (seconds, verdict) in [(14, Verdict::Running), (15, Verdict::Passed)] {
        let held = Measured {
            held: Span::seconds(seconds),
            ..at(60, 74.0)
        };
        assert_eq!(judge(&plan, &[held], minute(60)).verdict, verdict, "{seconds} s");
    }
}

#[test]
fn it_is_on_track_if_a_line_through_what_was_measured_reaches_the_limit() {
    let on_track = |measured: &[(u32, f64)]| progress(TwoStageCooling, measured, 80).on_track;
    assert!(on_track(&[(0, 57.0), (60, 39.0)]), "21 °C at two hours, exactly");
    assert!(!on_track(&[(0, 57.0), (60, 39.1)]));
    assert!(!on_track(&[(0, 57.0)]), "how fast it cools is not known");
    assert!(!on_track(&[]));
    assert!(
        !progress(HotHolding, &[(0, 60.0), (10, 61.0)], 80).on_track,
        "a check does not make itself"
    );
}

#[test]
fn a_check_is_due_so_long_after_the_last() {
    let judged = progress(HotHolding, &[(0, 60.0), (50, 60.0)], 60);
    assert_eq!(
        (judged.clock_started_at, judged.deadline),
        (minute(50), minute(170))
    );
    let cooling = progress(TwoStageCooling, &[(0, 80.0), (50, 60.0), (60, 20.0)], 60);
    assert_eq!(
        (cooling.stage, cooling.deadline),
        (Stage::SecondCooling, minute(50 + 360))
    );
    assert_eq!(cooling.met[0].at, minute(60));
}

#[test]
fn every_limit_tells_its_source_and_what_is_looser_is_known() {
    for kind in ProcessKind::ALL {
        for limit in kind.standard() {
            assert!(limit.source.starts_with("FDA Food Code 2022, 3-"), "{limit:?}");
            assert!(!limit.is_looser_than(&limit));
            let mut longer = limit.clone();
            longer.within = longer.within + Span::minutes(1);
            assert!(longer.is_looser_than(&limit));
            let Some(bound) = limit.bound else { continue };
            let [colder, warmer] = [-1, 1].map(|by| {
                let mut other = limit.clone();
                other.bound = Some(bound.at(CentiCelsius(bound.temperature().0 + by)));
                other.is_looser_than(&limit)
            });
            let (looser, tighter) = match bound {
                Bound::AtMost(_) => (warmer, colder),
                Bound::AtLeast(_) => (colder, warmer),
            };
            assert!(looser && !tighter, "{limit:?}");
        }
    }
}
