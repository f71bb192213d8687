//! Everything a dashboard shows first.

use crate::error::{Failure, Refusal};
use crate::ports::{Clock, Records, UnitStates};
use crate::scope::Caller;
use freshtrack_contracts::places::{AreaView, Overview, SiteView, UnitSnapshot, UnitView};
use freshtrack_domain::ids::UnitId;
use freshtrack_domain::place::{Area, Organization, Site, Unit};
use freshtrack_domain::unit::{UnitRecord, UnitState};
use std::collections::BTreeMap;

/// Every site, area and unit that the caller may see, with what is happening in it.
///
/// # Errors
/// Refused when there is no such organization.
pub async fn get_overview(
    records: &dyn Records,
    states: &dyn UnitStates,
    clock: &dyn Clock,
    caller: &Caller,
) -> Result<Overview, Failure> {
    // Before reading: whatever is written meanwhile is sent again on resync rather than missed.
    let as_of = clock.now();
    let scope = caller.scope;
    let organization = records
        .get::<Organization>(scope, scope.org_id())
        .await?
        .ok_or_else(|| Refusal::not_found("organization"))?;
    let sites = records.all_eventually::<Site>(scope).await?;
    let areas = records.all_eventually::<Area>(scope).await?;
    let units = records.all_eventually::<Unit>(scope).await?;
    let states: BTreeMap<UnitId, UnitRecord> = states
        .list(scope)
        .await?
        .into_iter()
        .map(|record| (record.state.unit_id, record))
        .collect();
    let unit_view = |unit: &Unit| {
        let now = states.get(&unit.id).map_or_else(
            || {
                let state = UnitState::new(unit.id, unit.site_id, unit.area_id, unit.kind, as_of);
                UnitSnapshot::from(&UnitRecord::new(state))
            },
            UnitSnapshot::from,
        );
        UnitView {
            id: unit.id,
            area_id: unit.area_id,
            name: unit.name.to_string(),
            kind: unit.kind,
            now,
        }
    };
    let sites = sites
        .iter()
        .map(|stored| &stored.record)
        .filter(|site| site.deleted.is_none() && caller.sites.include(site.id))
        .map(|site| SiteView {
            id: site.id,
            name: site.name.to_string(),
            time_zone: site.time_zone.clone(),
            areas: areas
                .iter()
                .map(|stored| &stored.record)
                .filter(|area| area.deleted.is_none() && area.site_id == site.id)
                .map(|area| AreaView {
                    id: area.id,
                    name: area.name.to_string(),
                    units: units
                        .iter()
                        .map(|stored| &stored.record)
                        .filter(|unit| unit.deleted.is_none() && unit.area_id == area.id)
                        .map(unit_view)
                        .collect(),
                })
                .collect(),
        })
        .collect();
    Ok(Overview {
        org_id: scope.org_id(),
        name: organization.record.name.to_string(),
        sites,
        as_of: as_of.into(),
    })
}
