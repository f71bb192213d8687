//! GET /v1/me: who asks, and where they belong.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_identity::get_me::FUNCTION)
}
