//! POST /v1/orgs/{org_id}/units/{unit_id}/rules/replay: what other rules would have made of a unit's readings.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_places::replay_rules::FUNCTION)
}
