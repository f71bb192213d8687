//! When a unit's temperature will reach its limit, if it drifts on as it does.

use super::{Recorded, seen};
use crate::error::Failure;
use crate::ports::{Clock, ReadingLog, UnitStates};
use crate::scope::Caller;
use freshtrack_contracts::readings::{Crossing, UnitForecast};
use freshtrack_domain::history::{FORECAST_SPAN, Forecast, Sample, forecast};
use freshtrack_domain::ids::UnitId;
use freshtrack_domain::time::Span;

/// When the temperature of `unit_id` will reach its limit, from what the sensor that drives it measured in the last hours.
/// Nothing is opened, stored or told to anybody by it.
///
/// # Errors
/// Refused when there is no such unit that the caller may see.
pub async fn forecast_unit(
    states: &dyn UnitStates,
    log: &dyn ReadingLog,
    clock: &dyn Clock,
    caller: &Caller,
    unit_id: UnitId,
) -> Result<UnitForecast, Failure> {
    let now = clock.now();
    let record = seen(states, caller, unit_id).await?;
    // The newest reading may be an hour old with a sensor that reports hourly, and has its own hours before it.
    let span = (now - FORECAST_SPAN - Span::hours(2), now);
    let recorded = Recorded::load(log, caller.scope, &record, span, usize::MAX).await?;
    let newest = record.state.last;
    let driving = recorded
        .iter()
        .find(|(_, entry, _)| {
            newest.is_some_and(|newest| {
                entry.recorded_at == newest.recorded_at.to_second()
                    && entry.temperature == Some(newest.temperature)
            })
        })
        .map(|(sensor_id, _, _)| sensor_id);
    let samples: Vec<Sample> = recorded
        .iter()
        .filter(|(sensor_id, _, _)| Some(*sensor_id) == driving)
        .filter_map(|(_, entry, _)| {
            let temperature = entry.temperature?;
            let at = entry.recorded_at;
            Some(Sample { at, temperature })
        })
        .collect();
    let rules = record.state.rules();
    Ok(UnitForecast {
        unit_id,
        as_of: now.into(),
        crossing: forecast(&samples, &rules, now).as_ref().map(view),
    })
}

fn view(found: &Forecast) -> Crossing {
    Crossing {
        side: found.side,
        limit_c: found.limit.celsius(),
        from_c: found.from.temperature.celsius(),
        measured_at: found.from.at.into(),
        at: found.at.into(),
        earliest: found.earliest.into(),
        latest: found.latest.map(Into::into),
        readings: u32::try_from(found.samples).unwrap_or(u32::MAX),
    }
}
