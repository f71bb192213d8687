//! A sensor as a network server knows it.

use super::Server;
use crate::device::{DevEui, InvalidDevEui};
use crate::ids::{JobId, NetworkId, SensorId};
use crate::people::Sealed;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// Whom a device asks to be let in: the 64-bit identifier of its join server, written as 16 upper-case hexadecimal digits.
/// Older labels call it AppEUI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JoinEui(pub u64);

/// A text that is not 16 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a JoinEUI is 16 hexadecimal digits")]
pub struct InvalidJoinEui;

impl FromStr for JoinEui {
    type Err = InvalidJoinEui;

    fn from_str(text: &str) -> Result<Self, InvalidJoinEui> {
        text.parse()
            .map(|DevEui(value)| Self(value))
            .map_err(|InvalidDevEui| InvalidJoinEui)
    }
}

impl fmt::Display for JoinEui {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016X}", self.0)
    }
}

impl Serialize for JoinEui {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for JoinEui {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// The root key that a device and its join server share: 128 bits, written as 32 hexadecimal digits. Never shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct AppKey([u8; 16]);

/// A text that is not 32 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an AppKey is 32 hexadecimal digits")]
pub struct InvalidAppKey;

impl AppKey {
    /// The key as 32 upper-case hexadecimal digits, for the server that joins the device.
    #[must_use]
    pub fn reveal(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02X}")).collect()
    }

    /// Its bytes, to be sealed.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The key of these bytes, once they were unsealed.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

/// Accepts the separators that labels use: none, `-`, `:`, space or `.`.
impl FromStr for AppKey {
    type Err = InvalidAppKey;

    fn from_str(text: &str) -> Result<Self, InvalidAppKey> {
        let mut value = 0_u128;
        let mut digits = 0_u32;
        for c in text.chars().filter(|c| !matches!(c, '-' | ':' | ' ' | '.')) {
            let digit = c.to_digit(16).ok_or(InvalidAppKey)?;
            digits = digits.saturating_add(1);
            value = value.wrapping_shl(4) | u128::from(digit);
        }
        if digits == 32 {
            Ok(Self(value.to_be_bytes()))
        } else {
            Err(InvalidAppKey)
        }
    }
}

impl fmt::Debug for AppKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AppKey(…)")
    }
}

impl<'de> Deserialize<'de> for AppKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for JoinEui {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "JoinEui".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^[-: .]*([0-9A-Fa-f][-: .]*){16}$" })
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for AppKey {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "AppKey".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^[-: .]*([0-9A-Fa-f][-: .]*){32}$" })
    }
}

/// One part of a network server at which a sensor is registered. Each is a call of its own, and each may be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RegistrationStep {
    /// The Things Stack's identity server: that there is such a device, and on which cluster.
    IdentityServer,
    /// Its join server: the root key.
    JoinServer,
    /// Its network server: version of LoRaWAN and channel plan.
    NetworkServer,
    /// Its application server: whom frames are handed to.
    ApplicationServer,
    /// ChirpStack: the device.
    Device,
    /// ChirpStack: its root key.
    DeviceKeys,
}

impl Server {
    /// The steps by which a sensor is registered, in order (specification 9.7).
    #[must_use]
    pub const fn registration(&self) -> &'static [RegistrationStep] {
        match self {
            Self::ThingsStack { .. } => &[
                RegistrationStep::IdentityServer,
                RegistrationStep::JoinServer,
                RegistrationStep::NetworkServer,
                RegistrationStep::ApplicationServer,
            ],
            Self::Chirpstack { .. } => &[RegistrationStep::Device, RegistrationStep::DeviceKeys],
        }
    }

    /// The steps by which a registration is taken back. The identity goes last, so that a removal that fails half way is
    /// found again.
    #[must_use]
    pub const fn removal(&self) -> &'static [RegistrationStep] {
        match self {
            Self::ThingsStack { .. } => &[
                RegistrationStep::ApplicationServer,
                RegistrationStep::NetworkServer,
                RegistrationStep::JoinServer,
                RegistrationStep::IdentityServer,
            ],
            // ChirpStack removes a device's keys with it.
            Self::Chirpstack { .. } => &[RegistrationStep::Device],
        }
    }
}

/// The name of a device at The Things Stack, in the form its console proposes.
#[must_use]
pub fn device_id(dev_eui: DevEui) -> String {
    format!("eui-{}", dev_eui.to_string().to_lowercase())
}

/// A sensor as a network server knows it, or is to know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkDevice {
    /// The sensor.
    pub sensor_id: SensorId,
    /// Through which connection.
    pub network_id: NetworkId,
    /// What the radio network calls it.
    pub dev_eui: DevEui,
    /// Whom it asks to be let in.
    pub join_eui: JoinEui,
    /// Its root key.
    pub app_key: Sealed,
    /// Whether it is registered there, as far as is known.
    pub registered: bool,
    /// The newest work on its registration. Older work has nothing to say any more.
    pub job_id: JobId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_from_labels_and_never_shown() {
        let key: AppKey = "00112233-44556677 8899AABB.ccddeeff".parse().unwrap();
        assert_eq!(key.reveal(), "00112233445566778899AABBCCDDEEFF");
        assert_eq!(format!("{key:?}"), "AppKey(…)");
        assert_eq!(AppKey::from_bytes(key.bytes()), Some(key));
        for bad in ["", "0011", "zz112233445566778899aabbccddeeff", &"0".repeat(33)] {
            assert_eq!(bad.parse::<AppKey>(), Err(InvalidAppKey), "{bad}");
        }
        assert_eq!(
            "a8:40:41:00:00:00:01:01".parse::<JoinEui>().unwrap().to_string(),
            "A840410000000101"
        );
        assert!("A84041000000010".parse::<JoinEui>().is_err());
    }

    #[test]
    fn a_name_at_the_things_stack_is_one() {
        let id = device_id(DevEui(0xA840_41FF_FF18_2C3D));
        assert_eq!(id, "eui-a84041ffff182c3d");
        assert!(id.parse::<super::super::ThingsStackId>().is_ok());
    }
}
