//! GET /.well-known/jwks.json: the keys that access tokens are signed with.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_identity::get_jwks::FUNCTION)
}
