//! What the alerts of a span of time come to.

use super::first_of;
use crate::error::{Failure, PortError, PortErrorKind, Refusal};
use crate::ports::{Alerts, Clock, Found, Record, Records};
use crate::scope::{Caller, OrgScope};
use freshtrack_contracts::alerts::{AlertAnalytics, MOST_DAYS};
use freshtrack_domain::alert::{Alert, AlertStatus};
use freshtrack_domain::handling::{Handled, Handling, analyze};
use freshtrack_domain::history::{Division, windows};
use freshtrack_domain::ids::{AlertId, SiteId, UnitId};
use freshtrack_domain::place::{Organization, Site, Unit};
use freshtrack_domain::time::{Span, Timestamp};
use std::collections::BTreeMap;

/// Alerts that are counted at most, those that opened last: an organization of a hundred units that has more in ninety days
/// has another problem first. At some 600 bytes each, both lists and what people did cost 1,300 read units then.
const MOST_ALERTS: usize = 5_000;
/// Alerts read at once.
const READ_AT_ONCE: usize = 1_000;
/// Units that are named.
const WORST_UNITS: usize = 10;
/// What is covered unless the caller says otherwise.
const DEFAULT: Span = Span::hours(30 * 24);

/// Which alerts are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AnalyticsQuery {
    /// Opened then or later; 30 days before `to` unless given.
    pub from: Option<Timestamp>,
    /// Opened before; now unless given.
    pub to: Option<Timestamp>,
    /// Of the units of this site.
    pub site_id: Option<SiteId>,
    /// Of this unit.
    pub unit_id: Option<UnitId>,
}

/// What the alerts that the caller may see come to, by the days of the site that is asked for or of the organization.
///
/// # Errors
/// Refused when the span is too long, or there is no such site or unit that the caller may see.
pub async fn analyze_alerts(
    alerts: &dyn Alerts,
    records: &dyn Records,
    clock: &dyn Clock,
    caller: &Caller,
    query: AnalyticsQuery,
) -> Result<AlertAnalytics, Failure> {
    let now = clock.now();
    let to = query.to.unwrap_or(now);
    let from = query.from.unwrap_or(to - DEFAULT);
    if from > to || to.since(from) > Span::hours(24).times(MOST_DAYS) {
        return Err(Refusal::invalid(format!(
            "`from` must be before `to`, and at most {MOST_DAYS} days before it."
        ))
        .into());
    }
    let zone = zone(records, caller, &query).await?;
    let (found, counted_from) = opened(alerts, caller.scope, from, to).await?;
    let mut handlings = handlings(records, caller.scope, counted_from, to).await?;
    let counted: Vec<Handled> = found
        .into_iter()
        .filter(|alert| {
            caller.sites.include(alert.site_id)
                && query.site_id.is_none_or(|site| site == alert.site_id)
                && query.unit_id.is_none_or(|unit| unit == alert.unit_id)
        })
        .map(|alert| Handled {
            handling: handlings.remove(&alert.id),
            alert,
        })
        .collect();
    let days = windows(from, to, Division::Day, &zone)
        .map_err(|error| PortError::because("records.time_zone", PortErrorKind::Corrupt, error))?;
    let figures = analyze(&counted, &days, now, WORST_UNITS);
    Ok(AlertAnalytics::of((from, to), counted_from, zone, figures))
}

/// The time zone whose days are told apart.
async fn zone(records: &dyn Records, caller: &Caller, query: &AnalyticsQuery) -> Result<String, Failure> {
    let scope = caller.scope;
    let of_unit = match query.unit_id {
        Some(unit_id) => {
            let unit = records.get::<Unit>(scope, unit_id).await?;
            let unit = unit.ok_or_else(|| Refusal::not_found("unit"))?;
            caller.sees(unit.record.site_id, "unit")?;
            Some(unit.record.site_id)
        }
        None => None,
    };
    if let Some(site_id) = query.site_id.or(of_unit) {
        let site = records.get::<Site>(scope, site_id).await?;
        let site = site.ok_or_else(|| Refusal::not_found("site"))?;
        caller.sees(site_id, "site")?;
        return Ok(site.record.time_zone);
    }
    let organization = records.get::<Organization>(scope, scope.org_id()).await?;
    let organization = organization.ok_or_else(|| Refusal::not_found("organization"))?;
    Ok(organization.record.time_zone)
}

/// The alerts that opened from `from` until `to`, of which there are not too many, and since when none is missing.
async fn opened(
    alerts: &dyn Alerts,
    scope: OrgScope,
    from: Timestamp,
    to: Timestamp,
) -> Result<(Vec<Alert>, Timestamp), PortError> {
    let oldest = first_of(from);
    let mut all: Vec<Alert> = Vec::new();
    let mut counted_from = oldest;
    for status in [AlertStatus::Open, AlertStatus::Resolved] {
        let (mut after, mut read) = (first_of(to), 0);
        while after > oldest {
            let page = alerts.list(scope, status, Some(after), READ_AT_ONCE).await?;
            let is_last = page.len() < READ_AT_ONCE;
            read += page.len();
            after = page.last().map_or(oldest, |alert| alert.id);
            all.extend(page.into_iter().filter(|alert| alert.id >= oldest));
            if is_last {
                break;
            }
            if read >= MOST_ALERTS {
                counted_from = counted_from.max(after);
                break;
            }
        }
    }
    all.sort_by_key(|alert| std::cmp::Reverse(alert.id));
    if let Some(last) = all
        .get(MOST_ALERTS.saturating_sub(1))
        .filter(|_| all.len() > MOST_ALERTS)
    {
        counted_from = counted_from.max(last.id);
    }
    all.retain(|alert| alert.id >= counted_from);
    let since = if counted_from == oldest {
        from
    } else {
        all.last().map_or(from, |alert| alert.opened_at)
    };
    Ok((all, since))
}

/// What people have done about the alerts that opened from `from` until `to`.
async fn handlings(
    records: &dyn Records,
    scope: OrgScope,
    from: Timestamp,
    to: Timestamp,
) -> Result<BTreeMap<AlertId, Handling>, PortError> {
    let oldest = first_of(from);
    let mut found = BTreeMap::new();
    let mut after = first_of(to);
    loop {
        let key = after.to_string();
        let page = records
            .list(scope.into(), Handling::KIND, Some(&key), READ_AT_ONCE, true)
            .await?;
        let is_last = page.len() < READ_AT_ONCE;
        for handling in page.into_iter().map(Found::read::<Handling>) {
            let handling = handling?.record;
            after = handling.alert_id;
            found.insert(handling.alert_id, handling);
        }
        if is_last || after < oldest {
            return Ok(found);
        }
    }
}
