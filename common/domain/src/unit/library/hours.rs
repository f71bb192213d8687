//! When the site of a unit is open, as the unit's state keeps it.

use crate::place::{OpeningHours, TimeOfDay, Weekday};
use crate::time::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// When the site of a unit is open, on the clock of its time zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteHours {
    #[serde(rename = "z")]
    zone: String,
    #[serde(rename = "o", with = "packed")]
    hours: OpeningHours,
}

/// Openings in a number each, the days that have the same in one.
mod packed {
    use crate::place::OpeningHours;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(hours: &OpeningHours, serializer: S) -> Result<S::Ok, S::Error> {
        hours.packed().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<OpeningHours, D::Error> {
        let packed = Vec::<u32>::deserialize(deserializer)?;
        OpeningHours::unpacked(&packed).map_err(serde::de::Error::custom)
    }
}

impl SiteHours {
    /// The hours of a site whose clocks show `zone`; `None` if it has none, for nothing is after hours there.
    #[must_use]
    pub fn of(zone: &str, hours: &OpeningHours) -> Option<Self> {
        (!hours.openings().is_empty()).then(|| Self {
            zone: zone.to_owned(),
            hours: hours.clone(),
        })
    }

    /// What day and time it is at the site at `at`, if the site is closed then.
    pub(in super::super) fn closed_at(&self, at: Timestamp) -> Option<(Weekday, TimeOfDay)> {
        let zone = TimeZone::get(&self.zone).ok()?;
        let (day, time) = OpeningHours::local(at, &zone)?;
        (!self.hours.are_open(day, time)?).then_some((day, time))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_is_closed_on_its_own_clock() {
        let hours = r#"[{"day": "sunday", "opens": "01:30", "closes": "04:00"}]"#;
        let hours = SiteHours::of("Europe/Vienna", &serde_json::from_str(hours).unwrap()).unwrap();
        let closed = |at: &str| {
            hours
                .closed_at(at.parse().unwrap())
                .map(|(_, time)| time.to_string())
        };
        // The clock goes back from three to two on 25 October 2026: two o'clock comes twice, and four o'clock an hour later.
        assert_eq!(closed("2026-10-25T00:30:00Z"), None);
        assert_eq!(closed("2026-10-25T02:30:00Z"), None);
        assert_eq!(closed("2026-10-25T03:00:00Z"), Some("04:00".to_owned()));
        assert_eq!(closed("2026-10-24T12:00:00Z"), Some("14:00".to_owned()));
    }
}
