//! POST /v1/orgs/{org_id}/quarantine/{frame_id}/claim: registers the device of a frame kept aside.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_devices::claim_frame::FUNCTION)
}
