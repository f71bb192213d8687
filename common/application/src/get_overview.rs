//! Everything a dashboard shows first.

use crate::error::{Failure, Refusal};
use crate::ports::{Clock, Places, PlacesOfOrg, UnitStates};
use crate::scope::Caller;
use freshtrack_contracts::live::Topic;
use freshtrack_contracts::places::{AreaView, Overview, SiteView, UnitSnapshot, UnitView};
use freshtrack_domain::ids::{SiteId, UnitId};
use freshtrack_domain::unit::{UnitRecord, UnitState};
use std::collections::BTreeMap;

/// Every site, area and unit that the caller may see, with what is happening in it.
///
/// # Errors
/// Refused when there is no such organization.
pub async fn get_overview(
    places: &dyn Places,
    states: &dyn UnitStates,
    clock: &dyn Clock,
    caller: &Caller,
) -> Result<Overview, Failure> {
    // Before reading: whatever is written meanwhile is sent again on resync rather than missed.
    let as_of = clock.now();
    let scope = caller.scope;
    let all = places
        .all(scope)
        .await?
        .ok_or_else(|| Refusal::not_found("organization"))?;
    let records: BTreeMap<UnitId, UnitRecord> = states
        .list(scope)
        .await?
        .into_iter()
        .map(|record| (record.state.unit_id, record))
        .collect();
    let unit_view = |unit: &freshtrack_domain::place::Unit| {
        let now = records.get(&unit.id).map_or_else(
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
    let sites = all
        .sites
        .iter()
        .filter(|site| site.deleted.is_none() && caller.sites.include(site.id))
        .map(|site| SiteView {
            id: site.id,
            name: site.name.to_string(),
            time_zone: site.time_zone.clone(),
            areas: all
                .areas
                .iter()
                .filter(|area| area.deleted.is_none() && area.site_id == site.id)
                .map(|area| AreaView {
                    id: area.id,
                    name: area.name.to_string(),
                    units: all
                        .units
                        .iter()
                        .filter(|unit| unit.deleted.is_none() && unit.area_id == area.id)
                        .map(unit_view)
                        .collect(),
                })
                .collect(),
        })
        .collect();
    Ok(Overview {
        org_id: scope.org_id(),
        name: all.organization.name.to_string(),
        sites,
        as_of: as_of.into(),
    })
}

/// The site that `topic` is about, which is none when it is about all of them; `None` if it is about nothing that
/// is among `all`.
pub(crate) fn site_of(all: &PlacesOfOrg, topic: &Topic) -> Option<Option<SiteId>> {
    match topic {
        Topic::Org => Some(None),
        Topic::Site(id) => all
            .sites
            .iter()
            .find(|site| site.id == *id)
            .map(|site| Some(site.id)),
        Topic::Unit(id) => all
            .units
            .iter()
            .find(|unit| unit.id == *id)
            .map(|unit| Some(unit.site_id)),
    }
}
