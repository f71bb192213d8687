//! The heat in a unit: air, food and a probe, each by Newton's law of cooling; a thermostat with a differential, an evaporator
//! that must be defrosted, a door.
//!
//! Air weighs little and follows everything within minutes; food weighs much and follows the air within hours. That is all
//! there is to the difference between what a probe shows and what becomes of the food.

use crate::chance::Chance;
use freshtrack_domain::unit::UnitKind;

/// Seconds from one state to the next.
pub(crate) const STEP: i64 = 30;

/// How a kind of unit behaves. Temperatures are in degrees Celsius, times in minutes; a time constant is the time in which 63 %
/// of a difference are gone.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Build {
    setpoint: f64,
    /// The compressor starts this far above the setpoint and stops this far below it.
    differential: f64,
    evaporator: f64,
    /// From air to evaporator, while the compressor runs.
    cool: f64,
    /// From air to the room, through walls and gaskets.
    walls: f64,
    /// From air to food.
    air_to_food: f64,
    /// From food to air: the ratio to `air_to_food` is that of their heat capacities.
    food_to_air: f64,
    /// From air to the room, through the open door.
    door: f64,
    /// Defrosts a day.
    pub(crate) defrosts: i64,
    /// How long each takes.
    pub(crate) defrost: i64,
    /// Degrees a minute by which its heater warms the air; none where the ice melts by itself.
    heater: f64,
    /// How often in a thousand the door is opened in ten minutes of a working day.
    pub(crate) visits: i64,
    /// How long a delivery takes, at most.
    pub(crate) delivery: i64,
    /// What is delivered is this warm, at least and at most.
    pub(crate) goods: (f64, f64),
    /// From the probe to the air.
    probe: f64,
    /// By how much the probe is off.
    bias: f64,
}

const COOL_GOODS: (f64, f64) = (2.0, 5.0);
const FROZEN_GOODS: (f64, f64) = (-22.0, -18.5);

impl Build {
    /// One unit of `kind`; no two are quite the same.
    pub(crate) fn of(kind: UnitKind, chance: &mut Chance) -> Self {
        let base = match kind {
            // A reach-in cabinet for a kitchen's daily work: small, opened often, with an evaporator that stays free of ice.
            UnitKind::Fridge => Self {
                setpoint: 2.7,
                differential: 0.9,
                evaporator: -10.0,
                cool: 14.0,
                walls: 90.0,
                air_to_food: 15.0,
                food_to_air: 180.0,
                door: 4.0,
                defrosts: 0,
                defrost: 0,
                heater: 0.0,
                visits: 450,
                delivery: 20,
                goods: COOL_GOODS,
                probe: 5.0,
                bias: 0.0,
            },
            // An open multideck: the room comes in all the time, and every six hours the compressor rests for the ice to melt.
            UnitKind::DisplayCase => Self {
                setpoint: 1.8,
                differential: 0.7,
                evaporator: -9.0,
                cool: 8.0,
                walls: 32.0,
                air_to_food: 15.0,
                food_to_air: 140.0,
                door: 14.0,
                defrosts: 4,
                defrost: 22,
                heater: 0.0,
                visits: 0,
                delivery: 25,
                goods: COOL_GOODS,
                probe: 5.0,
                bias: 0.0,
            },
            // A room behind a strip curtain; its evaporator fans go on while the ice melts.
            UnitKind::WalkInCooler | UnitKind::BlastChiller => Self {
                setpoint: 2.4,
                differential: 0.8,
                evaporator: -7.0,
                cool: 12.0,
                walls: 120.0,
                air_to_food: 20.0,
                food_to_air: 360.0,
                door: 9.0,
                defrosts: 4,
                defrost: 20,
                heater: 0.0,
                visits: 350,
                delivery: 30,
                goods: COOL_GOODS,
                probe: 5.0,
                bias: 0.0,
            },
            // Ice on the evaporator is melted by a heater, and the air around it goes along.
            UnitKind::Freezer => Self {
                setpoint: -22.0,
                differential: 1.2,
                evaporator: -34.0,
                cool: 14.0,
                walls: 150.0,
                air_to_food: 25.0,
                food_to_air: 300.0,
                door: 5.0,
                defrosts: 3,
                defrost: 18,
                heater: 0.6,
                visits: 150,
                delivery: 15,
                goods: FROZEN_GOODS,
                probe: 5.0,
                bias: 0.0,
            },
            UnitKind::WalkInFreezer => Self {
                setpoint: -22.5,
                differential: 1.0,
                evaporator: -35.0,
                cool: 14.0,
                walls: 190.0,
                air_to_food: 30.0,
                food_to_air: 480.0,
                door: 9.0,
                defrosts: 4,
                defrost: 20,
                heater: 0.55,
                visits: 200,
                delivery: 25,
                goods: FROZEN_GOODS,
                probe: 5.0,
                bias: 0.0,
            },
        };
        Self {
            setpoint: base.setpoint + chance.within(-0.3, 0.3),
            walls: base.walls * chance.within(0.85, 1.2),
            food_to_air: base.food_to_air * chance.within(0.6, 1.5),
            heater: base.heater * chance.within(0.8, 1.25),
            probe: chance.within(2.0, 8.0),
            bias: chance.within(-0.2, 0.2),
            ..base
        }
    }
}

/// What acts on a unit during one step.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Influences {
    /// The room around it.
    pub(crate) room: f64,
    /// For which part of the step the door is open.
    pub(crate) door: f64,
    /// Which part of its power the compressor has left.
    pub(crate) power: f64,
    /// Whether it is defrosting.
    pub(crate) defrosting: bool,
    /// Where the probe is.
    pub(crate) probe: Place,
}

/// Where a probe is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Where it belongs.
    InTheAir,
    /// Beside the unit.
    InTheRoom,
    /// In front of the evaporator.
    AtTheEvaporator,
}

/// How warm a unit is.
#[derive(Debug, Clone)]
pub(crate) struct Unit {
    build: Build,
    compressor: bool,
    air: f64,
    food: f64,
    probe: f64,
}

impl Unit {
    /// A unit that has been running for long.
    pub(crate) const fn new(build: Build) -> Self {
        Self {
            compressor: false,
            air: build.setpoint,
            food: build.setpoint,
            probe: build.setpoint,
            build,
        }
    }

    /// The food, in degrees Celsius.
    pub(crate) const fn food(&self) -> f64 {
        self.food
    }

    /// What the probe shows.
    pub(crate) fn shown(&self) -> f64 {
        self.probe + self.build.bias
    }

    /// Puts goods of `celsius` in, which are this `share` of the food from now on.
    pub(crate) fn take_in(&mut self, celsius: f64, share: f64) {
        self.food += (celsius - self.food) * share;
    }

    /// Lets [`STEP`] seconds pass.
    pub(crate) fn step(&mut self, now: Influences) {
        let build = &self.build;
        if self.air > build.setpoint + build.differential {
            self.compressor = true;
        } else if self.air < build.setpoint - build.differential {
            self.compressor = false;
        }
        let minutes = STEP as f64 / 60.0;
        let mut rate = (now.room - self.air) * (1.0 / build.walls + now.door / build.door)
            + (self.food - self.air) / build.air_to_food;
        if now.defrosting {
            rate += build.heater;
        } else if self.compressor {
            rate += (build.evaporator - self.air) * now.power / build.cool;
        }
        let around = match now.probe {
            Place::InTheAir => self.air,
            Place::InTheRoom => now.room,
            Place::AtTheEvaporator => self.air - 5.0,
        };
        self.food += (self.air - self.food) * minutes / build.food_to_air;
        self.air += rate * minutes;
        self.probe += (around - self.probe) * minutes / build.probe;
    }
}
