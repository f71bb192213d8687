//! Brings in an organization with everything it has, as often as wanted.

mod fitting;
mod plan;
mod stored;

use crate::error::Failure;
use crate::organizations::{OPERATOR, key_of, put_key, put_organization};
use crate::places::{FollowPlaces, settle_units};
use crate::ports::{Clock, Records, UnitStates};
use crate::registry::{Change, Registry};
use crate::scope::{Actor, OrgScope};
use fitting::fit_sensors;
use freshtrack_contracts::organization::{ImportReport, OrganizationDocument};
use freshtrack_domain::ids::SiteId;
use plan::{Plan, PlannedSite, PlannedUnit, listed, within};
use std::collections::BTreeSet;
use stored::Inventory;

/// What an import needs.
pub struct Import<'a> {
    /// What people set up.
    pub records: &'a dyn Records,
    /// The units' states, which carry their rules.
    pub states: &'a dyn UnitStates,
    /// The time.
    pub clock: &'a dyn Clock,
}

/// Creates or brings up to date the organization of `document`. What the document does not mention stays as it is, what
/// people have deleted stays deleted, and history is never touched. An import that was interrupted is continued by the
/// next one; one that finds everything as it should be writes nothing.
///
/// # Errors
/// Refused, before anything is stored and with the path of the element, when the document contradicts itself or the rules
/// of the organization; and when a DevEUI, a name or a key is another's.
pub async fn import_organization(
    ports: &Import<'_>,
    document: OrganizationDocument,
) -> Result<ImportReport, Failure> {
    let scope = OrgScope::granted(document.id);
    let mut plan = Plan::of(&document)?;
    let mut keys = Vec::with_capacity(document.access_keys.len());
    for (path, key) in listed("access_keys", &document.access_keys) {
        let (key, secret) = key_of(key, ports.clock.now()).map_err(within(&path))?;
        plan.once(key.id, &path)?;
        plan.once(
            format_args!("the access key {}", key.prefix),
            &format!("{path}.secret"),
        )?;
        keys.push((key, secret));
    }
    let stored = Inventory::read(ports.records, scope).await?;
    stored.check_rules(&plan)?;
    stored.check_sensors(&plan)?;

    let registry = Registry {
        records: ports.records,
        clock: ports.clock,
    };
    put_organization(registry, scope, &document).await?;
    let mut units = BTreeSet::new();
    for site in &plan.sites {
        let present = put_site(registry, scope, &stored, site).await?;
        units.extend(present.iter().map(|unit| unit.unit.id));
        units.extend(fit_sensors(registry, scope, &stored, site.site.id, &present).await?);
    }
    let follow = FollowPlaces {
        records: ports.records,
        states: ports.states,
        clock: ports.clock,
    };
    // Here and each time, instead of by events: an import that dies before this is made again by whoever asked for it.
    settle_units(&follow, scope, |unit| units.contains(&unit.id)).await?;
    for (key, secret) in keys {
        put_key(registry, scope, key, &secret).await?;
    }
    Ok(ImportReport {
        sites: plan.sites.len(),
        units: plan.units().count(),
        sensors: plan.units().map(|unit| unit.sensors.len()).sum(),
    })
}

/// Writes what is not yet as `planned` says, but for the sensors. Answers with the units that are not deleted.
async fn put_site<'p>(
    registry: Registry<'_>,
    scope: OrgScope,
    stored: &Inventory,
    planned: &'p PlannedSite,
) -> Result<Vec<&'p PlannedUnit>, Failure> {
    let mut units = Vec::new();
    let mut portions = Portions {
        registry,
        scope,
        site_id: planned.site.id,
        open: None,
    };
    let Some(site) = stored.site(portions.part(), &planned.site)? else {
        return Ok(units);
    };
    portions.add(site).await?;
    for planned in &planned.areas {
        let Some(area) = stored.area(portions.part(), &planned.area)? else {
            continue;
        };
        portions.add(area).await?;
        for planned in &planned.units {
            let Some(unit) = stored.unit(portions.part(), scope, planned, registry.clock.now())? else {
                continue;
            };
            portions.add(unit).await?;
            units.push(planned);
        }
    }
    portions.close().await?;
    Ok(units)
}

/// A change of what is in a site.
fn part_of(scope: OrgScope, site_id: SiteId) -> Change {
    Change::new(scope, &Actor::new(OPERATOR), "site.imported", site_id)
}

/// The changes by which a site is brought in: as few as there may be, since each has at most so many steps. They are
/// written in the order of the document, so that nothing is ever there without what it is in.
struct Portions<'a> {
    registry: Registry<'a>,
    scope: OrgScope,
    site_id: SiteId,
    open: Option<Change>,
}

impl Portions<'_> {
    /// A change, still empty, to become part of a portion.
    fn part(&self) -> Change {
        part_of(self.scope, self.site_id)
    }

    async fn add(&mut self, part: Change) -> Result<(), Failure> {
        self.open = Some(match self.open.take() {
            None => part,
            Some(open) if open.has_room_for(&part) => open.with(part),
            Some(full) => {
                self.commit(full).await?;
                part
            }
        });
        Ok(())
    }

    async fn close(mut self) -> Result<(), Failure> {
        match self.open.take() {
            Some(open) => self.commit(open).await,
            None => Ok(()),
        }
    }

    async fn commit(&self, portion: Change) -> Result<(), Failure> {
        if portion.is_empty() {
            return Ok(());
        }
        let (added, changed) = portion.extent();
        let portion = portion.detail("added", added).detail("changed", changed);
        self.registry.commit(portion).await
    }
}
