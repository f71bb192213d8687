//! Changes of sensors' settings, as people ask for them and see them.

use super::Networks;
use super::jobs::{sensor, setback_view};
use crate::error::{Failure, Refusal};
use crate::page::{Order, PageRequest, page_of};
use crate::places::At;
use crate::ports::Stored;
use crate::registry::Change;
use crate::scope::Caller;
use freshtrack_contracts::events::{Event, Happening};
use freshtrack_contracts::networks::{ChangeView, RequestChange};
use freshtrack_contracts::page::Page;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_decoders as decoders;
use freshtrack_domain::ids::{OrgId, PendingChangeId, SensorId};
use freshtrack_domain::network::{
    Attempts, ChangeState, NetworkDevice, PendingChange, SettingChange, wait_of,
};
use freshtrack_domain::time::Timestamp;

/// Changes that may be on their way to one sensor: it listens for a moment after each of its own frames.
const MOST_OPEN: usize = 10;

/// Has a change sent to a sensor.
///
/// # Errors
/// Refused when there is no such sensor, when its model does not understand the change, and when it is registered through
/// no connection.
pub async fn request_change(
    ports: &Networks<'_>,
    caller: &Caller,
    sensor_id: SensorId,
    input: RequestChange,
) -> Result<At<ChangeView>, Failure> {
    let now = ports.clock.now();
    let id = ports.ids.id::<PendingChangeId>(now);
    let sensor = sensor(ports.records, caller, sensor_id).await?;
    if let Some(made) = ports.records.get::<PendingChange>(caller.scope, id).await? {
        // The same request was made before.
        return Ok(shown(&made));
    }
    let invalid = |error: freshtrack_domain::network::InvalidChange| Refusal::invalid(format!("{error}."));
    input.change.check().map_err(invalid)?;
    let wait = wait_of(input.timeout_hours).map_err(invalid)?;
    is_understood(&sensor.record.model, &input.change, now)?;
    let device = ports
        .records
        .get::<NetworkDevice>(caller.scope, sensor_id)
        .await?;
    let device = device.filter(|device| device.record.registered).ok_or_else(|| {
        Refusal::new(
            ProblemCode::Conflict,
            "The sensor is registered through no connection of the organization, so nothing can be sent to it.",
        )
    })?;
    let all = ports.records.all::<PendingChange>(caller.scope).await?;
    let open = all
        .iter()
        .filter(|other| other.record.sensor_id == sensor_id && other.record.is_open());
    if open.count() >= MOST_OPEN {
        return Err(Refusal::new(
            ProblemCode::Conflict,
            format!("{MOST_OPEN} changes are on their way to this sensor. Wait until it has been heard."),
        )
        .into());
    }
    let asked_at = ports.ids.moment(now);
    let pending = PendingChange {
        id,
        sensor_id,
        dev_eui: device.record.dev_eui,
        network_id: device.record.network_id,
        change: input.change,
        state: ChangeState::Queued,
        attempts: Attempts::default(),
        setback: None,
        asked_at,
        asked_by: caller.actor.id.clone(),
        times_out_at: asked_at + wait,
        sent_at: None,
        ended_at: None,
    };
    let change = Change::new(caller.scope, &caller.actor, "sensor.change_asked", sensor_id)
        .detail("change", id)
        .detail("type", pending.change.name())
        .insert(&pending)?
        .publish(change_due(caller.scope.org_id(), &pending, 1, now));
    ports.registry().commit(change).await?;
    Ok(shown(&Stored {
        record: pending,
        rev: 1,
    }))
}

/// The changes of one sensor, the newest first.
///
/// # Errors
/// Refused when there is no such sensor or page.
pub async fn list_changes(
    ports: &Networks<'_>,
    caller: &Caller,
    sensor_id: SensorId,
    request: &PageRequest,
) -> Result<Page<ChangeView>, Failure> {
    sensor(ports.records, caller, sensor_id).await?;
    let wanted = |change: &PendingChange| change.sensor_id == sensor_id;
    let page =
        page_of::<PendingChange>(ports.records, caller.scope, request, Order::NewestFirst, wanted).await?;
    Ok(page.map(|stored| view(&stored.record)))
}

/// Takes a change back that the network server does not have yet. Taking it back again changes nothing.
///
/// # Errors
/// Refused when there is none, and when it was sent: nobody gets it back from there.
pub async fn cancel_change(
    ports: &Networks<'_>,
    caller: &Caller,
    sensor_id: SensorId,
    id: PendingChangeId,
) -> Result<(), Failure> {
    sensor(ports.records, caller, sensor_id).await?;
    let stored = ports.records.get::<PendingChange>(caller.scope, id).await?;
    let Stored { mut record, rev } = stored
        .filter(|stored| stored.record.sensor_id == sensor_id)
        .ok_or_else(|| Refusal::not_found("change of the sensor"))?;
    let now = ports.clock.now();
    match record.state {
        ChangeState::Canceled => return Ok(()),
        ChangeState::Queued if !record.attempts.is_at_work(now) => {}
        _ => {
            return Err(Refusal::new(
                ProblemCode::Conflict,
                "The change was sent or has ended: it cannot be taken back. Send one that undoes it.",
            )
            .into());
        }
    }
    record.end(ChangeState::Canceled, now);
    let change = Change::new(caller.scope, &caller.actor, "sensor.change_canceled", sensor_id)
        .detail("change", id)
        .replace(&record, rev)?;
    ports.registry().commit(change).await
}

fn is_understood(model: &str, change: &SettingChange, now: Timestamp) -> Result<(), Refusal> {
    let understood =
        decoders::find(model).is_some_and(|model| decoders::downlink(model, change, now).is_some());
    if understood {
        Ok(())
    } else {
        Err(Refusal::invalid(format!(
            "A {model} does not understand {}. If its manual says how, send the bytes as `raw`.",
            change.name()
        )))
    }
}

/// That something is to be done with `change`, whose revision is `rev`.
pub(super) fn change_due(org_id: OrgId, change: &PendingChange, rev: u64, now: Timestamp) -> Event {
    let what = Happening::NetworkChangeDue { change_id: change.id };
    let id = format!("{}:{}:{rev}@{}", change.id, what.detail_type(), now.as_millis());
    Event::of_record(org_id, id, now.into(), what)
}

fn shown(stored: &Stored<PendingChange>) -> At<ChangeView> {
    At {
        view: view(&stored.record),
        rev: stored.rev,
    }
}

fn view(change: &PendingChange) -> ChangeView {
    ChangeView {
        id: change.id,
        sensor_id: change.sensor_id,
        change: change.change.clone(),
        state: change.state,
        attempts: change.attempts.made,
        setback: change.setback.as_ref().map(setback_view),
        asked_at: change.asked_at.into(),
        asked_by: change.asked_by.clone(),
        times_out_at: change.times_out_at.into(),
        sent_at: change.sent_at.map(Into::into),
        ended_at: change.ended_at.map(Into::into),
    }
}
