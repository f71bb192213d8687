//! Sensors: how they are registered.

mod registration;

pub use registration::{claim_eui, eui_claim, release_eui, replace_sensor};
