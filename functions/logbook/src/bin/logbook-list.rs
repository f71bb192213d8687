//! GET /v1/orgs/{org_id}/units/{unit_id}/logs: the logs of a unit, the last measured first.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_logbook::list::FUNCTION)
}
