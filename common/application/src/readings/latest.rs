//! The newest that each sensor of a unit has measured.

use super::Recorded;
use super::list::view;
use crate::error::{Failure, Refusal};
use crate::ports::{Clock, ReadingLog, UnitStates};
use crate::scope::Caller;
use freshtrack_contracts::readings::{LatestReading, LatestReadings};
use freshtrack_domain::ids::UnitId;
use freshtrack_domain::log::Entry;
use freshtrack_domain::reading::EARLIEST;

/// The newest reading of each sensor that has measured in the unit, and never an older one: as it is stored at this moment.
///
/// Nearly always the unit's item alone is read. Where a sensor has not measured since the head of the log was sealed, the block
/// with its newest is read besides.
///
/// # Errors
/// Refused when there is no such unit that the caller may see.
pub async fn get_latest(
    states: &dyn UnitStates,
    log: &dyn ReadingLog,
    clock: &dyn Clock,
    caller: &Caller,
    unit_id: UnitId,
) -> Result<LatestReadings, Failure> {
    let record = states
        .load(caller.scope, unit_id)
        .await?
        .ok_or_else(|| Refusal::not_found("unit"))?;
    caller.sees(record.state.site_id, "unit")?;
    let now = clock.now();
    let mut sensors = Vec::new();
    for (slot, track) in (0_u8..).zip(&record.state.sensors) {
        // One that was only told of by its settings has measured nothing.
        let newest_at = track.newest_at;
        if newest_at < EARLIEST {
            continue;
        }
        let in_head = |entry: &&Entry| entry.slot == slot && entry.recorded_at == newest_at;
        let newest = match record.head.entries().iter().rev().find(in_head) {
            Some(entry) => Some((*entry, false)),
            None => {
                let at = (newest_at, newest_at);
                let recorded = Recorded::load(log, caller.scope, &record, at, 1).await?;
                let newest = recorded.iter().find(|(sensor_id, ..)| *sensor_id == track.id);
                newest.map(|(_, entry, late)| (*entry, late))
            }
        };
        if let Some((entry, late)) = newest {
            sensors.push(LatestReading {
                reading: view(track.id, &entry, late),
                received_at: track.newest_came_at().into(),
            });
        }
    }
    sensors.sort_by_key(|latest| latest.reading.sensor_id);
    Ok(LatestReadings {
        unit_id,
        as_of: now.into(),
        sensors,
    })
}
