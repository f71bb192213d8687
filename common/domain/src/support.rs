//! Support: how an administrator of the platform acts in an organization that is not theirs.

use crate::ids::{OrgId, SessionId, SupportSessionId, UserId};
use crate::text::Line;
use crate::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// How long a support session lasts at most (specification 1.4).
pub const LONGEST_SUPPORT: Span = Span::minutes(60);
/// How many support sessions an administrator may start in one hour (specification 1.4).
pub const MOST_STARTS_AN_HOUR: usize = 20;

/// Why support is needed: what the customer reads.
pub type Reason = Line<500>;

/// That somebody is an administrator of the platform. Only an operator makes one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appointment {
    /// The person.
    pub user_id: UserId,
    /// Since when.
    pub since: Timestamp,
}

/// An administrator's access to an organization in the place of one of its members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupportSession {
    /// Its identifier.
    pub id: SupportSessionId,
    /// The organization.
    pub org_id: OrgId,
    /// The administrator.
    pub administrator: UserId,
    /// The member in whose place they act, with whose rights.
    pub member: UserId,
    /// Why.
    pub reason: Reason,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// When and how it ended before that.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ended: Option<SupportEnd>,
}

/// How a support session ended before its time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupportEnd {
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: SupportEndReason,
}

/// Why a support session ended before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SupportEndReason {
    /// The administrator ended it.
    Manual,
    /// The administrator began another one.
    Replaced,
}

impl SupportSession {
    /// Whether it goes on at `now`.
    #[must_use]
    pub fn is_active(&self, now: Timestamp) -> bool {
        self.ended.is_none() && now < self.expires_at
    }
}

/// What an administrator supports at the moment, and how often they have begun to. There is one for each of them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SupportDesk {
    /// The session that was begun last, unless it was ended.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub active: Option<ActiveSupport>,
    /// When sessions were begun within the last hour.
    #[serde(default)]
    pub starts: Vec<Timestamp>,
}

/// A support session as the one who lets callers in needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActiveSupport {
    /// The session.
    pub id: SupportSessionId,
    /// The organization.
    pub org_id: OrgId,
    /// The member in whose place the administrator acts.
    pub member: UserId,
    /// The sign-in that it belongs to: signing out ends it.
    pub sign_in: SessionId,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

impl SupportDesk {
    /// The session that goes on at `now`.
    #[must_use]
    pub fn active(&self, now: Timestamp) -> Option<&ActiveSupport> {
        self.active.as_ref().filter(|active| now < active.expires_at)
    }

    /// Notes that a session begins at `now`.
    ///
    /// # Errors
    /// How long to wait when too many were begun within an hour.
    pub fn begin(&mut self, active: ActiveSupport, now: Timestamp) -> Result<(), Span> {
        const HOUR: Span = Span::hours(1);
        self.starts.retain(|start| now < *start + HOUR);
        if self.starts.len() >= MOST_STARTS_AN_HOUR {
            let first = self.starts.iter().min().copied().unwrap_or(now);
            return Err((first + HOUR).since(now));
        }
        self.starts.push(now);
        self.active = Some(active);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{Id, Ulid};

    fn active(now: Timestamp) -> ActiveSupport {
        let ulid = Ulid::from_parts(0, 1);
        ActiveSupport {
            id: SupportSessionId::from_ulid(ulid),
            org_id: OrgId::from_ulid(ulid),
            member: UserId::from_ulid(ulid),
            sign_in: SessionId::from_ulid(ulid),
            expires_at: now + LONGEST_SUPPORT,
        }
    }

    #[test]
    fn twenty_an_hour_and_one_at_a_time() {
        let start = Timestamp::from_seconds(1_790_000_000);
        let mut desk = SupportDesk::default();
        for minute in 0..20 {
            let now = start + Span::minutes(minute);
            assert_eq!(desk.begin(active(now), now), Ok(()));
        }
        let now = start + Span::minutes(20);
        assert_eq!(desk.begin(active(now), now), Err(Span::minutes(40)));
        let later = start + Span::minutes(60);
        assert_eq!(desk.begin(active(later), later), Ok(()));
        assert_eq!(desk.begin(active(later), later), Err(Span::minutes(1)));
        assert!(desk.active(later + Span::minutes(59)).is_some());
        assert!(desk.active(later + Span::minutes(60)).is_none());
    }
}
