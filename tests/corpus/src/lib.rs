//! Labelled weeks of refrigerated units, made from a seed, and how well the engine judges them.
//!
//! A [`UnitWeek`] is what the sensors of one unit send in a week, and what truly happened in it. The truth comes from the
//! heat in the unit, above all in the food, and from what broke; nothing in this crate's making of weeks knows a rule of the
//! engine. [`Score`] plays weeks through the engine, clock and all, and holds its alarms against the truth.
//!
//! The same seed gives the same bytes on every machine: chance is integers, and the heat needs nothing but the four
//! operations that IEEE 754 defines to the last bit.

mod chance;
mod event;
mod forecasts;
mod plan;
mod play;
mod profile;
mod score;
mod thermal;
mod week;

pub use event::{CRITICAL_AFTER, Event, EventKind, tolerance};
pub use forecasts::ForecastScore;
pub use play::{Alarm, Played, play};
pub use profile::{PROFILES, Profile};
pub use score::{Score, Tally};
pub use week::{Arrival, UnitWeek};

/// Weeks in which every kind of unit meets every story as often as the others.
pub const ROUND: u32 = plan::STORIES * plan::KINDS;

/// The unit-weeks of `seed`: as many `rounds` of [`ROUND`] weeks as asked for, made one after the other.
pub fn corpus(seed: u64, rounds: u32) -> impl Iterator<Item = UnitWeek> {
    (0..rounds.saturating_mul(ROUND)).map(move |number| UnitWeek::new(seed, number))
}
