//! 64-bit identifiers of LoRaWAN (EUI-64), written as 16 upper-case hexadecimal digits.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// The digits of `text`, which may stand apart as labels and network servers write them: by `-`, `:`, space or `.`;
/// `None` unless there are exactly `digits`, at most 32.
pub(super) fn parse_digits(text: &str, digits: u32) -> Option<u128> {
    let mut value = 0_u128;
    let mut found = 0_u32;
    for c in text.chars().filter(|c| !matches!(c, '-' | ':' | ' ' | '.')) {
        let digit = c.to_digit(16)?;
        found = found.saturating_add(1);
        value = value.wrapping_shl(4) | u128::from(digit);
    }
    (found == digits).then_some(value)
}

macro_rules! eui {
    ($(#[$doc:meta])* $name:ident, $(#[$error_doc:meta])* $error:ident, $text:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u64);

        $(#[$error_doc])*
        #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
        #[error($text)]
        pub struct $error;

        /// Accepts the separators that labels and network servers use: none, `-`, `:`, space or `.`.
        impl FromStr for $name {
            type Err = $error;

            fn from_str(text: &str) -> Result<Self, $error> {
                parse_digits(text, 16)
                    .and_then(|value| u64::try_from(value).ok())
                    .map(Self)
                    .ok_or($error)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:016X}", self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "string",
                    "pattern": "^[-: .]*([0-9A-Fa-f][-: .]*){16}$",
                })
            }
        }
    };
}

eui!(
    /// What the radio network calls a device: unique in the world, given by its maker.
    DevEui,
    /// A text that is not 16 hexadecimal digits.
    InvalidDevEui,
    "a DevEUI is 16 hexadecimal digits"
);
eui!(
    /// The join server that a device asks to be let in; AppEUI before LoRaWAN 1.0.4.
    JoinEui,
    /// A text that is not 16 hexadecimal digits.
    InvalidJoinEui,
    "a JoinEUI is 16 hexadecimal digits"
);
eui!(
    /// What the radio network calls a gateway: unique in the world, given by its maker.
    GatewayEui,
    /// A text that is not 16 hexadecimal digits.
    InvalidGatewayEui,
    "a gateway's EUI is 16 hexadecimal digits"
);

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
