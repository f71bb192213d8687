//! Sensors: registered, shown, and changed.

use super::catalogue::{interval, model};
use super::fitting::Refit;
use super::view::{Surroundings, sensor_view, status_of};
use super::{app_keys, sees};
use crate::error::{Failure, Refusal};
use crate::page::{Order, PageRequest, page_of};
use crate::places::{At, unchanged};
use crate::ports::Vault;
use crate::registry::{Change, settled};
use crate::scope::Caller;
use crate::set_up::SetUp;
use freshtrack_contracts::devices::{RegisterSensor, SensorView, UpdateSensor};
use freshtrack_contracts::page::Page;
use freshtrack_contracts::places::Patch;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_decoders::{self as decoders, Model};
use freshtrack_domain::device::{AppKey, Sensor, SensorStatus};
use freshtrack_domain::ids::{SensorId, SiteId, UnitId};
use freshtrack_domain::measurement::MeasurementSource;
use freshtrack_domain::network::NetworkDevice;
use freshtrack_domain::unit::UnitRecord;
use std::collections::BTreeMap;

/// Registers a sensor. Its DevEUI is its own among all organizations.
///
/// # Errors
/// Refused when there is no such unit or model, when the model cannot do what is asked of it, and when the DevEUI is
/// registered already.
pub async fn register_sensor(
    ports: &SetUp<'_>,
    vault: &dyn Vault,
    caller: &Caller,
    input: RegisterSensor,
) -> Result<At<SensorView>, Failure> {
    let id = ports.ids.id::<SensorId>(ports.clock.now());
    let model = model(&input.model)?;
    let mut sensor = Sensor::new(id, caller.scope.org_id(), input.dev_eui, input.model.clone());
    sensor.join_eui = input.join_eui;
    sensor.name = input.name;
    sensor.unit_id = input.unit_id;
    sensor.source = fitting_source(model, input.source)?;
    sensor.report_interval = input
        .report_interval_seconds
        .map(|seconds| interval(model, seconds))
        .transpose()?;
    settled(|| {
        insert(
            ports,
            vault,
            caller,
            &sensor,
            input.primary,
            input.app_key.as_ref(),
        )
    })
    .await?;
    get_sensor(ports, caller, id).await
}

/// Makes `sensor` a registered one; nothing if it is.
async fn insert(
    ports: &SetUp<'_>,
    vault: &dyn Vault,
    caller: &Caller,
    sensor: &Sensor,
    primary: Option<bool>,
    app_key: Option<&AppKey>,
) -> Result<(), Failure> {
    let scope = caller.scope;
    if ports.records.get::<Sensor>(scope, sensor.id).await?.is_some() {
        return Ok(());
    }
    let unit = match sensor.unit_id {
        Some(unit_id) => Some(ports.unit(caller, unit_id).await?),
        None if sees(caller, None) => None,
        None => {
            return Err(Refusal::new(
                ProblemCode::MissingRight,
                "You work for some sites: name a unit of theirs that the sensor measures.",
            )
            .into());
        }
    };
    let mut sensor = sensor.clone();
    let mut refit = Refit::begin(ports.records, scope, sensor.unit_id).await?;
    sensor.app_key_last_four = app_key.map(AppKey::last_four);
    refit.put(sensor.clone());
    refit.drive(&sensor, primary);
    let change = Change::new(scope, &caller.actor, "sensor.registered", sensor.id)
        .detail("dev_eui", sensor.dev_eui)
        .detail("model", &sensor.model);
    let change = match sensor.unit_id {
        Some(unit_id) => change.detail("unit", unit_id),
        None => change,
    };
    let (mut change, units) = refit.finish(change, ports.clock.now())?;
    if let Some(unit) = &unit {
        change = change.expect(unit);
    }
    if let Some(key) = app_key {
        let sealed = app_keys::seal(vault, scope, sensor.id, key).await?;
        change = app_keys::exchange(change, None, Some(&sealed))?;
    }
    ports.registry().commit(change).await?;
    ports.settle(scope, &units).await;
    Ok(())
}

/// `source`, if `model` has it.
fn fitting_source(model: &Model, source: MeasurementSource) -> Result<MeasurementSource, Refusal> {
    if source == MeasurementSource::Probe && !model.has_probe {
        return Err(Refusal::invalid(format!(
            "source cannot be probe: a {} {} has none.",
            model.vendor, model.name
        )));
    }
    Ok(source)
}

/// A sensor as it is registered, and how it is.
///
/// # Errors
/// Refused when there is no such sensor.
pub async fn get_sensor(ports: &SetUp<'_>, caller: &Caller, id: SensorId) -> Result<At<SensorView>, Failure> {
    let (stored, site) = ports.sensor(caller, id).await?;
    let unit = match stored.record.last_unit() {
        Some(unit_id) => ports.states.load(caller.scope, unit_id).await?,
        None => None,
    };
    let device = ports.records.get::<NetworkDevice>(caller.scope, id).await?;
    let around = Surroundings {
        site,
        unit: unit.as_ref(),
        device: device.as_ref().map(|device| &device.record),
    };
    Ok(At {
        view: sensor_view(&stored.record, around, ports.clock.now()),
        rev: stored.rev,
    })
}

/// Which sensors are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SensorQuery {
    /// Those of this site.
    pub site_id: Option<SiteId>,
    /// Those of this unit.
    pub unit_id: Option<UnitId>,
    /// Those that are so. Retired ones are shown only to those who ask for them.
    pub status: Option<SensorStatus>,
}

/// The sensors that the caller may see, oldest first.
///
/// # Errors
/// Refused when there is no such page.
pub async fn list_sensors(
    ports: &SetUp<'_>,
    caller: &Caller,
    query: &SensorQuery,
    page: &PageRequest,
) -> Result<Page<SensorView>, Failure> {
    let scope = caller.scope;
    let now = ports.clock.now();
    let sites = ports.sites_of_units(scope).await?;
    let site_of = |sensor: &Sensor| sites.get(&sensor.last_unit()?).copied();
    let states = ports.states.list(scope).await?;
    let states: BTreeMap<UnitId, UnitRecord> = states
        .into_iter()
        .map(|record| (record.state.unit_id, record))
        .collect();
    let devices = ports.records.all::<NetworkDevice>(scope).await?;
    let devices: BTreeMap<SensorId, NetworkDevice> = devices
        .into_iter()
        .map(|stored| (stored.record.sensor_id, stored.record))
        .collect();
    let around = |sensor: &Sensor| Surroundings {
        site: site_of(sensor),
        unit: sensor.last_unit().and_then(|unit| states.get(&unit)),
        device: devices.get(&sensor.id),
    };
    let wanted = |sensor: &Sensor| {
        let site = site_of(sensor);
        let status = status_of(sensor, around(sensor), now);
        sees(caller, site)
            && query.site_id.is_none_or(|wanted| site == Some(wanted))
            && query
                .unit_id
                .is_none_or(|wanted| sensor.last_unit() == Some(wanted))
            && match query.status {
                Some(wanted) => status == wanted,
                None => status != SensorStatus::Retired,
            }
    };
    let page = page_of::<Sensor>(ports.records, scope, page, Order::OldestFirst, wanted).await?;
    Ok(page.map(|stored| {
        let sensor = &stored.record;
        sensor_view(sensor, around(sensor), now)
    }))
}

/// Changes what `input` mentions.
///
/// # Errors
/// Refused when there is no such sensor or model, when it is no longer as the caller read it, when it is retired, and when
/// its model cannot do what is asked of it.
pub async fn update_sensor(
    ports: &SetUp<'_>,
    vault: &dyn Vault,
    caller: &Caller,
    id: SensorId,
    read: Option<u64>,
    input: UpdateSensor,
) -> Result<At<SensorView>, Failure> {
    settled(|| update(ports, vault, caller, id, read, &input)).await?;
    get_sensor(ports, caller, id).await
}

async fn update(
    ports: &SetUp<'_>,
    vault: &dyn Vault,
    caller: &Caller,
    id: SensorId,
    read: Option<u64>,
    input: &UpdateSensor,
) -> Result<(), Failure> {
    let scope = caller.scope;
    let (stored, _) = ports.sensor(caller, id).await?;
    unchanged(read, stored.rev)?;
    let mut sensor = in_use(&stored.record)?.clone();
    apply(&mut sensor, input)?;
    // Only what is about more sensors than this one needs them all to stand still.
    let primary = input.primary.filter(|wanted| *wanted != sensor.primary);
    if primary == Some(false) {
        return Err(Refusal::new(
            ProblemCode::Conflict,
            "A unit has one sensor that drives it. Let another one drive it instead.",
        )
        .into());
    }
    if primary == Some(true) && sensor.unit_id.is_none() {
        return Err(Refusal::new(ProblemCode::Conflict, "A sensor without a unit drives none.").into());
    }
    let kept = app_keys::kept(ports.records, scope, id).await?;
    let sealed = match &input.app_key {
        Patch::Set(key) => {
            sensor.app_key_last_four = Some(key.last_four());
            Some(app_keys::seal(vault, scope, id, key).await?)
        }
        Patch::Clear | Patch::Keep => None,
    };
    let refitted = sensor.unit_id.filter(|_| primary.is_some());
    let mut refit = Refit::begin(ports.records, scope, refitted).await?;
    refit.revise(&stored, sensor.clone())?;
    refit.drive(&sensor, Some(primary.is_some()));
    let change = Change::new(scope, &caller.actor, "sensor.updated", id);
    let change = if primary.is_some() {
        change.detail("primary", true)
    } else {
        change
    };
    let (change, units) = refit.finish(change, ports.clock.now())?;
    let change = match &input.app_key {
        Patch::Keep => change,
        Patch::Set(_) | Patch::Clear => app_keys::exchange(change, kept.as_ref(), sealed.as_ref())?,
    };
    if change.is_empty() {
        return Ok(());
    }
    ports.registry().commit(change).await?;
    ports.settle(scope, &units).await;
    Ok(())
}

/// Changes `sensor` as `input` says, as far as that is about it alone.
fn apply(sensor: &mut Sensor, input: &UpdateSensor) -> Result<(), Refusal> {
    input.name.clone().apply(&mut sensor.name);
    input.join_eui.apply(&mut sensor.join_eui);
    if input.app_key == Patch::Clear {
        sensor.app_key_last_four = None;
    }
    if let Some(slug) = &input.model {
        let model = model(slug)?;
        if sensor.model != model.slug {
            model.slug.clone_into(&mut sensor.model);
            // What the old one could be set to, the new one may not.
            let still = |interval: &_| model.report_intervals.contains(interval);
            sensor.report_interval = sensor.report_interval.filter(still);
            fitting_source(model, input.source.unwrap_or(sensor.source))?;
        }
    }
    let model = decoders::find(&sensor.model);
    if let Some(source) = input.source {
        sensor.source = match model {
            Some(model) => fitting_source(model, source)?,
            None => source,
        };
    }
    match input.report_interval_seconds {
        Patch::Keep => {}
        Patch::Clear => sensor.report_interval = None,
        Patch::Set(seconds) => {
            let model = model.ok_or_else(|| {
                Refusal::invalid("The sensor's model is not in the catalogue. Set a model that is.")
            })?;
            sensor.report_interval = Some(interval(model, seconds)?);
        }
    }
    Ok(())
}

/// `sensor`, unless it is retired.
pub(super) fn in_use(sensor: &Sensor) -> Result<&Sensor, Refusal> {
    if sensor.retired.is_none() {
        return Ok(sensor);
    }
    Err(Refusal::new(
        ProblemCode::Conflict,
        "The sensor is retired. Register the device anew to use it again.",
    ))
}
