//! A unit to which anything happens that sensors, networks, people and the clock can do.

use crate::play::alarms;
use crate::support::{fridge, reading, sensor};
use freshtrack_domain::alert::AlertKind;
use freshtrack_domain::ids::SensorId;
use freshtrack_domain::log::{Entry, SealedBlock};
use freshtrack_domain::measurement::{Battery, CentiCelsius, Door, Humidity, SensorFault, TemperatureSample};
use freshtrack_domain::reading::{FrameCounter, Origin, Reading};
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_domain::unit::{Admission, AlarmId, Change, Quiet, UnitRecord};
use proptest::collection::vec;
use proptest::prelude::*;

/// One thing that happens, some seconds after the one before it.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) pause: u32,
    pub(crate) what: What,
}

#[derive(Debug, Clone)]
pub(crate) enum What {
    Read {
        delay: u32,
        sensor: u8,
        temperature: TemperatureSample,
        counted: bool,
    },
    /// The contact in this place of two.
    Door {
        delay: u32,
        contact: u8,
        door: Door,
    },
    /// The driving sensor sends what cannot be read.
    Unreadable {
        delay: u32,
    },
    /// A sensor tells of its battery.
    Charge {
        sensor: u8,
        percent: u8,
    },
    /// Rules of the door are set.
    DoorRules {
        warning: u32,
        critical: u32,
        mask: u32,
    },
    /// Alerts of some kinds are held back for so many seconds, from so many seconds on.
    HoldBack {
        kinds: Vec<AlertKind>,
        from: u32,
        length: u32,
    },
    /// The calibration expires after so many seconds, or never.
    Calibrate {
        expires: Option<u32>,
    },
    Repeat {
        back: usize,
    },
    /// The driving sensor answers with a humidity alone.
    Answer {
        delay: u32,
    },
    /// Somebody logs a temperature by hand.
    Log,
    Tick,
    /// The sensor is fitted, or reports at another interval.
    Fit {
        seconds: u32,
    },
    Limits {
        low: i32,
        width: i32,
    },
    Seal,
    /// Alarms of the library are switched on or off, a bit for each. What is after hours depends on the time of day, which is
    /// not what is asked of a history.
    Alarms {
        on: u64,
    },
}

pub(crate) fn any_temperature() -> impl Strategy<Value = TemperatureSample> {
    // Mostly around the limits of a refrigerator, 0.56 to 5.00 °C, where the decisions are.
    prop_oneof![
        8 => (-200_i32..900).prop_map(|value| TemperatureSample::Valid(CentiCelsius(value))),
        1 => Just(TemperatureSample::Fault(SensorFault::ProbeMissing)),
        1 => Just(TemperatureSample::Fault(SensorFault::Implausible)),
    ]
}

/// Seconds under way: mostly none, sometimes long enough to be overtaken.
fn any_delay() -> impl Strategy<Value = u32> {
    prop_oneof![4 => Just(0_u32), 1 => 0_u32..3_600]
}

fn any_kind() -> impl Strategy<Value = AlertKind> {
    prop_oneof![
        Just(AlertKind::TempExcursion),
        Just(AlertKind::SensorFault),
        Just(AlertKind::MonitoringInterrupted),
        Just(AlertKind::DoorOpen),
        Just(AlertKind::LowBattery),
    ]
}

fn any_what() -> impl Strategy<Value = What> {
    let door = prop_oneof![Just(Door::Open), Just(Door::Closed)];
    prop_oneof![
        12 => (any_delay(), 0_u8..3, any_temperature(), any::<bool>())
            .prop_map(|(delay, sensor, temperature, counted)| What::Read { delay, sensor, temperature, counted }),
        4 => (any_delay(), 0_u8..2, door).prop_map(|(delay, contact, door)| What::Door { delay, contact, door }),
        1 => any_delay().prop_map(|delay| What::Unreadable { delay }),
        2 => (0_u8..2, 0_u8..=100).prop_map(|(sensor, percent)| What::Charge { sensor, percent }),
        1 => (0_u32..1_200, 0_u32..2_400, 0_u32..3_600)
            .prop_map(|(warning, critical, mask)| What::DoorRules { warning, critical, mask }),
        1 => (vec(any_kind(), 1..4), 0_u32..1_800, 1_u32..7_200)
            .prop_map(|(kinds, from, length)| What::HoldBack { kinds, from, length }),
        1 => proptest::option::of(0_u32..4_000_000).prop_map(|expires| What::Calibrate { expires }),
        2 => (0_usize..20).prop_map(|back| What::Repeat { back }),
        1 => any_delay().prop_map(|delay| What::Answer { delay }),
        1 => Just(What::Log),
        3 => Just(What::Tick),
        1 => (60_u32..1_200).prop_map(|seconds| What::Fit { seconds }),
        1 => (-100_i32..300, 50_i32..600).prop_map(|(low, width)| What::Limits { low, width }),
        1 => Just(What::Seal),
        1 => prop_oneof![any::<u64>(), Just(u64::MAX)].prop_map(|on| What::Alarms { on }),
    ]
}

/// Seconds between two events: mostly few, sometimes long enough for silence.
fn any_pause() -> impl Strategy<Value = u32> {
    prop_oneof![12 => 0_u32..900, 1 => 900_u32..40_000]
}

pub(crate) fn any_history() -> impl Strategy<Value = Vec<Event>> {
    vec(
        (any_pause(), any_what()).prop_map(|(pause, what)| Event { pause, what }),
        1..160,
    )
}

/// A unit to which a history happens, with everything that came of it.
pub(crate) struct World {
    pub(crate) now: Timestamp,
    pub(crate) record: UnitRecord,
    pub(crate) sent: Vec<Reading>,
    count: u32,
    pub(crate) changes: Vec<Change>,
    pub(crate) blocks: Vec<SealedBlock>,
    pub(crate) late: Vec<(SensorId, Entry)>,
    pub(crate) taken: usize,
}

impl World {
    pub(crate) fn new(start: Timestamp) -> Self {
        Self {
            now: start,
            record: fridge(start),
            sent: Vec::new(),
            count: 0,
            changes: Vec::new(),
            blocks: Vec::new(),
            late: Vec::new(),
            taken: 0,
        }
    }

    /// Lets `event` happen; the changes it made.
    pub(crate) fn happen(&mut self, event: &Event) -> Vec<Change> {
        self.now = self.now + Span::seconds(event.pause);
        let mut changes = Vec::new();
        match event.what {
            What::Tick => self.record.judge(self.now, &mut changes),
            What::Limits { low, width } => {
                self.record.state.overrides.low = Some(CentiCelsius(low));
                self.record.state.overrides.high = Some(CentiCelsius(low + width));
                self.record.judge_anew(self.now, &mut changes);
            }
            What::Fit { seconds } => {
                self.record.state.overrides.report_interval = Some(Span::seconds(seconds));
                self.record.judge_anew(self.now, &mut changes);
            }
            What::Unreadable { delay } => {
                let at = self.now - Span::seconds(delay);
                self.record.unreadable(at, self.now, &mut changes);
            }
            What::Charge {
                sensor: number,
                percent,
            } => {
                let told = Reading {
                    sensor_id: sensor(number),
                    drives_unit: number == 0,
                    humidity: Humidity::from_percent(60.0),
                    battery: Some(Battery {
                        millivolts: None,
                        percent: Some(percent),
                    }),
                    ..reading(self.now, None)
                };
                self.offer(&told, &mut changes);
                self.sent.push(told);
            }
            What::DoorRules {
                warning,
                critical,
                mask,
            } => {
                let overrides = &mut self.record.state.overrides;
                overrides.door_warning = Some(Span::seconds(warning));
                overrides.door_critical = Some(Span::seconds(critical));
                overrides.door_mask = Some(Span::seconds(mask));
                self.record.judge_anew(self.now, &mut changes);
            }
            What::HoldBack {
                ref kinds,
                from,
                length,
            } => {
                let from = self.now + Span::seconds(from);
                self.record.state.quiet.push(Quiet {
                    kinds: kinds.iter().copied().collect(),
                    from,
                    until: from + Span::seconds(length),
                });
                self.record.judge_anew(self.now, &mut changes);
            }
            What::Calibrate { expires } => {
                self.record.state.calibrated_until = expires.map(|after| self.now + Span::seconds(after));
                self.record.judge_anew(self.now, &mut changes);
            }
            What::Answer { delay } => {
                let answer = Reading {
                    humidity: Humidity::from_percent(60.0),
                    ..reading(self.now - Span::seconds(delay), None)
                };
                self.offer(&answer, &mut changes);
                self.sent.push(answer);
            }
            What::Log => {
                let log = Reading {
                    sensor_id: sensor(4),
                    origin: Origin::Manual,
                    ..reading(self.now, Some(TemperatureSample::Valid(CentiCelsius(300))))
                };
                self.offer(&log, &mut changes);
                self.sent.push(log);
            }
            What::Alarms { on } => {
                let bit = |alarm: &AlarmId| AlarmId::all().position(|other| other == *alarm);
                let is_on = |alarm: &AlarmId| bit(alarm).is_some_and(|bit| on >> bit & 1 == 1);
                let on = AlarmId::all().filter(is_on).map(|alarm| alarm.definition().slug);
                let on: Vec<&str> = on.filter(|slug| *slug != "door_after_hours").collect();
                self.record.state.alarms = alarms(self.record.state.kind, &on);
                self.record.judge_anew(self.now, &mut changes);
            }
            What::Seal => self.seal(),
            What::Repeat { back } => {
                if let Some(index) = self.sent.len().checked_sub(back + 1) {
                    let again = self.sent[index].clone();
                    self.offer(&again, &mut changes);
                }
            }
            What::Read {
                delay,
                sensor: number,
                temperature,
                counted,
            } => {
                self.count += 1;
                let frame = counted.then_some(FrameCounter {
                    count: self.count,
                    session: 1,
                });
                let reading = Reading {
                    sensor_id: sensor(number),
                    drives_unit: number == 0,
                    frame,
                    ..reading(self.now - Span::seconds(delay), Some(temperature))
                };
                self.offer(&reading, &mut changes);
                self.sent.push(reading);
            }
            What::Door { delay, contact, door } => {
                let at = self.now - Span::seconds(delay);
                let reading = Reading {
                    sensor_id: sensor(5 + contact),
                    door: Some(door),
                    drives_unit: false,
                    ..reading(at, None)
                };
                self.offer(&reading, &mut changes);
                self.sent.push(reading);
            }
        }
        self.changes.extend(changes.iter().cloned());
        changes
    }

    pub(crate) fn offer(&mut self, reading: &Reading, changes: &mut Vec<Change>) -> Admission {
        let mut admission = self.record.take(reading, self.now, changes);
        if admission == Admission::HeadFull {
            self.seal();
            admission = self.record.take(reading, self.now, changes);
        }
        match admission {
            Admission::Taken => self.taken += 1,
            Admission::Late(entry) => self.late.push((reading.sensor_id, entry)),
            Admission::Duplicate => {}
            other => panic!("{other:?}"),
        }
        admission
    }

    fn seal(&mut self) {
        self.blocks.extend(self.record.seal());
    }

    /// What the log holds, by sensor rather than by slot.
    pub(crate) fn logged(&self) -> Vec<(SensorId, Entry)> {
        let mut logged = Vec::new();
        for block in &self.blocks {
            let (sensors, entries) = block.open().unwrap();
            logged.extend(
                entries
                    .iter()
                    .map(|entry| (sensors[usize::from(entry.slot)], *entry)),
            );
        }
        let head = self.record.head.entries().iter();
        logged.extend(head.map(|entry| (self.record.state.sensors[usize::from(entry.slot)].id, *entry)));
        logged
    }
}
