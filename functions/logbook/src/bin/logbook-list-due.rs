//! GET /v1/orgs/{org_id}/logs/due: the units that are logged by hand, by when their next log is due.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_logbook::list_due::FUNCTION)
}
