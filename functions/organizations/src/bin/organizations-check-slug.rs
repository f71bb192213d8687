//! GET /v1/slugs/{slug}: whether an organization may take this short name.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_organizations::check_slug::FUNCTION)
}
