//! Finds what is due at network servers: the minute sweep.
//!
//! Work and changes that are open are in the list of what the platform looks through, and leave it when they end, so the
//! list is as short as there is something to do. What is due is told to the bus, from where it comes to the same queue as
//! what is new.

use super::changes::change_due;
use super::do_change::heard_at;
use super::jobs::due;
use crate::error::{PortError, PortErrorKind};
use crate::ports::{Clock, EventBus, Found, Owner, Record, Records, Stored, UnitStates};
use crate::scope::OrgScope;
use async_trait::async_trait;
use freshtrack_contracts::events::{Event, Happening};
use freshtrack_domain::network::{ChangeState, Dissolution, Job, JobState, NextMove, PendingChange};
use freshtrack_domain::time::Span;

/// Records read at once.
const PAGE: usize = 200;
/// How long what is new has to be begun by the event of its being asked for, before the sweep looks after it.
const HEAD_START: Span = Span::minutes(1);

/// What the sweep needs.
#[derive(Clone, Copy)]
pub struct SweepNetworks<'a> {
    /// The records.
    pub records: &'a dyn Records,
    /// When sensors were last heard.
    pub states: &'a dyn UnitStates,
    /// Where events go.
    pub bus: &'a dyn EventBus,
    /// The time.
    pub clock: &'a dyn Clock,
}

/// What a sweep found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WorkReport {
    /// What is open.
    pub open: usize,
    /// What is due.
    pub due: usize,
}

/// Tells of all that is due.
///
/// # Errors
/// When it is not all told of. The next sweep finds it.
pub async fn sweep_work(ports: &SweepNetworks<'_>) -> Result<WorkReport, PortError> {
    let mut report = WorkReport::default();
    sweep::<Job>(ports, &mut report).await?;
    sweep::<PendingChange>(ports, &mut report).await?;
    sweep::<Dissolution>(ports, &mut report).await?;
    Ok(report)
}

/// What may be open.
#[async_trait]
trait Open: Record {
    /// What is told of it, if it is due.
    async fn due(
        ports: &SweepNetworks<'_>,
        scope: OrgScope,
        stored: Stored<Self>,
    ) -> Result<Option<Event>, PortError>
    where
        Self: Sized;
}

/// Looks through all open records of one kind and tells of those that are due.
async fn sweep<R: Open>(ports: &SweepNetworks<'_>, report: &mut WorkReport) -> Result<(), PortError> {
    let mut before = None;
    loop {
        let found = ports.records.listed(R::KIND, before.as_deref(), PAGE).await?;
        let is_last = found.len() < PAGE;
        let mut events = Vec::new();
        for found in found {
            let scope = scope_of(&found)?;
            let stored = found.read::<R>()?;
            before = Some(stored.record.key());
            report.open += 1;
            events.extend(R::due(ports, scope, stored).await?);
        }
        report.due += events.len();
        if !events.is_empty() {
            ports.bus.publish(&events).await?;
        }
        if is_last {
            return Ok(());
        }
    }
}

fn scope_of(found: &Found) -> Result<OrgScope, PortError> {
    match found.owner {
        Owner::Org(org_id) => Ok(OrgScope::granted(org_id)),
        Owner::User(_) | Owner::Platform => Err(PortError::new("networks.sweep", PortErrorKind::Corrupt)),
    }
}

#[async_trait]
impl Open for Job {
    async fn due(
        ports: &SweepNetworks<'_>,
        scope: OrgScope,
        stored: Stored<Self>,
    ) -> Result<Option<Event>, PortError> {
        let (job, now) = (&stored.record, ports.clock.now());
        let is_due =
            job.is_due(now) && (job.state != JobState::Pending || now.since(job.created_at) >= HEAD_START);
        Ok(is_due.then(|| due(scope.org_id(), job, stored.rev, now)))
    }
}

#[async_trait]
impl Open for PendingChange {
    async fn due(
        ports: &SweepNetworks<'_>,
        scope: OrgScope,
        stored: Stored<Self>,
    ) -> Result<Option<Event>, PortError> {
        let (change, now) = (&stored.record, ports.clock.now());
        let heard = match change.state {
            ChangeState::Sent => heard_at(ports.records, ports.states, scope, change.sensor_id).await?,
            _ => None,
        };
        let is_new = change.attempts.made == 0 && now.since(change.asked_at) < HEAD_START;
        let next = change.next_move(heard, now);
        let is_due = next.is_some_and(|next| next != NextMove::Send || !is_new);
        Ok(is_due.then(|| change_due(scope.org_id(), change, stored.rev, now)))
    }
}

#[async_trait]
impl Open for Dissolution {
    async fn due(
        ports: &SweepNetworks<'_>,
        scope: OrgScope,
        stored: Stored<Self>,
    ) -> Result<Option<Event>, PortError> {
        let now = ports.clock.now();
        let event = || {
            let what = Happening::NetworkDissolutionDue {};
            let id = format!("{}:{}@{}", scope.org_id(), what.detail_type(), now.as_millis());
            Event::of_record(scope.org_id(), id, now.into(), what)
        };
        Ok((now >= stored.record.due_at).then(event))
    }
}
