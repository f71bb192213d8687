//! Invoked by an operator: whether an audit log is what was written, from its first entry to its last.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_platform::verify_audit::FUNCTION)
}
