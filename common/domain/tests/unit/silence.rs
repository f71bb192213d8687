//! What a unit makes of a sensor that is silent (specification 13.3, 2.3 and 2.4; ADR 20).

use crate::play::{
    ALARMED, ALARMED_AND_INTERRUPTED, ALARMED_AND_SILENT, CALM, FAULTY, INTERRUPTED, LOG_DUE,
    LOG_DUE_FOR_A_DAY, NO_PROBE_MARKER, NOTHING_SET, SILENT, Scenario, Step, WARNED, apply, every, minute,
    play, told,
};
use crate::support::fridge;
use UnitStatus::{
    AlarmActive, Excursion, ManualRequired, MonitoringInterrupted, Offline, Ok, Pending, Restoring,
};
use freshtrack_domain::alert::{AlertKind, AlertStatus, Severity};
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_domain::unit::{Overrides, Rule, SetAt, Sources, UnitStatus};

/// Four hours after minute zero, in minutes.
const FOUR_HOURS: f64 = 240.0;

#[test]
fn every_scenario_goes_as_specified() {
    every(&scenarios());
}

// A report every five minutes is overdue after 5 min, 10 % of that for the sensor's clock, and 30 s: after 6 min. Each
// further one is missing 5 min later, so the fifth at minute 26.
#[rustfmt::skip]
fn scenarios() -> Vec<Scenario> {
    use Step::{Active, Answer, Beside, Fit, Limits, Log, Read, Received, Remove, Tick};
    vec![
        Scenario::new("6: a report is missing once interval, clock and network have had their time", &[
            (Read(0.0, 38.0), (Ok, CALM, 1)),
            (Tick(5.99), (Ok, CALM, 1)),
            (Tick(6.0), (Offline, SILENT, 1)),
            (Tick(25.99), (Offline, SILENT, 1)),
        ]),
        Scenario::new("7: five missing reports are an interruption, and the same alert is worse", &[
            (Read(0.0, 38.0), (Ok, CALM, 1)),
            (Tick(6.0), (Offline, SILENT, 1)),
            (Tick(26.0), (MonitoringInterrupted, INTERRUPTED, 1)),
            (Tick(60.0), (MonitoringInterrupted, INTERRUPTED, 1)),
        ]),
        Scenario::new("7: also when the clock comes late", &[
            (Read(0.0, 38.0), (Ok, CALM, 1)),
            (Tick(60.0), (MonitoringInterrupted, INTERRUPTED, 1)),
        ]),
        Scenario::new("8: four hours without a temperature ask for a log by hand", &[
            (Read(0.0, 38.0), (Ok, CALM, 1)),
            (Tick(239.9), (MonitoringInterrupted, INTERRUPTED, 1)),
            (Tick(241.0), (ManualRequired, LOG_DUE, 1)),
            (Tick(1_400.0), (ManualRequired, LOG_DUE, 1)),
            (Tick(1_440.0), (ManualRequired, LOG_DUE_FOR_A_DAY, 1)),
        ]),
        Scenario::new("9: a log by hand stands in for the sensor, for another four hours", &[
            (Read(0.0, 38.0), (Ok, CALM, 1)),
            (Tick(241.0), (ManualRequired, LOG_DUE, 1)),
            (Log(245.0, 39.0), (MonitoringInterrupted, INTERRUPTED, 2)),
            (Tick(245.0 + FOUR_HOURS - 0.1), (MonitoringInterrupted, INTERRUPTED, 2)),
            (Tick(245.0 + FOUR_HOURS), (ManualRequired, LOG_DUE, 2)),
            (Log(500.0, 39.0), (MonitoringInterrupted, INTERRUPTED, 3)),
        ]),
        Scenario::new("9: one that was made before it was due puts it off", &[
            (Read(0.0, 38.0), (Ok, CALM, 1)),
            (Log(200.0, 39.0), (MonitoringInterrupted, INTERRUPTED, 2)),
            (Tick(241.0), (MonitoringInterrupted, INTERRUPTED, 2)),
            (Tick(200.0 + FOUR_HOURS), (ManualRequired, LOG_DUE, 2)),
        ]),
        Scenario::new("a log by hand says nothing of the sensor, and judges no temperature", &[
            (Read(0.0, 38.0), (Ok, CALM, 1)),
            (Log(4.0, 60.0), (Ok, CALM, 2)),
            (Tick(6.0), (Offline, SILENT, 2)),
            (Log(7.0, 38.0), (Offline, SILENT, 3)),
        ]),
        Scenario::new("10: the sensor comes back; two good readings end it", &[
            (Read(0.0, 38.0), (Ok, CALM, 1)),
            (Tick(241.0), (ManualRequired, LOG_DUE, 1)),
            (Read(250.0, 38.0), (Restoring, CALM, 2)),
            (Read(255.0, 38.0), (Ok, CALM, 3)),
        ]),
        Scenario::new("10: from the first missing report as well", &[
            (Read(0.0, 38.0), (Ok, CALM, 1)),
            (Tick(6.0), (Offline, SILENT, 1)),
            (Read(6.5, 38.0), (Restoring, CALM, 2)),
            (Read(11.5, 38.0), (Ok, CALM, 3)),
        ]),
        Scenario::new("2.5, 3: it comes back too warm: never all right in between", &[
            (Read(0.0, 38.0), (Ok, CALM, 1)),
            (Tick(30.0), (MonitoringInterrupted, INTERRUPTED, 1)),
            (Read(35.0, 45.0), (Excursion, WARNED, 2)),
            (Read(45.0, 45.0), (AlarmActive, ALARMED, 3)),
        ]),
        Scenario::new("it comes back within the hysteresis: a recovery that has not begun to count", &[
            (Read(0.0, 38.0), (Ok, CALM, 1)),
            (Tick(30.0), (MonitoringInterrupted, INTERRUPTED, 1)),
            (Read(35.0, 40.5), (Restoring, CALM, 2)),
            (Read(40.0, 38.0), (Restoring, CALM, 3)),
            (Read(45.0, 38.0), (Ok, CALM, 4)),
        ]),
        Scenario::new("it comes back broken: it is there, and says nothing of the food", &[
            (Read(0.0, 38.0), (Ok, CALM, 1)),
            (Tick(30.0), (MonitoringInterrupted, INTERRUPTED, 1)),
            (Read(35.0, NO_PROBE_MARKER), (Restoring, FAULTY, 2)),
            (Read(40.0, 38.0), (Restoring, CALM, 3)),
            (Read(45.0, 38.0), (Ok, CALM, 4)),
        ]),
        Scenario::new("a sensor that answers is not silent, whatever it says", &[
            (Read(0.0, 38.0), (Ok, CALM, 1)),
            (Read(5.0, NO_PROBE_MARKER), (Ok, FAULTY, 2)),
            (Answer(10.0), (Ok, FAULTY, 3)),
            (Tick(15.9), (Ok, FAULTY, 3)),
        ]),
        Scenario::new("2.5, 4: silence hides no alarm, and its end resumes the alarm at once", &[
            (Read(0.0, 45.0), (Excursion, WARNED, 1)),
            (Read(5.0, 45.0), (Excursion, WARNED, 2)),
            (Read(10.0, 45.0), (AlarmActive, ALARMED, 3)),
            (Tick(16.0), (AlarmActive, ALARMED_AND_SILENT, 3)),
            (Tick(36.0), (AlarmActive, ALARMED_AND_INTERRUPTED, 3)),
            (Read(60.0, 46.0), (AlarmActive, ALARMED, 4)),
        ]),
        Scenario::new("2.5, 4: or ends it, when it comes back in range", &[
            (Read(0.0, 45.0), (Excursion, WARNED, 1)),
            (Read(10.0, 45.0), (AlarmActive, ALARMED, 2)),
            (Tick(36.0), (AlarmActive, ALARMED_AND_INTERRUPTED, 2)),
            (Read(60.0, 38.0), (Restoring, CALM, 3)),
            (Read(65.0, 38.0), (Ok, CALM, 4)),
        ]),
        Scenario::new("2.4: silence during an excursion stops neither it nor its clock", &[
            (Read(0.0, 38.0), (Ok, CALM, 1)),
            (Read(5.0, 45.0), (Excursion, WARNED, 2)),
            (Tick(15.0), (AlarmActive, ALARMED_AND_SILENT, 2)),
        ]),
        Scenario::new("a recovery that falls silent begins anew", &[
            (Read(0.0, 45.0), (Excursion, WARNED, 1)),
            (Read(5.0, 38.0), (Restoring, CALM, 2)),
            (Tick(11.0), (Offline, SILENT, 2)),
            (Read(12.0, 38.0), (Restoring, CALM, 3)),
            (Read(17.0, 38.0), (Ok, CALM, 4)),
        ]),
        Scenario::new("what is buffered and comes while more is missing moves silence only as far as it is true", &[
            (Read(0.0, 38.0), (Ok, CALM, 1)),
            (Tick(60.0), (MonitoringInterrupted, INTERRUPTED, 1)),
            (Received(5.0, 38.0, 60.0), (MonitoringInterrupted, INTERRUPTED, 2)),
            (Received(45.0, 38.0, 60.0), (Offline, INTERRUPTED, 3)),
            (Received(58.0, 38.0, 60.0), (Restoring, CALM, 4)),
        ]),
        Scenario::new("what is older than what is known neither ends silence nor begins it", &[
            (Read(0.0, 38.0), (Ok, CALM, 1)),
            (Read(5.0, 38.0), (Ok, CALM, 2)),
            (Received(2.0, 38.0, 5.5), (Ok, CALM, 3)),
            (Tick(10.9), (Ok, CALM, 3)),
            (Tick(11.0), (Offline, SILENT, 3)),
            (Received(4.0, 38.0, 11.5), (Offline, SILENT, 4)),
        ]),
        Scenario::new("a gap in what is brought in long afterwards is history", &[
            (Received(0.0, 38.0, 600.0), (Ok, CALM, 1)),
            (Received(5.0, 38.0, 600.0), (Ok, CALM, 2)),
            (Received(300.0, 38.0, 600.0), (Ok, CALM, 3)),
        ]),
        Scenario::new("nor is a gap between that and what is measured now", &[
            (Received(0.0, 38.0, 20.0), (Ok, CALM, 1)),
            (Received(19.0, 38.0, 20.0), (Ok, CALM, 2)),
            (Received(10.0, 38.0, 20.0), (Ok, CALM, 3)),
            (Tick(24.9), (Ok, CALM, 3)),
            (Tick(25.0), (Offline, SILENT, 3)),
        ]),
        Scenario::new("but the clock tells of what is missing behind it", &[
            (Received(0.0, 38.0, 20.0), (Ok, CALM, 1)),
            (Tick(20.5), (Offline, SILENT, 1)),
        ]),
        Scenario::new("what was measured in time and comes a little late ends what the clock has told meanwhile", &[
            (Read(0.0, 38.0), (Ok, CALM, 1)),
            (Tick(6.0), (Offline, SILENT, 1)),
            (Received(5.5, 38.0, 6.4), (Restoring, CALM, 2)),
        ]),
        Scenario::new("and is nothing special if the clock has not", &[
            (Read(0.0, 38.0), (Ok, CALM, 1)),
            (Received(5.5, 38.0, 6.4), (Ok, CALM, 2)),
        ]),
        Scenario::new("another sensor of the unit does not stand in for the one that drives it", &[
            (Read(0.0, 38.0), (Ok, CALM, 1)),
            (Beside(5.0, 38.0), (Ok, CALM, 2)),
            (Tick(6.0), (Offline, SILENT, 2)),
            (Beside(10.0, 38.0), (Offline, SILENT, 3)),
        ]),
        Scenario::new("a unit without a sensor waits for none", &[
            (Remove(0.0), (Pending, CALM, 0)),
            (Tick(10_000.0), (Pending, CALM, 0)),
        ]),
        Scenario::new("14, decision 8: a new sensor has an hour to be heard, and what has not begun is not interrupted", &[
            (Fit(0.0, 5), (Pending, CALM, 0)),
            (Tick(59.9), (Pending, CALM, 0)),
            (Tick(60.0), (Offline, SILENT, 0)),
            (Tick(10_000.0), (Offline, SILENT, 0)),
            (Read(10_001.0, 38.0), (Ok, CALM, 1)),
            (Tick(10_007.0), (Offline, SILENT, 1)),
        ]),
        Scenario::new("an hour from when it was fitted, not from when the unit was made", &[
            (Tick(500.0), (Pending, CALM, 0)),
            (Fit(500.0, 5), (Pending, CALM, 0)),
            (Limits(530.0, 34.0, 42.0), (Pending, CALM, 0)),
            (Tick(559.9), (Pending, CALM, 0)),
            (Tick(560.0), (Offline, SILENT, 0)),
        ]),
        Scenario::new("what a sensor measured before it was fitted is history; what it measures next counts", &[
            (Fit(0.0, 5), (Pending, CALM, 0)),
            (Received(-300.0, 38.0, 1.0), (Ok, CALM, 1)),
            (Tick(59.9), (Ok, CALM, 1)),
            (Tick(60.0), (Offline, SILENT, 1)),
        ]),
        Scenario::new("what was kept of it a moment before it was fitted counts", &[
            (Fit(0.0, 5), (Pending, CALM, 0)),
            (Received(-1.0, 38.0, 0.5), (Ok, CALM, 1)),
            (Tick(4.9), (Ok, CALM, 1)),
            (Tick(5.0), (Offline, SILENT, 1)),
        ]),
        Scenario::new("a new sensor that is taken away again is not waited for", &[
            (Fit(0.0, 5), (Pending, CALM, 0)),
            (Tick(60.0), (Offline, SILENT, 0)),
            (Remove(70.0), (Pending, CALM, 0)),
            (Tick(500.0), (Pending, CALM, 0)),
        ]),
        Scenario::new("but one that has measured leaves a unit that nobody watches", &[
            (Fit(0.0, 5), (Pending, CALM, 0)),
            (Read(5.0, 38.0), (Ok, CALM, 1)),
            (Remove(6.0), (Ok, CALM, 1)),
            (Tick(31.0), (MonitoringInterrupted, INTERRUPTED, 1)),
        ]),
        Scenario::new("silence is judged by the sensor's own interval", &[
            (Read(0.0, 38.0), (Ok, CALM, 1)),
            (Tick(11.4), (Ok, CALM, 1)),
            (Tick(11.5), (Offline, SILENT, 1)),
            (Tick(51.4), (Offline, SILENT, 1)),
            (Tick(51.5), (MonitoringInterrupted, INTERRUPTED, 1)),
        ]).every_ten_minutes(),
        Scenario::new("an interval that is set longer ends a silence that is none by it", &[
            (Read(0.0, 38.0), (Ok, CALM, 1)),
            (Tick(7.0), (Offline, SILENT, 1)),
            (Fit(8.0, 20), (Restoring, CALM, 1)),
            (Tick(22.4), (Restoring, CALM, 1)),
            (Tick(22.5), (Offline, SILENT, 1)),
        ]),
        Scenario::new("one that is set shorter shows it at once", &[
            (Read(0.0, 38.0), (Ok, CALM, 1)),
            (Tick(9.0), (Ok, CALM, 1)),
            (Fit(9.0, 1), (MonitoringInterrupted, INTERRUPTED, 1)),
        ]).every_ten_minutes(),
        Scenario::new("a limit that is set while the sensor is silent judges what was last known", &[
            (Read(0.0, 40.0), (Ok, CALM, 1)),
            (Tick(7.0), (Offline, SILENT, 1)),
            (Limits(8.0, 33.0, 38.0), (Excursion, SILENT_AND_WARNED, 1)),
            (Limits(9.0, 33.0, 42.0), (Offline, SILENT, 1)),
        ]),
        Scenario::new("every one of the rules is live", &[
            (Read(0.0, 38.0), (Ok, CALM, 1)),
            (Tick(10.9), (Ok, CALM, 1)),
            (Tick(11.0), (Offline, SILENT, 1)),
            (Tick(16.0), (MonitoringInterrupted, INTERRUPTED, 1)),
            (Tick(74.9), (MonitoringInterrupted, INTERRUPTED, 1)),
            (Tick(75.0), (ManualRequired, LOG_DUE, 1)),
        ]).with(Overrides {
            offline_warning: Some(2),
            offline_critical: Some(3),
            manual_missed: Some(4),
            manual_interval: Some(Span::hours(1)),
            manual_grace: Some(Span::minutes(15)),
            ..NOTHING_SET
        }),
        Scenario::new("how much the first report may take is set apart from how often they come", &[
            (Read(0.0, 38.0), (Ok, CALM, 1)),
            (Tick(12.4), (Ok, CALM, 1)),
            (Tick(12.5), (Offline, SILENT, 1)),
            (Tick(32.4), (Offline, SILENT, 1)),
            (Tick(32.5), (MonitoringInterrupted, INTERRUPTED, 1)),
        ]).with(Overrides {
            offline_percent: Some(200),
            offline_additional: Some(Span::minutes(2)),
            ..NOTHING_SET
        }),
        Scenario::new("a log by hand may have to wait for more reports to be missing than an interruption takes", &[
            (Read(0.0, 38.0), (Ok, CALM, 1)),
            (Tick(50.9), (MonitoringInterrupted, INTERRUPTED, 1)),
            (Tick(51.0), (ManualRequired, LOG_DUE, 1)),
        ]).with(Overrides {
            manual_missed: Some(10),
            manual_interval: Some(Span::minutes(1)),
            ..NOTHING_SET
        }),
        Scenario::new("a warning that would come after what is critical does not make it less so", &[
            (Read(0.0, 38.0), (Ok, CALM, 1)),
            (Tick(26.0), (MonitoringInterrupted, INTERRUPTED, 1)),
            (Tick(51.0), (MonitoringInterrupted, INTERRUPTED, 1)),
        ]).with(Overrides { offline_warning: Some(10), ..NOTHING_SET }),
        Scenario::new("18: a unit that is judged no more is silent without anybody minding", &[
            (Read(0.0, 38.0), (Ok, CALM, 1)),
            (Tick(241.0), (ManualRequired, LOG_DUE, 1)),
            (Active(242.0, false), (Pending, CALM, 1)),
            (Tick(10_000.0), (Pending, CALM, 1)),
            (Active(10_000.0, true), (Pending, CALM, 1)),
            (Tick(10_059.0), (Pending, CALM, 1)),
            (Tick(10_060.0), (Offline, SILENT, 1)),
        ]).with(Overrides { report_interval: Some(Span::minutes(5)), ..NOTHING_SET }),
    ]
}

const SILENT_AND_WARNED: &[(AlertKind, Severity)] = &[
    (AlertKind::MonitoringInterrupted, Severity::Warning),
    (AlertKind::TempExcursion, Severity::Warning),
];

#[test]
fn silence_is_one_alert_that_says_why_it_is_there() {
    let (_, changes) = play(&[Step::Read(0.0, 38.0), Step::Tick(300.0), Step::Read(301.0, 38.0)]);
    let told = told(&changes);
    let sentences: Vec<_> = told.iter().map(|alert| alert.explanation.as_str()).collect();
    assert_eq!(
        sentences,
        [
            "Nothing was heard of the sensor for 6 min: it reports every 5 min, so 1 report is missing, and 1 is a warning \
             (the standard).",
            "Nothing was heard of the sensor for 26 min: it reports every 5 min, so 5 reports are missing, and 5 is critical \
             (the standard).",
            "The sensor is silent and the temperature has not been known for 4 h: measure it and log it by hand, as is due \
             every 4 h (the standard).",
            "The temperature is known again.",
            "The sensor reports again after 5 h 1 min of silence.",
        ]
    );
    let silence: Vec<_> = told
        .iter()
        .filter(|alert| alert.kind == AlertKind::MonitoringInterrupted)
        .collect();
    assert!(silence.iter().all(|alert| alert.id == silence[0].id));
    let last = silence[2];
    assert_eq!(
        (last.opened_at, last.escalated_at, last.resolved_at),
        (minute(6.0), Some(minute(26.0)), Some(minute(301.0))),
        "each as of when it was so, not of when the clock came"
    );
    assert_eq!(last.status, AlertStatus::Resolved);
}

#[test]
fn an_alert_names_who_set_its_rule() {
    let mut record = fridge(minute(-60.0));
    record.state.overrides = Overrides {
        offline_warning: Some(2),
        confirm: Some(Span::minutes(10)),
        sources: Sources::STANDARD
            .with(Rule::OfflineWarning, SetAt::Site)
            .with(Rule::High, SetAt::Unit),
        ..Overrides::default()
    };
    let mut changes = Vec::new();
    apply(&mut record, Step::Read(0.0, 45.0), &mut changes);
    apply(&mut record, Step::Tick(11.0), &mut changes);
    let sentences: Vec<_> = told(&changes)
        .iter()
        .map(|alert| alert.explanation.clone())
        .collect();
    assert_eq!(
        sentences[0],
        "7.2 °C is above the alarm limit of 5.0 °C (41.0 °F), set for this unit."
    );
    assert!(
        sentences[2].ends_with("so 2 reports are missing, and 2 is a warning (set for the site)."),
        "{sentences:#?}"
    );
}

#[test]
fn an_alert_that_ends_by_a_decision_says_so() {
    let ends = |decision| {
        let (_, changes) = play(&[
            Step::Fit(-60.0, 5),
            Step::Read(0.0, 38.0),
            Step::Tick(7.0),
            decision,
        ]);
        told(&changes).last().unwrap().explanation.clone()
    };
    assert_eq!(
        ends(Step::Fit(8.0, 20)),
        "By the rules as they are now no report is missing: one is due every 20 min."
    );
    assert_eq!(
        ends(Step::Active(8.0, false)),
        "The unit is not monitored any more, so nothing is asked for it."
    );
}

#[test]
fn the_clock_is_awaited_for_as_long_as_time_can_change_something() {
    let mut record = fridge(minute(0.0));
    let mut due = |step| -> Option<Timestamp> {
        apply(&mut record, step, &mut Vec::new());
        record.next_due()
    };
    assert_eq!(due(Step::Fit(0.0, 5)), Some(minute(60.0)), "the first contact");
    assert_eq!(due(Step::Read(1.0, 38.0)), Some(minute(7.0)), "the next report");
    assert_eq!(due(Step::Read(2.0, 45.0)), Some(minute(8.0)));
    assert_eq!(due(Step::Tick(8.0)), Some(minute(12.0)), "the alarm");
    assert_eq!(due(Step::Tick(12.0)), Some(minute(28.0)), "the fifth report");
    assert_eq!(
        due(Step::Tick(28.0)),
        Some(minute(122.0)),
        "two hours in the danger zone"
    );
    assert_eq!(due(Step::Tick(122.0)), Some(minute(242.0)), "the log by hand");
    assert_eq!(due(Step::Tick(242.0)), Some(minute(1_442.0)), "a day of silence");
    assert_eq!(due(Step::Tick(1_442.0)), None, "there is nothing worse to come");
    assert_eq!(due(Step::Read(1_500.0, 38.0)), Some(minute(1_506.0)));
}
