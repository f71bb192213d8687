//! What the system does, seen from outside.
