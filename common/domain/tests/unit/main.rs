//! The unit: what it makes of readings, silence and edited rules, by table and whatever happens to it.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod battery;
mod calibration;
mod cooling;
mod door;
mod exposure;
mod held_back;
mod instants;
mod library;
mod log;
mod logbook;
mod play;
mod properties;
mod replay;
mod silence;
mod size;
mod support;
mod temperature;
mod world;
