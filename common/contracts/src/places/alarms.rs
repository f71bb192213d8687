//! The alarm library as it is in force, and how it is set.

use crate::time::Instant;
use freshtrack_domain::alert::{AlertKind, Severity};
use freshtrack_domain::ids::UserId;
use freshtrack_domain::place::{Level, Sourced};
use freshtrack_domain::unit::{AlarmId, Judge, Quantity, Tier, UnitKind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is set of one alarm at one place; `null` leaves it to the place above.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AlarmSetting {
    /// The alarm.
    pub alarm: AlarmId,
    /// Whether it is on.
    #[serde(default)]
    pub enabled: Option<bool>,
    /// How much it matters.
    #[serde(default)]
    pub severity: Option<Severity>,
    /// The figure that is compared with, in what the alarm is `measured_in`.
    #[serde(default)]
    pub threshold: Option<f64>,
    /// Minutes for which it must hold.
    #[serde(default)]
    pub duration_minutes: Option<u32>,
    /// Minutes after it ended in which no alert of its kind opens.
    #[serde(default)]
    pub cooldown_minutes: Option<u32>,
}

/// `PUT /v1/orgs/{org_id}/alarms`, `…/sites/{site_id}/alarms`, `…/units/{unit_id}/alarms`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetAlarms {
    /// All that is set there, each alarm once. An alarm that is not among them is left to the place above.
    #[schemars(length(max = 64))]
    pub set: Vec<AlarmSetting>,
}

/// An alarm of the library as it is in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AlarmInForce {
    /// The alarm.
    pub alarm: AlarmId,
    /// What it is about, roughly.
    pub tier: Tier,
    /// What it tells.
    pub about: String,
    /// Who judges it: `library`; `built_in`, the rules of the unit, where it is set too; or `nobody`.
    pub judge: Judge,
    /// Why nobody can judge it.
    pub unavailable: Option<String>,
    /// The kind of alert it opens or raises.
    pub alert: Option<AlertKind>,
    /// Whether it makes an alert worse that is open, and opens none.
    pub raises: bool,
    /// The kinds of unit it is for.
    pub kinds: Vec<UnitKind>,
    /// Whether it is on; `null` unless the library judges it.
    pub enabled: Option<Sourced<bool>>,
    /// How much it matters.
    pub severity: Sourced<Severity>,
    /// What its threshold is measured in.
    pub measured_in: Option<Quantity>,
    /// The figure that is compared with.
    pub threshold: Option<Sourced<f64>>,
    /// Minutes for which it must hold, or within which a pattern is looked for.
    pub duration_minutes: Option<Sourced<u32>>,
    /// Minutes after it ended in which no alert of its kind opens.
    pub cooldown_minutes: Option<Sourced<u32>>,
    /// Where the figures of the library come from.
    pub source: String,
}

/// The alarm library as it is in force at a place, and what is set there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AlarmsAt {
    /// At which level.
    pub level: Level,
    /// What is set there.
    pub set: Vec<AlarmSetting>,
    /// The whole library, each figure with the level it comes from.
    pub alarms: Vec<AlarmInForce>,
}

/// An alarm that was set otherwise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AlarmDifference {
    /// The alarm.
    pub alarm: AlarmId,
    /// What was set; `null` when it was left to the level above.
    pub from: Option<AlarmSetting>,
    /// What is set since; `null` when it is left to the level above.
    pub to: Option<AlarmSetting>,
}

/// That alarms of a place were set otherwise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AlarmChangeView {
    /// At which level they are set.
    pub level: Level,
    /// How often they had been set by then: the `ETag` of the alarms since.
    pub revision: u64,
    /// When.
    pub at: Instant,
    /// Who did it: a user, an access key, or `operator`.
    pub by: String,
    /// The member in whose name an administrator of the platform did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acting_as: Option<UserId>,
    /// What was changed.
    pub changes: Vec<AlarmDifference>,
}
