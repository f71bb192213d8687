//! What a document says, checked as far as that is possible without looking at what is stored.

use crate::error::Refusal;
use crate::places::rule_fields;
use freshtrack_contracts::organization::{OrganizationDocument, SensorDocument, SiteDocument, UnitDocument};
use freshtrack_contracts::places::RuleValues;
use freshtrack_domain::device::Sensor;
use freshtrack_domain::ids::OrgId;
use freshtrack_domain::measurement::CentiCelsius;
use freshtrack_domain::place::{Area, RuleFields, Site, Unit};
use freshtrack_domain::text::Name;
use freshtrack_domain::time::Span;
use std::collections::BTreeSet;
use std::fmt::Display;

/// What a document wants there to be. Of each record it says no more than the document does: the rest is as in a new one.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) sites: Vec<PlannedSite>,
    /// What may stand in a document once.
    named: BTreeSet<String>,
}

/// A site and what is in it.
pub(super) struct PlannedSite {
    pub(super) site: Site,
    pub(super) areas: Vec<PlannedArea>,
}

/// An area and what is in it.
pub(super) struct PlannedArea {
    pub(super) area: Area,
    pub(super) units: Vec<PlannedUnit>,
}

/// A unit, its rules and its sensors.
pub(super) struct PlannedUnit {
    pub(super) unit: Unit,
    pub(super) rules: RuleFields,
    pub(super) sensors: Vec<Sensor>,
}

impl Plan {
    /// The plan that `document` is.
    pub(super) fn of(document: &OrganizationDocument) -> Result<Self, Refusal> {
        let mut plan = Self::default();
        for site in &document.sites {
            let site = plan.site(document.id, site)?;
            plan.sites.push(site);
        }
        Ok(plan)
    }

    /// Notes that the document names `what`.
    pub(super) fn once(&mut self, what: impl Display) -> Result<(), Refusal> {
        let what = what.to_string();
        if self.named.contains(&what) {
            return Err(Refusal::invalid(format!("The document names {what} twice.")));
        }
        self.named.insert(what);
        Ok(())
    }

    /// Every unit that it names.
    pub(super) fn units(&self) -> impl Iterator<Item = &PlannedUnit> {
        let areas = self.sites.iter().flat_map(|site| &site.areas);
        areas.flat_map(|area| &area.units)
    }

    fn site(&mut self, org_id: OrgId, document: &SiteDocument) -> Result<PlannedSite, Refusal> {
        self.once(document.id)?;
        let time_zone = crate::places::time_zone(document.time_zone.clone())?;
        let site = Site::new(document.id, name(&document.name)?, time_zone);
        let mut areas = Vec::with_capacity(document.areas.len());
        for document in &document.areas {
            self.once(document.id)?;
            let area = Area::new(document.id, site.id, name(&document.name)?);
            let mut units = Vec::with_capacity(document.units.len());
            for unit in &document.units {
                units.push(self.unit(org_id, &area, unit)?);
            }
            areas.push(PlannedArea { area, units });
        }
        Ok(PlannedSite { site, areas })
    }

    fn unit(&mut self, org_id: OrgId, area: &Area, document: &UnitDocument) -> Result<PlannedUnit, Refusal> {
        self.once(document.id)?;
        let name = name(&document.name)?;
        self.once(format_args!("a unit called \"{}\" in {}", name.folded(), area.id))?;
        let values = RuleValues {
            low_c: document.low_c,
            high_c: document.high_c,
            confirm_door_closed_minutes: document.confirm_minutes,
            ..RuleValues::default()
        };
        let rules = rule_fields(&values)
            .map_err(|refusal| Refusal::invalid(format!("\"{name}\": {}", refusal.detail)))?;
        let unit = Unit::new(document.id, area.site_id, area.id, name, document.kind);
        let mut sensors = Vec::with_capacity(document.sensors.len());
        for sensor in &document.sensors {
            let sensor = sensor_of(org_id, &unit, sensor)?;
            self.once(sensor.id)?;
            self.once(format_args!("the DevEUI {}", sensor.dev_eui))?;
            sensors.push(sensor);
        }
        Ok(PlannedUnit { unit, rules, sensors })
    }
}

fn name(text: &str) -> Result<Name, Refusal> {
    Name::new(text).map_err(|error| Refusal::invalid(format!("The name \"{text}\" {error}.")))
}

fn sensor_of(org_id: OrgId, unit: &Unit, sensor: &SensorDocument) -> Result<Sensor, Refusal> {
    let dev_eui = sensor
        .dev_eui
        .parse()
        .map_err(|e| Refusal::invalid(format!("sensor {}: {e}.", sensor.id)))?;
    let offset = match sensor.offset_c {
        Some(degrees) => CentiCelsius::from_celsius(degrees)
            .ok_or_else(|| Refusal::invalid(format!("offset_c of {} is not a temperature.", sensor.id)))?,
        None => CentiCelsius::default(),
    };
    Ok(Sensor {
        unit_id: Some(unit.id),
        source: sensor.source,
        primary: sensor.primary.unwrap_or(true),
        report_interval: sensor.report_interval_seconds.map(Span::seconds),
        temperature_offset: offset,
        ..Sensor::new(sensor.id, org_id, dev_eui, sensor.model.clone())
    })
}
