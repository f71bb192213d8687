//! What goes wrong, and when.

use super::sensor;
use freshtrack_contracts::organization::{OrganizationDocument, SiteDocument, UnitDocument};
use freshtrack_decoders::Measurements;
use freshtrack_domain::ids::{SensorId, SiteId, UnitId};
use freshtrack_domain::measurement::Probe;
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_domain::unit::UnitKind;

/// One thing that can go wrong, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The unit's compressor stands still while its fans go on.
    CompressorFailure(UnitId),
    /// The thermostat of the unit lets it become warmer and warmer.
    SlowDrift(UnitId),
    /// Somebody leaves the unit's door open.
    DoorLeftOpen(UnitId),
    /// The sensor's probe is not plugged in.
    ProbeUnplugged(SensorId),
    /// The sensor's battery runs down.
    BatteryDecay(SensorId),
    /// The site's gateway is without power: frames are lost.
    SiteOutage(SiteId),
    /// The site's gateway is without network: frames are kept and come late, all at once.
    LateFrames(SiteId),
    /// The network server sends the site's frames twice.
    RepeatedFrames(SiteId),
}

/// A fault and when it is there, counted from the moment the scenario goes live.
#[derive(Debug, Clone, Copy)]
pub struct Incident {
    /// What goes wrong.
    pub fault: Fault,
    /// Minutes from going live until it begins; negative before.
    pub begins: i64,
    /// Minutes until it is mended.
    pub lasts: i64,
    /// Whether it comes back every 24 hours.
    pub daily: bool,
}

/// What goes wrong in one organization.
#[derive(Debug, Clone)]
pub struct Scenario {
    live_at: Timestamp,
    incidents: Vec<Incident>,
}

/// How long after going live the [watched compressor](watched_compressor) fails.
pub const COMPRESSOR_FAILS_AFTER: Span = Span::minutes(2);

/// The unit whose compressor is going to fail first, and its site: the organization's first walk-in cooler.
#[must_use]
pub fn watched_compressor(document: &OrganizationDocument) -> Option<(&SiteDocument, &UnitDocument)> {
    document.sites.iter().find_map(|site| {
        let mut units = site.areas.iter().flat_map(|area| &area.units);
        let cooler = units.find(|unit| unit.kind == UnitKind::WalkInCooler)?;
        Some((site, cooler))
    })
}

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

impl Scenario {
    /// `incidents` around the moment `live_at`; none of them for a day on which nothing happens.
    #[must_use]
    pub const fn new(live_at: Timestamp, incidents: Vec<Incident>) -> Self {
        Self { live_at, incidents }
    }

    /// A day with one of everything, each where the organization has a unit or sensor for it. A compressor fails two
    /// minutes after `live_at`; the hours before were quieter.
    #[must_use]
    pub fn eventful_day(document: &OrganizationDocument, live_at: Timestamp) -> Self {
        let units = || {
            document
                .sites
                .iter()
                .flat_map(|site| &site.areas)
                .flat_map(|area| &area.units)
        };
        let first = |kind: UnitKind| units().find(|unit| unit.kind == kind);
        let mut incidents = Vec::new();
        let mut add = |fault, begins, lasts, daily| {
            incidents.push(Incident {
                fault,
                begins,
                lasts,
                daily,
            })
        };
        if let Some((_, unit)) = watched_compressor(document) {
            add(
                Fault::CompressorFailure(unit.id),
                COMPRESSOR_FAILS_AFTER.as_minutes(),
                8,
                true,
            );
        }
        if let Some(unit) = first(UnitKind::Fridge) {
            add(Fault::DoorLeftOpen(unit.id), -6 * 60, 25, false);
            add(Fault::DoorLeftOpen(unit.id), 25, 20, true);
        }
        if let Some(unit) = first(UnitKind::DisplayCase) {
            add(Fault::SlowDrift(unit.id), -14 * 60, 180, false);
            add(Fault::SlowDrift(unit.id), 50, 180, true);
        }
        let primary = |kind: Option<UnitKind>, sends: fn(&Measurements) -> bool| {
            let units = units().filter(|unit| kind.is_none_or(|kind| unit.kind == kind));
            let mut sensors = units
                .flat_map(|unit| &unit.sensors)
                .filter(|sensor| sensor.primary.unwrap_or(true));
            sensors.rfind(|sensor| sensor::sent_by(&sensor.model).is_some_and(|sent| sends(&sent)))
        };
        if let Some(sensor) = primary(Some(UnitKind::Freezer), |sent| sent.probe != Probe::NotFitted) {
            add(Fault::ProbeUnplugged(sensor.id), 75, 20, true);
        }
        if let Some(sensor) = primary(None, |sent| sent.battery.is_some()) {
            add(Fault::BatteryDecay(sensor.id), -24 * 60, 48 * 60, false);
        }
        for (fault, begins) in [
            (Fault::RepeatedFrames as fn(SiteId) -> Fault, 10),
            (Fault::LateFrames, 120),
            (Fault::SiteOutage, 240),
        ] {
            // Not the first site, where the compressor is watched.
            if let Some(site) = document.sites.last() {
                add(fault(site.id), begins, 30, true);
            }
        }
        Self::new(live_at, incidents)
    }

    /// How far `fault` is at `at`, from 0 to 1; `None` if it is not there.
    pub(super) fn progress(&self, fault: Fault, at: Timestamp) -> Option<f64> {
        self.active(fault, at)
            .map(|(since, lasts)| since as f64 / lasts as f64)
    }

    /// Whether `fault` is there at `at`.
    pub(super) fn is_active(&self, fault: Fault, at: Timestamp) -> bool {
        self.active(fault, at).is_some()
    }

    /// When `fault`, which is there at `at`, will be mended.
    pub(super) fn mended_at(&self, fault: Fault, at: Timestamp) -> Option<Timestamp> {
        let (since, lasts) = self.active(fault, at)?;
        Some(Timestamp::from_millis(at.as_millis() + lasts - since))
    }

    /// Since when and for how long in all, in milliseconds.
    fn active(&self, fault: Fault, at: Timestamp) -> Option<(i64, i64)> {
        let elapsed = at.as_millis().saturating_sub(self.live_at.as_millis());
        self.incidents
            .iter()
            .filter(|incident| incident.fault == fault)
            .find_map(|incident| {
                let since = elapsed - incident.begins * MINUTE_MS;
                let since = if incident.daily && since >= 0 {
                    since % DAY_MS
                } else {
                    since
                };
                let lasts = incident.lasts * MINUTE_MS;
                (0..lasts).contains(&since).then_some((since, lasts))
            })
    }
}
