//! GET /v1/docs: what the HTTP API takes and answers, for people.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_platform::get_docs::FUNCTION)
}
