//! The sensors of a document, fitted to their units as people fit them: one drives each unit, and no two changes of them at
//! once both succeed.

use super::part_of;
use super::plan::PlannedUnit;
use super::stored::Inventory;
use crate::devices::Refit;
use crate::error::Failure;
use crate::ports::Stored;
use crate::registry::{MOST_OWN_STEPS, Registry};
use crate::scope::OrgScope;
use freshtrack_domain::device::Sensor;
use freshtrack_domain::ids::{SiteId, UnitId};
use freshtrack_domain::place::Unit;
use std::collections::{BTreeMap, BTreeSet};

/// Steps that write a sensor: it takes the place of what was read, and gives up a DevEUI for another.
const WRITTEN: usize = 3;
/// Steps that write one of which but who drives has changed: its DevEUI is claimed again, for it is found by that.
const DRIVEN: usize = 2;

/// Fits the sensors of `planned`, which are units of one site that are there. Answers with the units whose states have to
/// follow.
///
/// # Errors
/// Refused when people set up the same sensors or units at the same moment.
pub(super) async fn fit_sensors(
    registry: Registry<'_>,
    scope: OrgScope,
    stored: &Inventory,
    site_id: SiteId,
    planned: &[&PlannedUnit],
) -> Result<BTreeSet<UnitId>, Failure> {
    let present: Vec<Stored<Unit>> = registry.records.all(scope).await?;
    let present: BTreeMap<UnitId, Stored<Unit>> =
        present.into_iter().map(|unit| (unit.record.id, unit)).collect();
    let mut follow = BTreeSet::new();
    let mut rest = planned;
    while !rest.is_empty() {
        let (portion, behind) = rest.split_at(as_many_as_fit(stored, rest));
        rest = behind;
        let mut units: Vec<UnitId> = portion.iter().map(|unit| unit.unit.id).collect();
        let sensors: Vec<&Sensor> = portion.iter().flat_map(|unit| &unit.sensors).collect();
        units.extend(
            sensors
                .iter()
                .filter_map(|sensor| stored.sensor(sensor.id)?.unit_id),
        );
        let mut refit = Refit::begin(registry.records, scope, units).await?;
        for sensor in sensors {
            plan_sensor(&mut refit, sensor);
        }
        let (change, units) = refit.finish(part_of(scope, site_id), registry.clock.now())?;
        follow.extend(units);
        if change.is_empty() {
            continue;
        }
        let (added, changed) = change.extent();
        let change = change.detail("added", added).detail("changed", changed);
        let change = portion
            .iter()
            .filter_map(|unit| present.get(&unit.unit.id))
            .fold(change, |change, unit| change.expect(unit));
        registry.commit(change).await?;
    }
    Ok(follow)
}

/// How many units at the beginning of `units` can be fitted in one change; one at least.
fn as_many_as_fit(stored: &Inventory, units: &[&PlannedUnit]) -> usize {
    let mut steps = 0;
    let fits = |unit: &&&PlannedUnit| {
        // That it is there, its fitting, and those that give way.
        steps += 2 + DRIVEN * stored.drivers(unit.unit.id);
        for sensor in &unit.sensors {
            steps += WRITTEN;
            let elsewhere = stored
                .sensor(sensor.id)
                .is_some_and(|stored| stored.unit_id != sensor.unit_id);
            if elsewhere {
                // Where it leaves, another may have to drive.
                steps += 1 + DRIVEN;
            }
        }
        steps <= MOST_OWN_STEPS
    };
    units.iter().take_while(fits).count().max(1)
}

/// Leaves a sensor as `planned`, as far as that is a document's to say.
fn plan_sensor(refit: &mut Refit, planned: &Sensor) {
    let sensor = match refit.found(planned.id) {
        // What people have retired stays so.
        Some(stored) if stored.retired.is_some() => return,
        Some(stored) => Sensor {
            dev_eui: planned.dev_eui,
            unit_id: planned.unit_id,
            model: planned.model.clone(),
            source: planned.source,
            primary: false,
            report_interval: planned.report_interval,
            // What people have calibrated, a document knows less of.
            temperature_offset: match stored.calibration {
                Some(_) => stored.temperature_offset,
                None => planned.temperature_offset,
            },
            ..stored.clone()
        },
        None => Sensor {
            primary: false,
            ..planned.clone()
        },
    };
    refit.put(sensor.clone());
    if planned.primary {
        refit.drive(&sensor, Some(true));
    }
}
