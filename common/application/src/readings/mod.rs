//! What was measured, read back: put together from sealed blocks, late readings and the head.

mod door_events;
mod export;
mod forecast;
mod gaps;
mod judge_past;
mod latest;
mod list;
mod series;
mod summarize;

pub use door_events::list_door_events;
pub use export::{ExportedPage, export_readings};
pub use forecast::forecast_unit;
pub use gaps::{GapsOf, list_gaps};
pub use judge_past::{JudgePast, judge_past};
pub use latest::get_latest;
pub use list::{ReadingsOf, list_readings};
pub use series::{SeriesOf, get_series};
pub use summarize::{SummaryQuery, summarize_readings};

use crate::error::{Failure, PortError, PortErrorKind, Refusal};
use crate::ports::{Clock, ReadingLog, Records, UnitStates};
use crate::scope::{Caller, OrgScope};
use freshtrack_decoders as decoders;
use freshtrack_domain::device::Sensor;
use freshtrack_domain::ids::{Id, SensorId, Ulid, UnitId};
use freshtrack_domain::log::Entry;
use freshtrack_domain::place::Site;
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_domain::unit::{REPORT_INTERVAL, UnitRecord};
use std::collections::BTreeMap;

/// The longest span of which one request may show everything.
const MONTH: Span = Span::hours(31 * 24);
/// The longest span that one request may go through.
const YEAR: Span = Span::hours(366 * 24);
/// What is covered unless the caller says otherwise.
const DEFAULT: Span = Span::hours(24);

/// The span that a caller asks for, at most as long as `longest`: the last day unless told otherwise.
fn asked_for(
    clock: &dyn Clock,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    longest: Span,
) -> Result<(Timestamp, Timestamp), Refusal> {
    let to = to.unwrap_or_else(|| clock.now());
    let from = from.unwrap_or(to - DEFAULT);
    if from > to || to.since(from) > longest {
        let days = longest.as_minutes() / (24 * 60);
        return Err(Refusal::invalid(format!(
            "`from` must be before `to`, and at most {days} days before it."
        )));
    }
    Ok((from, to))
}

/// The time zone of the site that the unit is in.
async fn zone_of(records: &dyn Records, caller: &Caller, record: &UnitRecord) -> Result<String, Failure> {
    let site = records
        .get::<Site>(caller.scope, record.state.site_id)
        .await?
        .ok_or_else(|| Refusal::not_found("unit"))?;
    Ok(site.record.time_zone)
}

/// What there is to know of the sensors that have measured in a unit, looked up as they are met.
struct Sensors<'a> {
    records: &'a dyn Records,
    scope: OrgScope,
    unit_id: UnitId,
    known: BTreeMap<SensorId, Option<Sensor>>,
}

impl<'a> Sensors<'a> {
    fn new(records: &'a dyn Records, scope: OrgScope, record: &UnitRecord) -> Self {
        Self {
            records,
            scope,
            unit_id: record.state.unit_id,
            known: BTreeMap::new(),
        }
    }

    async fn find(&mut self, id: SensorId) -> Result<Option<&Sensor>, PortError> {
        if !self.known.contains_key(&id) {
            let stored = self.records.get::<Sensor>(self.scope, id).await?;
            self.known.insert(id, stored.map(|stored| stored.record));
        }
        Ok(self.known.get(&id).and_then(Option::as_ref))
    }

    /// How often `id` reports, by its own setting or its model's.
    async fn interval(&mut self, id: SensorId) -> Result<Span, PortError> {
        let own = self.find(id).await?.and_then(|sensor| {
            let model = || decoders::find(&sensor.model).map(|model| model.uplink_interval);
            sensor.report_interval.or_else(model)
        });
        Ok(own.unwrap_or(REPORT_INTERVAL))
    }

    /// Whether `id` measures the unit now.
    async fn is_fitted(&mut self, id: SensorId) -> Result<bool, PortError> {
        let unit_id = Some(self.unit_id);
        Ok(self
            .find(id)
            .await?
            .is_some_and(|sensor| sensor.unit_id == unit_id))
    }

    /// Whether `id` drives the unit now.
    async fn drives(&mut self, id: SensorId) -> Result<bool, PortError> {
        let unit_id = Some(self.unit_id);
        let drives = |sensor: &Sensor| sensor.primary && sensor.unit_id == unit_id;
        Ok(self.find(id).await?.is_some_and(drives))
    }
}

/// Blocks that are read at once where a span may be long: what is held at a time stays small, however long that is.
const PORTION: usize = 256;

/// A walk over a unit's readings of a span, portion by portion, oldest first.
struct Walk<'a> {
    log: &'a dyn ReadingLog,
    scope: OrgScope,
    record: &'a UnitRecord,
    rest: Option<(Timestamp, Timestamp)>,
}

impl<'a> Walk<'a> {
    /// Over the readings from `from` to `to`, both included.
    fn over(
        log: &'a dyn ReadingLog,
        scope: OrgScope,
        record: &'a UnitRecord,
        (from, to): (Timestamp, Timestamp),
    ) -> Self {
        Self {
            log,
            scope,
            record,
            rest: Some((from, to)),
        }
    }

    /// The next portion; none behind the last.
    async fn next(&mut self) -> Result<Option<Recorded>, Failure> {
        let Some((from, to)) = self.rest else {
            return Ok(None);
        };
        let recorded = Recorded::load(self.log, self.scope, self.record, (from, to), PORTION).await?;
        // What is recorded is told to the second.
        self.rest = recorded.more.then_some((recorded.to + Span::seconds(1), to));
        Ok(Some(recorded))
    }
}

/// The unit, if the caller may see it, as it was a moment ago.
async fn seen(states: &dyn UnitStates, caller: &Caller, unit_id: UnitId) -> Result<UnitRecord, Failure> {
    let record = states
        .load_eventually(caller.scope, unit_id)
        .await?
        .ok_or_else(|| Refusal::not_found("unit"))?;
    caller.sees(record.state.site_id, "unit")?;
    Ok(record)
}

/// The readings of a unit in a span, each once, the oldest first; if they were to be few, all up to one of them.
pub(crate) struct Recorded {
    /// By instant and sensor: a crash between sealing and trimming leaves the same reading in two places.
    found: BTreeMap<(Timestamp, SensorId), (Entry, bool)>,
    from: Timestamp,
    /// Up to here none is missing.
    to: Timestamp,
    /// Whether there may be more behind it.
    more: bool,
}

impl Recorded {
    /// The readings from `from` to `to`, both included, of the unit whose newest are in `record`: those of the first `most`
    /// blocks, and what else was measured in their time.
    ///
    /// Nothing in between is missing. The record was read before the blocks are, so that what is moved meanwhile is found
    /// in both, and it tells until when the log is sealed: blocks that do not reach as far were read too early and are
    /// read again.
    pub(crate) async fn load(
        log: &dyn ReadingLog,
        scope: OrgScope,
        record: &UnitRecord,
        (from, to): (Timestamp, Timestamp),
        most: usize,
    ) -> Result<Self, Failure> {
        let unit_id = record.state.unit_id;
        let mut blocks = log.blocks(scope, unit_id, from, to, most, false).await?;
        if let Some(sealed) = record.sealed_until.map(|until| until.min(to))
            && sealed >= from
            && blocks.len() < most
            && blocks.last().is_none_or(|newest| newest.last_at < sealed)
        {
            blocks = log.blocks(scope, unit_id, from, to, most, true).await?;
        }
        let end = blocks.last().filter(|_| blocks.len() >= most);
        let until = end.map_or(to, |end| end.last_at.min(to));
        let mut recorded = Self {
            found: BTreeMap::new(),
            from,
            to: until,
            more: until < to,
        };
        for block in blocks {
            let (sensors, entries) = block
                .open()
                .map_err(|e| PortError::because("reading_log.open", PortErrorKind::Corrupt, e))?;
            recorded.add(&sensors, &entries);
        }
        let sensors: Vec<SensorId> = record.state.sensors.iter().map(|track| track.id).collect();
        recorded.add(&sensors, record.head.entries());
        for late in log.late(scope, unit_id, from, until).await? {
            recorded
                .found
                .entry((late.entry.recorded_at, late.sensor_id))
                .or_insert((late.entry, true));
        }
        Ok(recorded)
    }

    fn add(&mut self, sensors: &[SensorId], entries: &[Entry]) {
        for entry in entries {
            if let Some(sensor_id) = sensors.get(usize::from(entry.slot)) {
                self.found
                    .insert((entry.recorded_at, *sensor_id), (*entry, false));
            }
        }
    }

    /// The readings, oldest first: who measured, what, and whether it came after newer ones were sealed.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (SensorId, &Entry, bool)> {
        let lowest = SensorId::from_ulid(Ulid::nil());
        self.found
            .range((self.from.to_second(), lowest)..)
            .take_while(|((at, _), _)| *at <= self.to)
            .map(|((_, sensor_id), (entry, late))| (*sensor_id, entry, *late))
    }
}
