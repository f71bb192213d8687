//! A unit's readings as a table, page by page.

use super::list::{ReadingsOf, page_of_readings};
use super::{YEAR, asked_for, seen, zone_of};
use crate::error::{Failure, PortError, PortErrorKind, Refusal};
use crate::page::PageRequest;
use crate::ports::{Clock, ReadingLog, Records, UnitStates};
use crate::scope::Caller;
use freshtrack_contracts::csv::{Cell, Table};
use freshtrack_domain::history::LocalClock;
use freshtrack_domain::ids::SensorId;
use freshtrack_domain::log::{Entry, Fault};
use freshtrack_domain::measurement::CentiCelsius;
use freshtrack_domain::place::{TemperatureUnit, Unit};

/// The columns, in their order. New ones come last.
const COLUMNS: [&str; 14] = [
    "recorded_at",
    "recorded_at_utc",
    "unit_id",
    "unit",
    "sensor_id",
    "temperature",
    "sensor_temperature",
    "temperature_unit",
    "fault",
    "humidity_percent",
    "door",
    "manual",
    "back_filled",
    "late",
];

/// A page of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedPage {
    /// The lines.
    pub text: String,
    /// Whether the first of them names the columns.
    pub has_header: bool,
    /// The query by which the next page is asked for; none on the last one.
    pub next: Option<String>,
}

/// A page of the readings of a unit over a span of time of at most 366 days, both ends included, oldest first: with times on the
/// clock of the unit's site and in UTC, and temperatures in the unit in which people read them.
///
/// Only the first page names the columns: one behind the other, the pages are one table.
///
/// # Errors
/// Refused when there is no such unit that the caller may see, no such page, or the span is empty or too long.
pub async fn export_readings(
    states: &dyn UnitStates,
    log: &dyn ReadingLog,
    records: &dyn Records,
    clock: &dyn Clock,
    caller: &Caller,
    of: ReadingsOf,
    request: &PageRequest,
) -> Result<ExportedPage, Failure> {
    let (from, to) = asked_for(clock, of.from, of.to, YEAR)?;
    let record = seen(states, caller, of.unit_id).await?;
    let unit = records
        .get::<Unit>(caller.scope, of.unit_id)
        .await?
        .ok_or_else(|| Refusal::not_found("unit"))?
        .record;
    let zone = zone_of(records, caller, &record).await?;
    let local = LocalClock::of(&zone)
        .map_err(|e| PortError::because("records.time_zone", PortErrorKind::Corrupt, e))?;
    let page = page_of_readings(log, caller.scope, &record, (from, to), request).await?;
    let has_header = request.cursor.is_none();
    let mut table = Table::default();
    if has_header {
        table.line(&COLUMNS.map(Cell::value));
    }
    for (sensor_id, entry, late) in &page.items {
        table.line(&line(&unit, &local, *sensor_id, entry, *late));
    }
    let next = page.next_cursor.map(|cursor| {
        // The end is told, so that all pages are of the same span though time goes on.
        format!("from={from}&to={to}&limit={}&cursor={cursor}", request.limit)
    });
    Ok(ExportedPage {
        text: table.text(),
        has_header,
        next,
    })
}

fn line<'a>(
    unit: &'a Unit,
    local: &LocalClock,
    sensor_id: SensorId,
    entry: &Entry,
    late: bool,
) -> [Cell<'a>; COLUMNS.len()] {
    let shown = |temperature: CentiCelsius| {
        let degrees = match unit.display {
            TemperatureUnit::Celsius => temperature.celsius(),
            TemperatureUnit::Fahrenheit => temperature.fahrenheit(),
        };
        format!("{degrees:.2}")
    };
    let fault = entry.fault.map(|fault| match fault {
        Fault::ProbeMissing => "probe_missing",
        Fault::Implausible => "implausible",
    });
    let door = entry.door_open.map(|open| if open { "open" } else { "closed" });
    [
        Cell::value(local.show(entry.recorded_at)),
        Cell::value(entry.recorded_at),
        Cell::value(unit.id),
        Cell::Text(unit.name.as_str()),
        Cell::value(sensor_id),
        Cell::optional(entry.temperature.map(shown)),
        Cell::optional(entry.raw_temperature().map(shown)),
        Cell::value(match unit.display {
            TemperatureUnit::Celsius => "C",
            TemperatureUnit::Fahrenheit => "F",
        }),
        Cell::optional(fault),
        Cell::optional(entry.humidity.map(|humidity| humidity.percent())),
        Cell::optional(door),
        Cell::value(entry.manual),
        Cell::value(entry.back_filled),
        Cell::value(late),
    ]
}
