//! An organization's alerts, page by page.

use crate::error::Failure;
use crate::ports::Alerts;
use crate::scope::Caller;
use freshtrack_contracts::alerts::AlertList;
use freshtrack_domain::alert::{Alert, AlertStatus};
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

/// How many pages are read for one of the caller's. Who sees few sites of many may get a page that is not full, and
/// goes on behind it as behind any other.
const MOST_PAGES: usize = 10;

/// Alerts of the organization that the caller may see, the newest first.
///
/// # Errors
/// When the store does not answer.
pub async fn list_alerts(
    alerts: &dyn Alerts,
    caller: &Caller,
    query: AlertQuery,
) -> Result<AlertList, Failure> {
    let mut visible = Vec::new();
    let mut next = query.after;
    for _ in 0..MOST_PAGES {
        let wanted = query.limit.saturating_sub(visible.len());
        let page = alerts.list(caller.scope, query.status, next, wanted).await?;
        let seen = |alert: &&Alert| caller.sites.include(alert.site_id);
        visible.extend(page.alerts.iter().filter(seen).map(Into::into));
        next = page.next;
        if next.is_none() || visible.len() >= query.limit {
            break;
        }
    }
    Ok(AlertList {
        alerts: visible,
        next_cursor: next.map(|id| id.to_string()),
    })
}
