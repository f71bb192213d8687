//! How sites, areas and units are set up.

use crate::limits::{JudgedBy, LegalLimitInForce, LegalLimitValue, StandardInUse};
use crate::time::Instant;
use freshtrack_domain::alert::{AlertKind, Severity};
use freshtrack_domain::ids::{AreaId, OrgId, SiteId, UnitId, UserId};
use freshtrack_domain::place::{
    Address, ComplianceMode, Coordinates, Identification, Level, OpeningHours, QuietReason, QuietTime,
    RecurringQuietTime, Sourced, TemperatureUnit, TimeOfDay, Weekday,
};
use freshtrack_domain::text::{Name, Notes};
use freshtrack_domain::time::Span;
use freshtrack_domain::unit::{UnitKind, UnitStatus};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

/// What a change says of a field that may be empty: nothing, that it is to be emptied (`null`), or its new value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Patch<T> {
    /// Not mentioned: it stays.
    #[default]
    Keep,
    /// `null`: it becomes empty.
    Clear,
    /// It becomes this.
    Set(T),
}

impl<T> Patch<T> {
    /// Makes `field` what this says.
    pub fn apply(self, field: &mut Option<T>) {
        match self {
            Self::Keep => {}
            Self::Clear => *field = None,
            Self::Set(value) => *field = Some(value),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Clear, Self::Set))
    }
}

impl<T: JsonSchema> JsonSchema for Patch<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        Option::<T>::schema_name()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        generator.subschema_for::<Option<T>>()
    }
}

/// `POST /v1/orgs/{org_id}/sites`.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateSite {
    /// Its name.
    pub name: Name,
    /// IANA time zone, such as `America/New_York`.
    pub time_zone: String,
    /// Where it is.
    #[serde(default)]
    pub address: Address,
    /// Where it is on the map.
    #[serde(default)]
    pub coordinates: Option<Coordinates>,
    /// By which rules it keeps its food.
    #[serde(default)]
    pub compliance: ComplianceMode,
    /// Whether a critical temperature alert cannot be resolved without saying what was done.
    #[serde(default)]
    pub corrective_action_required: bool,
    /// How often temperatures are logged by hand, in minutes; four hours unless given.
    #[serde(default)]
    #[schemars(range(min = 1, max = 10_080))]
    pub log_cadence_minutes: Option<u32>,
    /// When it is open.
    #[serde(default)]
    pub opening_hours: OpeningHours,
}

/// `PATCH /v1/orgs/{org_id}/sites/{site_id}`. What is not mentioned stays.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct UpdateSite {
    /// Its name.
    pub name: Option<Name>,
    /// IANA time zone.
    pub time_zone: Option<String>,
    /// Where it is; replaces the whole address.
    pub address: Option<Address>,
    /// Where it is on the map.
    pub coordinates: Patch<Coordinates>,
    /// By which rules it keeps its food.
    pub compliance: Option<ComplianceMode>,
    /// Whether a critical temperature alert cannot be resolved without saying what was done.
    pub corrective_action_required: Option<bool>,
    /// How often temperatures are logged by hand, in minutes.
    #[schemars(range(min = 1, max = 10_080))]
    pub log_cadence_minutes: Option<u32>,
    /// When it is open; replaces the whole week.
    pub opening_hours: Option<OpeningHours>,
    /// When alerts of all its units are held back week by week, all of it: as for a unit, in addition to those of its own.
    #[schemars(length(max = 8))]
    pub recurring_quiet_times: Option<Vec<RecurringQuietTimeValue>>,
}

/// How many units are how.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct UnitCounts {
    /// All of them.
    pub total: u32,
    /// In range.
    pub ok: u32,
    /// Out of range, not yet confirmed.
    pub excursion: u32,
    /// Confirmed out of range.
    pub alarm_active: u32,
    /// Back in range, not yet for long enough.
    pub restoring: u32,
    /// From which nothing has been heard yet.
    pub pending: u32,
    /// Whose sensor has missed reports.
    pub offline: u32,
    /// Whose sensor has missed so many that nobody watches them.
    pub monitoring_interrupted: u32,
    /// Which nobody watches, and where a log by hand is due.
    pub manual_required: u32,
}

/// A site as it is set up, and how its units are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SiteDetail {
    /// Its identifier.
    pub id: SiteId,
    /// Its name.
    pub name: Name,
    /// IANA time zone.
    pub time_zone: String,
    /// Where it is.
    pub address: Address,
    /// Where it is on the map.
    pub coordinates: Option<Coordinates>,
    /// By which rules it keeps its food.
    pub compliance: ComplianceMode,
    /// Whether a critical temperature alert cannot be resolved without saying what was done.
    pub corrective_action_required: bool,
    /// How often temperatures are logged by hand, in minutes.
    pub log_cadence_minutes: i64,
    /// When it is open.
    pub opening_hours: OpeningHours,
    /// When alerts of all its units are held back, week by week.
    #[serde(default)]
    pub recurring_quiet_times: Vec<RecurringQuietTimeValue>,
    /// How many areas it has.
    pub areas: u32,
    /// How its units are.
    pub units: UnitCounts,
    /// The worst status among them; `null` without units.
    pub worst: Option<UnitStatus>,
    /// The worst severity among their open alerts.
    pub severity: Option<Severity>,
    /// When it was deleted, if it was.
    pub deleted_at: Option<Instant>,
}

/// `POST /v1/orgs/{org_id}/areas`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateArea {
    /// The site it is in.
    pub site_id: SiteId,
    /// Its name.
    pub name: Name,
    /// What it is for.
    #[serde(default)]
    pub description: Notes,
    /// Its place among the areas of the site; the smaller, the earlier.
    #[serde(default)]
    pub sort_order: u32,
}

/// `PATCH /v1/orgs/{org_id}/areas/{area_id}`. What is not mentioned stays.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct UpdateArea {
    /// Its name.
    pub name: Option<Name>,
    /// What it is for.
    pub description: Option<Notes>,
    /// Its place among the areas of the site.
    pub sort_order: Option<u32>,
}

/// An area as it is set up, and how its units are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AreaDetail {
    /// Its identifier.
    pub id: AreaId,
    /// The site it is in.
    pub site_id: SiteId,
    /// Its name.
    pub name: Name,
    /// What it is for.
    pub description: Notes,
    /// Its place among the areas of the site.
    pub sort_order: u32,
    /// How its units are.
    pub units: UnitCounts,
    /// The worst status among them; `null` without units.
    pub worst: Option<UnitStatus>,
    /// The worst severity among their open alerts.
    pub severity: Option<Severity>,
    /// When it was deleted, if it was.
    pub deleted_at: Option<Instant>,
}

/// `POST /v1/orgs/{org_id}/units`. What it measures and how it is judged begins with the limits of its kind.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateUnit {
    /// The area it is in.
    pub area_id: AreaId,
    /// Its name; unique within the area.
    pub name: Name,
    /// What kind of unit it is.
    pub kind: UnitKind,
    /// In which unit its temperatures are shown.
    #[serde(default)]
    pub display: TemperatureUnit,
    /// Whether temperatures are logged by hand.
    #[serde(default)]
    pub logged_by_hand: bool,
    /// How often they are, in minutes, where that differs from the site's.
    #[serde(default)]
    #[schemars(range(min = 1, max = 10_080))]
    pub log_cadence_minutes: Option<u32>,
    /// What is written on it.
    #[serde(default)]
    pub identification: Identification,
    /// What people should know of it.
    #[serde(default)]
    pub notes: Notes,
    /// Its place among the units of the area.
    #[serde(default)]
    pub sort_order: u32,
}

/// `PATCH /v1/orgs/{org_id}/units/{unit_id}`. What is not mentioned stays.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct UpdateUnit {
    /// The area it is in; moves it, also to another site.
    pub area_id: Option<AreaId>,
    /// Its name.
    pub name: Option<Name>,
    /// What kind of unit it is.
    pub kind: Option<UnitKind>,
    /// In which unit its temperatures are shown.
    pub display: Option<TemperatureUnit>,
    /// Whether temperatures are logged by hand.
    pub logged_by_hand: Option<bool>,
    /// How often they are, in minutes.
    #[schemars(range(min = 1, max = 10_080))]
    pub log_cadence_minutes: Patch<u32>,
    /// What is written on it; replaces all of it.
    pub identification: Option<Identification>,
    /// What people should know of it.
    pub notes: Option<Notes>,
    /// Its place among the units of the area.
    pub sort_order: Option<u32>,
    /// When alerts of it are held back, all of it: at most four times ahead of at most 24 hours each. What happens meanwhile
    /// is judged and shown, and what still holds at the end is told.
    #[schemars(length(max = 16))]
    pub quiet_times: Option<Vec<QuietTimeValue>>,
    /// When they are held back week by week, all of it: at most eight times, 42 hours a week in all.
    #[schemars(length(max = 8))]
    pub recurring_quiet_times: Option<Vec<RecurringQuietTimeValue>>,
}

/// A time in which alerts of a unit are held back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QuietTimeValue {
    /// When it begins.
    pub from: Instant,
    /// When it ends.
    pub until: Instant,
    /// Of which kinds; all if empty.
    #[serde(default)]
    #[schemars(length(max = 16))]
    pub kinds: Vec<AlertKind>,
    /// Why.
    pub reason: QuietReason,
}

impl From<QuietTimeValue> for QuietTime {
    fn from(value: QuietTimeValue) -> Self {
        Self {
            from: value.from.0,
            until: value.until.0,
            kinds: value.kinds,
            reason: value.reason,
        }
    }
}

impl From<&QuietTime> for QuietTimeValue {
    fn from(time: &QuietTime) -> Self {
        Self {
            from: time.from.into(),
            until: time.until.into(),
            kinds: time.kinds.clone(),
            reason: time.reason,
        }
    }
}

/// A time in which alerts are held back on some days of every week, by the clock of the site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecurringQuietTimeValue {
    /// On which days it begins.
    #[schemars(length(min = 1, max = 7))]
    pub days: Vec<Weekday>,
    /// When it begins. Where the clock is put forward over that time it begins as much later; where it is put back and shows
    /// it twice, the first time.
    pub starts: TimeOfDay,
    /// For how many minutes it lasts, whatever the clock does meanwhile; it may end on the next day.
    #[schemars(range(min = 1, max = 240))]
    pub minutes: u32,
    /// Of which kinds; all if empty.
    #[serde(default)]
    #[schemars(length(max = 16))]
    pub kinds: Vec<AlertKind>,
    /// Why.
    pub reason: QuietReason,
}

impl From<RecurringQuietTimeValue> for RecurringQuietTime {
    fn from(value: RecurringQuietTimeValue) -> Self {
        Self {
            days: value.days,
            starts: value.starts,
            lasts: Span::minutes(value.minutes),
            kinds: value.kinds,
            reason: value.reason,
        }
    }
}

impl From<&RecurringQuietTime> for RecurringQuietTimeValue {
    fn from(time: &RecurringQuietTime) -> Self {
        Self {
            days: time.days.clone(),
            starts: time.starts,
            minutes: u32::try_from(time.lasts.as_minutes()).unwrap_or(u32::MAX),
            kinds: time.kinds.clone(),
            reason: time.reason,
        }
    }
}

/// A unit as it is set up, and how it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct UnitDetail {
    /// Its identifier.
    pub id: UnitId,
    /// The site it is in.
    pub site_id: SiteId,
    /// The area it is in.
    pub area_id: AreaId,
    /// Its name.
    pub name: Name,
    /// What kind of unit it is.
    pub kind: UnitKind,
    /// In which unit its temperatures are shown.
    pub display: TemperatureUnit,
    /// Whether temperatures are logged by hand.
    pub logged_by_hand: bool,
    /// How often they are, in minutes, where that differs from the site's.
    pub log_cadence_minutes: Option<i64>,
    /// What is written on it.
    pub identification: Identification,
    /// What people should know of it.
    pub notes: Notes,
    /// Its place among the units of the area.
    pub sort_order: u32,
    /// When alerts of it are held back, the next first.
    #[serde(default)]
    pub quiet_times: Vec<QuietTimeValue>,
    /// When they are held back week by week.
    #[serde(default)]
    pub recurring_quiet_times: Vec<RecurringQuietTimeValue>,
    /// What is happening in it.
    pub now: super::UnitSnapshot,
    /// By what its record is judged, beside the alarm limit that it wakes people by.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub judged_by: Option<JudgedBy>,
    /// When it was deleted, if it was.
    pub deleted_at: Option<Instant>,
}

/// What was deleted by itself, not with what it is in, and can be restored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", content = "place", rename_all = "snake_case")]
pub enum DeletedPlace {
    /// A site.
    Site(SiteDetail),
    /// An area.
    Area(AreaDetail),
    /// A unit.
    Unit(UnitDetail),
}

/// How the units of an organization or a site are. What cannot be told is `null`, never a good figure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Statistics {
    /// How many sites there are.
    pub sites: u32,
    /// How many areas.
    pub areas: u32,
    /// How the units are.
    pub units: UnitCounts,
    /// The worst status among them; `null` without units.
    pub worst: Option<UnitStatus>,
    /// How many alerts are open.
    pub open_alerts: u32,
    /// How many of them are critical.
    pub critical_alerts: u32,
    /// The share of units whose temperature is within what their record is judged by, in percent, among those of which one was
    /// measured within the last hour; `null` when of none was.
    pub in_range_percent: Option<f64>,
    /// The share of units of which a temperature was measured within the last hour, in percent: how much the share of those in
    /// range is worth. `null` without units.
    #[serde(default)]
    pub coverage_percent: Option<f64>,
    /// By what they are judged, and how many by each.
    #[serde(default)]
    pub judged_by: Vec<StandardInUse>,
    /// The share of units that were heard of within the last hour, in percent; `null` without units.
    pub reporting_percent: Option<f64>,
    /// When this was read.
    pub as_of: Instant,
}

/// Rules as they are set at one place; `null` leaves a rule to the place above.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RuleValues {
    /// The lower alarm limit: colder than this wakes people, in degrees Celsius.
    pub low_c: Option<f64>,
    /// The upper alarm limit: warmer than this wakes people, in degrees Celsius.
    pub high_c: Option<f64>,
    /// How far inside the range a temperature must be to end an excursion, in degrees.
    pub hysteresis_c: Option<f64>,
    /// Minutes out of range before an alarm while the door is closed.
    pub confirm_door_closed_minutes: Option<u32>,
    /// Minutes out of range before an alarm while the door is open.
    pub confirm_door_open_minutes: Option<u32>,
    /// Minutes an excursion may last at most.
    pub max_excursion_minutes: Option<u32>,
    /// How often the sensor reports, in seconds.
    pub expected_reading_interval_seconds: Option<u32>,
    /// How much of its interval the first report of a sensor may take until it is missing, in percent; 30 s are added for
    /// the network.
    pub offline_trigger_percent: Option<u32>,
    /// Minutes added to that.
    pub offline_trigger_additional_minutes: Option<u32>,
    /// Missed check-ins before a warning.
    pub offline_warning_missed: Option<u32>,
    /// Missed check-ins before it is critical.
    pub offline_critical_missed: Option<u32>,
    /// Minutes a door is open before a warning.
    pub door_open_warning_minutes: Option<u32>,
    /// Minutes a door is open before it is critical.
    pub door_open_critical_minutes: Option<u32>,
    /// Minutes a day for which an open door may excuse a temperature.
    pub door_mask_per_day_minutes: Option<u32>,
    /// Minutes between temperatures logged by hand.
    pub manual_interval_minutes: Option<u32>,
    /// Minutes that may be late.
    pub manual_grace_minutes: Option<u32>,
    /// Missed check-ins after which temperatures must be logged by hand.
    pub manual_log_missed: Option<u32>,
    /// The legal limit, which the record is judged by whoever is or is not woken.
    pub legal: Option<LegalLimitValue>,
    /// Minutes over which the time beyond the legal limit is added up: 30 to 1440.
    #[schemars(range(min = 30, max = 1_440))]
    pub exposure_window_minutes: Option<u32>,
    /// Minutes of that time beyond the legal limit that are an alarm: 1 to 1440.
    #[schemars(range(min = 1, max = 1_440))]
    pub exposure_alarm_minutes: Option<u32>,
}

/// `GET` and `PUT /v1/orgs/{org_id}/rules`, `…/sites/{site_id}/rules`, `…/units/{unit_id}/rules`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RulesAt {
    /// At which level.
    pub level: Level,
    /// The rules set there.
    pub set: RuleValues,
}

/// A rule that was given another value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RuleDifference {
    /// The rule by its name, as in [`RuleValues`].
    pub rule: String,
    /// What it was; `null` when it was left to the level above.
    pub from: Option<f64>,
    /// What it is since; `null` when it is left to the level above.
    pub to: Option<f64>,
    /// What the legal limit was, if it is about that and it was set there.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub legal_from: Option<LegalLimitValue>,
    /// What the legal limit is since, if it is about that and it is set there.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub legal_to: Option<LegalLimitValue>,
}

/// That the rules of a place were changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RuleChangeView {
    /// At which level they are set.
    pub level: Level,
    /// How often they had been set by then: the `ETag` of the rules since.
    pub revision: u64,
    /// When.
    pub at: Instant,
    /// Who did it: a user, an access key, or `operator`.
    pub by: String,
    /// The member in whose name an administrator of the platform did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acting_as: Option<UserId>,
    /// What was changed.
    pub changes: Vec<RuleDifference>,
}

/// The rules in force for a unit, each with the level it comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EffectiveRulesView {
    /// The organization.
    pub org_id: OrgId,
    /// The unit.
    pub unit_id: UnitId,
    /// Each rule by its name, as in [`RuleValues`].
    pub rules: std::collections::BTreeMap<String, Sourced<f64>>,
    /// The legal limit; absent where none applies.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub legal: Option<LegalLimitInForce>,
}
