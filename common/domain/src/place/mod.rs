//! Where units stand: an organization has sites, a site has areas, an area has units.

mod alarm_set;
mod deletion;
mod hours;
mod organization;
mod quiet;
mod recurring;
mod rule_change;
mod rules;
mod site;
mod slug;
mod unit;

pub use alarm_set::{AlarmChange, AlarmSet};
pub use deletion::Deletion;
pub use hours::{InvalidHours, Opening, OpeningHours, TimeOfDay, Weekday};
pub use organization::{Organization, RESTORE_WITHIN};
pub use quiet::{InvalidQuietTime, LONGEST_QUIET_TIME, MOST_QUIET_TIMES, QuietReason, QuietTime};
pub use recurring::{
    InvalidRecurringQuietTime, LONGEST_RECURRING, MOST_RECURRING, QuietAhead, RecurringQuietTime,
};
pub use rule_change::RuleChange;
pub use rules::{EffectiveRules, LegalRule, Level, RuleFields, RuleScope, RuleSet, Sourced};
pub use site::{Address, Area, ComplianceMode, Coordinates, InvalidCoordinates, Site, is_time_zone};
pub use slug::{InvalidSlug, Slug};
pub use unit::{Identification, TemperatureUnit, Unit};
