//! The reading log: a head that is written with the unit's state, and sealed blocks that never change.
//!
//! One write holds the state and the newest readings together, so neither can be without the other. When the
//! head is full it is sealed into a block that carries the hash of the block before it: the measurements
//! themselves stand in a chain, and changing one breaks every block after it.

mod block;
mod codec;
mod head;

pub use block::{BlockHash, SealedBlock};
pub use codec::Corrupt;
pub use head::Head;

use crate::ids::SensorId;
use crate::measurement::{CentiCelsius, Correction, Door, Humidity, SensorFault, TemperatureSample};
use crate::reading::{Origin, Reading};
use crate::time::Timestamp;

/// Readings that a head holds before it is sealed: half a day at ten minutes.
pub const HEAD_CAPACITY: usize = 72;
/// Bytes that a head holds before it is sealed, so that the state's item stays under 1 KB, DynamoDB's unit of
/// writing, whatever the readings look like.
pub const HEAD_BYTES: usize = 480;
/// Bytes that a head may always have, however much is to be said of its unit: a block of fewer readings is not worth its
/// write.
pub const LEAST_HEAD_BYTES: usize = 160;

/// One reading as the log keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// When it was measured, to the second.
    pub recorded_at: Timestamp,
    /// Which of the unit's sensors measured it: its place in the unit's list.
    pub slot: u8,
    /// The temperature, if it was valid.
    pub temperature: Option<CentiCelsius>,
    /// Why there is no temperature though the sensor has one.
    pub fault: Option<Fault>,
    /// Relative humidity.
    pub humidity: Option<Humidity>,
    /// Whether the door was open.
    pub door_open: Option<bool>,
    /// What a calibration had added to temperature and humidity.
    pub correction: Correction,
    /// Whether a person typed it.
    pub manual: bool,
    /// Whether it came so late that the next report was overdue by then.
    pub back_filled: bool,
}

/// A sensor's fault as the log keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// See [`SensorFault::ProbeMissing`].
    ProbeMissing,
    /// See [`SensorFault::Implausible`].
    Implausible,
}

impl Entry {
    /// What the log keeps of `reading`, measured by the sensor in `slot`.
    #[must_use]
    pub fn of(reading: &Reading, slot: u8) -> Self {
        let (temperature, fault) = match reading.temperature {
            Some(TemperatureSample::Valid(value)) => (Some(value), None),
            Some(TemperatureSample::Fault(SensorFault::ProbeMissing)) => (None, Some(Fault::ProbeMissing)),
            Some(TemperatureSample::Fault(SensorFault::Implausible)) => (None, Some(Fault::Implausible)),
            None => (None, None),
        };
        Self {
            recorded_at: reading.recorded_at.to_second(),
            slot,
            temperature,
            fault,
            humidity: reading.humidity,
            door_open: reading.door.map(|door| door == Door::Open),
            correction: reading.correction,
            manual: reading.origin == Origin::Manual,
            back_filled: false,
        }
    }

    /// The reading that this was kept of, as far as it was: of frame, battery and signal nothing is kept.
    /// `drives_unit` tells whether `sensor_id`, which measured it, drove the unit.
    #[must_use]
    pub fn reading(&self, sensor_id: SensorId, drives_unit: bool) -> Reading {
        let fault = self.fault.map(|fault| match fault {
            Fault::ProbeMissing => SensorFault::ProbeMissing,
            Fault::Implausible => SensorFault::Implausible,
        });
        Reading {
            temperature: self
                .temperature
                .map(TemperatureSample::Valid)
                .or(fault.map(TemperatureSample::Fault)),
            humidity: self.humidity,
            correction: self.correction,
            door: self
                .door_open
                .map(|open| if open { Door::Open } else { Door::Closed }),
            drives_unit,
            ..Reading::new(
                sensor_id,
                self.recorded_at,
                if self.manual {
                    Origin::Manual
                } else {
                    Origin::Radio
                },
            )
        }
    }

    /// The temperature as the sensor told it.
    #[must_use]
    pub fn raw_temperature(&self) -> Option<CentiCelsius> {
        self.temperature
            .map(|value| CentiCelsius(value.0.saturating_sub(self.correction.temperature.0)))
    }

    /// The humidity as the sensor told it.
    #[must_use]
    pub fn raw_humidity(&self) -> Option<Humidity> {
        let points = i32::from(self.humidity?.basis_points()) - i32::from(self.correction.humidity);
        u16::try_from(points).ok().and_then(Humidity::from_basis_points)
    }

    /// Whether `other` is the same measurement: the same sensor at the same second.
    #[must_use]
    pub fn same_instant(&self, other: &Self) -> bool {
        self.recorded_at == other.recorded_at && self.slot == other.slot
    }
}
