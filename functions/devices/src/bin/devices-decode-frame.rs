//! POST /v1/orgs/{org_id}/device-models/{model}/decode: says what a frame means.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_devices::decode_frame::FUNCTION)
}
