//! A unit's temperatures over any time, as a screen draws them.

use super::{Sensors, Walk, YEAR, asked_for, seen};
use crate::error::{Failure, Refusal};
use crate::ports::{Clock, ReadingLog, Records, UnitStates};
use crate::scope::Caller;
use freshtrack_contracts::readings::{ReadingSeries, SensorTrace, TraceBucket, TracePoint};
use freshtrack_domain::history::{Bucket, Coverage, GAP_PERCENT, Told, Trace, Window, gap_of};
use freshtrack_domain::ids::{SensorId, UnitId};
use freshtrack_domain::time::Timestamp;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// Columns unless told otherwise: a chart is seldom wider in centimetres of paper or in hundreds of pixels.
const COLUMNS: u32 = 500;
/// Columns at most. Of eight sensors these are three megabytes, of the six that Lambda replies with at most.
const MOST_COLUMNS: u32 = 1_000;

/// Which trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeriesOf {
    /// That of this unit.
    pub unit_id: UnitId,
    /// From this instant on; 24 hours before `to` unless given.
    pub from: Option<Timestamp>,
    /// Up to this instant; now unless given. At most 366 days after `from`.
    pub to: Option<Timestamp>,
    /// In how many columns at most.
    pub points: Option<u32>,
}

/// The trace of each sensor of a unit over a span of time, both ends included, in a bounded number of columns that keep every
/// extreme and are connected nowhere that nothing is known.
///
/// # Errors
/// Refused when there is no such unit that the caller may see, or the span or the number of columns is none.
pub async fn get_series(
    states: &dyn UnitStates,
    log: &dyn ReadingLog,
    records: &dyn Records,
    clock: &dyn Clock,
    caller: &Caller,
    of: SeriesOf,
) -> Result<ReadingSeries, Failure> {
    let (from, to) = asked_for(clock, of.from, of.to, YEAR)?;
    let columns = of.points.unwrap_or(COLUMNS);
    if !(1..=MOST_COLUMNS).contains(&columns) {
        return Err(Refusal::invalid(format!("points must be 1 to {MOST_COLUMNS}.")).into());
    }
    let record = seen(states, caller, of.unit_id).await?;
    let rules = record.state.rules();
    let deadline = rules.report_deadline();
    // What is still to come is not expected to be there.
    let passed = Window {
        from,
        to: to.min(clock.now()),
    };
    let mut sensors = Sensors::new(records, caller.scope, &record);
    let mut traces: BTreeMap<SensorId, (Trace, Coverage)> = BTreeMap::new();
    // What was measured shortly before still holds when the span begins.
    let mut walk = Walk::over(log, caller.scope, &record, (from - deadline, to));
    while let Some(portion) = walk.next().await? {
        for (sensor_id, entry, _) in portion.iter() {
            if entry.temperature.is_none() && entry.fault.is_none() {
                continue;
            }
            let (trace, coverage) = match traces.entry(sensor_id) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(place) => {
                    let gap = gap_of(sensors.interval(sensor_id).await?, GAP_PERCENT);
                    let trace = Trace::new(Window { from, to }, columns, gap);
                    place.insert((trace, Coverage::new(passed, deadline)))
                }
            };
            if entry.temperature.is_some() {
                coverage.take(entry.recorded_at);
            }
            trace.take(&Told {
                at: entry.recorded_at,
                temperature: entry.temperature,
                manual: entry.manual,
                back_filled: entry.back_filled,
            });
        }
    }
    let mut shown = Vec::new();
    for (sensor_id, (trace, coverage)) in traces {
        let buckets: Vec<TraceBucket> = trace.buckets().iter().map(view).collect();
        // One that was last heard before the span has nothing to show of it.
        if !buckets.is_empty() {
            shown.push(SensorTrace {
                sensor_id,
                primary: sensors.drives(sensor_id).await?,
                coverage_percent: coverage.percent(),
                buckets,
            });
        }
    }
    Ok(ReadingSeries {
        unit_id: of.unit_id,
        from: from.into(),
        to: to.into(),
        low_c: rules.low.celsius(),
        high_c: rules.high.celsius(),
        judged_by: Some(record.state.standard().into()),
        sensors: shown,
    })
}

fn view(bucket: &Bucket) -> TraceBucket {
    let points = bucket.points();
    TraceBucket {
        points: points
            .iter()
            .map(|point| TracePoint {
                at: point.at.into(),
                temperature_c: point.temperature.celsius(),
            })
            .collect(),
        min_c: bucket.lowest.temperature.celsius(),
        max_c: bucket.highest.temperature.celsius(),
        readings: bucket.readings,
        back_filled: bucket.back_filled,
        manual: bucket.manual,
        broken: bucket.broken,
        breaks: bucket.breaks,
    }
}
