//! One log of a unit, and what corrects it.

use super::{correction_of, unit, view};
use crate::error::{Failure, Refusal};
use crate::ports::{Clock, Records};
use crate::records::log_key;
use crate::scope::Caller;
use freshtrack_contracts::logbook::LogView;
use freshtrack_domain::ids::{LogId, UnitId};
use freshtrack_domain::logbook::ManualLog;

/// The log `id` of a unit, with the one that corrects it.
///
/// # Errors
/// Refused when there is no such unit that the caller may see, or no such log of it.
pub async fn get_log(
    records: &dyn Records,
    clock: &dyn Clock,
    caller: &Caller,
    unit_id: UnitId,
    id: LogId,
) -> Result<LogView, Failure> {
    let scope = caller.scope;
    unit(records, caller, unit_id).await?;
    let found = records.get::<ManualLog>(scope, log_key(unit_id, id)).await?;
    let log = found.ok_or_else(|| Refusal::not_found("log"))?.record;
    let holder = records.holder(&correction_of(scope, id), clock.now()).await?;
    // The holder's identifier is the key of the log, which ends with the log's own.
    let corrected_by = holder.and_then(|holder| holder.id.rsplit('#').next()?.parse().ok());
    Ok(view(log, corrected_by))
}
