//! A running FreshTrack and its clients, for tests that see it from outside only.
//!
//! [`World`] is the system in this process, [`Program`] the program that users start, as a process of its own that can
//! be killed. Both are talked to as the outside does: over HTTP ([`Api`], [`Tenant`]), MQTT ([`Publisher`]) and
//! WebSocket ([`Socket`]). Only [`World`] looks behind the counter, where a test must know that nothing was left lying.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what fails here fails a test, and should say where"
)]

mod api;
mod frame;
mod mqtt;
mod patience;
mod person;
mod program;
mod socket;
mod tenant;
mod world;

pub use api::{Answer, Api};
pub use frame::{Frame, base64};
pub use mqtt::Publisher;
pub use patience::{eventually, patiently};
pub use person::{Authenticator, PASSWORD, Person};
pub use program::Program;
pub use socket::{Refused, Socket};
pub use tenant::{Tenant, statuses};
pub use world::{Setup, World};
