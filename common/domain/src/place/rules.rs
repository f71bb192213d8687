//! Rules that an organization, a site or a unit sets, and what comes of them for one unit (specification 2.2).

use super::Unit;
use crate::ids::{OrgId, SiteId, UnitId};
use crate::measurement::CentiCelsius;
use crate::time::Span;
use crate::unit::{
    EmptyRange, LegalLimit, LegalSource, Overrides, Rule, SetAt, Sources, UnitKind, default_confirm_door_open,
};
use serde::{Deserialize, Serialize};

/// At which level a rule was set. Of two levels the one nearer to the unit counts, field by field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Nobody set it.
    Default,
    /// The kind of unit.
    Kind,
    /// The organization.
    Organization,
    /// The site.
    Site,
    /// The unit.
    Unit,
}

/// A value and where it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// Where it comes from.
    pub source: Level,
}

/// A legal limit and where it is written. Both are of one level: a number of one beside the source of another would be a lie.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LegalRule {
    /// The limit, which may be none.
    pub limit: LegalLimit,
    /// Where that is written; that of the [kind](UnitKind::legal_source) unless told.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub source: Option<LegalSource>,
}

macro_rules! rules {
    ($($(#[doc = $doc:literal])+ $field:ident: $type:ty = $default:expr;)+) => {
        /// Rules set at one level. What is `None` is left to the level above.
        #[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
        pub struct RuleFields {
            $($(#[doc = $doc])+ #[serde(skip_serializing_if = "Option::is_none", default)] pub $field: Option<$type>,)+
        }

        /// The rules in force for one unit, each with where it comes from.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct EffectiveRules {
            $($(#[doc = $doc])+ pub $field: Sourced<$type>,)+
        }

        impl EffectiveRules {
            /// The rules of a unit of `kind` for which `levels` are set, whichever order they come in.
            #[must_use]
            pub fn merge(kind: UnitKind, levels: &[(Level, RuleFields)]) -> Self {
                let (low, high) = kind.default_limits();
                let of_kind = RuleFields {
                    low: Some(low),
                    high: Some(high),
                    confirm_door_closed: Some(kind.default_confirm()),
                    legal: Some(LegalRule { limit: kind.default_legal(), source: None }),
                    ..RuleFields::default()
                };
                let mut sorted: Vec<(Level, RuleFields)> = levels.to_vec();
                sorted.push((Level::Kind, of_kind));
                sorted.sort_by_key(|(level, _)| std::cmp::Reverse(*level));
                let merged = Self {
                    $($field: sorted
                        .iter()
                        .find_map(|(level, fields)| {
                            fields.$field.clone().map(|value| Sourced { value, source: *level })
                        })
                        .unwrap_or(Sourced { value: $default, source: Level::Default }),)+
                };
                merged.with_confirm_door_open()
            }
        }
    };
}

rules! {
    /// Colder than this is out of range.
    low: CentiCelsius = CentiCelsius(56);
    /// Warmer than this is out of range.
    high: CentiCelsius = CentiCelsius(500);
    /// How far inside the range a temperature must be to end an excursion: 1.0 °F (specification 2.3).
    hysteresis: CentiCelsius = CentiCelsius(56);
    /// How long an excursion lasts before it is an alarm while the door is closed.
    confirm_door_closed: Span = Span::minutes(10);
    /// How long an excursion lasts before it is an alarm while the door is open.
    confirm_door_open: Span = Span::minutes(20);
    /// How long an excursion may last at most, whatever else would excuse it.
    max_excursion: Span = Span::minutes(60);
    /// How often the sensor reports, where that differs from its own interval.
    expected_reading_interval: Span = Span::minutes(5);
    /// How much of its interval a sensor may be silent before its first report is missing, in percent: its clock may drift.
    offline_trigger_percent: u32 = 110;
    /// What is added to that, besides the 30 s of the network.
    offline_trigger_additional: Span = Span::ZERO;
    /// Missed check-ins before a warning.
    offline_warning_missed: u32 = 1;
    /// Missed check-ins before it is critical.
    offline_critical_missed: u32 = 5;
    /// How long a door is open before a warning.
    door_open_warning: Span = Span::minutes(3);
    /// How long a door is open before it is critical.
    door_open_critical: Span = Span::minutes(10);
    /// For how long a day an open door may excuse a temperature.
    door_mask_per_day: Span = Span::minutes(60);
    /// How often temperatures are logged by hand.
    manual_interval: Span = Span::hours(4);
    /// How late that may be.
    manual_grace: Span = Span::ZERO;
    /// Missed check-ins after which temperatures must be logged by hand.
    manual_log_missed: u32 = 5;
    /// What the record is judged by.
    legal: LegalRule = LegalRule::default();
    /// Over which time the minutes beyond the legal limit are added up.
    exposure_window: Span = Span::hours(4);
    /// How much of that time beyond the legal limit is an alarm.
    exposure_limit: Span = Span::hours(2);
}

/// What rules belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum RuleScope {
    /// The organization.
    Organization(OrgId),
    /// A site.
    Site(SiteId),
    /// A unit.
    Unit(UnitId),
}

impl RuleScope {
    /// Where rules for `unit` of the organization may be set, and as which level they count there.
    #[must_use]
    pub const fn of_unit(org_id: OrgId, unit: &Unit) -> [(Level, Self); 3] {
        [
            (Level::Organization, Self::Organization(org_id)),
            (Level::Site, Self::Site(unit.site_id)),
            (Level::Unit, Self::Unit(unit.id)),
        ]
    }
}

/// The rules that are set at one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleSet {
    /// Where they are set.
    pub scope: RuleScope,
    /// The rules.
    pub fields: RuleFields,
}

impl EffectiveRules {
    /// Where nobody has set how long an excursion must last with the door open, it is no shorter than with the door closed.
    fn with_confirm_door_open(mut self) -> Self {
        let closed = self.confirm_door_closed;
        let open = default_confirm_door_open(closed.value);
        if self.confirm_door_open.source == Level::Default && open == closed.value {
            self.confirm_door_open = closed;
        }
        self
    }

    /// Whether there is a range to be in.
    ///
    /// # Errors
    /// When the limits leave none between them, wherever each of them comes from.
    pub fn check_range(&self) -> Result<(), EmptyRange> {
        let (low, high) = (self.low.value, self.high.value);
        if low < high {
            Ok(())
        } else {
            Err(EmptyRange { low, high })
        }
    }

    /// These rules for a unit whose temperatures are logged by hand every `unit`, or where that is not set every `site`. A rule
    /// that says how often comes before both.
    #[must_use]
    pub fn with_log_cadence(self, unit: Option<Span>, site: Option<Span>) -> Self {
        let of = |source, cadence: Option<Span>| cadence.map(|value| Sourced { value, source });
        let cadence = of(Level::Unit, unit).or_else(|| of(Level::Site, site));
        Self {
            manual_interval: match cadence {
                Some(cadence) if self.manual_interval.source <= Level::Kind => cadence,
                _ => self.manual_interval,
            },
            ..self
        }
    }

    /// What the engine is told of them for a unit that a sensor drives which reports every `report_interval`, or none. How often
    /// a door contact reports is not a matter of rules.
    #[must_use]
    pub fn overrides(&self, report_interval: Option<Span>) -> Overrides {
        fn set<T: Copy>(rule: Sourced<T>) -> Option<T> {
            (rule.source > Level::Kind).then_some(rule.value)
        }
        let sources = Sources::default()
            .with(Rule::Low, set_at(self.low.source))
            .with(Rule::High, set_at(self.high.source))
            .with(Rule::Confirm, set_at(self.confirm_door_closed.source))
            .with(Rule::OfflineWarning, set_at(self.offline_warning_missed.source))
            .with(Rule::OfflineCritical, set_at(self.offline_critical_missed.source))
            .with(Rule::ManualInterval, set_at(self.manual_interval.source))
            .with(Rule::ConfirmDoorOpen, set_at(self.confirm_door_open.source))
            .with(Rule::MaxExcursion, set_at(self.max_excursion.source))
            .with(Rule::DoorWarning, set_at(self.door_open_warning.source))
            .with(Rule::DoorCritical, set_at(self.door_open_critical.source))
            .with(Rule::DoorMask, set_at(self.door_mask_per_day.source))
            .with(Rule::Exposure, set_at(self.exposure_limit.source));
        Overrides {
            low: set(self.low),
            high: set(self.high),
            hysteresis: set(self.hysteresis),
            confirm: set(self.confirm_door_closed),
            confirm_door_open: set(self.confirm_door_open),
            max_excursion: set(self.max_excursion),
            door_warning: set(self.door_open_warning),
            door_critical: set(self.door_open_critical),
            door_mask: set(self.door_mask_per_day),
            door_interval: None,
            report_interval: report_interval.map(|own| set(self.expected_reading_interval).unwrap_or(own)),
            offline_percent: set(self.offline_trigger_percent),
            offline_additional: set(self.offline_trigger_additional),
            offline_warning: set(self.offline_warning_missed),
            offline_critical: set(self.offline_critical_missed),
            manual_missed: set(self.manual_log_missed),
            manual_interval: set(self.manual_interval),
            manual_grace: set(self.manual_grace),
            legal: (self.legal.source > Level::Kind).then_some(self.legal.value.limit),
            exposure_window: set(self.exposure_window),
            exposure_limit: set(self.exposure_limit),
            sources,
        }
    }
}

/// How the engine calls the level at which a rule was set.
const fn set_at(level: Level) -> SetAt {
    match level {
        Level::Default | Level::Kind => SetAt::Standard,
        Level::Organization => SetAt::Organization,
        Level::Site => SetAt::Site,
        Level::Unit => SetAt::Unit,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn confirm(minutes: u32) -> RuleFields {
        RuleFields {
            confirm_door_closed: Some(Span::minutes(minutes)),
            ..RuleFields::default()
        }
    }

    #[test]
    fn the_nearest_level_counts_field_by_field() {
        let site = RuleFields {
            high: Some(CentiCelsius(400)),
            ..confirm(7)
        };
        let levels = [
            (Level::Unit, confirm(3)),
            (
                Level::Organization,
                RuleFields {
                    manual_grace: Some(Span::minutes(15)),
                    ..confirm(15)
                },
            ),
            (Level::Site, site),
        ];
        let rules = EffectiveRules::merge(UnitKind::Fridge, &levels);
        assert_eq!(
            rules.confirm_door_closed,
            Sourced {
                value: Span::minutes(3),
                source: Level::Unit
            }
        );
        assert_eq!(
            rules.high,
            Sourced {
                value: CentiCelsius(400),
                source: Level::Site
            }
        );
        assert_eq!(
            rules.low,
            Sourced {
                value: CentiCelsius(56),
                source: Level::Kind
            }
        );
        assert_eq!(
            rules.manual_grace,
            Sourced {
                value: Span::minutes(15),
                source: Level::Organization
            }
        );
        assert_eq!(
            rules.door_open_warning,
            Sourced {
                value: Span::minutes(3),
                source: Level::Default
            }
        );
    }

    #[test]
    fn the_engine_is_told_what_somebody_set_and_where() {
        let rules = EffectiveRules::merge(UnitKind::Freezer, &[(Level::Site, confirm(7))]);
        let overrides = rules.overrides(Some(Span::minutes(1)));
        assert_eq!(overrides.confirm, Some(Span::minutes(7)));
        assert_eq!((overrides.low, overrides.high), (None, None));
        assert_eq!(overrides.report_interval, Some(Span::minutes(1)));
        assert_eq!(overrides.sources.of(Rule::Confirm), SetAt::Site);
        assert_eq!(overrides.sources.of(Rule::High), SetAt::Standard);
    }

    #[test]
    fn an_expected_interval_replaces_that_of_a_sensor_and_is_none_without_one() {
        let hourly = RuleFields {
            expected_reading_interval: Some(Span::hours(1)),
            ..RuleFields::default()
        };
        let rules = EffectiveRules::merge(UnitKind::Fridge, &[(Level::Organization, hourly)]);
        let told = |own| rules.overrides(own).report_interval;
        assert_eq!(told(Some(Span::minutes(5))), Some(Span::hours(1)));
        assert_eq!(told(None), None, "there is no sensor to wait for");
    }

    #[test]
    fn a_rule_for_logs_by_hand_comes_before_the_cadence_of_the_unit_and_that_before_the_sites() {
        let rule = RuleFields {
            manual_interval: Some(Span::hours(2)),
            ..RuleFields::default()
        };
        let told = |levels: &[(Level, RuleFields)], unit, site| {
            let rules = EffectiveRules::merge(UnitKind::Fridge, levels).with_log_cadence(unit, site);
            let overrides = rules.overrides(None);
            (
                rules.manual_interval.source,
                overrides.manual_interval,
                overrides.sources.of(Rule::ManualInterval),
            )
        };
        let hours = |hours| Some(Span::hours(hours));
        assert_eq!(
            told(&[(Level::Organization, rule)], hours(6), hours(8)),
            (Level::Organization, hours(2), SetAt::Organization)
        );
        assert_eq!(
            told(&[], hours(6), hours(8)),
            (Level::Unit, hours(6), SetAt::Unit)
        );
        assert_eq!(told(&[], None, hours(8)), (Level::Site, hours(8), SetAt::Site));
        assert_eq!(told(&[], None, None), (Level::Default, None, SetAt::Standard));
    }
}
