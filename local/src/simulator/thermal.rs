//! The heat in a unit: Newton's law of cooling, a thermostat with hysteresis, defrosting and a door.

use freshtrack_domain::unit::UnitKind;

/// Seconds from one state to the next. Everything in a unit takes minutes.
pub(super) const STEP: i64 = 10;

/// The room around the units, in degrees Celsius.
pub(super) const ROOM: f64 = 24.0;

/// How one kind of unit behaves. Temperatures are in degrees Celsius, times in minutes.
struct Build {
    setpoint: f64,
    /// The compressor starts this far above the setpoint and stops this far below it.
    differential: f64,
    /// Where the air would end up if the compressor never stopped.
    coldest: f64,
    /// In this time the air covers 63 % of the way to where it would end up.
    time_constant: f64,
    /// The same through the open door.
    door_time_constant: f64,
    /// How long a defrost takes, every eight hours. Above freezing point the ice melts while the compressor rests.
    defrost: i64,
}

const fn build(kind: UnitKind) -> Build {
    match kind {
        UnitKind::Fridge => Build {
            setpoint: 2.8,
            differential: 0.8,
            coldest: -12.0,
            time_constant: 70.0,
            door_time_constant: 25.0,
            defrost: 0,
        },
        UnitKind::DisplayCase => Build {
            setpoint: 3.0,
            differential: 0.6,
            coldest: -10.0,
            time_constant: 60.0,
            door_time_constant: 30.0,
            defrost: 0,
        },
        UnitKind::WalkInCooler => Build {
            setpoint: 2.6,
            differential: 0.7,
            coldest: -14.0,
            time_constant: 40.0,
            door_time_constant: 30.0,
            defrost: 0,
        },
        UnitKind::Freezer => Build {
            setpoint: -22.0,
            differential: 1.0,
            coldest: -38.0,
            time_constant: 240.0,
            door_time_constant: 35.0,
            defrost: 8,
        },
        UnitKind::WalkInFreezer => Build {
            setpoint: -22.5,
            differential: 1.0,
            coldest: -38.0,
            time_constant: 200.0,
            door_time_constant: 45.0,
            defrost: 8,
        },
        UnitKind::BlastChiller => Build {
            setpoint: -32.0,
            differential: 1.5,
            coldest: -44.0,
            time_constant: 240.0,
            door_time_constant: 40.0,
            defrost: 8,
        },
    }
}

/// What acts on a unit during one step.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Influences {
    /// Degrees by which the thermostat is off.
    pub(super) drift: f64,
    /// Whether the compressor cannot run.
    pub(super) compressor_failed: bool,
    /// Whether the door is open.
    pub(super) door_open: bool,
    /// Seconds since the last defrost began.
    pub(super) since_defrost: i64,
}

/// The state of a unit.
#[derive(Debug, Clone)]
pub(super) struct Unit {
    kind: UnitKind,
    compressor: bool,
    air: f64,
    /// What a sensor in that air shows, which is a little behind.
    shown: f64,
}

/// Degrees by which fans and door heaters warm the air beyond the room, once nothing cools it.
const FAN_HEAT: f64 = 6.0;
/// Degrees by which a defrost heater does.
const DEFROST_HEAT: f64 = 30.0;
/// The time constant of a probe in moving air, in minutes.
const SENSOR_TIME_CONSTANT: f64 = 1.0;

/// How often a unit defrosts, in seconds.
pub(super) const DEFROST_INTERVAL: i64 = 8 * 3_600;

impl Unit {
    /// A unit that has been running for long.
    pub(super) const fn new(kind: UnitKind) -> Self {
        let setpoint = build(kind).setpoint;
        Self {
            kind,
            compressor: true,
            air: setpoint,
            shown: setpoint,
        }
    }

    /// What a sensor in the unit shows, in degrees Celsius.
    pub(super) const fn shown(&self) -> f64 {
        self.shown
    }

    /// Lets [`STEP`] seconds pass.
    pub(super) fn step(&mut self, influences: Influences) {
        let build = build(self.kind);
        let defrosting = influences.since_defrost < build.defrost * 60;
        let setpoint = build.setpoint + influences.drift;
        if self.air > setpoint + build.differential {
            self.compressor = true;
        } else if self.air < setpoint - build.differential {
            self.compressor = false;
        }
        let end = if influences.compressor_failed {
            ROOM + FAN_HEAT
        } else if defrosting {
            ROOM + DEFROST_HEAT
        } else if self.compressor {
            build.coldest
        } else {
            ROOM
        };
        let minutes = STEP as f64 / 60.0;
        let mut change = (end - self.air) * minutes / build.time_constant;
        if influences.door_open {
            change += (ROOM - self.air) * minutes / build.door_time_constant;
        }
        self.air += change;
        self.shown += (self.air - self.shown) * minutes / SENSOR_TIME_CONSTANT;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(unit: &mut Unit, minutes: i64, influences: Influences) -> (f64, f64) {
        let mut range = (f64::INFINITY, f64::NEG_INFINITY);
        for _ in 0..minutes * 60 / STEP {
            unit.step(influences);
            range = (range.0.min(unit.shown()), range.1.max(unit.shown()));
        }
        range
    }

    const CALM: Influences = Influences {
        drift: 0.0,
        compressor_failed: false,
        door_open: false,
        since_defrost: i64::MAX,
    };

    #[test]
    fn a_thermostat_keeps_each_kind_within_its_limits() {
        for kind in [
            UnitKind::Fridge,
            UnitKind::Freezer,
            UnitKind::DisplayCase,
            UnitKind::WalkInCooler,
            UnitKind::WalkInFreezer,
            UnitKind::BlastChiller,
        ] {
            let (low, high) = kind.default_limits();
            let (coldest, warmest) = run(&mut Unit::new(kind), 24 * 60, CALM);
            assert!(
                low.celsius() < coldest && warmest < high.celsius(),
                "{kind:?}: {coldest} to {warmest}"
            );
            assert!(warmest - coldest > 0.5, "{kind:?} does not cycle");
        }
    }

    #[test]
    fn without_its_compressor_a_walk_in_cooler_is_too_warm_in_minutes_and_comes_back() {
        let mut unit = Unit::new(UnitKind::WalkInCooler);
        run(&mut unit, 60, CALM);
        run(
            &mut unit,
            7,
            Influences {
                compressor_failed: true,
                ..CALM
            },
        );
        assert!(unit.shown() > 5.0, "{}", unit.shown());
        run(
            &mut unit,
            240,
            Influences {
                compressor_failed: true,
                ..CALM
            },
        );
        assert!(
            (unit.shown() - (ROOM + FAN_HEAT)).abs() < 1.0,
            "it ends where the room's heat and the fans take it"
        );
        run(&mut unit, 120, CALM);
        assert!(unit.shown() < 4.0, "{}", unit.shown());
    }

    #[test]
    fn an_open_door_and_a_defrost_warm_the_air() {
        let mut unit = Unit::new(UnitKind::Freezer);
        let (_, calm) = run(&mut unit, 60, CALM);
        let (_, defrosted) = run(
            &mut unit,
            8,
            Influences {
                since_defrost: 0,
                ..CALM
            },
        );
        assert!(defrosted > calm, "{defrosted}");
        let (_, open) = run(
            &mut unit,
            10,
            Influences {
                door_open: true,
                ..CALM
            },
        );
        assert!(open > -17.0, "{open}");
    }
}
