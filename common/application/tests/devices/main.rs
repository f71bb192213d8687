//! Sensors and gateways: what may be done with them, and that a frame always counts where its sensor is.

mod calibrations;
mod catalogue;
mod gateways;
mod kept_aside;
mod moves;
mod registering;
mod support;
