//! Work on registrations, as people ask for it and see it.

use super::Networks;
use super::removals::remove_registration;
use crate::devices::{has_app_key, keep_app_key};
use crate::error::{Failure, Refusal};
use crate::page::{Order, PageRequest, page_of};
use crate::places::At;
use crate::ports::{Records, Stored};
use crate::registry::Change;
use crate::scope::{Actor, Caller, OrgScope};
use freshtrack_contracts::events::{Event, Happening};
use freshtrack_contracts::networks::{JobView, ProvisionSensor, SetbackView};
use freshtrack_contracts::page::Page;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::device::{AppKey, Sensor};
use freshtrack_domain::ids::{JobId, OrgId, SensorId, SiteId, UnitId};
use freshtrack_domain::network::{
    Attempts, Job, JobKind, JobState, Network, NetworkDevice, RemovalReason, Setback,
};
use freshtrack_domain::place::Unit;
use freshtrack_domain::time::Timestamp;
use std::collections::BTreeMap;

/// Has a sensor registered. The work is queued with the record of it: neither is without the other.
///
/// # Errors
/// Refused when there is no such sensor or connection, when the sensor is retired or at another connection, when no AppKey
/// is given and none is kept of it, and while other work on it is under way.
pub async fn provision_sensor(
    ports: &Networks<'_>,
    caller: &Caller,
    sensor_id: SensorId,
    input: ProvisionSensor,
) -> Result<At<JobView>, Failure> {
    let now = ports.clock.now();
    let id = ports.ids.id::<JobId>(now);
    let sensor = sensor(ports.records, caller, sensor_id).await?;
    if let Some(made) = ports.records.get::<Job>(caller.scope, id).await? {
        // The same request was made before.
        return Ok(shown(made));
    }
    if sensor.record.retired.is_some() {
        return Err(conflict(
            "The sensor is retired. Register the device anew to use it again.",
        ));
    }
    let network = ports
        .records
        .get::<Network>(caller.scope, input.network_id)
        .await?;
    let network = network.ok_or_else(|| Refusal::not_found("network server"))?;
    let known = ports
        .records
        .get::<NetworkDevice>(caller.scope, sensor_id)
        .await?;
    if let Some(known) = &known {
        if is_under_way(ports.records, caller.scope, known.record.job_id).await? {
            return Err(conflict(
                "Work on the registration of this sensor is under way. See how it ends first.",
            ));
        }
        if known.record.network_id != input.network_id {
            return Err(conflict(
                "The sensor is registered through another connection. Have that registration removed first.",
            ));
        }
    }
    let job = Job {
        kind: JobKind::Provision,
        ..job(
            id,
            &network.record,
            &sensor.record,
            &caller.actor,
            ports.ids.moment(now),
        )
    };
    let join_eui = input.join_eui.or(sensor.record.join_eui).ok_or_else(|| {
        Refusal::invalid(
            "join_eui is not known. Give it here, or with the sensor: it stands beside the DevEUI.",
        )
        .about("join_eui")
    })?;
    let device = NetworkDevice {
        sensor_id,
        network_id: input.network_id,
        dev_eui: sensor.record.dev_eui,
        join_eui,
        registered: known.as_ref().is_some_and(|known| known.record.registered),
        obstacle: None,
        job_id: id,
    };
    let change = Change::new(
        caller.scope,
        &caller.actor,
        "sensor.provisioning_asked",
        sensor_id,
    )
    .detail("network", input.network_id)
    .detail("job", id)
    .insert(&job)?
    .expect(&network)
    .publish(due(caller.scope.org_id(), &job, 1, now));
    let change = match known {
        Some(known) => change.replace(&device, known.rev)?,
        None => change.insert_unless(&device, crate::registry::changed_meanwhile())?,
    };
    let change = with_app_key(ports, caller.scope, change, &sensor, input.app_key.as_ref()).await?;
    ports.registry().commit(change).await?;
    Ok(At {
        view: view(&job),
        rev: 1,
    })
}

/// `change` in which the sensor has the AppKey by which it is let in: the one that is given, else the one that is kept.
///
/// # Errors
/// Refused when neither is there.
async fn with_app_key(
    ports: &Networks<'_>,
    scope: OrgScope,
    change: Change,
    sensor: &Stored<Sensor>,
    given: Option<&AppKey>,
) -> Result<Change, Failure> {
    let Networks {
        records,
        vault,
        clock,
        ..
    } = *ports;
    match given {
        Some(key) => Ok(keep_app_key(change, (records, vault, clock), scope, sensor, key).await?),
        None if has_app_key(records, scope, sensor.record.id).await? => Ok(change.expect(sensor)),
        None => Err(Refusal::new(
            ProblemCode::MissingAppKey,
            "No AppKey is kept of the sensor. Give it as app_key: it stands beside the DevEUI.",
        )
        .about("app_key")
        .into()),
    }
}

/// Has the registration of a sensor removed, also one that was never finished.
///
/// # Errors
/// Refused when there is none.
pub async fn deprovision_sensor(
    ports: &Networks<'_>,
    caller: &Caller,
    sensor_id: SensorId,
) -> Result<At<JobView>, Failure> {
    sensor(ports.records, caller, sensor_id).await?;
    let known = ports
        .records
        .get::<NetworkDevice>(caller.scope, sensor_id)
        .await?;
    let known = known.ok_or_else(|| Refusal::not_found("registration at a network server"))?;
    let reason = RemovalReason::ManualCleanup;
    let job = remove_registration(ports, caller.scope, &caller.actor, known, reason).await?;
    Ok(shown(job))
}

/// Which work is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct JobQuery {
    /// That on this sensor.
    pub sensor_id: Option<SensorId>,
    /// That which has come so far.
    pub state: Option<JobState>,
}

/// Work on sensors that the caller may see, the newest first.
///
/// # Errors
/// Refused when there is no such page.
pub async fn list_jobs(
    ports: &Networks<'_>,
    caller: &Caller,
    query: &JobQuery,
    request: &PageRequest,
) -> Result<Page<JobView>, Failure> {
    let sites = sites_of_sensors(ports.records, caller).await?;
    let wanted = |job: &Job| {
        query.sensor_id.is_none_or(|id| job.sensor_id == id)
            && query.state.is_none_or(|state| job.state == state)
            && sees(caller, sites.get(&job.sensor_id).copied())
    };
    let page = page_of::<Job>(ports.records, caller.scope, request, Order::NewestFirst, wanted).await?;
    Ok(page.map(|stored| view(&stored.record)))
}

/// One piece of work.
///
/// # Errors
/// Refused when there is none that the caller may see.
pub async fn get_job(ports: &Networks<'_>, caller: &Caller, id: JobId) -> Result<At<JobView>, Failure> {
    Ok(shown(find(ports, caller, id).await?))
}

/// Begins anew what has failed or was blocked.
///
/// # Errors
/// Refused when it has done neither, or newer work has taken its place.
pub async fn retry_job(ports: &Networks<'_>, caller: &Caller, id: JobId) -> Result<At<JobView>, Failure> {
    let mut stored = find(ports, caller, id).await?;
    if stored.record.state == JobState::Pending {
        // The same request was made before, or nobody has begun yet.
        return Ok(shown(stored));
    }
    if !matches!(stored.record.state, JobState::Failed | JobState::Blocked) {
        return Err(conflict(
            "Only work that has failed or is blocked can be begun anew.",
        ));
    }
    let device = ports
        .records
        .get::<NetworkDevice>(caller.scope, stored.record.sensor_id)
        .await?
        .filter(|device| device.record.job_id == id)
        .ok_or_else(|| conflict("Newer work on the same sensor has taken the place of this."))?;
    stored.record.restart();
    let next = stored.rev + 1;
    let change = Change::new(caller.scope, &caller.actor, "network.job_retried", id)
        .detail("sensor", stored.record.sensor_id)
        .replace(&stored.record, stored.rev)?
        .replace(
            &NetworkDevice {
                obstacle: None,
                ..device.record
            },
            device.rev,
        )?
        .publish(due(
            caller.scope.org_id(),
            &stored.record,
            next,
            ports.clock.now(),
        ));
    ports.registry().commit(change).await?;
    Ok(shown(Stored { rev: next, ..stored }))
}

async fn find(ports: &Networks<'_>, caller: &Caller, id: JobId) -> Result<Stored<Job>, Failure> {
    let missing = || Refusal::not_found("work on a registration");
    let stored = ports.records.get::<Job>(caller.scope, id).await?;
    let stored = stored.ok_or_else(missing)?;
    let site = site_of(ports.records, caller.scope, stored.record.sensor_id).await?;
    if sees(caller, site) {
        Ok(stored)
    } else {
        Err(missing().into())
    }
}

async fn is_under_way(records: &dyn Records, scope: OrgScope, id: JobId) -> Result<bool, Failure> {
    let job = records.get::<Job>(scope, id).await?;
    Ok(job.is_some_and(|job| job.record.is_open()))
}

fn conflict(detail: &str) -> Failure {
    Refusal::new(ProblemCode::Conflict, detail).into()
}

fn job(id: JobId, network: &Network, sensor: &Sensor, actor: &Actor, at: Timestamp) -> Job {
    Job {
        id,
        kind: JobKind::Provision,
        reason: None,
        network_id: network.id,
        sensor_id: sensor.id,
        dev_eui: sensor.dev_eui,
        after: None,
        state: JobState::Pending,
        done: Vec::new(),
        attempts: Attempts::default(),
        setback: None,
        created_at: at,
        created_by: actor.id.clone(),
        finished_at: None,
    }
}

/// That `job` is to be done, once its revision is `rev`.
pub(super) fn due(org_id: OrgId, job: &Job, rev: u64, now: Timestamp) -> Event {
    let what = Happening::NetworkJobDue { job_id: job.id };
    let id = format!("{}:{}:{rev}@{}", job.id, what.detail_type(), now.as_millis());
    Event::of_record(org_id, id, now.into(), what)
}

/// The sensor, if the caller may see it.
pub(super) async fn sensor(
    records: &dyn Records,
    caller: &Caller,
    id: SensorId,
) -> Result<Stored<Sensor>, Failure> {
    let missing = || Refusal::not_found("sensor");
    let stored = records.get::<Sensor>(caller.scope, id).await?;
    let stored = stored.ok_or_else(missing)?;
    let site = site_of(records, caller.scope, id).await?;
    if sees(caller, site) {
        Ok(stored)
    } else {
        Err(missing().into())
    }
}

/// The site that a sensor is in, if it is in one.
async fn site_of(records: &dyn Records, scope: OrgScope, id: SensorId) -> Result<Option<SiteId>, Failure> {
    let Some(unit_id) = records
        .get::<Sensor>(scope, id)
        .await?
        .and_then(|sensor| sensor.record.last_unit())
    else {
        return Ok(None);
    };
    let unit = records.get::<Unit>(scope, unit_id).await?;
    Ok(unit.map(|unit| unit.record.site_id))
}

/// The site of each sensor; nothing is read for who may see all of them.
pub(super) async fn sites_of_sensors(
    records: &dyn Records,
    caller: &Caller,
) -> Result<BTreeMap<SensorId, SiteId>, Failure> {
    if caller.sites.are_all() {
        return Ok(BTreeMap::new());
    }
    let units = records.all::<Unit>(caller.scope).await?;
    let sites: BTreeMap<UnitId, SiteId> = units
        .into_iter()
        .map(|unit| (unit.record.id, unit.record.site_id))
        .collect();
    let sensors = records.all::<Sensor>(caller.scope).await?;
    Ok(sensors
        .into_iter()
        .filter_map(|sensor| Some((sensor.record.id, *sites.get(&sensor.record.last_unit()?)?)))
        .collect())
}

/// What is in no site is for those who see to devices everywhere.
pub(super) fn sees(caller: &Caller, site: Option<SiteId>) -> bool {
    caller.sites.are_all() || site.is_some_and(|site| caller.sites.include(site))
}

fn shown(stored: Stored<Job>) -> At<JobView> {
    At {
        view: view(&stored.record),
        rev: stored.rev,
    }
}

fn view(job: &Job) -> JobView {
    JobView {
        id: job.id,
        kind: job.kind,
        reason: job.reason,
        state: job.state,
        network_id: job.network_id,
        sensor_id: job.sensor_id,
        dev_eui: job.dev_eui.to_string(),
        done: job.done.clone(),
        attempts: job.attempts.made,
        next_attempt_at: job.attempts.next_at.map(Into::into),
        setback: job.setback.as_ref().map(setback_view),
        created_at: job.created_at.into(),
        created_by: job.created_by.clone(),
        finished_at: job.finished_at.map(Into::into),
    }
}

pub(super) fn setback_view(setback: &Setback) -> SetbackView {
    SetbackView {
        obstacle: setback.obstacle,
        detail: setback.detail.clone(),
        step: setback.step,
    }
}
