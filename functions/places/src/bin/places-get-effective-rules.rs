//! GET /v1/orgs/{org_id}/units/{unit_id}/effective-rules: the rules in force, each with where it comes from.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_places::get_effective_rules::FUNCTION)
}
