//! The rules of food safety monitoring: units, readings, alerts. Pure: no I/O, no clock, no async.
//!
//! Everything here is a value or a function of values. Time comes in as an argument, identifiers come in
//! as arguments, and what must happen as a consequence goes out as a list of effects. That is what lets the
//! live path, the timers, the simulator, the benchmarks and the property tests call the very same code.

pub mod access;
pub mod alert;
pub mod audit;
pub mod device;
pub mod handling;
pub mod history;
pub mod ids;
pub mod log;
pub mod logbook;
pub mod measurement;
pub mod network;
pub mod people;
pub mod place;
pub mod process;
pub mod reading;
pub mod support;
pub mod text;
pub mod time;
pub mod unit;
