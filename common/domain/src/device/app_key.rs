//! The root key by which a device is let into a network.

use super::eui::parse_digits;
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::str::FromStr;

/// The root key that a device and its join server share (LoRaWAN 1.0): 128 bits, written as 32 hexadecimal digits, which its
/// maker printed beside the DevEUI. Never shown again.
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

    /// The last four digits, by which people tell keys apart.
    #[must_use]
    pub fn last_four(&self) -> String {
        let [.., high, low] = self.0;
        format!("{high:02X}{low:02X}")
    }
}

/// Accepts the same separators as a DevEUI.
impl FromStr for AppKey {
    type Err = InvalidAppKey;

    fn from_str(text: &str) -> Result<Self, InvalidAppKey> {
        parse_digits(text, 32)
            .map(|key| Self(key.to_be_bytes()))
            .ok_or(InvalidAppKey)
    }
}

impl<'de> Deserialize<'de> for AppKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
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
        schemars::json_schema!({
            "type": "string",
            "pattern": "^[-: .]*([0-9A-Fa-f][-: .]*){32}$",
        })
    }
}

impl fmt::Debug for AppKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AppKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_from_labels_and_never_shown() {
        let key: AppKey = "00112233-44556677 8899AABB.ccddeeff".parse().unwrap();
        assert_eq!(key.reveal(), "00112233445566778899AABBCCDDEEFF");
        assert_eq!(key.last_four(), "EEFF");
        assert_eq!(format!("{key:?}"), "AppKey(…)");
        assert_eq!(AppKey::from_bytes(key.bytes()), Some(key));
        for bad in ["", "0011", "zz112233445566778899aabbccddeeff", &"0".repeat(33)] {
            assert_eq!(bad.parse::<AppKey>(), Err(InvalidAppKey), "{bad}");
        }
    }
}
