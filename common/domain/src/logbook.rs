//! Temperatures that people log by hand: what they say beyond the measurement, and when the next one is due.

use crate::handling::Account;
use crate::ids::{Id, LogId, SensorId, SiteId, Ulid, UnitId, UserId};
use crate::measurement::CentiCelsius;
use crate::place::Site;
use crate::text::{Line, Notes};
use crate::time::{Span, Timestamp};
use crate::unit::Standard;
use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;
use std::str::FromStr;

/// What names a photo where photos are kept: 1 to 256 characters that mean nothing here.
pub type Photo = Line<256>;

/// An identifier that a device without network has drawn: a ULID or a UUID, in its canonical spelling.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct ClientId(String);

/// A text that is neither a ULID nor a UUID.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an identifier of a client is a ULID or a UUID")]
pub struct InvalidClientId;

impl FromStr for ClientId {
    type Err = InvalidClientId;

    fn from_str(text: &str) -> Result<Self, InvalidClientId> {
        let upper = text.to_ascii_uppercase();
        if Ulid::from_string(&upper).is_ok_and(|ulid| ulid.to_string() == upper) {
            return Ok(Self(upper));
        }
        let groups: Vec<usize> = text.split('-').map(str::len).collect();
        let digits = text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit());
        if digits && groups == [8, 4, 4, 4, 12] {
            return Ok(Self(text.to_ascii_lowercase()));
        }
        Err(InvalidClientId)
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ClientId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for ClientId {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ClientId".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": "^([0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}|[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})$",
        })
    }
}

/// A temperature that a person has logged by hand. It is never changed: what was wrong is corrected by another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManualLog {
    /// Its identifier, which begins with the time of measurement.
    pub id: LogId,
    /// The unit.
    pub unit_id: UnitId,
    /// The site that the unit was in.
    pub site_id: SiteId,
    /// The temperature.
    pub temperature: CentiCelsius,
    /// The lower alarm limit as it stood when the log came.
    pub low: CentiCelsius,
    /// The upper alarm limit as it stood when the log came.
    pub high: CentiCelsius,
    /// What it was judged by when it came: the unit's legal limit, or where there is none the alarm limit. Those of which it is
    /// not told were judged by the alarm limit.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub standard: Option<Standard>,
    /// Whether the temperature was within that.
    pub in_range: bool,
    /// What the person noted.
    #[serde(default)]
    pub notes: Notes,
    /// What was done about the food and the unit.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub corrective_action: Option<Account>,
    /// A photo of it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub photo: Option<Photo>,
    /// What the device called it that kept it until there was a network.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub client_id: Option<ClientId>,
    /// The log that it is to be read instead of.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub corrects: Option<LogId>,
    /// When it was measured, by the clock of the device.
    pub recorded_at: Timestamp,
    /// When it came, by ours.
    pub received_at: Timestamp,
    /// The user or access key that logged it.
    pub by: String,
    /// The user in whose name an administrator of the platform did.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub acting_as: Option<UserId>,
}

impl ManualLog {
    /// Whether `other` says the same of the same measurement. Who brought it, when it came and what it was judged by do not
    /// matter: the same log may come twice, a day apart.
    #[must_use]
    pub fn says_the_same(&self, other: &Self) -> bool {
        self.unit_id == other.unit_id
            && self.temperature == other.temperature
            && self.recorded_at == other.recorded_at
            && self.notes == other.notes
            && self.corrective_action == other.corrective_action
            && self.photo == other.photo
            && self.corrects == other.corrects
    }
}

/// Under which sensor the temperatures stand in the reading log of `unit` that are measured by hand.
#[must_use]
pub fn hand_of(unit: UnitId) -> SensorId {
    SensorId::from_ulid(unit.ulid())
}

/// Since when a unit's next log is awaited: the last one, or if there is none since there is the unit.
#[must_use]
pub fn awaited_since(unit: UnitId, logged_at: Option<Timestamp>) -> Timestamp {
    let created = || i64::try_from(unit.ulid().timestamp_ms()).unwrap_or(i64::MAX);
    logged_at.unwrap_or_else(|| Timestamp::from_millis(created()))
}

/// When a unit's next temperature is to be logged by hand: `cadence` after `known`, or when `site` opens after that. `known`
/// is since when it is [awaited](awaited_since).
#[must_use]
pub fn next_due(site: &Site, known: Timestamp, cadence: Span) -> Timestamp {
    let due = known + cadence;
    match TimeZone::get(&site.time_zone) {
        Ok(zone) => site.opening_hours.open_from(due, &zone),
        Err(_) => due,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::{Opening, OpeningHours, Weekday};
    use crate::text::Name;

    #[test]
    fn identifiers_of_clients_have_one_spelling() {
        let same = |left: &str, right: &str| left.parse::<ClientId>() == right.parse::<ClientId>();
        assert!(same("01jd8q6v5w3y8r2t4n6m8p0q2s", "01JD8Q6V5W3Y8R2T4N6M8P0Q2S"));
        assert!(same(
            "0193A5C2-7F3E-7B1A-9C4D-5E6F7A8B9C0D",
            "0193a5c2-7f3e-7b1a-9c4d-5e6f7a8b9c0d"
        ));
        for bad in [
            "",
            "01JD8Q6V5W3Y8R2T4N6M8P0Q2",
            "81JD8Q6V5W3Y8R2T4N6M8P0Q2S",
            "01JD8Q6V5W3Y8R2T4N6M8P0QIL",
            "0193a5c2-7f3e-7b1a-9c4d5e6f7a8b9c0d",
            "0193a5c27f3e-7b1a-9c4d-5e6f-7a8b9c0d",
            "not an identifier",
        ] {
            assert_eq!(bad.parse::<ClientId>(), Err(InvalidClientId), "{bad}");
        }
    }

    #[test]
    fn a_log_falls_due_while_somebody_is_there() {
        let site = Site {
            opening_hours: OpeningHours::new(vec![Opening {
                day: Weekday::Monday,
                opens: "08:00".parse().unwrap(),
                closes: "18:00".parse().unwrap(),
            }])
            .unwrap(),
            ..Site::new(
                SiteId::from_ulid(Ulid::from_parts(1, 1)),
                Name::new("Pier").unwrap(),
                "Europe/Vienna".to_owned(),
            )
        };
        let due = |known: &str| next_due(&site, known.parse().unwrap(), Span::hours(4)).to_string();
        assert_eq!(due("2026-11-23T08:00:00Z"), "2026-11-23T12:00:00Z");
        assert_eq!(due("2026-11-23T14:00:00Z"), "2026-11-30T07:00:00Z");
    }
}
