//! What a unit's readings say of a span of time, and of each hour or day of it.

use super::{MONTH, Recorded, asked_for, seen, zone_of};
use crate::error::{Failure, PortError, PortErrorKind, Refusal};
use crate::ports::{Clock, ReadingLog, Records, UnitStates};
use crate::scope::Caller;
use freshtrack_contracts::readings::{ReadingSummaries, ReadingSummary, SensorSummaries};
use freshtrack_domain::history::{
    Division, Exposure, ROLLING, Sample, Summary, Window, exposures, summarize, windows,
};
use freshtrack_domain::ids::{SensorId, UnitId};
use freshtrack_domain::time::{Span, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// What is asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct SummaryQuery {
    /// The first instant; a day before `to` unless given.
    pub from: Option<Timestamp>,
    /// The first instant that does not count any more; now unless given.
    pub to: Option<Timestamp>,
    /// How the span is divided.
    pub division: Division,
    /// How many minutes long the rolling window is by which exposure adds up; four hours unless given.
    pub rolling_minutes: Option<u32>,
}

/// The longest rolling window: a week.
const LONGEST_ROLLING: u32 = 7 * 24 * 60;

fn rolling_of(minutes: Option<u32>) -> Result<Span, Refusal> {
    match minutes {
        None => Ok(ROLLING),
        Some(minutes @ 1..=LONGEST_ROLLING) => Ok(Span::minutes(minutes)),
        Some(_) => Err(Refusal::invalid(format!(
            "rolling_minutes must be 1 to {LONGEST_ROLLING}."
        ))),
    }
}

/// The temperatures of a sensor, and when those were measured that came late.
#[derive(Default)]
struct Measured {
    samples: Vec<Sample>,
    back_filled: Vec<Timestamp>,
}

/// What each sensor of `unit_id` measured in the span, and in each hour or day of it on the clock of the unit's site.
///
/// Judged by the legal limit in force now, or the alarm limit of a unit that has none. What is still to come is not expected to be there: the last window ends now.
///
/// # Errors
/// Refused when there is no such unit that the caller may see, or the span is too long.
pub async fn summarize_readings(
    states: &dyn UnitStates,
    log: &dyn ReadingLog,
    records: &dyn Records,
    clock: &dyn Clock,
    caller: &Caller,
    unit_id: UnitId,
    query: SummaryQuery,
) -> Result<ReadingSummaries, Failure> {
    let (from, to) = asked_for(clock, query.from, query.to, MONTH)?;
    let rolling = rolling_of(query.rolling_minutes)?;
    let record = seen(states, caller, unit_id).await?;
    let rules = record.state.rules();
    let zone = match query.division {
        Division::Whole => "UTC".to_owned(),
        Division::Hour | Division::Day => zone_of(records, caller, &record).await?,
    };
    let windows = windows(from, to.min(clock.now()), query.division, &zone)
        .map_err(|e| PortError::because("records.time_zone", PortErrorKind::Corrupt, e))?;
    // What was measured shortly before still holds when the span, and the first rolling window that ends in it, begins.
    let span = (from - rolling - rules.report_deadline(), to);
    let recorded = Recorded::load(log, caller.scope, &record, span, usize::MAX).await?;
    let mut series: BTreeMap<SensorId, Measured> = BTreeMap::new();
    let mut measuring = BTreeSet::new();
    for (sensor_id, entry, _) in recorded.iter() {
        if let Some(temperature) = entry.temperature {
            let at = entry.recorded_at;
            let measured = series.entry(sensor_id).or_default();
            measured.samples.push(Sample { at, temperature });
            if entry.back_filled {
                measured.back_filled.push(at);
            }
            if at >= from - rules.report_deadline() {
                measuring.insert(sensor_id);
            }
        }
    }
    let sensors = series
        .into_iter()
        .filter(|(sensor_id, _)| measuring.contains(sensor_id))
        .map(|(sensor_id, measured)| SensorSummaries {
            sensor_id,
            windows: summarize(&measured.samples, &windows, &rules)
                .iter()
                .zip(exposures(&measured.samples, &windows, &rules, rolling))
                .map(|(summary, exposure)| view(summary, exposure, &measured.back_filled))
                .collect(),
        })
        .collect();
    Ok(ReadingSummaries {
        unit_id,
        from: from.into(),
        to: to.into(),
        low_c: rules.low.celsius(),
        high_c: rules.high.celsius(),
        judged_by: Some(record.state.standard().into()),
        rolling_minutes: u32::try_from(rolling.as_minutes()).unwrap_or(u32::MAX),
        sensors,
    })
}

fn view(summary: &Summary, exposure: Exposure, back_filled: &[Timestamp]) -> ReadingSummary {
    let Window { from, to } = summary.window;
    let late = back_filled.iter().filter(|at| summary.window.contains(**at));
    ReadingSummary {
        from: from.into(),
        to: to.into(),
        readings: summary.readings,
        min_c: summary.lowest.map(|lowest| lowest.celsius()),
        max_c: summary.highest.map(|highest| highest.celsius()),
        mean_c: summary.mean_celsius.map(hundredths),
        mkt_c: summary.mean_kinetic_celsius.map(hundredths),
        in_range_percent: summary.in_range_percent(),
        coverage_percent: summary.coverage_percent().unwrap_or_default(),
        back_filled: u32::try_from(late.count()).unwrap_or(u32::MAX),
        above_minutes: exposure.above.as_minutes(),
        below_minutes: exposure.below.as_minutes(),
        most_above_minutes: exposure.most_above.as_minutes(),
    }
}

/// To as many digits as sensors have.
fn hundredths(celsius: f64) -> f64 {
    (celsius * 100.0).round() / 100.0
}
