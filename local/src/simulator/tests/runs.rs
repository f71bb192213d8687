//! The past is told, then frames are sent as they fall due.

use super::{LIVE, SEED, at, demo, generator, named, temperatures, units};
use crate::simulator::*;
use async_trait::async_trait;
use freshtrack_contracts::ingest::{IngestReport, ItemResult};
use freshtrack_domain::measurement::CentiCelsius;
use std::collections::BTreeSet;
use std::sync::Mutex;
use tokio::sync::mpsc;

/// Takes everything but the past of one unit, and never that.
#[derive(Default)]
struct Recorder {
    delivered: Mutex<Vec<Delivery>>,
    uploaded: Mutex<Vec<UploadedReading>>,
    stuck: Option<SensorId>,
}

#[async_trait]
impl Publisher for Recorder {
    async fn publish(&self, delivery: &Delivery) -> Result<(), DeliveryError> {
        self.delivered.lock().unwrap().push(delivery.clone());
        Ok(())
    }

    async fn upload(&self, readings: &[UploadedReading]) -> Result<IngestReport, DeliveryError> {
        assert!((1..=MAX_UPLOAD).contains(&readings.len()));
        if self.stuck.is_some() && readings.iter().any(|reading| reading.sensor_id == self.stuck) {
            std::future::pending::<()>().await;
        }
        self.uploaded.lock().unwrap().extend_from_slice(readings);
        // The first of each upload is refused.
        let result = |index| ItemResult {
            index,
            status: if index == 0 {
                ItemStatus::Rejected
            } else {
                ItemStatus::Accepted
            },
            reason: None,
        };
        Ok(IngestReport {
            results: (0..readings.len()).map(result).collect(),
        })
    }
}

fn clock_at(instant: Timestamp) -> LocalClock {
    LocalClock::manual(jiff::Timestamp::from_millisecond(instant.as_millis()).unwrap())
}

/// What became of the past, once all of it is told.
async fn past(mut told: mpsc::UnboundedReceiver<HistoryReport>) -> HistoryReport {
    let mut sum = HistoryReport::default();
    while let Some(report) = told.recv().await {
        sum += report;
    }
    sum
}

#[tokio::test]
async fn the_past_is_uploaded_unit_by_unit_in_order() {
    let document = demo();
    let expected = generator(Vec::new()).frames_until(LIVE);
    let recorder = Recorder::default();
    let mut simulator = Simulator::new(&document, SEED, at(-60), LIVE).unwrap();
    let (told, units_told) = mpsc::unbounded_channel();
    let clock = clock_at(LIVE);
    let report = tokio::select! {
        () = simulator.run(&clock, &recorder, told) => panic!("a simulator runs until it is dropped"),
        report = past(units_told) => report,
    };
    let uploaded = recorder.uploaded.into_inner().unwrap();
    assert_eq!(uploaded.len(), expected.len());
    let uploads = units(&document).count();
    assert_eq!(
        report,
        HistoryReport {
            taken: uploaded.len() - uploads,
            refused: uploads
        }
    );
    for unit in units(&document) {
        let sensors: Vec<_> = unit.sensors.iter().map(|sensor| Some(sensor.id)).collect();
        let of_unit: Vec<_> = uploaded
            .iter()
            .filter(|reading| sensors.contains(&reading.sensor_id))
            .collect();
        assert!(
            of_unit.is_sorted_by_key(|reading| reading.recorded_at.0),
            "{}",
            unit.name
        );
        let shown: Vec<_> = of_unit
            .iter()
            .filter(|reading| reading.sensor_id == sensors[0])
            .filter_map(|reading| {
                Some((
                    reading.recorded_at.0,
                    CentiCelsius::from_celsius(reading.temperature_c?)?,
                ))
            })
            .collect();
        assert_eq!(shown, temperatures(&expected, unit.id), "{}", unit.name);
    }
    let cooler = named("Walk-in cooler");
    assert!(
        uploaded
            .iter()
            .filter(|reading| reading.sensor_id == Some(cooler.sensors[1].id))
            .all(|reading| reading.door_open.is_some() && reading.temperature_c.is_none())
    );
}

#[tokio::test]
async fn a_unit_is_live_while_the_past_of_another_is_still_being_told() {
    use futures_util::FutureExt as _;
    let stuck = named("Walk-in cooler");
    let recorder = Recorder {
        stuck: Some(stuck.sensors[0].id),
        ..Recorder::default()
    };
    let mut simulator = Simulator::new(&demo(), SEED, at(-60), LIVE).unwrap();
    let (told, mut units_told) = mpsc::unbounded_channel();
    let clock = clock_at(LIVE);
    let mut running = Box::pin(simulator.run(&clock, &recorder, told));
    for _ in 0..15 {
        assert!((&mut running).now_or_never().is_none());
        clock.advance(Duration::from_secs(60));
    }
    let mut told_of = 0;
    while units_told.try_recv().is_ok() {
        told_of += 1;
    }
    assert_eq!(told_of, units(&demo()).count() - 1);
    assert!(!units_told.is_closed(), "the past of one unit is not told");
    drop(running);
    let live: BTreeSet<_> = recorder
        .delivered
        .into_inner()
        .unwrap()
        .iter()
        .map(|delivery| delivery.unit_id)
        .collect();
    let others: BTreeSet<_> = units(&demo())
        .map(|unit| unit.id)
        .filter(|id| *id != stuck.id)
        .collect();
    assert_eq!(live, others);
}

#[tokio::test]
async fn live_frames_wait_until_the_clock_says_that_they_are_due() {
    use futures_util::FutureExt as _;
    let clock = clock_at(LIVE);
    let recorder = Recorder::default();
    let mut simulator = Simulator::new(&demo(), SEED, LIVE, LIVE).unwrap();
    let mut expected = Simulator::new(&demo(), SEED, LIVE, LIVE)
        .unwrap()
        .generator
        .frames_until(at(10));
    {
        let (told, _units_told) = mpsc::unbounded_channel();
        let mut running = Box::pin(simulator.run(&clock, &recorder, told));
        assert!((&mut running).now_or_never().is_none());
        assert_eq!(recorder.delivered.lock().unwrap().len(), 0);
        for _ in 0..600 {
            clock.advance(Duration::from_secs(1));
            assert!((&mut running).now_or_never().is_none());
            let now = Timestamp::from_millis(clock.now_ms());
            assert!(
                recorder
                    .delivered
                    .lock()
                    .unwrap()
                    .iter()
                    .all(|delivery| delivery.deliver_at <= now)
            );
        }
    }
    let mut taken = recorder.delivered.into_inner().unwrap();
    // Frames of different units that are due at the same instant go in any order.
    let order = |delivery: &Delivery| (delivery.deliver_at, delivery.unit_id, delivery.uplink.dev_eui);
    taken.sort_by_key(order);
    expected.sort_by_key(order);
    assert_eq!(taken, expected);
}
