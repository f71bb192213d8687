//! What an organization has already, and the changes that make it what a document says.

use super::plan::{Plan, PlannedUnit, listed};
use crate::devices::eui_taken;
use crate::error::{PortError, Refusal};
use crate::organizations::OPERATOR;
use crate::places::{Place, claim_name, set_rules};
use crate::ports::{Record, Records, Stored};
use crate::records::rules_key;
use crate::registry::{Change, changed_meanwhile};
use crate::scope::{Actor, OrgScope};
use freshtrack_domain::device::{DevEui, Sensor};
use freshtrack_domain::ids::{SensorId, UnitId};
use freshtrack_domain::place::{Area, EffectiveRules, Level, RuleFields, RuleScope, RuleSet, Site, Unit};
use freshtrack_domain::time::Timestamp;
use freshtrack_domain::unit::MAX_SENSORS;
use std::collections::{BTreeMap, BTreeSet};

/// Records of one type by their identifiers.
type Kept<R> = BTreeMap<String, Stored<R>>;

/// What an organization has.
pub(super) struct Inventory {
    scope: OrgScope,
    sites: Kept<Site>,
    areas: Kept<Area>,
    units: Kept<Unit>,
    rules: Kept<RuleSet>,
    sensors: Kept<Sensor>,
}

impl Inventory {
    pub(super) async fn read(records: &dyn Records, scope: OrgScope) -> Result<Self, PortError> {
        Ok(Self {
            scope,
            sites: all(records, scope).await?,
            areas: all(records, scope).await?,
            units: all(records, scope).await?,
            rules: all(records, scope).await?,
            sensors: all(records, scope).await?,
        })
    }

    /// Refuses rules of `plan` that would leave a unit without a range, with those of its site and organization.
    pub(super) fn check_rules(&self, plan: &Plan) -> Result<(), Refusal> {
        for planned in plan.units() {
            let unit = &planned.unit;
            let above = [
                (Level::Organization, RuleScope::Organization(self.scope.org_id())),
                (Level::Site, RuleScope::Site(unit.site_id)),
            ];
            let mut levels = vec![(Level::Unit, self.rules_of(unit.id, &planned.rules))];
            levels.extend(above.iter().filter_map(|(level, at)| {
                let set = self.rules.get(&rules_key(*at))?;
                Some((*level, set.record.fields.clone()))
            }));
            EffectiveRules::merge(unit.kind, &levels)
                .check_range()
                .map_err(|error| {
                    Refusal::invalid(format!("\"{}\": {error}.", unit.name)).about(&planned.path)
                })?;
        }
        Ok(())
    }

    /// Refuses sensors of `plan` that would be too many for a unit, with those that people have fitted to it, and a DevEUI
    /// that another of the organization's sensors has.
    pub(super) fn check_sensors(&self, plan: &Plan) -> Result<(), Refusal> {
        let planned: BTreeSet<SensorId> = plan
            .units()
            .flat_map(|unit| &unit.sensors)
            .map(|sensor| sensor.id)
            .collect();
        let stored = || self.sensors.values().map(|stored| &stored.record);
        let holders: BTreeMap<DevEui, SensorId> = stored()
            .filter(|sensor| sensor.retired.is_none())
            .map(|sensor| (sensor.dev_eui, sensor.id))
            .collect();
        for unit in plan.units() {
            let others = stored()
                .filter(|sensor| sensor.unit_id == Some(unit.unit.id) && !planned.contains(&sensor.id))
                .count();
            if others + unit.sensors.len() > MAX_SENSORS {
                let detail = format!(
                    "A unit has at most {MAX_SENSORS} sensors; {others} others are in this one already."
                );
                return Err(Refusal::invalid(detail).about(format!("{}.sensors", unit.path)));
            }
            for (path, sensor) in listed(&format!("{}.sensors", unit.path), &unit.sensors) {
                if holders
                    .get(&sensor.dev_eui)
                    .is_some_and(|holder| *holder != sensor.id)
                {
                    return Err(eui_taken(sensor.dev_eui).about(format!("{path}.dev_eui")));
                }
            }
        }
        Ok(())
    }

    /// A sensor as it is stored.
    pub(super) fn sensor(&self, id: SensorId) -> Option<&Sensor> {
        self.sensors.get(&id.to_string()).map(|stored| &stored.record)
    }

    /// How many sensors drive a unit: more than one only if they were brought in so by an older version.
    pub(super) fn drivers(&self, unit_id: UnitId) -> usize {
        let drive =
            |stored: &&Stored<Sensor>| stored.record.unit_id == Some(unit_id) && stored.record.primary;
        self.sensors.values().filter(drive).count()
    }

    /// `change` with what makes the site as `planned`; `None` if it was deleted.
    pub(super) fn site(&self, change: Change, planned: &Site) -> Result<Option<Change>, PortError> {
        put_place(&self.sites, change, planned, |stored| Site {
            name: planned.name.clone(),
            time_zone: planned.time_zone.clone(),
            ..stored
        })
    }

    /// `change` with what makes the area as `planned`; `None` if it was deleted.
    pub(super) fn area(&self, change: Change, planned: &Area) -> Result<Option<Change>, PortError> {
        put_place(&self.areas, change, planned, |stored| Area {
            name: planned.name.clone(),
            site_id: planned.site_id,
            ..stored
        })
    }

    /// `change` with what makes the unit and its rules as planned; `None` if it was deleted.
    pub(super) fn unit(
        &self,
        change: Change,
        scope: OrgScope,
        planned: &PlannedUnit,
        now: Timestamp,
    ) -> Result<Option<Change>, PortError> {
        let PlannedUnit {
            unit: planned, rules, ..
        } = planned;
        let change = put_place(&self.units, change, planned, |stored| Unit {
            name: planned.name.clone(),
            kind: planned.kind,
            site_id: planned.site_id,
            area_id: planned.area_id,
            ..stored
        })?;
        let Some(mut change) = change else {
            return Ok(None);
        };
        let former = self
            .units
            .get(&planned.key())
            .and_then(|stored| stored.record.unique_name(scope));
        if former != planned.unique_name(scope) {
            if let Some(former) = former {
                change = change.release(former, planned.id);
            }
            change = claim_name(change, scope, planned);
        }
        let set = RuleSet {
            scope: RuleScope::Unit(planned.id),
            fields: self.rules_of(planned.id, rules),
        };
        let stored = self.rules.get(&set.key());
        let known = stored.map(|stored| stored.record.fields.clone());
        if known.unwrap_or_default() != set.fields {
            change = set_rules(change, stored, &set, &Actor::new(OPERATOR), now)?;
        }
        Ok(Some(change))
    }

    /// The rules of a unit: what a document can say as `planned`, all else as it is.
    fn rules_of(&self, unit_id: UnitId, planned: &RuleFields) -> RuleFields {
        let stored = self.rules.get(&rules_key(RuleScope::Unit(unit_id)));
        RuleFields {
            low: planned.low,
            high: planned.high,
            confirm_door_closed: planned.confirm_door_closed,
            ..stored
                .map(|stored| stored.record.fields.clone())
                .unwrap_or_default()
        }
    }
}

async fn all<R: Record>(records: &dyn Records, scope: OrgScope) -> Result<Kept<R>, PortError> {
    let stored = records.all::<R>(scope).await?;
    let by_key = stored.into_iter().map(|stored| (stored.record.key(), stored));
    Ok(by_key.collect())
}

/// `change` in which a place is what `as_planned` makes of the stored one, or `planned` itself; `None` if it was deleted.
fn put_place<P: Place + PartialEq>(
    kept: &Kept<P>,
    change: Change,
    planned: &P,
    as_planned: impl FnOnce(P) -> P,
) -> Result<Option<Change>, PortError> {
    match kept.get(&planned.key()) {
        Some(stored) if stored.record.deletion().is_some() => Ok(None),
        Some(stored) => put(change, Some(stored), &as_planned(stored.record.clone())).map(Some),
        None => put(change, None, planned).map(Some),
    }
}

/// `change` with a step that stores `record`, unless it is stored like that. A new one must not be there by then: others
/// may have changed it since, and all else in the change would be lost if it counted as a repetition.
fn put<R: Record + PartialEq>(
    change: Change,
    stored: Option<&Stored<R>>,
    record: &R,
) -> Result<Change, PortError> {
    match stored {
        None => change.insert_unless(record, changed_meanwhile()),
        Some(stored) if stored.record == *record => Ok(change),
        Some(stored) => change.replace(record, stored.rev),
    }
}
