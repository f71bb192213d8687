//! When the doors of a unit were opened and closed.

use super::list::ReadingsOf;
use super::{Walk, YEAR, asked_for, seen};
use crate::error::Failure;
use crate::page::{Order, PageRequest, in_digits, page_of_whole};
use crate::ports::{Clock, ReadingLog, RecordKind, UnitStates};
use crate::scope::Caller;
use freshtrack_contracts::page::Page;
use freshtrack_contracts::readings::DoorEventView;
use freshtrack_domain::history::{DoorEvents, Window};
use freshtrack_domain::ids::SensorId;
use freshtrack_domain::measurement::Door;
use std::collections::BTreeMap;

/// The list, as its cursors name it.
const LIST: RecordKind = RecordKind("DOOR");

/// When the doors of a unit were opened and closed within a span of time, both ends included, oldest first. At most 366 days.
///
/// # Errors
/// Refused when there is no such unit that the caller may see, no such page, or the span is empty or too long.
pub async fn list_door_events(
    states: &dyn UnitStates,
    log: &dyn ReadingLog,
    clock: &dyn Clock,
    caller: &Caller,
    of: ReadingsOf,
    request: &PageRequest,
) -> Result<Page<DoorEventView>, Failure> {
    let (from, to) = asked_for(clock, of.from, of.to, YEAR)?;
    let record = seen(states, caller, of.unit_id).await?;
    let mut found: BTreeMap<SensorId, DoorEvents> = BTreeMap::new();
    let mut walk = Walk::over(log, caller.scope, &record, (from, to));
    while let Some(portion) = walk.next().await? {
        for (sensor_id, entry, _) in portion.iter() {
            let Some(open) = entry.door_open else { continue };
            let door = if open { Door::Open } else { Door::Closed };
            found
                .entry(sensor_id)
                .or_insert_with(|| DoorEvents::new(Window { from, to }))
                .take(entry.recorded_at, door);
        }
    }
    let views = found.into_iter().flat_map(|(sensor_id, events)| {
        events.finish().into_iter().map(move |event| DoorEventView {
            sensor_id,
            at: event.at.into(),
            open: event.door == Door::Open,
            duration_seconds: event.lasted.map(|lasted| lasted.as_seconds()),
            initial: event.initial,
        })
    });
    let key = |event: &DoorEventView| format!("{}#{}", in_digits(event.at.0.as_millis()), event.sensor_id);
    Ok(page_of_whole(request, LIST, Order::OldestFirst, views, key)?)
}
