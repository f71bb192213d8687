//! That the default rules keep what they promise, on weeks they were not made on.

use freshtrack_corpus::{ForecastScore, PROFILES, Score, UnitWeek, corpus};

/// Seeds below 1,000 are for making rules on, those from 1,000 on for judging them.
const UNSEEN: u64 = 1_001;
/// Rounds of 60 unit-weeks: what a build without optimisation plays in seconds. The figures play many more.
const ROUNDS: u32 = 3;

#[test]
fn the_default_rules_raise_one_false_alarm_in_ten_weeks_at_most_and_miss_no_critical_excursion() {
    let weeks: Vec<UnitWeek> = corpus(UNSEEN, ROUNDS).collect();
    let score = Score::of(&weeks, &(PROFILES[0].overrides)());
    let total = score.total();
    assert!(total.critical > 25, "{total:?}");
    assert_eq!(total.missed_critical, 0, "{score:#?}");
    assert!(score.all_false_alarms_a_week() <= 0.1, "{score:#?}");
    // A rule that never alarms has no false alarms either: what is found is found while it still helps.
    assert!(
        total.median().is_some_and(|median| median.as_minutes() <= 180),
        "{score:#?}"
    );
}

#[test]
fn the_score_tells_hasty_rules_from_patient_ones() {
    let weeks: Vec<UnitWeek> = corpus(UNSEEN, 1).collect();
    let scores: Vec<Score> = PROFILES
        .iter()
        .map(|profile| Score::of(&weeks, &(profile.overrides)()))
        .collect();
    let [_, hasty, ten, patient] = &scores[..] else {
        panic!("four profiles");
    };
    assert!(hasty.false_alarms > ten.false_alarms && ten.false_alarms > patient.false_alarms);
    assert!(hasty.total().median() < patient.total().median());
}

/// What is forecast is not certain, or it would be an alarm; but more comes true than does not, the error bar holds most of
/// it, and a unit says something that does not come true less than once in two weeks.
#[test]
fn forecasts_are_worth_reading() {
    let mut score = ForecastScore::default();
    for week in corpus(UNSEEN, 3) {
        score.add(&week);
    }
    assert!(score.made > 30, "{score:?}");
    assert!(score.reached_percent() >= 40.0, "{score:?}");
    assert!(score.within_percent() >= 60.0, "{score:?}");
    assert!(score.made - score.reached <= score.weeks / 2, "{score:?}");
}
