//! A unit as it is stored: its state and the head of its reading log, moved together.

use super::size::stored_size;
use super::{
    BackFill, Change, Input, LastReading, LateSpan, MAX_SENSORS, SensorTrack, Sighting, UnitState, next_due,
    transition,
};
use crate::ids::{Id, SensorId, Ulid};
use crate::log::{BlockHash, Entry, HEAD_BYTES, Head, LEAST_HEAD_BYTES, SealedBlock};
use crate::measurement::TemperatureSample;
use crate::reading::{MAX_FUTURE, Origin, Reading, Rejection};
use crate::time::{Span, Timestamp};

/// A unit's state and the head of its reading log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitRecord {
    /// How often it was written; the condition of the next write.
    pub rev: u64,
    /// What is known of the unit.
    pub state: UnitState,
    /// Its newest readings.
    pub head: Head,
    /// The hash of its newest sealed block.
    pub chain: BlockHash,
    /// When the newest sealed reading was measured. Readings before it no longer fit the log's order.
    pub sealed_until: Option<Timestamp>,
    /// What came too late to be judged and waits to be judged as history.
    pub back_fill: Option<BackFill>,
}

/// DynamoDB's unit of writing, in bytes.
pub const WRITE_UNIT: usize = 1_024;
/// What a unit's item holds besides its state and its readings: keys, version, revision, the newest block's hash, and when
/// something falls due.
pub const ITEM_BYTES: usize = 170;

/// How long a sensor must have been silent for another one to take its place, in a unit that has no other place left:
/// over the years more sensors are replaced than a unit can tell apart. No sensor in use is silent for a day.
const GONE_AFTER: Span = Span::hours(24);

/// What became of one reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// It is in the head and the state has moved as far as it should.
    Taken,
    /// It was there before.
    Duplicate,
    /// It is older than the sealed log and is kept beside it. Carries what is to be kept. The state has moved as
    /// far as it should.
    Late(Entry),
    /// It can never be taken.
    Rejected(Rejection),
    /// The unit has as many sensors in use as its log can tell apart.
    TooManySensors,
    /// The head must be sealed first; offer the reading again afterwards.
    HeadFull,
}

/// Where a sensor is among those of its unit.
enum Place {
    /// Here: in its own place, in a free one, or in that of a sensor that is gone.
    At(u8),
    /// In the place of a sensor that is gone, once the head is sealed.
    AfterSeal,
    /// All places are taken.
    Nowhere,
}

impl UnitRecord {
    /// A unit that was never written.
    #[must_use]
    pub fn new(state: UnitState) -> Self {
        Self {
            rev: 0,
            state,
            head: Head::default(),
            chain: BlockHash::default(),
            sealed_until: None,
            back_fill: None,
        }
    }

    /// Takes one reading: drops it if it was there before, puts it into the log, and moves the state.
    pub fn take(&mut self, reading: &Reading, now: Timestamp, changes: &mut Vec<Change>) -> Admission {
        if let Err(rejection) = reading.check(now) {
            return Admission::Rejected(rejection);
        }
        let slot = match self.place(reading.sensor_id, now) {
            Place::At(slot) => slot,
            Place::AfterSeal => return Admission::HeadFull,
            Place::Nowhere => return Admission::TooManySensors,
        };
        let lost_probe = reading.probe_missing && self.probe_seen(reading.sensor_id);
        let settled = lost_probe.then(|| reading.without_probe());
        let reading = settled.as_ref().unwrap_or(reading);
        let entry = Entry {
            back_filled: now >= reading.recorded_at + self.state.rules().report_deadline(),
            ..Entry::of(reading, slot)
        };
        let known = self.state.sensors.get(usize::from(slot));
        if known.is_some_and(|track| {
            track.id == reading.sensor_id && track.sighting(reading) == Sighting::Repeated
        }) || self.head.contains(&entry)
        {
            return Admission::Duplicate;
        }
        let late = self
            .sealed_until
            .is_some_and(|sealed| entry.recorded_at <= sealed);
        if !late && self.head.is_full(|| self.room()) {
            return Admission::HeadFull;
        }
        self.note(reading, slot, now, changes);
        if entry.back_filled && self.is_history(reading) {
            let back_fill = BackFill::with(self.back_fill, slot, entry.recorded_at, now);
            self.back_fill = Some(back_fill);
        }
        if !late {
            self.correct_exposure(reading, slot);
        }
        // Judged also when late: another sensor's readings may have sealed the log while this one's were on
        // their way, and then a late reading is still the newest word on the food.
        self.step(Input::Reading(reading), now, changes);
        if late {
            return Admission::Late(entry);
        }
        self.head.insert(entry);
        Admission::Taken
    }

    /// Whether the unit was told of a newer version of `sensor` than this one, which may be of another unit by now.
    #[must_use]
    pub fn has_newer(&self, sensor: SensorId, version: u32) -> bool {
        let mut tracks = self.state.sensors.iter();
        tracks.any(|track| track.id == sensor && track.version > version)
    }

    /// Notes that the sensor that drives the unit sent something at `at` that cannot be read. It is no reading: the log does
    /// not know it, and once somebody can read it, it comes as one.
    pub fn unreadable(&mut self, at: Timestamp, now: Timestamp, changes: &mut Vec<Change>) {
        if at <= now + MAX_FUTURE {
            self.step(Input::Unreadable(at), now, changes);
        }
    }

    /// Judges what fell due until `now`, and tells of history that is to be judged once no more of it is coming.
    pub fn judge(&mut self, now: Timestamp, changes: &mut Vec<Change>) {
        if let Some(late) = self.back_fill.take_if(|late| late.due() <= now)
            && let Some(track) = self.state.sensors.get(usize::from(late.slot))
        {
            changes.push(Change::BackFilled(LateSpan {
                sensor_id: track.id,
                from: late.from,
                to: late.to,
            }));
        }
        self.step(Input::Tick, now, changes);
    }

    /// Judges the unit anew, because its rules or its sensors were changed, or whether it is judged at all.
    pub fn judge_anew(&mut self, now: Timestamp, changes: &mut Vec<Change>) {
        self.step(Input::Changed, now, changes);
    }

    /// When the clock must look at the unit next: to judge it, or to [settle](UnitState::settle_at) it.
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        let late = self.back_fill.as_ref().map(BackFill::due);
        next_due(&self.state, &self.state.rules())
            .into_iter()
            .chain(late)
            .chain(self.state.settle_at)
            .min()
    }

    /// Whether `reading` is out of range and comes behind a newer one that has moved the unit, so that it moves nothing.
    fn is_history(&self, reading: &Reading) -> bool {
        let Some(TemperatureSample::Valid(temperature)) = reading.temperature else {
            return false;
        };
        let moves = self.state.active && reading.drives_unit && reading.origin != Origin::Manual;
        let newest = self.state.last.map(|last| last.recorded_at);
        moves
            && newest.is_some_and(|newest| reading.recorded_at < newest)
            && self.state.rules().violation(temperature).is_some()
    }

    /// Counts the exposure anew that `reading` of the sensor in `slot` tells of, if it comes behind a newer one. How long its
    /// temperature held is known while that is in the head; what is older than the head is judged as history.
    fn correct_exposure(&mut self, reading: &Reading, slot: u8) {
        let Some(TemperatureSample::Valid(temperature)) = reading.temperature else {
            return;
        };
        let at = reading.recorded_at;
        let drives = self.state.active && reading.drives_unit && reading.origin != Origin::Manual;
        if !drives || self.state.last.is_none_or(|last| at >= last.recorded_at) {
            return;
        }
        let later =
            |entry: &&Entry| entry.slot == slot && entry.recorded_at > at && entry.temperature.is_some();
        if let Some(next) = self.head.entries().iter().find(later) {
            let found = LastReading {
                recorded_at: at,
                temperature,
            };
            self.state.correct_exposure(found, next.recorded_at);
        }
    }

    /// Seals the head as it is stored and starts a new one. `None` while the head is empty.
    ///
    /// Only a head that is stored may be sealed: then whoever repeats the step writes the same block.
    pub fn seal(&mut self) -> Option<SealedBlock> {
        // Only the sensors it has readings of: one that joins, or takes the place of another, before the block is stored
        // anew must not change it.
        let slots = self.head.entries().iter().map(|entry| entry.slot + 1).max()?;
        let nobody = SensorId::from_ulid(Ulid::nil());
        let sensors: Vec<SensorId> = (0..slots)
            .zip(&self.state.sensors)
            .map(|(slot, track)| if self.is_in_head(slot) { track.id } else { nobody })
            .collect();
        let block = SealedBlock::seal(&self.head, &sensors, self.chain)?;
        self.chain = block.hash(self.state.unit_id);
        self.sealed_until = Some(block.last_at);
        self.head = Head::default();
        Some(block)
    }

    /// Bytes there are for the head beside the state: in one unit of writing, or in two where it does not fit.
    fn room(&self) -> usize {
        let late = self
            .back_fill
            .and_then(|late| stored_size(&late))
            .unwrap_or_default();
        let beside = stored_size(&self.state).map(|size| ITEM_BYTES + size + late);
        let left = |units: usize| {
            let left = beside.and_then(|taken| (units * WRITE_UNIT).checked_sub(taken));
            left.filter(|left| *left >= LEAST_HEAD_BYTES)
        };
        left(1)
            .or_else(|| left(2))
            .map_or(HEAD_BYTES, |left| left.min(HEAD_BYTES))
    }

    /// Whether `sensor` ever reported an external probe here.
    fn probe_seen(&self, sensor: SensorId) -> bool {
        self.state
            .sensors
            .iter()
            .any(|track| track.id == sensor && track.probe_seen)
    }

    /// Where `sensor` is, or may be put, among the unit's sensors.
    fn place(&self, sensor: SensorId, now: Timestamp) -> Place {
        let sensors = &self.state.sensors;
        let known = sensors.iter().position(|track| track.id == sensor);
        let free = Some(sensors.len()).filter(|count| *count < MAX_SENSORS);
        if let Some(slot) = known.or(free).and_then(|place| u8::try_from(place).ok()) {
            return Place::At(slot);
        }
        let mut gone: Vec<(Timestamp, u8)> = (0..)
            .zip(sensors)
            .filter(|(_, track)| now.since(track.newest_at) >= GONE_AFTER)
            .map(|(slot, track)| (track.newest_at, slot))
            .collect();
        gone.sort_unstable();
        // What is in the head is told apart by its place, so that place cannot be another's before the head is sealed.
        match gone.iter().find(|(_, slot)| !self.is_in_head(*slot)) {
            Some((_, slot)) => Place::At(*slot),
            None if gone.is_empty() => Place::Nowhere,
            None => Place::AfterSeal,
        }
    }

    /// Whether the head holds readings of the sensor in `slot`.
    fn is_in_head(&self, slot: u8) -> bool {
        self.head.entries().iter().any(|entry| entry.slot == slot)
    }

    fn note(&mut self, reading: &Reading, slot: u8, now: Timestamp, changes: &mut Vec<Change>) {
        let place = usize::from(slot);
        let known = self.state.sensors.get_mut(place);
        if let Some(replaced) = known.filter(|track| track.id != reading.sensor_id) {
            replaced.gone = true;
            self.step(Input::Changed, now, changes);
        }
        let new = SensorTrack::new(reading.sensor_id);
        match self.state.sensors.get_mut(place) {
            None => self.state.sensors.push(new),
            Some(track) if track.id != reading.sensor_id => *track = new,
            Some(_) => {}
        }
        if let Some(track) = self.state.sensors.get_mut(place) {
            track.note(reading);
            track.came(reading, now);
        }
    }

    fn step(&mut self, input: Input<'_>, now: Timestamp, changes: &mut Vec<Change>) {
        let rules = self.state.rules();
        transition(&mut self.state, &rules, input, now, changes);
    }
}
