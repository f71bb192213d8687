//! What sensors measure on a day, calm or eventful.

use super::{
    LIVE, SEED, at, decode, demo, frames, generator, lasting, limits, named, second, sensors, temperatures,
    units,
};
use crate::simulator::*;
use freshtrack_decoders::Measurements;
use freshtrack_domain::access::{AccessKeySecret, Right};
use freshtrack_domain::device::DevEui;
use freshtrack_domain::measurement::Probe;
use std::collections::{BTreeMap, BTreeSet};

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
