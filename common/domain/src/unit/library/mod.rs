//! The alarm library (specification 2.9): alarms as data. Each is one condition of a small closed set with its figures,
//! which an organization, a site or a unit may set otherwise. One engine judges them all, so two never tell of one cause.

mod compact;
mod condition;
mod definitions;
mod hours;
mod memory;
mod settings;

pub use condition::{Condition, Judge, Quantity};
pub use definitions::LIBRARY;
pub use hours::SiteHours;
pub use memory::AlarmMemory;
pub use settings::{AlarmSettings, AlarmValues, EffectiveAlarm, InvalidAlarm, MOST_TUNED};

pub(super) use memory::Needs;

use super::UnitKind;
use crate::alert::{AlertKind, Severity};
use crate::time::Span;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// What an alarm of the library is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// A measurement beyond a threshold.
    Threshold,
    /// How fast a measurement changes, or how long it stays.
    RateAndDuration,
    /// Several sensors of a unit taken together.
    CrossSensor,
    /// Several units of a site taken together.
    SitePattern,
    /// Surroundings, sensors, and what people do about alerts.
    EnvironmentAndDevice,
}

/// An alarm of the library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Definition {
    /// Its name, which is part of addresses and records and never changes.
    pub slug: &'static str,
    /// What it is about.
    pub tier: Tier,
    /// How much it matters.
    pub severity: Severity,
    /// The kinds of unit it is for.
    pub kinds: &'static [UnitKind],
    /// What is asked.
    pub condition: Condition,
    /// The figure that is compared with, in what the condition [measures](Condition::quantity).
    pub threshold: Option<i32>,
    /// How long it must hold.
    pub duration: Span,
    /// How long after it ended nothing of its kind opens again. Only what opens an alert of its own has one.
    pub cooldown: Option<Span>,
    /// Whether it is on where nobody has said otherwise: only what adds no alert by itself is (ADR 29).
    pub enabled: bool,
    /// What it tells, for whoever decides whether to have it.
    pub about: &'static str,
    /// What is said when it opens or raises an alert. In braces: `value`, `threshold`, `duration`, and `set`, which is where
    /// the figures were set.
    pub sentence: &'static str,
    /// Where its figures come from.
    pub source: &'static str,
}

/// What the engine's own rules ask already.
const fn built_in(
    slug: &'static str,
    (tier, severity): (Tier, Severity),
    kinds: &'static [UnitKind],
    kind: AlertKind,
    about: &'static str,
) -> Definition {
    Definition {
        condition: Condition::BuiltIn(kind),
        ..named(slug, tier, severity, kinds, about)
    }
}

/// What cannot be judged.
const fn unavailable(
    slug: &'static str,
    (tier, severity): (Tier, Severity),
    kinds: &'static [UnitKind],
    why: &'static str,
    about: &'static str,
) -> Definition {
    Definition {
        condition: Condition::Unavailable(why),
        ..named(slug, tier, severity, kinds, about)
    }
}

const fn named(
    slug: &'static str,
    tier: Tier,
    severity: Severity,
    kinds: &'static [UnitKind],
    about: &'static str,
) -> Definition {
    Definition {
        slug,
        tier,
        severity,
        kinds,
        condition: Condition::Unavailable(""),
        threshold: None,
        duration: Span::ZERO,
        cooldown: None,
        enabled: false,
        about,
        sentence: "",
        source: "specification 2.9",
    }
}

/// An alarm of the library, by its place in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AlarmId(u8);

/// No alarm of the library has this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no alarm \"{0}\"")]
pub struct UnknownAlarm(pub String);

impl AlarmId {
    /// All of them, in the order of the library.
    pub fn all() -> impl Iterator<Item = Self> {
        (0_u8..).take(LIBRARY.len()).map(Self)
    }

    /// The alarm at `place`, if there is one.
    pub(super) fn at(place: u8) -> Option<Self> {
        (usize::from(place) < LIBRARY.len()).then_some(Self(place))
    }

    /// Its place.
    pub(super) const fn place(self) -> u8 {
        self.0
    }

    /// What it is.
    #[must_use]
    pub fn definition(self) -> &'static Definition {
        // An identifier is only ever made of a place that there is.
        LIBRARY.get(usize::from(self.0)).unwrap_or(&LIBRARY[0])
    }
}

impl fmt::Display for AlarmId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.definition().slug)
    }
}

impl FromStr for AlarmId {
    type Err = UnknownAlarm;

    fn from_str(slug: &str) -> Result<Self, UnknownAlarm> {
        Self::all()
            .find(|alarm| alarm.definition().slug == slug)
            .ok_or_else(|| UnknownAlarm(slug.chars().take(64).collect()))
    }
}

impl Serialize for AlarmId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.definition().slug)
    }
}

impl<'de> Deserialize<'de> for AlarmId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let slug = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        slug.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for AlarmId {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "AlarmId".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let slugs: Vec<&str> = LIBRARY.iter().map(|definition| definition.slug).collect();
        schemars::json_schema!({
            "type": "string",
            "description": "An alarm of the library by its name.",
            "enum": slugs,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_unique_and_find_what_they_name() {
        let slugs: BTreeSet<&str> = LIBRARY.iter().map(|definition| definition.slug).collect();
        assert_eq!(slugs.len(), LIBRARY.len());
        assert!(LIBRARY.len() <= 64, "the unit's state keeps a bit of each");
        for alarm in AlarmId::all() {
            assert_eq!(alarm.definition().slug.parse(), Ok(alarm));
        }
        assert!("fridge_too_nice".parse::<AlarmId>().is_err());
    }

    #[test]
    fn each_says_all_that_its_condition_needs_and_nothing_else() {
        for definition in LIBRARY {
            let slug = definition.slug;
            let judged = definition.condition.judge() == Judge::Library;
            assert_eq!(
                definition.threshold.is_some(),
                definition.condition.quantity().is_some(),
                "{slug}"
            );
            assert_eq!(
                definition.cooldown.is_some(),
                judged && !definition.condition.raises(),
                "{slug}: what opens an alert of its own has a cooldown"
            );
            assert_eq!(definition.sentence.is_empty(), !judged, "{slug}");
            assert!(judged || !definition.enabled, "{slug}");
            assert!(!definition.kinds.is_empty(), "{slug}");
            assert!(
                !definition.about.is_empty() && !definition.source.is_empty(),
                "{slug}"
            );
            for word in definition.sentence.split('{').skip(1) {
                let word = word.split('}').next().unwrap();
                assert!(
                    ["value", "threshold", "duration", "set"].contains(&word),
                    "{slug}: {word}"
                );
            }
            if judged {
                assert!(
                    definition.sentence.contains("{set}"),
                    "{slug}: who set it is told"
                );
            }
        }
    }

    #[test]
    fn what_is_on_by_default_only_raises_what_is_open() {
        for definition in LIBRARY.iter().filter(|definition| definition.enabled) {
            assert!(definition.condition.raises(), "{}", definition.slug);
        }
    }
}
