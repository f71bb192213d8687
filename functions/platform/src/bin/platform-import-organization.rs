//! Invoked by an operator: brings in an organization with its sites, units, sensors and access keys.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_platform::import_organization::FUNCTION)
}
