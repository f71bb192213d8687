//! Readings that a program took itself, up to a thousand at a time.

use crate::error::{Failure, Refusal};
use crate::ports::{Devices, SensorKey};
use crate::receive_uplinks::item_result;
use crate::record_readings::{Outcome, RecordReadings, UnitReading};
use crate::scope::OrgScope;
use freshtrack_contracts::ingest::{IngestReport, ItemStatus, MAX_UPLOAD, UploadReadings, UploadedReading};
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
    let mut results: Vec<Option<Outcome>> = vec![None; upload.readings.len()];
    let mut waiting = Vec::new();
    for (index, item) in upload.readings.into_iter().enumerate() {
        match serde_json::from_value::<UploadedReading>(item) {
            Ok(item) => waiting.push((index, item)),
            Err(error) => settle(&mut results, index, Outcome::rejected(error.to_string())),
        }
    }
    for lookup in 0..LOOKUPS {
        let (mut items, mut batch) = (Vec::new(), Vec::new());
        for (index, item) in std::mem::take(&mut waiting) {
            match parse(devices, scope, &item, lookup > 0).await? {
                Ok(reading) => {
                    items.push((index, item));
                    batch.push(reading);
                }
                Err(reason) => settle(&mut results, index, Outcome::rejected(reason)),
            }
        }
        for ((index, item), outcome) in items.into_iter().zip(record.record(scope, batch).await?) {
            if outcome.outdated {
                waiting.push((index, item));
            } else {
                settle(&mut results, index, outcome);
            }
        }
        if waiting.is_empty() {
            break;
        }
    }
    for (index, _) in waiting {
        settle(&mut results, index, Outcome::outdated());
    }
    let outcomes = results
        .into_iter()
        .map(|outcome| outcome.unwrap_or(Outcome::plain(ItemStatus::Ignored)));
    Ok(IngestReport {
        results: outcomes.enumerate().map(item_result).collect(),
    })
}

/// How often a sensor is looked up for one reading that is changed at the same moment, each time anew.
const LOOKUPS: usize = 3;

fn settle(results: &mut [Option<Outcome>], index: usize, outcome: Outcome) {
    if let Some(result) = results.get_mut(index) {
        *result = Some(outcome);
    }
}

async fn parse(
    devices: &dyn Devices,
    scope: OrgScope,
    item: &UploadedReading,
    anew: bool,
) -> Result<Result<UnitReading, String>, Failure> {
    let sensor = match (item.sensor_id, &item.dev_eui) {
        (Some(id), None) if anew => devices.now(scope, SensorKey::Id(id)).await?,
        (Some(id), None) => devices.by_id(scope, id).await?,
        (None, Some(eui)) => match eui.parse() {
            Ok(eui) if anew => devices.now(scope, SensorKey::DevEui(eui)).await?,
            Ok(eui) => devices.by_eui(scope, eui).await?,
            Err(error) => return Ok(Err(format!("dev_eui: {error}"))),
        },
        _ => return Ok(Err("Give either sensor_id or dev_eui.".to_owned())),
    };
    Ok(sensor
        .ok_or_else(|| "The organization has no such sensor.".to_owned())
        .and_then(|sensor| reading(&sensor, item)))
}

fn reading(sensor: &Sensor, item: &UploadedReading) -> Result<UnitReading, String> {
    let unit_id = sensor.unit_id.ok_or("The sensor measures no unit.")?;
    let correction = sensor.correction();
    let temperature = match item.temperature_c {
        Some(degrees) => {
            let value = CentiCelsius::from_celsius(degrees).ok_or("temperature_c is not a temperature.")?;
            Some(TemperatureSample::judge(correction.temperature(value)))
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
        unit_id,
        version: sensor.version,
        reading: Reading {
            temperature,
            humidity: humidity.map(|told| correction.humidity(told)),
            correction: correction.made_of(humidity),
            door: item
                .door_open
                .map(|open| if open { Door::Open } else { Door::Closed }),
            battery: item.battery_percent.map(|percent| Battery {
                percent: Some(percent),
                millivolts: None,
            }),
            drives_unit: sensor.primary,
            ..Reading::new(sensor.id, item.recorded_at.0.to_second(), Origin::Upload)
        },
    })
}
