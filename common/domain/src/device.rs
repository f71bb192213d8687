//! Sensors as the network and the kitchen know them.

use crate::ids::{OrgId, SensorId, UnitId};
use crate::measurement::{CentiCelsius, MeasurementSource};
use crate::time::Span;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// A LoRaWAN device's globally unique 64-bit identifier, written as 16 upper-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DevEui(pub u64);

/// A text that is not 16 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a DevEUI is 16 hexadecimal digits")]
pub struct InvalidDevEui;

/// Accepts the separators that labels and network servers use: none, `-`, `:`, space or `.`.
impl FromStr for DevEui {
    type Err = InvalidDevEui;

    fn from_str(text: &str) -> Result<Self, InvalidDevEui> {
        let mut value = 0_u64;
        let mut digits = 0_u32;
        for c in text.chars().filter(|c| !matches!(c, '-' | ':' | ' ' | '.')) {
            let digit = c.to_digit(16).ok_or(InvalidDevEui)?;
            digits = digits.saturating_add(1);
            value = value.wrapping_shl(4) | u64::from(digit);
        }
        if digits == 16 {
            Ok(Self(value))
        } else {
            Err(InvalidDevEui)
        }
    }
}

impl fmt::Display for DevEui {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016X}", self.0)
    }
}

impl fmt::Debug for DevEui {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for DevEui {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DevEui {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A registered sensor, as far as taking its readings needs to know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sensor {
    /// Its identifier.
    pub id: SensorId,
    /// The organization that owns it.
    pub org_id: OrgId,
    /// What the radio network calls it.
    pub dev_eui: DevEui,
    /// The unit it measures.
    pub unit_id: UnitId,
    /// The catalogue slug of its model, such as `dragino-lht65n`; decides the decoder.
    pub model: String,
    /// Which of its temperatures is the product's.
    #[serde(default)]
    pub source: MeasurementSource,
    /// Whether its temperature drives the unit. One sensor of a unit does.
    #[serde(default = "yes")]
    pub primary: bool,
    /// How often it reports, where that differs from its model's default.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub report_interval: Option<Span>,
    /// Added to every temperature, from the calibration certificate. The raw value is kept in the frame.
    #[serde(default)]
    pub temperature_offset: CentiCelsius,
}

const fn yes() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normalises_what_people_copy_from_labels() {
        let expected = DevEui(0xA840_41FF_FF18_2C3D);
        for text in [
            "a84041ffff182c3d",
            "A8-40-41-FF-FF-18-2C-3D",
            "A8:40:41:ff:ff:18:2c:3d",
        ] {
            assert_eq!(text.parse(), Ok(expected));
        }
        assert_eq!(expected.to_string(), "A84041FFFF182C3D");
        for bad in [
            "",
            "A84041FFFF182C",
            "A84041FFFF182C3D00",
            "G84041FFFF182C3D",
            "é84041FFFF182C3D",
        ] {
            assert!(bad.parse::<DevEui>().is_err(), "{bad}");
        }
    }
}
