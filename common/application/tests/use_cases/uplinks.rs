//! Frames become readings of the right unit, or are kept until they can.

use crate::support::{Stage, WARM, minute};
use freshtrack_application::{PortErrorKind, Uplink};
use freshtrack_contracts::ingest::ItemStatus::{
    self, Accepted, Duplicate, Ignored, Quarantined, Queued, Rejected,
};
use freshtrack_contracts::ingest::QuarantineReason;
use freshtrack_domain::alert::{AlertKind, AlertStatus};
use freshtrack_domain::device::{DevEui, Sensor};
use freshtrack_domain::measurement::{CentiCelsius, MeasurementSource, SensorFault};
use freshtrack_domain::reading::FrameCounter;
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_domain::unit::Contact;
use freshtrack_testkit::{World, lht65n_payload, lht65n_uplink};
use serde_json::json;

/// The sensor of nobody.
const UNKNOWN: DevEui = DevEui(0xA840_4100_0018_1061);

impl Stage {
    async fn receive(&self, uplinks: &[Uplink]) -> Vec<ItemStatus> {
        let report = self.world.receive().receive(self.scope(), uplinks.to_vec()).await;
        let results = report.unwrap().results;
        let indexes: Vec<usize> = results.iter().map(|result| result.index).collect();
        assert_eq!(indexes, (0..uplinks.len()).collect::<Vec<_>>());
        results.iter().map(|result| result.status).collect()
    }

    /// The `count`th frame of the first unit's sensor.
    fn frame(&self, at: Timestamp, count: u32, centi: i16) -> Uplink {
        lht65n_uplink(self.kitchen.sensors[0].dev_eui, at, count, centi)
    }

    /// Registers the first unit's sensor as `change` makes it.
    async fn change_sensor(&self, change: impl FnOnce(&mut Sensor)) {
        let mut sensor = self.kitchen.sensors[0].clone();
        change(&mut sensor);
        self.world.register(&sensor).await.unwrap();
    }

    async fn temperatures(&self) -> Vec<Option<f64>> {
        self.readings(0)
            .await
            .iter()
            .map(|reading| reading.temperature_c)
            .collect()
    }

    async fn aside(&self) -> Vec<(QuarantineReason, String)> {
        self.frames()
            .await
            .into_iter()
            .map(|frame| (frame.reason, frame.detail))
            .collect()
    }
}

/// What a network server decoded, of a device whose frames nobody else can read.
fn decoded(uplink: Uplink, what: serde_json::Value) -> Uplink {
    Uplink {
        decoded: Some(what),
        ..uplink
    }
}

/// A frame of stored records: temperature of the probe in hundredths of a degree and instant, on the LHT65N's port 3
/// (LHT65N user manual, 2.6.2).
fn stored_records(uplink: Uplink, records: &[(i16, Timestamp)]) -> Uplink {
    let record = |(centi, at): &(i16, Timestamp)| {
        let seconds = u32::try_from(at.as_seconds()).unwrap();
        let mut bytes = centi.to_be_bytes().to_vec();
        bytes.extend([0x08, 0x66, 0x01, 0xC2, 0x41]);
        bytes.extend(seconds.to_be_bytes());
        bytes
    };
    Uplink {
        f_port: Some(3),
        payload: records.iter().flat_map(record).collect(),
        ..uplink
    }
}

#[tokio::test]
async fn a_frame_is_a_reading_of_its_sensors_unit() {
    let stage = Stage::new(2);
    assert_eq!(stage.receive(&[stage.frame(minute(0), 1, 350)]).await, [Accepted]);
    let [reading] = stage.readings(0).await.try_into().unwrap();
    assert_eq!(
        (
            reading.temperature_c,
            reading.humidity_percent,
            reading.recorded_at.0
        ),
        (Some(3.5), Some(45.0), minute(0))
    );
    let state = stage.record_of(0).await.state;
    // 3.062 V are all that a manganese cell has.
    assert_eq!(
        (state.battery_percent(), state.rssi_dbm()),
        (Some(100), Some(-97))
    );
    assert_eq!(stage.readings(1).await, []);
}

#[tokio::test]
async fn the_calibration_offset_is_added_to_what_was_measured() {
    let stage = Stage::new(1);
    stage
        .change_sensor(|sensor| sensor.temperature_offset = CentiCelsius(-25))
        .await;
    stage.receive(&[stage.frame(minute(0), 1, 350)]).await;
    assert_eq!(stage.temperatures().await, [Some(3.25)]);
}

#[tokio::test]
async fn the_temperature_is_that_of_the_chosen_element() {
    let no_probe = |uplink: Uplink| Uplink {
        payload: lht65n_payload(0x7FFF),
        ..uplink
    };
    for (source, with_probe, without) in [
        (MeasurementSource::Auto, 3.5, Some(21.5)),
        (MeasurementSource::Ambient, 21.5, Some(21.5)),
        (MeasurementSource::Probe, 3.5, None),
    ] {
        let stage = Stage::new(1);
        stage.change_sensor(|sensor| sensor.source = source).await;
        // Before a probe was ever seen, its absence is no loss.
        let frames = [
            no_probe(stage.frame(minute(0), 1, 0)),
            stage.frame(minute(10), 2, 350),
        ];
        assert_eq!(stage.receive(&frames).await, [Accepted, Accepted]);
        assert_eq!(
            stage.temperatures().await,
            [without, Some(with_probe)],
            "{source:?}"
        );
    }
}

#[tokio::test]
async fn a_probe_that_is_lost_is_a_fault_and_never_the_room() {
    let stage = Stage::new(1);
    stage.receive(&[stage.frame(minute(0), 1, 350)]).await;
    let lost = Uplink {
        payload: lht65n_payload(0x7FFF),
        ..stage.frame(minute(10), 2, 0)
    };
    assert_eq!(stage.receive(&[lost]).await, [Accepted]);
    let readings = stage.readings(0).await;
    assert_eq!(
        (readings[1].temperature_c, readings[1].fault),
        (None, Some(SensorFault::ProbeMissing))
    );
    let [alert] = stage.alerts(AlertStatus::Open).await.try_into().unwrap();
    assert_eq!(alert.kind, AlertKind::SensorFault);
    assert_eq!(
        stage.record_of(0).await.state.last.unwrap().temperature,
        CentiCelsius(350)
    );
}

#[tokio::test]
async fn a_frame_that_several_gateways_heard_or_that_was_sent_again_counts_once() {
    let stage = Stage::new(1);
    let frame = stage.frame(minute(0), 7, 350);
    let heard_later = Uplink {
        received_at: minute(0) + Span::seconds(2),
        ..frame.clone()
    };
    assert_eq!(
        stage.receive(&[frame.clone(), heard_later]).await,
        [Accepted, Duplicate]
    );
    stage.receive(&[stage.frame(minute(10), 8, 360)]).await;
    assert_eq!(stage.receive(&[frame]).await, [Duplicate]);
    // After a change of its battery the sensor counts anew, and joins anew.
    let joined = Uplink {
        frame: Some(FrameCounter { count: 7, session: 2 }),
        ..stage.frame(minute(20), 7, 370)
    };
    assert_eq!(stage.receive(&[joined]).await, [Accepted]);
    assert_eq!(stage.temperatures().await, [Some(3.5), Some(3.6), Some(3.7)]);
}

#[tokio::test]
async fn frames_of_unknown_devices_are_kept_once() {
    let (stage, neighbours) = (Stage::new(1), Stage::new(1));
    let theirs = neighbours.frame(minute(0), 1, 350);
    let unknown = lht65n_uplink(UNKNOWN, minute(0), 1, 350);
    let batch = [unknown.clone(), stage.frame(minute(0), 1, 350), theirs, unknown];
    assert_eq!(
        stage.receive(&batch).await,
        [Quarantined, Accepted, Quarantined, Quarantined]
    );
    let aside = stage.aside().await;
    assert_eq!(aside.len(), 2);
    let expected = (
        QuarantineReason::UnknownDevice,
        "No sensor of the organization has the DevEUI A840410000181061.".to_owned(),
    );
    assert!(aside.contains(&expected), "{aside:?}");
    assert_eq!(
        neighbours.aside().await,
        [],
        "what they sent us is ours to see to"
    );
}

#[tokio::test]
async fn what_cannot_be_decoded_is_kept_with_the_reason() {
    let stage = Stage::new(1);
    let short = Uplink {
        payload: vec![0xCB, 0xF6],
        ..stage.frame(minute(0), 1, 0)
    };
    let odd_port = Uplink {
        f_port: Some(200),
        ..stage.frame(minute(1), 2, 0)
    };
    let empty = Uplink {
        payload: Vec::new(),
        ..stage.frame(minute(2), 3, 0)
    };
    let meaningless = decoded(empty.clone(), json!({ "firmware": "1.8.2" }));
    assert_eq!(
        stage.receive(&[short, odd_port, empty, meaningless]).await,
        [Quarantined; 4]
    );
    let aside = stage.aside().await;
    assert_eq!(aside.len(), 4);
    assert!(
        aside
            .iter()
            .all(|(reason, _)| *reason == QuarantineReason::Undecodable)
    );
    assert!(
        aside
            .iter()
            .any(|(_, detail)| detail.starts_with("dragino-lht65n frame:")),
        "{aside:?}"
    );
    assert_eq!(stage.readings(0).await, []);
}

#[tokio::test]
async fn what_cannot_be_read_of_the_sensor_that_drives_a_unit_is_its_fault_until_it_can() {
    let stage = Stage::new(1);
    stage.receive(&[stage.frame(minute(0), 1, 350)]).await;
    let odd_port = Uplink {
        f_port: Some(200),
        ..stage.frame(minute(5), 2, 0)
    };
    stage.receive(&[odd_port]).await;
    assert_eq!(
        stage.alerts(AlertStatus::Open).await,
        [],
        "every sensor has ports of its own"
    );
    let short = Uplink {
        payload: vec![0xCB, 0xF6],
        ..stage.frame(minute(10), 3, 0)
    };
    for _ in 0..2 {
        assert_eq!(stage.receive(std::slice::from_ref(&short)).await, [Quarantined]);
        let [alert] = stage.alerts(AlertStatus::Open).await.try_into().unwrap();
        assert_eq!(
            (alert.kind, alert.opened_at),
            (AlertKind::SensorFault, minute(10))
        );
        assert_eq!(
            alert.explanation,
            "The sensor sends what cannot be read as its model's: check that it is registered as the model it is."
        );
    }
    let state = stage.record_of(0).await.state;
    assert_eq!(
        state.last.unwrap().temperature,
        CentiCelsius(350),
        "it says nothing of the food"
    );
    assert_eq!(
        state.contact.map(Contact::at),
        Some(minute(10)),
        "but it is there"
    );
    assert_eq!(stage.readings(0).await.len(), 1);
    stage.receive(&[stage.frame(minute(15), 4, 350)]).await;
    assert_eq!(stage.alerts(AlertStatus::Open).await, []);

    stage.change_sensor(|sensor| sensor.primary = false).await;
    let beside = Uplink {
        payload: vec![0xCB, 0xF6],
        ..stage.frame(minute(20), 5, 0)
    };
    stage.receive(&[beside]).await;
    assert_eq!(
        stage.alerts(AlertStatus::Open).await,
        [],
        "it does not drive the unit"
    );
}

#[tokio::test]
async fn the_networks_word_is_taken_where_there_is_no_decoder() {
    let stage = Stage::new(1);
    stage
        .change_sensor(|sensor| sensor.model = "acme-one".to_owned())
        .await;
    let frame = stage.frame(minute(0), 1, 350);
    let told = decoded(frame.clone(), json!({ "temperature": 4.25, "humidity": 61 }));
    assert_eq!(stage.receive(&[told, frame]).await, [Accepted, Quarantined]);
    assert_eq!(stage.temperatures().await, [Some(4.25)]);
    let [(reason, detail)] = stage.aside().await.try_into().unwrap();
    assert_eq!(
        (reason, detail.as_str()),
        (
            QuarantineReason::Undecodable,
            "There is no decoder for acme-one, and the network sent no decoded payload."
        )
    );
}

#[tokio::test]
async fn the_bytes_count_more_than_the_networks_word() {
    let stage = Stage::new(1);
    let contradicted = decoded(stage.frame(minute(0), 1, 350), json!({ "TempC_DS": 99.0 }));
    stage.receive(&[contradicted]).await;
    assert_eq!(stage.temperatures().await, [Some(3.5)]);
}

#[tokio::test]
async fn what_is_too_large_to_be_kept_is_refused() {
    let stage = Stage::new(1);
    let unknown = |what| decoded(lht65n_uplink(UNKNOWN, minute(0), 1, 350), what);
    let deep = (0..200).fold(json!(1), |inner, _| json!([inner]));
    assert_eq!(
        stage
            .receive(&[
                unknown(json!("x".repeat(20_000))),
                unknown(deep),
                unknown(json!("x"))
            ])
            .await,
        [Rejected, Rejected, Quarantined]
    );
}

#[tokio::test]
async fn a_status_frame_is_nothing_to_record() {
    let stage = Stage::new(1);
    let status = Uplink {
        f_port: Some(5),
        payload: vec![0x0B, 0x01, 0x38, 0x01, 0xFF, 0x0B, 0xF6],
        ..stage.frame(minute(0), 1, 0)
    };
    assert_eq!(stage.receive(&[status]).await, [Ignored]);
    assert_eq!((stage.readings(0).await, stage.aside().await), (vec![], vec![]));
}

#[tokio::test]
async fn records_that_a_sensor_kept_are_readings_of_their_own_time() {
    let stage = Stage::new(1);
    let frame = stored_records(
        stage.frame(minute(60), 9, 0),
        &[(350, minute(0)), (360, minute(10)), (720, minute(20))],
    );
    assert_eq!(stage.receive(std::slice::from_ref(&frame)).await, [Accepted]);
    let readings = stage.readings(0).await;
    let instants: Vec<_> = readings.iter().map(|reading| reading.recorded_at.0).collect();
    assert_eq!(instants, [minute(0), minute(10), minute(20)]);
    // The same records asked for again come in another frame.
    let again = Uplink {
        frame: Some(FrameCounter {
            count: 10,
            session: 1,
        }),
        ..frame
    };
    assert_eq!(stage.receive(&[again]).await, [Duplicate]);
    assert_eq!(stage.readings(0).await.len(), 3);
}

#[tokio::test]
async fn a_damaged_record_does_not_cost_its_neighbours() {
    let stage = Stage::new(1);
    let never_set = Timestamp::from_seconds(0);
    let frame = stored_records(
        stage.frame(minute(60), 9, 0),
        &[(350, minute(0)), (355, never_set), (360, minute(10))],
    );
    assert_eq!(stage.receive(std::slice::from_ref(&frame)).await, [Accepted]);
    assert_eq!(stage.temperatures().await, [Some(3.5), Some(3.6)]);
    assert_eq!(
        stage.aside().await.len(),
        1,
        "the damaged one is kept with its frame"
    );
    let damaged = stored_records(frame, &[(355, never_set)]);
    assert_eq!(stage.receive(&[damaged]).await, [Quarantined]);
}

#[tokio::test]
async fn a_sensors_clock_is_believed_within_reason() {
    let stage = Stage::new(1);
    let ahead = (minute(60), minute(60) + Span::seconds(1));
    let long_ago = (minute(70), minute(70) - Span::hours(24 * 60 + 1));
    for (count, (received, told)) in (1..).zip([ahead, long_ago]) {
        let frame = stored_records(stage.frame(received, count, 0), &[(350, told)]);
        assert_eq!(stage.receive(&[frame]).await, [Accepted]);
    }
    let instants: Vec<_> = stage
        .readings(0)
        .await
        .iter()
        .map(|reading| reading.recorded_at.0)
        .collect();
    assert_eq!(instants, [minute(60), minute(70)], "when they were received");
}

#[tokio::test]
async fn what_can_be_neither_recorded_nor_kept_is_sent_again() {
    let stage = Stage::new(1);
    let batch = [
        stage.frame(minute(0), 1, 350),
        lht65n_uplink(UNKNOWN, minute(0), 1, 350),
        stage.frame(minute(10), 2, 360),
    ];
    let World { memory, records, .. } = &stage.world;
    records
        .faults
        .fail_after(1, "devices.by_eui", PortErrorKind::Throttled, 1);
    let faults = &memory.faults;
    faults.fail("quarantine.keep", PortErrorKind::Throttled, 1);
    for op in ["devices.by_eui", "quarantine.keep"] {
        let receive = stage.world.receive();
        let failed = receive.receive(stage.scope(), batch.to_vec()).await.unwrap_err();
        assert_eq!(failed.op, op);
    }
    faults.lose_answer("quarantine.keep", PortErrorKind::Unavailable, 1);
    stage
        .world
        .receive()
        .receive(stage.scope(), batch.to_vec())
        .await
        .unwrap_err();
    assert_eq!(stage.receive(&batch).await, [Accepted, Quarantined, Accepted]);
    assert_eq!((stage.readings(0).await.len(), stage.aside().await.len()), (2, 1));
}

#[tokio::test]
async fn a_frame_waits_in_the_retry_lane_when_the_store_is_throttled() {
    let stage = Stage::new(1);
    stage
        .world
        .memory
        .faults
        .fail("unit_states.save", PortErrorKind::Throttled, 1);
    let frame = stage.frame(minute(0), 1, i16::try_from(WARM).unwrap());
    assert_eq!(stage.receive(std::slice::from_ref(&frame)).await, [Queued]);
    assert_eq!(stage.drain().await, [Accepted]);
    assert_eq!(stage.receive(&[frame]).await, [Duplicate]);
    assert_eq!(stage.alerts(AlertStatus::Open).await.len(), 1);
}
