//! PATCH /v1/me: what a person is called and the language they are written to in.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_identity::update_me::FUNCTION)
}
