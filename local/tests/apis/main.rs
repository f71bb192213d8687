//! The two kinds of API as their clients meet them, in front of closures for functions.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "what does not hold fails the test that relies on it"
)]

mod http_api;
mod socket_api;
mod world;
