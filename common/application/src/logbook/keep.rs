//! A temperature that somebody logs by hand, or many that a device has kept until there was a network.

use super::{KeepLogs, called, correction_of, told, unit, view};
use crate::error::{Failure, PortError, Refusal};
use crate::ports::{Holder, Record};
use crate::record_readings::UnitReading;
use crate::records::log_key;
use crate::registry::{Change, changed_meanwhile, settled};
use crate::scope::Caller;
use freshtrack_contracts::ingest::ItemStatus;
use freshtrack_contracts::logbook::{
    BatchLog, LogReport, LogResult, LogStatus, LogView, MOST_LOGS, NewLog, NewLogs,
};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::ids::{Id, LogId, Ulid, UnitId};
use freshtrack_domain::logbook::{ManualLog, hand_of};
use freshtrack_domain::measurement::TemperatureSample;
use freshtrack_domain::reading::{Origin, Reading, Rejection};
use freshtrack_domain::time::Timestamp;
use freshtrack_domain::unit::Standard;
use serde_json::Value;

/// Logs the temperature of a unit. What a device has told before under the same `client_id` changes nothing.
///
/// The log is written first, with its entry in the audit log, then the measurement takes the way of every reading. Whoever
/// dies in between tells it again, and both are done once.
///
/// # Errors
/// Refused when there is no such unit that the caller may see, when it is out of range and nothing is said of what was done,
/// and when the device has told something else under the same name.
pub async fn log_temperature(
    ports: &KeepLogs<'_>,
    caller: &Caller,
    unit_id: UnitId,
    input: NewLog,
) -> Result<LogView, Failure> {
    let Kept { log, .. } = keep(ports, caller, unit_id, input).await?;
    measure(ports, caller, [&log]).await?;
    Ok(view(log, None))
}

/// Logs many temperatures. Each is answered for itself; one bad log spoils no other.
///
/// # Errors
/// Refused when there are none or more than a hundred. A fault when at least one is not kept; telling all of them again is
/// right.
pub async fn log_temperatures(
    ports: &KeepLogs<'_>,
    caller: &Caller,
    input: NewLogs,
) -> Result<LogReport, Failure> {
    if input.logs.is_empty() || input.logs.len() > MOST_LOGS {
        let refusal = Refusal::invalid(format!("logs must hold 1 to {MOST_LOGS}."));
        return Err(refusal.about("logs").into());
    }
    let (mut results, mut kept) = (Vec::new(), Vec::new());
    for (index, item) in input.logs.into_iter().enumerate() {
        let result = match keep_one(ports, caller, item).await {
            Ok(Kept { log, is_new }) => {
                let status = if is_new {
                    LogStatus::Accepted
                } else {
                    LogStatus::Duplicate
                };
                let log_id = Some(log.id);
                kept.push(log);
                LogResult {
                    index,
                    status,
                    log_id,
                    code: None,
                    reason: None,
                    field: None,
                }
            }
            Err(Failure::Refused(refusal)) => LogResult {
                index,
                status: match refusal.code {
                    ProblemCode::Conflict => LogStatus::Conflict,
                    _ => LogStatus::Rejected,
                },
                log_id: None,
                code: Some(refusal.code),
                reason: Some(refusal.detail),
                field: refusal.field,
            },
            Err(fault) => return Err(fault),
        };
        results.push(result);
    }
    measure(ports, caller, &kept).await?;
    Ok(LogReport { results })
}

async fn keep_one(ports: &KeepLogs<'_>, caller: &Caller, item: Value) -> Result<Kept, Failure> {
    let BatchLog { unit_id, log } =
        BatchLog::read(item).map_err(|error| Refusal::invalid(format!("{error}.")))?;
    keep(ports, caller, unit_id, log).await
}

/// A log that is kept.
struct Kept {
    log: ManualLog,
    /// Whether it was not before.
    is_new: bool,
}

async fn keep(
    ports: &KeepLogs<'_>,
    caller: &Caller,
    unit_id: UnitId,
    input: NewLog,
) -> Result<Kept, Failure> {
    let now = ports.record.clock.now();
    let chance = ports.ids.random();
    let measured = input.recorded_at.map(|at| at.0);
    let recorded_at = measured.unwrap_or_else(|| ports.ids.moment(now));
    let temperature = told(input.temperature_c, input.temperature_f)?;
    if let TemperatureSample::Fault(_) = TemperatureSample::judge(temperature) {
        return Err(Refusal::invalid("The temperature is none that food is kept at.").into());
    }
    let site_id = unit(ports.records, caller, unit_id).await?.site_id;
    let found = ports.record.states.load(caller.scope, unit_id).await?;
    let state = found.ok_or_else(|| Refusal::not_found("unit"))?.state;
    let rules = state.rules();
    let millis = u64::try_from(recorded_at.to_second().as_millis()).unwrap_or(0);
    let log = ManualLog {
        id: LogId::from_ulid(Ulid::from_parts(millis, chance)),
        unit_id,
        site_id,
        temperature,
        low: rules.low,
        high: rules.high,
        standard: Some(state.standard()),
        in_range: rules.beyond_standard(temperature).is_none(),
        notes: input.notes,
        corrective_action: input.corrective_action.filter(|action| !action.is_empty()),
        photo: input.photo,
        client_id: input.client_id,
        corrects: input.corrects,
        recorded_at: recorded_at.to_second(),
        received_at: now,
        by: caller.actor.id.clone(),
        acting_as: caller.actor.acting_as,
    };
    check_time(&log, now)?;
    settled(|| write(ports, caller, &log, measured.is_some())).await
}

/// Writes `log` unless it is there. Where its time was not `told`, the one it was first kept with holds.
async fn write(ports: &KeepLogs<'_>, caller: &Caller, log: &ManualLog, told: bool) -> Result<Kept, Failure> {
    let (scope, now) = (caller.scope, log.received_at);
    if let Some(client_id) = &log.client_id
        && let Some(holder) = ports.records.holder(&called(scope, client_id), now).await?
    {
        let known = ports.records.get::<ManualLog>(scope, &holder.id).await?;
        let same = |known: &ManualLog| {
            let recorded_at = if told { log.recorded_at } else { known.recorded_at };
            known.says_the_same(&ManualLog {
                recorded_at,
                ..log.clone()
            })
        };
        return match known.filter(|known| same(&known.record)) {
            Some(known) => Ok(Kept {
                log: known.record,
                is_new: false,
            }),
            None => Err(Refusal::new(
                ProblemCode::Conflict,
                "Another log has been told under this client_id. Logs are not changed: correct that one.",
            )
            .about("client_id")
            .into()),
        };
    }
    if !log.in_range && log.corrective_action.is_none() {
        let demanded = log.standard.as_ref().map_or_else(String::new, demanded);
        return Err(Refusal::new(
            ProblemCode::CorrectiveActionRequired,
            format!("{demanded}Say what was done."),
        )
        .about("corrective_action")
        .into());
    }
    let mut change = Change::new(scope, &caller.actor, "temperature.logged", log.unit_id)
        .detail("log", log.id)
        .detail("in_range", log.in_range)
        .insert(log)?;
    let holder = Holder {
        id: log.key(),
        data: Value::Null,
        expires_at: None,
    };
    if let Some(client_id) = &log.client_id {
        change = change.claim(called(scope, client_id), holder.clone(), changed_meanwhile());
    }
    if let Some(corrects) = log.corrects {
        let wrong = ports
            .records
            .get::<ManualLog>(scope, log_key(log.unit_id, corrects))
            .await?;
        if wrong.is_none() {
            return Err(Refusal::invalid("There is no such log of this unit.")
                .about("corrects")
                .into());
        }
        let refusal = Refusal::new(
            ProblemCode::Conflict,
            "That log is corrected already. Correct its correction.",
        );
        change = change.detail("corrects", corrects).claim(
            correction_of(scope, corrects),
            holder,
            refusal.about("corrects"),
        );
    }
    ports.registry().commit(change).await?;
    let log = log.clone();
    Ok(Kept { log, is_new: true })
}

/// What the food of a unit must be, in words.
fn demanded(standard: &Standard) -> String {
    let range = match (standard.low, standard.high) {
        (Some(low), Some(high)) => format!("at {} to {} °C", low.celsius(), high.celsius()),
        (Some(low), None) => format!("at {} °C or above", low.celsius()),
        (None, Some(high)) => format!("at {} °C or below", high.celsius()),
        (None, None) => "at any temperature".to_owned(),
    };
    let source = standard.source.as_deref();
    let source = source.map_or_else(String::new, |source| format!(" ({source})"));
    format!("The unit is kept {range}{source}. ")
}

/// Lets the measurements of `logs` take the way of every reading. Those that have are left as they are.
async fn measure(
    ports: &KeepLogs<'_>,
    caller: &Caller,
    logs: impl IntoIterator<Item = &ManualLog>,
) -> Result<(), PortError> {
    let batch: Vec<UnitReading> = logs.into_iter().map(reading).collect();
    for outcome in ports.record.record(caller.scope, batch).await? {
        if outcome.status == ItemStatus::Rejected {
            // The log stands as it is; the unit's trace goes without it.
            tracing::warn!(
                org.id = %caller.scope.org_id(),
                reason = outcome.reason.as_deref().unwrap_or_default(),
                "a temperature logged by hand is not among the readings"
            );
        }
    }
    Ok(())
}

fn reading(log: &ManualLog) -> UnitReading {
    UnitReading {
        unit_id: log.unit_id,
        // A hand is not moved from unit to unit.
        version: u32::MAX,
        reading: Reading {
            temperature: Some(TemperatureSample::judge(log.temperature)),
            drives_unit: false,
            ..Reading::new(hand_of(log.unit_id), log.recorded_at, Origin::Manual)
        },
    }
}

/// Refuses a time that no log can have; late is not too late.
fn check_time(log: &ManualLog, now: Timestamp) -> Result<(), Refusal> {
    let checked: Result<(), Rejection> = reading(log).reading.check(now);
    checked.map_err(|rejection| Refusal::invalid(format!("{rejection}.")).about("recorded_at"))
}
