//! Sensors, gateways, calibrations, and the catalogue of models.

mod calibrations;
mod catalogue;
mod gateways;
mod sensors;

pub use calibrations::*;
pub use catalogue::*;
pub use gateways::*;
pub use sensors::*;
