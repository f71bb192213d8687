use super::{Deletion, QuietTime, RecurringQuietTime};
use crate::ids::{AreaId, SiteId, UnitId};
use crate::text::{Line, Name, Notes};
use crate::time::Span;
use crate::unit::UnitKind;
use serde::{Deserialize, Serialize};

/// In which unit people read temperatures. Everything is stored in hundredths of a degree Celsius.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TemperatureUnit {
    /// Degrees Celsius.
    Celsius,
    /// Degrees Fahrenheit.
    #[default]
    Fahrenheit,
}

/// What is written on the appliance.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Identification {
    /// Who made it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub make: Option<Line<128>>,
    /// The model.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub model: Option<Line<128>>,
    /// The serial number.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub serial: Option<Line<128>>,
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
    pub name: Name,
    /// What kind of unit it is; decides the default limits.
    pub kind: UnitKind,
    /// In which unit its temperatures are shown.
    #[serde(default)]
    pub display: TemperatureUnit,
    /// Whether temperatures are logged by hand.
    #[serde(default)]
    pub logged_by_hand: bool,
    /// How often they are logged by hand, where that differs from the site's.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub log_cadence: Option<Span>,
    /// What is written on it.
    #[serde(default)]
    pub identification: Identification,
    /// What people should know of it.
    #[serde(default)]
    pub notes: Notes,
    /// When alerts of it are held back.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub quiet_times: Vec<QuietTime>,
    /// When they are held back week by week, in the time of its site.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub recurring_quiet_times: Vec<RecurringQuietTime>,
    /// Its place among the units of the area; the smaller, the earlier.
    #[serde(default)]
    pub sort_order: u32,
    /// That it was deleted.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub deleted: Option<Deletion>,
}

impl Unit {
    /// A unit of which only name and kind are known.
    #[must_use]
    pub fn new(id: UnitId, site_id: SiteId, area_id: AreaId, name: Name, kind: UnitKind) -> Self {
        Self {
            id,
            site_id,
            area_id,
            name,
            kind,
            display: TemperatureUnit::default(),
            logged_by_hand: false,
            log_cadence: None,
            identification: Identification::default(),
            notes: Notes::default(),
            quiet_times: Vec::new(),
            recurring_quiet_times: Vec::new(),
            sort_order: 0,
            deleted: None,
        }
    }
}
