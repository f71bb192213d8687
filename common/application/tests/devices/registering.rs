//! A DevEUI has one sensor, whoever asks, how often and at the same time as whom.

use crate::support::{Depot, EUI, caller, code, minute, refused, sensor};
use freshtrack_application::devices::{
    SensorQuery, app_key, get_sensor, list_sensors, register_sensor, retire_sensor,
};
use freshtrack_application::ports::Records;
use freshtrack_application::{PageRequest, PortErrorKind};
use freshtrack_contracts::devices::{RegisterSensor, UpdateSensor};
use freshtrack_contracts::ingest::ItemStatus;
use freshtrack_contracts::places::Patch;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::access::{Role, Sites};
use freshtrack_domain::device::{DevEui, Sensor, SensorStatus};
use freshtrack_domain::ids::SensorId;
use freshtrack_domain::measurement::MeasurementSource;
use freshtrack_domain::text::Name;
use freshtrack_testkit::{MemoryVault, SeededIds, Work, fresh_id, interleaved, killed_after};

#[tokio::test]
async fn a_registered_sensor_measures_its_unit_and_shows_how_it_is() {
    let depot = Depot::new(2).await;
    let shown = depot.fitted(1).await;
    assert_eq!(shown.dev_eui, "A840410000182C3D");
    assert_eq!(shown.name, shown.dev_eui, "until somebody names it");
    assert_eq!((shown.status, shown.seen_at), (SensorStatus::Pending, None));
    assert_eq!(shown.site_id, Some(depot.kitchen.site_id));
    assert_eq!(shown.report_interval_seconds, 600, "its model's");

    assert_eq!(depot.frame(EUI, 1, 350).await, ItemStatus::Accepted);
    let readings = depot.readings(1).await;
    assert_eq!(readings.len(), 1);
    assert_eq!(
        (readings[0].sensor_id, readings[0].temperature_c),
        (shown.id, Some(3.5))
    );
    let heard = depot.sensor(shown.id).await;
    assert_eq!(
        (
            heard.status,
            heard.seen_at.map(|at| at.0),
            heard.battery_percent,
            heard.rssi_dbm
        ),
        (SensorStatus::Online, Some(minute(10)), Some(100), Some(-97))
    );
    depot.world.clock.set(minute(36));
    assert_eq!(depot.sensor(shown.id).await.status, SensorStatus::Stale);
    depot.world.clock.set(minute(61));
    assert_eq!(depot.sensor(shown.id).await.status, SensorStatus::Offline);
}

#[tokio::test]
async fn a_dev_eui_is_registered_once_and_nobody_learns_where() {
    let (depot, rival) = (Depot::new(1).await, fresh_id());
    let fitted = RegisterSensor {
        primary: Some(true),
        ..sensor(EUI, Some(depot.unit(0)))
    };
    let registered = depot.register(fitted.clone()).await.unwrap();
    let again = refused(depot.register(sensor(EUI, None)).await);
    let instead = refused(depot.register(fitted).await);
    assert_eq!(
        instead, again,
        "also where it would drive the unit in its own place"
    );
    let rival = caller(rival, Role::Owner, Sites::All);
    let abroad = refused(register_sensor(&depot.set_up(), &depot.vault, &rival, sensor(EUI, None)).await);
    assert_eq!(again.code, ProblemCode::Conflict);
    assert_eq!(again, abroad, "the same answer, whoever has it");

    let retired = retire_sensor(&depot.set_up(), &depot.owner(), registered.id)
        .await
        .unwrap();
    assert_eq!(retired.view.status, SensorStatus::Retired);
    let twice = retire_sensor(&depot.set_up(), &depot.owner(), registered.id)
        .await
        .unwrap();
    assert_eq!(twice, retired, "retiring it again changes nothing");
    register_sensor(&depot.set_up(), &depot.vault, &rival, sensor(EUI, None))
        .await
        .expect("it is free");
    let back = depot.register(sensor(EUI, None)).await;
    assert_eq!(code(back), ProblemCode::Conflict);
}

#[tokio::test]
async fn of_two_organizations_that_register_a_device_at_once_one_has_it() {
    for seed in 0..60_usize {
        let depot = Depot::new(1).await;
        let (one, other) = (SeededIds::new(7), SeededIds::new(8));
        let (home, away) = (depot.owner(), caller(fresh_id(), Role::Owner, Sites::All));
        let (first, second) = (depot.set_up_with(&one), depot.set_up_with(&other));
        let work: Vec<Work<'_, _>> = vec![
            Box::pin(register_sensor(&first, &depot.vault, &home, sensor(EUI, None))),
            Box::pin(register_sensor(&second, &depot.vault, &away, sensor(EUI, None))),
        ];
        let turns = (0..40).map(|turn| (seed >> (turn % 6)) & 1);
        let results = interleaved(work, turns);
        let (won, lost): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
        assert_eq!((won.len(), lost.len()), (1, 1), "{seed}");
        assert_eq!(code(lost.into_iter().next().unwrap()), ProblemCode::Conflict);
    }
}

#[tokio::test]
async fn sensors_that_come_to_a_unit_at_once_leave_it_one_that_drives_it() {
    for seed in 0..60_usize {
        let depot = Depot::new(1).await;
        let (one, other) = (SeededIds::new(7), SeededIds::new(8));
        let owner = depot.owner();
        let (first, second) = (depot.set_up_with(&one), depot.set_up_with(&other));
        let fitted = |eui| RegisterSensor {
            primary: Some(true),
            ..sensor(DevEui(eui), Some(depot.unit(0)))
        };
        let work: Vec<Work<'_, _>> = vec![
            Box::pin(register_sensor(&first, &depot.vault, &owner, fitted(1))),
            Box::pin(register_sensor(&second, &depot.vault, &owner, fitted(2))),
        ];
        let turns = (0..60).map(|turn| (seed >> (turn % 6)) & 1);
        for result in interleaved(work, turns) {
            result.expect("both are registered");
        }
        let sensors = depot
            .records()
            .all::<Sensor>(depot.kitchen.scope())
            .await
            .unwrap();
        let driving = sensors.iter().filter(|stored| stored.record.primary).count();
        assert_eq!((sensors.len(), driving), (3, 1), "{seed}");
    }
}

#[tokio::test]
async fn a_request_that_is_made_again_wherever_it_died_registers_one_sensor() {
    let mut calls = 0;
    loop {
        let depot = Depot::new(1).await;
        let input = || RegisterSensor {
            app_key: Some("000102030405060708090a0b0c0d0e0f".parse().unwrap()),
            ..sensor(EUI, Some(depot.unit(0)))
        };
        let owner = depot.owner();
        let first = SeededIds::new(7);
        let set_up = depot.set_up_with(&first);
        let answer = killed_after(calls, register_sensor(&set_up, &depot.vault, &owner, input()));
        let again = SeededIds::new(7);
        let repeated = register_sensor(&depot.set_up_with(&again), &depot.vault, &owner, input()).await;
        let repeated = repeated.unwrap();
        depot.follow().await;
        let sensors = depot
            .records()
            .all::<Sensor>(depot.kitchen.scope())
            .await
            .unwrap();
        let registered = sensors.iter().filter(|stored| stored.record.dev_eui == EUI);
        assert_eq!(registered.count(), 1, "after {calls} calls");
        assert_eq!(depot.frame(EUI, 1, 350).await, ItemStatus::Accepted);
        if let Some(answer) = answer {
            assert_eq!(answer.unwrap().view, repeated.view);
            break;
        }
        calls += 1;
    }
    assert!(calls > 4, "it was stopped at each of its calls");
}

#[tokio::test]
async fn what_a_model_cannot_do_is_not_set() {
    let depot = Depot::new(1).await;
    let bad = [
        RegisterSensor {
            model: "acme-9000".to_owned(),
            ..sensor(EUI, None)
        },
        RegisterSensor {
            report_interval_seconds: Some(5),
            ..sensor(EUI, None)
        },
        RegisterSensor {
            model: "milesight-em300-th".to_owned(),
            source: MeasurementSource::Probe,
            ..sensor(EUI, None)
        },
    ];
    for input in bad {
        assert_eq!(code(depot.register(input).await), ProblemCode::InvalidRequest);
    }
    assert_eq!(
        code(depot.register(sensor(EUI, Some(fresh_id()))).await),
        ProblemCode::NotFound
    );
}

#[tokio::test]
async fn a_unit_has_eight_sensors_at_most() {
    let depot = Depot::new(1).await;
    for number in 1..8 {
        let input = sensor(DevEui(number), Some(depot.unit(0)));
        depot.register(input).await.unwrap();
    }
    let ninth = depot.register(sensor(DevEui(9), Some(depot.unit(0)))).await;
    assert_eq!(code(ninth), ProblemCode::Conflict);
}

#[tokio::test]
async fn an_app_key_is_sealed_and_shows_four_digits() {
    let depot = Depot::new(1).await;
    let scope = depot.kitchen.scope();
    let input = RegisterSensor {
        app_key: Some("2B7E151628AED2A6ABF7158809CF4F3C".parse().unwrap()),
        ..sensor(EUI, None)
    };
    let registered = depot.register(input).await.unwrap();
    assert_eq!(registered.app_key_last_four.as_deref(), Some("4F3C"));
    let kept = async || {
        app_key(depot.records(), &depot.vault, scope, registered.id)
            .await
            .unwrap()
    };
    assert_eq!(kept().await.unwrap().reveal(), "2B7E151628AED2A6ABF7158809CF4F3C");
    let stored = serde_json::to_string(&depot.stored(registered.id).await).unwrap();
    assert!(!stored.contains("2B7E1516"), "{stored}");

    let update = |input| depot.update(registered.id, None, input);
    let other = UpdateSensor {
        app_key: Patch::Set("00000000000000000000000000001234".parse().unwrap()),
        ..UpdateSensor::default()
    };
    let updated = update(other).await.unwrap().view;
    assert_eq!(updated.app_key_last_four.as_deref(), Some("1234"));
    assert_eq!(kept().await.unwrap().last_four(), "1234");
    depot
        .vault
        .faults
        .fail("vault.seal", PortErrorKind::Unavailable, 1);
    let failed = UpdateSensor {
        app_key: Patch::Set("00000000000000000000000000005678".parse().unwrap()),
        ..UpdateSensor::default()
    };
    assert!(update(failed).await.is_err());
    assert_eq!(kept().await.unwrap().last_four(), "1234", "all of it or nothing");
    retire_sensor(&depot.set_up(), &depot.owner(), registered.id)
        .await
        .unwrap();
    assert_eq!(kept().await, None);
}

#[tokio::test]
async fn who_read_an_older_sensor_decides_anew() {
    let depot = Depot::new(1).await;
    let registered = depot.register(sensor(EUI, None)).await.unwrap();
    let name = |name: &str| UpdateSensor {
        name: Patch::Set(Name::new(name).unwrap()),
        ..UpdateSensor::default()
    };
    let update = |rev, input| depot.update(registered.id, rev, input);
    let renamed = update(Some(1), name("Back wall")).await.unwrap();
    assert_eq!((renamed.view.name.as_str(), renamed.rev), ("Back wall", 2));
    assert_eq!(code(update(Some(1), name("Door")).await), ProblemCode::Stale);
    let same = update(None, name("Back wall")).await.unwrap();
    assert_eq!(same.rev, 2, "nothing changed, so nothing was written");
}

#[tokio::test]
async fn sensors_are_listed_by_place_and_by_how_they_are() {
    let depot = Depot::new(2).await;
    let loose = depot.register(sensor(EUI, None)).await.unwrap().id;
    let gone = depot
        .register(sensor(DevEui(1), Some(depot.unit(0))))
        .await
        .unwrap()
        .id;
    retire_sensor(&depot.set_up(), &depot.owner(), gone)
        .await
        .unwrap();
    let page = PageRequest::default();
    let list = async |caller, query: SensorQuery| -> Vec<SensorId> {
        let page = list_sensors(&depot.set_up(), &caller, &query, &page)
            .await
            .unwrap();
        page.items.into_iter().map(|sensor| sensor.id).collect()
    };
    let brought = [depot.brought_in(0), depot.brought_in(1)];
    let mut all = vec![brought[0], brought[1], loose];
    all.sort();
    assert_eq!(list(depot.owner(), SensorQuery::default()).await, all);
    let of = |status| SensorQuery {
        status: Some(status),
        ..SensorQuery::default()
    };
    assert_eq!(list(depot.owner(), of(SensorStatus::Retired)).await, [gone]);
    assert_eq!(list(depot.owner(), of(SensorStatus::Unassigned)).await, [loose]);
    let of_unit = SensorQuery {
        unit_id: Some(depot.unit(1)),
        ..SensorQuery::default()
    };
    assert_eq!(list(depot.owner(), of_unit).await, [brought[1]]);
    let elsewhere = SensorQuery {
        site_id: Some(fresh_id()),
        ..SensorQuery::default()
    };
    assert_eq!(list(depot.owner(), elsewhere).await, []);

    let mut of_kitchen = brought.to_vec();
    of_kitchen.sort();
    assert_eq!(
        list(depot.member(Role::Viewer, Sites::All), SensorQuery::default()).await,
        of_kitchen,
        "what measures nothing is for those who see to devices"
    );
    assert_eq!(list(depot.of_site(fresh_id()), SensorQuery::default()).await, []);
}

#[tokio::test]
async fn members_of_a_site_see_and_register_what_is_in_it() {
    let depot = Depot::new(1).await;
    let (here, there) = (depot.of_site(depot.kitchen.site_id), depot.of_site(fresh_id()));
    let loose = depot.register(sensor(EUI, None)).await.unwrap().id;
    let brought = depot.brought_in(0);
    assert!(get_sensor(&depot.set_up(), &here, brought).await.is_ok());
    for (caller, id) in [(&there, brought), (&here, loose), (&there, loose)] {
        assert_eq!(
            code(get_sensor(&depot.set_up(), caller, id).await),
            ProblemCode::NotFound
        );
        assert_eq!(
            code(retire_sensor(&depot.set_up(), caller, id).await),
            ProblemCode::NotFound
        );
    }
    let set_up = depot.set_up();
    let register = |caller, unit| register_sensor(&set_up, &depot.vault, caller, sensor(DevEui(3), unit));
    assert_eq!(code(register(&here, None).await), ProblemCode::MissingRight);
    assert_eq!(
        code(register(&there, Some(depot.unit(0))).await),
        ProblemCode::NotFound
    );
    assert!(register(&here, Some(depot.unit(0))).await.is_ok());
    let stranger = caller(fresh_id(), Role::Owner, Sites::All);
    assert_eq!(
        code(get_sensor(&depot.set_up(), &stranger, brought).await),
        ProblemCode::NotFound
    );
}

#[tokio::test]
async fn what_was_done_stands_in_the_audit_log_without_secrets() {
    let depot = Depot::new(1).await;
    let vault = MemoryVault::default();
    let input = RegisterSensor {
        app_key: Some("2B7E151628AED2A6ABF7158809CF4F3C".parse().unwrap()),
        ..sensor(EUI, None)
    };
    let registered = register_sensor(&depot.set_up(), &vault, &depot.owner(), input)
        .await
        .unwrap();
    retire_sensor(&depot.set_up(), &depot.owner(), registered.view.id)
        .await
        .unwrap();
    let records: &dyn Records = depot.records();
    let entries = records
        .all::<freshtrack_domain::audit::ChainedEntry>(depot.kitchen.scope())
        .await
        .unwrap();
    let of_sensor: Vec<_> = entries
        .iter()
        .map(|stored| &stored.record.entry)
        .filter(|entry| entry.target == registered.view.id.to_string())
        .collect();
    let actions: Vec<&str> = of_sensor.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["sensor.registered", "sensor.retired"]);
    assert!(of_sensor.iter().all(|entry| entry.actor == "usr_somebody"));
    let told =
        serde_json::to_string(&entries.iter().map(|stored| &stored.record).collect::<Vec<_>>()).unwrap();
    assert!(!told.contains("4F3C"), "{told}");
}
