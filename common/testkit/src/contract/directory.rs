use super::START;
use crate::{Kitchen, ManualClock, fresh_id, register_sensor};
use freshtrack_application::Failure;
use freshtrack_application::ports::{Devices, Records, SensorKey};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::device::Sensor;
use freshtrack_domain::measurement::{CentiCelsius, MeasurementSource};

/// Finds sensors of the asking organization as they are registered in `records`.
pub async fn devices(records: &dyn Records, devices: &dyn Devices) {
    let clock = ManualClock::at(START);
    let register = async |sensor: &Sensor| register_sensor(records, &clock, sensor).await;
    let kitchen = Kitchen::new(2);
    let (scope, other) = (kitchen.scope(), Kitchen::new(2));
    let [first, second] = <[Sensor; 2]>::try_from(kitchen.sensors.clone()).unwrap();
    assert_eq!(devices.by_eui(scope, first.dev_eui).await.unwrap(), None);
    register(&first).await.unwrap();
    register(&second).await.unwrap();
    // Before anything is looked up, since an answer may be a minute old.
    let moved = Sensor {
        unit_id: Some(fresh_id()),
        source: MeasurementSource::Probe,
        primary: false,
        temperature_offset: CentiCelsius(-25),
        ..second
    };
    register(&moved).await.unwrap();
    let exchanged = moved;
    let moved = Sensor {
        dev_eui: other.sensors[1].dev_eui,
        ..exchanged.clone()
    };
    register(&moved).await.unwrap();
    assert_eq!(
        devices.by_eui(scope, exchanged.dev_eui).await.unwrap(),
        None,
        "the device that was exchanged"
    );
    let heir = Sensor {
        dev_eui: exchanged.dev_eui,
        ..other.sensors[1].clone()
    };
    register(&heir).await.unwrap();
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
    // What is known now is known though something else is remembered.
    let renamed = Sensor {
        version: 1,
        ..first.clone()
    };
    register(&renamed).await.unwrap();
    for key in [SensorKey::DevEui(first.dev_eui), SensorKey::Id(first.id)] {
        assert_eq!(devices.now(scope, key).await.unwrap().as_ref(), Some(&renamed));
        assert_eq!(devices.now(other.scope(), key).await.unwrap(), None);
    }
    assert_eq!(
        devices.by_eui(scope, first.dev_eui).await.unwrap(),
        Some(renamed),
        "and is remembered from then on"
    );
    register(&first).await.unwrap();
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
    assert_taken(register(&twin).await, "two sensors with one DevEUI");
    let stolen = Sensor {
        dev_eui: first.dev_eui,
        ..other.sensors[0].clone()
    };
    assert_taken(register(&stolen).await, "a DevEUI of another organization");
    let renamed = Sensor {
        org_id: other.org_id,
        ..first.clone()
    };
    assert_taken(register(&renamed).await, "a whole sensor of another organization");
    assert_eq!(
        devices.by_id(other.scope(), first.id).await.unwrap(),
        None,
        "all of it or nothing"
    );
    register(&first).await.unwrap();
    assert_eq!(devices.by_eui(scope, first.dev_eui).await.unwrap(), Some(first));
}

fn assert_taken(registered: Result<(), Failure>, what: &str) {
    match registered {
        Err(Failure::Refused(refusal)) => assert_eq!(refusal.code, ProblemCode::Conflict, "{what}"),
        other => panic!("{what}: expected a refusal, not {other:?}"),
    }
}
