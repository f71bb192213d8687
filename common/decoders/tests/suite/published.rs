//! Frames published by others, decoded to the values they publish.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the source writes integers as floats"
)]

use crate::corpus::{Vector, vectors};
use freshtrack_decoders::{Measurements, Model};
use freshtrack_domain::measurement::{Battery, CentiCelsius, Door, Humidity, Probe};
use freshtrack_domain::time::Timestamp;
use serde_json::{Map, Value};

/// The fields of the source that are the case or the air, in order of preference.
const AMBIENT: &[&str] = &[
    "air_temperature_radiation_shield",
    "air_temperature",
    "temperature_head",
    "TempC_SHT",
    "temperature",
];
/// The fields of the source that are a probe or a surface.
const PROBE: &[&str] = &[
    "surface_temperature",
    "temperature_target",
    "temperature_at_level_0",
    "temperature_pt1000",
    "TempC_DS",
    "externalTemperature",
];
const HUMIDITY: &[&str] = &[
    "air_humidity_radiation_shield",
    "air_humidity",
    "relative_humidity",
    "Hum_SHT",
    "humidity",
];
const VOLTS: &[&str] = &["battery_voltage", "BatV", "BAT_V"];

#[test]
fn every_published_frame_of_a_registered_model_decodes_to_its_published_values() {
    let vectors = vectors();
    for vector in &vectors {
        for model in vector.models() {
            let port = vector.f_port.unwrap_or(model.f_port);
            let measured = model.decode(port, &vector.bytes());
            let expected = expected(vector, model);
            assert_eq!(measured, Ok(expected), "{}: {}", model.slug, vector.bytes_hex);
        }
    }
    assert!(vectors.len() >= 55, "only {} frames were tested", vectors.len());
}

fn expected(vector: &Vector, model: &Model) -> Measurements {
    let record = vector
        .expected
        .get("history")
        .and_then(|records| records[0].as_object());
    let fields = record.unwrap_or(&vector.expected);
    let mut ambient = celsius(fields, AMBIENT);
    let mut probe = celsius(fields, PROBE);
    // A device with nothing but a probe calls it simply "temperature".
    if model.has_probe && vector.vendor != "elsys" && fields.contains_key("temperature") {
        probe = celsius(fields, &["temperature"]);
        ambient = None;
    }
    Measurements {
        ambient: ambient.flatten(),
        probe: probe.map_or(Probe::NotFitted, |value| {
            value.map_or(Probe::Missing, Probe::Celsius)
        }),
        humidity: number(fields, HUMIDITY).map(|percent| Humidity::from_percent(percent).unwrap()),
        battery: battery(fields, model),
        door: number(fields, &["DOOR_OPEN_STATUS"])
            .map(|open| if open == 1.0 { Door::Open } else { Door::Closed }),
        door_openings: number(fields, &["DOOR_OPEN_TIMES"]).map(|times| times as u32),
        leak: fields.get("leakage_status").map(|status| status == "leak"),
        measured_at: number(fields, &["timestamp"]).map(|seconds| Timestamp::from_seconds(seconds as i64)),
    }
}

/// The outer option: whether the source has the field. The inner: whether its value is a temperature.
fn celsius(fields: &Map<String, Value>, names: &[&str]) -> Option<Option<CentiCelsius>> {
    let value = number(fields, names)?;
    Some(if value.abs() > 327.0 {
        None
    } else {
        CentiCelsius::from_celsius(value)
    })
}

fn battery(fields: &Map<String, Value>, model: &Model) -> Option<Battery> {
    if let Some(percent) = number(fields, &["battery"]) {
        return Some(Battery {
            millivolts: None,
            percent: Some(percent as u8),
        });
    }
    let volts =
        number(fields, VOLTS).or_else(|| number(fields, &["vdd"]).map(|millivolts| millivolts / 1_000.0))?;
    let millivolts = (volts * 1_000.0).round() as u16;
    Some(Battery {
        millivolts: Some(millivolts),
        percent: Some(model.chemistry.unwrap().percent(millivolts)),
    })
}

fn number(fields: &Map<String, Value>, names: &[&str]) -> Option<f64> {
    let field = names.iter().find_map(|name| fields.get(*name))?;
    field.get("value").unwrap_or(field).as_f64()
}
