//! IoT topic rule on freshtrack/{org_id}/{device_id}/up: a message of a device becomes a reading.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_ingest::receive_device_message::FUNCTION)
}
