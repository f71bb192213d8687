//! The document by which an operator brings in an organization with everything it has.

use freshtrack_domain::access::Right;
use freshtrack_domain::ids::{AccessKeyId, AreaId, OrgId, SensorId, SiteId, UnitId};
use freshtrack_domain::measurement::MeasurementSource;
use freshtrack_domain::place::Slug;
use freshtrack_domain::unit::UnitKind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An organization with its sites, areas, units, sensors and access keys. Importing the same document again
/// changes nothing; importing a changed one brings names, limits and models up to date and keeps all history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganizationDocument {
    /// Its identifier.
    pub id: OrgId,
    /// Its name.
    pub name: String,
    /// Its short name; made of the name unless given.
    pub slug: Option<Slug>,
    /// IANA time zone for what belongs to no site; that of the first site unless given.
    pub time_zone: Option<String>,
    /// Its sites.
    pub sites: Vec<SiteDocument>,
    /// Its credentials for machines.
    #[serde(default)]
    pub access_keys: Vec<AccessKeyDocument>,
}

/// A site.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SiteDocument {
    /// Its identifier.
    pub id: SiteId,
    /// Its name.
    pub name: String,
    /// IANA time zone.
    pub time_zone: String,
    /// Its areas.
    pub areas: Vec<AreaDocument>,
}

/// An area.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AreaDocument {
    /// Its identifier.
    pub id: AreaId,
    /// Its name.
    pub name: String,
    /// Its units.
    pub units: Vec<UnitDocument>,
}

/// A unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnitDocument {
    /// Its identifier.
    pub id: UnitId,
    /// Its name.
    pub name: String,
    /// Its kind; decides what is not set here.
    pub kind: UnitKind,
    /// The lower limit in degrees Celsius.
    pub low_c: Option<f64>,
    /// The upper limit in degrees Celsius.
    pub high_c: Option<f64>,
    /// Minutes out of range before an excursion is an alarm.
    pub confirm_minutes: Option<u32>,
    /// Its sensors.
    #[serde(default)]
    pub sensors: Vec<SensorDocument>,
}

/// A sensor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SensorDocument {
    /// Its identifier.
    pub id: SensorId,
    /// 16 hexadecimal digits.
    pub dev_eui: String,
    /// The catalogue's slug of its model.
    pub model: String,
    /// Which of its temperatures is the product's.
    #[serde(default)]
    pub source: MeasurementSource,
    /// Whether its temperature drives the unit. True unless said otherwise.
    pub primary: Option<bool>,
    /// How often it reports, in seconds. The model's default unless said otherwise.
    pub report_interval_seconds: Option<u32>,
    /// Degrees Celsius to add, from the calibration certificate.
    pub offset_c: Option<f64>,
}

/// A credential. The key itself is chosen by the operator's tool, so that the document can be imported again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AccessKeyDocument {
    /// Its identifier.
    pub id: AccessKeyId,
    /// What it is for.
    pub name: String,
    /// The key. Only its hash is stored.
    pub secret: String,
    /// What it allows.
    pub rights: Vec<Right>,
}

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ImportReport {
    /// Sites in the document.
    pub sites: usize,
    /// Units in the document.
    pub units: usize,
    /// Sensors in the document.
    pub sensors: usize,
}
