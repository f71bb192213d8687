//! Netvox's report: eleven bytes of which three say what it is and the fourth is the battery.

use crate::error::DecodeError;
use crate::frame::Frame;
use crate::value;
use freshtrack_domain::measurement::{Battery, Measurements};

/// The port of reports.
pub(crate) const REPORTS: u8 = 6;
/// The port on which configuration commands are answered.
const ANSWERS: u8 = 7;

const VERSION: u8 = 1;
const VERSION_REPORT: u8 = 0;
const DATA_REPORT: u8 = 1;

/// The highest bit of the battery says "low"; the rest is tenths of a volt.
const TENTHS_OF_A_VOLT: u8 = 0x7F;

/// Opens a report of one of the `devices` that share a layout and reads its seven bytes of data with `data`.
pub(crate) fn decode(
    frame: Frame<'_>,
    devices: &[u8],
    data: fn([u8; 7]) -> Measurements,
) -> Result<Measurements, DecodeError> {
    if !matches!(frame.f_port, REPORTS | ANSWERS) {
        return Err(DecodeError::UnknownPort { port: frame.f_port });
    }
    let [_, device, report, battery, rest @ ..] = frame.first::<11>()?;
    if !devices.contains(&device) {
        return Err(DecodeError::UnknownDevice { device });
    }
    match (frame.f_port, report) {
        (ANSWERS, _) | (_, VERSION_REPORT) => Ok(Measurements::default()),
        (_, DATA_REPORT) => {
            let tenths = u16::from(battery & TENTHS_OF_A_VOLT);
            Ok(Measurements {
                battery: value::millivolts(tenths * 100),
                ..data(rest)
            })
        }
        _ => Err(DecodeError::Malformed { what: "report type" }),
    }
}

/// The report in which `device` sends `data`.
pub(crate) fn encode(device: u8, battery: Option<Battery>, data: [u8; 4]) -> Vec<u8> {
    let tenths = value::from_millivolts(battery).saturating_add(50) / 100;
    let battery = u8::try_from(tenths).map_or(TENTHS_OF_A_VOLT, |tenths| tenths.min(TENTHS_OF_A_VOLT));
    [[VERSION, device, DATA_REPORT, battery].as_slice(), &data, &[0; 3]].concat()
}
