//! A unit as it is stored: its state and the head of its reading log, moved together.

use super::{Change, Input, MAX_SENSORS, SensorTrack, Sighting, UnitState, next_due, transition};
use crate::ids::SensorId;
use crate::log::{BlockHash, Entry, Head, SealedBlock};
use crate::reading::{Reading, Rejection};
use crate::time::Timestamp;

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
}

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
    /// The unit has as many sensors as its log can tell apart.
    TooManySensors,
    /// The head must be sealed first; offer the reading again afterwards.
    HeadFull,
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
        }
    }

    /// Takes one reading: drops it if it was there before, puts it into the log, and moves the state.
    pub fn take(&mut self, reading: &Reading, now: Timestamp, changes: &mut Vec<Change>) -> Admission {
        if let Err(rejection) = reading.check(now) {
            return Admission::Rejected(rejection);
        }
        let Some(slot) = self.slot(reading.sensor_id) else {
            return Admission::TooManySensors;
        };
        let lost_probe = reading.probe_missing && self.probe_seen(reading.sensor_id);
        let settled = lost_probe.then(|| reading.without_probe());
        let reading = settled.as_ref().unwrap_or(reading);
        let entry = Entry::of(reading, slot);
        let known = self.state.sensors.get(usize::from(slot));
        if known.is_some_and(|track| track.sighting(reading) == Sighting::Repeated)
            || self.head.contains(&entry)
        {
            return Admission::Duplicate;
        }
        let late = self
            .sealed_until
            .is_some_and(|sealed| entry.recorded_at <= sealed);
        if !late && self.head.is_full() {
            return Admission::HeadFull;
        }
        self.note(reading, slot);
        // Judged also when late: another sensor's readings may have sealed the log while this one's were on
        // their way, and then a late reading is still the newest word on the food.
        self.step(Input::Reading(reading), now, changes);
        if late {
            return Admission::Late(entry);
        }
        self.head.insert(entry);
        Admission::Taken
    }

    /// Judges the unit again, because time passed or its rules changed.
    pub fn judge(&mut self, now: Timestamp, changes: &mut Vec<Change>) {
        self.step(Input::Tick, now, changes);
    }

    /// When the clock must judge the unit next.
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        next_due(&self.state, &self.state.rules())
    }

    /// Seals the head as it is stored and starts a new one. `None` while the head is empty.
    ///
    /// Only a head that is stored may be sealed: then whoever repeats the step writes the same block.
    pub fn seal(&mut self) -> Option<SealedBlock> {
        // Only the sensors it has readings of: one that joins before the block is stored anew must not change it.
        let slots = self
            .head
            .entries()
            .iter()
            .map(|entry| usize::from(entry.slot) + 1)
            .max()?;
        let sensors: Vec<SensorId> = self
            .state
            .sensors
            .iter()
            .take(slots)
            .map(|track| track.id)
            .collect();
        let block = SealedBlock::seal(&self.head, &sensors, self.chain)?;
        self.chain = block.hash(self.state.unit_id);
        self.sealed_until = Some(block.last_at);
        self.head = Head::default();
        Some(block)
    }

    /// Whether `sensor` ever reported an external probe here.
    fn probe_seen(&self, sensor: SensorId) -> bool {
        self.state
            .sensors
            .iter()
            .any(|track| track.id == sensor && track.probe_seen)
    }

    /// The sensor's place in the unit's list; the next free one if it is new.
    fn slot(&self, sensor: SensorId) -> Option<u8> {
        let sensors = &self.state.sensors;
        let place = sensors
            .iter()
            .position(|track| track.id == sensor)
            .unwrap_or(sensors.len());
        u8::try_from(place).ok().filter(|_| place < MAX_SENSORS)
    }

    fn note(&mut self, reading: &Reading, slot: u8) {
        let sensors = &mut self.state.sensors;
        if usize::from(slot) == sensors.len() {
            sensors.push(SensorTrack::new(reading.sensor_id));
        }
        if let Some(track) = sensors.get_mut(usize::from(slot)) {
            track.note(reading);
        }
    }

    fn step(&mut self, input: Input<'_>, now: Timestamp, changes: &mut Vec<Change>) {
        let rules = self.state.rules();
        transition(&mut self.state, &rules, input, now, changes);
    }
}
