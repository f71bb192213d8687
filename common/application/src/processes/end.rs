//! A process is finished or given up, and what was done about food of which it failed.

use super::judging::Judged;
use super::{Processes, check_time, seen};
use crate::error::{Failure, Refusal};
use crate::ports::IdSource;
use crate::registry::{Change, settled};
use crate::scope::Caller;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_contracts::processes::{EndProcess, ProcessView};
use freshtrack_domain::handling::Account;
use freshtrack_domain::ids::ProcessId;
use freshtrack_domain::process::{CorrectiveAction, End, Outcome, Process, Progress, Verdict, judge};
use freshtrack_domain::time::Timestamp;

/// Ends a process. Saying the same again changes nothing. If it turns out to have failed after it was ended, what was done
/// about the food can be added.
///
/// # Errors
/// Refused when there is no such process that the caller may see, when it is not yet where it must be, when it failed and
/// nothing is said of what was done, and when something else was said already.
pub async fn end_process(
    ports: &Processes<'_>,
    ids: &dyn IdSource,
    caller: &Caller,
    id: ProcessId,
    input: EndProcess,
) -> Result<ProcessView, Failure> {
    let now = ports.evidence.clock.now();
    let moment = ids.moment(now);
    let written = |account: Option<Account>| account.filter(|account| !account.is_empty());
    let said = Said {
        outcome: input.outcome,
        at: input.ended_at.map(|at| at.0),
        text: written(input.text),
        action: written(input.corrective_action),
    };
    if said.outcome == Outcome::Abandoned && said.text.is_none() {
        let refusal = Refusal::invalid("Say what became of the food that the process is given up for.");
        return Err(refusal.about("text").into());
    }
    let process = settled(|| end(ports, caller, id, &said, moment, now)).await?;
    let progress = ports.evidence.progress(caller.scope, &process).await?;
    Ok(ProcessView::of(&process, &progress))
}

/// What somebody says of the end of a process.
struct Said {
    outcome: Outcome,
    at: Option<Timestamp>,
    text: Option<Account>,
    action: Option<Account>,
}

async fn end(
    ports: &Processes<'_>,
    caller: &Caller,
    id: ProcessId,
    said: &Said,
    moment: Timestamp,
    now: Timestamp,
) -> Result<Process, Failure> {
    let stored = seen(ports.evidence.records, caller, id).await?;
    let known = &stored.record;
    let at = match said.at {
        Some(at) => at.to_second(),
        None => moment.to_second().max(known.started_at),
    };
    check_time(at, now, "ended_at")?;
    if at < known.started_at {
        let refusal = Refusal::invalid("A process cannot end before it was started.");
        return Err(refusal.about("ended_at").into());
    }
    let ended = Process {
        end: known.end.clone().or_else(|| {
            Some(End {
                outcome: said.outcome,
                text: said.text.clone(),
                at,
                received_at: now,
                by: caller.actor.id.clone(),
                acting_as: caller.actor.acting_as,
            })
        }),
        ..known.clone()
    };
    let measured = ports.evidence.measured(caller.scope, &ended, now).await?;
    let progress = judge(&ended.plan(), &measured, now);
    let is_said = |end: &End| end.outcome == said.outcome && end.text == said.text;
    let action = known.corrective_action.as_ref().map(|action| &action.text);
    if known.end.is_some() && (action.is_some() || !known.needs_action(&progress)) {
        return if known.end.as_ref().is_some_and(is_said)
            && (said.action.is_none() || said.action.as_ref() == action)
        {
            Ok(stored.record)
        } else {
            let detail = "Somebody has said how this process ended. What was signed stays.";
            Err(Refusal::new(ProblemCode::Conflict, detail).into())
        };
    }
    check(&ended, &progress, said)?;
    let corrective_action = said.action.clone().map(|text| CorrectiveAction {
        text,
        at: now,
        by: caller.actor.id.clone(),
        acting_as: caller.actor.acting_as,
    });
    let ended = Process {
        corrective_action,
        ..ended
    };
    let (process, changes) = ended.judged(progress, now);
    let change = Change::new(caller.scope, &caller.actor, "process.ended", id);
    let judged = Judged { process, changes };
    ports.commit(caller.scope, change, &stored, &judged).await?;
    Ok(judged.process)
}

/// Refuses an end that does not fit how far `process` is.
fn check(process: &Process, progress: &Progress, said: &Said) -> Result<(), Refusal> {
    match progress.verdict {
        Verdict::Failed if said.action.is_none() => Err(Refusal::new(
            ProblemCode::CorrectiveActionRequired,
            "The process has failed. Say what was done about the food.",
        )
        .about("corrective_action")),
        Verdict::Passed | Verdict::Abandoned | Verdict::Running if said.action.is_some() => {
            let refusal = Refusal::invalid("Nothing was missed that could be corrected: say it as text.");
            Err(refusal.about("corrective_action"))
        }
        Verdict::Running if process.kind.reaches() => Err(Refusal::new(
            ProblemCode::Conflict,
            "The food is not yet where it must be. Measure it, or give the process up.",
        )
        .about("outcome")),
        Verdict::Passed if said.outcome == Outcome::Abandoned => Err(Refusal::new(
            ProblemCode::Conflict,
            "The process has passed. It can be finished, not given up.",
        )
        .about("outcome")),
        _ => Ok(()),
    }
}
