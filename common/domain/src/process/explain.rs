//! Why a process asks for people, in one sentence a cook can read: the food, what was measured, the rule and its source.

use super::{Bound, Cause, Process, ProcessKind, Progress, StageLimit};
use crate::handling::Account;
use crate::measurement::CentiCelsius;
use crate::time::Timestamp;
use crate::unit::{both, length};

/// Why nothing is asked any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending<'a> {
    /// What was asked for was reached in time, or is done.
    Met,
    /// It was measured, and is on its way.
    Measured,
    /// Somebody said what was done about the food.
    Acted(&'a Account),
    /// Somebody gave it up.
    Abandoned,
}

/// Why `process`, which is as far as `progress` says, asks for people as of `at`.
pub(super) fn explain(process: &Process, progress: &Progress, at: Timestamp) -> String {
    let Some(limit) = process.limit(progress.stage) else {
        return format!("{} asks for somebody.", process.product);
    };
    match &progress.missed {
        Some(missed) => failed(
            process,
            limit,
            missed.cause,
            missed.measured.map(|one| one.temperature),
        ),
        None => reminder(process, limit, progress, at),
    }
}

/// Why `process` asks no more.
pub(super) fn explain_end(process: &Process, ending: Ending<'_>) -> String {
    let product = &process.product;
    match ending {
        Ending::Met => format!("{product}: what had to be reached was reached in time."),
        Ending::Measured => format!("{product} was measured in time."),
        Ending::Abandoned => format!("{product}: the process was given up."),
        Ending::Acted(account) => {
            let text: String = account.as_str().split_whitespace().collect::<Vec<_>>().join(" ");
            format!("{product}, what was done: {}", text.trim_end_matches('.')) + "."
        }
    }
}

fn reminder(process: &Process, limit: &StageLimit, progress: &Progress, at: Timestamp) -> String {
    let (product, source) = (&process.product, &limit.source);
    let left = length(progress.deadline.since(at));
    let within = length(limit.within);
    match (process.kind, limit.bound) {
        (ProcessKind::TimeControl | ProcessKind::ColdTimeControl, _) | (_, None) => {
            format!(
                "{product} is to be served or discarded within {left}, {within} after its time began ({source})."
            )
        }
        (ProcessKind::HotHolding, _) => {
            format!("{product} is to be checked within {left}, {within} after the last time ({source}).")
        }
        (_, Some(bound)) => {
            let now = progress.last.map_or_else(
                || "has not been measured".to_owned(),
                |last| format!("was last at {}", both(last.temperature)),
            );
            format!(
                "{product} {now} and has {left} left to reach {}, {within} after its clock started ({source}).",
                reached(bound)
            )
        }
    }
}

fn failed(process: &Process, limit: &StageLimit, cause: Cause, last: Option<CentiCelsius>) -> String {
    let (product, source) = (&process.product, &limit.source);
    let within = length(limit.within);
    match (cause, limit.bound, last) {
        (Cause::OutOfRange, Some(bound), Some(last)) => {
            format!(
                "{product} was at {}, {} than the {} that it must keep ({source}).",
                both(last),
                beyond(bound, last),
                both(bound.temperature())
            )
        }
        (Cause::WrongStart, _, Some(last)) => format!(
            "{product} was at {} when its time without temperature control began, which must be {} ({source}).",
            both(last),
            begins(process.kind)
        ),
        (Cause::NotMeasured, _, _) if process.kind == ProcessKind::HotHolding => {
            format!("{product} was not measured while it was held hot ({source}).")
        }
        (Cause::NotMeasured, _, _) => format!(
            "{product} was not measured when its time without temperature control began, which must be {} ({source}).",
            begins(process.kind)
        ),
        (_, Some(bound), last) if process.kind.reaches() => {
            let reached = reached(bound);
            match last {
                Some(last) if !bound.is_met_by(last) => format!(
                    "{product} was last at {} and not at {reached} within {within}: {} ({source}).",
                    both(last),
                    beyond(bound, last),
                ),
                Some(last) => format!(
                    "{product} was at {} for less than {} within {within} ({source}).",
                    both(last),
                    length(limit.held)
                ),
                None => format!(
                    "{product} was not measured within {within}, in which it must reach {reached} ({source})."
                ),
            }
        }
        _ if process.kind == ProcessKind::HotHolding => {
            format!("{product} was not checked again within {within} ({source}).")
        }
        _ => format!("{product} was neither served nor discarded within {within} ({source})."),
    }
}

/// A bound as a goal.
fn reached(bound: Bound) -> String {
    let temperature = both(bound.temperature());
    match bound {
        Bound::AtMost(_) => format!("{temperature} or less"),
        Bound::AtLeast(_) => format!("{temperature} or more"),
    }
}

/// How far `temperature` is beyond `bound`.
fn beyond(bound: Bound, temperature: CentiCelsius) -> String {
    let excess = bound.excess(temperature);
    match bound {
        Bound::AtMost(_) => format!("{excess} warmer"),
        Bound::AtLeast(_) => format!("{excess} colder"),
    }
}

/// At which temperature the time of food begins that stands without temperature control.
fn begins(kind: ProcessKind) -> String {
    match kind.initial() {
        Some((cold, Some(hot))) => format!("{} or less, or {} or more", both(cold), both(hot)),
        Some((cold, None)) => format!("{} or less", both(cold)),
        None => "measured".to_owned(),
    }
}
