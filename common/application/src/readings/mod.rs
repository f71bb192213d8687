//! What was measured, read back: put together from sealed blocks, late readings and the head.

mod forecast;
mod list;
mod summarize;

pub use forecast::forecast_unit;
pub use list::{ReadingsOf, list_readings};
pub use summarize::{SummaryQuery, summarize_readings};

use crate::error::{Failure, PortError, PortErrorKind, Refusal};
use crate::ports::{Clock, ReadingLog, UnitStates};
use crate::scope::{Caller, OrgScope};
use freshtrack_domain::ids::{Id, SensorId, Ulid, UnitId};
use freshtrack_domain::log::Entry;
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_domain::unit::UnitRecord;
use std::collections::BTreeMap;

/// The longest span one request may cover.
const LONGEST: Span = Span::hours(31 * 24);
/// What is covered unless the caller says otherwise.
const DEFAULT: Span = Span::hours(24);

/// The span that a caller asks for: the last day unless told otherwise.
fn asked_for(
    clock: &dyn Clock,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
) -> Result<(Timestamp, Timestamp), Refusal> {
    let to = to.unwrap_or_else(|| clock.now());
    let from = from.unwrap_or(to - DEFAULT);
    if from > to || to.since(from) > LONGEST {
        return Err(Refusal::invalid(
            "`from` must be before `to`, and at most 31 days before it.",
        ));
    }
    Ok((from, to))
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
