//! Registrations that are taken back: because somebody asks for it, or because the sensor, its unit or all of the
//! organization is gone for good. What can still be restored keeps its registrations: see decision 18.

use super::Networks;
use super::do_job::WORKER;
use super::jobs::due;
use super::webhooks::{TakenDown, take_down};
use crate::error::{Failure, PortError};
use crate::ports::{Clock, IdSource, Records, Stored};
use crate::registry::Change;
use crate::scope::{Actor, OrgScope};
use freshtrack_domain::device::Sensor;
use freshtrack_domain::ids::{JobId, SensorId};
use freshtrack_domain::network::{
    Attempts, Dissolution, Job, JobKind, JobState, Network, NetworkDevice, RemovalReason,
};
use freshtrack_domain::time::Span;

/// What queueing a removal needs.
#[derive(Clone, Copy)]
pub(crate) struct Removals<'a> {
    /// The records.
    pub(crate) records: &'a dyn Records,
    /// New identifiers.
    pub(crate) ids: &'a dyn IdSource,
    /// The time.
    pub(crate) clock: &'a dyn Clock,
}

impl<'a> From<&Networks<'a>> for Removals<'a> {
    fn from(ports: &Networks<'a>) -> Self {
        Self {
            records: ports.records,
            ids: ports.ids,
            clock: ports.clock,
        }
    }
}

impl Removals<'_> {
    /// The registration of a sensor, if there is one.
    ///
    /// # Errors
    /// When the store does not answer.
    pub(crate) async fn registration(
        &self,
        scope: OrgScope,
        sensor_id: SensorId,
    ) -> Result<Option<Stored<NetworkDevice>>, PortError> {
        self.records.get(scope, sensor_id).await
    }

    /// The newest work on `known`.
    async fn work_on(
        &self,
        scope: OrgScope,
        known: &Stored<NetworkDevice>,
    ) -> Result<Option<Stored<Job>>, PortError> {
        self.records.get::<Job>(scope, known.record.job_id).await
    }

    /// `change` in which the removal of `known` is queued too, in the name of `actor`; unchanged if it is under way.
    ///
    /// # Errors
    /// When the store does not answer.
    pub(crate) async fn queue(
        &self,
        change: Change,
        scope: OrgScope,
        actor: &Actor,
        known: Stored<NetworkDevice>,
        reason: RemovalReason,
    ) -> Result<(Change, Stored<Job>), PortError> {
        let present = self.work_on(scope, &known).await?;
        if let Some(present) = &present
            && present.record.kind == JobKind::Deprovision
            && present.record.is_open()
        {
            return Ok((change.expect(&known), present.clone()));
        }
        let now = self.clock.now();
        let id = self.ids.id::<JobId>(now);
        let record = Job {
            id,
            kind: JobKind::Deprovision,
            reason: Some(reason),
            network_id: known.record.network_id,
            sensor_id: known.record.sensor_id,
            dev_eui: known.record.dev_eui,
            // Who is at work with the sensor now finishes their call before ours begin.
            after: present
                .filter(|present| present.record.is_open())
                .map(|present| present.record.id),
            state: JobState::Pending,
            done: Vec::new(),
            attempts: Attempts::default(),
            setback: None,
            created_at: self.ids.moment(now),
            created_by: actor.id.clone(),
            finished_at: None,
        };
        let device = NetworkDevice {
            job_id: id,
            obstacle: None,
            ..known.record
        };
        let change = change.insert(&record)?.replace(&device, known.rev)?.publish(due(
            scope.org_id(),
            &record,
            1,
            now,
        ));
        Ok((change, Stored { record, rev: 1 }))
    }
}

/// Queues the removal of `known`, unless it is under way.
pub(super) async fn remove_registration(
    ports: &Networks<'_>,
    scope: OrgScope,
    actor: &Actor,
    known: Stored<NetworkDevice>,
    reason: RemovalReason,
) -> Result<Stored<Job>, Failure> {
    let device = &known.record;
    let before = device.job_id;
    let change = Change::new(scope, actor, "sensor.deprovisioning_asked", device.sensor_id)
        .detail("network", device.network_id);
    let (change, job) = Removals::from(ports)
        .queue(change, scope, actor, known, reason)
        .await?;
    if job.record.id != before {
        let change = change.detail("job", job.record.id);
        ports.registry().commit(change).await?;
    }
    Ok(job)
}

/// Queues the removal of whatever is registered of a sensor that is retired or gone; nothing for any other.
///
/// # Errors
/// When it is not queued.
pub(super) async fn follow_sensor(
    ports: &Networks<'_>,
    scope: OrgScope,
    sensor_id: SensorId,
) -> Result<(), Failure> {
    let Some(known) = Removals::from(ports).registration(scope, sensor_id).await? else {
        return Ok(());
    };
    let sensor = ports.records.get::<Sensor>(scope, sensor_id).await?;
    if sensor.is_some_and(|sensor| sensor.record.retired.is_none()) {
        return Ok(());
    }
    remove_once(ports, scope, known, RemovalReason::SensorDeleted).await
}

/// For how long a server that does not answer is asked to forget the webhook of an organization that is no more.
const PATIENCE: Span = Span::hours(24);

/// Queues the removals of all that is registered of an organization that cannot be restored any more, and has its servers
/// forget where its frames went.
///
/// # Errors
/// When not all are queued: those that are will not be again.
pub(super) async fn dissolve(ports: &Networks<'_>, scope: OrgScope) -> Result<(), Failure> {
    let org_id = scope.org_id();
    let Some(dissolution) = ports.records.get::<Dissolution>(scope, org_id).await? else {
        return Ok(());
    };
    if ports.clock.now() < dissolution.record.due_at {
        return Ok(());
    }
    for known in ports.records.all::<NetworkDevice>(scope).await? {
        remove_once(ports, scope, known, dissolution.record.reason).await?;
    }
    let mut later = false;
    for network in ports.records.all::<Network>(scope).await? {
        later |= take_down(ports, scope, &network.record).await == TakenDown::Later;
    }
    if later && ports.clock.now() < dissolution.record.due_at + PATIENCE {
        // The next sweep finds it.
        return Ok(());
    }
    let change =
        Change::new(scope, &Actor::new(WORKER), "organization.deprovisioned", org_id).remove(&dissolution);
    ports.registry().commit(change).await
}

/// Queues the removal of `known`, unless it was asked for before for the same reason, whatever came of it: the same event
/// may come again.
async fn remove_once(
    ports: &Networks<'_>,
    scope: OrgScope,
    known: Stored<NetworkDevice>,
    reason: RemovalReason,
) -> Result<(), Failure> {
    let present = Removals::from(ports).work_on(scope, &known).await?;
    if present.is_some_and(|job| job.record.reason == Some(reason)) {
        return Ok(());
    }
    remove_registration(ports, scope, &Actor::new(WORKER), known, reason)
        .await
        .map(drop)
}
