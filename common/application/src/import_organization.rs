//! Brings in an organization with everything it has, as often as wanted.

use crate::error::{Failure, PortErrorKind, Refusal};
use crate::organizations::{key_of, put_key, put_organization};
use crate::ports::{Clock, Organizations, PlacesOfOrg, Records, UnitStates};
use crate::registry::Registry;
use crate::scope::OrgScope;
use freshtrack_contracts::organization::{
    ImportReport, OrganizationDocument, SensorDocument, SiteDocument, UnitDocument,
};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_decoders as decoders;
use freshtrack_domain::device::Sensor;
use freshtrack_domain::ids::OrgId;
use freshtrack_domain::measurement::CentiCelsius;
use freshtrack_domain::place::{Area, Site, Unit};
use freshtrack_domain::text::Name;
use freshtrack_domain::time::Span;
use freshtrack_domain::unit::{Overrides, Rules, UnitRecord, UnitState};
use std::collections::BTreeSet;
use std::fmt::Display;

/// How often a unit is read again when its readings come in during the import.
const ATTEMPTS: usize = 5;

/// What an import needs.
pub struct Import<'a> {
    /// The organization itself and its keys.
    pub records: &'a dyn Records,
    /// Places and sensors.
    pub organizations: &'a dyn Organizations,
    /// The units' states, which carry their rules.
    pub states: &'a dyn UnitStates,
    /// The time.
    pub clock: &'a dyn Clock,
}

/// Creates or brings up to date the organization of `document`. History is never touched.
///
/// # Errors
/// Refused, before anything is stored, when the document contradicts itself; and when a DevEUI or a key is
/// another organization's.
pub async fn import_organization(
    ports: &Import<'_>,
    document: OrganizationDocument,
) -> Result<ImportReport, Failure> {
    let scope = OrgScope::granted(document.id);
    let mut plan = Plan::default();
    for site in &document.sites {
        plan.add_site(document.id, site)?;
    }
    let keys = document
        .access_keys
        .iter()
        .map(|key| key_of(key, ports.clock.now()))
        .collect::<Result<Vec<_>, Refusal>>()?;
    for (key, _) in &keys {
        plan.once(key.id)?;
        plan.once(format_args!("the access key {}", key.prefix))?;
    }
    let report = ImportReport {
        sites: plan.sites.len(),
        units: plan.units.len(),
        sensors: plan.sensors.len(),
    };
    let registry = Registry {
        records: ports.records,
        clock: ports.clock,
    };
    let organization = put_organization(registry, scope, &document).await?;
    let places = PlacesOfOrg {
        organization,
        sites: plan.sites,
        areas: plan.areas,
        units: plan.units.iter().map(|(unit, _)| unit.clone()).collect(),
    };
    ports.organizations.put_places(&places).await?;
    for (unit, overrides) in &plan.units {
        put_unit(ports, scope, unit, overrides).await?;
    }
    for sensor in &plan.sensors {
        ports
            .organizations
            .put_sensor(sensor)
            .await
            .map_err(|error| match error.kind {
                PortErrorKind::Conflict => Failure::from(Refusal::new(
                    ProblemCode::Conflict,
                    format!("The DevEUI {} is registered for another sensor.", sensor.dev_eui),
                )),
                _ => error.into(),
            })?;
    }
    for (key, secret) in keys {
        put_key(registry, scope, key, &secret).await?;
    }
    Ok(report)
}

#[derive(Default)]
struct Plan {
    sites: Vec<Site>,
    areas: Vec<Area>,
    units: Vec<(Unit, Overrides)>,
    sensors: Vec<Sensor>,
    /// What may stand in a document once.
    named: BTreeSet<String>,
}

impl Plan {
    /// Notes that the document names `what`.
    fn once(&mut self, what: impl Display) -> Result<(), Refusal> {
        let what = what.to_string();
        if self.named.contains(&what) {
            return Err(Refusal::invalid(format!("The document names {what} twice.")));
        }
        self.named.insert(what);
        Ok(())
    }

    fn add_site(&mut self, org_id: OrgId, site: &SiteDocument) -> Result<(), Refusal> {
        if !freshtrack_domain::place::is_time_zone(&site.time_zone) {
            return Err(Refusal::invalid(format!(
                "\"{}\" is not an IANA time zone.",
                site.time_zone
            )));
        }
        self.once(site.id)?;
        self.sites
            .push(Site::new(site.id, name(&site.name)?, site.time_zone.clone()));
        for area in &site.areas {
            self.once(area.id)?;
            self.areas.push(Area::new(area.id, site.id, name(&area.name)?));
            for document in &area.units {
                self.once(document.id)?;
                let unit = Unit::new(
                    document.id,
                    site.id,
                    area.id,
                    name(&document.name)?,
                    document.kind,
                );
                let overrides = overrides_of(document)?;
                for sensor in &document.sensors {
                    let sensor = sensor_of(org_id, &unit, sensor)?;
                    self.once(sensor.id)?;
                    self.once(format_args!("the DevEUI {}", sensor.dev_eui))?;
                    self.sensors.push(sensor);
                }
                self.units.push((unit, overrides));
            }
        }
        Ok(())
    }
}

fn name(text: &str) -> Result<Name, Refusal> {
    Name::new(text).map_err(|error| Refusal::invalid(format!("The name \"{text}\" {error}.")))
}

fn overrides_of(unit: &UnitDocument) -> Result<Overrides, Refusal> {
    let degrees = |value: Option<f64>, field: &str| match value {
        Some(degrees) => CentiCelsius::from_celsius(degrees)
            .map(Some)
            .ok_or_else(|| Refusal::invalid(format!("{field} of \"{}\" is not a temperature.", unit.name))),
        None => Ok(None),
    };
    let interval = unit
        .sensors
        .iter()
        .find(|sensor| sensor.primary.unwrap_or(true))
        .and_then(|sensor| {
            sensor
                .report_interval_seconds
                .map(Span::seconds)
                .or_else(|| decoders::find(&sensor.model).map(|model| model.uplink_interval))
        });
    let overrides = Overrides {
        low: degrees(unit.low_c, "low_c")?,
        high: degrees(unit.high_c, "high_c")?,
        hysteresis: None,
        confirm: unit.confirm_minutes.map(Span::minutes),
        report_interval: interval,
    };
    Rules::checked(unit.kind, &overrides)
        .map_err(|error| Refusal::invalid(format!("\"{}\": {error}.", unit.name)))?;
    Ok(overrides)
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
        id: sensor.id,
        org_id,
        dev_eui,
        unit_id: unit.id,
        model: sensor.model.clone(),
        source: sensor.source,
        primary: sensor.primary.unwrap_or(true),
        report_interval: sensor.report_interval_seconds.map(Span::seconds),
        temperature_offset: offset,
    })
}

/// Creates the unit's state, or gives it the new rules and judges it by them.
async fn put_unit(
    ports: &Import<'_>,
    scope: OrgScope,
    unit: &Unit,
    overrides: &Overrides,
) -> Result<(), Failure> {
    let mut attempts = 0;
    loop {
        let now = ports.clock.now();
        let stored = ports.states.load(scope, unit.id).await?;
        let mut changes = Vec::new();
        let mut record = stored.clone().unwrap_or_else(|| {
            UnitRecord::new(UnitState::new(
                unit.id,
                unit.site_id,
                unit.area_id,
                unit.kind,
                now,
            ))
        });
        let state = &mut record.state;
        (state.site_id, state.area_id, state.kind) = (unit.site_id, unit.area_id, unit.kind);
        state.overrides = *overrides;
        if stored.as_ref() == Some(&record) {
            return Ok(());
        }
        record.judge(now, &mut changes);
        match ports.states.save(scope, &mut record, &changes).await {
            Ok(()) => return Ok(()),
            Err(error) if error.kind == PortErrorKind::Conflict && attempts < ATTEMPTS => attempts += 1,
            Err(error) => return Err(error.into()),
        }
    }
}
