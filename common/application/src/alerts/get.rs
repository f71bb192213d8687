//! One alert and what happened to it.

use super::handled_one;
use crate::error::{Failure, Refusal};
use crate::ports::{Alerts, Clock, Records};
use crate::scope::Caller;
use freshtrack_contracts::alerts::{AlertDetail, AlertView};
use freshtrack_domain::ids::AlertId;

/// The alert `id` with its trail.
///
/// # Errors
/// Refused when the organization has no such alert that the caller may see.
pub async fn get_alert(
    alerts: &dyn Alerts,
    records: &dyn Records,
    clock: &dyn Clock,
    caller: &Caller,
    id: AlertId,
) -> Result<AlertDetail, Failure> {
    let found = alerts.find(caller.scope, id).await?;
    let (alert, trail) = found.ok_or_else(|| Refusal::not_found("alert"))?;
    caller.sees(alert.site_id, "alert")?;
    let handled = handled_one(records, caller.scope, alert).await?;
    Ok(AlertDetail {
        alert: AlertView::handled(&handled, clock.now()),
        trail,
    })
}
