//! A unit's readings over a span of time, put together from sealed blocks, late readings and the head.

use crate::error::{Failure, PortError, PortErrorKind, Refusal};
use crate::ports::{Clock, ReadingLog, UnitStates};
use crate::scope::Caller;
use freshtrack_contracts::readings::{ReadingList, ReadingView};
use freshtrack_domain::ids::{SensorId, UnitId};
use freshtrack_domain::log::{Entry, Fault};
use freshtrack_domain::measurement::SensorFault;
use freshtrack_domain::time::{Span, Timestamp};
use std::collections::BTreeMap;

/// The longest span one request may cover.
const LONGEST: Span = Span::hours(31 * 24);
/// What is covered unless the caller says otherwise.
const DEFAULT: Span = Span::hours(24);

/// The readings of `unit_id` from `from` to `to`, both included, oldest first, as they were a moment ago.
///
/// Nothing in between is missing. The head is read before the blocks, so that what is moved meanwhile is found in both,
/// and it tells until when the log is sealed: blocks that do not reach as far were read too early and are read again.
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
    let to = to.unwrap_or_else(|| clock.now());
    let from = from.unwrap_or(to - DEFAULT);
    if from > to || to.since(from) > LONGEST {
        return Err(Refusal::invalid("`from` must be before `to`, and at most 31 days before it.").into());
    }
    let scope = caller.scope;
    let record = states
        .load_eventually(scope, unit_id)
        .await?
        .ok_or_else(|| Refusal::not_found("unit"))?;
    caller.sees(record.state.site_id, "unit")?;
    // By instant and sensor: a crash between sealing and trimming leaves the same reading in two places.
    let mut found: BTreeMap<(Timestamp, SensorId), (Entry, bool)> = BTreeMap::new();
    let mut blocks = log.blocks(scope, unit_id, from, to, false).await?;
    if let Some(sealed) = record.sealed_until.map(|until| until.min(to))
        && sealed >= from
        && blocks.last().is_none_or(|newest| newest.last_at < sealed)
    {
        blocks = log.blocks(scope, unit_id, from, to, true).await?;
    }
    for block in blocks {
        let (sensors, entries) = block
            .open()
            .map_err(|e| PortError::because("reading_log.open", PortErrorKind::Corrupt, e))?;
        add(&mut found, &sensors, &entries);
    }
    let sensors: Vec<SensorId> = record.state.sensors.iter().map(|track| track.id).collect();
    add(&mut found, &sensors, record.head.entries());
    for late in log.late(scope, unit_id, from, to).await? {
        found
            .entry((late.entry.recorded_at, late.sensor_id))
            .or_insert((late.entry, true));
    }
    let readings = found
        .range((from.to_second(), lowest())..)
        .take_while(|((at, _), _)| *at <= to)
        .map(|((_, sensor_id), (entry, late))| view(*sensor_id, entry, *late))
        .collect();
    Ok(ReadingList {
        unit_id,
        from: from.into(),
        to: to.into(),
        readings,
    })
}

fn add(found: &mut BTreeMap<(Timestamp, SensorId), (Entry, bool)>, sensors: &[SensorId], entries: &[Entry]) {
    for entry in entries {
        if let Some(sensor_id) = sensors.get(usize::from(entry.slot)) {
            found.insert((entry.recorded_at, *sensor_id), (*entry, false));
        }
    }
}

fn lowest() -> SensorId {
    use freshtrack_domain::ids::{Id, Ulid};
    SensorId::from_ulid(Ulid::nil())
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
