//! The logs of a unit, page by page.

use super::{unit, view};
use crate::error::{Failure, Refusal};
use crate::page::{PageRequest, page_by};
use crate::ports::{Found, Record, RecordKind, Records};
use crate::records::{log_key, logs_of};
use crate::scope::Caller;
use freshtrack_contracts::logbook::LogView;
use freshtrack_contracts::page::Page;
use freshtrack_domain::ids::{Id, LogId, Ulid, UnitId};
use freshtrack_domain::logbook::ManualLog;
use freshtrack_domain::time::Timestamp;

/// Which logs are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogQuery {
    /// Their unit.
    pub unit_id: UnitId,
    /// Measured then or later.
    pub from: Option<Timestamp>,
    /// Measured before.
    pub to: Option<Timestamp>,
}

/// The logs of a unit, the last measured first. What was corrected stands among them, and what corrects it.
///
/// # Errors
/// Refused when there is no such unit that the caller may see, or no such page.
pub async fn list_logs(
    records: &dyn Records,
    caller: &Caller,
    query: LogQuery,
    request: &PageRequest,
) -> Result<Page<LogView>, Failure> {
    const KIND: RecordKind = ManualLog::KIND;
    let LogQuery { unit_id, from, to } = query;
    unit(records, caller, unit_id).await?;
    let own = logs_of(unit_id);
    if request
        .after::<String>(KIND)?
        .is_some_and(|after| !after.starts_with(&own))
    {
        return Err(Refusal::invalid("cursor must be the `next_cursor` of a page of this list.").into());
    }
    // Identifiers begin with the time of measurement; `~` sorts behind every character of one.
    let newest = to.map_or_else(|| format!("{own}~"), |to| log_key(unit_id, first_of(to)));
    let oldest = from.map_or_else(|| own.clone(), |from| log_key(unit_id, first_of(from)));
    let (newest, oldest) = (&newest, &oldest);
    let read = move |after: Option<String>, limit| async move {
        let after = after.map_or_else(|| newest.clone(), |after| after.min(newest.clone()));
        let found = records
            .list(caller.scope.into(), KIND, Some(&after), limit, true)
            .await?;
        let read = found.into_iter().map(Found::read::<ManualLog>);
        let mut logs = Vec::new();
        for stored in read {
            let log = stored?.record;
            if log.key() >= *oldest {
                logs.push(log);
            }
        }
        Ok(logs)
    };
    let page = page_by(request, KIND, ManualLog::key, |_| true, read).await?;
    Ok(page.map(|log| view(log, None)))
}

/// The least identifier of a log that was measured at `at` or later.
fn first_of(at: Timestamp) -> LogId {
    LogId::from_ulid(Ulid::from_parts(u64::try_from(at.as_millis()).unwrap_or(0), 0))
}
