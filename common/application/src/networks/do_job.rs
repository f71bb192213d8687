//! Does the work on a registration, a call at a time.
//!
//! Each call of the server may be repeated, and each is noted once it is done: whoever is interrupted is followed by
//! somebody who goes on where they stopped. Two who meet at the same work are told apart by its revision. Bookkeeping is
//! nobody's decision and leaves no trace in the audit chain; the end of the work does.

use super::Networks;
use crate::devices::app_key;
use crate::error::{Failure, PortError};
use crate::ports::{
    CommitError, DeviceRegistration, Owner, RawRecord, Record as _, ServerAccess, ServerError,
    ServerErrorKind, Step, Stored,
};
use crate::registry::{Change, changed_meanwhile};
use crate::scope::{Actor, OrgScope};
use freshtrack_domain::ids::JobId;
use freshtrack_domain::network::{
    Job, JobKind, JobState, Network, NetworkDevice, Obstacle, RegistrationStep, Setback,
};
use freshtrack_domain::time::Span;

/// Who does what goes on in the background.
pub(super) const WORKER: &str = "networks-do-work";

/// Does the work `id`, as far as it can be done now. Work that is not due, or that somebody else is at, is left alone.
///
/// # Errors
/// When it is not known how far it has come. It is found again, by whoever looks for work that is due.
pub(super) async fn do_job(ports: &Networks<'_>, scope: OrgScope, id: JobId) -> Result<(), Failure> {
    let Some(mut attempt) = Attempt::begin(ports, scope, id).await? else {
        return Ok(());
    };
    let met = match attempt.access().await? {
        Ok(access) => attempt.take_steps(&access).await?,
        Err(setback) => Progress::Met(setback, None),
    };
    match met {
        Progress::Done => attempt.succeed().await,
        Progress::Met(setback, peace) => attempt.set_back(setback, peace).await,
        Progress::Lost => Ok(()),
    }
}

/// How an attempt went.
enum Progress {
    /// All steps are done.
    Done,
    /// Something stood in the way.
    Met(Setback, Option<Span>),
    /// Somebody else has the work now.
    Lost,
}

/// An attempt at some work, by whoever has begun it.
struct Attempt<'a> {
    ports: &'a Networks<'a>,
    scope: OrgScope,
    job: Stored<Job>,
    device: Stored<NetworkDevice>,
}

impl<'a> Attempt<'a> {
    /// Begins one, if the work is due.
    async fn begin(ports: &'a Networks<'a>, scope: OrgScope, id: JobId) -> Result<Option<Self>, Failure> {
        let now = ports.clock.now();
        let stored = ports.records.get::<Job>(scope, id).await?;
        let Some(job) = stored.filter(|stored| stored.record.is_due(now)) else {
            return Ok(None);
        };
        if let Some(earlier) = job.record.after
            && let Some(earlier) = ports.records.get::<Job>(scope, earlier).await?
            && earlier.record.attempts.is_at_work(now)
        {
            return Ok(None);
        }
        let sensor_id = job.record.sensor_id;
        let device = ports.records.get::<NetworkDevice>(scope, sensor_id).await?;
        let Some(device) = device.filter(|device| device.record.job_id == id) else {
            let mut record = job.record;
            record.set_back(
                setback(
                    Obstacle::Superseded,
                    "newer work on the same sensor has taken its place",
                    None,
                ),
                None,
                now,
            );
            let raw = RawRecord::of(&record)?;
            let step = Step::Replace(Owner::from(scope), raw, job.rev);
            // Whoever was faster has seen the same.
            settled(ports.records.commit(&[step], &[], now).await)?;
            return Ok(None);
        };
        let mut attempt = Self {
            ports,
            scope,
            job,
            device,
        };
        if attempt.job.record.begin(now) {
            Ok(attempt.save().await?.then_some(attempt))
        } else {
            attempt.finish("network.job_failed").await?;
            Ok(None)
        }
    }

    /// How the server is reached.
    async fn access(&self) -> Result<Result<ServerAccess, Setback>, Failure> {
        let id = self.job.record.network_id;
        match self.ports.records.get::<Network>(self.scope, id).await? {
            Some(network) => Ok(Ok(self.ports.access(self.scope, &network.record).await?)),
            None => Ok(Err(setback(
                Obstacle::NoConnection,
                "the connection is no more",
                None,
            ))),
        }
    }

    /// Takes the steps that are not done yet, in order.
    async fn take_steps(&mut self, at: &ServerAccess) -> Result<Progress, Failure> {
        let steps = match self.job.record.kind {
            JobKind::Provision => at.server.registration(),
            JobKind::Deprovision => at.server.removal(),
        };
        let registration = match self.job.record.kind {
            JobKind::Provision => match self.registration().await? {
                Some(registration) => Some(registration),
                None => {
                    let detail = "the sensor's AppKey is not kept any more: give it, and begin anew";
                    return Ok(Progress::Met(
                        setback(Obstacle::MissingAppKey, detail, None),
                        None,
                    ));
                }
            },
            JobKind::Deprovision => None,
        };
        for step in steps {
            if self.job.record.done.contains(step) {
                continue;
            }
            let servers = self.ports.servers;
            let taken = match &registration {
                Some(registration) => servers.register(at, *step, registration).await,
                None => servers.remove(at, *step, self.job.record.dev_eui).await,
            };
            if let Err(error) = taken {
                let peace = error.retry_after;
                return Ok(Progress::Met(met(&error, Some(*step)), peace));
            }
            self.job.record.done.push(*step);
            if !self.save().await? {
                return Ok(Progress::Lost);
            }
        }
        Ok(Progress::Done)
    }

    /// What the server must be told; `None` if the sensor's root key is not kept any more.
    async fn registration(&self) -> Result<Option<DeviceRegistration>, Failure> {
        let Networks { records, vault, .. } = *self.ports;
        let device = &self.device.record;
        let app_key = app_key(records, vault, self.scope, device.sensor_id).await?;
        Ok(app_key.map(|app_key| DeviceRegistration {
            dev_eui: device.dev_eui,
            join_eui: device.join_eui,
            app_key,
            name: device.dev_eui.to_string(),
        }))
    }

    /// Notes how far the work has come; false if somebody else has it now.
    async fn save(&mut self) -> Result<bool, Failure> {
        let owner = Owner::from(self.scope);
        let steps = [
            Step::Replace(owner, RawRecord::of(&self.job.record)?, self.job.rev),
            Step::Expect(
                owner,
                NetworkDevice::KIND,
                self.device.record.key(),
                Some(self.device.rev),
            ),
        ];
        let now = self.ports.clock.now();
        let saved = settled(self.ports.records.commit(&steps, &[], now).await)?;
        self.job.rev += u64::from(saved);
        Ok(saved)
    }

    async fn succeed(mut self) -> Result<(), Failure> {
        self.job.record.succeed(self.ports.clock.now());
        let action = match self.job.record.kind {
            JobKind::Provision => "sensor.provisioned",
            JobKind::Deprovision => "sensor.deprovisioned",
        };
        self.finish(action).await
    }

    async fn set_back(mut self, setback: Setback, peace: Option<Span>) -> Result<(), Failure> {
        tracing::warn!(
            org.id = %self.scope.org_id(), job.id = %self.job.record.id, job.obstacle = ?setback.obstacle,
            job.detail = setback.detail, "work at a network server was set back"
        );
        self.job.record.set_back(setback, peace, self.ports.clock.now());
        match self.job.record.state {
            JobState::Blocked => self.finish("network.job_blocked").await,
            JobState::Failed => self.finish("network.job_failed").await,
            _ => self.save().await.map(drop),
        }
    }

    /// Writes down the end of the work, and what it means for the registration.
    async fn finish(self, action: &str) -> Result<(), Failure> {
        let Self {
            ports,
            scope,
            job,
            device,
        } = self;
        let record = &job.record;
        let mut change = Change::new(scope, &Actor::new(WORKER), action, record.sensor_id)
            .detail("job", record.id)
            .detail("network", record.network_id);
        if let Some(setback) = &record.setback {
            change = change.detail("obstacle", format!("{:?}", setback.obstacle));
        }
        change = change.replace(record, job.rev)?;
        change = match (record.state, record.kind) {
            (JobState::Succeeded, JobKind::Provision) => change.replace(
                &NetworkDevice {
                    registered: true,
                    obstacle: None,
                    ..device.record
                },
                device.rev,
            )?,
            (JobState::Succeeded, JobKind::Deprovision) => change.remove(&device),
            // There is nobody left to ask.
            (_, JobKind::Deprovision) if is_without_connection(record) => change.remove(&device),
            _ => {
                let obstacle = record.setback.as_ref().map(|setback| setback.obstacle);
                change.replace(
                    &NetworkDevice {
                        obstacle,
                        ..device.record
                    },
                    device.rev,
                )?
            }
        };
        match ports.registry().commit(change).await {
            // Somebody else has the work now.
            Err(Failure::Refused(refusal)) if refusal == changed_meanwhile() => Ok(()),
            finished => finished,
        }
    }
}

fn is_without_connection(job: &Job) -> bool {
    let setback = job.setback.as_ref();
    setback.is_some_and(|setback| setback.obstacle == Obstacle::NoConnection)
}

/// Whether a write was made; it was not when somebody else was faster.
pub(super) fn settled(written: Result<(), CommitError>) -> Result<bool, PortError> {
    match written {
        Ok(()) => Ok(true),
        Err(CommitError::Step(_) | CommitError::Busy) => Ok(false),
        Err(CommitError::Port(error)) => Err(error),
    }
}

pub(super) fn setback(
    obstacle: Obstacle,
    detail: impl Into<String>,
    step: Option<RegistrationStep>,
) -> Setback {
    Setback {
        obstacle,
        detail: detail.into(),
        step,
    }
}

/// What a server's failure is to the work.
pub(super) fn met(error: &ServerError, step: Option<RegistrationStep>) -> Setback {
    let obstacle = match error.kind {
        ServerErrorKind::WrongKey => Obstacle::WrongKey,
        ServerErrorKind::NotAllowed => Obstacle::NotAllowed,
        ServerErrorKind::NotFound => Obstacle::NotFound,
        ServerErrorKind::Taken => Obstacle::Conflict,
        ServerErrorKind::OtherCluster => Obstacle::OtherCluster,
        ServerErrorKind::Throttled => Obstacle::Throttled,
        ServerErrorKind::NoAnswer => Obstacle::NoAnswer,
        ServerErrorKind::AddressRefused => Obstacle::AddressRefused,
        ServerErrorKind::Rejected => Obstacle::Rejected,
        ServerErrorKind::Unexpected => Obstacle::Unexpected,
    };
    setback(obstacle, error.detail.clone(), step)
}
