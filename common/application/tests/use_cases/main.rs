//! Every use case on the fakes: its rules, and what trouble leaves of them.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what does not hold fails the test that relies on it"
)]

mod alarms;
mod aside;
mod back_fill;
mod calendar;
mod crashes;
mod disorder;
mod handling;
mod importing;
mod limits;
mod live;
mod logging;
mod processes;
mod reading_back;
mod recording;
mod settling;
mod summaries;
mod support;
mod timers;
mod traces;
mod uplinks;
mod uploads;
