//! The demonstration's organizations, simulated.

use super::*;
use async_trait::async_trait;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use freshtrack_application::Uplink;
use freshtrack_contracts::ingest::{IngestReport, ItemResult};
use freshtrack_contracts::organization::{SensorDocument, UnitDocument};
use freshtrack_decoders::Measurements;
use freshtrack_domain::access::{AccessKeySecret, Right};
use freshtrack_domain::device::DevEui;
use freshtrack_domain::ids::UnitId;
use freshtrack_domain::measurement::CentiCelsius;
use freshtrack_domain::measurement::{MeasurementSource, Probe, TemperatureSample};
use freshtrack_domain::unit::{Overrides, Rules};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

/// 2026-11-21T12:00:00Z: a working day has begun in each of the sites.
const LIVE: Timestamp = Timestamp::from_seconds(1_795_262_400);
const SEED: u64 = 7;

fn demo() -> OrganizationDocument {
    serde_json::from_str(include_str!("../../demo/organization.json")).unwrap()
}

fn second() -> OrganizationDocument {
    serde_json::from_str(include_str!("../../demo/second-organization.json")).unwrap()
}

fn units(document: &OrganizationDocument) -> impl Iterator<Item = &UnitDocument> {
    document
        .sites
        .iter()
        .flat_map(|site| &site.areas)
        .flat_map(|area| &area.units)
}

fn sensors(document: &OrganizationDocument) -> impl Iterator<Item = &SensorDocument> {
    units(document).flat_map(|unit| &unit.sensors)
}

fn at(minutes: i64) -> Timestamp {
    Timestamp::from_millis(LIVE.as_millis() + minutes * 60_000)
}

fn generator(incidents: Vec<Incident>) -> Generator {
    Generator::new(&demo(), Scenario::new(LIVE, incidents), SEED, at(-60)).unwrap()
}

/// The frames from an hour before the scenario goes live until `minutes` after it.
fn frames(incidents: Vec<Incident>, minutes: i64) -> Vec<Delivery> {
    generator(incidents).frames_until(at(minutes))
}

fn lasting(fault: Fault, begins: i64, lasts: i64) -> Vec<Incident> {
    vec![Incident {
        fault,
        begins,
        lasts,
        daily: false,
    }]
}

fn decode(document: &OrganizationDocument, uplink: &Uplink) -> Measurements {
    let sensor = sensors(document)
        .find(|sensor| sensor.dev_eui.parse() == Ok(uplink.dev_eui))
        .unwrap();
    let model = freshtrack_decoders::find(&sensor.model).unwrap();
    model.decode(uplink.f_port.unwrap(), &uplink.payload).unwrap()
}

/// What the unit's sensors show, and when.
fn temperatures(deliveries: &[Delivery], unit: UnitId) -> Vec<(Timestamp, CentiCelsius)> {
    let document = demo();
    let of_unit = deliveries.iter().filter(|delivery| delivery.unit_id == unit);
    of_unit
        .filter_map(|delivery| {
            let measured = decode(&document, &delivery.uplink);
            match TemperatureSample::select(MeasurementSource::Auto, &measured)? {
                TemperatureSample::Valid(value) => Some((delivery.uplink.received_at, value)),
                TemperatureSample::Fault(fault) => panic!("{fault:?}"),
            }
        })
        .collect()
}

fn named(name: &str) -> UnitDocument {
    units(&demo()).find(|unit| unit.name == name).unwrap().clone()
}

fn limits(unit: &UnitDocument) -> Rules {
    let degrees = |limit: Option<f64>| limit.and_then(CentiCelsius::from_celsius);
    let overrides = Overrides {
        low: degrees(unit.low_c),
        high: degrees(unit.high_c),
        ..Overrides::default()
    };
    Rules::checked(unit.kind, &overrides).unwrap()
}

#[test]
fn the_demonstration_is_an_organization_that_can_be_imported_and_simulated() {
    let (demo, second) = (demo(), second());
    assert_eq!(demo.sites.len(), 3);
    assert!(
        demo.sites
            .iter()
            .all(|site| { (4..=6).contains(&site.areas.iter().map(|area| area.units.len()).sum::<usize>()) })
    );
    let mut devices = BTreeSet::new();
    let mut prefixes = BTreeSet::new();
    for document in [&demo, &second] {
        Simulator::new(document, SEED, at(-60), LIVE).map(drop).unwrap();
        assert!(sensors(document).all(|sensor| devices.insert(sensor.dev_eui.parse::<DevEui>().unwrap())));
        for unit in units(document) {
            limits(unit);
            assert_eq!(
                unit.sensors
                    .iter()
                    .filter(|sensor| sensor.primary.unwrap_or(true))
                    .count(),
                1
            );
        }
        for key in &document.access_keys {
            let secret: AccessKeySecret = key.secret.parse().unwrap();
            assert!(
                prefixes.insert(secret.prefix().to_owned()),
                "{} is used twice",
                secret.prefix()
            );
            assert!(key.name.contains("demonstrations only"));
        }
        let rights = document
            .access_keys
            .iter()
            .map(|key| key.rights.as_slice())
            .collect::<Vec<_>>();
        assert_eq!(
            rights,
            [[Right::Read, Right::ManageDevices].as_slice(), &[Right::Ingest]]
        );
    }
}

#[test]
fn the_same_seed_gives_the_same_day_however_it_is_cut() {
    let whole = frames(Vec::new(), 90);
    let mut generator = generator(Vec::new());
    let pieces: Vec<_> = (-60..=90)
        .step_by(7)
        .chain([90])
        .flat_map(|until| generator.frames_until(at(until)))
        .collect();
    assert_eq!(whole, pieces);
    assert!(whole.is_sorted_by_key(|delivery| delivery.deliver_at));
    let other = Generator::new(&demo(), Scenario::new(LIVE, Vec::new()), SEED + 1, at(-60))
        .unwrap()
        .frames_until(at(90));
    assert_ne!(whole, other);
}

#[test]
fn a_calm_day_stays_within_every_limit_and_every_frame_is_one_of_its_model() {
    let document = demo();
    let deliveries = frames(Vec::new(), 23 * 60);
    let mut counters = BTreeSet::new();
    for delivery in &deliveries {
        decode(&document, &delivery.uplink);
        assert_eq!(delivery.deliver_at, delivery.uplink.received_at);
        assert!(counters.insert((delivery.uplink.dev_eui, delivery.uplink.frame.unwrap().count)));
    }
    for unit in units(&document) {
        let rules = limits(unit);
        let shown = temperatures(&deliveries, unit.id);
        assert!(shown.len() > 100, "{}", unit.name);
        for (at, value) in shown {
            assert_eq!(rules.violation(value), None, "{} at {at}: {value}", unit.name);
        }
    }
}

#[test]
fn door_contacts_report_each_opening_at_once() {
    let document = demo();
    let deliveries = frames(Vec::new(), 8 * 60);
    let contact: DevEui = named("Walk-in cooler").sensors[1].dev_eui.parse().unwrap();
    let states: Vec<_> = deliveries
        .iter()
        .filter(|delivery| delivery.uplink.dev_eui == contact)
        .map(|delivery| decode(&document, &delivery.uplink))
        .collect();
    let changes = states
        .windows(2)
        .filter(|pair| pair[0].door != pair[1].door)
        .count();
    assert!(changes > 20, "{changes}");
    let counted =
        states.last().unwrap().door_openings.unwrap() - states.first().unwrap().door_openings.unwrap();
    assert!(
        usize::try_from(counted).unwrap().abs_diff(changes / 2) <= 1,
        "{counted} openings, {changes} changes"
    );
}

#[test]
fn the_compressor_fails_two_minutes_after_going_live_and_the_unit_recovers() {
    let document = demo();
    let scenario = Scenario::eventful_day(&document, LIVE);
    let mut generator = Generator::new(&document, scenario, SEED, at(-60)).unwrap();
    let unit = named("Walk-in cooler");
    let high = limits(&unit).high;
    let shown = temperatures(&generator.frames_until(at(60)), unit.id);
    let first = shown.iter().find(|(_, value)| *value > high).unwrap().0;
    let last = shown.iter().rfind(|(_, value)| *value > high).unwrap().0;
    assert!(at(2) < first && first < at(8), "too warm from {first}");
    assert!(
        last > Timestamp::from_millis(first.as_millis() + 3 * 60_000),
        "longer than it takes to be confirmed"
    );
    assert!(last < at(35), "too warm until {last}");
}

#[test]
fn a_drifting_thermostat_and_an_open_door_let_a_unit_become_too_warm() {
    let (dairy, fridge) = (named("Dairy case"), named("Prep fridge"));
    for (unit, fault, lasts) in [
        (&dairy, Fault::SlowDrift(dairy.id), 180),
        (&fridge, Fault::DoorLeftOpen(fridge.id), 25),
    ] {
        let shown = temperatures(&frames(lasting(fault, 0, lasts), lasts + 120), unit.id);
        let high = limits(unit).high;
        assert!(shown.iter().any(|(_, value)| *value > high), "{}", unit.name);
        assert!(shown.last().unwrap().1 < high, "{}", unit.name);
    }
}

#[test]
fn an_unplugged_probe_is_sent_as_missing_and_a_weak_battery_as_weak() {
    let document = demo();
    let sensor = named("Chest freezer").sensors[0].clone();
    let eui: DevEui = sensor.dev_eui.parse().unwrap();
    let mut incidents = lasting(Fault::ProbeUnplugged(sensor.id), 0, 30);
    incidents.extend(lasting(Fault::BatteryDecay(sensor.id), 0, 120));
    for delivery in frames(incidents, 115)
        .iter()
        .filter(|delivery| delivery.uplink.dev_eui == eui)
    {
        let measured = decode(&document, &delivery.uplink);
        let received_at = delivery.uplink.received_at;
        let unplugged = at(0) <= received_at && received_at < at(30);
        assert_eq!(measured.probe == Probe::Missing, unplugged, "{received_at}");
        let percent = measured.battery.unwrap().percent.unwrap();
        if received_at < at(-1) {
            assert!(percent > 90, "{percent} at {received_at}");
        } else if received_at > at(100) {
            assert!(percent < 10, "{percent} at {received_at}");
        }
    }
}

#[test]
fn an_outage_loses_frames_a_broken_uplink_delays_them_and_a_nervous_server_repeats_them() {
    let site = demo().sites[1].clone();
    let of_site: BTreeSet<_> = site
        .areas
        .iter()
        .flat_map(|area| &area.units)
        .map(|unit| unit.id)
        .collect();
    let during = |fault| {
        let deliveries = frames(lasting(fault, 0, 30), 60);
        deliveries
            .into_iter()
            .filter(|delivery| of_site.contains(&delivery.unit_id))
            .filter(|delivery| (at(1)..at(29)).contains(&delivery.uplink.received_at))
            .collect::<Vec<_>>()
    };
    assert_eq!(during(Fault::SiteOutage(site.id)), []);
    let late = during(Fault::LateFrames(site.id));
    assert!(!late.is_empty() && late.iter().all(|delivery| delivery.deliver_at >= at(30)));
    let mut times = BTreeMap::new();
    for delivery in during(Fault::RepeatedFrames(site.id)) {
        *times
            .entry((delivery.uplink.dev_eui, delivery.uplink.frame.unwrap().count))
            .or_insert(0) += 1;
    }
    assert!(!times.is_empty() && times.values().all(|count| *count == 2));
}

#[test]
fn an_eventful_day_shows_each_fault() {
    let document = demo();
    let scenario = Scenario::eventful_day(&document, LIVE);
    let mut generator = Generator::new(&document, scenario, SEED, at(-60)).unwrap();
    let deliveries = generator.frames_until(at(5 * 60));
    let any = |shows: &dyn Fn(&Delivery, &Measurements) -> bool| {
        deliveries
            .iter()
            .any(|delivery| shows(delivery, &decode(&document, &delivery.uplink)))
    };
    assert!(any(&|_, measured| measured.probe == Probe::Missing));
    assert!(any(&|_, measured| measured
        .battery
        .and_then(|battery| battery.percent)
        .is_some_and(|left| left < 28)));
    let delay = |delivery: &Delivery| {
        delivery
            .deliver_at
            .since(delivery.uplink.received_at)
            .as_seconds()
    };
    assert!(any(&|delivery, _| delay(delivery) == 2));
    assert!(any(&|delivery, _| delay(delivery) > 20 * 60));
    let bakery: Vec<_> = document.sites[2]
        .areas
        .iter()
        .flat_map(|area| &area.units)
        .map(|unit| unit.id)
        .collect();
    assert!(!any(&|delivery, _| bakery.contains(&delivery.unit_id)
        && (at(241)..at(269)).contains(&delivery.deliver_at)));
    for name in ["Dairy case", "Prep fridge"] {
        let unit = named(name);
        let eui: DevEui = unit.sensors[0].dev_eui.parse().unwrap();
        let high = limits(&unit).high;
        assert!(
            any(&|delivery, measured| delivery.uplink.dev_eui == eui && measured.ambient > Some(high)),
            "{name}"
        );
    }
}

#[test]
fn a_simulator_that_is_started_again_goes_on_counting() {
    let first = generator(Vec::new()).frames_until(at(30));
    let again = Generator::new(&demo(), Scenario::new(LIVE, Vec::new()), SEED, at(0))
        .unwrap()
        .frames_until(at(30));
    let names = |deliveries: &[Delivery]| {
        let after = deliveries
            .iter()
            .filter(|delivery| delivery.uplink.received_at >= at(1));
        after
            .map(|delivery| {
                (
                    delivery.uplink.dev_eui,
                    delivery.uplink.frame,
                    delivery.deliver_at,
                )
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&first), names(&again));
}

#[test]
fn what_cannot_be_simulated_is_named() {
    let mut document = second();
    document.sites[0].areas[0].units[0].sensors[0].model = "acme-thermo".into();
    let error = Simulator::new(&document, SEED, at(0), LIVE).err().unwrap();
    assert!(error.to_string().contains("acme-thermo"), "{error}");
    let mut document = second();
    document.sites[0].time_zone = "Europe/Atlantis".into();
    assert!(matches!(
        Simulator::new(&document, SEED, at(0), LIVE),
        Err(SimulatorError::TimeZone { .. })
    ));
}

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

/// One delivery by each road.
fn one_each() -> [Delivery; 2] {
    let deliveries = frames(Vec::new(), 0);
    [Route::ThingsStack, Route::DeviceTopic].map(|route| {
        deliveries
            .iter()
            .find(|delivery| delivery.route == route)
            .unwrap()
            .clone()
    })
}

async fn listener() -> (TcpListener, std::net::SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

#[tokio::test]
async fn the_webhook_is_called_as_the_things_stack_calls_it() {
    let (listener, api) = listener().await;
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut requests = Vec::new();
        for answer in [
            "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}",
            "HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno",
        ] {
            let mut request = Vec::new();
            while !request.ends_with(b"}") {
                assert!(stream.read_buf(&mut request).await.unwrap() > 0);
            }
            requests.push(String::from_utf8(request).unwrap());
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
        requests
    });
    let document = demo();
    let network = Network::new(api, api, document.id, "ftk_dem0send_secret".into());
    let [delivery, _] = one_each();
    network.publish(&delivery).await.unwrap();
    let refused = network.publish(&delivery).await.unwrap_err();
    assert!(
        !refused.is_transient() && refused.to_string().contains("403"),
        "{refused}"
    );
    let requests = server.await.unwrap();
    let (head, body) = requests[0].split_once("\r\n\r\n").unwrap();
    assert!(
        head.starts_with(&format!(
            "POST /v1/orgs/{}/ingest/things-stack HTTP/1.1",
            document.id
        )),
        "{head}"
    );
    assert!(
        head.contains("authorization: Bearer ftk_dem0send_secret"),
        "{head}"
    );
    let freshtrack_vendors::Message::Uplink(uplink) =
        freshtrack_vendors::things_stack::parse(body.as_bytes()).unwrap()
    else {
        panic!("{body}")
    };
    assert_eq!(uplink.payload, delivery.uplink.payload);
}

#[tokio::test]
async fn frames_are_published_over_mqtt_and_a_broken_connection_is_made_anew() {
    let (listener, broker) = listener().await;
    let server = tokio::spawn(async move {
        let mut published = Vec::new();
        for _ in 0..2 {
            let (mut stream, _) = listener.accept().await.unwrap();
            let connect = packet(&mut stream).await;
            assert_eq!(
                (connect[0], &connect[1..8]),
                (0x10, [0, 4, b'M', b'Q', b'T', b'T', 4].as_slice())
            );
            stream.write_all(&[0x20, 2, 0, 0]).await.unwrap();
            let publish = packet(&mut stream).await;
            assert_eq!(publish[0], 0x32);
            let topic_end = 3 + usize::from(u16::from_be_bytes([publish[1], publish[2]]));
            stream
                .write_all(&[0x40, 2, publish[topic_end], publish[topic_end + 1]])
                .await
                .unwrap();
            published.push((publish[3..topic_end].to_vec(), publish[topic_end + 2..].to_vec()));
        }
        published
    });
    let document = demo();
    let network = Network::new(broker, broker, document.id, String::new());
    let [_, delivery] = one_each();
    network.publish(&delivery).await.unwrap();
    // The server has closed the first connection by now or will; either way the second attempt finds a new one.
    if let Err(error) = network.publish(&delivery).await {
        assert!(error.is_transient());
        network.publish(&delivery).await.unwrap();
    }
    let published = server.await.unwrap();
    assert_eq!(published.len(), 2);
    for (topic, payload) in published {
        let topic = String::from_utf8(topic).unwrap();
        assert_eq!(
            topic,
            format!("freshtrack/{}/{}/up", document.id, delivery.uplink.dev_eui)
        );
        let event = serde_json::json!({
            "message_base64": BASE64_STANDARD.encode(payload),
            "org_id": document.id,
            "device_id": delivery.uplink.dev_eui,
            "received_at_ms": 0,
        });
        let (_, uplink) = freshtrack_vendors::device_topic::parse(event.to_string().as_bytes()).unwrap();
        assert_eq!(uplink, delivery.uplink);
    }
}

/// The first byte of a packet, then its body.
async fn packet(stream: &mut tokio::net::TcpStream) -> Vec<u8> {
    let mut packet = vec![stream.read_u8().await.unwrap()];
    let (mut length, mut shift) = (0, 0);
    loop {
        let byte = stream.read_u8().await.unwrap();
        length |= usize::from(byte & 0x7F) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            break;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.unwrap();
    packet.extend(body);
    packet
}
