//! A unit's readings over a span of time, one by one.

use super::{Recorded, asked_for, seen};
use crate::error::Failure;
use crate::ports::{Clock, ReadingLog, UnitStates};
use crate::scope::Caller;
use freshtrack_contracts::readings::{ReadingList, ReadingView};
use freshtrack_domain::ids::{SensorId, UnitId};
use freshtrack_domain::log::{Entry, Fault};
use freshtrack_domain::measurement::SensorFault;
use freshtrack_domain::time::Timestamp;

/// The readings of `unit_id` from `from` to `to`, both included, oldest first, as they were a moment ago.
///
/// # Errors
/// Refused when there is no such unit that the caller may see, or the span is empty or too long.
pub async fn list_readings(
    states: &dyn UnitStates,
    log: &dyn ReadingLog,
    clock: &dyn Clock,
    caller: &Caller,
    unit_id: UnitId,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
) -> Result<ReadingList, Failure> {
    let (from, to) = asked_for(clock, from, to)?;
    let record = seen(states, caller, unit_id).await?;
    let recorded = Recorded::load(log, caller.scope, &record, from, to).await?;
    let readings = recorded
        .iter()
        .map(|(sensor_id, entry, late)| view(sensor_id, entry, late))
        .collect();
    Ok(ReadingList {
        unit_id,
        from: from.into(),
        to: to.into(),
        readings,
    })
}

fn view(sensor_id: SensorId, entry: &Entry, late: bool) -> ReadingView {
    ReadingView {
        recorded_at: entry.recorded_at.into(),
        sensor_id,
        temperature_c: entry.temperature.map(|value| value.celsius()),
        raw_temperature_c: entry
            .raw_temperature()
            .filter(|raw| Some(*raw) != entry.temperature)
            .map(|raw| raw.celsius()),
        fault: entry.fault.map(|fault| match fault {
            Fault::ProbeMissing => SensorFault::ProbeMissing,
            Fault::Implausible => SensorFault::Implausible,
        }),
        humidity_percent: entry.humidity.map(|value| value.percent()),
        raw_humidity_percent: entry
            .raw_humidity()
            .filter(|raw| Some(*raw) != entry.humidity)
            .map(|raw| raw.percent()),
        door_open: entry.door_open,
        late,
    }
}
