//! What a process asks of people: in time, once, and in words.

use crate::support::{minute, process, series};
use freshtrack_domain::alert::{Alert, AlertKind, AlertStatus, Severity};
use freshtrack_domain::handling::Account;
use freshtrack_domain::process::{
    AlertChange, CorrectiveAction, End, NextAction, Outcome, Process, ProcessKind, Verdict, judge,
};
use freshtrack_domain::time::Span;

/// `process` as it is judged `now` minutes after its start, and what becomes of its alert.
fn step(process: &Process, measured: &[(u32, f64)], now: u32) -> (Process, Vec<AlertChange>) {
    let progress = judge(&process.plan(), &series(measured), minute(now));
    process.judged(progress, minute(now))
}

fn opened(changes: &[AlertChange]) -> &Alert {
    let [AlertChange::Opened(alert)] = changes else {
        unreachable!("expected one alert to open, not {changes:?}");
    };
    alert
}

#[test]
fn a_cooling_that_is_too_slow_reminds_fails_and_asks_until_something_is_done() {
    let soup = process(ProcessKind::TwoStageCooling);
    let slow = [(0, 57.0), (60, 40.0)];
    let (soup, changes) = step(&soup, &slow, 89);
    assert_eq!((changes.len(), soup.due_at), (0, Some(minute(90))));
    let (soup, changes) = step(&soup, &slow, 90);
    let reminder = opened(&changes);
    assert_eq!(
        (reminder.kind, reminder.severity),
        (AlertKind::TimedProcess, Severity::Warning)
    );
    assert_eq!(
        (reminder.opened_at, reminder.process_id),
        (minute(90), Some(soup.id))
    );
    assert_eq!(
        reminder.explanation,
        "Tomato soup was last at 40.0 °C (104.0 °F) and has 30 min left to reach 21.0 °C (69.8 °F) or less, 2 h after its clock \
         started (FDA Food Code 2022, 3-501.14(A)(1))."
    );
    let (soup, changes) = step(&soup, &slow, 91);
    assert_eq!(changes, [], "once");
    let (soup, changes) = step(&soup, &slow, 121);
    let [AlertChange::Upgraded(failed)] = &changes[..] else {
        unreachable!("{changes:?}");
    };
    assert_eq!((failed.id, failed.severity), (reminder.id, Severity::Critical));
    assert_eq!(failed.escalated_at, Some(minute(120)), "as of the deadline");
    assert_eq!(
        failed.explanation,
        "Tomato soup was last at 40.0 °C (104.0 °F) and not at 21.0 °C (69.8 °F) or less within 2 h: 19.0 °C warmer (FDA Food Code \
         2022, 3-501.14(A)(1))."
    );
    assert_eq!(soup.next_action(&soup.progress), NextAction::ReheatOrDiscard);
    assert_eq!(step(&soup, &slow, 300).1, []);
    let soup = Process {
        corrective_action: Some(CorrectiveAction {
            text: Account::new("Reheated to 75 °C.\nCooled again in an ice bath.").unwrap(),
            at: minute(130),
            by: "usr_cook".to_owned(),
            acting_as: None,
        }),
        ..soup
    };
    let (soup, changes) = step(&soup, &slow, 131);
    let [AlertChange::Resolved(over)] = &changes[..] else {
        unreachable!("{changes:?}");
    };
    assert_eq!(
        (over.status, over.resolved_at),
        (AlertStatus::Resolved, Some(minute(130)))
    );
    assert_eq!(
        over.explanation,
        "Tomato soup, what was done: Reheated to 75 °C. Cooled again in an ice bath."
    );
    assert_eq!((soup.progress.verdict, soup.due_at), (Verdict::Failed, None));
    assert_eq!(soup.next_action(&soup.progress), NextAction::Nothing);
}

#[test]
fn a_cooling_on_its_way_is_not_reminded_of_and_each_stage_asks_for_itself() {
    let soup = process(ProcessKind::TwoStageCooling);
    let fast = [(0, 57.0), (60, 35.0)];
    let (soup, changes) = step(&soup, &fast, 100);
    assert_eq!(changes, []);
    let (soup, changes) = step(&soup, &fast, 121);
    let first = opened(&changes).clone();
    assert_eq!(
        (first.severity, first.opened_at),
        (Severity::Critical, minute(120))
    );
    // It was measured in time, by a device without network.
    let late = [(0, 57.0), (60, 35.0), (119, 20.0)];
    let (soup, changes) = step(&soup, &late, 140);
    let [AlertChange::Resolved(over)] = &changes[..] else {
        unreachable!("{changes:?}");
    };
    assert_eq!((over.id, over.resolved_at), (first.id, Some(minute(120))));
    assert_eq!(soup.progress.verdict, Verdict::Running);
    let (soup, changes) = step(&soup, &late, 330);
    assert_ne!(opened(&changes).id, first.id);
    let (_, changes) = step(&soup, &[(0, 57.0), (119, 20.0), (340, 5.0)], 341);
    assert!(matches!(&changes[..], [AlertChange::Resolved(_)]), "{changes:?}");
}

#[test]
fn a_deadline_that_is_missed_after_all_is_asked_for_by_the_same_alert() {
    let soup = process(ProcessKind::TwoStageCooling);
    let (soup, changes) = step(&soup, &[(0, 57.0)], 121);
    let id = opened(&changes).id;
    let (soup, _) = step(&soup, &[(0, 57.0), (119, 20.0)], 122);
    // What was measured is corrected: it was not cold.
    let (_, changes) = step(&soup, &[(0, 57.0), (119, 25.0)], 123);
    assert_eq!(opened(&changes).id, id);
    assert_eq!(opened(&changes).status, AlertStatus::Open);
}

#[test]
fn each_kind_tells_what_it_asks_for() {
    let said = |kind, measured: &[(u32, f64)], now| {
        let (_, changes) = step(&process(kind), measured, now);
        opened(&changes).explanation.clone()
    };
    let code = "FDA Food Code 2022";
    assert_eq!(
        said(ProcessKind::TimeControl, &[(0, 4.0)], 210),
        format!(
            "Tomato soup is to be served or discarded within 30 min, 4 h after its time began ({code}, 3-501.19(B))."
        )
    );
    assert_eq!(
        said(ProcessKind::TimeControl, &[(0, 4.0)], 241),
        format!("Tomato soup was neither served nor discarded within 4 h ({code}, 3-501.19(B)).")
    );
    assert_eq!(
        said(ProcessKind::ColdTimeControl, &[(0, 8.0)], 1),
        format!(
            "Tomato soup was at 8.0 °C (46.4 °F) when its time without temperature control began, which must be 5.0 °C (41.0 °F) or \
             less ({code}, 3-501.19(C))."
        )
    );
    assert_eq!(
        said(ProcessKind::HotHolding, &[(0, 60.0), (50, 55.0)], 51),
        format!(
            "Tomato soup was at 55.0 °C (131.0 °F), 2.0 °C colder than the 57.0 °C (134.6 °F) that it must keep ({code}, \
             3-501.16(A)(1); how often to check is our standard)."
        )
    );
    assert_eq!(
        said(ProcessKind::Reheating, &[(0, 5.0), (110, 74.0)], 121),
        format!(
            "Tomato soup was at 74.0 °C (165.2 °F) for less than 15 s within 2 h ({code}, 3-403.11(A) and (D))."
        )
    );
    assert_eq!(
        said(ProcessKind::AmbientCooling, &[], 241),
        format!(
            "Tomato soup was not measured within 4 h, in which it must reach 5.0 °C (41.0 °F) or less ({code}, 3-501.14(B))."
        )
    );
}

#[test]
fn what_is_given_up_asks_no_more() {
    let soup = process(ProcessKind::AmbientCooling);
    let (soup, _) = step(&soup, &[], 220);
    let soup = Process {
        end: Some(End {
            outcome: Outcome::Abandoned,
            text: Account::new("Served warm.").ok(),
            at: minute(225),
            received_at: minute(226),
            by: "usr_cook".to_owned(),
            acting_as: None,
        }),
        ..soup
    };
    let (soup, changes) = step(&soup, &[], 226);
    let [AlertChange::Resolved(over)] = &changes[..] else {
        unreachable!("{changes:?}");
    };
    assert_eq!(over.explanation, "Tomato soup: the process was given up.");
    assert_eq!((soup.progress.verdict, soup.due_at), (Verdict::Abandoned, None));
    assert_eq!(over.resolved_at.unwrap().since(over.opened_at), Span::minutes(15));
}
