//! What the system does, seen from outside.

mod ways_in;
