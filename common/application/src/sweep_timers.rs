//! Judges units that the clock must judge because no reading came: the minute sweep.

use crate::error::{PortError, PortErrorKind};
use crate::live::{Live, LiveUpdate};
use crate::ports::{Clock, DueUnit, UnitStates};
use crate::scope::OrgScope;
use freshtrack_domain::time::Span;
use futures_util::stream::{self, StreamExt};

/// Units judged in one sweep. What is left over is the longest overdue of the next.
const LIMIT: usize = 1_000;
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
    let now = clock.now();
    let due = states.due(now, LIMIT).await?;
    let mut report = SweepReport {
        due: due.len(),
        ..SweepReport::default()
    };
    report.lag = due
        .iter()
        .map(|unit| now.since(unit.due))
        .max()
        .unwrap_or_default();
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
    record.judge(now, &mut changes);
    // Saved also when nothing changed: that moves the unit's due time on.
    match states.save(scope, &mut record, &changes).await {
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
