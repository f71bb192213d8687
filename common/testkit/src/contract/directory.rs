use super::{assert_conflict, minute};
use crate::{Kitchen, fresh_id};
use freshtrack_application::OrgScope;
use freshtrack_application::ports::{Devices, Organizations, Places, PlacesOfOrg, RawRecord, Records, Step};
use freshtrack_domain::device::Sensor;
use freshtrack_domain::measurement::{CentiCelsius, MeasurementSource};

/// Finds sensors of the asking organization, and gives a DevEUI to one sensor only.
pub async fn devices(organizations: &dyn Organizations, devices: &dyn Devices) {
    let kitchen = Kitchen::new(2);
    let (scope, other) = (kitchen.scope(), Kitchen::new(2));
    let [first, second] = <[Sensor; 2]>::try_from(kitchen.sensors.clone()).unwrap();
    assert_eq!(devices.by_eui(scope, first.dev_eui).await.unwrap(), None);
    organizations.put_sensor(&first).await.unwrap();
    organizations.put_sensor(&second).await.unwrap();
    // Before anything is looked up, since an answer may be some minutes old.
    let moved = Sensor {
        unit_id: fresh_id(),
        source: MeasurementSource::Probe,
        primary: false,
        temperature_offset: CentiCelsius(-25),
        ..second
    };
    organizations.put_sensor(&moved).await.unwrap();
    let exchanged = moved;
    let moved = Sensor {
        dev_eui: other.sensors[1].dev_eui,
        ..exchanged.clone()
    };
    organizations.put_sensor(&moved).await.unwrap();
    assert_eq!(
        devices.by_eui(scope, exchanged.dev_eui).await.unwrap(),
        None,
        "the device that was exchanged"
    );
    let heir = Sensor {
        dev_eui: exchanged.dev_eui,
        ..other.sensors[1].clone()
    };
    organizations.put_sensor(&heir).await.unwrap();
    for sensor in [&first, &moved] {
        assert_eq!(
            devices.by_eui(scope, sensor.dev_eui).await.unwrap().as_ref(),
            Some(sensor)
        );
        assert_eq!(
            devices.by_id(scope, sensor.id).await.unwrap().as_ref(),
            Some(sensor)
        );
    }
    assert_eq!(
        devices.by_eui(other.scope(), first.dev_eui).await.unwrap(),
        None,
        "another organization's"
    );
    assert_eq!(
        devices.by_id(other.scope(), first.id).await.unwrap(),
        None,
        "another organization's"
    );
    assert_eq!(devices.by_id(scope, fresh_id()).await.unwrap(), None);

    let twin = Sensor {
        id: fresh_id(),
        ..first.clone()
    };
    assert_conflict(
        organizations.put_sensor(&twin).await,
        "two sensors with one DevEUI",
    );
    let stolen = Sensor {
        dev_eui: first.dev_eui,
        ..other.sensors[0].clone()
    };
    assert_conflict(
        organizations.put_sensor(&stolen).await,
        "a DevEUI of another organization",
    );
    let renamed = Sensor {
        org_id: other.org_id,
        ..first.clone()
    };
    assert_conflict(
        organizations.put_sensor(&renamed).await,
        "a whole sensor of another organization",
    );
    assert_eq!(
        devices.by_id(other.scope(), first.id).await.unwrap(),
        None,
        "all of it or nothing"
    );
    organizations.put_sensor(&first).await.unwrap();
    assert_eq!(devices.by_eui(scope, first.dev_eui).await.unwrap(), Some(first));
}

/// Keeps places and brings them up to date.
pub async fn places(organizations: &dyn Organizations, places: &dyn Places, records: &dyn Records) {
    let kitchen = Kitchen::new(3);
    let scope = kitchen.scope();
    assert_eq!(places.all(scope).await.unwrap(), None);
    let mut expected = sorted(kitchen.places());
    let organization = |places: &PlacesOfOrg| RawRecord::of(&places.organization).unwrap();
    let create = Step::Insert(scope.into(), organization(&expected));
    records.commit(&[create], &[], minute(0)).await.unwrap();
    organizations.put_places(&expected).await.unwrap();
    assert_eq!(
        places.all(scope).await.unwrap().map(sorted).as_ref(),
        Some(&expected)
    );
    expected.units[1].name = freshtrack_domain::text::Name::new("Walk-in").unwrap();
    expected.organization.name = freshtrack_domain::text::Name::new("Harbour Bistro & Bar").unwrap();
    let rename = Step::Replace(scope.into(), organization(&expected), 1);
    records.commit(&[rename], &[], minute(1)).await.unwrap();
    organizations.put_places(&expected).await.unwrap();
    assert_eq!(places.all(scope).await.unwrap().map(sorted), Some(expected));
    assert_eq!(places.all(OrgScope::granted(fresh_id())).await.unwrap(), None);
}

fn sorted(mut places: PlacesOfOrg) -> PlacesOfOrg {
    places.units.sort_by_key(|unit| unit.id);
    places
}
