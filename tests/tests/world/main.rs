//! What the system does, seen from outside.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "what does not hold fails the test that relies on it"
)]

mod alarms;
mod back_fill;
mod bad_input;
mod contract;
mod disorder;
mod door;
mod durability;
mod handling;
mod hindsight;
mod kept_aside;
mod limits;
mod live;
mod logbook;
mod processes;
mod samples;
mod side_by_side;
mod silence;
mod story;
mod tenancy;
mod ways_in;
