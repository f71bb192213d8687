//! The closed set of what an alarm of the library may ask.

use crate::alert::AlertKind;
use crate::measurement::Door;
use serde::{Deserialize, Serialize};

/// What an alarm asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// The engine's own rules ask it already, under this kind of alert; it is not judged a second time.
    BuiltIn(AlertKind),
    /// It cannot be judged, and why.
    Unavailable(&'static str),
    /// The temperature of an excursion is at or above the threshold. Raises the alert of the excursion.
    TemperatureAbove,
    /// The temperature has risen by at least the threshold an hour, over the last hour, with the door so; however it is
    /// where none is named.
    Rising(Option<Door>),
    /// The temperature has turned back by at least the threshold four times within the duration.
    Oscillating,
    /// The temperature was 28 °F (-2.2 °C) or less, at which food is frozen, and is at or above the threshold.
    Thawed,
    /// The relative humidity is at or above the threshold.
    HumidityAbove,
    /// Two sensors of the unit measure temperatures that are at least the threshold apart.
    SensorsApart,
    /// The excursion goes on though the door has been closed for the duration. Raises the alert of the excursion.
    OutOfRangeAfterDoor,
    /// The door has been open for the duration. Raises the alert of the open door.
    DoorOpenFor,
    /// The door was opened more often than the threshold within the duration.
    DoorCycling,
    /// The door was opened outside the opening hours of the site.
    DoorAfterHours,
    /// The door contact reports, and has told the same for the duration.
    DoorUnmoved,
    /// The battery of a sensor is at the threshold or below. Raises the alert of that battery.
    BatteryBelow,
    /// The signal of the sensor that drives the unit is at the threshold or below.
    SignalBelow,
    /// Nothing has been heard of the sensor for the duration. Raises the alert of the interrupted monitoring.
    SilentFor,
    /// The unit has had as many alarms of temperature as the threshold within the duration.
    RepeatedAlarm,
}

/// Who judges an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Judge {
    /// The engine, by its own rules.
    BuiltIn,
    /// The engine, by the library.
    Library,
    /// Nobody can.
    Nobody,
}

/// What a threshold is measured in. The engine has temperatures in hundredths of a degree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// A temperature, in degrees Celsius.
    Temperature,
    /// A difference of temperatures, in the same.
    TemperatureDifference,
    /// Such a difference, an hour.
    TemperatureRate,
    /// Percent.
    Percent,
    /// Decibels above a milliwatt.
    SignalStrength,
    /// A number.
    Count,
}

impl Condition {
    /// Who judges it.
    #[must_use]
    pub const fn judge(self) -> Judge {
        match self {
            Self::BuiltIn(_) => Judge::BuiltIn,
            Self::Unavailable(_) => Judge::Nobody,
            _ => Judge::Library,
        }
    }

    /// The kind of alert that it opens or raises; `None` if it cannot be judged.
    #[must_use]
    pub const fn alert(self) -> Option<AlertKind> {
        Some(match self {
            Self::Unavailable(_) => return None,
            Self::BuiltIn(kind) => kind,
            Self::TemperatureAbove | Self::OutOfRangeAfterDoor => AlertKind::TempExcursion,
            Self::Rising(_) => AlertKind::TempRising,
            Self::Oscillating => AlertKind::TempOscillating,
            Self::Thawed => AlertKind::FreezeThaw,
            Self::HumidityAbove => AlertKind::HumidityHigh,
            Self::SensorsApart => AlertKind::SensorsDisagree,
            Self::DoorOpenFor => AlertKind::DoorOpen,
            Self::DoorCycling => AlertKind::DoorCycling,
            Self::DoorAfterHours => AlertKind::DoorAfterHours,
            Self::DoorUnmoved => AlertKind::DoorContactStuck,
            Self::BatteryBelow => AlertKind::LowBattery,
            Self::SignalBelow => AlertKind::WeakSignal,
            Self::SilentFor => AlertKind::MonitoringInterrupted,
            Self::RepeatedAlarm => AlertKind::RepeatedAlarm,
        })
    }

    /// Whether it makes an alert worse that one of the engine's own rules has opened, instead of opening another one beside
    /// it for the same cause.
    #[must_use]
    pub const fn raises(self) -> bool {
        matches!(
            self,
            Self::TemperatureAbove
                | Self::OutOfRangeAfterDoor
                | Self::DoorOpenFor
                | Self::BatteryBelow
                | Self::SilentFor
        )
    }

    /// What its threshold is measured in; `None` if it has none.
    #[must_use]
    pub const fn quantity(self) -> Option<Quantity> {
        Some(match self {
            Self::TemperatureAbove | Self::Thawed => Quantity::Temperature,
            Self::Rising(_) => Quantity::TemperatureRate,
            Self::Oscillating | Self::SensorsApart => Quantity::TemperatureDifference,
            Self::HumidityAbove | Self::BatteryBelow => Quantity::Percent,
            Self::SignalBelow => Quantity::SignalStrength,
            Self::DoorCycling | Self::RepeatedAlarm => Quantity::Count,
            Self::BuiltIn(_)
            | Self::Unavailable(_)
            | Self::OutOfRangeAfterDoor
            | Self::DoorOpenFor
            | Self::DoorAfterHours
            | Self::DoorUnmoved
            | Self::SilentFor => return None,
        })
    }

    /// Whether its duration may be set: that of a pattern is the time within which it is looked for.
    #[must_use]
    pub const fn lasts(self) -> bool {
        !matches!(
            self,
            Self::BuiltIn(_) | Self::Unavailable(_) | Self::DoorAfterHours | Self::BatteryBelow
        )
    }

    /// What is said when an alert that it opened is over.
    #[must_use]
    pub(in super::super) const fn over(self) -> &'static str {
        match self {
            Self::Rising(_) => "The temperature rises no more",
            Self::Oscillating => "The temperature goes up and down no more",
            Self::Thawed => "It is frozen again",
            Self::HumidityAbove => "The air is dry enough again",
            Self::SensorsApart => "The sensors agree again",
            Self::DoorCycling => "The door is opened less often again",
            Self::DoorAfterHours => "The door was closed",
            Self::DoorUnmoved => "The door contact has told something else",
            Self::SignalBelow => "The sensor is heard better again",
            Self::RepeatedAlarm => "The alarms have become fewer",
            _ => "It is over",
        }
    }
}
