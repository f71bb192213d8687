//! Logs by hand of a unit that no sensor measures: when one is missed, and what ends that.

use crate::play::{Step, apply, measured, minute, sentences, told};
use crate::support::{fridge, sensor};
use freshtrack_domain::alert::{AlertKind, AlertKinds, Severity};
use freshtrack_domain::reading::{Origin, Reading};
use freshtrack_domain::time::Span;
use freshtrack_domain::unit::{Change, Input, Quiet, UnitRecord, UnitStatus, transition};

/// A unit whose next log is due at `due`, and may be a quarter of an hour late.
fn by_hand(due: f64) -> UnitRecord {
    let mut record = fridge(minute(-600.0));
    record.state.log_due = Some(minute(due));
    record.state.overrides.manual_grace = Some(Span::minutes(15));
    record
}

/// Tells the unit when the next log is due, by the calendar of its site.
fn settle(record: &mut UnitRecord, at: f64, due: Option<f64>) -> Vec<Change> {
    let mut changes = Vec::new();
    (record.state.log_due, record.state.settle_at) = (due.map(minute), None);
    record.judge_anew(minute(at), &mut changes);
    changes
}

fn by_a_person(at: f64) -> Reading {
    Reading {
        sensor_id: sensor(4),
        origin: Origin::Manual,
        ..measured(at, 38.0)
    }
}

fn judge(record: &mut UnitRecord, at: f64) -> Vec<Change> {
    happen(record, Step::Tick(at))
}

fn happen(record: &mut UnitRecord, step: Step) -> Vec<Change> {
    let mut changes = Vec::new();
    apply(record, step, &mut changes);
    changes
}

#[test]
fn a_log_is_missed_once_its_grace_is_over() {
    let mut record = by_hand(0.0);
    assert_eq!(record.next_due(), Some(minute(15.0)));
    assert_eq!(judge(&mut record, 14.99), []);
    let changes = judge(&mut record, 20.0);
    let [alert] = told(&changes).try_into().unwrap();
    assert_eq!(
        (alert.kind, alert.severity, alert.opened_at),
        (AlertKind::MissedManualEntry, Severity::Warning, minute(15.0)),
        "as of when it was"
    );
    assert_eq!(
        sentences(&changes),
        [
            "No temperature was ever logged by hand, where one is due every 4 h while the site is open (the standard): \
             measure it and log it."
        ]
    );
    assert_eq!(record.next_due(), None, "once");
    assert_eq!(record.state.status, UnitStatus::Pending);
    let shown: Vec<String> = record
        .state
        .open_alerts()
        .map(|alert| alert.explanation)
        .collect();
    assert_eq!(shown, sentences(&changes));
}

#[test]
fn a_log_ends_it_and_the_next_is_awaited() {
    let mut record = by_hand(0.0);
    judge(&mut record, 15.0);
    let changes = happen(&mut record, Step::Log(30.0, 38.0));
    assert_eq!(sentences(&changes), ["The temperature is known again."]);
    assert_eq!(
        (record.state.log_due, record.next_due()),
        (None, Some(minute(30.0))),
        "when the next is due is to be reckoned"
    );
    assert_eq!(
        judge(&mut record, 600.0),
        [],
        "nobody is asked for what nobody has reckoned"
    );

    settle(&mut record, 31.0, Some(270.0));
    assert_eq!(judge(&mut record, 284.0), []);
    let changes = judge(&mut record, 285.0);
    assert_eq!(
        sentences(&changes),
        [
            "No temperature was logged by hand for 4 h 15 min, where one is due every 4 h while the site is open (the \
             standard): measure it and log it."
        ]
    );
}

#[test]
fn a_log_that_a_device_has_kept_for_too_long_ends_nothing() {
    for (at, ends) in [(-300.0, false), (-255.0, false), (-254.0, true)] {
        let mut record = by_hand(-20.0);
        judge(&mut record, 0.0);
        let mut changes = Vec::new();
        record.take(&by_a_person(at), minute(0.0), &mut changes);
        assert_eq!(changes.is_empty(), !ends, "measured at {at}");
        assert_eq!(record.state.settle_at, Some(minute(0.0)), "measured at {at}");
        if !ends {
            assert_eq!(settle(&mut record, 1.0, Some(at + 240.0)), []);
            let open = record.state.alert(AlertKind::MissedManualEntry);
            assert_eq!(open.map(|alert| alert.opened_at), Some(minute(-5.0)));
        }
    }
}

#[test]
fn one_that_is_older_than_what_is_known_asks_for_nothing_again() {
    let mut record = by_hand(0.0);
    happen(&mut record, Step::Log(-10.0, 38.0));
    settle(&mut record, -9.0, Some(230.0));
    for at in [-20.0, -10.0] {
        let log = by_a_person(at);
        let rules = record.state.rules();
        let input = Input::Reading(&log);
        transition(&mut record.state, &rules, input, minute(0.0), &mut Vec::new());
        assert_eq!(
            (record.state.log_due, record.state.settle_at),
            (Some(minute(230.0)), None)
        );
    }
}

#[test]
fn an_earlier_time_to_be_settled_at_stays() {
    for (known, then) in [(-60.0, -60.0), (60.0, 30.0)] {
        let mut record = by_hand(40.0);
        record.state.settle_at = Some(minute(known));
        happen(&mut record, Step::Log(30.0, 38.0));
        assert_eq!(record.state.settle_at, Some(minute(then)));
    }
}

#[test]
fn what_is_not_due_by_the_calendar_any_more_is_not_missed() {
    for (due, ends) in [(None, true), (Some(6.0), true), (Some(5.0), false)] {
        let mut record = by_hand(0.0);
        judge(&mut record, 15.0);
        let changes = settle(&mut record, 20.0, due);
        let expected: &[&str] = if ends {
            &["By the rules as they are now no log is due."]
        } else {
            &[]
        };
        assert_eq!(sentences(&changes), expected, "due at {due:?}");
    }
}

#[test]
fn where_a_sensor_is_fitted_its_silence_asks_for_logs() {
    let mut record = by_hand(0.0);
    judge(&mut record, 15.0);
    let changes = happen(&mut record, Step::Fit(20.0, 5));
    assert_eq!(
        sentences(&changes),
        ["By the rules as they are now no log is due."]
    );
    assert_eq!(record.next_due(), Some(minute(80.0)), "its first hour");
    happen(&mut record, Step::Read(25.0, 38.0));
    judge(&mut record, 400.0);
    assert_eq!(record.state.status, UnitStatus::ManualRequired);
    let changes = happen(&mut record, Step::Limits(401.0, 33.0, 42.0));
    assert_eq!(changes, [], "what silence asks for stays");
}

#[test]
fn it_is_held_back_and_told_like_everything_else() {
    let mut record = by_hand(0.0);
    record.state.quiet.push(Quiet {
        kinds: AlertKinds::ALL,
        from: minute(10.0),
        until: minute(60.0),
    });
    assert_eq!(judge(&mut record, 59.0), []);
    let changes = judge(&mut record, 60.0);
    assert_eq!(
        sentences(&changes),
        [
            "No temperature was ever logged by hand, where one is due every 4 h while the site is open (the standard): \
             measure it and log it; it was held back until now."
        ]
    );
}

#[test]
fn a_unit_that_is_not_judged_is_asked_for_nothing() {
    let mut record = by_hand(0.0);
    record.state.settle_at = Some(minute(90.0));
    judge(&mut record, 15.0);
    let changes = happen(&mut record, Step::Active(20.0, false));
    assert_eq!(told(&changes).len(), 1);
    assert_eq!(record.next_due(), None);
    assert_eq!(judge(&mut record, 600.0), []);
}
