//! POST /v1/orgs/{org_id}/units/{unit_id}/logs: a temperature logged by hand.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_logbook::log::FUNCTION)
}
