//! Invoked by an operator: makes a person an administrator of the platform no more.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_platform::revoke_administrator::FUNCTION)
}
