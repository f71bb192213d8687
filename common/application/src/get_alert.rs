//! One alert and what happened to it.

use crate::error::{Failure, Refusal};
use crate::ports::Alerts;
use crate::scope::OrgScope;
use freshtrack_contracts::alerts::AlertDetail;
use freshtrack_domain::ids::AlertId;

/// The alert `id` with its trail.
///
/// # Errors
/// Refused when the organization has no such alert.
pub async fn get_alert(alerts: &dyn Alerts, scope: OrgScope, id: AlertId) -> Result<AlertDetail, Failure> {
    let (alert, trail) = alerts
        .find(scope, id)
        .await?
        .ok_or_else(|| Refusal::not_found("alert"))?;
    Ok(AlertDetail {
        alert: (&alert).into(),
        trail,
    })
}
