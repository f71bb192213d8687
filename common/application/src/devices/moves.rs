//! Sensors: brought to a unit, taken from it, replaced, retired.

use super::app_keys;
use super::catalogue::model;
use super::fitting::Refit;
use super::sensors::{get_sensor, in_use};
use crate::error::{Failure, Refusal};
use crate::organizations::whole_organization;
use crate::places::At;
use crate::ports::Vault;
use crate::registry::{Change, settled};
use crate::scope::Caller;
use crate::set_up::SetUp;
use freshtrack_contracts::devices::{AssignSensor, ReplaceSensor, SensorView};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::device::{AppKey, Retirement, Sensor};
use freshtrack_domain::ids::SensorId;
use freshtrack_domain::measurement::MeasurementSource;
use freshtrack_domain::time::Timestamp;

/// Brings a sensor to a unit, from another one or from none. Its next reading is of that unit, and what was kept aside of
/// it is taken in there. Bringing it to where it is changes nothing.
///
/// # Errors
/// Refused when there is no such sensor or unit, when the sensor is retired, and when the unit has as many sensors as it
/// may have.
pub async fn assign_sensor(
    ports: &SetUp<'_>,
    caller: &Caller,
    id: SensorId,
    input: AssignSensor,
) -> Result<At<SensorView>, Failure> {
    settled(|| assign(ports, caller, id, &input)).await?;
    get_sensor(ports, caller, id).await
}

async fn assign(
    ports: &SetUp<'_>,
    caller: &Caller,
    id: SensorId,
    input: &AssignSensor,
) -> Result<(), Failure> {
    let scope = caller.scope;
    let (stored, _) = ports.sensor(caller, id).await?;
    let mut sensor = in_use(&stored.record)?.clone();
    let unit = ports.unit(caller, input.unit_id).await?;
    let from = sensor.unit_id;
    if from == Some(input.unit_id) && input.primary.is_none_or(|wanted| wanted == sensor.primary) {
        return Ok(());
    }
    let mut refit = Refit::begin(ports.records, scope, from.into_iter().chain([input.unit_id])).await?;
    sensor.unit_id = Some(input.unit_id);
    // Whether it drove another unit says nothing of this one.
    sensor.primary &= from == Some(input.unit_id);
    refit.revise(&stored, sensor.clone())?;
    refit.drive(&sensor, input.primary);
    let change = Change::new(scope, &caller.actor, "sensor.assigned", id).detail("unit", input.unit_id);
    let change = match from {
        Some(from) => change.detail("from", from),
        None => change,
    };
    let (change, units) = refit.finish(change, ports.clock.now())?;
    ports.registry().commit(change.expect(&unit)).await?;
    ports.settle(scope, &units).await;
    Ok(())
}

/// Takes a sensor from its unit. What it sends from now on is kept aside.
///
/// # Errors
/// Refused when there is no such sensor, when it is retired, and to members who work for some sites: nobody of theirs would
/// find it again.
pub async fn unassign_sensor(
    ports: &SetUp<'_>,
    caller: &Caller,
    id: SensorId,
) -> Result<At<SensorView>, Failure> {
    settled(|| unassign(ports, caller, id)).await?;
    get_sensor(ports, caller, id).await
}

async fn unassign(ports: &SetUp<'_>, caller: &Caller, id: SensorId) -> Result<(), Failure> {
    let scope = caller.scope;
    whole_organization(caller)?;
    let (stored, _) = ports.sensor(caller, id).await?;
    let mut sensor = in_use(&stored.record)?.clone();
    let Some(from) = sensor.unit_id else {
        return Ok(());
    };
    let mut refit = Refit::begin(ports.records, scope, [from]).await?;
    (sensor.unit_id, sensor.primary) = (None, false);
    refit.revise(&stored, sensor)?;
    let change = Change::new(scope, &caller.actor, "sensor.unassigned", id).detail("from", from);
    let (change, units) = refit.finish(change, ports.clock.now())?;
    ports.registry().commit(change).await?;
    ports.settle(scope, &units).await;
    Ok(())
}

/// Retires a sensor: its DevEUI is free, and its record stays for what it has measured. Retiring it again changes nothing.
///
/// # Errors
/// Refused when there is no such sensor.
pub async fn retire_sensor(
    ports: &SetUp<'_>,
    caller: &Caller,
    id: SensorId,
) -> Result<At<SensorView>, Failure> {
    settled(|| retire(ports, caller, id)).await?;
    get_sensor(ports, caller, id).await
}

async fn retire(ports: &SetUp<'_>, caller: &Caller, id: SensorId) -> Result<(), Failure> {
    let scope = caller.scope;
    let (stored, _) = ports.sensor(caller, id).await?;
    if stored.record.retired.is_some() {
        return Ok(());
    }
    let mut refit = Refit::begin(ports.records, scope, stored.record.unit_id).await?;
    refit.revise(&stored, retired(&stored.record, caller, ports.clock.now(), None))?;
    let change =
        Change::new(scope, &caller.actor, "sensor.retired", id).detail("dev_eui", stored.record.dev_eui);
    let (change, units) = refit.finish(change, ports.clock.now())?;
    let kept = app_keys::kept(ports.records, scope, id).await?;
    let change = app_keys::exchange(change, kept.as_ref(), None)?;
    ports.registry().commit(change).await?;
    ports.settle(scope, &units).await;
    Ok(())
}

/// `sensor` when it has been retired.
fn retired(sensor: &Sensor, caller: &Caller, at: Timestamp, replaced_by: Option<SensorId>) -> Sensor {
    Sensor {
        unit_id: None,
        primary: false,
        app_key_last_four: None,
        retired: Some(Retirement {
            at,
            by: caller.actor.id.clone(),
            unit_id: sensor.unit_id,
            replaced_by,
        }),
        ..sensor.clone()
    }
}

/// Puts another device in the place of a sensor: it takes over the unit, whether it drives it, and the settings, while the
/// old one is retired. Its calibration is not taken over, for it is another instrument.
///
/// # Errors
/// Refused when there is no such sensor or model, when the sensor is retired, and when the new DevEUI is registered
/// already.
pub async fn replace_sensor(
    ports: &SetUp<'_>,
    vault: &dyn Vault,
    caller: &Caller,
    id: SensorId,
    input: ReplaceSensor,
) -> Result<At<SensorView>, Failure> {
    let heir = ports.ids.id::<SensorId>(ports.clock.now());
    settled(|| replace(ports, vault, caller, id, heir, &input)).await?;
    get_sensor(ports, caller, heir).await
}

async fn replace(
    ports: &SetUp<'_>,
    vault: &dyn Vault,
    caller: &Caller,
    id: SensorId,
    heir_id: SensorId,
    input: &ReplaceSensor,
) -> Result<(), Failure> {
    let scope = caller.scope;
    if ports.records.get::<Sensor>(scope, heir_id).await?.is_some() {
        return Ok(());
    }
    let (stored, _) = ports.sensor(caller, id).await?;
    let old = in_use(&stored.record)?;
    if input.dev_eui == old.dev_eui {
        return Err(Refusal::new(
            ProblemCode::Conflict,
            "This is the DevEUI of the sensor that is to be replaced.",
        )
        .into());
    }
    let slug = input.model.as_ref().unwrap_or(&old.model);
    let model = model(slug)?;
    let mut heir = Sensor::new(heir_id, old.org_id, input.dev_eui, model.slug);
    heir.join_eui = input.join_eui;
    heir.app_key_last_four = input.app_key.as_ref().map(AppKey::last_four);
    heir.name = old.name.clone();
    heir.unit_id = old.unit_id;
    heir.source = if model.has_probe {
        old.source
    } else {
        MeasurementSource::Auto
    };
    heir.report_interval = old
        .report_interval
        .filter(|interval| model.report_intervals.contains(interval));
    heir.replaces = Some(id);
    let mut refit = Refit::begin(ports.records, scope, old.unit_id).await?;
    refit.revise(&stored, retired(old, caller, ports.clock.now(), Some(heir_id)))?;
    refit.put(heir.clone());
    refit.drive(&heir, Some(old.primary));
    let change = Change::new(scope, &caller.actor, "sensor.replaced", id)
        .detail("by", heir_id)
        .detail("dev_eui", input.dev_eui);
    let (change, units) = refit.finish(change, ports.clock.now())?;
    let kept = app_keys::kept(ports.records, scope, id).await?;
    let mut change = app_keys::exchange(change, kept.as_ref(), None)?;
    if let Some(key) = &input.app_key {
        let sealed = app_keys::seal(vault, scope, heir_id, key).await?;
        change = app_keys::exchange(change, None, Some(&sealed))?;
    }
    ports.registry().commit(change).await?;
    ports.settle(scope, &units).await;
    Ok(())
}
