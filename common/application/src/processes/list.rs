//! Processes, their kinds and their observations, page by page.

use super::seen;
use crate::error::{Failure, Refusal};
use crate::page::{Order, PageRequest, in_digits, page_below, page_by, page_of_whole};
use crate::ports::{Found, Record, RecordKind, Records};
use crate::records::observations_of;
use crate::scope::Caller;
use freshtrack_contracts::page::Page;
use freshtrack_contracts::processes::{ObservationView, ProcessKindView, ProcessView};
use freshtrack_domain::ids::{Id, ProcessId, SiteId, Ulid, UnitId};
use freshtrack_domain::process::{Observation, Process, ProcessKind, Verdict};
use freshtrack_domain::time::Timestamp;

/// The list of kinds, as its cursors name it.
const KINDS: RecordKind = RecordKind("PROCKIND");

/// The kinds of processes, with their limits and where those come from.
///
/// # Errors
/// Refused when there is no such page.
pub fn list_process_kinds(request: &PageRequest) -> Result<Page<ProcessKindView>, Refusal> {
    let all = ProcessKind::ALL
        .into_iter()
        .map(ProcessKindView::from)
        .enumerate();
    let page = page_of_whole(request, KINDS, Order::OldestFirst, all, |(place, _)| {
        in_digits(place)
    })?;
    Ok(page.map(|(_, kind)| kind))
}

/// Which processes are asked for. What is not said does not matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ProcessQuery {
    /// What was known of them when they were last judged.
    pub verdict: Option<Verdict>,
    /// Their kind.
    pub kind: Option<ProcessKind>,
    /// Their site.
    pub site_id: Option<SiteId>,
    /// Their unit.
    pub unit_id: Option<UnitId>,
    /// Started then or later.
    pub from: Option<Timestamp>,
    /// Started before.
    pub to: Option<Timestamp>,
}

/// The processes that the caller may see, the last started first, as they were last judged: at the last deadline or
/// observation, and at most a minute late.
///
/// # Errors
/// Refused when there is no such page.
pub async fn list_processes(
    records: &dyn Records,
    caller: &Caller,
    query: ProcessQuery,
    request: &PageRequest,
) -> Result<Page<ProcessView>, Failure> {
    const KIND: RecordKind = Process::KIND;
    let wanted = |process: &Process| {
        caller.sites.include(process.site_id)
            && query
                .verdict
                .is_none_or(|wanted| wanted == process.progress.verdict)
            && query.kind.is_none_or(|wanted| wanted == process.kind)
            && query.site_id.is_none_or(|wanted| wanted == process.site_id)
            && query.unit_id.is_none_or(|wanted| wanted == process.unit_id)
    };
    let newest = query.to.map(first_of);
    let oldest = query.from.map(first_of);
    let read = move |after: Option<ProcessId>, limit| async move {
        let after = match (after, newest) {
            (Some(after), Some(newest)) => Some(after.min(newest)),
            (after, newest) => after.or(newest),
        };
        let after = after.map(|after| after.to_string());
        let found = records
            .list(caller.scope.into(), KIND, after.as_deref(), limit, true)
            .await?;
        let mut processes = Vec::new();
        for stored in found.into_iter().map(Found::read::<Process>) {
            let process = stored?.record;
            if oldest.is_none_or(|oldest| process.id >= oldest) {
                processes.push(process);
            }
        }
        Ok(processes)
    };
    let page = page_by(request, KIND, |process: &Process| process.id, wanted, read).await?;
    Ok(page.map(|process| ProcessView::of(&process, &process.progress)))
}

/// The observations of the process `id`, the last measured first. What was corrected stands among them, and what corrects it.
///
/// # Errors
/// Refused when there is no such process that the caller may see, or no such page.
pub async fn list_observations(
    records: &dyn Records,
    caller: &Caller,
    id: ProcessId,
    request: &PageRequest,
) -> Result<Page<ObservationView>, Failure> {
    seen(records, caller, id).await?;
    let page = page_below::<Observation>(records, caller.scope, request, &observations_of(id)).await?;
    Ok(page.map(|stored| stored.record.into()))
}

/// The least identifier of a process that was started at `at` or later.
fn first_of(at: Timestamp) -> ProcessId {
    ProcessId::from_ulid(Ulid::from_parts(u64::try_from(at.as_millis()).unwrap_or(0), 0))
}
