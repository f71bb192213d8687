//! When the sensors of a unit told nothing.

use super::{Sensors, Walk, YEAR, asked_for, seen};
use crate::error::{Failure, Refusal};
use crate::page::{Order, PageRequest, in_digits, page_of_whole};
use crate::ports::{Clock, ReadingLog, RecordKind, Records, UnitStates};
use crate::scope::Caller;
use freshtrack_contracts::page::Page;
use freshtrack_contracts::readings::GapView;
use freshtrack_domain::history::{GAP_PERCENT, Gap, Gaps, Window, gap_of};
use freshtrack_domain::ids::{SensorId, UnitId};
use freshtrack_domain::time::{Span, Timestamp};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// The list, as its cursors name it.
const LIST: RecordKind = RecordKind("GAP");
/// From and up to how much of a sensor's interval silence can be asked to be a gap, in percent.
const PERCENT: std::ops::RangeInclusive<u32> = 100..=10_000;

/// Which gaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GapsOf {
    /// Those of the sensors of this unit.
    pub unit_id: UnitId,
    /// From this instant on; 24 hours before `to` unless given.
    pub from: Option<Timestamp>,
    /// Up to this instant; now unless given. At most 366 days after `from`.
    pub to: Option<Timestamp>,
    /// From how much of its interval a sensor's silence is a gap, in percent.
    pub percent: Option<u32>,
}

/// When the sensors of a unit told nothing for longer than they should, oldest first. What is still to come is not missing.
///
/// # Errors
/// Refused when there is no such unit that the caller may see, no such page, or the span is empty or too long.
pub async fn list_gaps(
    states: &dyn UnitStates,
    log: &dyn ReadingLog,
    records: &dyn Records,
    clock: &dyn Clock,
    caller: &Caller,
    of: GapsOf,
    request: &PageRequest,
) -> Result<Page<GapView>, Failure> {
    let (from, to) = asked_for(clock, of.from, of.to, YEAR)?;
    let percent = of.percent.unwrap_or(GAP_PERCENT);
    if !PERCENT.contains(&percent) {
        let (least, most) = (PERCENT.start(), PERCENT.end());
        return Err(Refusal::invalid(format!("percent must be {least} to {most}.")).into());
    }
    let record = seen(states, caller, of.unit_id).await?;
    let span = Window {
        from,
        to: to.min(clock.now()),
    };
    let mut sensors = Sensors::new(records, caller.scope, &record);
    let mut found: BTreeMap<SensorId, (Span, Gaps)> = BTreeMap::new();
    for track in &record.state.sensors {
        if sensors.is_fitted(track.id).await? {
            let interval = sensors.interval(track.id).await?;
            found.insert(track.id, (interval, Gaps::new(span, gap_of(interval, percent))));
        }
    }
    let mut walk = Walk::over(log, caller.scope, &record, (from, span.to));
    while let Some(portion) = walk.next().await? {
        for (sensor_id, entry, _) in portion.iter() {
            let (_, gaps) = match found.entry(sensor_id) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(place) => {
                    let interval = sensors.interval(sensor_id).await?;
                    place.insert((interval, Gaps::new(span, gap_of(interval, percent))))
                }
            };
            gaps.take(entry.recorded_at);
        }
    }
    let mut views = Vec::new();
    for (sensor_id, (interval, gaps)) in found {
        let gaps = gaps.finish(sensors.is_fitted(sensor_id).await?);
        views.extend(gaps.iter().map(|gap| view(sensor_id, interval, gap)));
    }
    let key = |gap: &GapView| format!("{}#{}", in_digits(gap.from.0.as_millis()), gap.sensor_id);
    Ok(page_of_whole(request, LIST, Order::OldestFirst, views, key)?)
}

fn view(sensor_id: SensorId, interval: Span, gap: &Gap) -> GapView {
    GapView {
        sensor_id,
        from: gap.from.into(),
        to: gap.to.into(),
        duration_seconds: gap.to.since(gap.from).as_seconds(),
        interval_seconds: interval.as_seconds(),
        began_before: gap.began_before,
        goes_on: gap.goes_on,
    }
}
