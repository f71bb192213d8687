//! How alarms of the library are set: at one level, in force for a unit, and as the unit's state keeps it.

use super::{AlarmId, Condition, Definition, Judge, LIBRARY, Quantity, SiteHours};
use crate::alert::Severity;
use crate::place::{Level, Sourced};
use crate::time::Span;
use crate::unit::{SetAt, UnitKind};
use serde::{Deserialize, Serialize};

/// How many alarms of a unit may have figures of their own: they are written with every reading.
pub const MOST_TUNED: usize = 6;
/// The longest time an alarm may be given: a week.
const LONGEST: Span = Span::hours(7 * 24);

/// What is set of an alarm at one level. What is `None` is left to the level above.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AlarmValues {
    /// Whether it is on.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub enabled: Option<bool>,
    /// How much it matters.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub severity: Option<Severity>,
    /// The figure that is compared with, in what the condition [measures](Condition::quantity).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub threshold: Option<i32>,
    /// How long it must hold.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub duration: Option<Span>,
    /// How long after it ended nothing of its kind opens again.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cooldown: Option<Span>,
}

/// Why an alarm cannot be set so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAlarm {
    /// It is not judged by the library.
    #[error("it is judged by the rules of the unit and set there")]
    BuiltIn,
    /// It cannot be judged.
    #[error("it cannot be judged: {0}")]
    Unavailable(&'static str),
    /// It has no threshold.
    #[error("it has no threshold")]
    NoThreshold,
    /// The threshold is none that could be measured.
    #[error("its threshold must be {0} to {1}")]
    Threshold(i32, i32),
    /// It has no duration.
    #[error("it has no duration")]
    NoDuration,
    /// It opens no alert of its own, so there is nothing to wait for.
    #[error("it has no cooldown, for it only raises an alert that is open")]
    NoCooldown,
    /// It takes too long.
    #[error("a duration or cooldown is a week at most")]
    TooLong,
}

impl AlarmValues {
    /// Whether nothing is set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether `alarm` can be set so.
    ///
    /// # Errors
    /// Says what of it cannot be.
    pub fn check(&self, alarm: AlarmId) -> Result<(), InvalidAlarm> {
        let definition = alarm.definition();
        match definition.condition {
            Condition::BuiltIn(_) => return Err(InvalidAlarm::BuiltIn),
            Condition::Unavailable(why) => return Err(InvalidAlarm::Unavailable(why)),
            _ => {}
        }
        if let Some(threshold) = self.threshold {
            let (least, most) = definition
                .condition
                .quantity()
                .map(Quantity::range)
                .ok_or(InvalidAlarm::NoThreshold)?;
            if !(least..=most).contains(&threshold) {
                return Err(InvalidAlarm::Threshold(least, most));
            }
        }
        if self.duration.is_some() && !definition.condition.lasts() {
            return Err(InvalidAlarm::NoDuration);
        }
        if self.cooldown.is_some() && definition.cooldown.is_none() {
            return Err(InvalidAlarm::NoCooldown);
        }
        if self.duration.max(self.cooldown) > Some(LONGEST) {
            return Err(InvalidAlarm::TooLong);
        }
        Ok(())
    }
}

impl Quantity {
    /// From where to where a threshold makes sense.
    const fn range(self) -> (i32, i32) {
        match self {
            Self::Temperature => (-7_000, 10_000),
            Self::TemperatureDifference | Self::TemperatureRate => (10, 5_000),
            Self::Percent => (1, 100),
            Self::SignalStrength => (-140, -20),
            Self::Count => (1, 500),
        }
    }
}

/// An alarm as it is in force, each figure with where it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EffectiveAlarm {
    /// The alarm.
    pub alarm: AlarmId,
    /// Whether it is on.
    pub enabled: Sourced<bool>,
    /// How much it matters.
    pub severity: Sourced<Severity>,
    /// The figure that is compared with, if there is one.
    pub threshold: Option<Sourced<i32>>,
    /// How long it must hold.
    pub duration: Sourced<Span>,
    /// How long after it ended nothing of its kind opens again, if it opens anything.
    pub cooldown: Option<Sourced<Span>>,
}

impl EffectiveAlarm {
    /// The alarm for which `levels` are set, whichever order they come in: of two levels the one nearer to the unit counts,
    /// figure by figure.
    #[must_use]
    pub fn merge(alarm: AlarmId, levels: &[(Level, AlarmValues)]) -> Self {
        let definition = alarm.definition();
        let mut sorted = levels.to_vec();
        sorted.sort_by_key(|(level, _)| std::cmp::Reverse(*level));
        fn nearest<T: Copy>(
            sorted: &[(Level, AlarmValues)],
            standard: T,
            of: impl Fn(&AlarmValues) -> Option<T>,
        ) -> Sourced<T> {
            let set = sorted.iter().find_map(|(level, values)| {
                let value = of(values)?;
                Some(Sourced {
                    value,
                    source: *level,
                })
            });
            set.unwrap_or(Sourced {
                value: standard,
                source: Level::Default,
            })
        }
        Self {
            alarm,
            enabled: nearest(&sorted, definition.enabled, |values| values.enabled),
            severity: nearest(&sorted, definition.severity, |values| values.severity),
            threshold: definition
                .threshold
                .map(|standard| nearest(&sorted, standard, |values| values.threshold)),
            duration: nearest(&sorted, definition.duration, |values| values.duration),
            cooldown: definition
                .cooldown
                .map(|standard| nearest(&sorted, standard, |values| values.cooldown)),
        }
    }

    /// Whether any of its figures is another than the library's.
    #[must_use]
    pub fn is_tuned(&self) -> bool {
        let set = |level: Level| level > Level::Kind;
        set(self.severity.source)
            || self.threshold.is_some_and(|figure| set(figure.source))
            || set(self.duration.source)
            || self.cooldown.is_some_and(|figure| set(figure.source))
    }
}

/// An alarm with figures of its own, as the unit's state keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Tuned {
    alarm: AlarmId,
    severity: Option<Severity>,
    threshold: Option<i32>,
    duration: Option<Span>,
    cooldown: Option<Span>,
    /// Where threshold, or else duration, was set: the sentence of an alert names it.
    set_at: SetAt,
}

/// The alarms in force for a unit, as its state keeps them: what differs from the library, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AlarmSettings {
    /// A bit for each alarm that is on or off otherwise than the library has it.
    #[serde(rename = "f", skip_serializing_if = "is_zero", default)]
    flipped: u64,
    #[serde(rename = "t", skip_serializing_if = "Vec::is_empty", default, with = "tuned")]
    tuned: Vec<Tuned>,
    /// When the site is open, if an alarm asks.
    #[serde(rename = "h", skip_serializing_if = "Option::is_none", default)]
    pub hours: Option<SiteHours>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde calls it with a reference"
)]
const fn is_zero(bits: &u64) -> bool {
    *bits == 0
}

#[expect(
    clippy::indexing_slicing,
    reason = "evaluated while it is compiled, and const code has no iterators"
)]
const fn bits_of(kind: Option<UnitKind>, enabled: bool) -> u64 {
    let (mut bits, mut place) = (0_u64, 0);
    while place < LIBRARY.len() {
        let definition = &LIBRARY[place];
        let judged = matches!(definition.condition.judge(), Judge::Library);
        if judged && is_for(definition, kind) && (definition.enabled || !enabled) {
            bits |= 1 << place;
        }
        place += 1;
    }
    bits
}

#[expect(
    clippy::indexing_slicing,
    reason = "evaluated while it is compiled, and const code has no iterators"
)]
const fn is_for(definition: &Definition, kind: Option<UnitKind>) -> bool {
    let Some(kind) = kind else { return true };
    let mut place = 0;
    while place < definition.kinds.len() {
        if definition.kinds[place] as u8 == kind as u8 {
            return true;
        }
        place += 1;
    }
    false
}

/// The alarms that are on unless somebody says otherwise.
const STANDARD: u64 = bits_of(None, true);

/// The alarms that the library judges for units of `kind`.
const fn judged_for(kind: UnitKind) -> u64 {
    match kind {
        UnitKind::Fridge => const { bits_of(Some(UnitKind::Fridge), false) },
        UnitKind::Freezer => const { bits_of(Some(UnitKind::Freezer), false) },
        UnitKind::DisplayCase => const { bits_of(Some(UnitKind::DisplayCase), false) },
        UnitKind::WalkInCooler => const { bits_of(Some(UnitKind::WalkInCooler), false) },
        UnitKind::WalkInFreezer => const { bits_of(Some(UnitKind::WalkInFreezer), false) },
        UnitKind::BlastChiller => const { bits_of(Some(UnitKind::BlastChiller), false) },
    }
}

impl AlarmSettings {
    /// What a unit of `kind` keeps of `alarms`, at a site that is open at `hours`.
    #[must_use]
    pub fn of(kind: UnitKind, alarms: &[EffectiveAlarm], hours: Option<SiteHours>) -> Self {
        let mut settings = Self::default();
        for effective in alarms {
            let place = effective.alarm.place();
            if judged_for(kind) >> place & 1 == 0 {
                continue;
            }
            if effective.enabled.value != effective.alarm.definition().enabled {
                settings.flipped |= 1 << place;
            }
            if effective.enabled.value && effective.is_tuned() {
                settings.tuned.push(Tuned::of(effective));
            }
        }
        let after_hours = |alarm: &AlarmId| alarm.definition().condition == Condition::DoorAfterHours;
        settings.hours = hours.filter(|_| settings.on(kind).any(|alarm| after_hours(&alarm)));
        settings
    }

    /// How many alarms have figures of their own.
    #[must_use]
    pub fn tuned(&self) -> usize {
        self.tuned.len()
    }

    /// A bit for each alarm that is on for a unit of `kind`.
    #[must_use]
    pub(in super::super) const fn bits(&self, kind: UnitKind) -> u64 {
        (STANDARD ^ self.flipped) & judged_for(kind)
    }

    /// The alarms that are on for a unit of `kind`.
    pub fn on(&self, kind: UnitKind) -> impl Iterator<Item = AlarmId> + use<> {
        let mut bits = self.bits(kind);
        std::iter::from_fn(move || {
            let place = u8::try_from(bits.trailing_zeros()).ok()?;
            bits &= bits.wrapping_sub(1);
            AlarmId::at(place)
        })
    }

    fn find(&self, alarm: AlarmId) -> Option<&Tuned> {
        self.tuned.iter().find(|tuned| tuned.alarm == alarm)
    }

    /// How much `alarm` matters.
    pub(in super::super) fn severity(&self, alarm: AlarmId) -> Severity {
        let tuned = self.find(alarm).and_then(|tuned| tuned.severity);
        tuned.unwrap_or(alarm.definition().severity)
    }

    /// What `alarm` compares with; nothing that is ever measured if it has no threshold.
    pub(in super::super) fn threshold(&self, alarm: AlarmId) -> i32 {
        let tuned = self.find(alarm).and_then(|tuned| tuned.threshold);
        tuned.or(alarm.definition().threshold).unwrap_or(i32::MAX)
    }

    /// How long `alarm` must hold.
    pub(in super::super) fn duration(&self, alarm: AlarmId) -> Span {
        let tuned = self.find(alarm).and_then(|tuned| tuned.duration);
        tuned.unwrap_or(alarm.definition().duration)
    }

    /// How long after `alarm` ended nothing of its kind opens.
    pub(in super::super) fn cooldown(&self, alarm: AlarmId) -> Span {
        let tuned = self.find(alarm).and_then(|tuned| tuned.cooldown);
        tuned.or(alarm.definition().cooldown).unwrap_or_default()
    }

    /// Where the figures of `alarm` were set.
    pub(in super::super) fn set_at(&self, alarm: AlarmId) -> SetAt {
        self.find(alarm).map_or(SetAt::Standard, |tuned| tuned.set_at)
    }
}

impl Tuned {
    fn of(effective: &EffectiveAlarm) -> Self {
        fn set<T: Copy>(figure: Sourced<T>) -> Option<T> {
            (figure.source > Level::Kind).then_some(figure.value)
        }
        let of_threshold = effective.threshold.map(|figure| figure.source);
        let source = of_threshold
            .filter(|level| *level > Level::Kind)
            .unwrap_or(effective.duration.source);
        Self {
            alarm: effective.alarm,
            severity: set(effective.severity),
            threshold: effective.threshold.and_then(set),
            duration: set(effective.duration),
            cooldown: effective.cooldown.and_then(set),
            set_at: match source {
                Level::Default | Level::Kind => SetAt::Standard,
                Level::Organization => SetAt::Organization,
                Level::Site => SetAt::Site,
                Level::Unit => SetAt::Unit,
            },
        }
    }
}

/// Tuned alarms as one text: for each which, what there is of it and where it was set, then what there is. Times are in
/// minutes.
mod tuned {
    use super::super::compact::{InvalidText, Reader, Writer};
    use super::{AlarmId, SetAt, Severity, Span, Tuned};
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    const THRESHOLD: i64 = 1;
    const DURATION: i64 = 1 << 1;
    const COOLDOWN: i64 = 1 << 2;
    /// How wide the parts are that stand above these bits: where it was set, and the severity counted from one.
    const SET_AT: u32 = 2;
    const SEVERITY: u32 = 3;

    pub(super) fn serialize<S: Serializer>(all: &[Tuned], serializer: S) -> Result<S::Ok, S::Error> {
        let mut writer = Writer::default();
        for tuned in all {
            let parts = [
                (THRESHOLD, tuned.threshold.map(i64::from)),
                (DURATION, tuned.duration.map(Span::as_minutes)),
                (COOLDOWN, tuned.cooldown.map(Span::as_minutes)),
            ];
            let there = parts
                .iter()
                .filter(|(_, part)| part.is_some())
                .fold(0, |bits, (bit, _)| bits | bit);
            let severity = tuned.severity.map_or(0, |severity| severity as i64 + 1);
            writer.number(i64::from(tuned.alarm.place()));
            writer.number((there << SEVERITY | severity) << SET_AT | tuned.set_at as i64);
            for part in parts.into_iter().filter_map(|(_, part)| part) {
                writer.number(part);
            }
        }
        serializer.serialize_str(&writer.text())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Tuned>, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        let mut reader = Reader::new(&text);
        let mut all = Vec::new();
        while !reader.is_at_end() {
            all.push(read(&mut reader).map_err(D::Error::custom)?);
        }
        Ok(all)
    }

    fn read(reader: &mut Reader<'_>) -> Result<Tuned, InvalidText> {
        let alarm = AlarmId::at(reader.small()?).ok_or(InvalidText)?;
        let what = reader.number()?;
        let set_at = match what & ((1 << SET_AT) - 1) {
            1 => SetAt::Organization,
            2 => SetAt::Site,
            3 => SetAt::Unit,
            _ => SetAt::Standard,
        };
        let severity = usize::try_from(what >> SET_AT & ((1 << SEVERITY) - 1)).map_err(|_| InvalidText)?;
        let there = what >> SET_AT >> SEVERITY;
        let has = |bit: i64| there & bit != 0;
        let severity = severity.checked_sub(1);
        let severity = severity.map(|place| Severity::ALL.get(place).copied().ok_or(InvalidText));
        Ok(Tuned {
            alarm,
            severity: severity.transpose()?,
            threshold: has(THRESHOLD).then(|| reader.small()).transpose()?,
            duration: has(DURATION)
                .then(|| reader.small().map(Span::minutes))
                .transpose()?,
            cooldown: has(COOLDOWN)
                .then(|| reader.small().map(Span::minutes))
                .transpose()?,
            set_at,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::OpeningHours;

    fn alarm(slug: &str) -> AlarmId {
        slug.parse().unwrap()
    }

    fn values(threshold: i32) -> AlarmValues {
        AlarmValues {
            threshold: Some(threshold),
            ..AlarmValues::default()
        }
    }

    #[test]
    fn the_nearest_level_counts_figure_by_figure() {
        let site = AlarmValues {
            enabled: Some(true),
            ..values(700)
        };
        let unit = AlarmValues {
            duration: Some(Span::minutes(9)),
            ..AlarmValues::default()
        };
        let levels = [
            (Level::Unit, unit),
            (Level::Organization, values(600)),
            (Level::Site, site),
        ];
        let merged = EffectiveAlarm::merge(alarm("fridge_danger_zone"), &levels);
        assert_eq!((merged.enabled.value, merged.enabled.source), (true, Level::Site));
        let threshold = merged.threshold.unwrap();
        assert_eq!((threshold.value, threshold.source), (700, Level::Site));
        assert_eq!(merged.duration.source, Level::Unit);
        assert_eq!(
            (merged.severity.value, merged.severity.source),
            (Severity::Critical, Level::Default)
        );
        assert_eq!(merged.cooldown, None);
    }

    #[test]
    fn a_unit_keeps_what_differs_and_what_is_for_its_kind() {
        let all = |values: AlarmValues| -> Vec<EffectiveAlarm> {
            AlarmId::all()
                .map(|alarm| {
                    let set = values.check(alarm).is_ok();
                    let levels = [(Level::Unit, values)];
                    EffectiveAlarm::merge(alarm, if set { &levels } else { &[] })
                })
                .collect()
        };
        let standard = AlarmSettings::of(UnitKind::Fridge, &all(AlarmValues::default()), None);
        assert_eq!(standard, AlarmSettings::default());
        let on: Vec<String> = standard
            .on(UnitKind::Fridge)
            .map(|alarm| alarm.to_string())
            .collect();
        assert_eq!(
            on,
            ["temp_sustained_danger", "battery_critical", "sensor_offline_24h"]
        );
        let every = AlarmValues {
            enabled: Some(true),
            ..AlarmValues::default()
        };
        let every = AlarmSettings::of(UnitKind::Freezer, &all(every), None);
        assert_eq!(every.tuned(), 0, "to be on is a bit");
        let on: Vec<&str> = every
            .on(UnitKind::Freezer)
            .map(|alarm| alarm.definition().slug)
            .collect();
        assert!(on.contains(&"freeze_thaw_cycle") && !on.contains(&"fridge_danger_zone"));
        assert!(!on.contains(&"door_open_warning") && !on.contains(&"tamper"));
    }

    #[test]
    fn what_is_kept_is_read_as_it_was() {
        let danger = AlarmValues {
            enabled: Some(true),
            severity: Some(Severity::Emergency),
            duration: Some(Span::minutes(7)),
            ..values(-1)
        };
        let rising = AlarmValues {
            enabled: Some(true),
            cooldown: Some(Span::ZERO),
            ..AlarmValues::default()
        };
        let hours: OpeningHours =
            serde_json::from_str(r#"[{"day": "friday", "opens": "18:00", "closes": "02:00"}]"#).unwrap();
        let late = AlarmValues {
            enabled: Some(true),
            ..AlarmValues::default()
        };
        let effective = [
            EffectiveAlarm::merge(alarm("fridge_danger_zone"), &[(Level::Site, danger)]),
            EffectiveAlarm::merge(alarm("temp_rising_fast"), &[(Level::Unit, rising)]),
            EffectiveAlarm::merge(alarm("door_after_hours"), &[(Level::Organization, late)]),
        ];
        let settings = AlarmSettings::of(
            UnitKind::Fridge,
            &effective,
            SiteHours::of("Europe/Vienna", &hours),
        );
        assert!(settings.hours.is_some());
        assert_eq!(settings.set_at(alarm("fridge_danger_zone")), SetAt::Site);
        let stored = serde_json::to_string(&settings).unwrap();
        assert_eq!(
            serde_json::from_str::<AlarmSettings>(&stored).unwrap(),
            settings,
            "{stored}"
        );
        assert_eq!(
            serde_json::from_str::<AlarmSettings>("{}").unwrap(),
            AlarmSettings::default()
        );
    }

    #[test]
    fn what_cannot_be_set_is_refused() {
        let check = |slug, values: AlarmValues| values.check(alarm(slug));
        let cooldown = AlarmValues {
            cooldown: Some(Span::minutes(1)),
            ..AlarmValues::default()
        };
        let week = AlarmValues {
            duration: Some(LONGEST + Span::minutes(1)),
            ..AlarmValues::default()
        };
        assert_eq!(check("fridge_mild_warm", values(1)), Err(InvalidAlarm::BuiltIn));
        assert!(matches!(
            check("tamper", values(1)),
            Err(InvalidAlarm::Unavailable(_))
        ));
        assert_eq!(
            check("door_open_critical", values(1)),
            Err(InvalidAlarm::NoThreshold)
        );
        assert_eq!(
            check("humidity_high", values(101)),
            Err(InvalidAlarm::Threshold(1, 100))
        );
        assert_eq!(
            check("fridge_danger_zone", cooldown),
            Err(InvalidAlarm::NoCooldown)
        );
        assert_eq!(check("battery_critical", week), Err(InvalidAlarm::NoDuration));
        assert_eq!(check("humidity_high", week), Err(InvalidAlarm::TooLong));
        assert_eq!(check("humidity_high", cooldown), Ok(()));
    }
}
