//! What the system does, seen from outside.

mod story;
mod ways_in;
