//! An organization's alerts, page by page.

use crate::error::Failure;
use crate::ports::Alerts;
use crate::scope::OrgScope;
use freshtrack_contracts::alerts::AlertList;
use freshtrack_domain::alert::AlertStatus;
use freshtrack_domain::ids::AlertId;

/// Which alerts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AlertQuery {
    /// Open ones or resolved ones.
    pub status: AlertStatus,
    /// Only those behind this one.
    pub after: Option<AlertId>,
    /// At most this many.
    pub limit: usize,
}

/// Alerts of the organization, the newest first.
///
/// # Errors
/// When the store does not answer.
pub async fn list_alerts(
    alerts: &dyn Alerts,
    scope: OrgScope,
    query: AlertQuery,
) -> Result<AlertList, Failure> {
    let page = alerts.list(scope, query.status, query.after, query.limit).await?;
    Ok(AlertList {
        alerts: page.alerts.iter().map(Into::into).collect(),
        next_cursor: page.next.map(|id| id.to_string()),
    })
}
