//! Judges units that only the clock can judge, in case no reading came: the minute sweep.

use crate::error::{Failure, PortError, PortErrorKind};
use crate::live::{Live, LiveUpdate};
use crate::places::{FollowPlaces, settle_unit};
use crate::ports::{Clock, DueUnit, Found, Record, Records, Stored, UnitStates};
use crate::scope::OrgScope;
use freshtrack_domain::place::Organization;
use freshtrack_domain::time::Span;
use futures_util::stream::{self, StreamExt};

/// Organizations asked in one round.
const ROUND: usize = 200;
/// Organizations asked, or units judged, side by side.
const PARALLEL: usize = 16;

/// What a sweep did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SweepReport {
    /// Units that were due.
    pub due: usize,
    /// Units that changed.
    pub changed: usize,
    /// Units that could not be judged and stay due, and organizations that could not be asked.
    pub failed: usize,
    /// How late the longest overdue unit was.
    pub lag: Span,
}

/// Judges every unit that is due, of every organization that has not been deleted.
///
/// # Errors
/// When it cannot be told which organizations there are.
pub async fn sweep_timers(
    records: &dyn Records,
    states: &dyn UnitStates,
    live: Live<'_>,
    clock: &dyn Clock,
) -> Result<SweepReport, PortError> {
    let mut report = SweepReport::default();
    let mut after: Option<String> = None;
    loop {
        let found = records
            .listed(Organization::KIND, after.as_deref(), ROUND)
            .await?;
        let more = found.len() == ROUND;
        let organizations: Vec<Organization> = found
            .into_iter()
            .filter_map(|found| report.passed(organization(found), "an organization cannot be read"))
            .collect();
        let Some(last) = organizations.last().map(Record::key) else {
            return Ok(report);
        };
        let follow = FollowPlaces {
            records,
            states,
            clock,
        };
        report.round(follow, live, organizations).await;
        if !more {
            return Ok(report);
        }
        after = Some(last);
    }
}

fn organization(found: Found) -> Result<Organization, PortError> {
    let Stored { record, .. } = found.read()?;
    Ok(record)
}

impl SweepReport {
    /// Judges what is due of `organizations`. One that cannot be asked, or a unit that cannot be judged, keeps no other
    /// waiting: it is due in the next sweep again.
    async fn round(&mut self, ports: FollowPlaces<'_>, live: Live<'_>, organizations: Vec<Organization>) {
        let FollowPlaces { states, clock, .. } = ports;
        let present = organizations.into_iter().filter(|org| org.deleted.is_none());
        let asked: Vec<_> = stream::iter(present)
            .map(|org| async move {
                let scope = OrgScope::granted(org.id);
                let due = states.due(scope, clock.now()).await?;
                Ok(due.into_iter().map(move |unit| (scope, unit)))
            })
            .buffer_unordered(PARALLEL)
            .collect()
            .await;
        let mut due: Vec<(OrgScope, DueUnit)> = asked
            .into_iter()
            .filter_map(|asked| self.passed(asked, "what is due of an organization is not known"))
            .flatten()
            .collect();
        due.sort_by_key(|(_, unit)| unit.due);
        self.due += due.len();
        // The first is the longest overdue.
        let lag = due.first().map(|(_, unit)| clock.now().since(unit.due));
        self.lag = self.lag.max(lag.unwrap_or_default());
        let judged: Vec<_> = stream::iter(due)
            .map(|(scope, unit)| judge(ports, live, scope, unit))
            .buffer_unordered(PARALLEL)
            .collect()
            .await;
        for result in judged {
            let changed = self.passed(result, "a due unit was not judged");
            self.changed += usize::from(changed == Some(true));
        }
    }

    /// What came of it, unless it failed: then that is counted and told.
    fn passed<T>(&mut self, result: Result<T, PortError>, failure: &'static str) -> Option<T> {
        result
            .inspect_err(|error| {
                self.failed += 1;
                tracing::error!(%error, "{failure}");
            })
            .ok()
    }
}

/// Judges one unit, and settles it where the calendar asks for that; whether anything changed.
async fn judge(
    ports: FollowPlaces<'_>,
    live: Live<'_>,
    scope: OrgScope,
    due: DueUnit,
) -> Result<bool, PortError> {
    let FollowPlaces { states, clock, .. } = ports;
    let Some(mut record) = states.load(scope, due.unit_id).await? else {
        return Ok(false);
    };
    let now = clock.now();
    let mut changes = Vec::new();
    let before = record.state.clone();
    record.judge(now, &mut changes);
    let changed = !changes.is_empty();
    // Unless a reading has come since, and there is nothing left to do.
    if changed || record.state != before {
        match states.save(scope, &mut record, &changes).await {
            Ok(()) => {}
            // A reading came in between and has judged the unit itself.
            Err(error) if error.kind == PortErrorKind::Conflict => return Ok(false),
            Err(error) => return Err(error),
        }
    }
    if changed {
        let mut update = LiveUpdate::of(&record);
        update.advance(&record, changes);
        live.push(scope, &[update], now).await;
    }
    // Only now: what fell due did so by what was known until then.
    if record.state.settle_at.is_some_and(|at| at <= now) {
        settle_unit(&ports, scope, due.unit_id)
            .await
            .map_err(|failure| match failure {
                Failure::Fault(error) => error,
                Failure::Refused(refusal) => {
                    PortError::because("places.settle_unit", PortErrorKind::Rejected, refusal)
                }
            })?;
    }
    Ok(changed)
}
