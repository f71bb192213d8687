//! How long nothing has been heard of the sensor that drives a unit, and what follows from it.

use super::{Rules, UnitStatus};
use crate::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// How long a new sensor may take until it is heard for the first time (specification 14, decision 8).
const FIRST_CONTACT: Span = Span::hours(1);

/// From when the silence of the sensor that drives a unit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Contact {
    /// The sensor was fitted then and has not been heard.
    #[serde(rename = "f")]
    Fitted(Timestamp),
    /// The sensor measured then, whatever it had to say, and nothing newer has been heard.
    #[serde(rename = "h")]
    Heard(Timestamp),
    /// The same, learnt so long afterwards that the next report was overdue by then.
    #[serde(rename = "l")]
    Learnt(Timestamp),
}

impl Contact {
    /// When it was.
    #[must_use]
    pub const fn at(self) -> Timestamp {
        match self {
            Self::Fitted(at) | Self::Heard(at) | Self::Learnt(at) => at,
        }
    }
}

/// How far silence has gone. Ordered: a later one is worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Silence {
    /// Reports are missing.
    Offline,
    /// So many are missing that nobody watches the unit any more.
    MonitoringInterrupted,
    /// And no temperature was logged by hand in their place.
    ManualRequired,
}

impl Silence {
    const ALL: [Self; 3] = [Self::Offline, Self::MonitoringInterrupted, Self::ManualRequired];

    /// The status of a unit of which nothing worse is known.
    #[must_use]
    pub const fn status(self) -> UnitStatus {
        match self {
            Self::Offline => UnitStatus::Offline,
            Self::MonitoringInterrupted => UnitStatus::MonitoringInterrupted,
            Self::ManualRequired => UnitStatus::ManualRequired,
        }
    }
}

/// A sensor that is waited for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Awaited<'a> {
    pub(super) rules: &'a Rules,
    pub(super) contact: Contact,
    /// When a temperature was last logged by hand.
    pub(super) logged_at: Option<Timestamp>,
}

impl Awaited<'_> {
    /// When silence goes as far as `silence`; `None` if it never does.
    fn reaches(&self, silence: Silence) -> Option<Timestamp> {
        let rules = self.rules;
        let heard = match (self.contact, silence) {
            // What has not begun is not interrupted.
            (Contact::Fitted(at), Silence::Offline) => return Some(at + FIRST_CONTACT),
            (Contact::Fitted(_), _) => return None,
            (Contact::Heard(at) | Contact::Learnt(at), _) => at,
        };
        let missing = |count| heard + rules.deadline_of(count);
        Some(match silence {
            Silence::Offline => missing(rules.offline_warning),
            Silence::MonitoringInterrupted => missing(rules.offline_critical),
            Silence::ManualRequired => {
                let known = self.logged_at.map_or(heard, |logged| logged.max(heard));
                missing(rules.offline_critical.max(rules.manual_missed))
                    .max(known + rules.manual_interval + rules.manual_grace)
            }
        })
    }

    /// How far it has gone at `now`.
    pub(super) fn at(&self, now: Timestamp) -> Option<Silence> {
        let reached = |silence: &Silence| self.reaches(*silence).is_some_and(|at| at <= now);
        Silence::ALL.into_iter().rev().find(reached)
    }

    /// When it goes further than `known`.
    pub(super) fn next(&self, known: Option<Silence>) -> Option<Timestamp> {
        Silence::ALL
            .into_iter()
            .filter(|silence| Some(*silence) > known)
            .filter_map(|silence| self.reaches(silence))
            .min()
    }
}
