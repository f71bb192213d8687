//! Readings that a program took itself, up to a thousand at a time.

use crate::error::{Failure, Refusal};
use crate::ports::Devices;
use crate::receive_uplinks::item_result;
use crate::record_readings::{Outcome, RecordReadings, UnitReading};
use crate::scope::OrgScope;
use freshtrack_contracts::ingest::{IngestReport, MAX_UPLOAD, UploadReadings, UploadedReading};
use freshtrack_domain::device::Sensor;
use freshtrack_domain::measurement::{Battery, CentiCelsius, Door, Humidity, TemperatureSample};
use freshtrack_domain::reading::{Origin, Reading};

/// Records an upload. Each reading is answered for itself.
///
/// # Errors
/// Refused when there are none or more than a thousand. A fault when at least one is neither stored nor waiting.
pub async fn upload_readings(
    devices: &dyn Devices,
    record: &RecordReadings<'_>,
    scope: OrgScope,
    upload: UploadReadings,
) -> Result<IngestReport, Failure> {
    if upload.readings.is_empty() || upload.readings.len() > MAX_UPLOAD {
        return Err(Refusal::invalid(format!("An upload holds 1 to {MAX_UPLOAD} readings.")).into());
    }
    let mut results = Vec::with_capacity(upload.readings.len());
    let mut batch = Vec::new();
    for (index, item) in upload.readings.into_iter().enumerate() {
        match parse(devices, scope, item).await? {
            Ok(reading) => batch.push((index, reading)),
            Err(reason) => results.push((index, Outcome::rejected(reason))),
        }
    }
    let (indexes, readings): (Vec<_>, Vec<_>) = batch.into_iter().unzip();
    results.extend(indexes.into_iter().zip(record.record(scope, readings).await?));
    results.sort_by_key(|(index, _)| *index);
    Ok(IngestReport {
        results: results.into_iter().map(item_result).collect(),
    })
}

async fn parse(
    devices: &dyn Devices,
    scope: OrgScope,
    item: serde_json::Value,
) -> Result<Result<UnitReading, String>, Failure> {
    let item: UploadedReading = match serde_json::from_value(item) {
        Ok(item) => item,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let sensor = match (item.sensor_id, &item.dev_eui) {
        (Some(id), None) => devices.by_id(scope, id).await?,
        (None, Some(eui)) => match eui.parse() {
            Ok(eui) => devices.by_eui(scope, eui).await?,
            Err(error) => return Ok(Err(format!("dev_eui: {error}"))),
        },
        _ => return Ok(Err("Give either sensor_id or dev_eui.".to_owned())),
    };
    Ok(sensor
        .ok_or_else(|| "The organization has no such sensor.".to_owned())
        .and_then(|s| reading(&s, &item)))
}

fn reading(sensor: &Sensor, item: &UploadedReading) -> Result<UnitReading, String> {
    let temperature = match item.temperature_c {
        Some(degrees) => {
            let value = CentiCelsius::from_celsius(degrees).ok_or("temperature_c is not a temperature.")?;
            let calibrated = CentiCelsius(value.0.saturating_add(sensor.temperature_offset.0));
            Some(TemperatureSample::judge(calibrated))
        }
        None => None,
    };
    let humidity = match item.humidity_percent {
        Some(percent) => Some(Humidity::from_percent(percent).ok_or("humidity_percent must be 0 to 100.")?),
        None => None,
    };
    if item.battery_percent.is_some_and(|percent| percent > 100) {
        return Err("battery_percent must be 0 to 100.".to_owned());
    }
    Ok(UnitReading {
        unit_id: sensor.unit_id,
        reading: Reading {
            sensor_id: sensor.id,
            recorded_at: item.recorded_at.0.to_second(),
            frame: None,
            temperature,
            humidity,
            door: item
                .door_open
                .map(|open| if open { Door::Open } else { Door::Closed }),
            battery: item.battery_percent.map(|percent| Battery {
                percent: Some(percent),
                millivolts: None,
            }),
            rssi_dbm: None,
            from_probe: false,
            probe_missing: false,
            drives_unit: sensor.primary,
            origin: Origin::Upload,
        },
    })
}
