//! Records: everything that people set up and that is kept under an identifier.

use crate::error::PortError;
use crate::scope::OrgScope;
use async_trait::async_trait;
use freshtrack_contracts::events::Event;
use freshtrack_domain::alert::Alert;
use freshtrack_domain::ids::{AlertId, OrgId, UserId};
use freshtrack_domain::time::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Whose records are read or changed. Made from a checked scope only, so that no record is reached without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// An organization's.
    Org(OrgId),
    /// A person's.
    User(UserId),
    /// The platform's.
    Platform,
}

impl From<OrgScope> for Owner {
    fn from(scope: OrgScope) -> Self {
        Self::Org(scope.org_id())
    }
}

/// A kind of record. Its name is part of the key it is stored under and never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordKind(pub &'static str);

/// A type whose values are kept.
pub trait Record: Serialize + DeserializeOwned + Send + Sync {
    /// What kind of record.
    const KIND: RecordKind;

    /// Whether the platform lists all records of this kind. Their identifiers must be unique among all owners then, and
    /// none is found by a person.
    const LISTED: bool = false;

    /// The identifier, unique within owner and kind; lists are in its order.
    fn key(&self) -> String;

    /// The person it is also found by.
    fn person(&self) -> Option<UserId> {
        None
    }

    /// Whether this one is among the records that the platform lists: of a kind that is, all are, unless only those are
    /// looked for with which something is still to be done.
    fn is_listed(&self) -> bool {
        Self::LISTED
    }

    /// When it may be forgotten.
    fn expires_at(&self) -> Option<Timestamp> {
        None
    }
}

/// A record as it was read. Changing it succeeds only while nobody else has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored<R> {
    /// The record.
    pub record: R,
    /// How often it has been written.
    pub rev: u64,
}

/// A record in the form in which a store keeps it.
#[derive(Debug, Clone, PartialEq)]
pub struct RawRecord {
    /// What kind of record.
    pub kind: RecordKind,
    /// Its identifier.
    pub key: String,
    /// Its content.
    pub data: Value,
    /// The person it is also found by.
    pub person: Option<UserId>,
    /// Whether it is among the records of all owners that the platform lists.
    pub listed: bool,
    /// When it may be forgotten.
    pub expires_at: Option<Timestamp>,
}

/// A record and whose it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Whose it is.
    pub owner: Owner,
    /// Its content.
    pub data: Value,
    /// How often it has been written.
    pub rev: u64,
}

/// A name that only one record of all may have: an address, a slug, a DevEUI.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Claim {
    /// What kind of name.
    pub space: ClaimSpace,
    /// The name in its normal form.
    pub name: String,
}

/// What kind of name is unique.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClaimSpace {
    /// An e-mail address; held by a user.
    Email,
    /// An organization's short name; held by an organization.
    Slug,
    /// A LoRaWAN device; held by a sensor.
    DevEui,
    /// A LoRaWAN gateway; held by a gateway.
    GatewayEui,
    /// The findable part of an access key; held by the key.
    AccessKey,
    /// The hash of a token that is good for one use; held by what it is for.
    Token,
    /// An e-mail address with which an account was asked for; held by the newest request.
    SignUp,
    /// A unit's name within its area; held by the unit.
    UnitName,
    /// An address that an organization has invited; held by the invitation.
    Invitation,
    /// What a device called a log that it kept; held by the log.
    ClientLog,
    /// What a device called a process that it started; held by the process.
    ClientProcess,
    /// What a device called an observation that it kept; held by the observation.
    ClientObservation,
    /// A process after which the food is begun anew; held by the process that does.
    Restart,
    /// A log or an observation that is corrected; held by the one that corrects it.
    Correction,
}

/// Who holds a claim.
#[derive(Debug, Clone, PartialEq)]
pub struct Holder {
    /// The identifier of the record that holds it.
    pub id: String,
    /// What is wanted to hand when only the name is known.
    pub data: Value,
    /// When the claim ends by itself.
    pub expires_at: Option<Timestamp>,
}

/// One step of a change. All steps of a change are taken, or none.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// A record that is not there yet.
    Insert(Owner, RawRecord),
    /// A record in place of the one that has this revision.
    Replace(Owner, RawRecord, u64),
    /// A record that has this revision is removed.
    Remove(Owner, RecordKind, String, u64),
    /// A record is there; with a revision, unchanged.
    Expect(Owner, RecordKind, String, Option<u64>),
    /// A name is taken that is free, or is the same holder's already.
    Claim(Claim, Holder),
    /// A name is given up that this holder has.
    Release(Claim, String),
    /// The alert of a record as it is after the change: the record says what it was before.
    Alert(OrgId, Box<Alert>),
}

/// What a step is about: no two steps of a change may be about the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target<'a> {
    /// A record.
    Record(Owner, RecordKind, &'a str),
    /// A unique name.
    Claim(&'a Claim),
    /// An alert.
    Alert(OrgId, AlertId),
}

impl Step {
    /// What it is about.
    #[must_use]
    pub fn target(&self) -> Target<'_> {
        match self {
            Self::Insert(owner, record) | Self::Replace(owner, record, _) => {
                Target::Record(*owner, record.kind, &record.key)
            }
            Self::Remove(owner, kind, key, _) | Self::Expect(owner, kind, key, _) => {
                Target::Record(*owner, *kind, key)
            }
            Self::Claim(claim, _) | Self::Release(claim, _) => Target::Claim(claim),
            Self::Alert(org_id, alert) => Target::Alert(*org_id, alert.id),
        }
    }
}

/// The most steps one change may have: DynamoDB's limit for a transaction.
pub const MOST_STEPS: usize = 100;

/// Why a change was not made.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// The step at this place found something else than it expected.
    #[error("step {0} of the change found something else than it expected")]
    Step(usize),
    /// Another change of the same records was under way. Nothing is known of how it ended: try again.
    #[error("another change of the same records was under way")]
    Busy,
    /// The store had trouble.
    #[error(transparent)]
    Port(#[from] PortError),
}

/// A store of records.
#[async_trait]
pub trait Records: Send + Sync {
    /// The record, read consistently; `None` if there is none.
    ///
    /// # Errors
    /// When the store does not answer.
    async fn find(&self, owner: Owner, kind: RecordKind, key: &str) -> Result<Option<Found>, PortError>;

    /// Records of `kind` in the order of their identifiers, those behind `after` only, at most `limit`.
    /// With `newest_first` the order is reversed.
    ///
    /// # Errors
    /// When the store does not answer.
    async fn list(
        &self,
        owner: Owner,
        kind: RecordKind,
        after: Option<&str>,
        limit: usize,
        newest_first: bool,
    ) -> Result<Vec<Found>, PortError>;

    /// All records of `kind`, in the order of their identifiers. The answer may be a moment old, and costs half of what
    /// [`Records::list`] costs: for screens, never to decide a change by.
    ///
    /// # Errors
    /// When the store does not answer.
    async fn list_eventually(&self, owner: Owner, kind: RecordKind) -> Result<Vec<Found>, PortError>;

    /// Records of `kind` that are found by `person`, whoever they belong to. The answer may be a moment old.
    ///
    /// # Errors
    /// When the store does not answer.
    async fn of_person(&self, person: UserId, kind: RecordKind) -> Result<Vec<Found>, PortError>;

    /// Records of all owners that are [listed](Record::is_listed), in the order of their identifiers backwards, those
    /// before `before` only, at most `limit`. The answer may be a moment old.
    ///
    /// # Errors
    /// When the store does not answer.
    async fn listed(
        &self,
        kind: RecordKind,
        before: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Found>, PortError>;

    /// Who holds `claim`, read consistently; claims that have ended count as free.
    ///
    /// # Errors
    /// When the store does not answer.
    async fn holder(&self, claim: &Claim, now: Timestamp) -> Result<Option<Holder>, PortError>;

    /// Takes all `steps`, each about something else, or none; `events` leave by the outbox with them. A claim whose time is over at `now`
    /// counts as free.
    ///
    /// # Errors
    /// [`CommitError::Step`] names the first step that found something else than it expected.
    async fn commit(&self, steps: &[Step], events: &[Event], now: Timestamp) -> Result<(), CommitError>;
}

/// Reading records by their type.
impl dyn Records + '_ {
    /// The record `id` of `owner`.
    ///
    /// # Errors
    /// When the store does not answer or holds nonsense.
    pub async fn get<R: Record>(
        &self,
        owner: impl Into<Owner>,
        id: impl ToString,
    ) -> Result<Option<Stored<R>>, PortError> {
        let found = self.find(owner.into(), R::KIND, &id.to_string()).await?;
        found.map(Found::read).transpose()
    }

    /// All records of `owner` of one type, in the order of their identifiers.
    ///
    /// # Errors
    /// When the store does not answer or holds nonsense.
    pub async fn all<R: Record>(&self, owner: impl Into<Owner>) -> Result<Vec<Stored<R>>, PortError> {
        let found = self.list(owner.into(), R::KIND, None, usize::MAX, false).await?;
        found.into_iter().map(Found::read).collect()
    }

    /// All records of `owner` of one type, in the order of their identifiers, as they were a moment ago; see
    /// [`Records::list_eventually`].
    ///
    /// # Errors
    /// When the store does not answer or holds nonsense.
    pub async fn all_eventually<R: Record>(
        &self,
        owner: impl Into<Owner>,
    ) -> Result<Vec<Stored<R>>, PortError> {
        let found = self.list_eventually(owner.into(), R::KIND).await?;
        found.into_iter().map(Found::read).collect()
    }
}

impl Found {
    /// The record.
    ///
    /// # Errors
    /// `Corrupt` when it is none of this type.
    pub fn read<R: Record>(self) -> Result<Stored<R>, PortError> {
        let record = serde_json::from_value(self.data)
            .map_err(|error| PortError::because("records.read", crate::PortErrorKind::Corrupt, error))?;
        Ok(Stored {
            record,
            rev: self.rev,
        })
    }
}

impl RawRecord {
    /// `record` in the form in which a store keeps it.
    ///
    /// # Errors
    /// `Corrupt` when it cannot be written down.
    pub fn of<R: Record>(record: &R) -> Result<Self, PortError> {
        Ok(Self {
            kind: R::KIND,
            key: record.key(),
            data: serde_json::to_value(record)
                .map_err(|error| PortError::because("records.write", crate::PortErrorKind::Corrupt, error))?,
            person: record.person(),
            listed: record.is_listed(),
            expires_at: record.expires_at(),
        })
    }
}
