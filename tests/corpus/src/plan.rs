//! What is to happen in a week, before any heat flows.

use crate::chance::{Chance, Purpose};
use crate::event::EventKind;
use crate::thermal::Build;
use freshtrack_domain::unit::UnitKind;

/// Seconds in a week.
pub(crate) const WEEK: i64 = 7 * DAY;
const DAY: i64 = 24 * HOUR;
const HOUR: i64 = 3_600;
const MINUTE: i64 = 60;

/// How many kinds of units there are in a round of weeks.
pub(crate) const KINDS: u32 = 5;
const UNIT_KINDS: [UnitKind; KINDS as usize] = [
    UnitKind::Fridge,
    UnitKind::Freezer,
    UnitKind::WalkInCooler,
    UnitKind::DisplayCase,
    UnitKind::WalkInFreezer,
];

/// How many stories there are in a round of weeks.
pub(crate) const STORIES: u32 = 12;
/// What goes wrong in each of them. In a third nothing does: most alarms that mean nothing are those of a good week.
const WEEKS: [Option<EventKind>; STORIES as usize] = [
    None,
    None,
    None,
    None,
    Some(EventKind::StuckDoor),
    Some(EventKind::SlowLeak),
    Some(EventKind::CompressorDeath),
    Some(EventKind::ProbeMoved),
    Some(EventKind::Outage),
    Some(EventKind::BackFill),
    Some(EventKind::UnseenDeath),
    Some(EventKind::ClockSkew),
];

/// A time within the week, in seconds from its beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Time {
    pub(crate) begins: i64,
    pub(crate) ends: i64,
}

impl Time {
    pub(crate) const fn has(self, second: i64) -> bool {
        self.begins <= second && second < self.ends
    }
}

/// Something that happens on purpose or not.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Incident {
    pub(crate) kind: EventKind,
    pub(crate) time: Time,
}

/// Goods that are put in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Delivery {
    pub(crate) time: Time,
    /// How warm they are, in degrees Celsius.
    pub(crate) celsius: f64,
    /// Which share of the food they are.
    pub(crate) share: f64,
}

/// A unit and what is to happen to it in a week.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) kind: UnitKind,
    pub(crate) build: Build,
    /// Minutes between reports.
    pub(crate) interval: i64,
    /// Whether a contact watches the door.
    pub(crate) has_contact: bool,
    /// Whether staff log temperatures by hand while the gateway is away.
    pub(crate) logs_by_hand: bool,
    pub(crate) incident: Option<Incident>,
    pub(crate) deliveries: Vec<Delivery>,
    /// When the first defrost begins; none where there is none.
    defrost_phase: i64,
    /// A probe that is moved ends up in the room, not at the evaporator.
    pub(crate) probe_in_the_room: bool,
    /// By how many seconds the sensor's clock is wrong until it is set.
    pub(crate) skew: i64,
}

impl Plan {
    /// The week `number` of `seed`.
    pub(crate) fn new(seed: u64, number: u32) -> Self {
        let pick = |from: usize, at: u32| usize::try_from(at).unwrap_or(0) % from;
        let story = WEEKS.get(pick(WEEKS.len(), number)).copied().flatten();
        let kind = UNIT_KINDS
            .get(pick(UNIT_KINDS.len(), number / STORIES))
            .copied()
            .unwrap_or(UnitKind::Fridge);
        let mut chance = Chance::of(seed, number, Purpose::Build);
        let build = Build::of(kind, &mut chance);
        let has_door = kind != UnitKind::DisplayCase;
        let interval = match chance.between(0, 3) {
            0 | 1 => 5,
            2 => 10,
            _ => 15,
        };
        let has_contact = has_door && chance.happens(500);
        let defrost_phase = chance.between(0, DAY / build.defrosts.max(1) - 1);
        let mut chance = Chance::of(seed, number, Purpose::Story);
        let incident = story.map(|kind| incident(kind, &mut chance));
        Self {
            kind,
            build,
            interval,
            has_contact,
            logs_by_hand: chance.happens(500),
            deliveries: deliveries(
                &build,
                &mut Chance::of(seed, number, Purpose::Deliveries),
                incident,
            ),
            incident,
            defrost_phase,
            probe_in_the_room: chance.happens(700),
            skew: if story == Some(EventKind::ClockSkew) {
                chance.between(-4 * MINUTE, 4 * MINUTE)
            } else {
                0
            },
        }
    }

    /// When the unit defrosts.
    pub(crate) fn defrosts(&self) -> Vec<Time> {
        if self.build.defrosts == 0 {
            return Vec::new();
        }
        let every = DAY / self.build.defrosts;
        (0..WEEK / every)
            .map(|n| {
                let begins = self.defrost_phase + n * every;
                Time {
                    begins,
                    ends: begins + self.build.defrost * MINUTE,
                }
            })
            .collect()
    }

    /// Until when the gateway keeps what is sent at `second`, while it has no network. When the compressor stands still
    /// meanwhile, the network is back half-way.
    pub(crate) fn kept_until(&self, second: i64) -> Option<i64> {
        let Incident { kind, time } = self.incident?;
        let back = match kind {
            EventKind::BackFill => time.ends,
            EventKind::UnseenDeath => time.begins + (time.ends - time.begins) / 2,
            _ => return None,
        };
        (time.begins..back).contains(&second).then_some(back)
    }

    /// Where the incident of `kind` is now, from 0 at its beginning to 1 at its end.
    pub(crate) fn progress(&self, second: i64, kinds: &[EventKind]) -> Option<f64> {
        let incident = self.incident.filter(|incident| kinds.contains(&incident.kind))?;
        let Time { begins, ends } = incident.time;
        incident
            .time
            .has(second)
            .then(|| (second - begins) as f64 / (ends - begins) as f64)
    }
}

fn incident(kind: EventKind, chance: &mut Chance) -> Incident {
    let begins = chance.between(6 * HOUR, 5 * DAY);
    let length = match kind {
        EventKind::StuckDoor => chance.between(45 * MINUTE, 4 * HOUR),
        // Weeks in truth; the days in which it shows.
        EventKind::SlowLeak => chance.between(18 * HOUR, 44 * HOUR),
        EventKind::CompressorDeath => chance.between(5 * HOUR, 14 * HOUR),
        EventKind::UnseenDeath => chance.between(6 * HOUR, 12 * HOUR),
        EventKind::ProbeMoved => chance.between(3 * HOUR, 16 * HOUR),
        EventKind::Outage | EventKind::BackFill => chance.between(90 * MINUTE, 9 * HOUR),
        EventKind::ClockSkew | EventKind::Defrost | EventKind::Delivery => {
            return Incident {
                kind,
                time: Time {
                    begins: 0,
                    ends: WEEK,
                },
            };
        }
    };
    Incident {
        kind,
        time: Time {
            begins,
            ends: begins + length,
        },
    }
}

/// Two or three in a week, in the morning, and none while something else happens: that would be two truths at once.
fn deliveries(build: &Build, chance: &mut Chance, incident: Option<Incident>) -> Vec<Delivery> {
    let (coldest, warmest) = build.goods;
    let busy = incident.filter(|incident| incident.kind.needs_a_person());
    [0, 2, 4, 6]
        .into_iter()
        .map(|day| {
            let begins = day * DAY + chance.between(6 * HOUR, 11 * HOUR);
            Delivery {
                time: Time {
                    begins,
                    ends: begins + chance.between(build.delivery / 4, build.delivery) * MINUTE,
                },
                celsius: chance.within(coldest, warmest),
                share: chance.within(0.05, 0.2),
            }
        })
        .filter(|delivery| {
            busy.is_none_or(|busy| {
                delivery.time.ends + HOUR < busy.time.begins
                    || busy.time.ends + 3 * HOUR < delivery.time.begins
            })
        })
        .collect()
}
