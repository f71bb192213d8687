//! When a unit's temperature will reach its limit, if it drifts on as it does.

use super::{Recorded, Sensors, seen};
use crate::error::Failure;
use crate::ports::{Clock, ReadingLog, Records, UnitStates};
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
    records: &dyn Records,
    clock: &dyn Clock,
    caller: &Caller,
    unit_id: UnitId,
) -> Result<UnitForecast, Failure> {
    let now = clock.now();
    let record = seen(states, caller, unit_id).await?;
    // The newest reading may be an hour old with a sensor that reports hourly, and has its own hours before it.
    let span = (now - FORECAST_SPAN - Span::hours(2), now);
    let recorded = Recorded::load(log, caller.scope, &record, span, usize::MAX).await?;
    let mut sensors = Sensors::new(records, caller.scope, &record);
    let mut samples = Vec::new();
    for (sensor_id, entry, _) in recorded.iter() {
        let at = entry.recorded_at;
        if let Some(temperature) = entry.temperature
            && sensors.drives(sensor_id).await?
        {
            samples.push(Sample { at, temperature });
        }
    }
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
