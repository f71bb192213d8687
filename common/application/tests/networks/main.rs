//! Network servers: connections, and work on registrations.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what fails here fails a test, and should say where"
)]

mod connections;
mod jobs;
mod support;
