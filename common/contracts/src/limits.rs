//! What records are judged by.

use freshtrack_domain::measurement::CentiCelsius;
use freshtrack_domain::place::Level;
use freshtrack_domain::unit::{LegalSource, Limit, Standard};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// By what a record is judged. The alarm limit decides whom to wake and says nothing here, unless a unit has no legal limit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct JudgedBy {
    /// Which of the unit's limits it is: the legal one, or where there is none the alarm limit.
    pub limit: Limit,
    /// Colder than this is out of range, in degrees Celsius; `null` where cold does no harm.
    pub low_c: Option<f64>,
    /// Warmer than this is out of range, in degrees Celsius; `null` where warmth does no harm.
    pub high_c: Option<f64>,
    /// Where a legal limit is written, such as `Food Code 3-501.16`; `null` for an alarm limit.
    pub source: Option<String>,
}

impl From<Standard> for JudgedBy {
    fn from(standard: Standard) -> Self {
        Self {
            limit: standard.limit,
            low_c: standard.low.map(CentiCelsius::celsius),
            high_c: standard.high.map(CentiCelsius::celsius),
            source: standard.source,
        }
    }
}

/// How many units are judged by the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StandardInUse {
    /// By what.
    pub judged_by: JudgedBy,
    /// How many units.
    pub units: u32,
}

/// A legal limit as it is set: the number and where it is written, both together. Without a number it says that no such limit
/// applies, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LegalLimitValue {
    /// Colder than this is beyond it, in degrees Celsius.
    #[serde(default)]
    pub low_c: Option<f64>,
    /// Warmer than this is beyond it, in degrees Celsius.
    #[serde(default)]
    pub high_c: Option<f64>,
    /// Where it is written, such as `Food Code 3-501.16` or `HACCP plan CCP 2`.
    pub source: LegalSource,
}

/// The legal limit in force for a unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LegalLimitInForce {
    /// Colder than this is beyond it, in degrees Celsius.
    pub low_c: Option<f64>,
    /// Warmer than this is beyond it, in degrees Celsius.
    pub high_c: Option<f64>,
    /// Where it is written.
    pub source: String,
    /// The level that it was set at.
    pub set_at: Level,
}
