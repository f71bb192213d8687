//! Finds the processes whose deadline has come or is near: the minute sweep.

use super::Processes;
use crate::error::{Failure, PortError, PortErrorKind};
use crate::ports::{Found, Owner, Record};
use crate::scope::{Actor, OrgScope};
use freshtrack_domain::ids::OrgId;
use freshtrack_domain::place::Organization;
use freshtrack_domain::process::Process;
use freshtrack_domain::time::{Span, Timestamp};
use futures_util::stream::{self, StreamExt};
use std::collections::{BTreeMap, BTreeSet};

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
/// been deleted. The open ones are in a list of the platform's, which is as short as there is something to wait for.
///
/// # Errors
/// When it cannot be told which processes are open.
pub async fn sweep_processes(ports: &Processes<'_>) -> Result<ProcessSweep, PortError> {
    let mut report = ProcessSweep::default();
    let mut before: Option<String> = None;
    loop {
        let found = ports
            .evidence
            .records
            .listed(Process::KIND, before.as_deref(), PAGE)
            .await?;
        let is_last = found.len() < PAGE;
        let mut due = Vec::new();
        for found in found {
            let (scope, process) = read(found)?;
            before = Some(process.key());
            report.open += 1;
            if process.sensor_id.is_some()
                || process
                    .due_at
                    .is_some_and(|due| due <= ports.evidence.clock.now())
            {
                due.push((scope, process));
            }
        }
        let gone = gone(ports, &due).await?;
        due.retain(|(scope, _)| !gone.contains(&scope.org_id()));
        report.looked_at += due.len();
        let actor = Actor::new(WORKER);
        let judged: Vec<(Process, Result<bool, Failure>)> = stream::iter(due)
            .map(|(scope, process)| {
                let actor = &actor;
                async move {
                    let result = ports.judge(scope, process.id, actor).await;
                    (process, result)
                }
            })
            .buffer_unordered(PARALLEL)
            .collect()
            .await;
        for (process, result) in judged {
            match result {
                Ok(false) => {}
                Ok(true) => {
                    report.changed += 1;
                    report.lag = report.lag.max(overdue(&process, ports.evidence.clock.now()));
                }
                Err(error) => {
                    report.failed += 1;
                    tracing::error!(?error, "a process was not judged");
                }
            }
        }
        if is_last {
            return Ok(report);
        }
    }
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

/// Which of the organizations of `due` have been deleted.
async fn gone(ports: &Processes<'_>, due: &[(OrgScope, Process)]) -> Result<BTreeSet<OrgId>, PortError> {
    let scopes: BTreeMap<OrgId, OrgScope> = due.iter().map(|(scope, _)| (scope.org_id(), *scope)).collect();
    let mut gone = BTreeSet::new();
    for (org_id, scope) in scopes {
        let found = ports.evidence.records.get::<Organization>(scope, org_id).await?;
        if found.is_none_or(|stored| stored.record.deleted.is_some()) {
            gone.insert(org_id);
        }
    }
    Ok(gone)
}
