//! Alerts as people see them.

use crate::time::Instant;
use freshtrack_domain::alert::{Alert, AlertKind, AlertStatus, Severity, Side};
use freshtrack_domain::ids::{AlertId, SiteId, UnitId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One alert.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AlertView {
    /// Its identifier.
    pub id: AlertId,
    /// The unit it is about.
    pub unit_id: UnitId,
    /// The site that unit is in.
    pub site_id: SiteId,
    /// What it is about.
    pub kind: AlertKind,
    /// The worst it has been.
    pub severity: Severity,
    /// Whether the condition holds.
    pub status: AlertStatus,
    /// When the condition began.
    pub opened_at: Instant,
    /// When it rose to its present severity.
    pub escalated_at: Option<Instant>,
    /// When the condition ended.
    pub resolved_at: Option<Instant>,
    /// When it was found out, if that was only after it had ended: by readings that came late.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub found_at: Option<Instant>,
    /// The temperature that opened it, in degrees Celsius.
    pub trigger_c: Option<f64>,
    /// The worst temperature known when the alert last changed, in degrees Celsius.
    pub worst_c: Option<f64>,
    /// The limit that was crossed, in degrees Celsius.
    pub limit_c: Option<f64>,
    /// Which limit was crossed.
    pub side: Option<Side>,
    /// Why it is there, in one sentence.
    pub explanation: String,
}

impl From<&Alert> for AlertView {
    fn from(alert: &Alert) -> Self {
        Self {
            id: alert.id,
            unit_id: alert.unit_id,
            site_id: alert.site_id,
            kind: alert.kind,
            severity: alert.severity,
            status: alert.status,
            opened_at: alert.opened_at.into(),
            escalated_at: alert.escalated_at.map(Into::into),
            resolved_at: alert.resolved_at.map(Into::into),
            found_at: alert.found_at.map(Into::into),
            trigger_c: alert.trigger.map(|value| value.celsius()),
            worst_c: alert.worst.map(|value| value.celsius()),
            limit_c: alert.limit.map(|value| value.celsius()),
            side: alert.side,
            explanation: alert.explanation.clone(),
        }
    }
}

/// Something that happened to an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TrailEntry {
    /// The event that told of it; the same event is recorded once.
    pub event_id: String,
    /// What happened: `alert.opened`, `alert.upgraded`, `alert.resolved`, `alert.found_late`.
    pub event: String,
    /// When.
    pub at: Instant,
    /// In words.
    pub detail: String,
}

/// `GET /v1/orgs/{org_id}/alerts/{alert_id}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AlertDetail {
    /// The alert.
    pub alert: AlertView,
    /// What happened to it, oldest first.
    pub trail: Vec<TrailEntry>,
}
