//! The heart: readings move their unit's state, are stored with it, and are shown at once.
//!
//! Every way in ends here: webhooks, the device topic, uploads, the retry lane, replay of kept frames.

use crate::error::{PortError, PortErrorKind};
use crate::live::{Live, LiveUpdate};
use crate::ports::{Clock, LateEntry, ReadingLog, RetryLane, UnitStates};
use crate::scope::OrgScope;
use freshtrack_contracts::ingest::ItemStatus;
use freshtrack_domain::device::Sensor;
use freshtrack_domain::ids::{OrgId, UnitId};
use freshtrack_domain::reading::Reading;
use freshtrack_domain::time::Timestamp;
use freshtrack_domain::unit::{Admission, Change, UnitRecord};
use futures_util::stream::{self, StreamExt};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How often a unit is read again after another worker wrote it in between. Two workers at one unit settle in
/// one or two rounds; more means a burst, which the retry lane takes in order.
const ATTEMPTS: usize = 5;
/// Units written side by side within one invocation.
const PARALLEL_UNITS: usize = 16;

/// A reading and the unit it is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitReading {
    /// The unit.
    pub unit_id: UnitId,
    /// The reading.
    pub reading: Reading,
    /// The version of the sensor by which it was found to be of this unit.
    pub version: u32,
}

/// What became of a reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// In a word.
    pub status: ItemStatus,
    /// Why, if it was not accepted.
    pub reason: Option<String>,
    /// Whether its sensor has been changed since it was looked up. Nothing was recorded; look it up
    /// [anew](crate::ports::Devices::now) and try again.
    pub outdated: bool,
}

impl Outcome {
    /// An outcome that needs no reason.
    #[must_use]
    pub const fn plain(status: ItemStatus) -> Self {
        Self {
            status,
            reason: None,
            outdated: false,
        }
    }

    /// The sensor it was found by is not what it was.
    pub(crate) fn outdated() -> Self {
        Self {
            outdated: true,
            ..Self::rejected("The sensor is being changed. Send it again.")
        }
    }

    /// It can never be taken, because of `reason`.
    pub fn rejected(reason: impl Into<String>) -> Self {
        Self {
            status: ItemStatus::Rejected,
            reason: Some(reason.into()),
            outdated: false,
        }
    }
}

/// Readings of one unit that wait to be stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetryReadings {
    /// The organization.
    pub org_id: OrgId,
    /// The unit.
    pub unit_id: UnitId,
    /// The readings, in the order they came.
    pub readings: Vec<Reading>,
}

/// Records readings.
pub struct RecordReadings<'a> {
    /// The units.
    pub states: &'a dyn UnitStates,
    /// What is not in their heads.
    pub log: &'a dyn ReadingLog,
    /// Where readings wait that could not be stored.
    pub retry: &'a dyn RetryLane,
    /// Who is watching.
    pub live: Live<'a>,
    /// The time.
    pub clock: &'a dyn Clock,
}

impl RecordReadings<'_> {
    /// Records a batch. Answers with one outcome a reading, in their order; one bad reading spoils no other.
    ///
    /// # Errors
    /// When at least one reading is neither stored nor safely waiting. Sending the batch again is right: what
    /// was stored will be told to be a duplicate.
    pub async fn record(&self, scope: OrgScope, batch: Vec<UnitReading>) -> Result<Vec<Outcome>, PortError> {
        let mut outcomes: Vec<Option<Outcome>> = vec![None; batch.len()];
        let mut units: BTreeMap<UnitId, Vec<Item>> = BTreeMap::new();
        for (index, of_unit) in batch.into_iter().enumerate() {
            let UnitReading {
                unit_id,
                reading,
                version,
            } = of_unit;
            units.entry(unit_id).or_default().push(Item {
                index,
                reading,
                version,
            });
        }
        for items in units.values_mut() {
            // What is told in any order is judged, and fills the log, in the order it was measured.
            items.sort_by_key(|item| item.reading.recorded_at);
        }
        let recorded: Vec<_> = stream::iter(units)
            .map(|(unit_id, readings)| self.record_or_hand_over(scope, unit_id, readings))
            .buffer_unordered(PARALLEL_UNITS)
            .collect()
            .await;
        let mut updates = Vec::new();
        let mut lost = None;
        for (work, result) in recorded {
            for (index, outcome) in work.outcomes {
                if let Some(slot) = outcomes.get_mut(index) {
                    *slot = Some(outcome);
                }
            }
            updates.extend(work.update);
            lost = result.err().or(lost);
        }
        // A screen that misses a frame asks for it; a reading that is lost is lost. So showing never fails
        // recording.
        self.live.push(scope, &updates, self.clock.now()).await;
        match lost {
            Some(error) => Err(error),
            None => Ok(outcomes
                .into_iter()
                .map(|o| o.unwrap_or(Outcome::plain(ItemStatus::Ignored)))
                .collect()),
        }
    }

    /// Notes that `sensor`, which drives the unit, sent something at `at` that cannot be read.
    ///
    /// # Errors
    /// When that is not stored. Sending it again is right.
    pub async fn note_unreadable(
        &self,
        scope: OrgScope,
        unit_id: UnitId,
        sensor: &Sensor,
        at: Timestamp,
    ) -> Result<(), PortError> {
        for _ in 0..=ATTEMPTS {
            let Some(mut record) = self.states.load(scope, unit_id).await? else {
                return Ok(());
            };
            if record.has_newer(sensor.id, sensor.version) {
                return Ok(());
            }
            let (before, now, mut changes) = (record.clone(), self.clock.now(), Vec::new());
            record.unreadable(at, now, &mut changes);
            if record == before {
                return Ok(());
            }
            match self.states.save(scope, &mut record, &changes).await {
                Ok(()) => {
                    let mut update = LiveUpdate::of(&record);
                    update.advance(&record, changes);
                    self.live.push(scope, &[update], now).await;
                    return Ok(());
                }
                Err(error) if error.kind == PortErrorKind::Conflict => {}
                Err(error) => return Err(error),
            }
        }
        Err(PortError::new(
            "record_readings.note_unreadable",
            PortErrorKind::Conflict,
        ))
    }

    /// Records the readings of one unit or lets them wait. What was stored counts also when it fails.
    async fn record_or_hand_over(
        &self,
        scope: OrgScope,
        unit_id: UnitId,
        items: Vec<Item>,
    ) -> (UnitWork, Result<(), PortError>) {
        let mut work = UnitWork::new(items);
        let mut result = self.record_unit(scope, unit_id, &mut work).await;
        if let Err(error) = &result
            && error.is_retryable()
        {
            let (waiting, readings): (Vec<usize>, Vec<Reading>) = work
                .waiting()
                .map(|item| (item.index, item.reading.clone()))
                .unzip();
            tracing::warn!(
                org.id = %scope.org_id(), unit.id = %unit_id, readings = readings.len(), %error,
                "readings handed to the retry lane"
            );
            result = self
                .retry
                .hand_over(&RetryReadings {
                    org_id: scope.org_id(),
                    unit_id,
                    readings,
                })
                .await;
            let queued = Outcome::plain(ItemStatus::Queued);
            work.outcomes
                .extend(waiting.into_iter().map(|index| (index, queued.clone())));
        }
        (work, result)
    }

    /// Records the readings of one unit; those that `work` still holds waiting afterwards were not stored.
    async fn record_unit(
        &self,
        scope: OrgScope,
        unit_id: UnitId,
        work: &mut UnitWork,
    ) -> Result<(), PortError> {
        let mut conflicts = 0;
        while work.done < work.items.len() {
            let Some(record) = self.states.load(scope, unit_id).await? else {
                work.reject_rest("The unit does not exist.");
                return Ok(());
            };
            match self.advance(scope, record, work).await {
                Ok(()) => {}
                Err(error) if error.kind == PortErrorKind::Conflict && conflicts < ATTEMPTS => conflicts += 1,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Takes as many readings as it can, saving whenever the head is full and at the end.
    async fn advance(
        &self,
        scope: OrgScope,
        mut record: UnitRecord,
        work: &mut UnitWork,
    ) -> Result<(), PortError> {
        while work.done < work.items.len() {
            let mut step = Step::default();
            for Item {
                index,
                reading,
                version,
            } in work.items.iter().skip(work.done)
            {
                if record.has_newer(reading.sensor_id, *version) {
                    step.outcomes.push((*index, Outcome::outdated()));
                    continue;
                }
                let now = self.clock.now();
                let outcome = match record.take(reading, now, &mut step.changes) {
                    Admission::HeadFull => break,
                    Admission::Taken => {
                        step.moved = true;
                        Outcome::plain(ItemStatus::Accepted)
                    }
                    Admission::Duplicate if work.late.contains(index) => Outcome::plain(ItemStatus::Accepted),
                    Admission::Duplicate => Outcome::plain(ItemStatus::Duplicate),
                    Admission::Late(entry) => {
                        step.moved = true;
                        let late = LateEntry {
                            entry,
                            sensor_id: reading.sensor_id,
                        };
                        let unit_id = record.state.unit_id;
                        if work.late.contains(index) || self.keep_late(scope, unit_id, &late).await? {
                            work.late.insert(*index);
                            Outcome::plain(ItemStatus::Accepted)
                        } else {
                            Outcome::plain(ItemStatus::Duplicate)
                        }
                    }
                    Admission::Rejected(rejection) => Outcome::rejected(rejection.to_string()),
                    Admission::TooManySensors => {
                        Outcome::rejected("The unit has eight sensors in use, the most it may have.")
                    }
                };
                step.outcomes.push((*index, outcome));
            }
            if step.moved {
                self.states.save(scope, &mut record, &step.changes).await?;
                work.note(&record, step);
            } else if step.outcomes.is_empty() {
                // The head is full and stored exactly so: the only state in which it may be sealed.
                let unit_id = record.state.unit_id;
                if let Some(block) = record.seal() {
                    self.log.put_block(scope, unit_id, &block).await?;
                }
            } else {
                work.note_unmoved(step);
            }
        }
        Ok(())
    }

    /// Keeps a reading that is older than the sealed log; false if it is in there already, or was kept before. A block that
    /// was stored a moment ago may be overlooked: then the reading stands in two places, and is shown once.
    async fn keep_late(&self, scope: OrgScope, unit_id: UnitId, late: &LateEntry) -> Result<bool, PortError> {
        let at = late.entry.recorded_at;
        for block in self.log.blocks(scope, unit_id, at, at, usize::MAX, false).await? {
            let (sensors, entries) = block
                .open()
                .map_err(|e| PortError::because("reading_log.open", PortErrorKind::Corrupt, e))?;
            let sealed = entries.iter().any(|known| {
                known.recorded_at == at && sensors.get(usize::from(known.slot)) == Some(&late.sensor_id)
            });
            if sealed {
                return Ok(false);
            }
        }
        self.log.put_late(scope, unit_id, late).await
    }
}

/// Stores readings from the retry lane.
///
/// # Errors
/// When they are still not stored; the lane gives them again, in order.
pub async fn retry_readings(
    ports: &RecordReadings<'_>,
    waiting: RetryReadings,
) -> Result<Vec<Outcome>, PortError> {
    let scope = OrgScope::granted(waiting.org_id);
    // What waits was found to be of this unit when it came.
    let items = waiting
        .readings
        .into_iter()
        .enumerate()
        .map(|(index, reading)| Item {
            index,
            reading,
            version: u32::MAX,
        });
    let mut work = UnitWork::new(items.collect());
    let result = ports.record_unit(scope, waiting.unit_id, &mut work).await;
    let updates: Vec<LiveUpdate> = work.update.into_iter().collect();
    ports.live.push(scope, &updates, ports.clock.now()).await;
    result?;
    work.outcomes.sort_by_key(|(index, _)| *index);
    Ok(work.outcomes.into_iter().map(|(_, outcome)| outcome).collect())
}

/// What one save will make true.
#[derive(Default)]
struct Step {
    outcomes: Vec<(usize, Outcome)>,
    changes: Vec<Change>,
    moved: bool,
}

/// A reading on its way, and its place in the batch.
struct Item {
    index: usize,
    reading: Reading,
    version: u32,
}

/// The readings of one unit on their way: the first `done` are settled.
struct UnitWork {
    items: Vec<Item>,
    done: usize,
    outcomes: Vec<(usize, Outcome)>,
    /// The late readings that were kept during this work: another round must not call them duplicates of themselves.
    late: BTreeSet<usize>,
    update: Option<LiveUpdate>,
}

impl UnitWork {
    const fn new(items: Vec<Item>) -> Self {
        Self {
            items,
            done: 0,
            outcomes: Vec::new(),
            late: BTreeSet::new(),
            update: None,
        }
    }

    fn waiting(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().skip(self.done)
    }

    fn reject_rest(&mut self, reason: &str) {
        let rest: Vec<usize> = self.waiting().map(|item| item.index).collect();
        self.done = self.items.len();
        self.outcomes
            .extend(rest.into_iter().map(|index| (index, Outcome::rejected(reason))));
    }

    fn note_unmoved(&mut self, step: Step) {
        self.done += step.outcomes.len();
        self.outcomes.extend(step.outcomes);
    }

    fn note(&mut self, record: &UnitRecord, mut step: Step) {
        let changes = std::mem::take(&mut step.changes);
        self.note_unmoved(step);
        let update = self.update.get_or_insert_with(|| LiveUpdate::of(record));
        update.advance(record, changes);
    }
}
