//! GET /v1/orgs/{org_id}/units/{unit_id}/logs/{log_id}: a log, and what corrects it.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_logbook::get::FUNCTION)
}
