//! Dragino LHT65 and LHT65N: temperature and humidity, with a jack for a probe.
//!
//! Eleven bytes, big-endian. Byte 6 says what the other bytes mean:
//!
//! | bits | meaning |
//! |---|---|
//! | 0-3 | external sensor: 0 none, 1 DS18B20, 2 TMP117, 4 to 8 interrupt, light, voltage and counters, 9 and 10 the two probes with a timestamp, 11 and 12 SHT31, 15 the probe's serial number |
//! | 4, 5 | with bits 0-3 zero: a serial number where the case temperature would be |
//! | 6 | a stored record, sent on request |
//! | 7 | a stored record that the network had not acknowledged (newer firmware), or the probe is not connected |
//!
//! The two meanings of bit 7 are told apart by bytes 7 to 10: in a record they are a time after 2020, and no probe
//! can measure what those bytes would say as a temperature (240 °C and more).

use crate::battery::Chemistry;
use crate::error::DecodeError;
use crate::frame::Frame;
use crate::model::{CLIMATE, History, MINUTE_TO_DAY, Model};
use crate::value;
use freshtrack_domain::measurement::{Measurements, Probe};
use freshtrack_domain::time::Span;

pub(crate) const MODELS: &[Model] = &[model("dragino-lht65", "LHT65"), model("dragino-lht65n", "LHT65N")];

const fn model(slug: &'static str, name: &'static str) -> Model {
    Model {
        slug,
        vendor: "Dragino",
        name,
        f_port: MEASUREMENTS,
        uplink_interval: Span::minutes(10),
        report_intervals: MINUTE_TO_DAY,
        chemistry: Some(Chemistry::LithiumManganese),
        has_probe: true,
        measures: CLIMATE,
        takes_downlinks: true,
        decode,
        history: Some(History {
            is_stored,
            record_len: LENGTH,
        }),
        encode: Some(encode),
    }
}

const LENGTH: usize = 11;

/// The port of live measurements and of single stored records.
const MEASUREMENTS: u8 = 2;
/// The port of several stored records.
const DATALOG: u8 = 3;
/// The port of the status report.
const STATUS: u8 = 5;

const POLLED: u8 = 0x40;
const BIT_7: u8 = 0x80;

/// What is plugged in and how it is reported: the low six bits of byte 6.
const EXTERNAL: u8 = 0x3F;

/// Bytes 7 and 8 of a frame that has nothing to say there.
const FILLER: [u8; 2] = [0x7F, 0xFF];

fn is_stored(frame: Frame<'_>) -> bool {
    match (frame.f_port, frame.first::<LENGTH>()) {
        (DATALOG, _) => true,
        (MEASUREMENTS, Ok([.., flags, t0, t1, t2, t3])) => {
            flags & POLLED != 0
                || flags & BIT_7 != 0
                    && [t0, t1] != FILLER
                    && value::clock(u32::from_be_bytes([t0, t1, t2, t3])).is_some()
        }
        _ => false,
    }
}

fn decode(frame: Frame<'_>) -> Result<Measurements, DecodeError> {
    match frame.f_port {
        MEASUREMENTS if !frame.stored => frame.first().map(live),
        MEASUREMENTS | DATALOG => {
            let record = timestamped(frame.first()?);
            // Without its time a record would pass for the present.
            if record.measured_at.is_none() {
                return Err(DecodeError::Malformed {
                    what: "time of a stored record",
                });
            }
            Ok(record)
        }
        STATUS => {
            let [.., b0, b1] = frame.first::<7>()?;
            Ok(Measurements {
                battery: value::millivolts(u16::from_be_bytes([b0, b1])),
                ..Measurements::default()
            })
        }
        port => Err(DecodeError::UnknownPort { port }),
    }
}

fn live(bytes: [u8; LENGTH]) -> Measurements {
    let [b0, b1, t0, t1, h0, h1, flags, x0, x1, _, _] = bytes;
    let external = flags & EXTERNAL;
    if matches!(external & 0x0F, 9 | 10) {
        return timestamped(bytes);
    }
    // The two bits above the voltage grade it; a grade is not a percentage.
    let battery = value::millivolts(u16::from_be_bytes([b0, b1]) & 0x3FFF);
    let probe = match external {
        _ if flags & BIT_7 != 0 => Probe::Missing,
        0x10 | 0x20 => value::probe(value::hundredths([x0, x1])),
        _ if matches!(external & 0x0F, 1 | 2 | 11 | 12) => value::probe(value::hundredths([x0, x1])),
        _ => Probe::NotFitted,
    };
    if matches!(external, 0x0E | 0x0F | 0x10 | 0x20) {
        // A serial number or a long counter takes the place of the case temperature.
        return Measurements {
            probe,
            battery,
            ..Measurements::default()
        };
    }
    Measurements {
        ambient: value::hundredths([t0, t1]),
        probe,
        humidity: value::humidity(u16::from_be_bytes([h0, h1]) & 0x0FFF, 10),
        battery,
        ..Measurements::default()
    }
}

/// A record with its time, which leaves no place for the voltage: the external value comes first.
fn timestamped(bytes: [u8; LENGTH]) -> Measurements {
    let [x0, x1, t0, t1, h0, h1, flags, s0, s1, s2, s3] = bytes;
    let measured_at = value::clock(u32::from_be_bytes([s0, s1, s2, s3]));
    let probe = match flags & 0x0F {
        1 | 2 | 9..=12 => value::probe(value::hundredths([x0, x1])),
        _ => Probe::NotFitted,
    };
    Measurements {
        ambient: value::hundredths([t0, t1]),
        probe,
        humidity: value::humidity(u16::from_be_bytes([h0, h1]) & 0x0FFF, 10),
        measured_at,
        ..Measurements::default()
    }
}

fn encode(measured: &Measurements) -> Vec<u8> {
    let external = u8::from(measured.probe != Probe::NotFitted);
    let probe = value::to_hundredths(value::probe_temperature(measured.probe));
    let ambient = value::to_hundredths(measured.ambient);
    let humidity = value::from_humidity(measured.humidity, 10).to_be_bytes();
    if let Some(at) = measured.measured_at {
        let seconds = u32::try_from(at.as_seconds()).unwrap_or(0).to_be_bytes();
        return [
            probe.as_slice(),
            &ambient,
            &humidity,
            &[external | POLLED],
            &seconds,
        ]
        .concat();
    }
    let voltage = graded(value::from_millivolts(measured.battery));
    [
        voltage.as_slice(),
        &ambient,
        &humidity,
        &[external],
        &probe,
        &FILLER,
    ]
    .concat()
}

/// The voltage with the sensor's own grade of it in the two highest bits.
fn graded(millivolts: u16) -> [u8; 2] {
    let grade: u16 = match millivolts {
        ..2_500 => 0,
        2_500..2_550 => 1,
        2_550..2_650 => 2,
        2_650.. => 3,
    };
    (grade << 14 | millivolts.min(0x3FFF)).to_be_bytes()
}
