//! What is written with every reading, in as little room as it can have: words as their places among all of their kind, and
//! identifiers without the prefix, which their field tells.

use crate::ids::{Id, Ulid};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serializer};

macro_rules! code {
    ($module:ident: $type:ty, $all:expr) => {
        pub(super) mod $module {
            use super::*;

            pub(in super::super) fn serialize<S: Serializer>(
                value: &$type,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                serializer.serialize_u8(*value as u8)
            }

            pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
                deserializer: D,
            ) -> Result<$type, D::Error> {
                let code = u8::deserialize(deserializer)?;
                let known: Option<&$type> = $all.get(usize::from(code));
                known
                    .copied()
                    .ok_or_else(|| D::Error::custom(format_args!("nothing has the code {code}")))
            }
        }
    };
}

code!(status: crate::unit::UnitStatus, crate::unit::UnitStatus::ALL);
code!(kind: crate::unit::UnitKind, crate::unit::UnitKind::ALL);
code!(door: crate::measurement::Door, crate::measurement::Door::ALL);
code!(side: crate::alert::Side, crate::alert::Side::ALL);

/// An identifier.
pub(super) mod id {
    use super::*;

    pub(in super::super) fn serialize<T: Id, S: Serializer>(
        id: &T,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&id.ulid())
    }

    pub(in super::super) fn deserialize<'de, T: Id, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<T, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        let ulid = Ulid::from_string(&text).map_err(D::Error::custom)?;
        Ok(T::from_ulid(ulid))
    }
}

/// What a tenant has set: the numbers that are set, behind one that tells which these are. Before there were so many of them
/// each had its name.
pub(super) mod overrides {
    use super::*;
    use crate::measurement::CentiCelsius;
    use crate::time::{Span, Timestamp};
    use crate::unit::{LegalLimit, Overrides, Sources};
    use serde::Serialize as _;
    use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
    use serde::de::{MapAccess, SeqAccess, Visitor};
    use std::fmt;

    /// How many numbers there may be. Where each one stands is stored, so new ones come last.
    const COUNT: usize = 23;

    fn numbers(set: &Overrides) -> [Option<i64>; COUNT] {
        let degrees = |value: Option<CentiCelsius>| value.map(|value| i64::from(value.0));
        let span = |value: Option<Span>| value.map(Span::as_millis);
        let count = |value: Option<u32>| value.map(i64::from);
        let legal = set.legal.unwrap_or_default();
        [
            degrees(set.low),
            degrees(set.high),
            degrees(set.hysteresis),
            span(set.confirm),
            span(set.confirm_door_open),
            span(set.max_excursion),
            span(set.door_warning),
            span(set.door_critical),
            span(set.door_mask),
            span(set.door_interval),
            span(set.report_interval),
            count(set.offline_percent),
            span(set.offline_additional),
            count(set.offline_warning),
            count(set.offline_critical),
            count(set.manual_missed),
            span(set.manual_interval),
            span(set.manual_grace),
            span(set.exposure_window),
            span(set.exposure_limit),
            degrees(legal.low),
            degrees(legal.high),
            Some(i64::from(set.sources.bits())).filter(|bits| *bits != 0),
        ]
    }

    /// That a legal limit is set, which may be none.
    const LEGAL: i64 = 1 << COUNT;

    pub(in super::super) fn serialize<S: Serializer>(
        set: &Overrides,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let numbers = numbers(set);
        let there = (0..)
            .zip(&numbers)
            .filter(|(_, number)| number.is_some())
            .fold(set.legal.map_or(0, |_| LEGAL), |bits, (place, _)| {
                bits | 1_i64 << place
            });
        let which = Some(there).filter(|there| *there != 0);
        let stored: Vec<i64> = which.into_iter().chain(numbers.into_iter().flatten()).collect();
        stored.serialize(serializer)
    }

    fn read(stored: Vec<i64>) -> Option<Overrides> {
        let mut stored = stored.into_iter();
        let Some(there) = stored.next() else {
            return Some(Overrides::default());
        };
        let mut numbers = [None; COUNT];
        for (place, number) in (0..).zip(&mut numbers) {
            if there >> place & 1 == 1 {
                *number = Some(stored.next()?);
            }
        }
        let mut numbers = numbers.into_iter();
        let mut next = || numbers.next().flatten();
        let degrees = |value: Option<i64>| {
            value
                .and_then(|value| i32::try_from(value).ok())
                .map(CentiCelsius)
        };
        let span = |value: Option<i64>| {
            value.map(|value| Timestamp::from_millis(value).since(Timestamp::from_millis(0)))
        };
        let count = |value: Option<i64>| value.and_then(|value| u32::try_from(value).ok());
        let mut set = Overrides {
            low: degrees(next()),
            high: degrees(next()),
            hysteresis: degrees(next()),
            confirm: span(next()),
            confirm_door_open: span(next()),
            max_excursion: span(next()),
            door_warning: span(next()),
            door_critical: span(next()),
            door_mask: span(next()),
            door_interval: span(next()),
            report_interval: span(next()),
            offline_percent: count(next()),
            offline_additional: span(next()),
            offline_warning: count(next()),
            offline_critical: count(next()),
            manual_missed: count(next()),
            manual_interval: span(next()),
            manual_grace: span(next()),
            exposure_window: span(next()),
            exposure_limit: span(next()),
            ..Overrides::default()
        };
        let legal = LegalLimit {
            low: degrees(next()),
            high: degrees(next()),
        };
        set.legal = (there & LEGAL != 0).then_some(legal);
        set.sources = count(next()).map_or(Sources::STANDARD, Sources::of_bits);
        Some(set)
    }

    struct Stored;

    impl<'de> Visitor<'de> for Stored {
        type Value = Overrides;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("what is set for a unit")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, numbers: A) -> Result<Overrides, A::Error> {
            let numbers = Vec::deserialize(SeqAccessDeserializer::new(numbers))?;
            read(numbers).ok_or_else(|| A::Error::custom("a number is missing"))
        }

        fn visit_map<A: MapAccess<'de>>(self, named: A) -> Result<Overrides, A::Error> {
            Overrides::deserialize(MapAccessDeserializer::new(named))
        }
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Overrides, D::Error> {
        deserializer.deserialize_any(Stored)
    }
}

/// Open alerts: the numbers of one behind those of the other, each but the first told as having opened so long after the one
/// before it. Before, each was a list of its own.
pub(super) mod alerts {
    use super::*;
    use crate::unit::OpenAlert;
    use serde::Serialize as _;

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Stored {
        Number(i64),
        Alert(OpenAlert),
    }

    pub(in super::super) fn serialize<S: Serializer>(
        alerts: &[OpenAlert],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let mut before = 0;
        let mut numbers: Vec<i64> = Vec::new();
        for alert in alerts {
            let opened = alert.opened_at.as_millis();
            let told: Vec<i64> = (*alert).into();
            let place = numbers.len() + 2;
            numbers.extend(told);
            if let Some(number) = numbers.get_mut(place) {
                *number = opened.saturating_sub(before);
            }
            before = opened;
        }
        numbers.serialize(serializer)
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<OpenAlert>, D::Error> {
        let stored: Vec<Stored> = Vec::deserialize(deserializer)?;
        let mut alerts = Vec::new();
        let mut numbers = Vec::new();
        for item in stored {
            match item {
                Stored::Number(number) => numbers.push(number),
                Stored::Alert(alert) => alerts.push(alert),
            }
        }
        let mut numbers = numbers.into_iter().peekable();
        let mut before = 0_i64;
        while numbers.peek().is_some() {
            let alert = OpenAlert::read(&mut numbers, before).map_err(D::Error::custom)?;
            before = alert.opened_at.as_millis();
            alerts.push(alert);
        }
        Ok(alerts)
    }
}
