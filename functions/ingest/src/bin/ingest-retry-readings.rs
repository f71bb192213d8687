//! SQS FIFO queue of readings that could not be stored in time: stores them, in order for each unit.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_ingest::retry_readings::FUNCTION)
}
