//! The units whose temperature is to be logged by hand, and when.

use crate::error::Failure;
use crate::page::{Order, PageRequest, in_digits, page_of_whole};
use crate::ports::{Clock, RecordKind, Records, UnitStates};
use crate::scope::Caller;
use freshtrack_contracts::logbook::DueLog;
use freshtrack_contracts::page::Page;
use freshtrack_domain::ids::{SiteId, UnitId};
use freshtrack_domain::logbook::{awaited_since, next_due};
use freshtrack_domain::place::{Site, Unit};
use freshtrack_domain::time::Timestamp;
use freshtrack_domain::unit::UnitState;
use std::collections::BTreeMap;

/// The list, as its cursors name it.
const LIST: RecordKind = RecordKind("LOGDUE");

/// The units that the caller may see and that are logged by hand, those first whose log has been due the longest.
///
/// The cadence is that of the unit's rules, and a log falls due only while its site is open. Read as a whole, since its order
/// depends on everything in it: the units, sites and states of the organization, as the overview.
///
/// # Errors
/// Refused when there is no such page.
pub async fn list_due_logs(
    records: &dyn Records,
    states: &dyn UnitStates,
    clock: &dyn Clock,
    caller: &Caller,
    site_id: Option<SiteId>,
    request: &PageRequest,
) -> Result<Page<DueLog>, Failure> {
    let scope = caller.scope;
    let now = clock.now();
    let states: BTreeMap<UnitId, UnitState> = states
        .list(scope)
        .await?
        .into_iter()
        .map(|record| (record.state.unit_id, record.state))
        .collect();
    let sites: BTreeMap<SiteId, Site> = records
        .all_eventually::<Site>(scope)
        .await?
        .into_iter()
        .filter(|site| site.record.deleted.is_none())
        .map(|site| (site.record.id, site.record))
        .collect();
    let units = records.all_eventually::<Unit>(scope).await?;
    let due = units.into_iter().filter_map(|stored| {
        let unit = stored.record;
        let wanted = unit.logged_by_hand
            && unit.deleted.is_none()
            && caller.sites.include(unit.site_id)
            && site_id.is_none_or(|site| site == unit.site_id);
        let (site, state) = (sites.get(&unit.site_id)?, states.get(&unit.id)?);
        wanted.then(|| due_log(&unit, site, state, now))
    });
    let key = |due: &DueLog| format!("{}#{}", in_digits(due.due_at.0.as_millis().max(0)), due.unit_id);
    Ok(page_of_whole(request, LIST, Order::OldestFirst, due, key)?)
}

fn due_log(unit: &Unit, site: &Site, state: &UnitState, now: Timestamp) -> DueLog {
    let rules = state.rules();
    let due_at = next_due(
        site,
        awaited_since(unit.id, state.logged_at),
        rules.manual_interval,
    );
    DueLog {
        unit_id: unit.id,
        site_id: unit.site_id,
        name: unit.name.clone(),
        cadence_minutes: rules.manual_interval.as_minutes(),
        last_logged_at: state.logged_at.map(Into::into),
        due_at: due_at.into(),
        is_due: due_at <= now,
        is_overdue: due_at + rules.manual_grace < now,
    }
}
