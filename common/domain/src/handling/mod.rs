//! What people do about alerts. The sensors and the clock say when a condition begins, becomes worse and is over; people say
//! that they have seen it, that it may wait, and what was done. Neither writes what the other says.

mod analytics;

pub use analytics::{Durations, Figures, Handled, KindFigures, UnitFigures, analyze};

use crate::alert::{Alert, AlertKind, AlertStatus, Severity};
use crate::ids::{AlertId, SiteId, UnitId, UserId};
use crate::place::{ComplianceMode, Site};
use crate::text::{Notes, Paragraph};
use crate::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// The longest an alert can be put off: whoever comes on the next shift decides anew.
pub const LONGEST_SNOOZE: Span = Span::hours(24);

/// What was found and what was done: 1 to 2,000 characters (specification 3.1).
pub type Account = Paragraph<2_000>;

/// How far people are with an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum HandlingStatus {
    /// Nobody has said anything.
    Open,
    /// Somebody has seen it as bad as it is.
    Acknowledged,
    /// Somebody has said what became of it.
    Resolved,
}

/// A text that names no [`HandlingStatus`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an alert is handled as far as `open`, `acknowledged` or `resolved`")]
pub struct UnknownHandling;

impl FromStr for HandlingStatus {
    type Err = UnknownHandling;

    fn from_str(text: &str) -> Result<Self, UnknownHandling> {
        match text {
            "open" => Ok(Self::Open),
            "acknowledged" => Ok(Self::Acknowledged),
            "resolved" => Ok(Self::Resolved),
            _ => Err(UnknownHandling),
        }
    }
}

/// Who did something about an alert, and what they saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// When.
    pub at: Timestamp,
    /// The user or access key.
    pub by: String,
    /// The user in whose name an administrator of the platform did it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub acting_as: Option<UserId>,
    /// How bad it was then. What becomes worse asks for people anew.
    pub severity: Severity,
}

/// That somebody has seen an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledgement {
    /// Who, when, how bad.
    pub signature: Signature,
    /// What they want others to know.
    #[serde(default)]
    pub note: Notes,
}

/// That an alert may wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snooze {
    /// Who, when, how bad.
    pub signature: Signature,
    /// Until when.
    pub until: Timestamp,
    /// What they want others to know.
    #[serde(default)]
    pub note: Notes,
}

/// What became of an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolution {
    /// Who, when, how bad.
    pub signature: Signature,
    /// What was found.
    pub text: Account,
    /// What was done about the food and the unit.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub corrective_action: Option<Account>,
}

/// What people have done about one alert. There is none before somebody does something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handling {
    /// The alert.
    pub alert_id: AlertId,
    /// When somebody first said that they had seen it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub first_signed_at: Option<Timestamp>,
    /// The newest acknowledgement.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub acknowledgement: Option<Acknowledgement>,
    /// The newest snooze.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub snooze: Option<Snooze>,
    /// The newest resolution.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub resolution: Option<Resolution>,
}

impl Handling {
    /// That nobody has done anything about `alert_id`.
    #[must_use]
    pub const fn new(alert_id: AlertId) -> Self {
        Self {
            alert_id,
            first_signed_at: None,
            acknowledgement: None,
            snooze: None,
            resolution: None,
        }
    }

    /// How far people are with an alert of this `severity`. What they signed when it was less bad does not count.
    #[must_use]
    pub fn status(&self, severity: Severity) -> HandlingStatus {
        let covers = |signature: &Signature| signature.severity >= severity;
        if self.resolution.iter().any(|known| covers(&known.signature)) {
            HandlingStatus::Resolved
        } else if self.acknowledgement.iter().any(|known| covers(&known.signature)) {
            HandlingStatus::Acknowledged
        } else {
            HandlingStatus::Open
        }
    }

    /// The snooze by which `alert` waits at `now`. It ends by itself, and when the alert becomes worse or is over.
    #[must_use]
    pub fn snoozed(&self, alert: &Alert, now: Timestamp) -> Option<&Snooze> {
        self.snooze.as_ref().filter(|snooze| {
            alert.status == AlertStatus::Open
                && snooze.signature.severity >= alert.severity
                && now < snooze.until
        })
    }

    /// Whether `alert` still asks for somebody's signature, also after its condition is over.
    #[must_use]
    pub fn needs_signature(&self, alert: &Alert) -> bool {
        asks_for_signature(alert.kind, alert.severity) && self.status(alert.severity) == HandlingStatus::Open
    }

    /// Somebody has seen the alert.
    #[must_use]
    pub fn acknowledged(self, acknowledgement: Acknowledgement) -> Self {
        let at = acknowledgement.signature.at;
        Self {
            first_signed_at: self.first_signed_at.or(Some(at)),
            acknowledgement: Some(acknowledgement),
            ..self
        }
    }

    /// Somebody has said what became of the alert. A snooze has nothing left to wait for.
    #[must_use]
    pub fn resolved(self, resolution: Resolution) -> Self {
        let at = resolution.signature.at;
        Self {
            first_signed_at: self.first_signed_at.or(Some(at)),
            resolution: Some(resolution),
            snooze: None,
            ..self
        }
    }
}

/// Whether an alert of this kind and severity stays on the list until somebody has signed it: food was out of range, or
/// nobody could have known. What else is over is over.
#[must_use]
pub const fn asks_for_signature(kind: AlertKind, severity: Severity) -> bool {
    kind.is_of_temperature() || severity.is_alarm()
}

/// Whether an alert at `site` cannot be resolved without saying what was done (hazard analysis, principle 5: corrective
/// actions are recorded).
#[must_use]
pub fn demands_corrective_action(site: &Site, kind: AlertKind, severity: Severity) -> bool {
    let demanded = site.corrective_action_required || site.compliance == ComplianceMode::Haccp;
    demanded && kind.is_of_temperature() && severity.is_alarm()
}

/// An alert that asks for a signature, on the list of those that do. The list may be a moment behind what was signed: whether
/// one still asks is told by [`Handling::needs_signature`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unsigned {
    /// The alert.
    pub alert_id: AlertId,
    /// The unit it is about.
    pub unit_id: UnitId,
    /// The site that unit is in.
    pub site_id: SiteId,
    /// What it is about.
    pub kind: AlertKind,
    /// How bad it was when it was put on the list.
    pub severity: Severity,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{Id, Ulid};
    use crate::text::Name;

    const START: Timestamp = Timestamp::from_seconds(1_790_000_000);

    pub(super) fn alert(severity: Severity) -> Alert {
        let ulid = Ulid::from_parts(1_790_000_000_000, 1);
        Alert {
            id: AlertId::from_ulid(ulid),
            unit_id: UnitId::from_ulid(ulid),
            site_id: SiteId::from_ulid(ulid),
            kind: AlertKind::TempExcursion,
            severity,
            status: AlertStatus::Open,
            opened_at: START,
            escalated_at: None,
            resolved_at: None,
            found_at: None,
            trigger: None,
            worst: None,
            limit: None,
            side: None,
            sensor_id: None,
            related_id: None,
            process_id: None,
            alarm: None,
            explanation: String::new(),
        }
    }

    fn signed(severity: Severity, minute: u32) -> Signature {
        Signature {
            at: START + Span::minutes(minute),
            by: "usr_cook".to_owned(),
            acting_as: None,
            severity,
        }
    }

    fn seen(severity: Severity, minute: u32) -> Acknowledgement {
        Acknowledgement {
            signature: signed(severity, minute),
            note: Notes::default(),
        }
    }

    #[test]
    fn what_becomes_worse_asks_anew() {
        let handling = Handling::new(alert(Severity::Warning).id).acknowledged(seen(Severity::Warning, 1));
        assert_eq!(handling.status(Severity::Warning), HandlingStatus::Acknowledged);
        assert_eq!(handling.status(Severity::Critical), HandlingStatus::Open);
        assert!(handling.needs_signature(&alert(Severity::Critical)));
        let again = handling.acknowledged(seen(Severity::Critical, 9));
        assert_eq!(again.status(Severity::Critical), HandlingStatus::Acknowledged);
        assert_eq!(
            again.first_signed_at,
            Some(START + Span::minutes(1)),
            "how fast people were does not change"
        );
    }

    #[test]
    fn an_excursion_that_is_over_still_asks_for_a_signature() {
        let over = Alert {
            status: AlertStatus::Resolved,
            resolved_at: Some(START + Span::minutes(30)),
            ..alert(Severity::Critical)
        };
        let untouched = Handling::new(over.id);
        assert!(untouched.needs_signature(&over));
        assert!(
            !untouched
                .acknowledged(seen(Severity::Critical, 40))
                .needs_signature(&over)
        );
        let silent = Alert {
            kind: AlertKind::MonitoringInterrupted,
            severity: Severity::Warning,
            ..over
        };
        assert!(!Handling::new(silent.id).needs_signature(&silent));
    }

    #[test]
    fn a_snooze_ends_by_itself_and_when_things_become_worse() {
        let warned = alert(Severity::Warning);
        let until = START + Span::minutes(30);
        let handling = Handling {
            snooze: Some(Snooze {
                signature: signed(Severity::Warning, 0),
                until,
                note: Notes::default(),
            }),
            ..Handling::new(warned.id)
        };
        let waits = |alert: &Alert, at| handling.snoozed(alert, at).is_some();
        assert!(waits(&warned, START + Span::minutes(29)));
        assert!(!waits(&warned, until));
        assert!(!waits(&alert(Severity::Critical), START));
        let over = Alert {
            status: AlertStatus::Resolved,
            ..warned.clone()
        };
        assert!(!waits(&over, START));
        assert_eq!(
            handling.status(Severity::Warning),
            HandlingStatus::Open,
            "waiting is not seeing"
        );
        let resolved = handling.resolved(Resolution {
            signature: signed(Severity::Warning, 5),
            text: Account::new("Door was open.").unwrap(),
            corrective_action: None,
        });
        assert_eq!(resolved.status(Severity::Warning), HandlingStatus::Resolved);
        assert_eq!(resolved.snoozed(&warned, START + Span::minutes(6)), None);
    }

    #[test]
    fn corrective_actions_are_demanded_of_critical_temperatures_where_the_site_says_so() {
        let ulid = Ulid::from_parts(1, 1);
        let site = Site::new(
            SiteId::from_ulid(ulid),
            Name::new("Pier").unwrap(),
            "UTC".to_owned(),
        );
        let haccp = Site {
            compliance: ComplianceMode::Haccp,
            ..site.clone()
        };
        let told = Site {
            corrective_action_required: true,
            ..site.clone()
        };
        let critical = |site| demands_corrective_action(site, AlertKind::TempExcursion, Severity::Critical);
        assert!(!critical(&site) && critical(&haccp) && critical(&told));
        assert!(!demands_corrective_action(
            &haccp,
            AlertKind::TempExcursion,
            Severity::Warning
        ));
        assert!(!demands_corrective_action(
            &haccp,
            AlertKind::SensorFault,
            Severity::Critical
        ));
    }
}
