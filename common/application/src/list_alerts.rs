//! An organization's alerts, page by page.

use crate::error::Failure;
use crate::page::{PageRequest, page_by};
use crate::ports::{Alerts, RecordKind};
use crate::scope::Caller;
use freshtrack_contracts::alerts::AlertView;
use freshtrack_contracts::page::Page;
use freshtrack_domain::alert::{Alert, AlertStatus};
use freshtrack_domain::ids::AlertId;

/// The list, as its cursors name it.
const LIST: RecordKind = RecordKind("ALERT");

/// Alerts of the organization that the caller may see and that have `status`, the newest first.
///
/// # Errors
/// Refused when there is no such page.
pub async fn list_alerts(
    alerts: &dyn Alerts,
    caller: &Caller,
    status: AlertStatus,
    request: &PageRequest,
) -> Result<Page<AlertView>, Failure> {
    let scope = caller.scope;
    let seen = |alert: &Alert| caller.sites.include(alert.site_id);
    let read =
        move |after: Option<AlertId>, limit| async move { alerts.list(scope, status, after, limit).await };
    let page = page_by(request, LIST, |alert: &Alert| alert.id, seen, read).await?;
    Ok(page.map(|alert| (&alert).into()))
}
