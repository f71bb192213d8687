//! HTTP API authorizer: decides whose access key this is.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_identity::authorize_http::FUNCTION)
}
