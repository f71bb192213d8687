//! Work on the registration of a sensor at a network server.

use super::{Attempts, RegistrationStep};
use crate::device::DevEui;
use crate::ids::{JobId, NetworkId, SensorId};
use crate::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// How long work that has ended is shown.
pub const JOB_KEPT: Span = Span::hours(90 * 24);

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum JobKind {
    /// The sensor is to be registered.
    Provision,
    /// Its registration is to be removed.
    Deprovision,
}

/// Why a registration is removed (specification 9.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RemovalReason {
    /// The sensor measures no more.
    SensorDeleted,
    /// The unit it measured is gone for good.
    UnitDeleted,
    /// The site it was in is gone for good.
    SiteDeleted,
    /// The organization is gone for good.
    OrgDeleted,
    /// The organization is gone for good, with its last member.
    UserDeleted,
    /// Somebody asked for it.
    ManualCleanup,
}

/// How far work has come (specification 9.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Nobody has begun.
    Pending,
    /// Somebody is at work.
    Running,
    /// It is done.
    Succeeded,
    /// It cannot be done, or was tried often enough.
    Failed,
    /// It is tried again later.
    Retrying,
    /// Somebody has to see to the connection first, its key, its rights, its cluster, or to the sensor's AppKey.
    Blocked,
}

/// A text that names no state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be pending, running, succeeded, failed, retrying or blocked")]
pub struct UnknownJobState;

impl FromStr for JobState {
    type Err = UnknownJobState;

    fn from_str(text: &str) -> Result<Self, UnknownJobState> {
        match text {
            "pending" => Ok(Self::Pending),
            "running" => Ok(Self::Running),
            "succeeded" => Ok(Self::Succeeded),
            "failed" => Ok(Self::Failed),
            "retrying" => Ok(Self::Retrying),
            "blocked" => Ok(Self::Blocked),
            _ => Err(UnknownJobState),
        }
    }
}

/// What stood in the way, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Obstacle {
    /// The server does not know the key (401).
    WrongKey,
    /// The key does not allow it (403).
    NotAllowed,
    /// There is no such application or device profile (404).
    NotFound,
    /// One of the sensor's names is another device's there (409).
    Conflict,
    /// The sensor is on another cluster.
    OtherCluster,
    /// The server has been asked too much (429).
    Throttled,
    /// The server did not answer in time.
    NoAnswer,
    /// Its address is in a private network.
    AddressRefused,
    /// The server finds something wrong with the request.
    Rejected,
    /// The server has trouble of its own.
    Unexpected,
    /// The sensor's AppKey was forgotten since.
    MissingAppKey,
    /// Newer work on the same sensor has taken its place.
    Superseded,
    /// The connection is no more.
    NoConnection,
}

impl Obstacle {
    /// What becomes of work that has met it.
    #[must_use]
    pub const fn consequence(self) -> Consequence {
        match self {
            Self::Throttled | Self::NoAnswer | Self::Unexpected => Consequence::Again,
            Self::WrongKey
            | Self::NotAllowed
            | Self::NotFound
            | Self::OtherCluster
            | Self::AddressRefused
            | Self::MissingAppKey
            | Self::NoConnection => Consequence::Blocked,
            Self::Conflict | Self::Rejected | Self::Superseded => Consequence::Failed,
        }
    }
}

/// What becomes of work that has met an obstacle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consequence {
    /// It is tried again later.
    Again,
    /// Somebody has to see to the connection or the sensor first.
    Blocked,
    /// It cannot be done.
    Failed,
}

/// What stood in the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setback {
    /// In a word.
    pub obstacle: Obstacle,
    /// What exactly.
    pub detail: String,
    /// At which step.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub step: Option<RegistrationStep>,
}

/// Work on the registration of a sensor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// Its identifier.
    pub id: JobId,
    /// What is to be done.
    pub kind: JobKind,
    /// Why, if a registration is to be removed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<RemovalReason>,
    /// Through which connection.
    pub network_id: NetworkId,
    /// Of which sensor.
    pub sensor_id: SensorId,
    /// What the radio network calls it.
    pub dev_eui: DevEui,
    /// Earlier work on the same sensor that must have let go of it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub after: Option<JobId>,
    /// How far it has come.
    pub state: JobState,
    /// The steps that are done.
    #[serde(default)]
    pub done: Vec<RegistrationStep>,
    /// How often it was tried.
    #[serde(default)]
    pub attempts: Attempts,
    /// What stood in the way last.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub setback: Option<Setback>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// Who asked for it.
    pub created_by: String,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub finished_at: Option<Timestamp>,
}

impl Job {
    /// Whether something is still to be done, with nobody's help.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(
            self.state,
            JobState::Pending | JobState::Running | JobState::Retrying
        )
    }

    /// Whether somebody should be at work on it now.
    #[must_use]
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.is_open() && self.attempts.is_due(now)
    }

    /// Begins an attempt; false when there were as many as there may be, and it has failed.
    #[must_use]
    pub fn begin(&mut self, now: Timestamp) -> bool {
        if self.attempts.begin(now) {
            self.state = JobState::Running;
            true
        } else {
            self.end(JobState::Failed, now);
            false
        }
    }

    /// Lets it meet a setback, after which the server may want to be left in `peace`.
    pub fn set_back(&mut self, setback: Setback, peace: Option<Span>, now: Timestamp) {
        let consequence = setback.obstacle.consequence();
        self.setback = Some(setback);
        match consequence {
            Consequence::Again if self.attempts.again(now, peace) => self.state = JobState::Retrying,
            Consequence::Again | Consequence::Failed => self.end(JobState::Failed, now),
            Consequence::Blocked => self.end(JobState::Blocked, now),
        }
    }

    /// All of it is done.
    pub fn succeed(&mut self, now: Timestamp) {
        self.setback = None;
        self.end(JobState::Succeeded, now);
    }

    /// Begins anew what had failed or was blocked. Steps that are done stay done.
    pub fn restart(&mut self) {
        self.state = JobState::Pending;
        self.attempts = Attempts::default();
        self.finished_at = None;
    }

    fn end(&mut self, state: JobState, now: Timestamp) {
        self.state = state;
        self.attempts.end();
        self.attempts.next_at = None;
        self.finished_at = Some(now);
    }
}
