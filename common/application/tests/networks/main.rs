//! Network servers: connections, work on registrations, changes of settings.

#![expect(
    clippy::unwrap_used,
    reason = "what fails here fails a test, and should say where"
)]

mod changes;
mod connections;
mod endings;
mod jobs;
mod support;
mod webhooks;
