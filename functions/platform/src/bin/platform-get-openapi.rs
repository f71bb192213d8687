//! GET /v1/openapi.json: what the HTTP API takes and answers, for programs.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_platform::get_openapi::FUNCTION)
}
