//! What a sensor is sent to change its settings (specification 9.6, after Dragino's manuals).

use crate::model::Model;
use freshtrack_domain::network::{ExternalMode, SettingChange};
use freshtrack_domain::time::Timestamp;

/// A message to a sensor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DownlinkFrame {
    /// The LoRaWAN port.
    pub f_port: u8,
    /// Its bytes.
    pub payload: Vec<u8>,
}

/// The port on which Dragino's sensors take commands.
const DRAGINO_PORT: u8 = 2;

/// Models with the whole set of commands.
const ALL_COMMANDS: [&str; 2] = ["dragino-lht65", "dragino-lht65n"];
/// Models of which only the interval is known to be changed so.
const INTERVAL_ONLY: [&str; 2] = ["dragino-lht52", "dragino-lds02"];

/// What is sent to a sensor of `model` for `change` at `now`; `None` if its model does not understand it.
#[must_use]
pub fn downlink(model: &Model, change: &SettingChange, now: Timestamp) -> Option<DownlinkFrame> {
    if let SettingChange::Raw { f_port, payload } = change {
        return Some(DownlinkFrame {
            f_port: *f_port,
            payload: payload.bytes().to_vec(),
        });
    }
    let understood = ALL_COMMANDS.contains(&model.slug)
        || INTERVAL_ONLY.contains(&model.slug) && matches!(change, SettingChange::UplinkInterval { .. });
    let payload = understood.then(|| dragino(change, now)).flatten()?;
    Some(DownlinkFrame {
        f_port: DRAGINO_PORT,
        payload,
    })
}

fn dragino(change: &SettingChange, now: Timestamp) -> Option<Vec<u8>> {
    Some(match change {
        SettingChange::UplinkInterval { seconds } => {
            let [_, high, middle, low] = seconds.to_be_bytes();
            vec![0x01, high, middle, low]
        }
        SettingChange::ExternalMode { mode } => {
            let mode = match mode {
                ExternalMode::Probe => 0x01,
                ExternalMode::ProbeWithTime => 0x09,
            };
            vec![0xA2, mode]
        }
        SettingChange::SetTime {} => {
            let seconds = u32::try_from(now.as_seconds()).ok()?;
            [&[0x30], seconds.to_be_bytes().as_slice()].concat()
        }
        SettingChange::TimeSync {} => vec![0x28, 0x01],
        SettingChange::TimeSyncPeriod { days } => vec![0x29, *days],
        SettingChange::ClearDatalog {} => vec![0xA3, 0x01],
        SettingChange::Pnackmd { enabled } => vec![0x34, u8::from(*enabled)],
        SettingChange::Alarm { parameters } => [&[0xAA], parameters.bytes()].concat(),
        SettingChange::Raw { .. } => return None,
    })
}
