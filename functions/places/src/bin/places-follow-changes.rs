//! SQS queue of place events from the bus: what is in a deleted place is deleted with it, units are judged by new rules.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_places::follow_changes::FUNCTION)
}
