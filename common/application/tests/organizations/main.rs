//! Organizations and the people and machines in them: the rules, and what becomes of them when two act at once.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what does not hold fails the test that relies on it"
)]

mod access_keys;
mod accounts;
mod audit;
mod invitations;
mod lifecycle;
mod members;
mod platform;
mod sockets;
mod support;
