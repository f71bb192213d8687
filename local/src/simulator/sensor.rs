//! Sensors: what is around them, as the frames that they send.

use super::SimulatorError;
use super::chance::{Chance, Question};
use super::thermal::{ROOM, STEP};
use freshtrack_application::Uplink;
use freshtrack_contracts::ingest::UploadedReading;
use freshtrack_contracts::organization::SensorDocument;
use freshtrack_decoders::battery::Chemistry;
use freshtrack_decoders::{Measurements, Model};
use freshtrack_domain::device::DevEui;
use freshtrack_domain::ids::SensorId;
use freshtrack_domain::measurement::{
    Battery, CentiCelsius, Door, Humidity, MeasurementSource, Probe, TemperatureSample,
};
use freshtrack_domain::reading::FrameCounter;
use freshtrack_domain::time::Timestamp;

/// Counters count from here (2026-01-01T00:00:00Z), so that a simulator that is started again goes on where it
/// stopped, as a sensor does.
const COUNTERS_BEGAN: i64 = 1_767_225_600;

/// A sensor in a unit.
pub(super) struct Sensor {
    pub(super) id: SensorId,
    pub(super) dev_eui: DevEui,
    model: &'static Model,
    source: MeasurementSource,
    /// What its frames can carry.
    carries: Measurements,
    /// Whether its probe is in the unit, and it hangs outside.
    outside: bool,
    interval: i64,
    phase: i64,
    delay_ms: i64,
    chance: Chance,
}

/// What is around a sensor.
#[derive(Debug, Clone, Copy)]
pub(super) struct Surroundings {
    /// Degrees Celsius in the unit.
    pub(super) celsius: f64,
    pub(super) door: Door,
    /// Openings of the door in the simulator's time.
    pub(super) door_openings: u32,
    pub(super) probe_unplugged: bool,
    /// Percent of its charge.
    pub(super) battery: u8,
}

impl Sensor {
    pub(super) fn new(document: &SensorDocument, seed: u64) -> Result<Self, SimulatorError> {
        let dev_eui: DevEui = document.dev_eui.parse().map_err(|_| SimulatorError::DevEui {
            sensor: document.id,
            text: document.dev_eui.clone(),
        })?;
        let unknown = || SimulatorError::Model {
            sensor: document.id,
            model: document.model.clone(),
        };
        let model = freshtrack_decoders::find(&document.model).ok_or_else(unknown)?;
        let carries = everything(model).ok_or_else(unknown)?;
        let chance = Chance::of(seed, dev_eui.0);
        let interval = document
            .report_interval_seconds
            .map_or(model.uplink_interval.as_seconds(), i64::from)
            .max(STEP);
        let interval = interval - interval % STEP;
        Ok(Self {
            id: document.id,
            dev_eui,
            model,
            source: document.source,
            outside: carries.probe != Probe::NotFitted && document.source != MeasurementSource::Ambient,
            carries,
            interval,
            phase: chance.below(Question::Phase, 0, interval / STEP) * STEP,
            delay_ms: chance.below(Question::Delay, 0, STEP * 1_000),
            chance,
        })
    }

    /// Whether it is a contact, which reports each change at once.
    pub(super) const fn watches_door(&self) -> bool {
        self.carries.door.is_some()
    }

    /// Whether it is time for the regular report, `seconds` after the epoch.
    pub(super) const fn reports_at(&self, seconds: i64) -> bool {
        (seconds - self.phase).rem_euclid(self.interval) == 0
    }

    /// The frame it sends `seconds` after the epoch.
    pub(super) fn uplink(&self, seconds: i64, around: Surroundings) -> Uplink {
        // A contact reports between its intervals too; every counter is still its own.
        let spacing = if self.watches_door() { STEP } else { self.interval };
        let count = u32::try_from((seconds - COUNTERS_BEGAN).max(0) / spacing).unwrap_or(u32::MAX);
        let session = u32::try_from(self.chance.number(Question::Session, 0) >> 32)
            .unwrap_or(1)
            .max(1);
        let signal = -72
            - self.chance.below(Question::Signal, 0, 30)
            - self.chance.below(Question::Signal, seconds, 7);
        Uplink {
            dev_eui: self.dev_eui,
            received_at: Timestamp::from_millis(seconds * 1_000 + self.delay_ms),
            frame: Some(FrameCounter { count, session }),
            f_port: Some(self.model.f_port),
            payload: self
                .model
                .encode(&self.measure(seconds, around))
                .unwrap_or_default(),
            decoded: None,
            rssi_dbm: i16::try_from(signal).ok(),
            gateways: Vec::new(),
        }
    }

    /// What one of its frames says, as a logger that understands them would write it down.
    pub(super) fn reading(&self, frame: &Uplink) -> Option<UploadedReading> {
        let measured = self.model.decode(frame.f_port?, &frame.payload).ok()?;
        let temperature = match TemperatureSample::select(self.source, &measured) {
            Some(TemperatureSample::Valid(value)) => Some(value),
            Some(TemperatureSample::Fault(_)) | None => None,
        };
        Some(UploadedReading {
            sensor_id: Some(self.id),
            dev_eui: None,
            recorded_at: frame.received_at.into(),
            temperature_c: temperature.map(CentiCelsius::celsius),
            humidity_percent: measured.humidity.map(Humidity::percent),
            battery_percent: measured.battery.and_then(|battery| battery.percent),
            door_open: measured.door.map(|door| door == Door::Open),
        })
    }

    fn measure(&self, seconds: i64, around: Surroundings) -> Measurements {
        let noise = self.chance.noise(Question::Noise, seconds);
        let inside = CentiCelsius::from_celsius(around.celsius + noise * 0.08);
        let here = if self.outside {
            CentiCelsius::from_celsius(ROOM + noise * 0.5)
        } else {
            inside
        };
        let humidity = if self.outside { 45.0 } else { 78.0 } + noise * 4.0;
        let probe = match inside {
            Some(inside) if self.outside && !around.probe_unplugged => Probe::Celsius(inside),
            _ if self.outside => Probe::Missing,
            _ => Probe::NotFitted,
        };
        let carries = &self.carries;
        Measurements {
            ambient: carries.ambient.and(here),
            probe,
            humidity: carries.humidity.and(Humidity::from_percent(humidity)),
            battery: carries.battery.map(|_| self.battery(around.battery)),
            door: carries.door.map(|_| around.door),
            door_openings: carries.door_openings.map(|_| around.door_openings),
            ..Measurements::default()
        }
    }

    /// The charge as the model sends it: the voltage at which its cells have it, or the percentage itself.
    fn battery(&self, percent: u8) -> Battery {
        Battery {
            millivolts: self.model.chemistry.and_then(|cells| voltage_at(cells, percent)),
            percent: Some(percent),
        }
    }
}

/// The lowest voltage at which `cells` have `percent` of their charge left, in millivolts.
fn voltage_at(cells: Chemistry, percent: u8) -> Option<u16> {
    /// No cells of a sensor have less or more.
    const MILLIVOLTS: std::ops::Range<u16> = 1_500..3_700;
    let (mut low, mut high) = (MILLIVOLTS.start, MILLIVOLTS.end);
    while low < high {
        let middle = low.midpoint(high);
        if cells.percent(middle) < percent {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    MILLIVOLTS.contains(&low).then_some(low)
}

/// What the frames of the model called `slug` can carry; `None` if it cannot be made to send a frame.
pub(super) fn sent_by(slug: &str) -> Option<Measurements> {
    freshtrack_decoders::find(slug).and_then(everything)
}

/// What is left of everything that there is, once `model` has sent it.
fn everything(model: &Model) -> Option<Measurements> {
    let everything = Measurements {
        ambient: Some(CentiCelsius(400)),
        probe: Probe::Celsius(CentiCelsius(400)),
        humidity: Humidity::from_basis_points(5_000),
        battery: Some(Battery {
            millivolts: Some(3_000),
            percent: Some(90),
        }),
        door: Some(Door::Open),
        door_openings: Some(1),
        ..Measurements::default()
    };
    model.decode(model.f_port, &model.encode(&everything)?).ok()
}
