//! A process begins.

use super::{Processes, called, check_time, told};
use crate::error::{Failure, Refusal};
use crate::ports::{Claim, ClaimSpace, Holder, IdSource};
use crate::registry::{Change, changed_meanwhile, settled};
use crate::scope::Caller;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_contracts::processes::{MOST_MINUTES, NewProcess, OwnLimit, ProcessView};
use freshtrack_domain::device::Sensor;
use freshtrack_domain::ids::{Id, ProcessId, SensorId, SiteId, Ulid, UnitId};
use freshtrack_domain::place::Unit;
use freshtrack_domain::process::{Plan, Process, ProcessKind, StageLimit, Verdict, judge};
use freshtrack_domain::time::Span;
use serde_json::Value;

/// Starts a process at a unit. What a device has told before under the same `client_id` changes nothing.
///
/// It is judged first when somebody measures or the clock finds something due: a device that was without network tells of the
/// start before it tells what was measured.
///
/// # Errors
/// Refused when there is no such unit or sensor that the caller may see, when a limit makes no sense or is looser than the
/// standard without a source, and when the process after which the food was reheated allows of no restart.
pub async fn start_process(
    ports: &Processes<'_>,
    ids: &dyn IdSource,
    caller: &Caller,
    input: NewProcess,
) -> Result<ProcessView, Failure> {
    let now = ports.evidence.clock.now();
    let chance = ids.random();
    let told_at = input.started_at.map(|at| at.0);
    let started_at = told_at.unwrap_or_else(|| ids.moment(now)).to_second();
    let limits = limits(input.kind, &input.limits)?;
    check_time(started_at, now, "started_at")?;
    let plan = Plan {
        kind: input.kind,
        limits: &limits,
        started_at,
        ended: None,
    };
    let progress = judge(&plan, &[], started_at);
    let millis = u64::try_from(started_at.as_millis()).unwrap_or(0);
    let process = Process {
        id: ProcessId::from_ulid(Ulid::from_parts(millis, chance)),
        kind: input.kind,
        product: input.product,
        batch: input.batch,
        unit_id: input.unit_id,
        site_id: site_of(ports, caller, input.unit_id).await?,
        sensor_id: input.sensor_id,
        limits,
        restart_of: input.restart_of,
        notes: input.notes,
        client_id: input.client_id,
        started_at,
        received_at: now,
        by: caller.actor.id.clone(),
        acting_as: caller.actor.acting_as,
        observations: 0,
        end: None,
        corrective_action: None,
        progress: progress.clone(),
        due_at: None,
        asked: None,
    };
    let (process, _) = process.judged(progress, started_at);
    let process = settled(|| write(ports, caller, &process, told_at.is_some())).await?;
    let progress = ports.evidence.progress(caller.scope, &process).await?;
    Ok(ProcessView::of(&process, &progress))
}

/// The site of the unit, which is not deleted, if the caller may see it.
async fn site_of(ports: &Processes<'_>, caller: &Caller, unit_id: UnitId) -> Result<SiteId, Failure> {
    let found = ports.evidence.records.get::<Unit>(caller.scope, unit_id).await?;
    let unit = found
        .map(|stored| stored.record)
        .filter(|unit| unit.deleted.is_none())
        .ok_or_else(|| Refusal::not_found("unit"))?;
    caller.sees(unit.site_id, "unit")?;
    Ok(unit.site_id)
}

/// Writes `process`, unless it is there. Where its time was not `told`, the one it was first kept with holds.
async fn write(
    ports: &Processes<'_>,
    caller: &Caller,
    process: &Process,
    told: bool,
) -> Result<Process, Failure> {
    let (scope, now) = (caller.scope, process.received_at);
    let claim = |id| called(scope, ClaimSpace::ClientProcess, id);
    if let Some(client_id) = &process.client_id
        && let Some(holder) = ports.evidence.records.holder(&claim(client_id), now).await?
    {
        let known = ports.evidence.records.get::<Process>(scope, &holder.id).await?;
        return known
            .map(|known| known.record)
            .filter(|known| says_the_same(known, process, told))
            .ok_or_else(|| {
                let detail = "Another process has been started under this client_id.";
                Refusal::new(ProblemCode::Conflict, detail)
                    .about("client_id")
                    .into()
            });
    }
    if let Some(sensor_id) = process.sensor_id {
        check_sensor(ports, caller, process.unit_id, sensor_id).await?;
    }
    let holder = Holder {
        id: process.id.to_string(),
        data: Value::Null,
        expires_at: None,
    };
    let mut change = Change::new(scope, &caller.actor, "process.started", process.id)
        .detail("unit", process.unit_id)
        .detail("product", &process.product)
        .insert(process)?;
    if let Some(client_id) = &process.client_id {
        change = change.claim(claim(client_id), holder.clone(), changed_meanwhile());
    }
    if let Some(before) = process.restart_of {
        check_restart(ports, caller, process, before).await?;
        let claim = Claim {
            space: ClaimSpace::Restart,
            name: format!("{}#{before}", scope.org_id()),
        };
        let refusal = Refusal::new(
            ProblemCode::Conflict,
            "After that process the food was reheated and begun anew already.",
        );
        change = change
            .detail("restart_of", before)
            .claim(claim, holder, refusal.about("restart_of"));
    }
    ports.registry().commit(change).await?;
    Ok(process.clone())
}

fn says_the_same(known: &Process, process: &Process, told: bool) -> bool {
    known.kind == process.kind
        && known.product == process.product
        && known.batch == process.batch
        && known.unit_id == process.unit_id
        && known.sensor_id == process.sensor_id
        && known.limits == process.limits
        && known.restart_of == process.restart_of
        && known.notes == process.notes
        && (!told || known.started_at == process.started_at)
}

/// Refuses a sensor that does not measure at the unit.
async fn check_sensor(
    ports: &Processes<'_>,
    caller: &Caller,
    unit_id: UnitId,
    sensor_id: SensorId,
) -> Result<(), Failure> {
    let found = ports
        .evidence
        .records
        .get::<Sensor>(caller.scope, sensor_id)
        .await?;
    let sensor = found.ok_or_else(|| Refusal::not_found("sensor"))?.record;
    if sensor.unit_id == Some(unit_id) {
        return Ok(());
    }
    let refusal = Refusal::invalid("The sensor does not measure at this unit.");
    Err(refusal.about("sensor_id").into())
}

/// Refuses what is no restart of `before`: of a cooling that failed in its first stage and was itself no restart.
async fn check_restart(
    ports: &Processes<'_>,
    caller: &Caller,
    process: &Process,
    before: ProcessId,
) -> Result<(), Failure> {
    let before = super::seen(ports.evidence.records, caller, before).await?.record;
    let progress = ports.evidence.progress(caller.scope, &before).await?;
    if progress.verdict == Verdict::Failed
        && before.may_be_restarted(&progress)
        && process.kind == before.kind
    {
        return Ok(());
    }
    Err(Refusal::new(
        ProblemCode::Conflict,
        "Food is reheated and cooled anew once, after a cooling that was too slow in its first stage.",
    )
    .about("restart_of")
    .into())
}

/// The limits of a process of `kind`: the standard's, with `own` in their place.
fn limits(kind: ProcessKind, own: &[OwnLimit]) -> Result<Vec<StageLimit>, Refusal> {
    let mut limits = kind.standard();
    for own in own {
        let limit = limits
            .iter_mut()
            .find(|limit| limit.stage == own.stage && !limit.is_own)
            .ok_or_else(|| invalid("Each limit must be of another stage of this kind of process."))?;
        *limit = set(limit, own)?;
    }
    let times: Vec<Span> = limits.iter().map(|limit| limit.within).collect();
    if !times.is_sorted() {
        return Err(invalid(
            "The time of a stage is counted from the start of the clock: a later stage cannot end before an earlier one.",
        ));
    }
    Ok(limits)
}

/// `standard` with what is `own` in its place.
fn set(standard: &StageLimit, own: &OwnLimit) -> Result<StageLimit, Refusal> {
    let bound = match (own.temperature_c, own.temperature_f) {
        (None, None) => standard.bound,
        (celsius, fahrenheit) => {
            let temperature = told(celsius, fahrenheit)?;
            let bound = standard.bound.map(|bound| bound.at(temperature));
            Some(bound.ok_or_else(|| invalid("Of this stage only the time counts."))?)
        }
    };
    let within = match own.minutes {
        None => standard.within,
        Some(minutes @ 1..=MOST_MINUTES) => Span::minutes(minutes),
        Some(_) => return Err(invalid(&format!("minutes must be 1 to {MOST_MINUTES}."))),
    };
    let limit = StageLimit {
        bound,
        within,
        is_own: true,
        ..standard.clone()
    };
    match &own.source {
        Some(source) => Ok(StageLimit {
            source: source.to_string(),
            ..limit
        }),
        None if limit.is_looser_than(standard) => Err(invalid(&format!(
            "This limit demands less than {}: say where it comes from.",
            standard.source
        ))),
        None => Ok(StageLimit {
            source: format!("set for this process; {} is met with it", standard.source),
            ..limit
        }),
    }
}

fn invalid(detail: &str) -> Refusal {
    Refusal::invalid(detail).about("limits")
}
