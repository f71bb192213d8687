//! Changes of a sensor's settings, sent to it over the air.

use super::{Attempts, Setback};
use crate::device::DevEui;
use crate::ids::{NetworkId, PendingChangeId, SensorId};
use crate::time::{Span, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// The most bytes a downlink may have: what LoRaWAN carries at the slowest data rate of every region but the Americas'.
const LONGEST_PAYLOAD: usize = 51;
/// How often a sensor may be told to report: from once a minute to once a day.
const SHORTEST_INTERVAL: u32 = 60;
const LONGEST_INTERVAL: u32 = 24 * 3_600;
/// For how many hours a change may wait (specification 1.6).
const LONGEST_WAIT_HOURS: u32 = 168;
/// For how many hours it waits unless said otherwise.
const WAIT_HOURS: u32 = 24;
/// How long a change that has ended is shown.
pub const CHANGE_KEPT: Span = Span::hours(90 * 24);

/// Bytes, written as hexadecimal digits.
#[derive(Clone, PartialEq, Eq)]
pub struct Payload(Vec<u8>);

/// A text that is no payload.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a payload is 1 to {LONGEST_PAYLOAD} bytes as hexadecimal digits")]
pub struct InvalidPayload;

impl Payload {
    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl FromStr for Payload {
    type Err = InvalidPayload;

    fn from_str(text: &str) -> Result<Self, InvalidPayload> {
        let digits = text
            .chars()
            .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
            .collect::<Option<Vec<u8>>>()
            .ok_or(InvalidPayload)?;
        let bytes: Vec<u8> = digits
            .chunks(2)
            .filter_map(|pair| match pair {
                [high, low] => Some(high << 4 | low),
                _ => None,
            })
            .collect();
        if digits.len() == 2 * bytes.len() && (1..=LONGEST_PAYLOAD).contains(&bytes.len()) {
            Ok(Self(bytes))
        } else {
            Err(InvalidPayload)
        }
    }
}

impl fmt::Display for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02X}"))
    }
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Payload {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Payload {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Payload {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Payload".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^([0-9A-Fa-f]{2}){1,51}$" })
    }
}

/// What is plugged into a sensor, and how it is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ExternalMode {
    /// A temperature probe.
    Probe,
    /// A temperature probe, each value with its time.
    ProbeWithTime,
}

/// A change of a sensor's settings (specification 9.6). Which of them a sensor understands is its model's to say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum SettingChange {
    /// It is to report at another interval.
    UplinkInterval {
        /// In seconds: 60 to 86,400.
        seconds: u32,
    },
    /// Something else is plugged in.
    ExternalMode {
        /// What.
        mode: ExternalMode,
    },
    /// Its clock is to be set to the time at which this is asked for. It will be slow by as much as the sensor listens
    /// later; `time_sync` is exact.
    SetTime {},
    /// It is to ask the network for the time.
    TimeSync {},
    /// It is to ask the network for the time every so often.
    TimeSyncPeriod {
        /// In days: 1 to 255.
        days: u8,
    },
    /// It is to forget the records it keeps.
    ClearDatalog {},
    /// Whether it sends records again that the network has not acknowledged.
    Pnackmd {
        /// Whether it does.
        enabled: bool,
    },
    /// It is to watch limits by itself.
    Alarm {
        /// The limits, as its manual has them.
        parameters: Payload,
    },
    /// Whatever its manual says these bytes do.
    Raw {
        /// The LoRaWAN port: 1 to 223.
        f_port: u8,
        /// The bytes.
        payload: Payload,
    },
}

/// Why a change makes no sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidChange {
    /// Too often or too seldom.
    #[error("seconds must be {SHORTEST_INTERVAL} to {LONGEST_INTERVAL}")]
    Interval,
    /// Never.
    #[error("days must be 1 to 255")]
    Days,
    /// A port that is the network's own.
    #[error("f_port must be 1 to 223")]
    Port,
    /// Too short or too long.
    #[error("timeout_hours must be 1 to {LONGEST_WAIT_HOURS}")]
    Wait,
}

impl SettingChange {
    /// Refuses what makes no sense for any sensor.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(&self) -> Result<(), InvalidChange> {
        match self {
            Self::UplinkInterval { seconds } if !(SHORTEST_INTERVAL..=LONGEST_INTERVAL).contains(seconds) => {
                Err(InvalidChange::Interval)
            }
            Self::TimeSyncPeriod { days: 0 } => Err(InvalidChange::Days),
            Self::Raw {
                f_port: 0 | 224.., ..
            } => Err(InvalidChange::Port),
            _ => Ok(()),
        }
    }

    /// Its name on the wire.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::UplinkInterval { .. } => "uplink_interval",
            Self::ExternalMode { .. } => "external_mode",
            Self::SetTime {} => "set_time",
            Self::TimeSync {} => "time_sync",
            Self::TimeSyncPeriod { .. } => "time_sync_period",
            Self::ClearDatalog {} => "clear_datalog",
            Self::Pnackmd { .. } => "pnackmd",
            Self::Alarm { .. } => "alarm",
            Self::Raw { .. } => "raw",
        }
    }
}

/// How long a change waits for its sensor: `hours`, or a day.
///
/// # Errors
/// When that is too short or too long.
pub fn wait_of(hours: Option<u32>) -> Result<Span, InvalidChange> {
    match hours.unwrap_or(WAIT_HOURS) {
        hours @ 1..=LONGEST_WAIT_HOURS => Ok(Span::hours(hours)),
        _ => Err(InvalidChange::Wait),
    }
}

/// How far a change has come (specification 1.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ChangeState {
    /// The network server does not have it yet.
    Queued,
    /// The network server has it, for when the sensor listens.
    Sent,
    /// The sensor was heard since, and the server has handed it over.
    Applied,
    /// The network server does not take it.
    Failed,
    /// The sensor was not heard in time.
    Timeout,
    /// Somebody took it back.
    Canceled,
}

/// A change of a sensor's settings on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingChange {
    /// Its identifier.
    pub id: PendingChangeId,
    /// The sensor.
    pub sensor_id: SensorId,
    /// What the radio network calls it.
    pub dev_eui: DevEui,
    /// Through which connection.
    pub network_id: NetworkId,
    /// What is to be changed.
    pub change: SettingChange,
    /// How far it has come.
    pub state: ChangeState,
    /// How often it was tried.
    #[serde(default)]
    pub attempts: Attempts,
    /// What stood in the way last.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub setback: Option<Setback>,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// Who asked for it.
    pub asked_by: String,
    /// When it is given up.
    pub times_out_at: Timestamp,
    /// When the network server took it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sent_at: Option<Timestamp>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ended_at: Option<Timestamp>,
}

/// What is to be done with a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextMove {
    /// It is to be sent.
    Send,
    /// The sensor was heard: whether the server still holds it decides.
    Confirm,
    /// It has waited long enough.
    GiveUp,
}

impl PendingChange {
    /// Whether it has not ended.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self.state, ChangeState::Queued | ChangeState::Sent)
    }

    /// What is to be done with it at `now`, when its sensor was last heard at `heard_at`.
    #[must_use]
    pub fn next_move(&self, heard_at: Option<Timestamp>, now: Timestamp) -> Option<NextMove> {
        if !self.is_open() || self.attempts.is_at_work(now) {
            return None;
        }
        let heard = heard_at.is_some_and(|heard| self.sent_at.is_some_and(|sent| heard > sent));
        match self.state {
            ChangeState::Sent if heard => Some(NextMove::Confirm),
            _ if now >= self.times_out_at => Some(NextMove::GiveUp),
            ChangeState::Queued if self.attempts.is_due(now) => Some(NextMove::Send),
            _ => None,
        }
    }

    /// The network server has it.
    pub fn sent(&mut self, now: Timestamp) {
        self.state = ChangeState::Sent;
        self.sent_at = Some(now);
        self.setback = None;
        self.attempts.end();
    }

    /// It comes to its end.
    pub const fn end(&mut self, state: ChangeState, now: Timestamp) {
        self.state = state;
        self.ended_at = Some(now);
        self.attempts.end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_makes_no_sense_for_any_sensor_is_refused() {
        let change = |text: &str| serde_json::from_str::<SettingChange>(text);
        for (text, expected) in [
            (r#"{"type":"uplink_interval","seconds":600}"#, Ok(())),
            (
                r#"{"type":"uplink_interval","seconds":59}"#,
                Err(InvalidChange::Interval),
            ),
            (
                r#"{"type":"uplink_interval","seconds":86401}"#,
                Err(InvalidChange::Interval),
            ),
            (
                r#"{"type":"time_sync_period","days":0}"#,
                Err(InvalidChange::Days),
            ),
            (r#"{"type":"set_time"}"#, Ok(())),
            (
                r#"{"type":"raw","f_port":0,"payload":"01"}"#,
                Err(InvalidChange::Port),
            ),
            (
                r#"{"type":"raw","f_port":224,"payload":"01"}"#,
                Err(InvalidChange::Port),
            ),
            (r#"{"type":"raw","f_port":2,"payload":"A30F"}"#, Ok(())),
        ] {
            let change = change(text).unwrap();
            assert_eq!(change.check(), expected, "{text}");
            let written = serde_json::to_value(&change).unwrap();
            assert_eq!(written["type"], change.name());
        }
        for bad in [
            r#"{"type":"set_time","at":1}"#,
            r#"{"type":"explode"}"#,
            r#"{"type":"raw","f_port":2,"payload":""}"#,
            r#"{"type":"raw","f_port":2,"payload":"A"}"#,
            r#"{"type":"raw","f_port":2,"payload":"xy"}"#,
        ] {
            assert!(change(bad).is_err(), "{bad}");
        }
        assert!("00".repeat(52).parse::<Payload>().is_err());
        assert_eq!(wait_of(None), Ok(Span::hours(24)));
        assert_eq!(wait_of(Some(168)), Ok(Span::hours(168)));
        assert_eq!(wait_of(Some(0)), Err(InvalidChange::Wait));
        assert_eq!(wait_of(Some(169)), Err(InvalidChange::Wait));
    }
}
