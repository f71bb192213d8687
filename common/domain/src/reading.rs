//! One measurement of one unit at one instant.

use crate::ids::SensorId;
use crate::measurement::{Battery, Correction, Door, Humidity, SensorFault, TemperatureSample};
use crate::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// How a reading reached us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A LoRaWAN frame.
    Radio,
    /// Uploaded by a program.
    Upload,
    /// Typed by a person.
    Manual,
}

/// The frame counter of a LoRaWAN uplink within one session of its device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FrameCounter {
    /// The counter, which a device raises with every new frame and never otherwise.
    pub count: u32,
    /// Something that changes when the device joins anew and starts counting from zero; zero if the network
    /// does not tell.
    pub session: u32,
}

/// One measurement of one unit at one instant, decoded and attributed, not yet judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// The sensor that measured.
    pub sensor_id: SensorId,
    /// When it was measured, to the second.
    pub recorded_at: Timestamp,
    /// The frame it came in, if it came by radio.
    #[serde(default)]
    pub frame: Option<FrameCounter>,
    /// The unit's temperature or why there is none; `None` for a frame without any (a door contact).
    #[serde(default)]
    pub temperature: Option<TemperatureSample>,
    /// Relative humidity.
    #[serde(default)]
    pub humidity: Option<Humidity>,
    /// What the sensor's calibration has added to temperature and humidity: taken off again, they are what it told.
    #[serde(default)]
    pub correction: Correction,
    /// The door contact.
    #[serde(default)]
    pub door: Option<Door>,
    /// The sensor's battery.
    #[serde(default)]
    pub battery: Option<Battery>,
    /// The best received signal strength over all gateways, in dBm.
    #[serde(default)]
    pub rssi_dbm: Option<i16>,
    /// Whether an external probe measured it. Remembered per sensor, so that its loss is noticed.
    #[serde(default)]
    pub from_probe: bool,
    /// Whether the sensor looked for its probe and found none. If the unit has ever had readings of that probe,
    /// the temperature beside it is of something else and is not used.
    #[serde(default)]
    pub probe_missing: bool,
    /// Whether it comes from the sensor that drives the unit. Others are recorded and shown but judge nothing.
    #[serde(default = "yes")]
    pub drives_unit: bool,
    /// How it reached us.
    pub origin: Origin,
}

const fn yes() -> bool {
    true
}

/// How far ahead of our clock a sensor's may be before its reading is refused (specification 2.5, case 10).
pub const MAX_FUTURE: Span = Span::minutes(5);

/// Why a reading was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Rejection {
    /// Its time is more than [`MAX_FUTURE`] ahead.
    #[error("recorded_at is more than 5 minutes in the future")]
    InFuture,
    /// Its time is before any sensor of ours was built.
    #[error("recorded_at is before 2015")]
    TooOld,
    /// It measured nothing this system uses.
    #[error("the reading carries no measurement")]
    Empty,
}

/// 2015-01-01T00:00:00Z: LoRaWAN 1.0 was published in January 2015, so an older time is a clock never set.
pub const EARLIEST: Timestamp = Timestamp::from_seconds(1_420_070_400);

impl Reading {
    /// What a sensor that drives its unit measured, of which nothing is known yet but when and how it came.
    #[must_use]
    pub const fn new(sensor_id: SensorId, recorded_at: Timestamp, origin: Origin) -> Self {
        Self {
            sensor_id,
            recorded_at,
            frame: None,
            temperature: None,
            humidity: None,
            correction: Correction::NONE,
            door: None,
            battery: None,
            rssi_dbm: None,
            from_probe: false,
            probe_missing: false,
            drives_unit: true,
            origin,
        }
    }

    /// This reading from a sensor that has lost its probe: a fault instead of the ambient temperature.
    #[must_use]
    pub fn without_probe(&self) -> Self {
        Self {
            temperature: Some(TemperatureSample::Fault(SensorFault::ProbeMissing)),
            ..self.clone()
        }
    }

    /// Checks what can be checked of a reading alone.
    ///
    /// # Errors
    /// Says why it can never be taken; sending it again will not help.
    pub fn check(&self, now: Timestamp) -> Result<(), Rejection> {
        if self.recorded_at > now + MAX_FUTURE {
            Err(Rejection::InFuture)
        } else if self.recorded_at < EARLIEST {
            Err(Rejection::TooOld)
        } else if self.temperature.is_none() && self.humidity.is_none() && self.door.is_none() {
            Err(Rejection::Empty)
        } else {
            Ok(())
        }
    }
}
