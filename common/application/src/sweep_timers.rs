//! Judges units at which the clock is to look, in case no reading came: the minute sweep.

use crate::error::{PortError, PortErrorKind};
use crate::live::{Live, LiveUpdate};
use crate::ports::{Clock, DueUnit, UnitStates};
use crate::scope::OrgScope;
use freshtrack_domain::time::Span;
use futures_util::stream::{self, StreamExt};

/// Units judged in one round.
const LIMIT: usize = 1_000;
/// Rounds of one sweep. What is left over is the longest overdue of the next.
const ROUNDS: usize = 10;
/// Units judged side by side.
const PARALLEL: usize = 16;

/// What a sweep did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SweepReport {
    /// Units that were due.
    pub due: usize,
    /// Units that changed.
    pub changed: usize,
    /// Units that could not be judged and stay due.
    pub failed: usize,
    /// How late the longest overdue unit was.
    pub lag: Span,
}

/// Judges every unit that is due.
///
/// # Errors
/// When it cannot be told which units are due.
pub async fn sweep_timers(
    states: &dyn UnitStates,
    live: Live<'_>,
    clock: &dyn Clock,
) -> Result<SweepReport, PortError> {
    let mut report = SweepReport::default();
    for _ in 0..ROUNDS {
        let now = clock.now();
        let due = states.due(now, LIMIT).await?;
        let more = due.len() == LIMIT;
        report.due += due.len();
        // The first is the longest overdue.
        let lag = due.first().map(|unit| now.since(unit.due));
        report.lag = report.lag.max(lag.unwrap_or_default());
        let judged: Vec<_> = stream::iter(due)
            .map(|unit| judge(states, live, clock, unit))
            .buffer_unordered(PARALLEL)
            .collect()
            .await;
        for result in judged {
            match result {
                Ok(changed) => report.changed += usize::from(changed),
                Err(error) => {
                    report.failed += 1;
                    tracing::error!(%error, "a due unit was not judged");
                }
            }
        }
        // One that was not judged is still the first of those that are due: it waits for the next sweep.
        if !more || report.failed > 0 {
            break;
        }
    }
    Ok(report)
}

/// Judges one unit; whether anything changed.
async fn judge(
    states: &dyn UnitStates,
    live: Live<'_>,
    clock: &dyn Clock,
    due: DueUnit,
) -> Result<bool, PortError> {
    let scope = OrgScope::granted(due.org_id);
    let Some(mut record) = states.load(scope, due.unit_id).await? else {
        return Ok(false);
    };
    let now = clock.now();
    let mut changes = Vec::new();
    let before = record.state.clone();
    record.judge(now, &mut changes);
    // A unit that has reported meanwhile, as most have, is only to be looked at later.
    let saved = if record.state == before {
        states.rearm(scope, &record).await
    } else {
        states.save(scope, &mut record, &changes).await
    };
    match saved {
        Ok(()) => {}
        // A reading came in between and has judged the unit itself.
        Err(error) if error.kind == PortErrorKind::Conflict => return Ok(false),
        Err(error) => return Err(error),
    }
    let changed = !changes.is_empty();
    if changed {
        let mut update = LiveUpdate::of(&record);
        update.advance(&record, changes);
        live.push(scope, &[update], now).await;
    }
    Ok(changed)
}
