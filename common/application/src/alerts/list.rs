//! An organization's alerts, page by page.

use super::{PARALLEL_LOOKUPS, first_of, handled, handled_one};
use crate::error::{Failure, PortError};
use crate::page::{Order, PageRequest, page_by, page_of};
use crate::ports::{Alerts, Clock, RecordKind, Records};
use crate::scope::{Caller, OrgScope};
use freshtrack_contracts::alerts::AlertView;
use freshtrack_contracts::page::Page;
use freshtrack_domain::access::Sites;
use freshtrack_domain::alert::{Alert, AlertKind, AlertStatus, Severity};
use freshtrack_domain::handling::{Handled, HandlingStatus, Unsigned};
use freshtrack_domain::ids::{AlertId, SiteId, UnitId};
use freshtrack_domain::time::Timestamp;
use futures_util::stream::{self, StreamExt, TryStreamExt};

/// The list, as its cursors name it.
const LIST: RecordKind = RecordKind("ALERT");

/// Which alerts are asked for. What is not said does not matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AlertQuery {
    /// Whether their condition holds. Unless said: that it does, or all if those to be signed are asked for.
    pub status: Option<AlertStatus>,
    /// Only those that ask for a signature.
    pub unsigned: bool,
    /// How far people are.
    pub handling: Option<HandlingStatus>,
    /// What they are about.
    pub kind: Option<AlertKind>,
    /// The worst they have been.
    pub severity: Option<Severity>,
    /// The site of their unit.
    pub site_id: Option<SiteId>,
    /// Their unit.
    pub unit_id: Option<UnitId>,
    /// Opened then or later.
    pub from: Option<Timestamp>,
    /// Opened before.
    pub to: Option<Timestamp>,
}

impl AlertQuery {
    /// Whether what never changes of an alert is as asked for.
    fn wants_origin(
        &self,
        (site, unit, kind): (SiteId, UnitId, AlertKind),
        id: AlertId,
        sites: &Sites,
    ) -> bool {
        sites.include(site)
            && self.site_id.is_none_or(|wanted| wanted == site)
            && self.unit_id.is_none_or(|wanted| wanted == unit)
            && self.kind.is_none_or(|wanted| wanted == kind)
            && self.from.is_none_or(|from| id >= first_of(from))
            && self.to.is_none_or(|to| id < first_of(to))
    }

    fn wants(&self, alert: &Alert, sites: &Sites) -> bool {
        self.wants_origin((alert.site_id, alert.unit_id, alert.kind), alert.id, sites)
            && self.severity.is_none_or(|severity| severity == alert.severity)
    }

    fn wants_handling(&self, handled: &Handled) -> bool {
        self.handling.is_none_or(|status| status == handled.status())
    }
}

/// Alerts of the organization that the caller may see and that are asked for, the newest first.
///
/// # Errors
/// Refused when there is no such page.
pub async fn list_alerts(
    alerts: &dyn Alerts,
    records: &dyn Records,
    clock: &dyn Clock,
    caller: &Caller,
    query: AlertQuery,
    request: &PageRequest,
) -> Result<Page<AlertView>, Failure> {
    let page = if query.unsigned {
        unsigned(alerts, records, caller, &query, request).await?
    } else {
        by_condition(alerts, records, caller, &query, request).await?
    };
    let now = clock.now();
    Ok(page.map(|handled| AlertView::handled(&handled, now)))
}

async fn by_condition(
    alerts: &dyn Alerts,
    records: &dyn Records,
    caller: &Caller,
    query: &AlertQuery,
    request: &PageRequest,
) -> Result<Page<Handled>, Failure> {
    let (scope, sites) = (caller.scope, &caller.sites);
    let status = query.status.unwrap_or(AlertStatus::Open);
    let read = move |after: Option<AlertId>, limit| async move {
        // Identifiers begin with the time of opening, so the span is a part of the list.
        let newest = query.to.map(first_of);
        let after = match (after, newest) {
            (Some(after), Some(newest)) => Some(after.min(newest)),
            (after, newest) => after.or(newest),
        };
        let mut found = alerts.list(scope, status, after, limit).await?;
        if let Some(oldest) = query.from.map(first_of) {
            found.retain(|alert| alert.id >= oldest);
        }
        // How far people are is looked up for every alert only where it decides which are shown.
        match query.handling {
            Some(_) => looked_up(records, scope, query, sites, found).await,
            None => Ok(found.into_iter().map(untouched).collect()),
        }
    };
    let wanted = |handled: &Handled| query.wants(&handled.alert, sites) && query.wants_handling(handled);
    let page = page_by(request, LIST, |handled: &Handled| handled.alert.id, wanted, read).await?;
    if query.handling.is_some() {
        return Ok(page);
    }
    let found = page.items.into_iter().map(|handled| handled.alert);
    Ok(Page {
        items: handled(records, scope, found).await?,
        next_cursor: page.next_cursor,
    })
}

/// `found` with what people have done about those that may be shown.
async fn looked_up(
    records: &dyn Records,
    scope: OrgScope,
    query: &AlertQuery,
    sites: &Sites,
    found: Vec<Alert>,
) -> Result<Vec<Handled>, PortError> {
    stream::iter(found)
        .map(|alert| async move {
            if query.wants(&alert, sites) {
                handled_one(records, scope, alert).await
            } else {
                Ok(untouched(alert))
            }
        })
        .buffered(PARALLEL_LOOKUPS)
        .try_collect()
        .await
}

const fn untouched(alert: Alert) -> Handled {
    Handled {
        alert,
        handling: None,
    }
}

/// Those that ask for a signature, whether or not their condition is over.
async fn unsigned(
    alerts: &dyn Alerts,
    records: &dyn Records,
    caller: &Caller,
    query: &AlertQuery,
    request: &PageRequest,
) -> Result<Page<Handled>, Failure> {
    let scope = caller.scope;
    let wanted = |entry: &Unsigned| {
        let origin = (entry.site_id, entry.unit_id, entry.kind);
        query.wants_origin(origin, entry.alert_id, &caller.sites)
    };
    let page = page_of::<Unsigned>(records, scope, request, Order::NewestFirst, wanted).await?;
    let listed = page.items.into_iter().map(|entry| entry.record.alert_id);
    let found: Vec<Option<Alert>> = stream::iter(listed)
        .map(|id| alerts.now(scope, id))
        .buffered(PARALLEL_LOOKUPS)
        .try_collect()
        .await?;
    let mut items = handled(records, scope, found.into_iter().flatten()).await?;
    // The list may be behind what was signed a moment ago.
    items.retain(|handled| {
        handled.needs_signature()
            && query.status.is_none_or(|status| status == handled.alert.status)
            && query.wants(&handled.alert, &caller.sites)
            && query.wants_handling(handled)
    });
    Ok(Page {
        items,
        next_cursor: page.next_cursor,
    })
}
