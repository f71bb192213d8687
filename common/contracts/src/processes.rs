//! Timed processes: cooling, reheating, holding and standing by the clock.

use crate::batch::read_item;
use crate::problem::ProblemCode;
use crate::time::Instant;
use freshtrack_domain::handling::Account;
use freshtrack_domain::ids::{AlertId, ObservationId, ProcessId, SensorId, SiteId, UnitId, UserId};
use freshtrack_domain::logbook::{ClientId, Photo};
use freshtrack_domain::process::{
    Batch, Bound, Cause, Measured, Missed, NextAction, Observation, Outcome, Process, ProcessKind, Progress,
    Stage, StageLimit, Verdict,
};
use freshtrack_domain::text::{Line, Name, Notes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Where a limit comes from, such as a HACCP plan: 1 to 256 characters.
pub type Source = Line<256>;

/// The longest time that a stage may be given: a day.
pub const MOST_MINUTES: u32 = 24 * 60;

/// A limit in place of the standard's, for one process. What is not given stays as it is. One that demands less than the
/// standard must say where it comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnLimit {
    /// The stage. It must be one of the kind's.
    pub stage: Stage,
    /// What must be reached or kept, in degrees Celsius. Not where only the time counts.
    #[serde(default)]
    pub temperature_c: Option<f64>,
    /// The same in degrees Fahrenheit. Give one of the two.
    #[serde(default)]
    pub temperature_f: Option<f64>,
    /// Within how many minutes, 1 to 1,440; between two checks where food is held hot.
    #[serde(default)]
    #[schemars(range(min = 1, max = 1440))]
    pub minutes: Option<u32>,
    /// Where it comes from. Demanded of what is looser than the standard.
    #[serde(default)]
    pub source: Option<Source>,
}

/// `POST /v1/orgs/{org_id}/processes`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProcess {
    /// What kind it is.
    pub kind: ProcessKind,
    /// The food.
    pub product: Name,
    /// Which preparation of it.
    #[serde(default)]
    pub batch: Option<Batch>,
    /// The unit at which it takes place: that which cools or holds the food, or from which it is taken.
    pub unit_id: UnitId,
    /// A sensor of that unit whose probe is in the food: its readings count as observations. One that measures the air does
    /// not tell how warm the food is.
    #[serde(default)]
    pub sensor_id: Option<SensorId>,
    /// When it was started, by the clock of the device; now unless given. At most five minutes ahead; any time back.
    #[serde(default)]
    pub started_at: Option<Instant>,
    /// Limits in place of the standard's.
    #[serde(default)]
    #[schemars(length(max = 2))]
    pub limits: Vec<OwnLimit>,
    /// The cooling that was too slow in its first stage, after which the food was reheated. A process is restarted once.
    #[serde(default)]
    pub restart_of: Option<ProcessId>,
    /// What others should know.
    #[serde(default)]
    pub notes: Notes,
    /// What the device calls the process: a ULID or a UUID that it has drawn. Told again under the same name, it counts once.
    #[serde(default)]
    pub client_id: Option<ClientId>,
}

/// `POST /v1/orgs/{org_id}/processes/{process_id}/observations`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewObservation {
    /// Degrees Celsius. Give this or `temperature_f`.
    #[serde(default)]
    pub temperature_c: Option<f64>,
    /// Degrees Fahrenheit. Give this or `temperature_c`.
    #[serde(default)]
    pub temperature_f: Option<f64>,
    /// For how many seconds until then the food was at least as hot, or as cold: of a reheating, which must hold. At most a day.
    #[serde(default)]
    #[schemars(range(max = 86_400))]
    pub held_seconds: u32,
    /// When it was measured, by the clock of the device; now unless given. At most five minutes ahead, and not before the
    /// process was started.
    #[serde(default)]
    pub measured_at: Option<Instant>,
    /// What others should know.
    #[serde(default)]
    pub notes: Notes,
    /// What names a photo where photos are kept.
    #[serde(default)]
    pub photo: Option<Photo>,
    /// What the device calls it: a ULID or a UUID that it has drawn. Told again under the same name, it counts once.
    #[serde(default)]
    pub client_id: Option<ClientId>,
    /// The observation of the same process that this one is to be read instead of.
    #[serde(default)]
    pub corrects: Option<ObservationId>,
}

/// An observation of many, and the process it is of.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct BatchObservation {
    /// The process.
    pub process_id: ProcessId,
    /// The observation.
    #[serde(flatten)]
    pub observation: NewObservation,
}

impl BatchObservation {
    /// Reads one item of a batch.
    ///
    /// # Errors
    /// When it is not of the expected form.
    pub fn read(item: Value) -> Result<Self, serde_json::Error> {
        let (process_id, observation) = read_item(item, "process_id", "an observation is an object")?;
        Ok(Self {
            process_id,
            observation,
        })
    }
}

/// The most observations that one request may bring.
pub const MOST_OBSERVATIONS: usize = 100;

/// `POST /v1/orgs/{org_id}/observations`: what a device has kept until there was a network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewObservations {
    /// The observations. Each is read for itself, so that one that is malformed spoils no other.
    #[schemars(with = "Vec<BatchObservation>", length(min = 1, max = 100))]
    pub observations: Vec<Value>,
}

/// What became of one observation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ObservationStatus {
    /// It is kept.
    Accepted,
    /// It was told before, and is kept once.
    Duplicate,
    /// Something else was told before: under the same `client_id`, or in correction of the same observation.
    Conflict,
    /// It cannot be kept as it is.
    Rejected,
}

/// What became of one observation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ObservationResult {
    /// Its place in the request, from 0.
    pub index: usize,
    /// What became of it.
    pub status: ObservationStatus,
    /// Under which identifier it is kept.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub observation_id: Option<ObservationId>,
    /// Why it is not, as a stable code.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub code: Option<ProblemCode>,
    /// The same in words.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    /// Which field of the observation it is about.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub field: Option<String>,
}

/// What became of each observation, in the order of the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ObservationReport {
    /// One result an observation.
    pub results: Vec<ObservationResult>,
}

/// `POST /v1/orgs/{org_id}/processes/{process_id}/end`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EndProcess {
    /// Whether it is done or given up.
    pub outcome: Outcome,
    /// When, by the clock of the device; now unless given. At most five minutes ahead, and not before the process was started.
    #[serde(default)]
    pub ended_at: Option<Instant>,
    /// What became of the food. Demanded of what is given up.
    #[serde(default)]
    pub text: Option<Account>,
    /// What was done about the food. Demanded of a process that failed.
    #[serde(default)]
    pub corrective_action: Option<Account>,
}

/// What a temperature is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// It must be this or colder.
    AtMost,
    /// It must be this or warmer.
    AtLeast,
}

/// What a stage has to reach or to keep, and where that comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StageView {
    /// The stage.
    pub stage: Stage,
    /// On which side of `temperature_c` the food must be.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub comparison: Option<Comparison>,
    /// What must be reached, or kept to for as long as it lasts, in degrees Celsius; absent where only the time counts.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub temperature_c: Option<f64>,
    /// Within how many minutes of the start of the clock; between two checks where food is held hot.
    pub minutes: i64,
    /// For how many seconds it must hold.
    pub held_seconds: i64,
    /// Where the figures come from.
    pub source: String,
    /// Whether they were set for this process in place of the standard.
    pub is_own: bool,
}

impl From<&StageLimit> for StageView {
    fn from(limit: &StageLimit) -> Self {
        Self {
            stage: limit.stage,
            comparison: limit.bound.map(|bound| match bound {
                Bound::AtMost(_) => Comparison::AtMost,
                Bound::AtLeast(_) => Comparison::AtLeast,
            }),
            temperature_c: limit.bound.map(|bound| bound.temperature().celsius()),
            minutes: limit.within.as_minutes(),
            held_seconds: limit.held.as_seconds(),
            source: limit.source.clone(),
            is_own: limit.is_own,
        }
    }
}

/// A kind of timed process.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ProcessKindView {
    /// The kind.
    pub kind: ProcessKind,
    /// Its stages, in order.
    pub stages: Vec<StageView>,
    /// The temperature below which its clock starts, in degrees Celsius, where it does not start with the process.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub clock_starts_below_c: Option<f64>,
    /// At which temperature or below the food's time may begin, in degrees Celsius, where that matters.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub begins_at_most_c: Option<f64>,
    /// At which temperature or above it may begin too, in degrees Celsius, where it may.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub begins_at_least_c: Option<f64>,
}

impl From<ProcessKind> for ProcessKindView {
    fn from(kind: ProcessKind) -> Self {
        let initial = kind.initial();
        Self {
            kind,
            stages: kind.standard().iter().map(StageView::from).collect(),
            clock_starts_below_c: kind.clock_starts_below().map(|hot| hot.celsius()),
            begins_at_most_c: initial.map(|(cold, _)| cold.celsius()),
            begins_at_least_c: initial.and_then(|(_, hot)| hot).map(|hot| hot.celsius()),
        }
    }
}

/// A temperature of the food.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MeasuredView {
    /// When.
    pub at: Instant,
    /// Degrees Celsius.
    pub temperature_c: f64,
}

impl From<Measured> for MeasuredView {
    fn from(measured: Measured) -> Self {
        Self {
            at: measured.at.into(),
            temperature_c: measured.temperature.celsius(),
        }
    }
}

/// What was missed, and by how much.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MissedView {
    /// In which stage.
    pub stage: Stage,
    /// Why.
    pub cause: Cause,
    /// Since when: the deadline, or the measurement that was beyond the limit.
    pub at: Instant,
    /// The last measurement until then.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub measured: Option<MeasuredView>,
    /// By how many degrees Celsius that was beyond the limit.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub excess_c: Option<f64>,
    /// How many seconds after the deadline the limit was reached, if it was.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub late_seconds: Option<i64>,
}

impl From<&Missed> for MissedView {
    fn from(missed: &Missed) -> Self {
        Self {
            stage: missed.stage,
            cause: missed.cause,
            at: missed.at.into(),
            measured: missed.measured.map(Into::into),
            excess_c: missed.excess().map(|excess| excess.celsius()),
            late_seconds: missed.late.map(|late| late.as_seconds()),
        }
    }
}

/// A stage that was passed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MetView {
    /// The stage.
    pub stage: Stage,
    /// The measurement that shows it.
    pub at: Instant,
}

/// How far a process is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ProgressView {
    /// What is known of it.
    pub verdict: Verdict,
    /// The stage that it is in, or in which it ended.
    pub stage: Stage,
    /// Since when the clock of the deadline runs: the start, the moment at which the food was last known to be as hot as where a
    /// cooling begins, or the last check where it is held hot.
    pub clock_started_at: Instant,
    /// Until when the stage lasts, or the next check is due.
    pub deadline: Instant,
    /// Whether, as measured so far, it may be where it must be at the deadline.
    pub on_track: bool,
    /// What must be done next.
    pub next_action: NextAction,
    /// The last measurement that counts.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub last: Option<MeasuredView>,
    /// The stages that were passed.
    pub met: Vec<MetView>,
    /// When it was decided.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub decided_at: Option<Instant>,
    /// What was missed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub missed: Option<MissedView>,
}

impl ProgressView {
    fn of(process: &Process, progress: &Progress) -> Self {
        Self {
            verdict: progress.verdict,
            stage: progress.stage,
            clock_started_at: progress.clock_started_at.into(),
            deadline: progress.deadline.into(),
            on_track: progress.on_track,
            next_action: process.next_action(progress),
            last: progress.last.map(Into::into),
            met: progress
                .met
                .iter()
                .map(|met| MetView {
                    stage: met.stage,
                    at: met.at.into(),
                })
                .collect(),
            decided_at: progress.decided_at.map(Into::into),
            missed: progress.missed.as_ref().map(Into::into),
        }
    }
}

/// How a process was ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EndView {
    /// Whether it was done or given up.
    pub outcome: Outcome,
    /// What became of the food.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub text: Option<Account>,
    /// When, by the clock of the device.
    pub at: Instant,
    /// When it was told, by ours.
    pub received_at: Instant,
    /// The user or access key that ended it.
    pub by: String,
    /// The member in whose name an administrator of the platform did.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub acting_as: Option<UserId>,
}

/// What was done about food of which a process failed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CorrectiveActionView {
    /// What was done.
    pub text: Account,
    /// When it was told.
    pub at: Instant,
    /// The user or access key that told it.
    pub by: String,
    /// The member in whose name an administrator of the platform did.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub acting_as: Option<UserId>,
}

/// A timed process.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ProcessView {
    /// Its identifier.
    pub id: ProcessId,
    /// What kind it is.
    pub kind: ProcessKind,
    /// The food.
    pub product: Name,
    /// Which preparation of it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub batch: Option<Batch>,
    /// The unit at which it takes place.
    pub unit_id: UnitId,
    /// The site that the unit was in.
    pub site_id: SiteId,
    /// The sensor in the food, whose readings count as observations.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sensor_id: Option<SensorId>,
    /// Its limits as they stood when it was started, stage by stage.
    pub stages: Vec<StageView>,
    /// How far it is: of a single process at this moment, in a list when it was last judged.
    pub progress: ProgressView,
    /// The process after which the food was reheated, to be cooled anew.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub restart_of: Option<ProcessId>,
    /// What others should know.
    pub notes: Notes,
    /// What the device called it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub client_id: Option<ClientId>,
    /// When it was started, by the clock of the device.
    pub started_at: Instant,
    /// When that was told, by ours.
    pub received_at: Instant,
    /// The user or access key that started it.
    pub by: String,
    /// The member in whose name an administrator of the platform did.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub acting_as: Option<UserId>,
    /// How many observations people have made.
    pub observations: u32,
    /// How it was ended.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub end: Option<EndView>,
    /// What was done about the food after it failed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub corrective_action: Option<CorrectiveActionView>,
    /// Its last alert.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub alert_id: Option<AlertId>,
}

impl ProcessView {
    /// The process, when it is as far as `progress` says.
    #[must_use]
    pub fn of(process: &Process, progress: &Progress) -> Self {
        Self {
            id: process.id,
            kind: process.kind,
            product: process.product.clone(),
            batch: process.batch.clone(),
            unit_id: process.unit_id,
            site_id: process.site_id,
            sensor_id: process.sensor_id,
            stages: process.limits.iter().map(StageView::from).collect(),
            progress: ProgressView::of(process, progress),
            restart_of: process.restart_of,
            notes: process.notes.clone(),
            client_id: process.client_id.clone(),
            started_at: process.started_at.into(),
            received_at: process.received_at.into(),
            by: process.by.clone(),
            acting_as: process.acting_as,
            observations: process.observations,
            end: process.end.as_ref().map(|end| EndView {
                outcome: end.outcome,
                text: end.text.clone(),
                at: end.at.into(),
                received_at: end.received_at.into(),
                by: end.by.clone(),
                acting_as: end.acting_as,
            }),
            corrective_action: process
                .corrective_action
                .as_ref()
                .map(|action| CorrectiveActionView {
                    text: action.text.clone(),
                    at: action.at.into(),
                    by: action.by.clone(),
                    acting_as: action.acting_as,
                }),
            alert_id: process.asked.as_ref().map(|asked| asked.alert.id),
        }
    }
}

/// A temperature of food in a timed process that a person has measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ObservationView {
    /// Its identifier.
    pub id: ObservationId,
    /// The process.
    pub process_id: ProcessId,
    /// Degrees Celsius.
    pub temperature_c: f64,
    /// For how many seconds until then the food was at least as hot, or as cold.
    pub held_seconds: i64,
    /// What others should know.
    pub notes: Notes,
    /// What names a photo where photos are kept.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub photo: Option<Photo>,
    /// What the device called it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub client_id: Option<ClientId>,
    /// The observation that this one is to be read instead of.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub corrects: Option<ObservationId>,
    /// When it was measured, by the clock of the device.
    pub measured_at: Instant,
    /// When it came, by ours.
    pub received_at: Instant,
    /// The user or access key that measured it.
    pub by: String,
    /// The member in whose name an administrator of the platform did.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub acting_as: Option<UserId>,
}

impl From<Observation> for ObservationView {
    fn from(observation: Observation) -> Self {
        Self {
            id: observation.id,
            process_id: observation.process_id,
            temperature_c: observation.temperature.celsius(),
            held_seconds: observation.held.as_seconds(),
            notes: observation.notes,
            photo: observation.photo,
            client_id: observation.client_id,
            corrects: observation.corrects,
            measured_at: observation.measured_at.into(),
            received_at: observation.received_at.into(),
            by: observation.by,
            acting_as: observation.acting_as,
        }
    }
}
