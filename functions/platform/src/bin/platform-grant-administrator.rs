//! Invoked by an operator: makes a person an administrator of the platform.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_platform::grant_administrator::FUNCTION)
}
