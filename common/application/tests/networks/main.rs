//! Network servers: connections.

#![expect(
    clippy::unwrap_used,
    reason = "what fails here fails a test, and should say where"
)]

mod connections;
mod support;
