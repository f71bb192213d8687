//! Finds the processes whose deadline has come or is near: the minute sweep.

use super::{Evidence, Processes};
use crate::error::{Failure, PortError, PortErrorKind};
use crate::ports::{Found, Owner, Record};
use crate::scope::{Actor, OrgScope};
use freshtrack_domain::place::Organization;
use freshtrack_domain::process::Process;
use freshtrack_domain::time::{Span, Timestamp};
use futures_util::stream::{self, StreamExt};
use serde_json::Value;

/// Processes read at once.
const PAGE: usize = 200;
/// Processes judged side by side.
const PARALLEL: usize = 16;
/// Who judges, as the audit log names it.
const WORKER: &str = "processes-sweep-deadlines";

/// What a sweep did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ProcessSweep {
    /// Processes that are not decided, or wait for what a sensor may yet tell.
    pub open: usize,
    /// Those that were looked at: something fell due, or a sensor feeds them.
    pub looked_at: usize,
    /// Those of which something new was found.
    pub changed: usize,
    /// Those that could not be judged, and are looked at again by the next sweep.
    pub failed: usize,
    /// For how long the longest overdue of those had been.
    pub lag: Span,
}

/// Judges every process at which something fell due, and every one that a sensor feeds, of every organization that has not
/// been deleted. The open ones are in a list of the platform's, which is as short as there is something to wait for. One that
/// cannot be judged keeps no other waiting.
///
/// # Errors
/// When it cannot be told which processes are open.
pub async fn sweep_processes(ports: &Processes<'_>) -> Result<ProcessSweep, PortError> {
    let Evidence { records, clock, .. } = ports.evidence;
    let mut report = ProcessSweep::default();
    let mut before: Option<String> = None;
    loop {
        let found = records.listed(Process::KIND, before.as_deref(), PAGE).await?;
        let is_last = found.len() < PAGE;
        // Told by the data, so that one that is no process does not end the list.
        let key = |found: &Found| found.data.get("id").and_then(Value::as_str).map(str::to_owned);
        before = found.iter().rev().find_map(key);
        report.open += found.len();
        let open = found.into_iter().map(read);
        let open = open.filter_map(|read| report.passed(read.map_err(Failure::from)));
        let open: Vec<(OrgScope, Process)> = open.collect();
        let is_due = |process: &Process| process.due_at.is_some_and(|due| due <= clock.now());
        let due = open
            .into_iter()
            .filter(|(_, process)| process.sensor_id.is_some() || is_due(process));
        let judged: Vec<(Process, Result<bool, Failure>)> = stream::iter(due)
            .map(|(scope, process)| async move {
                let result = judge(ports, scope, &process).await;
                (process, result)
            })
            .buffer_unordered(PARALLEL)
            .collect()
            .await;
        report.looked_at += judged.len();
        for (process, result) in judged {
            if report.passed(result) == Some(true) {
                report.changed += 1;
                report.lag = report.lag.max(overdue(&process, clock.now()));
            }
        }
        if is_last || before.is_none() {
            return Ok(report);
        }
    }
}

impl ProcessSweep {
    /// What came of it, unless it failed: then that is counted and told.
    fn passed<T>(&mut self, result: Result<T, Failure>) -> Option<T> {
        result
            .inspect_err(|error| {
                self.failed += 1;
                tracing::error!(?error, "a process was not judged");
            })
            .ok()
    }
}

/// Judges one process, unless its organization has been deleted; whether anything new was found.
async fn judge(ports: &Processes<'_>, scope: OrgScope, process: &Process) -> Result<bool, Failure> {
    let records = ports.evidence.records;
    let found = records.get::<Organization>(scope, scope.org_id()).await?;
    if found.is_none_or(|stored| stored.record.deleted.is_some()) {
        return Ok(false);
    }
    ports.judge(scope, process.id, &Actor::new(WORKER)).await
}

/// For how long the last thing has been due that has fallen due at `process`.
fn overdue(process: &Process, now: Timestamp) -> Span {
    let deadline = Some(process.progress.deadline).filter(|deadline| *deadline <= now);
    deadline
        .or(process.due_at)
        .map_or(Span::ZERO, |due| now.since(due))
}

fn read(found: Found) -> Result<(OrgScope, Process), PortError> {
    let Owner::Org(org_id) = found.owner else {
        return Err(PortError::new("processes.sweep", PortErrorKind::Corrupt));
    };
    Ok((OrgScope::granted(org_id), found.read::<Process>()?.record))
}
