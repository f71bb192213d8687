//! Dragino LHT52: temperature and humidity, with a socket for a probe.
//!
//! Eleven bytes, big-endian: case temperature, humidity, probe, one byte of configuration, Unix time. Stored
//! records are laid out alike and come several to a frame. The voltage comes only in the status report.

use crate::battery::Chemistry;
use crate::error::DecodeError;
use crate::frame::Frame;
use crate::model::{CLIMATE, History, MINUTE_TO_DAY, Model};
use crate::value;
use freshtrack_domain::measurement::Measurements;
use freshtrack_domain::time::Span;

pub(crate) const MODELS: &[Model] = &[Model {
    slug: "dragino-lht52",
    vendor: "Dragino",
    name: "LHT52",
    f_port: MEASUREMENTS,
    uplink_interval: Span::minutes(20),
    report_intervals: MINUTE_TO_DAY,
    chemistry: Some(Chemistry::Alkaline),
    has_probe: true,
    measures: CLIMATE,
    takes_downlinks: true,
    decode,
    history: Some(History {
        is_stored,
        record_len: LENGTH,
    }),
    encode: Some(encode),
}];

const LENGTH: usize = 11;

const MEASUREMENTS: u8 = 2;
const DATALOG: u8 = 3;
const PROBE_SERIAL_NUMBER: u8 = 4;
const STATUS: u8 = 5;

/// The configuration byte of a sensor in its standard mode.
const STANDARD_MODE: u8 = 1;

fn is_stored(frame: Frame<'_>) -> bool {
    frame.f_port == DATALOG
}

fn decode(frame: Frame<'_>) -> Result<Measurements, DecodeError> {
    match frame.f_port {
        MEASUREMENTS | DATALOG => {
            let [t0, t1, h0, h1, p0, p1, _mode, s0, s1, s2, s3] = frame.first::<LENGTH>()?;
            let measured_at = value::clock(u32::from_be_bytes([s0, s1, s2, s3]));
            if frame.stored && measured_at.is_none() {
                return Err(DecodeError::Malformed {
                    what: "time of a stored record",
                });
            }
            Ok(Measurements {
                ambient: value::hundredths([t0, t1]),
                probe: value::probe(value::hundredths([p0, p1])),
                humidity: value::humidity(u16::from_be_bytes([h0, h1]), 10),
                measured_at,
                ..Measurements::default()
            })
        }
        PROBE_SERIAL_NUMBER => frame.first::<8>().map(|_| Measurements::default()),
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

fn encode(measured: &Measurements) -> Vec<u8> {
    let seconds = measured
        .measured_at
        .and_then(|at| u32::try_from(at.as_seconds()).ok())
        .unwrap_or(0);
    [
        value::to_hundredths(measured.ambient).as_slice(),
        &value::from_humidity(measured.humidity, 10).to_be_bytes(),
        &value::to_hundredths(value::probe_temperature(measured.probe)),
        &[STANDARD_MODE],
        &seconds.to_be_bytes(),
    ]
    .concat()
}
