//! Sends a change to its sensor, and finds out what became of it.
//!
//! # How a change is confirmed
//! A sensor of class A listens for a moment after it has sent a frame, so it can have a change only once it was heard after
//! the change was sent, and the network server holds it no longer. Neither costs an ordinary reading anything: a unit's
//! state says when each of its sensors was last heard, as it does anyway, and it is read for sensors alone to which a change
//! is on its way, once a minute.

use super::Networks;
use super::do_job::{WORKER, met, setback, settled};
use crate::devices::revise_sensor;
use crate::error::{Failure, PortError};
use crate::ports::{
    Downlink, Owner, RawRecord, Records, ServerAccess, ServerError, Step, Stored, UnitStates,
};
use crate::registry::{Change, changed_meanwhile};
use crate::scope::{Actor, OrgScope};
use freshtrack_decoders as decoders;
use freshtrack_domain::device::Sensor;
use freshtrack_domain::ids::{PendingChangeId, SensorId};
use freshtrack_domain::network::{
    ChangeState, Consequence, Network, NextMove, Obstacle, PendingChange, Setback, SettingChange,
};
use freshtrack_domain::time::{Span, Timestamp};

/// When the sensor was last heard, as far as the unit it measures knows.
pub(super) async fn heard_at(
    records: &dyn Records,
    states: &dyn UnitStates,
    scope: OrgScope,
    sensor_id: SensorId,
) -> Result<Option<Timestamp>, PortError> {
    let Some(sensor) = records.get::<Sensor>(scope, sensor_id).await? else {
        return Ok(None);
    };
    let Some(unit_id) = sensor.record.last_unit() else {
        return Ok(None);
    };
    let unit = states.load(scope, unit_id).await?;
    Ok(unit.and_then(|unit| {
        let track = unit.state.sensors.iter().find(|track| track.id == sensor_id)?;
        Some(track.newest_at)
    }))
}

/// Does what is to be done with the change `id` now.
///
/// # Errors
/// When it is not known how far it has come. It is found again, by whoever looks for what is due.
pub(super) async fn do_change(
    ports: &Networks<'_>,
    states: &dyn UnitStates,
    scope: OrgScope,
    id: PendingChangeId,
) -> Result<(), Failure> {
    let Some(stored) = ports.records.get::<PendingChange>(scope, id).await? else {
        return Ok(());
    };
    let heard = match stored.record.state {
        ChangeState::Sent => heard_at(ports.records, states, scope, stored.record.sensor_id).await?,
        _ => None,
    };
    let Some(next) = stored.record.next_move(heard, ports.clock.now()) else {
        return Ok(());
    };
    let delivery = Delivery {
        ports,
        scope,
        change: stored,
    };
    match next {
        NextMove::Send => delivery.send().await,
        NextMove::Confirm => delivery.confirm().await,
        NextMove::GiveUp => delivery.end(ChangeState::Timeout).await,
    }
}

/// A change on its way.
struct Delivery<'a> {
    ports: &'a Networks<'a>,
    scope: OrgScope,
    change: Stored<PendingChange>,
}

impl Delivery<'_> {
    async fn send(mut self) -> Result<(), Failure> {
        let now = self.ports.clock.now();
        if !self.change.record.attempts.begin(now) {
            return self.end(ChangeState::Failed).await;
        }
        if !self.save().await? {
            return Ok(());
        }
        let sent = match (self.access().await?, self.downlink().await?) {
            (Some(at), Some(downlink)) => self.hand_over(&at, &downlink).await,
            (None, _) => Err((
                setback(Obstacle::NoConnection, "the connection is no more", None),
                None,
            )),
            (_, None) => {
                let detail = "the sensor is another one now, and does not understand it";
                Err((setback(Obstacle::Rejected, detail, None), None))
            }
        };
        match sent {
            Ok(()) => {
                self.change.record.sent(self.ports.clock.now());
                self.save().await.map(drop)
            }
            Err((setback, peace)) => self.set_back(setback, peace).await,
        }
    }

    /// Hands the downlink to the server, unless an earlier attempt has, whose answer was lost.
    async fn hand_over(&self, at: &ServerAccess, downlink: &Downlink) -> Result<(), (Setback, Option<Span>)> {
        let failed = |error: ServerError| (met(&error, None), error.retry_after);
        let (servers, dev_eui) = (self.ports.servers, self.change.record.dev_eui);
        let is_first = self.change.record.attempts.made <= 1;
        if !is_first && servers.is_waiting(at, dev_eui, downlink).await.map_err(failed)? {
            return Ok(());
        }
        servers.send(at, dev_eui, downlink).await.map_err(failed)
    }

    /// The sensor was heard: it has the change if the server holds it no longer.
    async fn confirm(self) -> Result<(), Failure> {
        let (at, downlink) = (self.access().await?, self.downlink().await?);
        let (Some(at), Some(downlink)) = (at, downlink) else {
            return self.end(ChangeState::Failed).await;
        };
        let dev_eui = self.change.record.dev_eui;
        match self.ports.servers.is_waiting(&at, dev_eui, &downlink).await {
            Ok(false) => self.end(ChangeState::Applied).await,
            // It is asked again when the sensor is looked for next.
            Ok(true) => Ok(()),
            Err(error) if error.kind.is_retryable() => {
                if self.ports.clock.now() >= self.change.record.times_out_at {
                    self.end(ChangeState::Timeout).await
                } else {
                    Ok(())
                }
            }
            Err(error) => {
                let setback = met(&error, None);
                self.fail(setback).await
            }
        }
    }

    async fn access(&self) -> Result<Option<ServerAccess>, Failure> {
        let id = self.change.record.network_id;
        match self.ports.records.get::<Network>(self.scope, id).await? {
            Some(network) => Ok(Some(self.ports.access(self.scope, &network.record).await?)),
            None => Ok(None),
        }
    }

    /// What is sent, at the time of the first attempt: a repetition must be known for what it is.
    async fn downlink(&self) -> Result<Option<Downlink>, Failure> {
        let PendingChange {
            id,
            sensor_id,
            change,
            asked_at,
            ..
        } = &self.change.record;
        let sensor = self.ports.records.get::<Sensor>(self.scope, *sensor_id).await?;
        let frame = sensor
            .and_then(|sensor| decoders::find(&sensor.record.model))
            .and_then(|model| decoders::downlink(model, change, *asked_at));
        Ok(frame.map(|frame| Downlink {
            reference: id.to_string(),
            f_port: frame.f_port,
            payload: frame.payload,
        }))
    }

    async fn set_back(mut self, setback: Setback, peace: Option<Span>) -> Result<(), Failure> {
        let now = self.ports.clock.now();
        let is_worth_it = setback.obstacle.consequence() == Consequence::Again
            && self.change.record.attempts.again(now, peace);
        if !is_worth_it {
            return self.fail(setback).await;
        }
        self.change.record.setback = Some(setback);
        self.save().await.map(drop)
    }

    async fn fail(mut self, setback: Setback) -> Result<(), Failure> {
        self.change.record.setback = Some(setback);
        self.end(ChangeState::Failed).await
    }

    /// Notes how far the change has come; false if somebody else was faster.
    async fn save(&mut self) -> Result<bool, Failure> {
        let raw = RawRecord::of(&self.change.record)?;
        let step = Step::Replace(Owner::from(self.scope), raw, self.change.rev);
        let now = self.ports.clock.now();
        let saved = settled(self.ports.records.commit(&[step], &[], now).await)?;
        self.change.rev += u64::from(saved);
        Ok(saved)
    }

    /// `change` in which what the sensor now does is known of it too: by its interval its silence is judged.
    async fn known_of_sensor(&self, change: Change) -> Result<Change, Failure> {
        let record = &self.change.record;
        let SettingChange::UplinkInterval { seconds } = record.change else {
            return Ok(change);
        };
        let stored = self
            .ports
            .records
            .get::<Sensor>(self.scope, record.sensor_id)
            .await?;
        let Some(stored) = stored.filter(|stored| stored.record.retired.is_none()) else {
            return Ok(change);
        };
        let sensor = Sensor {
            report_interval: Some(Span::seconds(seconds)),
            ..stored.record.clone()
        };
        Ok(revise_sensor(change, sensor, &stored, self.ports.clock.now())?)
    }

    async fn end(mut self, state: ChangeState) -> Result<(), Failure> {
        self.change.record.end(state, self.ports.clock.now());
        let record = &self.change.record;
        let action = match state {
            ChangeState::Applied => "sensor.change_applied",
            ChangeState::Timeout => "sensor.change_timed_out",
            _ => "sensor.change_failed",
        };
        let change = Change::new(self.scope, &Actor::new(WORKER), action, record.sensor_id)
            .detail("change", record.id)
            .detail("type", record.change.name())
            .replace(record, self.change.rev)?;
        let change = match state {
            ChangeState::Applied => self.known_of_sensor(change).await?,
            _ => change,
        };
        match self.ports.registry().commit(change).await {
            // Somebody else was faster.
            Err(Failure::Refused(refusal)) if refusal == changed_meanwhile() => Ok(()),
            ended => ended,
        }
    }
}
