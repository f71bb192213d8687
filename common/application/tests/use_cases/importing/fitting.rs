//! Whoever fits sensors to a unit, an operator's document or people: one of them drives it.

use super::{all, import, owner, refused, set_up};
use crate::support::minute;
use freshtrack_application::devices::{assign_sensor, update_sensor};
use freshtrack_contracts::devices::{AssignSensor, UpdateSensor};
use freshtrack_contracts::organization::SensorDocument;
use freshtrack_domain::device::{DevEui, Sensor};
use freshtrack_domain::ids::{SensorId, UnitId};
use freshtrack_testkit::{Kitchen, MemoryVault, Work, World, fresh_id, interleaved};

const HEIR: DevEui = DevEui(0xA840_4100_0018_1061);

fn sensor(dev_eui: DevEui) -> SensorDocument {
    SensorDocument {
        id: fresh_id(),
        dev_eui: dev_eui.to_string(),
        ..Kitchen::new(1).document().sites[0].areas[0].units[0].sensors[0].clone()
    }
}

/// The sensors of `unit`, each with whether it drives.
async fn fitted(world: &World, kitchen: &Kitchen, unit: UnitId) -> Vec<(SensorId, bool)> {
    let sensors = all::<Sensor>(world, kitchen.scope()).await;
    sensors
        .iter()
        .filter(|stored| stored.record.unit_id == Some(unit))
        .map(|stored| (stored.record.id, stored.record.primary))
        .collect()
}

async fn drivers(world: &World, kitchen: &Kitchen, unit: UnitId) -> Vec<SensorId> {
    let fitted = fitted(world, kitchen, unit).await;
    fitted
        .into_iter()
        .filter(|(_, drives)| *drives)
        .map(|(id, _)| id)
        .collect()
}

#[tokio::test]
async fn a_sensor_that_takes_the_place_of_another_drives_the_unit_alone() {
    let (world, kitchen) = (World::at(minute(0)), Kitchen::new(1));
    import(&world, kitchen.document()).await.unwrap();
    let (unit, former) = (kitchen.units()[0], kitchen.sensors[0].id);
    let mut document = kitchen.document();
    document.sites[0].areas[0].units[0].sensors = vec![sensor(HEIR)];
    let heir = document.sites[0].areas[0].units[0].sensors[0].id;
    import(&world, document.clone()).await.unwrap();
    assert_eq!(drivers(&world, &kitchen, unit).await, [heir]);
    assert_eq!(
        fitted(&world, &kitchen, unit).await.len(),
        2,
        "the former one is still there"
    );

    // What people then choose is found by the next change, and by the next import.
    let primary = UpdateSensor {
        primary: Some(true),
        ..UpdateSensor::default()
    };
    let vault = MemoryVault::default();
    update_sensor(&set_up(&world), &vault, &owner(&kitchen), former, None, primary)
        .await
        .unwrap();
    assert_eq!(drivers(&world, &kitchen, unit).await, [former]);
    import(&world, document).await.unwrap();
    assert_eq!(drivers(&world, &kitchen, unit).await, [heir]);
}

#[tokio::test]
async fn a_unit_that_a_sensor_leaves_is_driven_by_another() {
    let (world, kitchen) = (World::at(minute(0)), Kitchen::new(2));
    let mut document = kitchen.document();
    let second = SensorDocument {
        primary: Some(false),
        ..sensor(HEIR)
    };
    document.sites[0].areas[0].units[0].sensors.push(second.clone());
    import(&world, document.clone()).await.unwrap();
    let [first, other] = kitchen.units().try_into().unwrap();
    let units = &mut document.sites[0].areas[0].units;
    let leaving = units[0].sensors.remove(0);
    units[1].sensors.push(SensorDocument {
        primary: Some(false),
        ..leaving
    });
    import(&world, document).await.unwrap();
    assert_eq!(drivers(&world, &kitchen, first).await, [second.id]);
    assert_eq!(drivers(&world, &kitchen, other).await, [kitchen.sensors[1].id]);
    assert_eq!(fitted(&world, &kitchen, other).await.len(), 2);
}

#[tokio::test]
async fn an_import_and_a_person_who_fits_a_sensor_at_the_same_time_leave_one_driver() {
    let mut met = 0;
    for turns in 0..60 {
        let (world, kitchen) = (World::at(minute(0)), Kitchen::new(2));
        import(&world, kitchen.document()).await.unwrap();
        let unit = kitchen.units()[0];
        let mut document = kitchen.document();
        document.sites[0].areas[0].units[0].sensors = vec![sensor(HEIR)];
        let heir = document.sites[0].areas[0].units[0].sensors[0].id;
        let theirs = AssignSensor {
            unit_id: unit,
            primary: Some(true),
        };
        let (set_up, owner, moved) = (set_up(&world), owner(&kitchen), kitchen.sensors[1].id);
        let work: Vec<Work<'_, bool>> = vec![
            Box::pin(async { import(&world, document.clone()).await.is_ok() }),
            Box::pin(async { assign_sensor(&set_up, &owner, moved, theirs).await.is_ok() }),
        ];
        let done = interleaved(work, std::iter::repeat_n(0, turns).chain([1; 20]));
        assert!(done[1], "a person is not told of an import");
        if !done[0] {
            met += 1;
            import(&world, document).await.unwrap();
        }
        let drivers = drivers(&world, &kitchen, unit).await;
        assert!(
            drivers == [heir] || drivers == [moved],
            "{drivers:?} after {turns} turns"
        );
    }
    assert!(met > 0, "they never met");
}

#[tokio::test]
async fn sensors_that_people_fitted_count_when_a_document_brings_more() {
    let (world, kitchen) = (World::at(minute(0)), Kitchen::new(2));
    import(&world, kitchen.document()).await.unwrap();
    let theirs = AssignSensor {
        unit_id: kitchen.units()[0],
        primary: None,
    };
    assign_sensor(&set_up(&world), &owner(&kitchen), kitchen.sensors[1].id, theirs)
        .await
        .unwrap();
    let mut document = kitchen.document();
    document.sites[0].areas[0].units.truncate(1);
    let sensors = &mut document.sites[0].areas[0].units[0].sensors;
    while sensors.len() < 8 {
        let dev_eui = DevEui(HEIR.0 + sensors.len() as u64);
        sensors.push(SensorDocument {
            primary: Some(false),
            ..sensor(dev_eui)
        });
    }
    let refusal = refused(import(&world, document.clone()).await);
    assert_eq!(
        refusal.field.as_deref(),
        Some("sites[0].areas[0].units[0].sensors"),
        "{refusal:?}"
    );
    document.sites[0].areas[0].units[0].sensors.pop();
    import(&world, document.clone()).await.unwrap();

    let sensors = &mut document.sites[0].areas[0].units[0].sensors;
    sensors[6].dev_eui = kitchen.sensors[1].dev_eui.to_string();
    let refusal = refused(import(&world, document).await);
    assert_eq!(
        refusal.field.as_deref(),
        Some("sites[0].areas[0].units[0].sensors[6].dev_eui"),
        "{refusal:?}"
    );
}
