//! A unit's readings over a span of time, one by one.

use super::{MONTH, Recorded, asked_for, seen};
use crate::error::{Failure, Refusal};
use crate::page::{PageRequest, cursor_behind};
use crate::ports::{Clock, ReadingLog, RecordKind, UnitStates};
use crate::scope::{Caller, OrgScope};
use freshtrack_contracts::page::Page;
use freshtrack_contracts::readings::ReadingView;
use freshtrack_domain::ids::{SensorId, UnitId};
use freshtrack_domain::log::{Entry, Fault};
use freshtrack_domain::measurement::SensorFault;
use freshtrack_domain::time::Timestamp;
use freshtrack_domain::unit::UnitRecord;
use std::fmt;
use std::str::FromStr;

/// The list, as its cursors name it.
const LIST: RecordKind = RecordKind("READING");
/// Readings in a block, reckoned low: it is full with 72, or 480 bytes of them, of which one takes 21 at most. Where blocks
/// hold less, a page does.
const IN_A_BLOCK: usize = 16;

/// Which readings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadingsOf {
    /// Those of this unit.
    pub unit_id: UnitId,
    /// From this instant on; 24 hours before `to` unless given.
    pub from: Option<Timestamp>,
    /// Up to this instant; now unless given. At most 31 days after `from`.
    pub to: Option<Timestamp>,
}

/// Where a reading stands among those of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    at: Timestamp,
    sensor_id: SensorId,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.at.as_seconds(), self.sensor_id)
    }
}

impl FromStr for Place {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        let parsed = text.split_once('#').and_then(|(at, sensor_id)| {
            Some(Self {
                at: Timestamp::from_seconds(at.parse().ok()?),
                sensor_id: sensor_id.parse().ok()?,
            })
        });
        parsed.ok_or_else(|| Refusal::invalid("This is no place of a reading."))
    }
}

/// The readings of a unit over a span of time, both ends included, oldest first, as they were a moment ago.
///
/// # Errors
/// Refused when there is no such unit that the caller may see, no such page, or the span is empty or too long.
pub async fn list_readings(
    states: &dyn UnitStates,
    log: &dyn ReadingLog,
    clock: &dyn Clock,
    caller: &Caller,
    of: ReadingsOf,
    request: &PageRequest,
) -> Result<Page<ReadingView>, Failure> {
    let span = asked_for(clock, of.from, of.to, MONTH)?;
    let record = seen(states, caller, of.unit_id).await?;
    let page = page_of_readings(log, caller.scope, &record, span, request).await?;
    Ok(page.map(|(sensor_id, entry, late)| view(sensor_id, &entry, late)))
}

/// A page of the readings of a span, both ends included, oldest first: who measured, what, and whether it came after newer
/// ones were sealed.
///
/// # Errors
/// Refused when there is no such page.
pub(super) async fn page_of_readings(
    log: &dyn ReadingLog,
    scope: OrgScope,
    record: &UnitRecord,
    (from, to): (Timestamp, Timestamp),
    request: &PageRequest,
) -> Result<Page<(SensorId, Entry, bool)>, Failure> {
    let after: Option<Place> = request.after(LIST)?;
    let from = after.map_or(from, |after| from.max(after.at));
    // Two more than hold the page: the first may be over, and the last be shared with the next.
    let most = request.limit / IN_A_BLOCK + 2;
    let recorded = Recorded::load(log, scope, record, (from, to), most).await?;
    let mut rest = recorded.iter().filter_map(|(sensor_id, entry, late)| {
        let place = Place {
            at: entry.recorded_at,
            sensor_id,
        };
        let is_behind = after.is_none_or(|after| place > after);
        is_behind.then_some((place, (sensor_id, *entry, late)))
    });
    let page: Vec<_> = rest.by_ref().take(request.limit).collect();
    let more = rest.next().is_some() || recorded.more;
    Ok(Page {
        next_cursor: page
            .last()
            .filter(|_| more)
            .map(|(place, _)| cursor_behind(LIST, place)),
        items: page.into_iter().map(|(_, reading)| reading).collect(),
    })
}

/// A reading as it is shown.
pub(super) fn view(sensor_id: SensorId, entry: &Entry, late: bool) -> ReadingView {
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
        back_filled: entry.back_filled,
        manual: entry.manual,
    }
}
