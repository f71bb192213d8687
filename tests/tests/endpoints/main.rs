//! Every endpoint held to what holds for all of them, whatever it is for.
//!
//! The tests go through the endpoint list, so that a new endpoint is held to it all without further work. It needs some
//! only if its path names a kind of thing that none did before: then [`house::House::make`] must be told how one comes
//! into being, and says so, naming the endpoint.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what does not hold fails the test that relies on it"
)]

mod bodies;
mod chance;
mod credentials;
mod foreign;
mod fuzz;
mod headers;
mod house;
mod keys;
mod lists;
mod persons;
mod request;
mod roles;
mod sites;
mod support;
mod uniform;
