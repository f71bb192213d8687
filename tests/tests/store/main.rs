//! The ports on AWS, over an embedded DynamoDB with the table that the template declares: what they must do, and what
//! it may cost.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what fails here fails a test, and should say where"
)]

mod capacity;
mod contract;
mod design;
mod engine;
