//! Identifiers: a prefix that says what it names and a ULID, as in `unt_01JD8Q6V5W3Y8R2T4N6M8P0Q2S`.
//!
//! Each kind is its own type, so a site's id cannot be passed where a unit's is meant, and no id can hold
//! the `#` that separates the parts of a table key.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;
pub use ulid::Ulid;

/// A text that is not an identifier of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected an identifier of the form {prefix}_ and 26 characters")]
pub struct InvalidId {
    /// The prefix that was expected.
    pub prefix: &'static str,
}

/// What every identifier type has in common.
pub trait Id: Copy + Ord + fmt::Display + FromStr<Err = InvalidId> {
    /// The letters before the underscore.
    const PREFIX: &'static str;

    /// The identifier over this ULID.
    fn from_ulid(ulid: Ulid) -> Self;

    /// The ULID within.
    fn ulid(self) -> Ulid;
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Ulid);

        impl Id for $name {
            const PREFIX: &'static str = $prefix;

            fn from_ulid(ulid: Ulid) -> Self {
                Self(ulid)
            }

            fn ulid(self) -> Ulid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "_{}"), self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                parse($prefix, text).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "string",
                    "pattern": concat!("^", $prefix, "_[0-7][0-9A-HJKMNP-TV-Z]{25}$"),
                })
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

fn parse(prefix: &'static str, text: &str) -> Result<Ulid, InvalidId> {
    text.strip_prefix(prefix)
        .and_then(|rest| rest.strip_prefix('_'))
        // Only the canonical spelling: ULID decoding also takes lower case and look-alike letters, and two
        // spellings of one id would be two keys.
        .filter(|rest| rest.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()))
        .and_then(|rest| {
            Ulid::from_string(rest)
                .ok()
                .filter(|ulid| ulid.to_string() == rest)
        })
        .ok_or(InvalidId { prefix })
}

id!(
    /// A tenant.
    OrgId, "org"
);
id!(
    /// A restaurant, shop or bakery of a tenant.
    SiteId, "sit"
);
id!(
    /// A named zone of a site.
    AreaId, "are"
);
id!(
    /// A refrigerated or heated asset that must be kept in a temperature range.
    UnitId, "unt"
);
id!(
    /// A device that measures for a unit.
    SensorId, "sen"
);
id!(
    /// One alert, from its opening to its resolution.
    AlertId, "alr"
);
id!(
    /// A temperature that a person has logged by hand.
    LogId, "log"
);
id!(
    /// A timed process that food goes through.
    ProcessId, "prc"
);
id!(
    /// A temperature of food in a timed process.
    ObservationId, "obs"
);
id!(
    /// A person.
    UserId, "usr"
);
id!(
    /// One sign-in of a person on one device.
    SessionId, "ses"
);
id!(
    /// An invitation to join an organization.
    InvitationId, "inv"
);
id!(
    /// A LoRaWAN gateway.
    GatewayId, "gtw"
);
id!(
    /// One calibration of a sensor.
    CalibrationId, "cal"
);
id!(
    /// An organization's connection to a network server.
    NetworkId, "net"
);
id!(
    /// Work that is done in the background.
    JobId, "job"
);
id!(
    /// A change of a sensor's settings that waits for its next uplink.
    PendingChangeId, "chg"
);
id!(
    /// A platform administrator's access to an organization in support of one of its members.
    SupportSessionId, "sup"
);
id!(
    /// A credential of an organization for machines.
    AccessKeyId, "key"
);
id!(
    /// A frame kept aside because nothing could be done with it yet.
    FrameId, "frm"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trips_and_keeps_kinds_apart() {
        let unit = UnitId::from_ulid(Ulid::from_parts(1_700_000_000_000, 42));
        assert_eq!(unit.to_string().parse::<UnitId>(), Ok(unit));
        assert_eq!(unit.to_string().len(), 30);
        assert!(unit.to_string().parse::<SiteId>().is_err());
        let json = serde_json::to_string(&unit).unwrap();
        assert_eq!(serde_json::from_str::<UnitId>(&json).unwrap(), unit);
    }

    #[test]
    fn refuses_every_other_spelling() {
        let unit = UnitId::from_ulid(Ulid::from_parts(1_700_000_000_000, 42)).to_string();
        for bad in [
            "",
            "unt",
            "unt_",
            &unit.to_lowercase(),
            &format!("{unit}0"),
            &unit.replace('_', "#"),
        ] {
            assert!(bad.parse::<UnitId>().is_err(), "{bad}");
        }
        // Larger than 128 bits: decodes to an overflow, not to another id.
        assert!("unt_ZZZZZZZZZZZZZZZZZZZZZZZZZZ".parse::<UnitId>().is_err());
    }
}
