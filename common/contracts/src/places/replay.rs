//! What other rules would have made of the past.

use super::RuleValues;
use crate::time::Instant;
use freshtrack_domain::alert::{AlertKind, Side};
use freshtrack_domain::ids::UnitId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `POST /v1/orgs/{org_id}/units/{unit_id}/rules/replay`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplayRules {
    /// How many days back from now: 7 to 90.
    #[schemars(range(min = 7, max = 90))]
    pub days: u32,
    /// The rules as they would be set for the unit, all of them: what is left out is left to the level above, as when they
    /// are put.
    pub rules: RuleValues,
}

/// What the proposed rules would have made of the unit's readings, beside what the present ones make of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RuleReplay {
    /// The unit.
    pub unit_id: UnitId,
    /// The first instant replayed.
    pub from: Instant,
    /// The last instant replayed.
    pub to: Instant,
    /// How many readings were.
    pub readings: u32,
    /// What the present rules give.
    pub present: ReplayTotals,
    /// What the proposed rules give.
    pub proposed: ReplayTotals,
    /// Alarms by either set that the other gives at the same time.
    pub unchanged: u32,
    /// Alarms that come sooner.
    pub earlier: u32,
    /// Alarms that come later.
    pub later: u32,
    /// Alarms that come and did not before.
    pub added: u32,
    /// Alarms that do not come any more.
    pub dropped: u32,
    /// Real excursions of which nobody would be told. An excursion is real that the present rules confirm.
    pub missed_excursions: u32,
    /// Each thing that is an alarm by either set, the newest first; at most 500 of them.
    pub alarms: Vec<ReplayedAlarm>,
    /// How many older ones there are.
    pub more_alarms: u32,
}

/// How much one set of rules asks of people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct ReplayTotals {
    /// Alerts that were or became critical.
    pub alarms: u32,
    /// Alerts that stayed warnings.
    pub warnings: u32,
}

/// What becomes of an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReplayOutcome {
    /// It comes when it did.
    Unchanged,
    /// It comes sooner.
    Earlier,
    /// It comes later.
    Later,
    /// It comes, and did not before.
    Added,
    /// It does not come any more.
    Dropped,
}

/// Something that is an alarm by at least one set of rules: alerts of a kind that go on at the same time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReplayedAlarm {
    /// What it is about.
    pub kind: AlertKind,
    /// What becomes of it.
    pub outcome: ReplayOutcome,
    /// By how many seconds the alarm comes later; sooner if negative. Absent unless it comes by both sets.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub shift_seconds: Option<i64>,
    /// Whether it is a real excursion: a temperature that the present rules confirm.
    pub real_excursion: bool,
    /// What the present rules make of it, unless they see nothing.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub present: Option<ReplayedAlert>,
    /// What the proposed rules make of it, unless they see nothing.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub proposed: Option<ReplayedAlert>,
}

/// What one set of rules makes of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReplayedAlert {
    /// How many alerts: one, unless it ends and begins anew while the other set sees one and the same.
    pub alerts: u32,
    /// When the first of them opens.
    pub opened_at: Instant,
    /// When the first of them is critical, if one is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub alarm_at: Option<Instant>,
    /// When the last of them ends, if it does.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ended_at: Option<Instant>,
    /// Which limit was crossed, if it is about that.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub side: Option<Side>,
    /// The worst temperature, degrees Celsius.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub worst_c: Option<f64>,
    /// Why it comes, in one sentence.
    pub explanation: String,
}
