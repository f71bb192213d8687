//! A temperature of the food that somebody measures, or many that a device has kept until there was a network.

use super::{Processes, called, check_time, seen, told};
use crate::error::{Failure, Refusal};
use crate::ports::{Claim, ClaimSpace, Holder, IdSource, Record};
use crate::records::observation_key;
use crate::registry::{Change, changed_meanwhile, settled};
use crate::scope::Caller;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_contracts::processes::{
    BatchObservation, MOST_OBSERVATIONS, NewObservation, NewObservations, ObservationReport,
    ObservationResult, ObservationStatus, ObservationView,
};
use freshtrack_domain::ids::{Id, ObservationId, ProcessId, Ulid};
use freshtrack_domain::process::{Observation, Process};
use freshtrack_domain::time::Span;
use serde_json::Value;
use std::collections::BTreeSet;

/// Observations that a process takes: one every two minutes for a day.
const MOST_OF_ONE: u32 = 720;
/// The longest that a temperature may be said to have held, in seconds.
const LONGEST_HELD: u32 = 24 * 3_600;

/// Adds what somebody measured to a process, and judges it anew. What a device has told before under the same `client_id`
/// changes nothing.
///
/// The observation is written first, and with it that the process is to be judged: whoever dies in between leaves that to the
/// clock.
///
/// # Errors
/// Refused when there is no such process that the caller may see, when it was measured before the start, and when the device
/// has told something else under the same name.
pub async fn observe_process(
    ports: &Processes<'_>,
    ids: &dyn IdSource,
    caller: &Caller,
    process_id: ProcessId,
    input: NewObservation,
) -> Result<ObservationView, Failure> {
    let Kept { observation, .. } = keep(ports, ids, caller, process_id, input).await?;
    ports.judge(caller.scope, process_id, &caller.actor).await?;
    Ok(observation.into())
}

/// Adds many observations, then judges each process once: what comes first of a device's must not seem to be all. Each is
/// answered for itself; one that is bad spoils no other.
///
/// # Errors
/// Refused when there are none or more than a hundred. A fault when at least one is not kept; telling all of them again is
/// right.
pub async fn observe_processes(
    ports: &Processes<'_>,
    ids: &dyn IdSource,
    caller: &Caller,
    input: NewObservations,
) -> Result<ObservationReport, Failure> {
    if input.observations.is_empty() || input.observations.len() > MOST_OBSERVATIONS {
        let refusal = Refusal::invalid(format!("observations must hold 1 to {MOST_OBSERVATIONS}."));
        return Err(refusal.about("observations").into());
    }
    let (mut results, mut observed) = (Vec::new(), BTreeSet::new());
    for (index, item) in input.observations.into_iter().enumerate() {
        let result = match keep_one(ports, ids, caller, item).await {
            Ok(Kept { observation, is_new }) => {
                observed.insert(observation.process_id);
                let status = if is_new {
                    ObservationStatus::Accepted
                } else {
                    ObservationStatus::Duplicate
                };
                ObservationResult {
                    index,
                    status,
                    observation_id: Some(observation.id),
                    code: None,
                    reason: None,
                    field: None,
                }
            }
            Err(Failure::Refused(refusal)) => ObservationResult {
                index,
                status: match refusal.code {
                    ProblemCode::Conflict => ObservationStatus::Conflict,
                    _ => ObservationStatus::Rejected,
                },
                observation_id: None,
                code: Some(refusal.code),
                reason: Some(refusal.detail),
                field: refusal.field,
            },
            Err(fault) => return Err(fault),
        };
        results.push(result);
    }
    for process_id in observed {
        ports.judge(caller.scope, process_id, &caller.actor).await?;
    }
    Ok(ObservationReport { results })
}

async fn keep_one(
    ports: &Processes<'_>,
    ids: &dyn IdSource,
    caller: &Caller,
    item: Value,
) -> Result<Kept, Failure> {
    let BatchObservation {
        process_id,
        observation,
    } = BatchObservation::read(item).map_err(|error| Refusal::invalid(format!("{error}.")))?;
    keep(ports, ids, caller, process_id, observation).await
}

/// An observation that is kept.
struct Kept {
    observation: Observation,
    /// Whether it was not before.
    is_new: bool,
}

async fn keep(
    ports: &Processes<'_>,
    ids: &dyn IdSource,
    caller: &Caller,
    process_id: ProcessId,
    input: NewObservation,
) -> Result<Kept, Failure> {
    let now = ports.evidence.clock.now();
    let chance = ids.random();
    let process = seen(ports.evidence.records, caller, process_id).await?.record;
    let told_at = input.measured_at.map(|at| at.0.to_second());
    let measured_at = match told_at {
        Some(at) => at,
        // A device whose clock is ahead may have started it in our future.
        None => ids.moment(now).to_second().max(process.started_at),
    };
    check_time(measured_at, now, "measured_at")?;
    if measured_at < process.started_at {
        return Err(
            Refusal::invalid("It was measured before the process was started.")
                .about("measured_at")
                .into(),
        );
    }
    if input.held_seconds > LONGEST_HELD {
        let refusal = Refusal::invalid(format!("held_seconds must be at most {LONGEST_HELD}."));
        return Err(refusal.about("held_seconds").into());
    }
    let millis = u64::try_from(measured_at.as_millis()).unwrap_or(0);
    let observation = Observation {
        id: ObservationId::from_ulid(Ulid::from_parts(millis, chance)),
        process_id,
        temperature: told(input.temperature_c, input.temperature_f)?,
        held: Span::seconds(input.held_seconds),
        notes: input.notes,
        photo: input.photo,
        client_id: input.client_id,
        corrects: input.corrects,
        measured_at,
        received_at: now,
        by: caller.actor.id.clone(),
        acting_as: caller.actor.acting_as,
    };
    settled(|| write(ports, caller, &observation, told_at.is_some())).await
}

/// Writes `observation`, unless it is there. Where its time was not `told`, the one it was first kept with holds.
async fn write(
    ports: &Processes<'_>,
    caller: &Caller,
    observation: &Observation,
    told: bool,
) -> Result<Kept, Failure> {
    let (scope, now) = (caller.scope, observation.received_at);
    let claim = |id| called(scope, ClaimSpace::ClientObservation, id);
    if let Some(client_id) = &observation.client_id
        && let Some(holder) = ports.evidence.records.holder(&claim(client_id), now).await?
    {
        let known = ports
            .evidence
            .records
            .get::<Observation>(scope, &holder.id)
            .await?;
        let same = |known: &Observation| {
            let measured_at = if told {
                observation.measured_at
            } else {
                known.measured_at
            };
            known.says_the_same(&Observation {
                measured_at,
                ..observation.clone()
            })
        };
        return match known.filter(|known| same(&known.record)) {
            Some(known) => Ok(Kept {
                observation: known.record,
                is_new: false,
            }),
            None => Err(Refusal::new(
                ProblemCode::Conflict,
                "Another observation has been told under this client_id. Observations are not changed: correct that one.",
            )
            .about("client_id")
            .into()),
        };
    }
    let stored = seen(ports.evidence.records, caller, observation.process_id).await?;
    let process = &stored.record;
    if process.observations >= MOST_OF_ONE {
        return Err(Refusal::invalid(format!("A process takes {MOST_OF_ONE} observations.")).into());
    }
    let observed = Process {
        observations: process.observations + 1,
        due_at: Some(process.due_at.map_or(now, |due| due.min(now))),
        ..process.clone()
    };
    let mut change = Change::new(scope, &caller.actor, "process.observed", process.id)
        .detail("observation", observation.id)
        .insert(observation)?
        .replace(&observed, stored.rev)?;
    let holder = Holder {
        id: observation.key(),
        data: Value::Null,
        expires_at: None,
    };
    if let Some(client_id) = &observation.client_id {
        change = change.claim(claim(client_id), holder.clone(), changed_meanwhile());
    }
    if let Some(corrects) = observation.corrects {
        let key = observation_key(process.id, corrects);
        if ports
            .evidence
            .records
            .get::<Observation>(scope, key)
            .await?
            .is_none()
        {
            return Err(Refusal::invalid("There is no such observation of this process.")
                .about("corrects")
                .into());
        }
        let claim = Claim {
            space: ClaimSpace::Correction,
            name: format!("{}#{corrects}", scope.org_id()),
        };
        let refusal = Refusal::new(
            ProblemCode::Conflict,
            "That observation is corrected already. Correct its correction.",
        );
        change = change
            .detail("corrects", corrects)
            .claim(claim, holder, refusal.about("corrects"));
    }
    ports.registry().commit(change).await?;
    Ok(Kept {
        observation: observation.clone(),
        is_new: true,
    })
}
