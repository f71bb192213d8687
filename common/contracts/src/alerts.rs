//! Alerts as people see them.

use crate::time::Instant;
use freshtrack_domain::alert::{Alert, AlertKind, AlertStatus, Severity, Side};
use freshtrack_domain::handling::{
    Account, Durations, Figures, Handled, HandlingStatus, KindFigures, Signature, UnitFigures,
};
use freshtrack_domain::ids::{AlertId, ProcessId, SensorId, SiteId, UnitId, UserId};
use freshtrack_domain::text::Notes;
use freshtrack_domain::time::Timestamp;
use freshtrack_domain::unit::AlarmId;
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
    /// Whether the condition holds. What people have done about it is told by `handling`.
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
    /// The sensor it is about, if it is about one of several.
    #[serde(default)]
    pub sensor_id: Option<SensorId>,
    /// The alert that was open when this one opened and may explain it: the open door of an excursion, the excursion of a
    /// cooling that seems to fail.
    #[serde(default)]
    pub related_id: Option<AlertId>,
    /// The timed process it is about.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub process_id: Option<ProcessId>,
    /// The alarm of the library by which it opened or last became worse, if that was none of the unit's rules.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub alarm: Option<AlarmId>,
    /// Why it is there, in one sentence.
    pub explanation: String,
    /// What people have done about it. Absent where only the condition is told of, as in events: it is as it was.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub handling: Option<HandlingView>,
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
            sensor_id: alert.sensor_id,
            related_id: alert.related_id,
            process_id: alert.process_id,
            alarm: alert.alarm,
            explanation: alert.explanation.clone(),
            handling: None,
        }
    }
}

impl AlertView {
    /// The alert with what people have done about it, as it stands at `now`.
    #[must_use]
    pub fn handled(handled: &Handled, now: Timestamp) -> Self {
        Self {
            handling: Some(HandlingView::of(handled, now)),
            ..Self::from(&handled.alert)
        }
    }
}

/// What people have done about an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HandlingView {
    /// How far they are: `open`, `acknowledged` or `resolved`. It is `open` again when the alert becomes worse than whoever
    /// signed it saw it.
    pub status: HandlingStatus,
    /// Whether somebody has yet to sign it, though its condition may be over.
    pub needs_signature: bool,
    /// Who has seen it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub acknowledgement: Option<AcknowledgementView>,
    /// Until when it waits; absent when it waits no more.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub snooze: Option<SnoozeView>,
    /// What became of it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub resolution: Option<ResolutionView>,
}

impl HandlingView {
    fn of(handled: &Handled, now: Timestamp) -> Self {
        let handling = handled.handling.as_ref();
        let snooze = handling.and_then(|known| known.snoozed(&handled.alert, now));
        Self {
            status: handled.status(),
            needs_signature: handled.needs_signature(),
            acknowledgement: handling
                .and_then(|known| known.acknowledgement.as_ref())
                .map(|known| AcknowledgementView {
                    signature: (&known.signature).into(),
                    note: known.note.clone(),
                }),
            snooze: snooze.map(|known| SnoozeView {
                signature: (&known.signature).into(),
                until: known.until.into(),
                note: known.note.clone(),
            }),
            resolution: handling
                .and_then(|known| known.resolution.as_ref())
                .map(|known| ResolutionView {
                    signature: (&known.signature).into(),
                    text: known.text.clone(),
                    corrective_action: known.corrective_action.clone(),
                }),
        }
    }
}

/// Who signed something, and what they saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SignatureView {
    /// When.
    pub at: Instant,
    /// The user or access key.
    pub by: String,
    /// The member in whose name an administrator of the platform did it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub acting_as: Option<UserId>,
    /// How bad the alert was then.
    pub severity: Severity,
}

impl From<&Signature> for SignatureView {
    fn from(signature: &Signature) -> Self {
        Self {
            at: signature.at.into(),
            by: signature.by.clone(),
            acting_as: signature.acting_as,
            severity: signature.severity,
        }
    }
}

/// That somebody has seen an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AcknowledgementView {
    /// Who, when, how bad.
    #[serde(flatten)]
    pub signature: SignatureView,
    /// What they want others to know.
    pub note: Notes,
}

/// That an alert may wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SnoozeView {
    /// Who, when, how bad.
    #[serde(flatten)]
    pub signature: SignatureView,
    /// Until when.
    pub until: Instant,
    /// What they want others to know.
    pub note: Notes,
}

/// What became of an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ResolutionView {
    /// Who, when, how bad.
    #[serde(flatten)]
    pub signature: SignatureView,
    /// What was found.
    pub text: Account,
    /// What was done about the food and the unit.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub corrective_action: Option<Account>,
}

/// `POST /v1/orgs/{org_id}/alerts/{alert_id}/acknowledge`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AcknowledgeAlert {
    /// What others should know.
    #[serde(default)]
    pub note: Notes,
}

/// The most alerts that are acknowledged by one request.
pub const MOST_AT_ONCE: usize = 100;

/// `POST /v1/orgs/{org_id}/alerts/acknowledge`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AcknowledgeAlerts {
    /// Which.
    #[schemars(length(min = 1, max = 100))]
    pub alerts: Vec<AlertId>,
    /// What others should know of each of them.
    #[serde(default)]
    pub note: Notes,
}

/// What became of one alert of many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AcknowledgementResult {
    /// It is acknowledged, now or already.
    Acknowledged,
    /// There is no such alert that the caller may see.
    NotFound,
}

/// What became of one alert of many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AcknowledgedAlert {
    /// Which.
    pub alert_id: AlertId,
    /// What became of it.
    pub result: AcknowledgementResult,
}

/// What became of each of many alerts, in the order of the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AcknowledgementReport {
    /// One result an alert.
    pub results: Vec<AcknowledgedAlert>,
}

/// `POST /v1/orgs/{org_id}/alerts/{alert_id}/snooze`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SnoozeAlert {
    /// Until when it may wait: within the next 24 hours.
    pub until: Instant,
    /// What others should know.
    #[serde(default)]
    pub note: Notes,
}

/// `POST /v1/orgs/{org_id}/alerts/{alert_id}/resolve`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ResolveAlert {
    /// What was found: at least one character.
    pub text: Account,
    /// What was done about the food and the unit. Sites that keep food by hazard analysis, or demand it otherwise, want it
    /// of critical temperature alerts.
    #[serde(default)]
    pub corrective_action: Option<Account>,
}

/// What somebody did about an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AlertAct {
    /// The alert.
    pub alert_id: AlertId,
    /// The site that its unit is in.
    pub site_id: SiteId,
    /// What it is about.
    pub kind: AlertKind,
    /// Who, when, how bad.
    pub signature: SignatureView,
    /// What they said.
    pub text: String,
    /// What they said was done about the food and the unit.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub corrective_action: Option<Account>,
    /// Until when it may wait, if that is what they did.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub until: Option<Instant>,
}

/// The longest span that is analyzed at once, in days.
pub const MOST_DAYS: u32 = 90;

/// How long things took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DurationsView {
    /// How many alerts are counted.
    pub alerts: u32,
    /// Their mean in seconds; absent if there are none.
    pub mean_seconds: Option<i64>,
    /// Their median in seconds; absent if there are none.
    pub median_seconds: Option<i64>,
}

impl From<Durations> for DurationsView {
    fn from(durations: Durations) -> Self {
        Self {
            alerts: durations.count,
            mean_seconds: durations.mean.map(|span| span.as_seconds()),
            median_seconds: durations.median.map(|span| span.as_seconds()),
        }
    }
}

/// Alerts of one kind and severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AlertsOfKind {
    /// What they were about.
    pub kind: AlertKind,
    /// The worst that they were.
    pub severity: Severity,
    /// How many.
    pub alerts: u32,
    /// The condition of how many holds.
    pub open: u32,
    /// How many ask for a signature.
    pub unsigned: u32,
}

impl From<KindFigures> for AlertsOfKind {
    fn from(figures: KindFigures) -> Self {
        Self {
            kind: figures.kind,
            severity: figures.severity,
            alerts: figures.alerts,
            open: figures.open,
            unsigned: figures.unsigned,
        }
    }
}

/// Alerts of one unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AlertsOfUnit {
    /// The unit.
    pub unit_id: UnitId,
    /// The site it was in when the newest of them opened.
    pub site_id: SiteId,
    /// How many.
    pub alerts: u32,
    /// How many of them were critical.
    pub critical: u32,
    /// For how many seconds their conditions have held, added up.
    pub held_seconds: i64,
}

impl From<UnitFigures> for AlertsOfUnit {
    fn from(figures: UnitFigures) -> Self {
        Self {
            unit_id: figures.unit_id,
            site_id: figures.site_id,
            alerts: figures.alerts,
            critical: figures.critical,
            held_seconds: figures.held.as_seconds(),
        }
    }
}

/// Alerts that opened on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AlertsOfDay {
    /// Its first instant.
    pub from: Instant,
    /// The first instant after it.
    pub to: Instant,
    /// How many.
    pub alerts: u32,
    /// How many of them were critical.
    pub critical: u32,
}

/// `GET /v1/orgs/{org_id}/alerts/analytics`: alerts that opened in a span of time, and how people handled them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AlertAnalytics {
    /// The first instant.
    pub from: Instant,
    /// The first instant that does not count any more.
    pub to: Instant,
    /// From when on alerts were counted: `from`, unless there are more than 5,000; then those that opened last are.
    pub counted_from: Instant,
    /// The time zone whose days `days` has.
    pub time_zone: String,
    /// How many alerts opened.
    pub alerts: u32,
    /// By kind and severity.
    pub kinds: Vec<AlertsOfKind>,
    /// From opening until somebody first signed.
    pub to_acknowledge: DurationsView,
    /// From opening until the condition was over.
    pub to_resolve: DurationsView,
    /// The ten units with the most critical alerts, then the most alerts, then the longest, the worst first.
    pub worst_units: Vec<AlertsOfUnit>,
    /// Day by day.
    pub days: Vec<AlertsOfDay>,
}

impl AlertAnalytics {
    /// `figures` of the time from `from` until `to`, counted from `counted_from`, by the days of `time_zone`.
    #[must_use]
    pub fn of(
        (from, to): (Timestamp, Timestamp),
        counted_from: Timestamp,
        time_zone: String,
        figures: Figures,
    ) -> Self {
        Self {
            from: from.into(),
            to: to.into(),
            counted_from: counted_from.into(),
            time_zone,
            alerts: figures.alerts,
            kinds: figures.kinds.into_iter().map(Into::into).collect(),
            to_acknowledge: figures.to_acknowledge.into(),
            to_resolve: figures.to_resolve.into(),
            worst_units: figures.worst.into_iter().map(Into::into).collect(),
            days: figures
                .trend
                .into_iter()
                .map(|(day, alerts, critical)| AlertsOfDay {
                    from: day.from.into(),
                    to: day.to.into(),
                    alerts,
                    critical,
                })
                .collect(),
        }
    }
}

/// Something that happened to an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TrailEntry {
    /// The event that told of it; the same event is recorded once.
    pub event_id: String,
    /// What happened: `alert.opened`, `alert.upgraded`, `alert.resolved`, `alert.found_late` of its condition;
    /// `alert.acknowledged`, `alert.snoozed`, `alert.signed_off` by people.
    pub event: String,
    /// When.
    pub at: Instant,
    /// In words: the explanation of a condition, or what people said.
    pub detail: String,
    /// The user or access key that did it; absent if nobody did.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub by: Option<String>,
    /// The member in whose name an administrator of the platform did it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub acting_as: Option<UserId>,
    /// What was done about the food and the unit.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub corrective_action: Option<Account>,
    /// Until when the alert may wait.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub until: Option<Instant>,
}

/// `GET /v1/orgs/{org_id}/alerts/{alert_id}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AlertDetail {
    /// The alert.
    pub alert: AlertView,
    /// What happened to it, oldest first.
    pub trail: Vec<TrailEntry>,
}
