//! What a network server decoded, as measurements: for sensors without a native decoder.
//!
//! Every vendor's script names its fields in its own way. A field is looked for under each of its aliases in order
//! of priority, whatever the case of the letters, and the first that holds a usable value counts. Values may be
//! numbers, texts that say a number, or objects that carry theirs as `value`. Dragino's `Bat_status` is a class
//! from 0 to 3 and no alias of anything.

use crate::battery::Chemistry;
use crate::error::DecodeError;
use freshtrack_domain::measurement::{Battery, CentiCelsius, Door, Humidity, Measurements, Probe};
use serde_json::{Map, Value};

/// The sensor's own element, in degrees Celsius.
const AMBIENT_CELSIUS: &[&str] = &[
    "TempC_SHT",
    "temperature_c",
    "temp_c",
    "temp",
    "temperature",
    "air_temperature",
];
/// The sensor's own element, in degrees Fahrenheit.
const AMBIENT_FAHRENHEIT: &[&str] = &["TempF_SHT", "temperature_f", "temp_f", "temperature_fahrenheit"];
/// The external probe, in degrees Celsius.
const PROBE_CELSIUS: &[&str] = &[
    "TempC_DS",
    "TempC_TMP117",
    "TempC1",
    "externalTemperature",
    "probe_temperature",
];
/// The external probe, in degrees Fahrenheit.
const PROBE_FAHRENHEIT: &[&str] = &["TempF_DS", "probe_temperature_f"];
/// Percent.
const HUMIDITY: &[&str] = &[
    "Hum_SHT",
    "humidity_pct",
    "relative_humidity",
    "humidity",
    "relativeHumidity",
    "rh",
    "air_humidity",
];
/// Volts, or millivolts if above 10.
const BATTERY_VOLTAGE: &[&str] = &[
    "BatV",
    "BAT_V",
    "battery_v",
    "battery_volt_abs",
    "batteryVoltage",
    "battery_voltage",
    "vbat",
    "Bat_mV",
    "vdd",
];
/// Percent.
const BATTERY_PERCENT: &[&str] = &["battery_level", "battery", "batt"];
/// True, 1, "open" where the door is open.
const DOOR: &[&str] = &[
    "door_open",
    "DOOR_OPEN_STATUS",
    "door_status",
    "open_state_abs",
    "doorStatus",
    "door",
    "open_close",
    "contactStatus",
    "magnet_status",
];
/// Times the door was opened since the sensor was started.
const DOOR_OPENINGS: &[&str] = &["DOOR_OPEN_TIMES", "open_count", "door_open_count"];
/// True, 1, "leak" where there is water.
const LEAK: &[&str] = &[
    "water_leak",
    "WATER_LEAK_STATUS",
    "leak_detected",
    "leakage_status",
    "waterleak",
];

/// Dragino's marker for a probe that is not there is 327.67 °C, and -327.68 or -327.6 on some boards.
const NO_PROBE_CELSIUS: f64 = 327.6;

/// Normalises a network server's decoded payload (`decoded_payload` of The Things Stack, `object` of ChirpStack).
///
/// The probe and the sensor's own element stay apart, so that the unit's measurement source decides between them.
/// A voltage without a percentage is read off the lithium curve, because the cells are not known.
///
/// # Errors
/// [`DecodeError::Malformed`] unless `payload` is an object, [`DecodeError::NothingRecognised`] if it has no
/// usable field.
pub fn normalise(payload: &Value) -> Result<Measurements, DecodeError> {
    let payload = payload.as_object().ok_or(DecodeError::Malformed {
        what: "decoded payload",
    })?;
    let ambient = match temperature(payload, AMBIENT_CELSIUS, AMBIENT_FAHRENHEIT) {
        Some(Probe::Celsius(value)) => Some(value),
        _ => None,
    };
    let measured = Measurements {
        ambient,
        probe: temperature(payload, PROBE_CELSIUS, PROBE_FAHRENHEIT).unwrap_or_default(),
        humidity: first(payload, HUMIDITY, |value| {
            number(value).and_then(Humidity::from_percent)
        }),
        battery: battery(payload),
        door: first(payload, DOOR, door),
        door_openings: first(payload, DOOR_OPENINGS, count),
        leak: first(payload, LEAK, leak),
        measured_at: None,
    };
    if measured.is_empty() {
        Err(DecodeError::NothingRecognised)
    } else {
        Ok(measured)
    }
}

/// The first usable value among the fields called by one of `aliases`.
fn first<T>(payload: &Map<String, Value>, aliases: &[&str], read: impl Fn(&Value) -> Option<T>) -> Option<T> {
    aliases.iter().find_map(|alias| {
        let field = |(name, value)| str::eq_ignore_ascii_case(name, alias).then_some(value);
        payload
            .iter()
            .filter_map(|(name, value)| field((name.as_str(), value)))
            .find_map(&read)
    })
}

fn temperature(payload: &Map<String, Value>, celsius: &[&str], fahrenheit: &[&str]) -> Option<Probe> {
    first(payload, celsius, |value| number(value).and_then(judge)).or_else(|| {
        first(payload, fahrenheit, |value| {
            judge((number(value)? - 32.0) * 5.0 / 9.0)
        })
    })
}

fn judge(celsius: f64) -> Option<Probe> {
    if celsius.abs() >= NO_PROBE_CELSIUS {
        return Some(Probe::Missing);
    }
    CentiCelsius::from_celsius(celsius).map(Probe::Celsius)
}

fn battery(payload: &Map<String, Value>) -> Option<Battery> {
    let voltage = |value: &Value| number(value).and_then(millivolts);
    let millivolts = first(payload, BATTERY_VOLTAGE, voltage).or_else(|| {
        first(payload, BATTERY_PERCENT, |value| {
            voltage(value).filter(|_| !is_percentage(value))
        })
    });
    let percent = first(payload, BATTERY_PERCENT, |value| {
        number(value).filter(|_| is_percentage(value))
    })
    .and_then(|percent| u8::try_from(whole(percent, 100)?).ok())
    .or_else(|| millivolts.map(|mv| Chemistry::default().percent(mv)));
    percent.map(|percent| Battery {
        millivolts,
        percent: Some(percent),
    })
}

/// Some scripts call a voltage `battery`: 3.05 is not 3 %, and 3594 is no percentage at all.
fn is_percentage(value: &Value) -> bool {
    number(value)
        .is_some_and(|number| (0.0..=100.0).contains(&number) && (number >= 5.0 || number.fract() == 0.0))
}

fn millivolts(volts_or_millivolts: f64) -> Option<u16> {
    let scale = if volts_or_millivolts > 10.0 { 1.0 } else { 1_000.0 };
    let millivolts = whole(volts_or_millivolts * scale, u16::MAX.into())?;
    u16::try_from(millivolts)
        .ok()
        .filter(|millivolts| *millivolts > 0)
}

fn door(value: &Value) -> Option<Door> {
    match state(value, &["open", "opened"], &["closed", "close"]) {
        Some(true) => Some(Door::Open),
        Some(false) => Some(Door::Closed),
        None => None,
    }
}

fn leak(value: &Value) -> Option<bool> {
    state(value, &["leak", "leaking", "wet"], &["normal", "no leak", "dry"])
}

/// Whether `value` says yes, in its own words or as a truth value; `None` if it says neither.
fn state(value: &Value, yes: &[&str], no: &[&str]) -> Option<bool> {
    match unwrapped(value) {
        Value::Bool(state) => Some(*state),
        Value::Number(_) => is_one(value),
        Value::String(text) => {
            let says = |words: &[&str]| words.iter().any(|word| text.trim().eq_ignore_ascii_case(word));
            match (says(yes) || says(&["true"]), says(no) || says(&["false"])) {
                (true, _) => Some(true),
                (_, true) => Some(false),
                _ => is_one(value),
            }
        }
        _ => None,
    }
}

fn is_one(value: &Value) -> Option<bool> {
    match whole(number(value)?, 1)? {
        0 => Some(false),
        _ => Some(true),
    }
}

fn count(value: &Value) -> Option<u32> {
    whole(number(value)?, u32::MAX)
}

/// `number` to the nearest integer, if that is from 0 to `limit`.
fn whole(number: f64, limit: u32) -> Option<u32> {
    let nearest = number.round();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "bounded by the guard"
    )]
    (0.0..=f64::from(limit))
        .contains(&nearest)
        .then_some(nearest as u32)
}

fn number(value: &Value) -> Option<f64> {
    match unwrapped(value) {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
    .filter(|number: &f64| number.is_finite())
}

/// The value inside a wrapper such as `{"value": 21.5, "unit": "°C"}`.
fn unwrapped(value: &Value) -> &Value {
    value
        .as_object()
        .and_then(|wrapper| wrapper.get("value"))
        .unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn celsius(hundredths: i32) -> Option<CentiCelsius> {
        Some(CentiCelsius(hundredths))
    }

    #[test]
    fn reads_what_real_networks_send() {
        let lht65n = normalise(&json!({
            "BatV": 3.014, "Bat_status": 3, "TempC_SHT": 1.3, "Hum_SHT": 24.2,
            "Ext_sensor": "Temperature Sensor", "TempC_DS": 327.67
        }))
        .unwrap();
        assert_eq!(lht65n.ambient, celsius(130));
        assert_eq!(lht65n.probe, Probe::Missing);
        assert_eq!(lht65n.humidity, Humidity::from_basis_points(2_420));
        assert_eq!(
            lht65n.battery,
            Some(Battery {
                millivolts: Some(3_014),
                percent: Some(66)
            })
        );

        let em300 = normalise(&json!({"temperature": -18.5, "humidity": 30, "battery_level": 88})).unwrap();
        assert_eq!(em300.ambient, celsius(-1_850));
        assert_eq!(
            em300.battery,
            Some(Battery {
                millivolts: None,
                percent: Some(88)
            })
        );

        let r311a = normalise(&json!({"door": true, "battery_voltage": 3.0})).unwrap();
        assert_eq!(
            (r311a.door, r311a.battery.unwrap().millivolts),
            (Some(Door::Open), Some(3_000))
        );

        let iam =
            normalise(&json!({"air_temperature": {"displayName": "Air", "value": 27.678, "unit": "°C"}}));
        assert_eq!(iam.unwrap().ambient, celsius(2_768));
    }

    #[test]
    fn keeps_the_probe_apart_from_the_case() {
        let both = normalise(&json!({"TempC_DS": "3.94", "TempC_SHT": "21.50"})).unwrap();
        assert_eq!(
            (both.ambient, both.probe),
            (celsius(2_150), Probe::Celsius(CentiCelsius(394)))
        );
        let lost = normalise(&json!({"TempC1": -327.6})).unwrap();
        assert_eq!((lost.ambient, lost.probe), (None, Probe::Missing));
        assert_eq!(
            normalise(&json!({"temperature": 327.67})),
            Err(DecodeError::NothingRecognised)
        );
    }

    #[test]
    fn converts_fahrenheit() {
        for (name, value, expected) in [
            ("temperature_f", 41.0, 500),
            ("temp_f", -40.0, -4_000),
            ("TempF_SHT", 0.0, -1_778),
        ] {
            assert_eq!(
                normalise(&json!({name: value})).unwrap().ambient,
                celsius(expected),
                "{name}"
            );
        }
        assert_eq!(
            normalise(&json!({"TempF_DS": 621.8})).unwrap().probe,
            Probe::Missing
        );
    }

    #[test]
    fn a_better_alias_without_a_value_gives_way_to_the_next() {
        let payload = json!({"TempC_SHT": null, "temperature_c": "n/a", "temp": 4.0, "temperature": 99});
        assert_eq!(normalise(&payload).unwrap().ambient, celsius(400));
    }

    #[test]
    fn understands_every_way_to_say_open() {
        let open = [
            json!("open"),
            json!("Opened"),
            json!("true"),
            json!("1"),
            json!(1),
            json!(1.0),
            json!(true),
        ];
        let closed = [
            json!("closed"),
            json!("close"),
            json!("FALSE"),
            json!("0"),
            json!(0),
            json!(false),
        ];
        for alias in DOOR {
            for (values, expected) in [(&open[..], Door::Open), (&closed[..], Door::Closed)] {
                for value in values {
                    let measured = normalise(&json!({ *alias: value })).unwrap();
                    assert_eq!(measured.door, Some(expected), "{alias}: {value}");
                }
            }
        }
        for nonsense in [json!("ajar"), json!(2), json!(-1), json!(null), json!([1])] {
            assert_eq!(
                normalise(&json!({"door": nonsense})),
                Err(DecodeError::NothingRecognised)
            );
        }
    }

    #[test]
    fn tells_volts_from_millivolts_and_from_percent() {
        for value in [json!(3.6), json!(3600), json!("3.6")] {
            let battery = normalise(&json!({"vbat": value})).unwrap().battery.unwrap();
            assert_eq!(
                battery,
                Battery {
                    millivolts: Some(3_600),
                    percent: Some(100)
                }
            );
        }
        let both = normalise(&json!({"BatV": 2.6, "battery_level": 12}))
            .unwrap()
            .battery
            .unwrap();
        assert_eq!(
            both,
            Battery {
                millivolts: Some(2_600),
                percent: Some(12)
            }
        );
        for value in [json!(3.594), json!(3594)] {
            assert_eq!(
                normalise(&json!({"battery": value}))
                    .unwrap()
                    .battery
                    .unwrap()
                    .millivolts,
                Some(3_594)
            );
        }
        for (value, percent) in [(json!(3), 3), (json!(87.5), 88), (json!("0"), 0)] {
            let battery = normalise(&json!({"battery": value})).unwrap().battery.unwrap();
            assert_eq!(
                battery,
                Battery {
                    millivolts: None,
                    percent: Some(percent)
                }
            );
        }
        assert_eq!(
            normalise(&json!({"Bat_status": 3})),
            Err(DecodeError::NothingRecognised)
        );
    }

    #[test]
    fn reads_leaks_and_counts() {
        let leak = normalise(&json!({"WATER_LEAK_STATUS": 1, "leakage_status": "normal"})).unwrap();
        assert_eq!(leak.leak, Some(true));
        assert_eq!(
            normalise(&json!({"leakage_status": "normal"})).unwrap().leak,
            Some(false)
        );
        assert_eq!(
            normalise(&json!({"DOOR_OPEN_TIMES": 7091}))
                .unwrap()
                .door_openings,
            Some(7_091)
        );
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        assert_eq!(normalise(&json!({})), Err(DecodeError::NothingRecognised));
        assert_eq!(
            normalise(&json!({"Distance": 2025})),
            Err(DecodeError::NothingRecognised)
        );
        assert_eq!(
            normalise(&json!([1, 2])),
            Err(DecodeError::Malformed {
                what: "decoded payload"
            })
        );
        for nonsense in [
            json!(1e300),
            json!("NaN"),
            json!("inf"),
            json!({"value": {"value": 1}}),
        ] {
            assert_eq!(
                normalise(&json!({"temp_c": nonsense, "rh": nonsense}))
                    .ok()
                    .and_then(|m| m.ambient),
                None
            );
        }
    }
}
