//! Temperatures logged by hand.

use crate::batch::read_item;
use crate::limits::JudgedBy;
use crate::problem::ProblemCode;
use crate::time::Instant;
use freshtrack_domain::handling::Account;
use freshtrack_domain::ids::{LogId, SiteId, UnitId, UserId};
use freshtrack_domain::logbook::{ClientId, Photo};
use freshtrack_domain::text::{Name, Notes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// `POST /v1/orgs/{org_id}/units/{unit_id}/logs`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLog {
    /// Degrees Celsius. Give this or `temperature_f`.
    #[serde(default)]
    pub temperature_c: Option<f64>,
    /// Degrees Fahrenheit. Give this or `temperature_c`.
    #[serde(default)]
    pub temperature_f: Option<f64>,
    /// When it was measured, by the clock of the device; now unless given. At most five minutes ahead; any time back.
    #[serde(default)]
    pub recorded_at: Option<Instant>,
    /// What others should know.
    #[serde(default)]
    pub notes: Notes,
    /// What was done about the food and the unit. Demanded when the temperature is out of range.
    #[serde(default)]
    pub corrective_action: Option<Account>,
    /// What names a photo where photos are kept.
    #[serde(default)]
    pub photo: Option<Photo>,
    /// What the device calls the log: a ULID or a UUID that it has drawn. Told again under the same name, it counts once.
    #[serde(default)]
    pub client_id: Option<ClientId>,
    /// The log of the same unit that this one is to be read instead of.
    #[serde(default)]
    pub corrects: Option<LogId>,
}

/// A log of many, and the unit it is of.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct BatchLog {
    /// The unit.
    pub unit_id: UnitId,
    /// The log.
    #[serde(flatten)]
    pub log: NewLog,
}

impl BatchLog {
    /// Reads one item of a batch.
    ///
    /// # Errors
    /// When it is not of the expected form.
    pub fn read(item: Value) -> Result<Self, serde_json::Error> {
        let (unit_id, log) = read_item(item, "unit_id", "a log is an object")?;
        Ok(Self { unit_id, log })
    }
}

/// The most logs that one request may bring.
pub const MOST_LOGS: usize = 100;

/// `POST /v1/orgs/{org_id}/logs`: what a device has kept until there was a network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLogs {
    /// The logs. Each is read for itself, so that one that is malformed spoils no other.
    #[schemars(with = "Vec<BatchLog>", length(min = 1, max = 100))]
    pub logs: Vec<Value>,
}

/// What became of one log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LogStatus {
    /// It is kept.
    Accepted,
    /// It was told before, and is kept once.
    Duplicate,
    /// Something else was told before: under the same `client_id`, or in correction of the same log.
    Conflict,
    /// It cannot be kept as it is.
    Rejected,
}

/// What became of one log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LogResult {
    /// Its place in the request, from 0.
    pub index: usize,
    /// What became of it.
    pub status: LogStatus,
    /// Under which identifier it is kept.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub log_id: Option<LogId>,
    /// Why it is not, as a stable code.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub code: Option<ProblemCode>,
    /// The same in words.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    /// Which field of the log it is about.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub field: Option<String>,
}

/// What became of each log, in the order of the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LogReport {
    /// One result a log.
    pub results: Vec<LogResult>,
}

/// A temperature logged by hand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LogView {
    /// Its identifier.
    pub id: LogId,
    /// The unit.
    pub unit_id: UnitId,
    /// The site that the unit was in.
    pub site_id: SiteId,
    /// Degrees Celsius.
    pub temperature_c: f64,
    /// The lower alarm limit when the log came, in degrees Celsius.
    pub low_c: f64,
    /// The upper alarm limit when the log came, in degrees Celsius.
    pub high_c: f64,
    /// By what it was judged when it came; absent of those that were judged by the alarm limit before there was another.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub judged_by: Option<JudgedBy>,
    /// Whether the temperature was within that.
    pub in_range: bool,
    /// What the person noted.
    pub notes: Notes,
    /// What was done about the food and the unit.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub corrective_action: Option<Account>,
    /// What names a photo where photos are kept.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub photo: Option<Photo>,
    /// What the device called it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub client_id: Option<ClientId>,
    /// The log that this one is to be read instead of.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub corrects: Option<LogId>,
    /// The log that is to be read instead of this one. Told of a single log only.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub corrected_by: Option<LogId>,
    /// When it was measured, by the clock of the device.
    pub recorded_at: Instant,
    /// When it came, by ours.
    pub received_at: Instant,
    /// The user or access key that logged it.
    pub by: String,
    /// The member in whose name an administrator of the platform did.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub acting_as: Option<UserId>,
}

/// A unit whose temperature is to be logged by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DueLog {
    /// The unit.
    pub unit_id: UnitId,
    /// The site it is in.
    pub site_id: SiteId,
    /// Its name.
    pub name: Name,
    /// How often it is to be logged.
    pub cadence_minutes: i64,
    /// When it was last logged.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub last_logged_at: Option<Instant>,
    /// When the next log is due: the cadence after the last, or when the site opens after that.
    pub due_at: Instant,
    /// Whether it is due by now.
    pub is_due: bool,
    /// Whether the time by which it may be late is over too.
    pub is_overdue: bool,
}
