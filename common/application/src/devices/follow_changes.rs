//! What follows from a change of sensors or places: units are told whose readings are theirs, what was kept aside of a
//! sensor is taken in, and no sensor measures a unit that is gone for good, or stays at its network server because of it.

use super::fitting::Refit;
use crate::error::{Failure, PortError};
use crate::networks::Removals;
use crate::places::settle_unit;
use crate::receive_uplinks::ReceiveUplinks;
use crate::registry::{Change, settled};
use crate::scope::{Actor, OrgScope};
use crate::set_up::SetUp;
use freshtrack_contracts::events::{Event, Happening, PlaceId};
use freshtrack_contracts::ingest::ItemStatus;
use freshtrack_domain::device::{DevEui, Gateway, Sensor};
use freshtrack_domain::ids::{SensorId, UnitId};
use freshtrack_domain::network::RemovalReason;
use freshtrack_domain::place::{Area, Site, Unit};
use std::collections::BTreeSet;

/// Who does what follows by itself.
const WORKER: &str = "devices-follow-changes";
/// Frames taken in at once: as many as a unit's log is written for in one go.
const PORTION: usize = 50;

/// Does what follows from `event`; nothing if it is about something else. It may be done again.
///
/// # Errors
/// When not all of it is done: the event will come again.
pub async fn follow_device_change(
    ports: &SetUp<'_>,
    receive: &ReceiveUplinks<'_>,
    event: &Event,
) -> Result<(), Failure> {
    let scope = OrgScope::granted(event.org_id);
    match &event.what {
        Happening::SensorsChanged { sensors, units } => {
            let follow = ports.follow();
            for unit in units {
                settle_unit(&follow, scope, *unit).await?;
            }
            for sensor in sensors {
                take_in(ports, receive, scope, *sensor).await?;
            }
            Ok(())
        }
        Happening::PresenceChanged { place } => free_sensors(ports, scope, *place).await,
        _ => Ok(()),
    }
}

/// Takes in what was kept aside of a sensor, if it measures a unit now.
async fn take_in(
    ports: &SetUp<'_>,
    receive: &ReceiveUplinks<'_>,
    scope: OrgScope,
    id: SensorId,
) -> Result<(), Failure> {
    let sensor = ports.records.get::<Sensor>(scope, id).await?;
    let Some(sensor) = sensor.map(|stored| stored.record) else {
        return Ok(());
    };
    if sensor.unit_id.is_some() {
        replay_device(receive, scope, sensor.dev_eui).await?;
    }
    Ok(())
}

/// Takes in all frames that were kept of a device, oldest first. Those that still cannot be taken stay.
async fn replay_device(
    receive: &ReceiveUplinks<'_>,
    scope: OrgScope,
    dev_eui: DevEui,
) -> Result<(), PortError> {
    let quarantine = receive.quarantine;
    let mut after = None;
    loop {
        let frames = quarantine.of_device(scope, dev_eui, after, PORTION).await?;
        let Some(last) = frames.last().map(|frame| frame.id) else {
            return Ok(());
        };
        after = Some(last);
        let (ids, uplinks): (Vec<_>, Vec<_>) =
            frames.into_iter().map(|frame| (frame.id, frame.uplink)).unzip();
        let report = receive.receive(scope, uplinks).await?;
        for (id, result) in ids.into_iter().zip(report.results) {
            if !matches!(result.status, ItemStatus::Quarantined | ItemStatus::Rejected) {
                quarantine.remove(scope, id).await?;
            }
        }
    }
}

/// Takes the sensors from units that are gone for good with `place`, or were it.
async fn free_sensors(ports: &SetUp<'_>, scope: OrgScope, place: PlaceId) -> Result<(), Failure> {
    let records = ports.records;
    let gone = match place {
        PlaceId::Site(id) => records.get::<Site>(scope, id).await?.is_none(),
        PlaceId::Area(id) => records.get::<Area>(scope, id).await?.is_none(),
        PlaceId::Unit(id) => records.get::<Unit>(scope, id).await?.is_none(),
    };
    if !gone {
        return Ok(());
    }
    let sensors = records.all::<Sensor>(scope).await?;
    let measured: BTreeSet<UnitId> = sensors
        .iter()
        .filter_map(|stored| stored.record.unit_id)
        .filter(|unit| !matches!(place, PlaceId::Unit(id) if id != *unit))
        .collect();
    let mut units = BTreeSet::new();
    for unit_id in measured {
        let unit = records.get::<Unit>(scope, unit_id).await?;
        let within = |unit: &Unit| match place {
            PlaceId::Site(id) => unit.site_id == id,
            PlaceId::Area(id) => unit.area_id == id,
            PlaceId::Unit(id) => unit.id == id,
        };
        // What is in a place that is gone may itself be about to go.
        if unit.is_none_or(|unit| within(&unit.record)) {
            units.insert(unit_id);
        }
    }
    for unit in units {
        settled(|| free(ports, scope, unit, place)).await?;
    }
    if let PlaceId::Site(_) = place {
        settled(|| free_gateways(ports, scope, place)).await?;
    }
    Ok(())
}

async fn free(ports: &SetUp<'_>, scope: OrgScope, unit: UnitId, place: PlaceId) -> Result<(), Failure> {
    let mut refit = Refit::begin(ports.records, scope, [unit]).await?;
    let sensors: Vec<Sensor> = refit.of_unit(unit).cloned().collect();
    let ids: Vec<SensorId> = sensors.iter().map(|sensor| sensor.id).collect();
    for sensor in sensors {
        refit.put(Sensor {
            unit_id: None,
            primary: false,
            ..sensor
        });
    }
    let actor = Actor::new(WORKER);
    let change = Change::new(scope, &actor, "sensor.unassigned", unit).detail("with", place);
    let (mut change, _) = refit.finish(change, ports.clock.now())?;
    // In the same change: whoever finds the sensors free finds their removal asked for, and nobody asks again.
    let removals = Removals {
        records: ports.records,
        ids: ports.ids,
        clock: ports.clock,
    };
    for id in ids {
        if let Some(known) = removals.registration(scope, id).await? {
            let reason = reason_of(place);
            (change, _) = removals.queue(change, scope, &actor, known, reason).await?;
        }
    }
    if change.is_empty() {
        return Ok(());
    }
    ports.registry().commit(change).await
}

/// As what the registrations of sensors are removed that were in `place`. What is gone with an area are its units.
const fn reason_of(place: PlaceId) -> RemovalReason {
    match place {
        PlaceId::Site(_) => RemovalReason::SiteDeleted,
        PlaceId::Area(_) | PlaceId::Unit(_) => RemovalReason::UnitDeleted,
    }
}

/// Takes the gateways from a site that is gone for good.
async fn free_gateways(ports: &SetUp<'_>, scope: OrgScope, site: PlaceId) -> Result<(), Failure> {
    for stored in ports.records.all::<Gateway>(scope).await? {
        let mut gateway = stored.record;
        if gateway.site_id.map(PlaceId::Site) != Some(site) {
            continue;
        }
        gateway.site_id = None;
        let change = Change::new(scope, &Actor::new(WORKER), "gateway.updated", gateway.id)
            .detail("without", site)
            .replace(&gateway, stored.rev)?;
        ports.registry().commit(change).await?;
    }
    Ok(())
}
