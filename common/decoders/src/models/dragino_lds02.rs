//! Dragino LDS02 door sensor and LWL02 leak sensor, one board with two housings.
//!
//! Ten bytes, big-endian: the contacts in the two highest bits above the voltage, the mode, then a counter and the
//! minutes of the last event for the mode's contact, and whether this is an alarm.

use crate::battery::Chemistry;
use crate::error::DecodeError;
use crate::frame::Frame;
use crate::model::{MINUTE_TO_DAY, Measure, Model};
use crate::value;
use freshtrack_domain::measurement::{Door, Measurements};
use freshtrack_domain::time::Span;

pub(crate) const MODELS: &[Model] = &[
    model("dragino-lds02", "LDS02", true),
    model("dragino-lwl02", "LWL02", false),
];

const fn model(slug: &'static str, name: &'static str, takes_downlinks: bool) -> Model {
    Model {
        slug,
        vendor: "Dragino",
        name,
        f_port: PORT,
        uplink_interval: Span::hours(2),
        report_intervals: MINUTE_TO_DAY,
        chemistry: Some(Chemistry::Alkaline),
        has_probe: false,
        // Which of the two contacts counts is a setting of the sensor.
        measures: &[Measure::Door, Measure::Leak],
        takes_downlinks,
        decode,
        history: None,
        encode: Some(encode),
    }
}

const PORT: u8 = 10;

const DOOR_OPEN: u16 = 0x8000;
const LEAK: u16 = 0x4000;
const MILLIVOLTS: u16 = 0x3FFF;

const MODE_DOOR: u8 = 1;
const MODE_LEAK: u8 = 2;
const MODE_BOTH: u8 = 3;

fn decode(frame: Frame<'_>) -> Result<Measurements, DecodeError> {
    if frame.f_port != PORT {
        return Err(DecodeError::UnknownPort { port: frame.f_port });
    }
    let [b0, b1, mode, n0, n1, n2, _minutes @ .., _alarm] = frame.first::<10>()?;
    let status = u16::from_be_bytes([b0, b1]);
    let door = matches!(mode, MODE_DOOR | MODE_BOTH).then(|| value::door(status & DOOR_OPEN != 0));
    Ok(Measurements {
        battery: value::millivolts(status & MILLIVOLTS),
        door,
        door_openings: (mode == MODE_DOOR).then(|| u32::from_be_bytes([0, n0, n1, n2])),
        leak: matches!(mode, MODE_LEAK | MODE_BOTH).then_some(status & LEAK != 0),
        ..Measurements::default()
    })
}

fn encode(measured: &Measurements) -> Vec<u8> {
    let mode = match (measured.door, measured.leak) {
        (Some(_), Some(_)) => MODE_BOTH,
        (None, Some(_)) => MODE_LEAK,
        (_, None) => MODE_DOOR,
    };
    let mut status = value::from_millivolts(measured.battery).min(MILLIVOLTS);
    if measured.door == Some(Door::Open) {
        status |= DOOR_OPEN;
    }
    if measured.leak == Some(true) {
        status |= LEAK;
    }
    let openings = measured.door_openings.filter(|_| mode == MODE_DOOR).unwrap_or(0);
    let [_, count @ ..] = openings.min(0x00FF_FFFF).to_be_bytes();
    [status.to_be_bytes().as_slice(), &[mode], &count, &[0; 4]].concat()
}
