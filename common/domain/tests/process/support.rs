//! A pot of soup and what is measured of it.

use freshtrack_domain::ids::{Id, ProcessId, SiteId, Ulid, UnitId};
use freshtrack_domain::measurement::CentiCelsius;
use freshtrack_domain::process::{Measured, Outcome, Plan, Process, ProcessKind, Progress, judge};
use freshtrack_domain::text::{Name, Notes};
use freshtrack_domain::time::{Span, Timestamp};

pub(crate) const START: Timestamp = Timestamp::from_seconds(1_790_000_000);

pub(crate) fn minute(minutes: u32) -> Timestamp {
    START + Span::minutes(minutes)
}

/// `degrees` at `minutes` after the start.
pub(crate) fn at(minutes: u32, degrees: f64) -> Measured {
    Measured {
        at: minute(minutes),
        temperature: CentiCelsius::from_celsius(degrees).unwrap(),
        held: Span::ZERO,
    }
}

pub(crate) fn series(measured: &[(u32, f64)]) -> Vec<Measured> {
    measured
        .iter()
        .map(|(minutes, degrees)| at(*minutes, *degrees))
        .collect()
}

/// How far a process of `kind` is `now` minutes after its start.
pub(crate) fn progress(kind: ProcessKind, measured: &[(u32, f64)], now: u32) -> Progress {
    ended(kind, measured, None, now)
}

/// The same of one that somebody ended.
pub(crate) fn ended(
    kind: ProcessKind,
    measured: &[(u32, f64)],
    end: Option<(Outcome, u32)>,
    now: u32,
) -> Progress {
    let limits = kind.standard();
    let plan = Plan {
        kind,
        limits: &limits,
        started_at: START,
        ended: end.map(|(outcome, at)| (outcome, minute(at))),
    };
    judge(&plan, &series(measured), minute(now))
}

/// A process of `kind` that has just been started.
pub(crate) fn process(kind: ProcessKind) -> Process {
    let limits = kind.standard();
    let ulid = Ulid::from_parts(1_790_000_000_000, 7);
    Process {
        id: ProcessId::from_ulid(ulid),
        kind,
        product: Name::new("Tomato soup").unwrap(),
        batch: None,
        unit_id: UnitId::from_ulid(ulid),
        site_id: SiteId::from_ulid(ulid),
        sensor_id: None,
        progress: progress(kind, &[], 0),
        limits,
        restart_of: None,
        notes: Notes::default(),
        client_id: None,
        started_at: START,
        received_at: START,
        by: "usr_cook".to_owned(),
        acting_as: None,
        observations: 0,
        end: None,
        corrective_action: None,
        due_at: None,
        asked: None,
    }
}
