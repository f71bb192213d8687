use super::{Deletion, OpeningHours, RecurringQuietTime};
use crate::ids::{AreaId, SiteId};
use crate::text::{Line, Name, Notes};
use crate::time::Span;
use serde::{Deserialize, Deserializer, Serialize};

/// By which rules a site keeps its food (specification 1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ComplianceMode {
    /// Limits by kind of unit.
    #[default]
    Standard,
    /// Hazard analysis and critical control points: corrective actions are recorded.
    Haccp,
    /// The FDA Food Code.
    FdaFoodCode,
    /// The organization's own rules.
    Custom,
}

/// A postal address, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// Street and number.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub street: Option<Line<500>>,
    /// Town.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub city: Option<Line<128>>,
    /// State, province or county.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub region: Option<Line<64>>,
    /// Postal code.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub postal_code: Option<Line<20>>,
    /// Country.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub country: Option<Line<64>>,
}

/// A point on the earth, in degrees of WGS 84.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Coordinates {
    latitude: f64,
    longitude: f64,
}

/// Not a point on the earth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("latitude is -90 to 90 and longitude -180 to 180")]
pub struct InvalidCoordinates;

impl Coordinates {
    /// The point at these degrees.
    ///
    /// # Errors
    /// When there is no such point.
    pub fn new(latitude: f64, longitude: f64) -> Result<Self, InvalidCoordinates> {
        if (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude) {
            Ok(Self { latitude, longitude })
        } else {
            Err(InvalidCoordinates)
        }
    }

    /// Degrees north.
    #[must_use]
    pub const fn latitude(self) -> f64 {
        self.latitude
    }

    /// Degrees east.
    #[must_use]
    pub const fn longitude(self) -> f64 {
        self.longitude
    }
}

impl<'de> Deserialize<'de> for Coordinates {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Degrees {
            latitude: f64,
            longitude: f64,
        }
        let Degrees { latitude, longitude } = Degrees::deserialize(deserializer)?;
        Self::new(latitude, longitude).map_err(serde::de::Error::custom)
    }
}

/// A restaurant, shop or bakery.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Site {
    /// Its identifier.
    pub id: SiteId,
    /// Its name.
    pub name: Name,
    /// IANA time zone, such as `America/New_York`: days, quiet hours and reports are reckoned in it.
    pub time_zone: String,
    /// Where it is.
    #[serde(default)]
    pub address: Address,
    /// Where it is on the map.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub coordinates: Option<Coordinates>,
    /// By which rules it keeps its food.
    #[serde(default)]
    pub compliance: ComplianceMode,
    /// Whether a critical temperature alert cannot be resolved without saying what was done.
    #[serde(default)]
    pub corrective_action_required: bool,
    /// How often temperatures are logged by hand where a unit says nothing else.
    #[serde(default = "log_cadence")]
    pub log_cadence: Span,
    /// When it is open.
    #[serde(default)]
    pub opening_hours: OpeningHours,
    /// When alerts of all its units are held back, week by week, in its own time.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub recurring_quiet_times: Vec<RecurringQuietTime>,
    /// That it was deleted.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub deleted: Option<Deletion>,
}

/// Four hours (specification 1.5).
const fn log_cadence() -> Span {
    Span::hours(4)
}

impl Site {
    /// A site of which only name and time zone are known.
    #[must_use]
    pub fn new(id: SiteId, name: Name, time_zone: String) -> Self {
        Self {
            id,
            name,
            time_zone,
            address: Address::default(),
            coordinates: None,
            compliance: ComplianceMode::default(),
            corrective_action_required: false,
            log_cadence: log_cadence(),
            opening_hours: OpeningHours::default(),
            recurring_quiet_times: Vec::new(),
            deleted: None,
        }
    }

    /// How often temperatures are logged by hand, if somebody wants that otherwise than it is everywhere.
    #[must_use]
    pub fn own_log_cadence(&self) -> Option<Span> {
        Some(self.log_cadence).filter(|cadence| *cadence != log_cadence())
    }
}

/// A named zone of a site. It only groups units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Area {
    /// Its identifier.
    pub id: AreaId,
    /// The site it is in.
    pub site_id: SiteId,
    /// Its name.
    pub name: Name,
    /// What it is for.
    #[serde(default)]
    pub description: Notes,
    /// Its place among the areas of the site; the smaller, the earlier.
    #[serde(default)]
    pub sort_order: u32,
    /// That it was deleted.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub deleted: Option<Deletion>,
}

impl Area {
    /// An area of which only the name is known.
    #[must_use]
    pub fn new(id: AreaId, site_id: SiteId, name: Name) -> Self {
        Self {
            id,
            site_id,
            name,
            description: Notes::default(),
            sort_order: 0,
            deleted: None,
        }
    }
}

/// Whether `name` is a time zone of the IANA database.
#[must_use]
pub fn is_time_zone(name: &str) -> bool {
    jiff::tz::db().get(name).is_ok()
}
