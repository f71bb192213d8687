//! What the system does, seen from outside.

mod bad_input;
mod disorder;
mod kept_aside;
mod live;
mod story;
mod tenancy;
mod ways_in;
