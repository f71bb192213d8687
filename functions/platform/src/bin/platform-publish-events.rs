//! Stream of the table, filtered to writes that changed something: puts their events on the bus.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_platform::publish_events::FUNCTION)
}
