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
use freshtrack_domain::unit::MAX_SENSORS;
use std::collections::BTreeMap;
use std::fmt::Display;

/// What a document wants there to be. Of each record it says no more than the document does: the rest is as in a new one.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) sites: Vec<PlannedSite>,
    /// What may stand in a document once, and where it does.
    named: BTreeMap<String, String>,
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
    /// Where in the document it stands.
    pub(super) path: String,
    pub(super) unit: Unit,
    pub(super) rules: RuleFields,
    pub(super) sensors: Vec<Sensor>,
}

impl Plan {
    /// The plan that `document` is.
    pub(super) fn of(document: &OrganizationDocument) -> Result<Self, Refusal> {
        let mut plan = Self::default();
        for (path, site) in listed("sites", &document.sites) {
            let site = plan.site(document.id, path, site)?;
            plan.sites.push(site);
        }
        Ok(plan)
    }

    /// Notes that the document names `what` at `path`.
    pub(super) fn once(&mut self, what: impl Display, path: &str) -> Result<(), Refusal> {
        let what = what.to_string();
        if let Some(first) = self.named.get(&what) {
            return Err(
                Refusal::invalid(format!("The document names {what} twice; first at {first}.")).about(path),
            );
        }
        self.named.insert(what, path.to_owned());
        Ok(())
    }

    /// Every unit that it names.
    pub(super) fn units(&self) -> impl Iterator<Item = &PlannedUnit> {
        let areas = self.sites.iter().flat_map(|site| &site.areas);
        areas.flat_map(|area| &area.units)
    }

    fn site(&mut self, org_id: OrgId, path: String, document: &SiteDocument) -> Result<PlannedSite, Refusal> {
        self.once(document.id, &path)?;
        let time_zone = crate::places::time_zone(document.time_zone.clone()).map_err(within(&path))?;
        let site = Site::new(
            document.id,
            name(&document.name).map_err(within(&path))?,
            time_zone,
        );
        let mut areas = Vec::with_capacity(document.areas.len());
        for (path, document) in listed(&format!("{path}.areas"), &document.areas) {
            self.once(document.id, &path)?;
            let area = Area::new(document.id, site.id, name(&document.name).map_err(within(&path))?);
            let mut units = Vec::with_capacity(document.units.len());
            for (path, unit) in listed(&format!("{path}.units"), &document.units) {
                units.push(self.unit(org_id, &area, path, unit)?);
            }
            areas.push(PlannedArea { area, units });
        }
        Ok(PlannedSite { site, areas })
    }

    fn unit(
        &mut self,
        org_id: OrgId,
        area: &Area,
        path: String,
        document: &UnitDocument,
    ) -> Result<PlannedUnit, Refusal> {
        self.once(document.id, &path)?;
        let name = name(&document.name).map_err(within(&path))?;
        let called = format!("a unit called \"{}\" in {}", name.folded(), area.id);
        self.once(called, &format!("{path}.name"))?;
        let values = RuleValues {
            low_c: document.low_c,
            high_c: document.high_c,
            confirm_door_closed_minutes: document.confirm_minutes,
            ..RuleValues::default()
        };
        let rules = rule_fields(&values).map_err(within(&path))?;
        let unit = Unit::new(document.id, area.site_id, area.id, name, document.kind);
        let mut sensors: Vec<Sensor> = Vec::with_capacity(document.sensors.len());
        for (path, sensor) in listed(&format!("{path}.sensors"), &document.sensors) {
            let sensor = sensor_of(org_id, &unit, sensor).map_err(within(&path))?;
            self.once(sensor.id, &path)?;
            self.once(
                format_args!("the DevEUI {}", sensor.dev_eui),
                &format!("{path}.dev_eui"),
            )?;
            if sensor.primary && sensors.iter().any(|other| other.primary) {
                return Err(Refusal::invalid(
                    "One sensor drives a unit. Say `\"primary\": false` of all others.",
                )
                .about(format!("{path}.primary")));
            }
            if sensors.len() >= MAX_SENSORS {
                return Err(
                    Refusal::invalid(format!("A unit has at most {MAX_SENSORS} sensors.")).about(path),
                );
            }
            sensors.push(sensor);
        }
        Ok(PlannedUnit {
            path,
            unit,
            rules,
            sensors,
        })
    }
}

/// The elements of the list at `path`, each with its own path.
pub(super) fn listed<'d, T>(path: &str, elements: &'d [T]) -> impl Iterator<Item = (String, &'d T)> {
    let path_of = move |(place, element)| (format!("{path}[{place}]"), element);
    elements.iter().enumerate().map(path_of)
}

/// Tells where in the document it is what is refused.
pub(super) fn within(path: &str) -> impl Fn(Refusal) -> Refusal {
    move |refusal| {
        let path = match &refusal.field {
            Some(field) => format!("{path}.{field}"),
            None => path.to_owned(),
        };
        refusal.about(path)
    }
}

fn name(text: &str) -> Result<Name, Refusal> {
    Name::new(text).map_err(|error| Refusal::invalid(format!("The name \"{text}\" {error}.")).about("name"))
}

fn sensor_of(org_id: OrgId, unit: &Unit, sensor: &SensorDocument) -> Result<Sensor, Refusal> {
    let dev_eui = sensor.dev_eui.parse().map_err(|e| {
        Refusal::invalid(format!("The DevEUI of the sensor {}: {e}.", sensor.id)).about("dev_eui")
    })?;
    let offset = match sensor.offset_c {
        Some(degrees) => CentiCelsius::from_celsius(degrees).ok_or_else(|| {
            Refusal::invalid(format!("offset_c of {} is not a temperature.", sensor.id)).about("offset_c")
        })?,
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
