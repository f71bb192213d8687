//! What other rules would have made of the same readings.

use crate::support::{START, fridge, reading};
use freshtrack_domain::alert::AlertKind;
use freshtrack_domain::measurement::{CentiCelsius, TemperatureSample};
use freshtrack_domain::reading::Reading;
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_domain::unit::{
    Change, Compared, Episode, Outcome, Overrides, Rules, UnitKind, compare, replay,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;

fn minute(minutes: u32) -> Timestamp {
    START + Span::minutes(minutes)
}

/// Readings five minutes apart, in hundredths of a degree Celsius.
fn readings(centi: &[i32]) -> Vec<Reading> {
    (0..)
        .zip(centi)
        .map(|(n, centi)| {
            reading(
                minute(n * 5),
                Some(TemperatureSample::Valid(CentiCelsius(*centi))),
            )
        })
        .collect()
}

fn rules(high: i32, confirm: u32) -> Rules {
    let overrides = Overrides {
        high: Some(CentiCelsius(high)),
        confirm: Some(Span::minutes(confirm)),
        report_interval: Some(Span::minutes(5)),
        ..Overrides::default()
    };
    Rules::effective(UnitKind::Fridge, &overrides)
}

fn run(readings: &[Reading], rules: &Rules) -> Vec<Episode> {
    let until = readings.last().map_or(START, |last| last.recorded_at);
    replay(&fridge(START).state, rules, readings, until)
}

/// What becomes of each alarm, and whether it was a real excursion.
fn outcomes(compared: &[Compared]) -> Vec<(Outcome, bool)> {
    let of = |one: &Compared| Some((one.outcome()?, one.is_real_excursion()));
    compared.iter().filter_map(of).collect()
}

/// Out of range for 25 minutes, then for 50, with an hour between.
fn two_excursions() -> Vec<Reading> {
    let mut centi = vec![300; 6];
    centi.extend([620; 5]);
    centi.extend([300; 12]);
    centi.extend([700; 10]);
    centi.extend([300; 6]);
    readings(&centi)
}

#[test]
fn a_longer_confirm_time_drops_the_short_alarm_and_delays_the_long_one() {
    let readings = two_excursions();
    let compared = compare(run(&readings, &rules(500, 10)), run(&readings, &rules(500, 30)));
    assert_eq!(
        outcomes(&compared),
        [(Outcome::Dropped, true), (Outcome::Moved(20 * 60_000), true)]
    );
    // And the cooling is suspected to have failed, by either.
    let [short, _, _] = &compared[..] else {
        panic!("three things happened: {compared:?}");
    };
    assert_eq!(short.present[0].alarm_at, Some(minute(40)));
    assert_eq!(short.present[0].ended_at, Some(minute(55)));
    assert_eq!(short.present[0].worst, Some(CentiCelsius(620)));
    assert!(short.present[0].explanation.contains("10 min"), "{short:?}");
    assert_eq!(short.proposed[0].alarm_at, None, "it stays a warning");
}

#[test]
fn a_lower_limit_adds_alarms_and_a_higher_one_drops_them() {
    let readings = two_excursions();
    let compared = compare(run(&readings, &rules(650, 10)), run(&readings, &rules(500, 10)));
    assert_eq!(
        outcomes(&compared),
        [(Outcome::Added, false), (Outcome::Unchanged, true)]
    );
    assert!(compared[0].present.is_empty());
    let compared = compare(run(&readings, &rules(500, 10)), run(&readings, &rules(800, 10)));
    assert_eq!(
        outcomes(&compared),
        [(Outcome::Dropped, true), (Outcome::Dropped, true)]
    );
}

#[test]
fn what_one_set_sees_as_one_is_compared_with_all_that_the_other_makes_of_it() {
    // Never below 5.2 °C for an hour, but twice below 6.5.
    let mut centi = vec![300; 4];
    for _ in 0..2 {
        centi.extend([760; 4]);
        centi.extend([530; 3]);
    }
    centi.extend([300; 4]);
    let readings = readings(&centi);
    let compared = compare(run(&readings, &rules(500, 10)), run(&readings, &rules(650, 10)));
    // By the one set the cooling is suspected to have failed, too.
    let [one, _] = &compared[..] else {
        panic!("two things happened: {compared:?}");
    };
    assert_eq!((one.present.len(), one.proposed.len()), (1, 2));
    assert_eq!(
        one.outcome(),
        Some(Outcome::Unchanged),
        "the first alarm comes when it did"
    );
}

#[test]
fn what_still_goes_on_is_told_as_far_as_it_has_come() {
    let readings = readings(&[300, 300, 620, 640, 660, 690]);
    let [episode] = &run(&readings, &rules(500, 10))[..] else {
        panic!("one alert");
    };
    assert_eq!((episode.alarm_at, episode.ended_at), (Some(minute(20)), None));
    assert_eq!(episode.worst, Some(CentiCelsius(690)));
}

#[test]
fn silence_is_replayed_too() {
    let mut readings = readings(&[300; 40]);
    readings.retain(|reading| reading.recorded_at < minute(60) || reading.recorded_at > minute(150));
    let lenient = Rules {
        offline_critical: 50,
        ..rules(500, 10)
    };
    let compared = compare(run(&readings, &rules(500, 10)), run(&readings, &lenient));
    assert_eq!(outcomes(&compared), [(Outcome::Dropped, false)]);
    assert_eq!(compared[0].kind, AlertKind::MonitoringInterrupted);
}

/// What the engine tells live of readings that come when they are measured, with a clock that is looked at between them.
fn live(readings: &[Reading], rules: &Rules) -> Vec<(Timestamp, Option<Timestamp>)> {
    let mut record = fridge(START);
    record.state.overrides = Overrides {
        high: Some(rules.high),
        confirm: Some(rules.confirm),
        report_interval: Some(rules.report_interval),
        ..Overrides::default()
    };
    let mut changes = Vec::new();
    for reading in readings {
        while let Some(due) = record.next_due().filter(|due| *due < reading.recorded_at) {
            record.judge(due, &mut changes);
        }
        record.take(reading, reading.recorded_at, &mut changes);
        record.seal();
    }
    let mut found: Vec<(Timestamp, Option<Timestamp>)> = Vec::new();
    for change in changes {
        match change {
            Change::AlertOpened(alert) if alert.kind == AlertKind::TempExcursion => {
                found.push((alert.opened_at, None));
            }
            Change::AlertUpgraded(alert) if alert.kind == AlertKind::TempExcursion => {
                let alarm_at = &mut found.last_mut().unwrap().1;
                *alarm_at = alarm_at.or(alert.escalated_at);
            }
            _ => {}
        }
    }
    found
}

fn any_readings() -> impl Strategy<Value = Vec<Reading>> {
    vec((1_u32..1_500, 200_i32..800), 1..120).prop_map(|steps| {
        let mut at = START;
        steps
            .into_iter()
            .map(|(pause, centi)| {
                at = at + Span::seconds(pause);
                reading(at, Some(TemperatureSample::Valid(CentiCelsius(centi))))
            })
            .collect()
    })
}

fn any_rules() -> impl Strategy<Value = Rules> {
    (400_i32..700, 0_u32..60).prop_map(|(high, confirm)| rules(high, confirm))
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: Some(Box::new(FileFailurePersistence::Off)),
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_same_rules_change_nothing(readings in any_readings(), rules in any_rules()) {
        let compared = compare(run(&readings, &rules), run(&readings, &rules));
        prop_assert!(compared.iter().all(|one| one.present == one.proposed));
        prop_assert!(outcomes(&compared).iter().all(|(outcome, _)| *outcome == Outcome::Unchanged));
    }

    #[test]
    fn a_replay_gives_what_there_was_live(readings in any_readings(), rules in any_rules()) {
        let replayed: Vec<_> = run(&readings, &rules)
            .into_iter()
            .filter(|episode| episode.kind == AlertKind::TempExcursion)
            .map(|episode| (episode.opened_at, episode.alarm_at))
            .collect();
        prop_assert_eq!(replayed, live(&readings, &rules));
    }

    #[test]
    fn nothing_is_lost_and_nothing_told_twice(
        readings in any_readings(),
        one in any_rules(),
        other in any_rules(),
    ) {
        let (present, proposed) = (run(&readings, &one), run(&readings, &other));
        let compared = compare(present.clone(), proposed.clone());
        let in_order = |mut episodes: Vec<Episode>| {
            episodes.sort_by_key(|episode| (episode.opened_at, episode.kind));
            episodes
        };
        let all = |side: fn(&Compared) -> &Vec<Episode>| in_order(compared.iter().flat_map(side).cloned().collect());
        prop_assert_eq!(all(|one| &one.present), in_order(present.clone()));
        prop_assert_eq!(all(|one| &one.proposed), in_order(proposed.clone()));

        // Seen from the other side the same moves the other way.
        let mirrored: Vec<_> = outcomes(&compare(proposed, present))
            .into_iter()
            .map(|(outcome, _)| match outcome {
                Outcome::Added => Outcome::Dropped,
                Outcome::Dropped => Outcome::Added,
                Outcome::Moved(by) => Outcome::Moved(-by),
                Outcome::Unchanged => Outcome::Unchanged,
            })
            .collect();
        let forward: Vec<_> = outcomes(&compared).into_iter().map(|(outcome, _)| outcome).collect();
        prop_assert_eq!(forward, mirrored);
    }

    #[test]
    fn who_waits_longer_is_never_told_sooner(
        readings in any_readings(),
        high in 400_i32..700,
        confirm in 0_u32..60,
        longer in 0_u32..60,
    ) {
        let compared = compare(
            run(&readings, &rules(high, confirm)),
            run(&readings, &rules(high, confirm + longer)),
        );
        for (outcome, _) in outcomes(&compared) {
            let sooner = matches!(outcome, Outcome::Added) || matches!(outcome, Outcome::Moved(by) if by < 0);
            prop_assert!(!sooner, "{:?}", outcome);
        }
    }
}
