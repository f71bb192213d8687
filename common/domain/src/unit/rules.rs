//! What counts as out of range for a unit, and for how long before anyone is woken.

use super::{LegalLimit, UnitKind};
use crate::alert::Side;
use crate::measurement::CentiCelsius;
use crate::time::Span;
use serde::{Deserialize, Serialize};

/// The rules in force for one unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Colder than this is out of range: the lower alarm limit.
    pub low: CentiCelsius,
    /// Warmer than this is out of range: the upper alarm limit.
    pub high: CentiCelsius,
    /// How far inside the range a temperature must be to end an excursion; see [`Rules::band`].
    pub hysteresis: CentiCelsius,
    /// How long an excursion must last before it is an alarm, with the door closed.
    pub confirm: Span,
    /// How long it must while the door is open.
    pub confirm_door_open: Span,
    /// How long a temperature may be out of range before it is an alarm, whatever excuses it.
    pub max_excursion: Span,
    /// How long the door may be open before a warning.
    pub door_warning: Span,
    /// How long it may be before that is critical.
    pub door_critical: Span,
    /// For how long a day the open door may excuse a temperature.
    pub door_mask: Span,
    /// How long the word of a door contact holds that has said it more than once and says nothing further.
    pub door_word: Span,
    /// How long it holds that the door was opened, until the contact says it again: the word that it was closed may be lost.
    pub door_first_word: Span,
    /// How often the unit's sensor reports.
    pub report_interval: Span,
    /// How much of its interval the first report may take until it is missing, in percent.
    pub offline_percent: u32,
    /// What is added to that, besides the time of the network.
    pub offline_additional: Span,
    /// Reports that are missing when silence is worth a warning.
    pub offline_warning: u32,
    /// Reports that are missing when nobody watches the unit any more.
    pub offline_critical: u32,
    /// Reports that are missing before temperatures must be logged by hand.
    pub manual_missed: u32,
    /// How often temperatures are logged by hand while the sensor is silent.
    pub manual_interval: Span,
    /// How late a log by hand may be.
    pub manual_grace: Span,
    /// What the record is judged by.
    pub legal: LegalLimit,
    /// Over which time the minutes beyond the legal limit are added up.
    pub exposure_window: Span,
    /// How much of that time beyond the legal limit is an alarm.
    pub exposure_limit: Span,
    /// Whether a sensor drives the unit, so that there is something to wait for.
    pub fitted: bool,
    /// Where each of them was set.
    pub sources: Sources,
}

/// 1.0 °F (specification 2.3).
const HYSTERESIS: CentiCelsius = CentiCelsius(56);
/// Twenty minutes with the door open, and an hour whatever excuses it (specification 2.2).
const CONFIRM_DOOR_OPEN: Span = Span::minutes(20);
const MAX_EXCURSION: Span = Span::minutes(60);
/// An open door is a warning after three minutes and critical after ten, and excuses an hour a day (specification 2.2).
const DOOR_WARNING: Span = Span::minutes(3);
const DOOR_CRITICAL: Span = Span::minutes(10);
const DOOR_MASK: Span = Span::minutes(60);
/// How often a door contact reports at least, if its model is not known.
const DOOR_INTERVAL: Span = Span::hours(24);
/// Reports of a door contact that are missing when nobody knows any more how the door is: as many as interrupt the monitoring
/// of a temperature.
const CONTACT_LOST: u32 = OFFLINE_CRITICAL;
/// The drift of a sensor's clock: 10 % of its interval (specification 14, decision 7).
const DRIFT_PERCENT: u32 = 110;
/// The time of the network (the same).
const NETWORK: Span = Span::seconds(30);
/// How often a sensor reports of which nobody knows it: every five minutes (specification 1.5, check-in interval).
pub const REPORT_INTERVAL: Span = Span::minutes(5);
/// One missed report is a warning, five are critical, and after five logs by hand are due (specification 2.2).
const OFFLINE_WARNING: u32 = 1;
const OFFLINE_CRITICAL: u32 = 5;
const MANUAL_MISSED: u32 = 5;
/// Four hours (specification 2.2).
const MANUAL_INTERVAL: Span = Span::hours(4);
/// Food may be without temperature control for four hours (FDA Food Code 3-501.19), and is kept after half of them: of which
/// kind it is, and how warm it became, is for people to say.
pub(super) const EXPOSURE_WINDOW: Span = Span::hours(4);
pub(super) const EXPOSURE_LIMIT: Span = Span::hours(2);
/// Readings in a row, well inside the range, that end a recovery (specification 2.4).
pub(super) const RECOVERY_READINGS: u8 = 2;

/// What is left of a battery that is low, in percent of what its cells hold (specification 2.7).
pub(super) const LOW_PERCENT: u8 = 10;
/// What must be left of it to be low no more: ten points above (specification 14, decision 11).
pub(super) const ENOUGH_PERCENT: u8 = 20;
/// The same of a sensor that tells volts and whose cells nobody knows: specification 2.7, and a tenth of a volt above.
pub(super) const LOW_MILLIVOLTS: u16 = 2_500;
pub(super) const ENOUGH_MILLIVOLTS: u16 = 2_600;

/// What a tenant has set for a unit. Whatever is `None` follows the unit's kind.
///
/// [Stored](super::stored::overrides) as numbers; with a name for each, as below, until there were too many of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(remote = "Self")]
pub struct Overrides {
    /// Replaces the lower limit.
    #[serde(rename = "lo", default)]
    pub low: Option<CentiCelsius>,
    /// Replaces the upper limit.
    #[serde(rename = "hi", default)]
    pub high: Option<CentiCelsius>,
    /// Replaces the hysteresis.
    #[serde(rename = "hy", default)]
    pub hysteresis: Option<CentiCelsius>,
    /// Replaces the confirm time with the door closed.
    #[serde(rename = "cf", default)]
    pub confirm: Option<Span>,
    /// Replaces the confirm time with the door open.
    #[serde(rename = "co", default)]
    pub confirm_door_open: Option<Span>,
    /// Replaces how long a temperature may be out of range at most.
    #[serde(rename = "mx", default)]
    pub max_excursion: Option<Span>,
    /// Replaces how long the door may be open before a warning.
    #[serde(rename = "dw", default)]
    pub door_warning: Option<Span>,
    /// Replaces how long it may be before that is critical.
    #[serde(rename = "dc", default)]
    pub door_critical: Option<Span>,
    /// Replaces for how long a day the open door excuses.
    #[serde(rename = "dm", default)]
    pub door_mask: Option<Span>,
    /// How often the unit's door contact reports at least, if it has one whose model is known.
    #[serde(rename = "di", default)]
    pub door_interval: Option<Span>,
    /// The reporting interval of the sensor that drives the unit; `None` while there is none.
    #[serde(rename = "ri", default)]
    pub report_interval: Option<Span>,
    /// Replaces how much of its interval the first report may take, in percent.
    #[serde(rename = "op", default)]
    pub offline_percent: Option<u32>,
    /// Replaces what is added to that.
    #[serde(rename = "oa", default)]
    pub offline_additional: Option<Span>,
    /// Replaces the missed reports before a warning.
    #[serde(rename = "ow", default)]
    pub offline_warning: Option<u32>,
    /// Replaces the missed reports before silence is critical.
    #[serde(rename = "oc", default)]
    pub offline_critical: Option<u32>,
    /// Replaces the missed reports before logs by hand are due.
    #[serde(rename = "mm", default)]
    pub manual_missed: Option<u32>,
    /// Replaces the interval of logs by hand.
    #[serde(rename = "mi", default)]
    pub manual_interval: Option<Span>,
    /// Replaces how late a log by hand may be.
    #[serde(rename = "mg", default)]
    pub manual_grace: Option<Span>,
    /// Replaces the legal limit, also by none. Where it is written stands in the [state](super::UnitState::legal_source).
    #[serde(rename = "le", default)]
    pub legal: Option<LegalLimit>,
    /// Replaces the time over which exposure is added up.
    #[serde(rename = "xw", default)]
    pub exposure_window: Option<Span>,
    /// Replaces how much of it is an alarm.
    #[serde(rename = "xl", default)]
    pub exposure_limit: Option<Span>,
    /// Where each of these was set.
    #[serde(rename = "so", default)]
    pub sources: Sources,
}

/// A rule that an alert can be due to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// [`Rules::low`].
    Low,
    /// [`Rules::high`].
    High,
    /// [`Rules::confirm`].
    Confirm,
    /// [`Rules::offline_warning`].
    OfflineWarning,
    /// [`Rules::offline_critical`].
    OfflineCritical,
    /// [`Rules::manual_interval`].
    ManualInterval,
    /// [`Rules::confirm_door_open`].
    ConfirmDoorOpen,
    /// [`Rules::max_excursion`].
    MaxExcursion,
    /// [`Rules::door_warning`].
    DoorWarning,
    /// [`Rules::door_critical`].
    DoorCritical,
    /// [`Rules::door_mask`].
    DoorMask,
    /// [`Rules::exposure_limit`].
    Exposure,
}

/// Where a rule was set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetAt {
    /// Nowhere: it is the standard.
    Standard,
    /// For the organization.
    Organization,
    /// For the site.
    Site,
    /// For the unit itself.
    Unit,
}

/// Where each [`Rule`] was set, two bits for each: an alert names the source of the rule it is due to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sources(u32);

impl Sources {
    /// Nobody set anything.
    pub const STANDARD: Self = Self(0);

    /// With `rule` set at `place`.
    #[must_use]
    pub const fn with(self, rule: Rule, place: SetAt) -> Self {
        let shift = rule as u32 * 2;
        Self(self.0 & !(3 << shift) | (place as u32) << shift)
    }

    /// Where `rule` was set.
    #[must_use]
    pub const fn of(self, rule: Rule) -> SetAt {
        match self.0 >> (rule as u32 * 2) & 3 {
            1 => SetAt::Organization,
            2 => SetAt::Site,
            3 => SetAt::Unit,
            _ => SetAt::Standard,
        }
    }

    /// As a number.
    pub(super) const fn bits(self) -> u32 {
        self.0
    }

    /// The sources that [`Sources::bits`] told.
    pub(super) const fn of_bits(bits: u32) -> Self {
        Self(bits)
    }
}

/// The lower limit is not below the upper one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the lower limit {low} must be below the upper limit {high}")]
pub struct EmptyRange {
    /// The lower limit as it would be.
    pub low: CentiCelsius,
    /// The upper limit as it would be.
    pub high: CentiCelsius,
}

impl Rules {
    /// The rules of a unit of `kind` with `overrides` laid over them, field by field.
    #[must_use]
    pub fn effective(kind: UnitKind, overrides: &Overrides) -> Self {
        let (low, high) = kind.default_limits();
        let confirm = overrides.confirm.unwrap_or(kind.default_confirm());
        let door_interval = overrides.door_interval.unwrap_or(DOOR_INTERVAL);
        let exposure_window = overrides.exposure_window.unwrap_or(EXPOSURE_WINDOW);
        let exposure_limit = overrides.exposure_limit.unwrap_or(EXPOSURE_LIMIT);
        Self {
            low: overrides.low.unwrap_or(low),
            high: overrides.high.unwrap_or(high),
            hysteresis: overrides.hysteresis.unwrap_or(HYSTERESIS),
            confirm,
            confirm_door_open: overrides
                .confirm_door_open
                .unwrap_or(default_confirm_door_open(confirm)),
            max_excursion: overrides.max_excursion.unwrap_or(MAX_EXCURSION),
            door_warning: overrides.door_warning.unwrap_or(DOOR_WARNING),
            door_critical: overrides.door_critical.unwrap_or(DOOR_CRITICAL),
            door_mask: overrides.door_mask.unwrap_or(DOOR_MASK),
            door_word: missing(door_interval, CONTACT_LOST),
            door_first_word: missing(door_interval, 1),
            report_interval: overrides.report_interval.unwrap_or(REPORT_INTERVAL),
            offline_percent: overrides.offline_percent.unwrap_or(DRIFT_PERCENT),
            offline_additional: overrides.offline_additional.unwrap_or(Span::ZERO),
            offline_warning: overrides.offline_warning.unwrap_or(OFFLINE_WARNING),
            offline_critical: overrides.offline_critical.unwrap_or(OFFLINE_CRITICAL),
            manual_missed: overrides.manual_missed.unwrap_or(MANUAL_MISSED),
            manual_interval: overrides.manual_interval.unwrap_or(MANUAL_INTERVAL),
            manual_grace: overrides.manual_grace.unwrap_or(Span::ZERO),
            legal: overrides.legal.unwrap_or(kind.default_legal()),
            exposure_window,
            // More than all of it is never reached, and nobody means never.
            exposure_limit: exposure_limit.min(exposure_window),
            fitted: overrides.report_interval.is_some(),
            sources: overrides.sources,
        }
    }

    /// Like [`Rules::effective`], for rules that someone is about to save.
    ///
    /// # Errors
    /// When the limits leave no range between them, also when only one of them was set.
    pub fn checked(kind: UnitKind, overrides: &Overrides) -> Result<Self, EmptyRange> {
        let rules = Self::effective(kind, overrides);
        if rules.low < rules.high {
            Ok(rules)
        } else {
            Err(EmptyRange {
                low: rules.low,
                high: rules.high,
            })
        }
    }

    /// The hysteresis in use: never more than a quarter of the range, or a narrow range could never be
    /// recovered into (specification 2.5, case 1).
    #[must_use]
    pub fn band(&self) -> i32 {
        let quarter = self.high.0.saturating_sub(self.low.0).max(0) / 4;
        self.hysteresis.0.clamp(0, quarter)
    }

    /// Which alarm limit `temperature` is beyond, if any.
    #[must_use]
    pub fn violation(&self, temperature: CentiCelsius) -> Option<Side> {
        if temperature > self.high {
            Some(Side::High)
        } else if temperature < self.low {
            Some(Side::Low)
        } else {
            None
        }
    }

    /// Whether `temperature` is so far inside the range that an excursion is over.
    #[must_use]
    pub fn recovered(&self, temperature: CentiCelsius) -> bool {
        let band = self.band();
        temperature.0 <= self.high.0.saturating_sub(band) && temperature.0 >= self.low.0.saturating_add(band)
    }

    /// How much exposure is left when it is not too much any more: half of what is, so that it does not come and go.
    #[must_use]
    pub fn exposure_enough(&self) -> Span {
        self.exposure_limit.percent(50)
    }

    /// The alarm limit on `side`.
    #[must_use]
    pub const fn limit(&self, side: Side) -> CentiCelsius {
        match side {
            Side::High => self.high,
            Side::Low => self.low,
        }
    }

    /// How long after a report the next one may come, whatever anyone set: the interval of the sensor, 10 % for the drift
    /// of its clock and 30 s for the network (specification 14, decision 7). A temperature holds for so long.
    #[must_use]
    pub fn report_deadline(&self) -> Span {
        missing(self.report_interval, 1)
    }

    /// How long after a report nothing can be said any more of what it told: two further ones are missing, for one of them may
    /// have been lost on its way.
    #[must_use]
    pub fn lost_after(&self) -> Span {
        missing(self.report_interval, 2)
    }

    /// How long a sensor must have been silent for `count` of its reports to be missing.
    #[must_use]
    pub fn deadline_of(&self, count: u32) -> Span {
        self.report_interval.times(count.saturating_sub(1))
            + self.report_interval.percent(self.offline_percent)
            + self.offline_additional
            + NETWORK
    }

    /// How many reports of a sensor are missing that has been silent for `silence`.
    #[must_use]
    pub fn missed(&self, silence: Span) -> i64 {
        let first = self.deadline_of(1).as_millis();
        let interval = self.report_interval.as_millis().max(1);
        match silence.as_millis() - first {
            late if late >= 0 => 1 + late / interval,
            _ => 0,
        }
    }
}

/// How long an excursion must last with the door open until someone sets it: never less than with the door closed.
#[must_use]
pub fn default_confirm_door_open(confirm: Span) -> Span {
    CONFIRM_DOOR_OPEN.max(confirm)
}

/// How long a sensor that reports every `interval` is silent when `count` of its reports are overdue.
const fn missing(interval: Span, count: u32) -> Span {
    interval
        .times(count.saturating_sub(1))
        .plus(interval.percent(DRIFT_PERCENT))
        .plus(NETWORK)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_narrow_range_can_still_be_recovered_into() {
        let overrides = Overrides {
            low: Some(CentiCelsius(300)),
            high: Some(CentiCelsius(350)),
            ..Overrides::default()
        };
        let rules = Rules::effective(UnitKind::Fridge, &overrides);
        assert_eq!(rules.band(), 12);
        assert!(rules.recovered(CentiCelsius(325)));
    }

    #[test]
    fn one_limit_is_checked_against_the_other_even_if_only_one_is_set() {
        let overrides = Overrides {
            low: Some(CentiCelsius(600)),
            ..Overrides::default()
        };
        assert!(Rules::checked(UnitKind::Fridge, &overrides).is_err());
        assert!(Rules::checked(UnitKind::Fridge, &Overrides::default()).is_ok());
    }

    #[test]
    fn the_published_band() {
        let rules = Rules::effective(UnitKind::Fridge, &Overrides::default());
        let fahrenheit = |f| CentiCelsius::from_fahrenheit(f).unwrap();
        assert_eq!(rules.violation(fahrenheit(41.0)), None);
        assert_eq!(rules.violation(fahrenheit(41.1)), Some(Side::High));
        assert!(!rules.recovered(fahrenheit(40.5)));
        assert!(rules.recovered(fahrenheit(39.9)));
        assert_eq!(rules.violation(fahrenheit(32.0)), Some(Side::Low));
    }
}
