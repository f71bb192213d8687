//! The sensors of units: which there are, which one drives, and that no two changes of them at once both succeed.

use super::registration::{claim_eui, eui_taken, rewrite_sensor, sensors_changed};
use crate::error::{Failure, PortError, Refusal};
use crate::ports::{Record, RecordKind, Records, Stored};
use crate::registry::{Change, changed_meanwhile};
use crate::scope::OrgScope;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_decoders::{self as decoders, Measure};
use freshtrack_domain::device::Sensor;
use freshtrack_domain::ids::{SensorId, UnitId};
use freshtrack_domain::time::Timestamp;
use freshtrack_domain::unit::MAX_SENSORS;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Which sensor drives a unit. Whatever changes the sensors of the unit writes it anew: of two such changes one finds it
/// changed and begins anew, so a unit never has two drivers or none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Fitting {
    unit_id: UnitId,
    primary: Option<SensorId>,
}

impl Record for Fitting {
    const KIND: RecordKind = RecordKind("FITTING");

    fn key(&self) -> String {
        self.unit_id.to_string()
    }
}

/// Sensors as a change finds them, and as it is to leave them.
pub(crate) struct Refit {
    fittings: BTreeMap<UnitId, Option<Stored<Fitting>>>,
    before: BTreeMap<SensorId, Stored<Sensor>>,
    after: BTreeMap<SensorId, Sensor>,
    drivers: BTreeMap<UnitId, SensorId>,
}

impl Refit {
    /// Reads the organization's sensors. Sensors may come and go in `units`, and in no other.
    pub(crate) async fn begin(
        records: &dyn Records,
        scope: OrgScope,
        units: impl IntoIterator<Item = UnitId>,
    ) -> Result<Self, PortError> {
        let mut fittings = BTreeMap::new();
        for unit in units {
            fittings.insert(unit, records.get::<Fitting>(scope, unit).await?);
        }
        // Behind the fittings: what is read here is as old as they say, or they will be found changed.
        let sensors = records.all::<Sensor>(scope).await?;
        let before = sensors.into_iter().map(|stored| (stored.record.id, stored));
        let before: BTreeMap<SensorId, Stored<Sensor>> = before.collect();
        Ok(Self {
            fittings,
            after: before
                .iter()
                .map(|(id, stored)| (*id, stored.record.clone()))
                .collect(),
            before,
            drivers: BTreeMap::new(),
        })
    }

    /// The sensors that measure `unit`.
    pub(crate) fn of_unit(&self, unit: UnitId) -> impl Iterator<Item = &Sensor> {
        self.after
            .values()
            .filter(move |sensor| sensor.unit_id == Some(unit))
    }

    /// The sensor `id` as it was found.
    pub(crate) fn found(&self, id: SensorId) -> Option<&Sensor> {
        self.before.get(&id).map(|stored| &stored.record)
    }

    /// Leaves `sensor`, which is new or made of what was found here, as it is given.
    pub(crate) fn put(&mut self, sensor: Sensor) {
        self.after.insert(sensor.id, sensor);
    }

    /// Leaves `sensor`, which is made of what was `read` before, as it is given.
    ///
    /// # Errors
    /// Refused when somebody changed it since: what they changed would be lost.
    pub(super) fn revise(&mut self, read: &Stored<Sensor>, sensor: Sensor) -> Result<(), Refusal> {
        if self.before.get(&sensor.id).map(|found| found.rev) != Some(read.rev) {
            return Err(changed_meanwhile());
        }
        self.put(sensor);
        Ok(())
    }

    /// Lets `sensor` drive the unit it is in, as far as `wanted` says. Unless it says anything, a sensor that measures a
    /// temperature drives where none does.
    pub(crate) fn drive(&mut self, sensor: &Sensor, wanted: Option<bool>) {
        let Some(unit) = sensor.unit_id else { return };
        let driven = self
            .of_unit(unit)
            .any(|other| other.primary && other.id != sensor.id && has_temperature(other));
        let unless_told = has_temperature(sensor) && !driven;
        if wanted.unwrap_or(unless_told) {
            self.drivers.insert(unit, sensor.id);
        }
    }

    /// `change` with all that has become of the sensors, and the units whose states must follow. Where everything is as it
    /// was found, nothing is added.
    ///
    /// # Errors
    /// Refused when a unit would have too many sensors, or a DevEUI two of them; and when a sensor was found in another unit
    /// than those that were begun with, because somebody moved it.
    pub(crate) fn finish(
        mut self,
        mut change: Change,
        now: Timestamp,
    ) -> Result<(Change, Vec<UnitId>), Failure> {
        // Found here, because a change that rewrites the one that has it cannot claim it once more.
        let mut euis = BTreeSet::new();
        for sensor in self.after.values().filter(|sensor| sensor.retired.is_none()) {
            if !euis.insert(sensor.dev_eui) {
                return Err(eui_taken(sensor.dev_eui).into());
            }
        }
        let mut primaries = BTreeMap::new();
        for unit in self.fittings.keys().copied().collect::<Vec<_>>() {
            primaries.insert(unit, self.settle_driver(unit)?);
        }
        let mut changed: Vec<Sensor> = self
            .after
            .into_values()
            .filter(|sensor| self.before.get(&sensor.id).map(|before| &before.record) != Some(sensor))
            .collect();
        for sensor in &mut changed {
            if let Some(before) = self.before.get(&sensor.id) {
                sensor.version = before.record.version + 1;
            }
        }
        let mut units: BTreeSet<UnitId> = BTreeSet::new();
        let mut refitted: BTreeSet<UnitId> = BTreeSet::new();
        for sensor in &changed {
            let before = self.before.get(&sensor.id);
            let was = before.map(|before| (before.record.unit_id, before.record.primary));
            let concerned = sensor.unit_id.into_iter().chain(was.and_then(|(unit, _)| unit));
            units.extend(concerned.clone());
            if was != Some((sensor.unit_id, sensor.primary)) {
                refitted.extend(concerned);
            }
            change = match before {
                Some(before) => rewrite_sensor(change, sensor, before)?,
                None => claim_eui(change.insert(sensor)?, sensor)?,
            };
        }
        if refitted.iter().any(|unit| !self.fittings.contains_key(unit)) {
            return Err(changed_meanwhile().into());
        }
        for (unit_id, fitting) in self.fittings {
            let next = Fitting {
                unit_id,
                primary: primaries.get(&unit_id).copied().flatten(),
            };
            let told = fitting.as_ref().and_then(|stored| stored.record.primary);
            if told == next.primary && !refitted.contains(&unit_id) {
                continue;
            }
            units.insert(unit_id);
            change = match fitting {
                Some(stored) => change.replace(&next, stored.rev)?,
                None => change.insert_unless(&next, changed_meanwhile())?,
            };
        }
        let units: Vec<UnitId> = units.into_iter().collect();
        if let Some(first) = changed.first() {
            let sensors = changed.iter().map(|sensor| sensor.id).collect();
            let event = sensors_changed(first, sensors, units.clone(), now);
            change = change.publish(event);
        }
        Ok((change, units))
    }

    /// Leaves exactly one of the sensors of `unit` driving it, if it has any.
    fn settle_driver(&mut self, unit: UnitId) -> Result<Option<SensorId>, Refusal> {
        let present: Vec<&Sensor> = self.of_unit(unit).collect();
        if present.len() > MAX_SENSORS {
            return Err(Refusal::new(
                ProblemCode::Conflict,
                format!("A unit has at most {MAX_SENSORS} sensors."),
            ));
        }
        let wanted = self.drivers.get(&unit).copied();
        // The one that drove goes on. Where it left, another must: first one that measures a temperature.
        let best = present
            .iter()
            .max_by_key(|sensor| {
                (
                    sensor.primary,
                    has_temperature(sensor),
                    std::cmp::Reverse(sensor.id),
                )
            })
            .map(|sensor| sensor.id);
        let driver = wanted.or(best);
        for sensor in self
            .after
            .values_mut()
            .filter(|sensor| sensor.unit_id == Some(unit))
        {
            sensor.primary = Some(sensor.id) == driver;
        }
        Ok(driver)
    }
}

/// Whether a sensor measures a temperature, as far as its model is known.
fn has_temperature(sensor: &Sensor) -> bool {
    decoders::find(&sensor.model).is_none_or(|model| model.measures.contains(&Measure::Temperature))
}
