//! Elsys ERS, ELT and EMS families: one layout, of which each model sends the part that it measures.
//!
//! A type byte, then a big-endian value whose length the type decides. On any port.

use crate::battery::Chemistry;
use crate::error::DecodeError;
use crate::frame::Frame;
use crate::model::{CLIMATE, MINUTE_TO_DAY, Measure, Model};
use crate::value;
use freshtrack_domain::measurement::{Measurements, Probe};
use freshtrack_domain::time::Span;

pub(crate) const MODELS: &[Model] = &[
    model("elsys-ers", "ERS", false, CLIMATE),
    model("elsys-ers-lite", "ERS Lite", false, CLIMATE),
    model("elsys-ers-co2", "ERS CO2", false, CLIMATE),
    model("elsys-ers-eye", "ERS Eye", false, CLIMATE),
    model("elsys-elt-lite", "ELT Lite", true, &[Measure::Temperature]),
    model("elsys-elt-2", "ELT-2", true, CLIMATE),
    model("elsys-ems", "EMS", false, CLIMATE_AND_LEAK),
];

const CLIMATE_AND_LEAK: &[Measure] = &[Measure::Temperature, Measure::Humidity, Measure::Leak];

const fn model(
    slug: &'static str,
    name: &'static str,
    has_probe: bool,
    measures: &'static [Measure],
) -> Model {
    Model {
        slug,
        vendor: "Elsys",
        name,
        f_port: 5,
        uplink_interval: Span::minutes(10),
        report_intervals: MINUTE_TO_DAY,
        chemistry: Some(Chemistry::LithiumIronDisulfide),
        has_probe,
        measures,
        takes_downlinks: false,
        decode,
        history: None,
        encode: Some(encode),
    }
}

const TEMPERATURE: u8 = 0x01;
const HUMIDITY: u8 = 0x02;
const MILLIVOLTS: u8 = 0x07;
const EXTERNAL_TEMPERATURE: u8 = 0x0C;
/// The infrared element: its own temperature, then that of the surface it looks at.
const INFRARED: u8 = 0x10;
const LEAK: u8 = 0x12;

/// How many bytes follow a type whose value is not used here.
const fn unused_len(kind: u8) -> Option<usize> {
    Some(match kind {
        // Motion, digital inputs, vibration, occupancy.
        0x05 | 0x0D | 0x0F | 0x11 | 0x1A => 1,
        // Light, CO2, analogue inputs, pulses, distance, sound, further probes, volatile compounds.
        0x04 | 0x06 | 0x08 | 0x0A | 0x0E | 0x15 | 0x16 | 0x18 | 0x19 | 0x1C => 2,
        // Acceleration.
        0x03 => 3,
        // Absolute pulses, pressure, load cell, debugging.
        0x0B | 0x14 | 0x17 | 0x1B | 0x3D => 4,
        // Position.
        0x09 => 6,
        // Thermal image: a reference and 64 points.
        0x13 => 65,
        _ => return None,
    })
}

fn decode(frame: Frame<'_>) -> Result<Measurements, DecodeError> {
    let mut reader = frame.reader();
    let mut measured = Measurements::default();
    let mut recognised = false;
    loop {
        match reader.u8()? {
            TEMPERATURE => measured.ambient = value::tenths(i16::from_be_bytes(reader.take()?)),
            HUMIDITY => measured.humidity = value::humidity(u16::from(reader.u8()?), 1),
            MILLIVOLTS => measured.battery = value::millivolts(u16::from_be_bytes(reader.take()?)),
            EXTERNAL_TEMPERATURE => {
                measured.probe = value::probe(value::tenths(i16::from_be_bytes(reader.take()?)));
            }
            INFRARED => {
                let [_own @ .., s0, s1] = reader.take::<4>()?;
                // A wired probe touches the product; the infrared element only sees its surface.
                if measured.probe == Probe::NotFitted {
                    measured.probe = value::probe(value::tenths(i16::from_be_bytes([s0, s1])));
                }
            }
            LEAK => measured.leak = Some(reader.u8()? != 0),
            kind => match unused_len(kind) {
                Some(len) => reader.skip(len)?,
                None if recognised => return Ok(measured),
                None => return Err(DecodeError::UnknownChannel { channel: kind }),
            },
        }
        recognised = true;
        if reader.is_empty() {
            return Ok(measured);
        }
    }
}

fn encode(measured: &Measurements) -> Vec<u8> {
    let mut frame = Vec::with_capacity(16);
    if let Some(ambient) = measured.ambient {
        frame.push(TEMPERATURE);
        frame.extend(value::to_tenths(Some(ambient)).to_be_bytes());
    }
    if measured.humidity.is_some() {
        frame.push(HUMIDITY);
        frame.push(u8::try_from(value::from_humidity(measured.humidity, 1)).unwrap_or(u8::MAX));
    }
    if measured.probe != Probe::NotFitted {
        frame.push(EXTERNAL_TEMPERATURE);
        frame.extend(value::to_tenths(value::probe_temperature(measured.probe)).to_be_bytes());
    }
    if let Some(millivolts) = measured.battery.and_then(|battery| battery.millivolts) {
        frame.push(MILLIVOLTS);
        frame.extend(millivolts.to_be_bytes());
    }
    if let Some(leak) = measured.leak {
        frame.extend([LEAK, u8::from(leak)]);
    }
    frame
}
