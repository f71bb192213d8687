//! The past that came late is judged anew: what was missed is found late, and nothing that holds now is moved.

use super::Walk;
use crate::error::Failure;
use crate::live::{Live, LiveUpdate};
use crate::ports::{Alerts, Clock, ReadingLog, UnitStates};
use crate::scope::OrgScope;
use freshtrack_contracts::events::{Event, Happening};
use freshtrack_domain::alert::Alert;
use freshtrack_domain::ids::UnitId;
use freshtrack_domain::reading::Reading;
use freshtrack_domain::time::Span;
use freshtrack_domain::unit::{LateSpan, excursions};

/// How much of what was measured before and behind late readings is judged with them: an excursion that began or ended
/// further away is cut there.
const AROUND: Span = Span::hours(24);
/// How long before late readings an alert may have opened that tells of their time: an excursion that nobody ends for longer
/// is still open, and then the unit itself knows of it.
const KNOWN_SINCE: Span = Span::hours(7 * 24);
/// The longest time that is judged at once. What came late over a longer one is judged as far.
const MOST: Span = Span::hours(31 * 24);

/// What judging the past needs.
#[derive(Clone, Copy)]
pub struct JudgePast<'a> {
    /// The units.
    pub states: &'a dyn UnitStates,
    /// What they measured.
    pub log: &'a dyn ReadingLog,
    /// What is known of it.
    pub alerts: &'a dyn Alerts,
    /// Who watches.
    pub live: Live<'a>,
    /// The time.
    pub clock: &'a dyn Clock,
}

/// Judges anew what `event` says came late; nothing if it is about something else. Keeps an alert, ended already, for each
/// excursion of which none tells. It may be done again: then there is nothing more to find.
///
/// # Errors
/// When not all of it is done: the event will come again.
pub async fn judge_past(ports: &JudgePast<'_>, event: &Event) -> Result<(), Failure> {
    let Happening::ReadingsBackFilled { sensor_id, from, to } = &event.what else {
        return Ok(());
    };
    let Some(unit_id) = event.unit_id else {
        return Ok(());
    };
    let late = LateSpan {
        sensor_id: *sensor_id,
        from: from.0,
        to: to.0.min(from.0 + MOST),
    };
    judge(ports, OrgScope::granted(event.org_id), unit_id, late).await
}

async fn judge(
    ports: &JudgePast<'_>,
    scope: OrgScope,
    unit_id: UnitId,
    late: LateSpan,
) -> Result<(), Failure> {
    let Some(record) = ports.states.load(scope, unit_id).await? else {
        return Ok(());
    };
    if !record.state.active {
        return Ok(());
    }
    let now = ports.clock.now();
    let span = (late.from - AROUND, (late.to + AROUND).min(now));
    let mut readings: Vec<Reading> = Vec::new();
    let mut walk = Walk::over(ports.log, scope, &record, span);
    while let Some(portion) = walk.next().await? {
        let told = portion.iter();
        readings
            .extend(told.map(|(sensor_id, entry, _)| entry.reading(sensor_id, sensor_id == late.sensor_id)));
    }
    let found = excursions(&record.state, &readings, now);
    let mut known = ports
        .alerts
        .opened(scope, late.from - KNOWN_SINCE, span.1)
        .await?;
    known.retain(|alert| alert.unit_id == unit_id);
    known.extend(record.state.open_alerts());
    let mut kept: Vec<Alert> = Vec::new();
    for alert in late.missed(found, &known) {
        if ports.alerts.keep_found(scope, &alert).await? {
            kept.push(alert);
        }
    }
    if !kept.is_empty() {
        tracing::info!(org.id = %scope.org_id(), unit.id = %unit_id, alerts = kept.len(), "excursions were found late");
        let update = LiveUpdate::of(&record).with_alerts(&kept);
        ports.live.push(scope, &[update], now).await;
    }
    Ok(())
}
