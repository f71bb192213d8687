//! Timed processes: cooling, reheating, holding and standing by the clock, each with its limits, its verdict and its record.
//!
//! A process is written by who starts, measures and ends it, and never overwritten: what was wrong is corrected by another
//! observation. Its verdict is no part of what people write. It is [judged](judge) from the observations, and judged anew when
//! another becomes known.

mod explain;
mod judge;
mod limits;

pub use judge::{Cause, Measured, Met, Missed, NextAction, Outcome, Plan, Progress, Verdict, judge};
pub use limits::{Bound, INITIAL, ProcessKind, Stage, StageLimit};

use crate::alert::{Alert, AlertKind, AlertStatus, Severity, Side};
use crate::handling::Account;
use crate::ids::{AlertId, Id, ObservationId, ProcessId, SensorId, SiteId, Ulid, UnitId, UserId};
use crate::logbook::{ClientId, Photo};
use crate::measurement::CentiCelsius;
use crate::text::{Line, Name, Notes};
use crate::time::{Span, Timestamp};
use explain::{Ending, explain, explain_end};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// For how long after a failure a sensor may still tell that it was none: its gateway may have been without network.
const BACK_FILL: Span = Span::hours(24);

/// Which of many preparations of a product: 1 to 128 characters.
pub type Batch = Line<128>;

/// A temperature of the food that a person has measured. It is never changed: what was wrong is corrected by another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    /// Its identifier, which begins with the time of measurement.
    pub id: ObservationId,
    /// The process.
    pub process_id: ProcessId,
    /// The temperature.
    pub temperature: CentiCelsius,
    /// For how long until then it was at least as good: as cold in a cooling, as hot in a reheating.
    #[serde(default)]
    pub held: Span,
    /// What the person noted.
    #[serde(default)]
    pub notes: Notes,
    /// A photo of it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub photo: Option<Photo>,
    /// What the device called it that kept it until there was a network.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub client_id: Option<ClientId>,
    /// The observation that it is to be read instead of.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub corrects: Option<ObservationId>,
    /// When it was measured, by the clock of the device.
    pub measured_at: Timestamp,
    /// When it came, by ours.
    pub received_at: Timestamp,
    /// The user or access key that measured it.
    pub by: String,
    /// The user in whose name an administrator of the platform did.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub acting_as: Option<UserId>,
}

impl Observation {
    /// Whether `other` says the same of the same measurement, whoever brought it and whenever it came.
    #[must_use]
    pub fn says_the_same(&self, other: &Self) -> bool {
        self.process_id == other.process_id
            && self.temperature == other.temperature
            && self.held == other.held
            && self.measured_at == other.measured_at
            && self.notes == other.notes
            && self.photo == other.photo
            && self.corrects == other.corrects
    }
}

/// What counts of `observations`: those that are not corrected by another.
#[must_use]
pub fn effective(observations: &[Observation]) -> Vec<Measured> {
    let corrected: BTreeSet<ObservationId> = observations.iter().filter_map(|one| one.corrects).collect();
    let counted = observations.iter().filter(|one| !corrected.contains(&one.id));
    counted
        .map(|one| Measured {
            at: one.measured_at,
            temperature: one.temperature,
            held: one.held,
        })
        .collect()
}

/// How a process was ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// Finished or given up.
    pub outcome: Outcome,
    /// What the person said of it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub text: Option<Account>,
    /// When, by the clock of the device.
    pub at: Timestamp,
    /// When it was told, by ours.
    pub received_at: Timestamp,
    /// The user or access key that ended it.
    pub by: String,
    /// The user in whose name an administrator of the platform did.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub acting_as: Option<UserId>,
}

/// What was done about food of which a process failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorrectiveAction {
    /// What was done.
    pub text: Account,
    /// When it was told.
    pub at: Timestamp,
    /// The user or access key that told it.
    pub by: String,
    /// The user in whose name an administrator of the platform did.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub acting_as: Option<UserId>,
}

/// The last alert of a process, and which deadline it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The stage.
    pub stage: Stage,
    /// The end of the stage, or when the check was due.
    pub deadline: Timestamp,
    /// The alert as it is.
    pub alert: Alert,
}

/// A timed process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Process {
    /// Its identifier, which begins with the time of its start.
    pub id: ProcessId,
    /// What kind it is.
    pub kind: ProcessKind,
    /// The food.
    pub product: Name,
    /// Which preparation of it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub batch: Option<Batch>,
    /// The unit at which it takes place.
    pub unit_id: UnitId,
    /// The site that the unit was in.
    pub site_id: SiteId,
    /// The sensor in the food, whose readings count as observations.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sensor_id: Option<SensorId>,
    /// Its limits as they stood when it was started, stage by stage.
    pub limits: Vec<StageLimit>,
    /// The failed process after which the food was reheated, to be cooled anew.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub restart_of: Option<ProcessId>,
    /// What the person noted.
    #[serde(default)]
    pub notes: Notes,
    /// What the device called it that kept it until there was a network.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub client_id: Option<ClientId>,
    /// When it was started, by the clock of the device.
    pub started_at: Timestamp,
    /// When that was told, by ours.
    pub received_at: Timestamp,
    /// The user or access key that started it.
    pub by: String,
    /// The user in whose name an administrator of the platform did.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub acting_as: Option<UserId>,
    /// How many observations there are.
    #[serde(default)]
    pub observations: u32,
    /// How it was ended.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub end: Option<End>,
    /// What was done about the food after it failed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub corrective_action: Option<CorrectiveAction>,
    /// How far it was when it was last judged.
    pub progress: Progress,
    /// When it is to be judged next though nobody measures; never, once it is decided.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub due_at: Option<Timestamp>,
    /// Its last alert.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub asked: Option<Asked>,
}

/// What happens to an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AlertChange {
    /// It opens, or the same deadline is missed after all.
    Opened(Alert),
    /// It becomes worse.
    Upgraded(Alert),
    /// It ends.
    Resolved(Alert),
}

impl AlertChange {
    /// The alert as it is then.
    #[must_use]
    pub const fn alert(&self) -> &Alert {
        match self {
            Self::Opened(alert) | Self::Upgraded(alert) | Self::Resolved(alert) => alert,
        }
    }
}

/// What a process asks of people.
struct Ask {
    severity: Severity,
    at: Timestamp,
}

impl Process {
    /// What it is judged by.
    #[must_use]
    pub fn plan(&self) -> Plan<'_> {
        Plan {
            kind: self.kind,
            limits: &self.limits,
            started_at: self.started_at,
            ended: self.end.as_ref().map(|end| (end.outcome, end.at)),
        }
    }

    /// The limit of `stage`.
    #[must_use]
    pub fn limit(&self, stage: Stage) -> Option<&StageLimit> {
        self.limits.iter().find(|limit| limit.stage == stage)
    }

    /// Whether the food may be reheated and cooled anew instead of being discarded: once, and only if it was too slow in the
    /// first stage.
    #[must_use]
    pub fn may_be_restarted(&self, progress: &Progress) -> bool {
        let stage = progress.missed.as_ref().map(|missed| missed.stage);
        stage == Some(Stage::FirstCooling) && self.restart_of.is_none()
    }

    /// Whether it failed and nobody has said what was done about the food.
    #[must_use]
    pub fn needs_action(&self, progress: &Progress) -> bool {
        progress.verdict == Verdict::Failed && self.corrective_action.is_none()
    }

    /// What must be done next, when it is as far as `progress` says.
    #[must_use]
    pub fn next_action(&self, progress: &Progress) -> NextAction {
        match (progress.verdict, self.kind) {
            (Verdict::Running, ProcessKind::TimeControl | ProcessKind::ColdTimeControl)
                if progress.last.is_some() =>
            {
                NextAction::ServeOrDiscard
            }
            (Verdict::Running, _) => NextAction::Measure,
            (Verdict::Failed, kind) if self.corrective_action.is_none() => {
                if kind == ProcessKind::HotHolding || self.may_be_restarted(progress) {
                    NextAction::ReheatOrDiscard
                } else {
                    NextAction::Discard
                }
            }
            _ => NextAction::Nothing,
        }
    }

    /// How long before the deadline of `progress` people are reminded of it.
    fn reminder(&self, progress: &Progress) -> Span {
        let reminder = self.limit(progress.stage).map(StageLimit::reminder);
        reminder.unwrap_or_default()
    }

    /// What it asks of people at `now`, when it is as far as `progress` says.
    fn asks(&self, progress: &Progress, now: Timestamp) -> Option<Ask> {
        match progress.verdict {
            Verdict::Failed if self.corrective_action.is_none() => Some(Ask {
                severity: Severity::Critical,
                at: progress.decided_at.unwrap_or(now),
            }),
            Verdict::Running => {
                let reminder = self.reminder(progress);
                let reminder_at = progress.deadline - reminder;
                // What was measured longer ago tells little of where the food is now.
                let is_known = progress
                    .last
                    .is_some_and(|last| last.at + reminder >= reminder_at);
                let since = progress.last.map_or(reminder_at, |last| last.at.max(reminder_at));
                (now >= reminder_at && !(progress.on_track && is_known)).then_some(Ask {
                    severity: Severity::Warning,
                    at: since,
                })
            }
            _ => None,
        }
    }

    /// The process after it was judged at `now` to be as far as `progress` says, and what becomes of its alert: there is one
    /// at a time, and never a second for the same deadline.
    #[must_use]
    pub fn judged(&self, progress: Progress, now: Timestamp) -> (Self, Vec<AlertChange>) {
        let asks = self.asks(&progress, now);
        let known = self.asked.as_ref();
        let open = known.filter(|asked| asked.alert.status == AlertStatus::Open);
        let is_same = |asked: &&Asked| asked.stage == progress.stage && asked.deadline == progress.deadline;
        let mut changes = Vec::new();
        let mut asked = known.cloned();
        match (open, &asks) {
            (Some(open), Some(ask)) if is_same(&open) => {
                if ask.severity > open.alert.severity {
                    let worse = Alert {
                        severity: ask.severity,
                        escalated_at: Some(ask.at),
                        ..self.alert_of(&progress, ask, Some(&open.alert))
                    };
                    changes.push(AlertChange::Upgraded(worse));
                }
            }
            (open, asks) => {
                if let Some(open) = open {
                    changes.push(AlertChange::Resolved(self.over(&open.alert, &progress, now)));
                }
                if let Some(ask) = asks {
                    let before = known.filter(is_same).map(|asked| &asked.alert);
                    changes.push(AlertChange::Opened(self.alert_of(&progress, ask, before)));
                }
            }
        }
        if let Some(last) = changes.last() {
            let (stage, deadline) = match (last, open) {
                (AlertChange::Resolved(_), Some(open)) => (open.stage, open.deadline),
                _ => (progress.stage, progress.deadline),
            };
            let alert = last.alert().clone();
            asked = Some(Asked {
                stage,
                deadline,
                alert,
            });
        }
        let due_at = match progress.verdict {
            // Who ends it by a clock that is ahead of ours ends it in our future.
            Verdict::Running => {
                let reminder_at = progress.deadline - self.reminder(&progress);
                Some(
                    self.end
                        .as_ref()
                        .map_or(reminder_at, |end| end.at.min(reminder_at)),
                )
            }
            Verdict::Failed if self.sensor_id.is_some() && self.corrective_action.is_none() => {
                progress.decided_at.filter(|at| now.since(*at) < BACK_FILL)
            }
            _ => None,
        };
        let judged = Self {
            progress,
            due_at,
            asked,
            ..self.clone()
        };
        (judged, changes)
    }

    /// The alert by which it asks; `before` if the same deadline has been asked for.
    fn alert_of(&self, progress: &Progress, ask: &Ask, before: Option<&Alert>) -> Alert {
        let missed = progress.missed.as_ref();
        let bound = match missed {
            Some(missed) => missed.bound,
            None => self.limit(progress.stage).and_then(|limit| limit.bound),
        };
        let measured = missed.map_or(progress.last, |missed| missed.measured);
        let temperature = measured.map(|measured| measured.temperature);
        Alert {
            id: before.map_or_else(|| self.alert_id(progress, ask.at), |alert| alert.id),
            unit_id: self.unit_id,
            site_id: self.site_id,
            kind: AlertKind::TimedProcess,
            severity: before.map_or(ask.severity, |alert| alert.severity.max(ask.severity)),
            status: AlertStatus::Open,
            opened_at: before.map_or(ask.at, |alert| alert.opened_at),
            escalated_at: before.and_then(|alert| alert.escalated_at),
            resolved_at: None,
            found_at: None,
            trigger: before.map_or(temperature, |alert| alert.trigger),
            worst: temperature,
            limit: bound.map(Bound::temperature),
            side: bound.map(|bound| match bound {
                Bound::AtMost(_) => Side::High,
                Bound::AtLeast(_) => Side::Low,
            }),
            sensor_id: self.sensor_id,
            related_id: None,
            process_id: Some(self.id),
            alarm: None,
            explanation: explain(self, progress, ask.at),
        }
    }

    /// `alert` when it is over.
    fn over(&self, alert: &Alert, progress: &Progress, now: Timestamp) -> Alert {
        let passed = progress
            .met
            .iter()
            .find(|met| self.asked.as_ref().is_some_and(|asked| asked.stage == met.stage));
        let (ending, at) = match (&self.corrective_action, passed, progress.verdict) {
            (Some(action), _, Verdict::Failed) => (Ending::Acted(&action.text), action.at),
            (_, _, Verdict::Abandoned) => (Ending::Abandoned, progress.decided_at.unwrap_or(now)),
            (_, Some(met), _) => (Ending::Met, met.at),
            _ => (Ending::Measured, progress.last.map_or(now, |last| last.at)),
        };
        Alert {
            status: AlertStatus::Resolved,
            resolved_at: Some(at.max(alert.opened_at)),
            explanation: explain_end(self, ending),
            ..alert.clone()
        }
    }

    /// The identifier of the alert about the deadline of `progress` that opens at `at`: whoever finds it draws the same.
    fn alert_id(&self, progress: &Progress, at: Timestamp) -> AlertId {
        let name = format!(
            "{}#{:?}#{}",
            self.id,
            progress.stage,
            progress.deadline.as_millis()
        );
        let digest = Sha256::digest(name.as_bytes());
        let chance = digest
            .iter()
            .take(10)
            .fold(0, |chance: u128, byte| chance << 8 | u128::from(*byte));
        let millis = u64::try_from(at.as_millis()).unwrap_or(0);
        AlertId::from_ulid(Ulid::from_parts(millis, chance))
    }
}
