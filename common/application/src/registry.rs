//! Changing records: all of a change or nothing, once however often it is asked for, and never without a trace
//! in the audit chain.

use crate::error::{Failure, PortError, PortErrorKind, Refusal};
use crate::ports::{
    Claim, Clock, CommitError, Holder, MOST_STEPS, Owner, RawRecord, Record, RecordKind, Records, Step,
    Stored,
};
use crate::scope::{Actor, OrgScope};
use freshtrack_contracts::events::Event;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::alert::Alert;
use freshtrack_domain::audit::{AuditEntry, AuditHead, ChainedEntry};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The most steps a change may have: what is left when its entry and the chain's end are written with them.
pub(crate) const MOST_OWN_STEPS: usize = MOST_STEPS - 2;
/// How often the end of the audit chain is read again when others append to it at the same moment.
const ATTEMPTS: usize = 16;

impl Record for ChainedEntry {
    const KIND: RecordKind = RecordKind("AUDIT");

    /// Twelve digits sort as text the way they sort as numbers.
    fn key(&self) -> String {
        audit_key(self.entry.seq)
    }
}

/// The key of the entry at `seq`.
pub(crate) fn audit_key(seq: u64) -> String {
    format!("{seq:012}")
}

/// The end of an owner's chain as it is kept. There is one, so its key says nothing.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChainEnd(pub AuditHead);

impl ChainEnd {
    /// The key of the one end.
    pub const KEY: &'static str = "END";
}

impl Record for ChainEnd {
    const KIND: RecordKind = RecordKind("AUDITEND");

    fn key(&self) -> String {
        Self::KEY.to_owned()
    }
}

/// What becomes of the change when a step finds something else than it expected.
#[derive(Debug)]
enum Otherwise {
    /// Only a repetition of the same change can have been here before: its identifier is random.
    AlreadyDone,
    /// The caller is told.
    Refuse(Refusal),
}

/// A change that somebody makes to the records of one owner.
#[derive(Debug)]
pub struct Change {
    owner: Owner,
    entry: AuditEntry,
    steps: Vec<(Step, Otherwise)>,
    events: Vec<Event>,
}

impl Change {
    /// A change of what `owner` has: `actor` did `action`, such as `site.created`, to `target`.
    pub fn new(owner: impl Into<Owner>, actor: &Actor, action: &str, target: impl ToString) -> Self {
        Self {
            owner: owner.into(),
            entry: AuditEntry {
                seq: 0,
                at: freshtrack_domain::time::Timestamp::from_millis(0),
                actor: actor.id.clone(),
                acting_as: actor.acting_as.map(|user| user.to_string()),
                action: action.to_owned(),
                target: target.to_string(),
                details: BTreeMap::new(),
            },
            steps: Vec::new(),
            events: Vec::new(),
        }
    }

    /// Notes what changed, for the audit chain. Never a secret.
    #[must_use]
    pub fn detail(mut self, name: &str, value: impl ToString) -> Self {
        self.entry.details.insert(name.to_owned(), value.to_string());
        self
    }

    /// Adds a new record.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub fn insert<R: Record>(self, record: &R) -> Result<Self, PortError> {
        let owner = self.owner;
        self.insert_for(owner, record)
    }

    /// Adds a new record that belongs to somebody else than the change.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub fn insert_for<R: Record>(self, owner: impl Into<Owner>, record: &R) -> Result<Self, PortError> {
        let step = Step::Insert(owner.into(), RawRecord::of(record)?);
        Ok(self.step(step, Otherwise::AlreadyDone))
    }

    /// Adds a record of which there may be one only, such as a membership; `otherwise` if it is there.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub fn insert_unless<R: Record>(self, record: &R, otherwise: Refusal) -> Result<Self, PortError> {
        let owner = self.owner;
        self.insert_unless_for(owner, record, otherwise)
    }

    /// Adds a record that belongs to somebody else than the change and of which there may be one only; `otherwise` if
    /// it is there.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub fn insert_unless_for<R: Record>(
        self,
        owner: impl Into<Owner>,
        record: &R,
        otherwise: Refusal,
    ) -> Result<Self, PortError> {
        let step = Step::Insert(owner.into(), RawRecord::of(record)?);
        Ok(self.step(step, Otherwise::Refuse(otherwise)))
    }

    /// Puts `record` in place of what was read as `rev`.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub fn replace<R: Record>(self, record: &R, rev: u64) -> Result<Self, PortError> {
        let owner = self.owner;
        self.replace_for(owner, record, rev)
    }

    /// Puts a record that belongs to somebody else than the change in place of what was read as `rev`.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub fn replace_for<R: Record>(
        self,
        owner: impl Into<Owner>,
        record: &R,
        rev: u64,
    ) -> Result<Self, PortError> {
        let step = Step::Replace(owner.into(), RawRecord::of(record)?, rev);
        Ok(self.step(step, Otherwise::Refuse(changed_meanwhile())))
    }

    /// Removes a record that was read.
    #[must_use]
    pub fn remove<R: Record>(self, stored: &Stored<R>) -> Self {
        let step = Step::Remove(self.owner, R::KIND, stored.record.key(), stored.rev);
        self.step(step, Otherwise::Refuse(changed_meanwhile()))
    }

    /// Demands that a record is still as it was read: a parent that must not vanish under a new child.
    #[must_use]
    pub fn expect<R: Record>(self, stored: &Stored<R>) -> Self {
        let owner = self.owner;
        self.expect_of(owner, stored)
    }

    /// Demands that a record of somebody else than the change is still as it was read.
    #[must_use]
    pub fn expect_of<R: Record>(self, owner: impl Into<Owner>, stored: &Stored<R>) -> Self {
        let step = Step::Expect(owner.into(), R::KIND, stored.record.key(), Some(stored.rev));
        self.step(step, Otherwise::Refuse(changed_meanwhile()))
    }

    /// Takes a unique name; `otherwise` if another holder has it.
    #[must_use]
    pub fn claim(self, claim: Claim, holder: Holder, otherwise: Refusal) -> Self {
        self.step(Step::Claim(claim, holder), Otherwise::Refuse(otherwise))
    }

    /// Gives up a unique name that `holder` has.
    #[must_use]
    pub fn release(self, claim: Claim, holder: impl ToString) -> Self {
        let step = Step::Release(claim, holder.to_string());
        self.step(step, Otherwise::Refuse(changed_meanwhile()))
    }

    /// Writes the alert of a record as it is after the change. The record must be replaced with it: nothing else tells whether
    /// the alert was changed meanwhile.
    #[must_use]
    pub fn alert(self, scope: OrgScope, alert: &Alert) -> Self {
        let step = Step::Alert(scope.org_id(), Box::new(alert.clone()));
        self.step(step, Otherwise::Refuse(changed_meanwhile()))
    }

    /// Lets others hear of the change.
    #[must_use]
    pub fn publish(mut self, event: Event) -> Self {
        self.events.push(event);
        self
    }

    /// Whether it changes nothing.
    pub(crate) const fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// How many records it adds, and how many it changes.
    pub(crate) fn extent(&self) -> (usize, usize) {
        let count = |wanted: fn(&Step) -> bool| self.steps.iter().filter(|(step, _)| wanted(step)).count();
        (
            count(|step| matches!(step, Step::Insert(..))),
            count(|step| matches!(step, Step::Replace(..))),
        )
    }

    /// Whether `other` can be made in the same transaction: there is room for it, and it is about other things.
    pub(crate) fn has_room_for(&self, other: &Self) -> bool {
        let apart = |step: &Step| self.steps.iter().all(|(own, _)| own.target() != step.target());
        self.steps.len() + other.steps.len() <= MOST_OWN_STEPS
            && other.steps.iter().all(|(step, _)| apart(step))
    }

    /// This change with what `other` does, as one.
    #[must_use]
    pub(crate) fn with(mut self, other: Self) -> Self {
        self.steps.extend(other.steps);
        self.events.extend(other.events);
        self
    }

    fn step(mut self, step: Step, otherwise: Otherwise) -> Self {
        self.steps.push((step, otherwise));
        self
    }
}

/// What the caller is told when somebody else was faster.
pub(crate) fn changed_meanwhile() -> Refusal {
    Refusal::new(
        ProblemCode::Conflict,
        "Somebody changed this at the same moment. Read it again and decide anew.",
    )
}

/// How often something is begun anew because what it changes was changed in between.
const BEGINNINGS: usize = 8;

/// Does `work`, and again from its beginning when what it changes was changed under it: a person who changes their password
/// just when a page of theirs refreshes does not want to hear of it.
pub(crate) async fn settled<T, F: Future<Output = Result<T, Failure>>>(
    work: impl Fn() -> F,
) -> Result<T, Failure> {
    for _ in 1..BEGINNINGS {
        match work().await {
            Err(Failure::Refused(refusal)) if refusal == changed_meanwhile() => {}
            settled => return settled,
        }
    }
    work().await
}

/// Makes changes.
#[derive(Clone, Copy)]
pub struct Registry<'a> {
    /// The records.
    pub records: &'a dyn Records,
    /// The time.
    pub clock: &'a dyn Clock,
}

impl Registry<'_> {
    /// Makes `change` with its entry in the audit chain, all of it or nothing. Making a change again whose new
    /// records carry the same identifiers changes nothing and succeeds.
    ///
    /// # Errors
    /// Refused when a step found something else than it expected; a fault when the store had trouble.
    pub async fn commit(&self, change: Change) -> Result<(), Failure> {
        const OP: &str = "registry.commit";
        let Change {
            owner,
            entry,
            steps,
            events,
        } = change;
        let (mut plan, mut outcomes): (Vec<Step>, Vec<Otherwise>) = steps.into_iter().unzip();
        let own = plan.len();
        for _ in 0..ATTEMPTS {
            let now = self.clock.now();
            let end = self.records.get::<ChainEnd>(owner, ChainEnd::KEY).await?;
            let (rev, ChainEnd(head)) = end.map_or_else(Default::default, |end| (end.rev, end.record));
            let (chained, head) = head.append(AuditEntry {
                at: now,
                ..entry.clone()
            });
            let end = RawRecord::of(&ChainEnd(head))?;
            plan.truncate(own);
            plan.push(Step::Insert(owner, RawRecord::of(&chained)?));
            plan.push(match rev {
                0 => Step::Insert(owner, end),
                rev => Step::Replace(owner, end, rev),
            });
            match self.records.commit(&plan, &events, now).await {
                Ok(()) => return Ok(()),
                Err(CommitError::Port(error)) => return Err(error.into()),
                Err(CommitError::Busy) => {}
                // Somebody else appended to the chain: behind them, then.
                Err(CommitError::Step(step)) if step >= own => {}
                Err(CommitError::Step(step)) => {
                    return match outcomes.swap_remove(step) {
                        Otherwise::AlreadyDone => Ok(()),
                        Otherwise::Refuse(refusal) => Err(refusal.into()),
                    };
                }
            }
        }
        Err(PortError::new(OP, PortErrorKind::Throttled).into())
    }
}
