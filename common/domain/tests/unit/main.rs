//! The unit: what it makes of readings, silence and edited rules, by table and whatever happens to it.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod log;
mod play;
mod properties;
mod replay;
mod silence;
mod support;
mod temperature;
