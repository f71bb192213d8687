//! A running FreshTrack and its clients, for tests that see it from outside only.
