//! Timed processes: what they make of measurements and of the clock, by table and in whichever order things come.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod alerts;
mod properties;
mod support;
mod verdicts;
