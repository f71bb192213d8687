//! Calibrations: recorded, in force, and shown.

use super::fitting::Refit;
use super::sensors::in_use;
use crate::error::{Failure, Refusal};
use crate::page::{PageRequest, page_below};
use crate::ports::Record;
use crate::records::calibration_key as key;
use crate::registry::{Change, settled};
use crate::scope::Caller;
use crate::set_up::SetUp;
use freshtrack_contracts::devices::{CalibrationView, RecordCalibration};
use freshtrack_contracts::page::Page;
use freshtrack_domain::device::{AppliedCalibration, Calibration, Sensor};
use freshtrack_domain::ids::{CalibrationId, SensorId};
use freshtrack_domain::measurement::CentiCelsius;
use freshtrack_domain::reading::MAX_FUTURE;

/// Records a calibration of a sensor. The newest by the time it was performed is in force: its offsets are added to what
/// the sensor tells from now on. They stay in force when it expires, until there is a newer one.
///
/// # Errors
/// Refused when there is no such sensor or it is retired, and when the calibration contradicts itself.
pub async fn record_calibration(
    ports: &SetUp<'_>,
    caller: &Caller,
    sensor_id: SensorId,
    input: RecordCalibration,
) -> Result<CalibrationView, Failure> {
    let now = ports.clock.now();
    let id = ports.ids.id::<CalibrationId>(now);
    let performed_at = input.performed_at.0;
    if performed_at > now + MAX_FUTURE {
        return Err(Refusal::invalid("performed_at is in the future.").into());
    }
    if input.expires_at.is_some_and(|end| end.0 <= performed_at) {
        return Err(Refusal::invalid("expires_at must be after performed_at.").into());
    }
    let reference = degrees("reference_c", input.reference_c)?;
    let measured = degrees("measured_c", input.measured_c)?;
    let given = degrees("temperature_offset_c", input.temperature_offset_c)?;
    let humidity = input.humidity_offset_percent.map(basis_points).transpose()?;
    let calibration = Calibration {
        id,
        sensor_id,
        performed_at,
        performed_by: input.performed_by,
        reference,
        measured,
        temperature_offset: Calibration::temperature_offset(given, reference, measured, humidity)
            .map_err(|error| Refusal::invalid(format!("{error}.")))?,
        humidity_offset: humidity.unwrap_or(0),
        certificate_url: input.certificate_url,
        notes: input.notes,
        expires_at: input.expires_at.map(|end| end.0),
        recorded_at: ports.ids.moment(now),
        recorded_by: caller.actor.id.clone(),
    };
    settled(|| insert(ports, caller, &calibration)).await?;
    get_calibration(ports, caller, sensor_id, id).await
}

/// Records `calibration`; nothing if it is.
async fn insert(ports: &SetUp<'_>, caller: &Caller, calibration: &Calibration) -> Result<(), Failure> {
    let scope = caller.scope;
    let (stored, _) = ports.sensor(caller, calibration.sensor_id).await?;
    let found = ports.records.get::<Calibration>(scope, calibration.key()).await?;
    if found.is_some() {
        return Ok(());
    }
    let sensor = in_use(&stored.record)?;
    let change = Change::new(scope, &caller.actor, "sensor.calibrated", sensor.id)
        .detail("calibration", calibration.id)
        .detail("temperature_offset_c", calibration.temperature_offset.celsius())
        .detail(
            "humidity_offset_percent",
            f64::from(calibration.humidity_offset) / 100.0,
        )
        .insert(calibration)?;
    let newest = sensor
        .calibration
        .is_none_or(|known| known.performed_at <= calibration.performed_at);
    let (change, units) = if newest {
        let mut refit = Refit::begin(ports.records, scope, None).await?;
        refit.revise(&stored, calibrated(sensor, calibration))?;
        refit.finish(change, ports.clock.now())?
    } else {
        (change.expect(&stored), Vec::new())
    };
    ports.registry().commit(change).await?;
    ports.settle(scope, &units).await;
    Ok(())
}

/// `sensor` with `calibration` in force.
fn calibrated(sensor: &Sensor, calibration: &Calibration) -> Sensor {
    Sensor {
        temperature_offset: calibration.temperature_offset,
        humidity_offset: calibration.humidity_offset,
        calibration: Some(AppliedCalibration {
            id: calibration.id,
            performed_at: calibration.performed_at,
            expires_at: calibration.expires_at,
        }),
        ..sensor.clone()
    }
}

fn degrees(field: &str, value: Option<f64>) -> Result<Option<CentiCelsius>, Refusal> {
    let Some(value) = value else { return Ok(None) };
    CentiCelsius::from_celsius(value)
        .filter(|value| (-10_000..=30_000).contains(&value.0))
        .map(Some)
        .ok_or_else(|| Refusal::invalid(format!("{field} is not a temperature that is calibrated at.")))
}

/// The nearest hundredth of a percent.
fn basis_points(percent: f64) -> Result<i16, Refusal> {
    let points = (percent * 100.0).round();
    #[expect(clippy::cast_possible_truncation, reason = "bounded by the guard")]
    (-10_000.0..=10_000.0)
        .contains(&points)
        .then_some(points as i16)
        .ok_or_else(|| Refusal::invalid("humidity_offset_percent is not an offset."))
}

/// One calibration of a sensor.
///
/// # Errors
/// Refused when there is no such sensor or calibration.
pub async fn get_calibration(
    ports: &SetUp<'_>,
    caller: &Caller,
    sensor_id: SensorId,
    id: CalibrationId,
) -> Result<CalibrationView, Failure> {
    let (sensor, _) = ports.sensor(caller, sensor_id).await?;
    let key = key(sensor_id, &id.to_string());
    let found = ports.records.get::<Calibration>(caller.scope, key).await?;
    let stored = found.ok_or_else(|| Refusal::not_found("calibration"))?;
    Ok(view(stored.record, &sensor.record))
}

/// The calibrations of a sensor, the last entered first.
///
/// # Errors
/// Refused when there is no such sensor or page.
pub async fn list_calibrations(
    ports: &SetUp<'_>,
    caller: &Caller,
    sensor_id: SensorId,
    request: &PageRequest,
) -> Result<Page<CalibrationView>, Failure> {
    let (sensor, _) = ports.sensor(caller, sensor_id).await?;
    let own = key(sensor_id, "");
    let page = page_below::<Calibration>(ports.records, caller.scope, request, &own).await?;
    Ok(page.map(|stored| view(stored.record, &sensor.record)))
}

fn view(calibration: Calibration, sensor: &Sensor) -> CalibrationView {
    CalibrationView {
        in_force: sensor.calibration.is_some_and(|known| known.id == calibration.id),
        id: calibration.id,
        sensor_id: calibration.sensor_id,
        performed_at: calibration.performed_at.into(),
        performed_by: calibration.performed_by,
        reference_c: calibration.reference.map(CentiCelsius::celsius),
        measured_c: calibration.measured.map(CentiCelsius::celsius),
        temperature_offset_c: calibration.temperature_offset.celsius(),
        humidity_offset_percent: f64::from(calibration.humidity_offset) / 100.0,
        certificate_url: calibration.certificate_url,
        notes: calibration.notes,
        expires_at: calibration.expires_at.map(Into::into),
        recorded_at: calibration.recorded_at.into(),
        recorded_by: calibration.recorded_by,
    }
}
