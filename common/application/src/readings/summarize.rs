//! What a unit's readings say of a span of time, and of each hour or day of it.

use super::{Recorded, asked_for, seen};
use crate::error::{Failure, PortError, PortErrorKind, Refusal};
use crate::ports::{Clock, ReadingLog, Records, UnitStates};
use crate::scope::Caller;
use freshtrack_contracts::readings::{ReadingSummaries, ReadingSummary, SensorSummaries};
use freshtrack_domain::history::{Division, Sample, Summary, Window, summarize, windows};
use freshtrack_domain::ids::{SensorId, UnitId};
use freshtrack_domain::place::Site;
use freshtrack_domain::time::Timestamp;
use freshtrack_domain::unit::UnitRecord;
use std::collections::BTreeMap;

/// What is asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct SummaryQuery {
    /// The first instant; a day before `to` unless given.
    pub from: Option<Timestamp>,
    /// The first instant that does not count any more; now unless given.
    pub to: Option<Timestamp>,
    /// How the span is divided.
    pub division: Division,
}

/// What each sensor of `unit_id` measured in the span, and in each hour or day of it on the clock of the unit's site.
///
/// Judged by the limits in force now. What is still to come is not expected to be there: the last window ends now.
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
    let (from, to) = asked_for(clock, query.from, query.to)?;
    let record = seen(states, caller, unit_id).await?;
    let rules = record.state.rules();
    let zone = match query.division {
        Division::Whole => "UTC".to_owned(),
        Division::Hour | Division::Day => zone_of(records, caller, &record).await?,
    };
    let windows = windows(from, to.min(clock.now()), query.division, &zone)
        .map_err(|e| PortError::because("records.time_zone", PortErrorKind::Corrupt, e))?;
    // What was measured shortly before still holds when the span begins.
    let span = (from - rules.report_deadline(), to);
    let recorded = Recorded::load(log, caller.scope, &record, span, usize::MAX).await?;
    let mut series: BTreeMap<SensorId, Vec<Sample>> = BTreeMap::new();
    for (sensor_id, entry, _) in recorded.iter() {
        if let Some(temperature) = entry.temperature {
            let at = entry.recorded_at;
            series
                .entry(sensor_id)
                .or_default()
                .push(Sample { at, temperature });
        }
    }
    let sensors = series
        .into_iter()
        .map(|(sensor_id, samples)| SensorSummaries {
            sensor_id,
            windows: summarize(&samples, &windows, &rules).iter().map(view).collect(),
        })
        .collect();
    Ok(ReadingSummaries {
        unit_id,
        from: from.into(),
        to: to.into(),
        low_c: rules.low.celsius(),
        high_c: rules.high.celsius(),
        sensors,
    })
}

/// The time zone of the site that the unit is in.
async fn zone_of(records: &dyn Records, caller: &Caller, record: &UnitRecord) -> Result<String, Failure> {
    let site = records
        .get::<Site>(caller.scope, record.state.site_id)
        .await?
        .ok_or_else(|| Refusal::not_found("unit"))?;
    Ok(site.record.time_zone)
}

fn view(summary: &Summary) -> ReadingSummary {
    let Window { from, to } = summary.window;
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
    }
}

/// To as many digits as sensors have.
fn hundredths(celsius: f64) -> f64 {
    (celsius * 100.0).round() / 100.0
}
