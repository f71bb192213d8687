//! One process, as far as it is at this moment.

use super::{Evidence, seen};
use crate::error::Failure;
use crate::scope::Caller;
use freshtrack_contracts::processes::ProcessView;
use freshtrack_domain::ids::ProcessId;

/// The process `id`: how far it is, until when, and what must be done next.
///
/// # Errors
/// Refused when there is no such process that the caller may see.
pub async fn get_process(
    evidence: &Evidence<'_>,
    caller: &Caller,
    id: ProcessId,
) -> Result<ProcessView, Failure> {
    let process = seen(evidence.records, caller, id).await?.record;
    let progress = evidence.progress(caller.scope, &process).await?;
    Ok(ProcessView::of(&process, &progress))
}
