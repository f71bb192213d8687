//! A week of one unit: what its sensors send, and what truly happened.

use crate::chance::{Chance, Purpose};
use crate::event::{CRITICAL_AFTER, Event, EventKind, tolerance};
use crate::plan::{Incident, Plan, Time, WEEK};
use crate::thermal::{Influences, Place, STEP, Unit};
use freshtrack_domain::history::Window;
use freshtrack_domain::ids::{Id, SensorId, Ulid};
use freshtrack_domain::measurement::{Battery, CentiCelsius, Door, TemperatureSample};
use freshtrack_domain::reading::{FrameCounter, Origin, Reading};
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_domain::unit::UnitKind;

/// Monday, 2026-01-05.
const START: Timestamp = Timestamp::from_seconds(1_767_571_200);
/// How long a unit has been followed before its week begins, so that it no longer remembers how it was made.
const BEFORE: i64 = 12 * 3_600;
/// The sensors: in the air, at the door, in somebody's hand.
const PROBE: u128 = 1;
const CONTACT: u128 = 2;
const BY_HAND: u128 = 3;
/// How often a contact tells how the door is.
const CONTACT_INTERVAL: Span = Span::hours(1);
/// How often somebody logs a temperature while the gateway is away.
const LOG_EVERY: i64 = 4 * 3_600;

/// A reading and when it got here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// When it got here.
    pub received_at: Timestamp,
    /// The reading.
    pub reading: Reading,
}

/// A week of one unit.
#[derive(Debug, Clone)]
pub struct UnitWeek {
    /// Which of its seed's weeks it is.
    pub number: u32,
    /// What kind of unit.
    pub kind: UnitKind,
    /// How often its probe reports.
    pub interval: Span,
    /// How often the contact that watches its door tells how it is, also when nothing has changed; `None` without a contact.
    pub contact_interval: Option<Span>,
    /// When it begins.
    pub from: Timestamp,
    /// When it ends.
    pub to: Timestamp,
    /// What was received, in the order in which it was.
    pub arrivals: Vec<Arrival>,
    /// What truly happened.
    pub events: Vec<Event>,
}

impl UnitWeek {
    /// The week `number` of `seed`.
    #[must_use]
    pub fn new(seed: u64, number: u32) -> Self {
        let plan = Plan::new(seed, number);
        let mut labels = Labels::new(&plan);
        let mut sensors = Sensors::new(seed, number, &plan);
        let mut visits = Visits::new(seed, number);
        let mut unit = Unit::new(plan.build);
        let (low, high) = plan.kind.default_limits();
        let limits = (low.celsius(), high.celsius());
        let mut second = -BEFORE;
        while second < WEEK {
            let door = visits.door(&plan, second);
            for delivery in &plan.deliveries {
                if (second..second + STEP).contains(&delivery.time.begins) {
                    unit.take_in(delivery.celsius, delivery.share);
                }
            }
            unit.step(influences(&plan, &labels, second, door));
            if second >= 0 {
                sensors.look(&plan, second, &unit, door);
                labels.look(second, &unit, limits);
            }
            second += STEP;
        }
        let mut arrivals = sensors.arrivals;
        arrivals.sort_by_key(|arrival| arrival.received_at);
        Self {
            number,
            kind: plan.kind,
            interval: Span::seconds(u32::try_from(plan.interval * 60).unwrap_or(u32::MAX)),
            contact_interval: plan.has_contact.then_some(CONTACT_INTERVAL),
            from: START,
            to: instant(WEEK),
            arrivals,
            events: labels.events(tolerance(plan.kind)),
        }
    }
}

fn instant(second: i64) -> Timestamp {
    Timestamp::from_seconds(START.as_seconds() + second)
}

/// What acts on the unit in the step that begins at `second`.
fn influences(plan: &Plan, labels: &Labels, second: i64, door: f64) -> Influences {
    let dead = [EventKind::CompressorDeath, EventKind::UnseenDeath];
    let power = match plan.progress(second, &[EventKind::SlowLeak]) {
        Some(progress) => 1.0 - 0.97 * progress,
        None if plan.progress(second, &dead).is_some() => 0.0,
        None => 1.0,
    };
    let moved = plan.progress(second, &[EventKind::ProbeMoved]).is_some();
    // Without a compressor there is nothing to defrost, and the heater's controller stands still along with it.
    let defrosting = power > 0.0 && labels.defrosts.iter().any(|label| label.time.has(second));
    Influences {
        room: room(second),
        door,
        power,
        defrosting,
        probe: match (moved, plan.probe_in_the_room) {
            (false, _) => Place::InTheAir,
            (true, true) => Place::InTheRoom,
            (true, false) => Place::AtTheEvaporator,
        },
    }
}

/// The room: 21 °C at four in the morning, 27 °C at four in the afternoon.
fn room(second: i64) -> f64 {
    let hour = second.rem_euclid(86_400) as f64 / 3_600.0;
    let away = (hour - 16.0).abs();
    27.0 - 0.5 * away.min(24.0 - away)
}

/// Who opens the door.
struct Visits {
    chance: Chance,
    until: i64,
}

impl Visits {
    const fn new(seed: u64, number: u32) -> Self {
        Self {
            chance: Chance::of(seed, number, Purpose::Visits),
            until: i64::MIN,
        }
    }

    /// For which part of the step that begins at `second` the door is open.
    fn door(&mut self, plan: &Plan, second: i64) -> f64 {
        // Twenty steps are ten minutes.
        let working = (6 * 3_600..22 * 3_600).contains(&second.rem_euclid(86_400));
        let rate = if working {
            plan.build.visits
        } else {
            plan.build.visits / 15
        };
        let mut open = 0.0;
        if self.chance.happens(rate / 20) {
            self.until = second + self.chance.between(8, 75);
        }
        if self.until > second {
            open = ((self.until - second).min(STEP)) as f64 / STEP as f64;
        }
        if plan.progress(second, &[EventKind::StuckDoor]).is_some() {
            open = 1.0;
        } else if plan.deliveries.iter().any(|delivery| delivery.time.has(second)) {
            // In and out with boxes, the door held open by whoever is next.
            open = 0.8;
        }
        open
    }
}

/// What is sent, and what becomes of it on the way.
struct Sensors {
    noise: Chance,
    network: Chance,
    /// Where in its interval the probe reports.
    phase: i64,
    count: u32,
    door: Door,
    door_count: u32,
    arrivals: Vec<Arrival>,
}

impl Sensors {
    fn new(seed: u64, number: u32, plan: &Plan) -> Self {
        let mut noise = Chance::of(seed, number, Purpose::Noise);
        Self {
            phase: noise.between(0, plan.interval * 60 / STEP - 1) * STEP,
            noise,
            network: Chance::of(seed, number, Purpose::Network),
            count: 0,
            door: Door::Closed,
            door_count: 0,
            arrivals: Vec::new(),
        }
    }

    /// Lets the sensors look at the unit at the end of the step that begins at `second`.
    fn look(&mut self, plan: &Plan, second: i64, unit: &Unit, door: f64) {
        if second % (plan.interval * 60) == self.phase {
            let celsius = unit.shown() + self.noise.within(-0.08, 0.08);
            let reading = Reading {
                temperature: CentiCelsius::from_celsius(celsius).map(TemperatureSample::judge),
                frame: Some(FrameCounter {
                    count: self.count,
                    session: 1,
                }),
                from_probe: true,
                ..blank(PROBE, second)
            };
            self.count += 1;
            self.send(plan, second, reading);
        }
        let seen = if door > 0.0 { Door::Open } else { Door::Closed };
        if plan.has_contact && (seen != self.door || second % CONTACT_INTERVAL.as_seconds() == 0) {
            self.door = seen;
            let reading = Reading {
                door: Some(seen),
                frame: Some(FrameCounter {
                    count: self.door_count,
                    session: 1,
                }),
                drives_unit: false,
                ..blank(CONTACT, second)
            };
            self.door_count += 1;
            self.send(plan, second, reading);
        }
        let away = [EventKind::Outage, EventKind::BackFill];
        if plan.logs_by_hand
            && let Some(incident) = plan.incident.filter(|incident| away.contains(&incident.kind))
            && incident.time.has(second)
            && (second - incident.time.begins) / STEP % (LOG_EVERY / STEP) == LOG_EVERY / STEP - 1
        {
            self.arrivals.push(Arrival {
                received_at: instant(second),
                reading: Reading {
                    temperature: CentiCelsius::from_celsius(unit.food()).map(TemperatureSample::judge),
                    drives_unit: false,
                    origin: Origin::Manual,
                    battery: None,
                    ..blank(BY_HAND, second)
                },
            });
        }
    }

    /// Frames get lost, one in a hundred; come late, out of order, or twice.
    fn send(&mut self, plan: &Plan, second: i64, mut reading: Reading) {
        let lost = self.network.happens(10);
        let late = if self.network.happens(5) {
            self.network.between(20, 400)
        } else {
            self.network.between(0, 3)
        };
        let twice = self.network.happens(5);
        if lost || plan.progress(second, &[EventKind::Outage]).is_some() {
            return;
        }
        let received = late + plan.kept_until(second).unwrap_or(second);
        if plan.skew != 0 && second < WEEK / 2 {
            reading.recorded_at = instant(second + plan.skew);
        }
        let received_at = instant(received);
        if twice {
            self.arrivals.push(Arrival {
                received_at: received_at + Span::seconds(2),
                reading: reading.clone(),
            });
        }
        self.arrivals.push(Arrival { received_at, reading });
    }
}

/// A reading that says nothing yet.
fn blank(sensor: u128, second: i64) -> Reading {
    Reading {
        battery: Some(Battery {
            percent: Some(88),
            millivolts: Some(3_020),
        }),
        rssi_dbm: Some(-97),
        ..Reading::new(
            SensorId::from_ulid(Ulid::from_parts(1, sensor)),
            instant(second),
            Origin::Radio,
        )
    }
}

/// One event while the week goes by.
#[derive(Debug, Clone, Copy)]
struct Label {
    kind: EventKind,
    time: Time,
    /// When its last consequence was over; its end until then.
    over: Option<i64>,
    out_since: Option<i64>,
    longest: Option<Time>,
    /// How far out of its limits the food was at its worst, in degrees.
    beyond: f64,
}

impl Label {
    const fn new(kind: EventKind, time: Time) -> Self {
        Self {
            kind,
            time,
            over: None,
            out_since: None,
            longest: None,
            beyond: 0.0,
        }
    }

    /// `beyond` are the degrees by which the food is out of its limits.
    fn look(&mut self, second: i64, beyond: f64, all_is_well: bool) {
        if second < self.time.begins || self.over.is_some() {
            return;
        }
        if beyond > 0.0 {
            self.beyond = self.beyond.max(beyond);
            let since = *self.out_since.get_or_insert(second);
            let length = |time: Time| time.ends - time.begins;
            let now = Time {
                begins: since,
                ends: second + STEP,
            };
            if self.longest.is_none_or(|longest| length(now) > length(longest)) {
                self.longest = Some(now);
            }
        } else {
            self.out_since = None;
        }
        if second >= self.time.ends && all_is_well {
            self.over = Some(second);
        }
    }

    fn event(&self, tolerance: CentiCelsius) -> Event {
        Event {
            kind: self.kind,
            from: instant(self.time.begins),
            until: instant(self.over.unwrap_or(WEEK)),
            out: self.longest.map(|longest| Window {
                from: instant(longest.begins),
                to: instant(longest.ends),
            }),
            critical: self.beyond > tolerance.celsius()
                && self
                    .longest
                    .is_some_and(|longest| longest.ends - longest.begins >= CRITICAL_AFTER.as_seconds()),
        }
    }
}

/// What truly happens, watched while the week goes by.
struct Labels {
    defrosts: Vec<Label>,
    others: Vec<Label>,
}

impl Labels {
    fn new(plan: &Plan) -> Self {
        let label = |kind| move |time| Label::new(kind, time);
        let deliveries = plan.deliveries.iter().map(|delivery| delivery.time);
        let incident = plan
            .incident
            .map(|Incident { kind, time }| Label::new(kind, time));
        Self {
            defrosts: plan
                .defrosts()
                .into_iter()
                .map(label(EventKind::Defrost))
                .collect(),
            others: deliveries
                .map(label(EventKind::Delivery))
                .chain(incident)
                .collect(),
        }
    }

    fn look(&mut self, second: i64, unit: &Unit, (low, high): (f64, f64)) {
        let beyond = |celsius: f64| (low - celsius).max(celsius - high).max(0.0);
        let (food, shown) = (beyond(unit.food()), beyond(unit.shown()));
        // What goes wrong goes wrong whatever else happens: a defrost during it has no part in it.
        let wrong = self
            .others
            .iter()
            .any(|label| label.kind.needs_a_person() && label.time.begins <= second && label.over.is_none());
        for label in self.defrosts.iter_mut().chain(&mut self.others) {
            let blamed = if wrong && !label.kind.needs_a_person() {
                0.0
            } else {
                food
            };
            label.look(second, blamed, food + shown <= 0.0);
        }
    }

    fn events(&self, tolerance: CentiCelsius) -> Vec<Event> {
        let mut events: Vec<Event> = self
            .defrosts
            .iter()
            .chain(&self.others)
            .map(|label| label.event(tolerance))
            .collect();
        events.sort_by_key(|event| (event.from, event.kind));
        events
    }
}
