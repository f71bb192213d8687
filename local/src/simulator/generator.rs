//! The frames of an organization's sensors, as a function of seed and time. No clock, no network.

use super::SimulatorError;
use super::chance::{Chance, Question};
use super::scenario::{Fault, Scenario};
use super::sensor::{Sensor, Surroundings};
use super::thermal::{self, DEFROST_INTERVAL, Influences, STEP};
use freshtrack_application::Uplink;
use freshtrack_contracts::ingest::UploadedReading;
use freshtrack_contracts::organization::{OrganizationDocument, SiteDocument, UnitDocument};
use freshtrack_domain::device::DevEui;
use freshtrack_domain::ids::{Id as _, SiteId, UnitId};
use freshtrack_domain::measurement::Door;
use freshtrack_domain::time::{Span, Timestamp};
use jiff::tz::TimeZone;
use std::collections::BTreeMap;

/// By which road a site's frames travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// The site's gateways belong to The Things Stack, which calls the webhook.
    ThingsStack,
    /// The site's gateway publishes frames over MQTT.
    DeviceTopic,
}

/// A frame on its way.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// When the network hands it on: when it received it, unless it is late or sent again.
    pub deliver_at: Timestamp,
    /// By which road.
    pub route: Route,
    /// The unit that its sensor is in.
    pub unit_id: UnitId,
    /// The frame.
    pub uplink: Uplink,
}

/// Makes the frames. The same document, scenario, seed and start give the same frames, however they are asked for.
pub struct Generator {
    scenario: Scenario,
    units: Vec<Unit>,
    /// The next step, in seconds after the epoch.
    next: i64,
    /// Frames made and not yet due, by when they are, by device and counter.
    waiting: BTreeMap<(Timestamp, DevEui, u32), Delivery>,
}

struct Unit {
    id: UnitId,
    site: SiteId,
    route: Route,
    time_zone: TimeZone,
    state: thermal::Unit,
    door: Door,
    door_openings: u32,
    sensors: Vec<Sensor>,
    defrost_phase: i64,
    chance: Chance,
}

/// In each slot the door is opened at most once, in seconds.
const DOOR_SLOT: i64 = 600;

/// A repeated frame follows the first after this.
const REPEATED_AFTER: Span = Span::seconds(2);

/// What a good battery has left, in percent.
const GOOD_BATTERY: u8 = 92;

/// Degrees by which a drifting thermostat is off in the end.
const DRIFT: f64 = 4.0;

impl Generator {
    /// The organization's sensors from `start` on. Every third site sends over MQTT, the others through The
    /// Things Stack.
    ///
    /// # Errors
    /// When a sensor is of a model whose frames cannot be made, or has no DevEUI.
    pub fn new(
        document: &OrganizationDocument,
        scenario: Scenario,
        seed: u64,
        start: Timestamp,
    ) -> Result<Self, SimulatorError> {
        let mut units = Vec::new();
        for (index, site) in document.sites.iter().enumerate() {
            let route = if index % 3 == 2 {
                Route::DeviceTopic
            } else {
                Route::ThingsStack
            };
            for unit in site.areas.iter().flat_map(|area| &area.units) {
                units.push(Unit::new(site, unit, route, seed)?);
            }
        }
        let start = start.as_seconds();
        let next = start - start.rem_euclid(STEP);
        Ok(Self {
            scenario,
            units,
            next,
            waiting: BTreeMap::new(),
        })
    }

    /// The units whose sensors are followed.
    pub fn unit_ids(&self) -> impl Iterator<Item = UnitId> {
        self.units.iter().map(|unit| unit.id)
    }

    /// What a frame of one of the sensors says, as a logger that understands frames would write it down.
    #[must_use]
    pub fn reading(&self, delivery: &Delivery) -> Option<UploadedReading> {
        let unit = self.units.iter().find(|unit| unit.id == delivery.unit_id)?;
        let eui = delivery.uplink.dev_eui;
        let sensor = unit.sensors.iter().find(|sensor| sensor.dev_eui == eui)?;
        sensor.reading(&delivery.uplink)
    }

    /// The frames that are due before `until` and were not given yet, in order.
    pub fn frames_until(&mut self, until: Timestamp) -> Vec<Delivery> {
        while self.next < until.as_seconds() + 1 {
            for unit in &mut self.units {
                for uplink in unit.step(&self.scenario, self.next) {
                    for delivery in network(&self.scenario, unit, uplink) {
                        let count = delivery.uplink.frame.map_or(0, |frame| frame.count);
                        self.waiting
                            .insert((delivery.deliver_at, delivery.uplink.dev_eui, count), delivery);
                    }
                }
            }
            self.next += STEP;
        }
        let later = self.waiting.split_off(&(until, DevEui(0), 0));
        std::mem::replace(&mut self.waiting, later)
            .into_values()
            .collect()
    }
}

/// What the network makes of a frame: nothing, one, or two.
fn network(scenario: &Scenario, unit: &Unit, uplink: Uplink) -> Vec<Delivery> {
    let at = uplink.received_at;
    if scenario.is_active(Fault::SiteOutage(unit.site), at) {
        return Vec::new();
    }
    let deliver_at = scenario.mended_at(Fault::LateFrames(unit.site), at).unwrap_or(at);
    let first = Delivery {
        deliver_at,
        route: unit.route,
        unit_id: unit.id,
        uplink,
    };
    let second = scenario
        .is_active(Fault::RepeatedFrames(unit.site), at)
        .then(|| Delivery {
            deliver_at: deliver_at + REPEATED_AFTER,
            ..first.clone()
        });
    [first].into_iter().chain(second).collect()
}

impl Unit {
    fn new(
        site: &SiteDocument,
        unit: &UnitDocument,
        route: Route,
        seed: u64,
    ) -> Result<Self, SimulatorError> {
        let time_zone = TimeZone::get(&site.time_zone).map_err(|_| SimulatorError::TimeZone {
            site: site.id,
            name: site.time_zone.clone(),
        })?;
        let random = u64::try_from(unit.id.ulid().random() & u128::from(u64::MAX)).unwrap_or(0);
        let chance = Chance::of(seed, random);
        Ok(Self {
            id: unit.id,
            site: site.id,
            route,
            time_zone,
            state: thermal::Unit::new(unit.kind),
            door: Door::Closed,
            door_openings: 0,
            sensors: unit
                .sensors
                .iter()
                .map(|sensor| Sensor::new(sensor, seed))
                .collect::<Result<_, _>>()?,
            defrost_phase: chance.below(Question::Defrost, 0, DEFROST_INTERVAL),
            chance,
        })
    }

    /// Lets one step pass, the one that begins `seconds` after the epoch, and collects what the sensors send.
    fn step(&mut self, scenario: &Scenario, seconds: i64) -> Vec<Uplink> {
        let at = Timestamp::from_seconds(seconds);
        let door = if self.door_is_open(scenario, at) {
            Door::Open
        } else {
            Door::Closed
        };
        let door_moved = door != self.door;
        if door_moved && door == Door::Open {
            self.door_openings = self.door_openings.saturating_add(1);
        }
        self.door = door;
        self.state.step(Influences {
            drift: scenario.progress(Fault::SlowDrift(self.id), at).unwrap_or(0.0) * DRIFT,
            compressor_failed: scenario.is_active(Fault::CompressorFailure(self.id), at),
            door_open: door == Door::Open,
            since_defrost: (seconds - self.defrost_phase).rem_euclid(DEFROST_INTERVAL),
        });
        let due = self
            .sensors
            .iter()
            .filter(|sensor| sensor.reports_at(seconds) || door_moved && sensor.watches_door());
        due.map(|sensor| sensor.uplink(seconds, self.around(sensor, scenario, at)))
            .collect()
    }

    fn around(&self, sensor: &Sensor, scenario: &Scenario, at: Timestamp) -> Surroundings {
        let battery =
            scenario
                .progress(Fault::BatteryDecay(sensor.id), at)
                .map_or(GOOD_BATTERY, |progress| {
                    #[expect(
                        clippy::cast_possible_truncation,
                        clippy::cast_sign_loss,
                        reason = "between 2 and 30"
                    )]
                    let percent = (30.0 - 28.0 * progress) as u8;
                    percent
                });
        Surroundings {
            celsius: self.state.shown(),
            door: self.door,
            door_openings: self.door_openings,
            probe_unplugged: scenario.is_active(Fault::ProbeUnplugged(sensor.id), at),
            battery,
        }
    }

    /// Whether somebody has the door open: often while the site works, hardly ever at night.
    fn door_is_open(&self, scenario: &Scenario, at: Timestamp) -> bool {
        if scenario.is_active(Fault::DoorLeftOpen(self.id), at) {
            return true;
        }
        let seconds = at.as_seconds();
        let slot = seconds.div_euclid(DOOR_SLOT);
        let start = slot * DOOR_SLOT + self.chance.below(Question::OpeningStart, slot, DOOR_SLOT - 60);
        let length = 10 + self.chance.below(Question::OpeningLength, slot, 30);
        (start..start + length).contains(&seconds)
            && self.chance.fraction(Question::Opening, slot)
                < if self.is_working_hour(slot * DOOR_SLOT) {
                    0.5
                } else {
                    0.03
                }
    }

    fn is_working_hour(&self, seconds: i64) -> bool {
        jiff::Timestamp::from_second(seconds)
            .is_ok_and(|instant| (6..22).contains(&self.time_zone.to_datetime(instant).hour()))
    }
}
