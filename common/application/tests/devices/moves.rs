//! A frame counts where its sensor is at that moment, whatever a process remembers of it.

use crate::support::{Depot, EUI, code, sensor};
use freshtrack_application::devices::{assign_sensor, replace_sensor, retire_sensor, unassign_sensor};
use freshtrack_application::places::{delete_place, purge_place};
use freshtrack_application::ports::Clock;
use freshtrack_application::{Actor, Change, Registry, SetUp};
use freshtrack_contracts::devices::{AssignSensor, RegisterSensor, ReplaceSensor, UpdateSensor};
use freshtrack_contracts::events::PlaceId;
use freshtrack_contracts::ingest::ItemStatus;
use freshtrack_contracts::places::Patch;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::device::{DevEui, JoinEui, Sensor, SensorStatus};
use freshtrack_domain::ids::{SensorId, UnitId};
use freshtrack_domain::network::{Job, JobKind, NetworkDevice, RemovalReason};
use freshtrack_domain::text::Name;
use freshtrack_testkit::{SeededIds, Work, fresh_id, interleaved, killed_after};

const HEIR: DevEui = DevEui(0xA840_4100_0018_2C3E);

fn to(unit_id: UnitId) -> AssignSensor {
    AssignSensor {
        unit_id,
        primary: None,
    }
}

fn by(dev_eui: DevEui) -> ReplaceSensor {
    ReplaceSensor {
        dev_eui,
        join_eui: None,
        app_key: None,
        model: None,
    }
}

impl Depot {
    async fn driving(&self, number: usize) -> Vec<SensorId> {
        let sensors = self.records().all::<Sensor>(self.kitchen.scope()).await.unwrap();
        let driving = sensors.into_iter().map(|stored| stored.record);
        driving
            .filter(|sensor| sensor.primary && sensor.unit_id == Some(self.unit(number)))
            .map(|sensor| sensor.id)
            .collect()
    }
}

#[tokio::test]
async fn after_a_move_the_next_frame_is_of_the_new_unit() {
    let depot = Depot::new(2).await;
    let id = depot.fitted(0).await.id;
    assert_eq!(depot.frame(EUI, 1, 350).await, ItemStatus::Accepted);
    let moved = assign_sensor(&depot.set_up(), &depot.owner(), id, to(depot.unit(1)))
        .await
        .unwrap();
    assert_eq!(
        (moved.view.unit_id, moved.view.status),
        (Some(depot.unit(1)), SensorStatus::Pending)
    );
    assert_eq!(depot.frame(EUI, 2, 360).await, ItemStatus::Accepted);
    assert_eq!(
        (depot.readings(0).await.len(), depot.readings(1).await.len()),
        (1, 1)
    );
    assert_eq!(depot.readings(1).await[0].temperature_c, Some(3.6));
    assert_eq!(
        depot
            .state(0)
            .await
            .state
            .last
            .map(|last| last.temperature.celsius()),
        None
    );

    let back = assign_sensor(&depot.set_up(), &depot.owner(), id, to(depot.unit(0)))
        .await
        .unwrap();
    assert_eq!(back.view.unit_id, Some(depot.unit(0)));
    assert_eq!(depot.frame(EUI, 3, 370).await, ItemStatus::Accepted);
    assert_eq!(
        (depot.readings(0).await.len(), depot.readings(1).await.len()),
        (2, 1)
    );
    let again = assign_sensor(&depot.set_up(), &depot.owner(), id, to(depot.unit(0)))
        .await
        .unwrap();
    assert_eq!(again.rev, back.rev, "it is there already");
}

#[tokio::test]
async fn a_move_that_died_half_way_is_finished_by_its_event() {
    for calls in 0..60 {
        let depot = Depot::new(2).await;
        let id = depot.fitted(0).await.id;
        assert_eq!(depot.frame(EUI, 1, 350).await, ItemStatus::Accepted);
        depot.follow().await;
        let (set_up, owner) = (depot.set_up(), depot.owner());
        let answer = killed_after(calls, assign_sensor(&set_up, &owner, id, to(depot.unit(1))));
        depot.follow().await;
        let unit = usize::from(depot.stored(id).await.unit_id == Some(depot.unit(1)));
        assert_eq!(depot.frame(EUI, 2, 360).await, ItemStatus::Accepted);
        let counts = [depot.readings(0).await.len(), depot.readings(1).await.len()];
        assert_eq!(
            counts,
            if unit == 1 { [1, 1] } else { [2, 0] },
            "after {calls} calls"
        );
        if answer.is_some() {
            assert_eq!(unit, 1);
            return;
        }
    }
    panic!("it never ended");
}

#[tokio::test]
async fn a_unit_is_driven_by_one_sensor_and_keeps_one() {
    let depot = Depot::new(2).await;
    let (brought, second) = (depot.brought_in(0), depot.fitted(0).await.id);
    assert_eq!(depot.driving(0).await, [brought], "the one that was there");
    assert_eq!(depot.frame(EUI, 1, 720).await, ItemStatus::Accepted);
    assert_eq!(depot.state(0).await.state.last, None, "seen, and not judged by");

    let primary = |wanted| UpdateSensor {
        primary: Some(wanted),
        ..UpdateSensor::default()
    };
    let update = |id, input| depot.update(id, None, input);
    assert!(update(second, primary(true)).await.unwrap().view.primary);
    assert_eq!(depot.driving(0).await, [second]);
    assert_eq!(depot.frame(EUI, 2, 360).await, ItemStatus::Accepted);
    assert_eq!(
        depot.state(0).await.state.last.unwrap().temperature.0,
        360,
        "and now it is"
    );
    assert_eq!(code(update(second, primary(false)).await), ProblemCode::Conflict);

    assign_sensor(&depot.set_up(), &depot.owner(), second, to(depot.unit(1)))
        .await
        .unwrap();
    assert_eq!(depot.driving(0).await, [brought], "it does again");
    assert_eq!(depot.driving(1).await, [depot.brought_in(1)]);
    retire_sensor(&depot.set_up(), &depot.owner(), depot.brought_in(1))
        .await
        .unwrap();
    assert_eq!(depot.driving(1).await, [second]);
}

#[tokio::test]
async fn of_two_changes_of_a_sensor_at_the_same_time_none_is_lost() {
    for turns in 0..40 {
        let depot = Depot::new(1).await;
        let (brought, second) = (depot.brought_in(0), depot.fitted(0).await.id);
        let named = UpdateSensor {
            name: Patch::Set(Name::new("Door side").unwrap()),
            ..UpdateSensor::default()
        };
        let drives = UpdateSensor {
            primary: Some(true),
            ..UpdateSensor::default()
        };
        let work: Vec<Work<'_, ()>> = vec![
            Box::pin(async { drop(depot.update(brought, None, named).await.unwrap()) }),
            Box::pin(async { drop(depot.update(second, None, drives).await.unwrap()) }),
        ];
        interleaved(work, std::iter::repeat_n(0, turns).chain([1; 60]));
        assert_eq!(depot.driving(0).await, [second], "after {turns} turns");
        let name = depot.stored(brought).await.name;
        assert_eq!(
            name.as_ref().map(Name::as_str),
            Some("Door side"),
            "after {turns} turns"
        );
    }
}

#[tokio::test]
async fn a_thermometer_drives_where_only_a_door_is_watched() {
    let depot = Depot::new(1).await;
    retire_sensor(&depot.set_up(), &depot.owner(), depot.brought_in(0))
        .await
        .unwrap();
    let door = RegisterSensor {
        model: "dragino-lds02".to_owned(),
        ..sensor(HEIR, Some(depot.unit(0)))
    };
    let door = depot.register(door).await.unwrap();
    assert!(door.primary, "there is no other");
    let thermometer = depot.fitted(0).await;
    assert!(thermometer.primary);
    assert!(!depot.sensor(door.id).await.primary);
    let interval = depot.state(0).await.state.overrides.report_interval;
    assert_eq!(
        interval.map(|interval| interval.as_minutes()),
        Some(10),
        "the thermometer's"
    );
    let word = depot.state(0).await.state.overrides.door_interval;
    assert_eq!(word.map(|word| word.as_minutes()), Some(120), "the contact's");
}

#[tokio::test]
async fn what_comes_of_a_sensor_without_a_unit_waits_for_one() {
    let depot = Depot::new(2).await;
    let id = depot.fitted(0).await.id;
    assert_eq!(depot.frame(EUI, 1, 350).await, ItemStatus::Accepted);
    let loose = unassign_sensor(&depot.set_up(), &depot.owner(), id)
        .await
        .unwrap();
    assert_eq!(
        (loose.view.unit_id, loose.view.status),
        (None, SensorStatus::Unassigned)
    );
    for count in 2..5 {
        assert_eq!(depot.frame(EUI, count, 350).await, ItemStatus::Quarantined);
    }
    depot.follow().await;
    assert_eq!(depot.readings(0).await.len(), 1);
    assign_sensor(&depot.set_up(), &depot.owner(), id, to(depot.unit(1)))
        .await
        .unwrap();
    depot.follow().await;
    assert_eq!(depot.readings(1).await.len(), 3, "all that was kept");
    assert_eq!(depot.sensor(id).await.status, SensorStatus::Online);
    let restricted = depot.of_site(depot.kitchen.site_id);
    let refused = unassign_sensor(&depot.set_up(), &restricted, id).await;
    assert_eq!(code(refused), ProblemCode::MissingRight);
}

#[tokio::test]
async fn another_device_takes_the_place_of_a_sensor() {
    let depot = Depot::new(1).await;
    let old = depot.brought_in(0);
    let old_eui = depot.kitchen.sensors[0].dev_eui;
    assert_eq!(depot.frame(old_eui, 1, 350).await, ItemStatus::Accepted);
    let (ids, asked_at) = (SeededIds::new(7), depot.world.clock.now());
    let set_up = depot.set_up_with(&ids);
    let heir = replace_sensor(&set_up, &depot.vault, &depot.owner(), old, by(HEIR))
        .await
        .unwrap()
        .view;
    assert_eq!(
        (heir.unit_id, heir.primary, heir.replaces),
        (Some(depot.unit(0)), true, Some(old))
    );
    assert_eq!(heir.report_interval_seconds, 300, "as the old one was set");
    let retired = depot.sensor(old).await;
    assert_eq!(retired.status, SensorStatus::Retired);
    let history = retired.retired.unwrap();
    assert_eq!(
        (history.replaced_by, history.by.as_str()),
        (Some(heir.id), "usr_somebody")
    );
    assert_eq!(retired.unit_id, Some(depot.unit(0)), "where it measured");

    assert_eq!(depot.frame(old_eui, 2, 350).await, ItemStatus::Quarantined);
    assert_eq!(depot.frame(HEIR, 3, 360).await, ItemStatus::Accepted);
    let readings = depot.readings(0).await;
    let sensors: Vec<SensorId> = readings.iter().map(|reading| reading.sensor_id).collect();
    assert_eq!(sensors, [old, heir.id], "history keeps its source");
    assert_eq!(depot.state(0).await.state.last.unwrap().temperature.0, 360);

    depot.world.clock.set(asked_at);
    let again = SeededIds::new(7);
    let repeated = replace_sensor(
        &depot.set_up_with(&again),
        &depot.vault,
        &depot.owner(),
        old,
        by(HEIR),
    )
    .await;
    assert_eq!(
        repeated.unwrap().view.id,
        heir.id,
        "the same request, the same heir"
    );
    let of_retired = replace_sensor(&depot.set_up(), &depot.vault, &depot.owner(), old, by(DevEui(5))).await;
    assert_eq!(code(of_retired), ProblemCode::Conflict);
    let by_itself = replace_sensor(&depot.set_up(), &depot.vault, &depot.owner(), heir.id, by(HEIR)).await;
    assert_eq!(code(by_itself), ProblemCode::Conflict);
}

#[tokio::test]
async fn a_retired_sensor_is_heard_no_more() {
    let depot = Depot::new(1).await;
    let id = depot.fitted(0).await.id;
    assert_eq!(depot.frame(EUI, 1, 350).await, ItemStatus::Accepted);
    retire_sensor(&depot.set_up(), &depot.owner(), id).await.unwrap();
    assert_eq!(depot.frame(EUI, 2, 350).await, ItemStatus::Quarantined);
    assert_eq!(depot.readings(0).await.len(), 1);
    let moved = assign_sensor(&depot.set_up(), &depot.owner(), id, to(depot.unit(0))).await;
    assert_eq!(code(moved), ProblemCode::Conflict);
}

#[tokio::test]
async fn no_sensor_measures_a_unit_that_is_gone_for_good() {
    let depot = Depot::new(2).await;
    let id = depot.fitted(0).await.id;
    assert_eq!(depot.frame(EUI, 1, 350).await, ItemStatus::Accepted);
    let set_up = SetUp {
        records: &depot.world.records,
        states: &depot.world.memory,
        ids: &depot.world.ids,
        clock: &depot.world.clock,
    };
    let place = PlaceId::Unit(depot.unit(0));
    delete_place(&set_up, &depot.owner(), place).await.unwrap();
    depot.follow().await;
    assert_eq!(
        depot.stored(id).await.unit_id,
        Some(depot.unit(0)),
        "it may be restored"
    );
    assert_eq!(
        depot.frame(EUI, 2, 350).await,
        ItemStatus::Accepted,
        "and what is measured is kept"
    );
    let registered = NetworkDevice {
        sensor_id: id,
        network_id: fresh_id(),
        dev_eui: EUI,
        join_eui: JoinEui(1),
        registered: true,
        obstacle: None,
        job_id: fresh_id(),
    };
    let scope = depot.kitchen.scope();
    let registry = Registry {
        records: &depot.world.records,
        clock: &depot.world.clock,
    };
    let change = Change::new(scope, &Actor::new("usr_somebody"), "sensor.provisioned", id);
    registry
        .commit(change.insert(&registered).unwrap())
        .await
        .unwrap();
    let removals = async || depot.records().all::<Job>(scope).await.unwrap();
    assert!(removals().await.is_empty(), "it may be restored");
    purge_place(&set_up, &depot.owner(), place).await.unwrap();
    let events = depot.world.records.take_outbox();
    depot.told(&events).await;
    depot.follow().await;
    depot.told(&events).await;
    assert_eq!(depot.stored(id).await.unit_id, None);
    let removals = removals().await;
    assert_eq!(removals.len(), 1, "told twice, asked for once");
    let removal = &removals[0].record;
    assert_eq!(
        (removal.kind, removal.reason),
        (JobKind::Deprovision, Some(RemovalReason::UnitDeleted))
    );
    assert_eq!(depot.frame(EUI, 3, 350).await, ItemStatus::Quarantined);
    assert_eq!(
        depot.stored(depot.brought_in(1)).await.unit_id,
        Some(depot.unit(1)),
        "not its business"
    );
}
