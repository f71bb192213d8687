//! SQS queue of work at network servers, from the bus: registers sensors and removes them, a call at a time.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_networks::do_work::FUNCTION)
}
