//! A process is judged from what is known of it, and what becomes of its alert is written with its verdict.

use super::{Evidence, Processes};
use crate::error::{Failure, PortError, Refusal};
use crate::live::LiveUpdate;
use crate::ports::{Found, Record, Stored};
use crate::readings::Recorded;
use crate::records::observations_of;
use crate::registry::{Change, settled};
use crate::scope::{Actor, OrgScope};
use freshtrack_contracts::alerts::AlertView;
use freshtrack_contracts::events::{Event, Happening};
use freshtrack_domain::ids::ProcessId;
use freshtrack_domain::process::{
    AlertChange, Measured, Observation, Process, Progress, Verdict, effective, judge,
};
use freshtrack_domain::time::{Span, Timestamp};

/// Observations read at once.
const PAGE: usize = 500;

/// A process as it was judged.
pub(super) struct Judged {
    pub(super) process: Process,
    pub(super) changes: Vec<AlertChange>,
}

impl Evidence<'_> {
    /// Every observation of the process `id`, the first measured first.
    async fn observations(&self, scope: OrgScope, id: ProcessId) -> Result<Vec<Observation>, PortError> {
        let own = observations_of(id);
        let mut all = Vec::new();
        let mut after = own.clone();
        loop {
            let found = self
                .records
                .list(scope.into(), Observation::KIND, Some(&after), PAGE, false)
                .await?;
            let is_last = found.len() < PAGE;
            for stored in found.into_iter().map(Found::read::<Observation>) {
                let observation = stored?.record;
                after = observation.key();
                if !after.starts_with(&own) {
                    return Ok(all);
                }
                all.push(observation);
            }
            if is_last {
                return Ok(all);
            }
        }
    }

    /// What is known of `process` at `now`: what people have measured, and the readings of its sensor.
    pub(super) async fn measured(
        &self,
        scope: OrgScope,
        process: &Process,
        now: Timestamp,
    ) -> Result<Vec<Measured>, Failure> {
        let mut measured = effective(&self.observations(scope, process.id).await?);
        let Some(sensor_id) = process.sensor_id else {
            return Ok(measured);
        };
        if let Some(record) = self.states.load(scope, process.unit_id).await? {
            let until = process.end.as_ref().map_or(now, |end| end.at.min(now));
            let span = (process.started_at, until.max(process.started_at));
            let recorded = Recorded::load(self.log, scope, &record, span, usize::MAX).await?;
            let fed = recorded.iter().filter(|(sensor, ..)| *sensor == sensor_id);
            measured.extend(fed.filter_map(|(_, entry, _)| {
                Some(Measured {
                    at: entry.recorded_at,
                    temperature: entry.temperature?,
                    held: Span::ZERO,
                })
            }));
        }
        Ok(measured)
    }

    /// How far `process` is: at this moment while there is something to wait for, and as it was decided otherwise.
    pub(super) async fn progress(&self, scope: OrgScope, process: &Process) -> Result<Progress, Failure> {
        if process.due_at.is_none() {
            return Ok(process.progress.clone());
        }
        let now = self.clock.now();
        let measured = self.measured(scope, process, now).await?;
        Ok(judge(&process.plan(), &measured, now))
    }
}

impl Processes<'_> {
    /// Judges the process `id` as it is now. If that changes what is known of it, it is written down with what becomes of its
    /// alert, and whoever watches is shown; whether it did.
    pub(super) async fn judge(&self, scope: OrgScope, id: ProcessId, actor: &Actor) -> Result<bool, Failure> {
        settled(|| async {
            let found = self.evidence.records.get::<Process>(scope, id).await?;
            let stored = found.ok_or_else(|| Refusal::not_found("process"))?;
            let now = self.evidence.clock.now();
            let measured = self.evidence.measured(scope, &stored.record, now).await?;
            let progress = judge(&stored.record.plan(), &measured, now);
            let (process, changes) = stored.record.judged(progress, now);
            if changes.is_empty() && !is_news(&stored.record, &process) {
                return Ok(false);
            }
            let change = Change::new(scope, actor, "process.judged", id);
            let judged = Judged { process, changes };
            self.commit(scope, change, &stored, &judged).await?;
            Ok(true)
        })
        .await
    }

    /// Writes `judged` in place of what was read, with what becomes of its alert, and shows it to who watches.
    pub(super) async fn commit(
        &self,
        scope: OrgScope,
        change: Change,
        stored: &Stored<Process>,
        judged: &Judged,
    ) -> Result<(), Failure> {
        let Judged { process, changes } = judged;
        let mut change = change
            .detail("unit", process.unit_id)
            .detail("verdict", name_of(process.progress.verdict))
            .replace(process, stored.rev)?;
        for (index, of_alert) in changes.iter().enumerate() {
            let alert = of_alert.alert();
            let view = AlertView::from(alert);
            let (at, what) = match of_alert {
                AlertChange::Opened(_) => (alert.opened_at, Happening::AlertOpened(view)),
                AlertChange::Upgraded(_) => (
                    alert.escalated_at.unwrap_or(alert.opened_at),
                    Happening::AlertUpgraded(view),
                ),
                AlertChange::Resolved(_) => (
                    alert.resolved_at.unwrap_or(alert.opened_at),
                    Happening::AlertResolved(view),
                ),
            };
            let event = Event {
                unit_id: Some(alert.unit_id),
                ..Event::of_record(
                    scope.org_id(),
                    format!("{}:{}:{index}", process.id, stored.rev + 1),
                    at.into(),
                    what,
                )
            };
            change = change.alert(scope, alert).publish(event);
        }
        self.registry().commit(change).await?;
        let updates: Vec<LiveUpdate> = changes
            .iter()
            .map(|change| LiveUpdate::of_alert(change.alert().clone()))
            .collect();
        self.live.push(scope, &updates, self.evidence.clock.now()).await;
        Ok(())
    }
}

/// Whether `judged` says what is worth writing down after `known`. What a sensor measures is kept where readings are: of what
/// it feeds only a decision is news.
fn is_news(known: &Process, judged: &Process) -> bool {
    let decision = |process: &Process| {
        let Progress {
            verdict,
            stage,
            met,
            missed,
            ..
        } = process.progress.clone();
        (verdict, stage, met, missed, process.due_at.is_some())
    };
    if known.sensor_id.is_some() {
        decision(known) != decision(judged)
    } else {
        known != judged
    }
}

const fn name_of(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Running => "running",
        Verdict::Passed => "passed",
        Verdict::Failed => "failed",
        Verdict::Abandoned => "abandoned",
    }
}
