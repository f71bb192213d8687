//! Where units stand: an organization has sites, a site has areas, an area has units.

use crate::ids::{AreaId, OrgId, SiteId, UnitId};
use crate::unit::UnitKind;
use serde::{Deserialize, Serialize};

/// A tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organization {
    /// Its identifier.
    pub id: OrgId,
    /// Its name.
    pub name: String,
}

/// A restaurant, shop or bakery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// Its identifier.
    pub id: SiteId,
    /// Its name.
    pub name: String,
    /// IANA time zone, such as `America/New_York`: days, quiet hours and reports are reckoned in it.
    pub time_zone: String,
}

/// A named zone of a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Area {
    /// Its identifier.
    pub id: AreaId,
    /// The site it is in.
    pub site_id: SiteId,
    /// Its name.
    pub name: String,
}

/// A unit as people describe it. What is happening in it is [`crate::unit::UnitState`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// Its identifier.
    pub id: UnitId,
    /// The site it is in.
    pub site_id: SiteId,
    /// The area it is in.
    pub area_id: AreaId,
    /// Its name.
    pub name: String,
    /// What kind of unit it is; decides the default limits.
    pub kind: UnitKind,
}

/// Whether `name` is a time zone of the IANA database.
#[must_use]
pub fn is_time_zone(name: &str) -> bool {
    jiff::tz::db().get(name).is_ok()
}
