//! SQS queue of device and place events from the bus: units follow their sensors, and what was kept aside of one is taken in.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_devices::follow_changes::FUNCTION)
}
