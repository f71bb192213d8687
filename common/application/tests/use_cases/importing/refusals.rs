//! Documents that contradict themselves, and what is another organization's.

use super::{all, import, key, refusal_of, refused, secret};
use crate::support::minute;
use freshtrack_application::organizations::authorize_access_key;
use freshtrack_application::ports::{Devices, UnitStates};
use freshtrack_contracts::organization::{OrganizationDocument, SensorDocument};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::access::Right;
use freshtrack_domain::place::{Organization, Site};
use freshtrack_testkit::{Kitchen, World};

/// A sensor that drives its unit, unless it is told otherwise.
fn another_sensor() -> SensorDocument {
    Kitchen::new(1).document().sites[0].areas[0].units[0].sensors[0].clone()
}

#[tokio::test]
async fn a_document_that_makes_no_sense_changes_nothing() {
    type Spoil = fn(&mut OrganizationDocument);
    let spoilt: [(&str, &str, Spoil); 15] = [
        ("time zone", "sites[0].time_zone", |document| {
            document.sites[0].time_zone = "America/Nowhere".to_owned();
        }),
        ("name", "sites[0].areas[0].units[0].name", |document| {
            document.sites[0].areas[0].units[0].name = String::new()
        }),
        ("high_c", "sites[0].areas[0].units[0]", |document| {
            document.sites[0].areas[0].units[0].high_c = Some(f64::INFINITY)
        }),
        ("limit", "sites[0].areas[0].units[0]", |document| {
            document.sites[0].areas[0].units[0].low_c = Some(30.0)
        }),
        (
            "sensor",
            "sites[0].areas[0].units[0].sensors[0].dev_eui",
            |document| {
                document.sites[0].areas[0].units[0].sensors[0].dev_eui = "A84041".to_owned();
            },
        ),
        (
            "offset_c",
            "sites[0].areas[0].units[0].sensors[0].offset_c",
            |document| {
                document.sites[0].areas[0].units[0].sensors[0].offset_c = Some(f64::NAN);
            },
        ),
        ("access key", "access_keys[0]", |document| {
            document.access_keys = vec![key(1, &[Right::Ingest])];
            document.access_keys[0].secret = "ftk_guess".to_owned();
        }),
        ("for people only", "access_keys[0]", |document| {
            document.access_keys = vec![key(1, &[Right::ManageMembers])]
        }),
        ("twice", "sites[0].areas[0].units[1]", |document| {
            let units = &mut document.sites[0].areas[0].units;
            units[1].id = units[0].id;
        }),
        ("twice", "sites[0].areas[0].units[1].name", |document| {
            let units = &mut document.sites[0].areas[0].units;
            units[1].name = units[0].name.to_uppercase();
        }),
        (
            "twice",
            "sites[0].areas[0].units[1].sensors[0].dev_eui",
            |document| {
                let units = &mut document.sites[0].areas[0].units;
                units[1].sensors[0].dev_eui = units[0].sensors[0].dev_eui.to_lowercase();
            },
        ),
        ("twice", "access_keys[1].secret", |document| {
            document.access_keys = vec![key(1, &[Right::Ingest]), key(1, &[Right::Ingest])];
        }),
        (
            "One sensor drives",
            "sites[0].areas[0].units[0].sensors[1].primary",
            |document| {
                document.sites[0].areas[0].units[0].sensors.push(another_sensor());
            },
        ),
        (
            "twice",
            "sites[0].areas[0].units[0].sensors[1].dev_eui",
            |document| {
                let sensors = &mut document.sites[0].areas[0].units[0].sensors;
                let dev_eui = sensors[0].dev_eui.clone();
                sensors.push(SensorDocument {
                    dev_eui,
                    ..another_sensor()
                });
            },
        ),
        ("at most 8", "sites[0].areas[0].units[1].sensors[8]", |document| {
            let more = (0..8).map(|_| SensorDocument {
                primary: Some(false),
                ..another_sensor()
            });
            document.sites[0].areas[0].units[1].sensors.extend(more);
        }),
    ];
    for (wrong, path, spoil) in spoilt {
        let (world, kitchen) = (World::at(minute(0)), Kitchen::new(2));
        let mut document = kitchen.document();
        spoil(&mut document);
        let refusal = refused(import(&world, document).await);
        assert_eq!(refusal.code, ProblemCode::InvalidRequest, "{refusal}");
        assert!(refusal.detail.contains(wrong), "{wrong}: {refusal}");
        assert_eq!(refusal.field.as_deref(), Some(path), "{wrong}");
        let scope = kitchen.scope();
        assert_eq!(all::<Organization>(&world, scope).await, [], "{wrong}");
        assert_eq!(all::<Site>(&world, scope).await, [], "{wrong}");
        assert_eq!(
            UnitStates::list(&world.memory, scope).await.unwrap(),
            [],
            "{wrong}"
        );
        // Nothing stands in the way of the document as it should be.
        import(&world, kitchen.document()).await.unwrap();
    }
}

#[tokio::test]
async fn what_belongs_to_another_organization_is_not_taken_from_it() {
    let world = World::at(minute(0));
    let (ours, theirs) = (Kitchen::new(1), Kitchen::new(1));
    let mut document = theirs.document();
    document.access_keys = vec![key(1, &[Right::Ingest])];
    import(&world, document).await.unwrap();

    let mut stealing = ours.document();
    stealing.sites[0].areas[0].units[0].sensors[0].dev_eui = theirs.sensors[0].dev_eui.to_string();
    let (code, detail) = refusal_of(import(&world, stealing).await);
    assert_eq!(code, ProblemCode::Conflict);
    assert!(
        detail.contains(&theirs.sensors[0].dev_eui.to_string()),
        "{detail}"
    );
    let mut stealing = ours.document();
    stealing.access_keys = vec![key(1, &[Right::Ingest])];
    assert_eq!(
        refusal_of(import(&world, stealing).await).0,
        ProblemCode::Conflict
    );

    let found = world
        .records
        .by_eui(theirs.scope(), theirs.sensors[0].dev_eui)
        .await
        .unwrap();
    assert_eq!(
        found.map(|sensor| sensor.unit_id),
        Some(theirs.sensors[0].unit_id)
    );
    let caller = authorize_access_key(&world.records, &world.clock, &secret(1))
        .await
        .unwrap();
    assert_eq!(caller.unwrap().scope, theirs.scope());
}
