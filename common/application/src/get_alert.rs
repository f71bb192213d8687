//! One alert and what happened to it.

use crate::error::{Failure, Refusal};
use crate::ports::Alerts;
use crate::scope::Caller;
use freshtrack_contracts::alerts::AlertDetail;
use freshtrack_domain::ids::AlertId;

/// The alert `id` with its trail.
///
/// # Errors
/// Refused when the organization has no such alert that the caller may see.
pub async fn get_alert(alerts: &dyn Alerts, caller: &Caller, id: AlertId) -> Result<AlertDetail, Failure> {
    let (alert, trail) = alerts
        .find(caller.scope, id)
        .await?
        .ok_or_else(|| Refusal::not_found("alert"))?;
    caller.sees(alert.site_id, "alert")?;
    Ok(AlertDetail {
        alert: (&alert).into(),
        trail,
    })
}
