//! Sensors and gateways: what may be done with them, and that a frame always counts where its sensor is.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what does not hold fails the test that relies on it"
)]

mod calibrations;
mod catalogue;
mod gateways;
mod kept_aside;
mod moves;
mod registering;
mod support;
