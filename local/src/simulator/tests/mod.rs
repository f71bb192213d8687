//! The demonstration's organizations, simulated.

mod days;
mod roads;
mod runs;

use super::*;
use freshtrack_application::Uplink;
use freshtrack_contracts::organization::{SensorDocument, UnitDocument};
use freshtrack_decoders::Measurements;
use freshtrack_domain::ids::UnitId;
use freshtrack_domain::measurement::{CentiCelsius, MeasurementSource, TemperatureSample};
use freshtrack_domain::unit::{Overrides, Rules};

/// 2026-11-21T12:00:00Z: a working day has begun in each of the sites.
const LIVE: Timestamp = Timestamp::from_seconds(1_795_262_400);
const SEED: u64 = 7;

fn demo() -> OrganizationDocument {
    serde_json::from_str(include_str!("../../../demo/organization.json")).unwrap()
}

fn second() -> OrganizationDocument {
    serde_json::from_str(include_str!("../../../demo/second-organization.json")).unwrap()
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
