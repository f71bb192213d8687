//! How far a process is: one pure function of what was measured and of the time.

use super::limits::{Bound, INITIAL, ProcessKind, Stage, StageLimit};
use crate::measurement::CentiCelsius;
use crate::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// What is known of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing is missed yet, and something is left to do.
    Running,
    /// What it had to reach or keep was reached or kept, and there is a measurement for it.
    Passed,
    /// Something was missed. What is measured afterwards does not mend it.
    Failed,
    /// Somebody gave it up before it was decided.
    Abandoned,
}

/// How somebody ends a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is done: the food was served, used, put away or discarded.
    Finished,
    /// It is given up.
    Abandoned,
}

/// What must be done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum NextAction {
    /// Measure the food, by the deadline.
    Measure,
    /// Serve or discard it and finish the process, by the deadline.
    ServeOrDiscard,
    /// Reheat it and begin anew, which may be done once, or discard it; and say what was done.
    ReheatOrDiscard,
    /// Discard it, and say so.
    Discard,
    /// Nothing.
    Nothing,
}

/// A temperature of the food.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Measured {
    /// When.
    pub at: Timestamp,
    /// The temperature.
    pub temperature: CentiCelsius,
    /// For how long until then it was at least as good.
    #[serde(default)]
    pub held: Span,
}

/// What a process is judged by, besides what was measured.
#[derive(Debug, Clone, Copy)]
pub struct Plan<'a> {
    /// What kind it is.
    pub kind: ProcessKind,
    /// Its limits, stage by stage.
    pub limits: &'a [StageLimit],
    /// When it was started.
    pub started_at: Timestamp,
    /// How and when somebody ended it.
    pub ended: Option<(Outcome, Timestamp)>,
}

/// Why a process failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// By its deadline it was not known to have reached what it had to, to have been checked, or to be over.
    TooLate,
    /// It was beyond what it must keep.
    OutOfRange,
    /// It was neither cold nor hot enough when its time began.
    WrongStart,
    /// Nobody measured it when that was demanded.
    NotMeasured,
}

/// What was missed, and by how much.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missed {
    /// In which stage.
    pub stage: Stage,
    /// Why.
    pub cause: Cause,
    /// What it had to reach or keep.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub bound: Option<Bound>,
    /// Since when it is missed: the deadline, or the measurement that was beyond the bound.
    pub at: Timestamp,
    /// The last measurement until then.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub measured: Option<Measured>,
    /// How long after the deadline it was reached, if it was.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub late: Option<Span>,
}

impl Missed {
    /// By how many hundredths of a degree the last measurement was beyond the bound.
    #[must_use]
    pub fn excess(&self) -> Option<CentiCelsius> {
        let measured = self.measured?;
        Some(self.bound?.excess(measured.temperature))
    }
}

/// A stage that was passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Met {
    /// The stage.
    pub stage: Stage,
    /// The measurement that shows it.
    pub at: Timestamp,
}

/// How far a process is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// What is known of it.
    pub verdict: Verdict,
    /// The stage that it is in, or in which it ended.
    pub stage: Stage,
    /// Since when the clock of its deadline runs: the start, the moment at which it was last known to be as hot as where a
    /// cooling begins, or the last check where food is held hot.
    pub clock_started_at: Timestamp,
    /// Until when the stage lasts, or its next check is due.
    pub deadline: Timestamp,
    /// The last measurement that counts.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub last: Option<Measured>,
    /// The stages that were passed.
    #[serde(default)]
    pub met: Vec<Met>,
    /// When it was decided: by which measurement, deadline or word.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub decided_at: Option<Timestamp>,
    /// What was missed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub missed: Option<Missed>,
    /// Whether, as measured so far, it may be where it must be at the deadline. It is not as long as nothing tells how fast it
    /// moves, and where only people can do what must be done.
    pub on_track: bool,
}

/// How far a process is at `now`, by all that was measured until then, in whichever order it comes.
///
/// A measurement counts if it was made in time, whenever it became known. Whatever is not known to have been reached by its
/// deadline was not: what is measured later tells by how much it was missed, and mends nothing.
#[must_use]
pub fn judge(plan: &Plan<'_>, measured: &[Measured], now: Timestamp) -> Progress {
    let end = plan
        .ended
        .filter(|(outcome, _)| *outcome == Outcome::Abandoned || !plan.kind.reaches());
    let until = end.map_or(now, |(_, at)| at.min(now));
    let mut known: Vec<Measured> = measured
        .iter()
        .filter(|one| one.at >= plan.started_at && one.at <= now)
        .copied()
        .collect();
    known.sort_unstable();
    known.dedup();
    let counted = known.partition_point(|one| one.at <= until);
    let (counted, later) = known.split_at(counted);
    let progress = if plan.kind.reaches() {
        reach(plan, counted, until)
    } else {
        keep(plan, counted, until)
    };
    let progress = match end {
        Some((outcome, at)) if at <= now => ended(plan, progress, outcome, at),
        _ => progress,
    };
    with_lateness(progress, counted, later)
}

/// A process on its way, as far as it has been followed.
struct Course<'a> {
    plan: &'a Plan<'a>,
    clock: Timestamp,
    last: Option<Measured>,
    before_last: Option<Measured>,
    met: Vec<Met>,
}

impl<'a> Course<'a> {
    const fn new(plan: &'a Plan<'a>) -> Self {
        Self {
            plan,
            clock: plan.started_at,
            last: None,
            before_last: None,
            met: Vec::new(),
        }
    }

    fn take(&mut self, measured: Measured) {
        self.before_last = self.last.replace(measured);
    }

    fn progress(self, limit: &StageLimit, verdict: Verdict) -> Progress {
        let deadline = self.clock + limit.within;
        let on_track = self.plan.kind.reaches() && self.reaches(limit, deadline);
        Progress {
            verdict,
            stage: limit.stage,
            clock_started_at: self.clock,
            deadline,
            last: self.last,
            met: self.met,
            decided_at: None,
            missed: None,
            on_track,
        }
    }

    /// Whether a straight line through the last two measurements is within the bound at `deadline`. Food that cools or warms
    /// slows down on its way, so what a line does not reach will not be reached.
    fn reaches(&self, limit: &StageLimit, deadline: Timestamp) -> bool {
        let (Some(one), Some(two), Some(bound)) = (self.before_last, self.last, limit.bound) else {
            return false;
        };
        let millis = i128::from(two.at.since(one.at).as_millis());
        if millis == 0 {
            return false;
        }
        let (then, now) = (i128::from(one.temperature.0), i128::from(two.temperature.0));
        let left = i128::from(deadline.since(two.at).as_millis());
        // Both sides times the time between the two, which is not negative.
        let reached = now * millis + (now - then) * left;
        match bound {
            Bound::AtMost(most) => reached <= i128::from(most.0) * millis,
            Bound::AtLeast(least) => reached >= i128::from(least.0) * millis,
        }
    }

    fn failed(self, limit: &StageLimit, cause: Cause, at: Timestamp) -> Progress {
        let measured = self.last;
        let missed = Missed {
            stage: limit.stage,
            cause,
            bound: limit.bound,
            at,
            measured,
            late: None,
        };
        Progress {
            decided_at: Some(at),
            missed: Some(missed),
            on_track: false,
            ..self.progress(limit, Verdict::Failed)
        }
    }
}

/// A process that ends by reaching something, stage by stage.
fn reach(plan: &Plan<'_>, measured: &[Measured], now: Timestamp) -> Progress {
    let mut course = Course::new(plan);
    let mut limits = plan.limits.iter().peekable();
    let mut hot = plan.kind.clock_starts_below();
    let mut good_since: Option<Timestamp> = None;
    let mut last_limit = None;
    for one in measured {
        let Some(limit) = limits.peek() else { break };
        let deadline = course.clock + limit.within;
        if one.at > deadline {
            return course.failed(limit, Cause::TooLate, deadline);
        }
        course.take(*one);
        if hot.is_some_and(|hot| one.temperature >= hot) {
            course.clock = one.at;
            continue;
        }
        hot = None;
        while let Some(limit) = limits.peek().copied() {
            last_limit = Some(limit);
            if limit.bound.is_some_and(|bound| !bound.is_met_by(one.temperature)) {
                good_since = None;
                break;
            }
            let since = *good_since.get_or_insert(one.at - one.held);
            if one.at.since(since) < limit.held {
                break;
            }
            course.met.push(Met {
                stage: limit.stage,
                at: one.at,
            });
            good_since = None;
            limits.next();
        }
    }
    match limits.peek() {
        Some(limit) => {
            let deadline = course.clock + limit.within;
            if now > deadline {
                course.failed(limit, Cause::TooLate, deadline)
            } else {
                course.progress(limit, Verdict::Running)
            }
        }
        None => {
            let decided_at = course.met.last().map(|met| met.at);
            let limit = last_limit.cloned().unwrap_or_else(|| no_limit(plan));
            Progress {
                decided_at,
                on_track: true,
                ..course.progress(&limit, Verdict::Passed)
            }
        }
    }
}

/// A process that lasts until somebody ends it.
fn keep(plan: &Plan<'_>, measured: &[Measured], now: Timestamp) -> Progress {
    let limit = plan.limits.first().cloned().unwrap_or_else(|| no_limit(plan));
    let mut course = Course::new(plan);
    let is_checked = plan.kind == ProcessKind::HotHolding;
    for one in measured {
        let deadline = course.clock + limit.within;
        if one.at > deadline {
            return course.failed(&limit, Cause::TooLate, deadline);
        }
        let is_first = course.last.is_none();
        course.take(*one);
        if let Some((cold, hot)) = plan.kind.initial()
            && is_first
            && one.at.since(plan.started_at) <= INITIAL
            && one.temperature > cold
            && hot.is_none_or(|hot| one.temperature < hot)
        {
            return course.failed(&limit, Cause::WrongStart, one.at);
        }
        if limit.bound.is_some_and(|bound| !bound.is_met_by(one.temperature)) {
            return course.failed(&limit, Cause::OutOfRange, one.at);
        }
        // The next check is due so long after this one.
        if is_checked {
            course.clock = one.at;
        }
    }
    let deadline = course.clock + limit.within;
    if now > deadline {
        return course.failed(&limit, Cause::TooLate, deadline);
    }
    let is_begun = match (plan.kind.initial(), measured.first()) {
        (None, _) => !is_checked || !measured.is_empty(),
        (Some(_), first) => first.is_some_and(|first| first.at.since(plan.started_at) <= INITIAL),
    };
    if !is_begun && matches!(plan.ended, Some((Outcome::Finished, at)) if at <= now) {
        return course.failed(&limit, Cause::NotMeasured, now);
    }
    course.progress(&limit, Verdict::Running)
}

/// What a process without limits is held against, which none is: its kind's own.
fn no_limit(plan: &Plan<'_>) -> StageLimit {
    let first = plan.kind.standard().into_iter().next();
    first.unwrap_or(StageLimit {
        stage: Stage::Serving,
        bound: None,
        within: Span::ZERO,
        held: Span::ZERO,
        source: String::new(),
        is_own: false,
    })
}

/// A process that somebody ended at `at`, before which it was as `progress` says.
fn ended(plan: &Plan<'_>, progress: Progress, outcome: Outcome, at: Timestamp) -> Progress {
    if progress.verdict != Verdict::Running {
        return progress;
    }
    let verdict = match outcome {
        Outcome::Abandoned => Verdict::Abandoned,
        Outcome::Finished => Verdict::Passed,
    };
    let mut met = progress.met;
    if verdict == Verdict::Passed {
        let stages = plan.limits.iter().map(|limit| limit.stage);
        met.extend(stages.map(|stage| Met { stage, at }));
    }
    Progress {
        verdict,
        met,
        decided_at: Some(at),
        ..progress
    }
}

/// A progress with how long after its deadline what it missed was reached.
fn with_lateness(mut progress: Progress, counted: &[Measured], later: &[Measured]) -> Progress {
    if let Some(missed) = &mut progress.missed
        && missed.cause == Cause::TooLate
        && let Some(bound) = missed.bound
    {
        missed.late = counted
            .iter()
            .chain(later)
            .find(|one| one.at > missed.at && bound.is_met_by(one.temperature))
            .map(|one| one.at.since(missed.at));
    }
    progress
}
