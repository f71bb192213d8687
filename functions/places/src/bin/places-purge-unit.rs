//! POST /v1/orgs/{org_id}/units/{unit_id}/purge: removes a deleted unit for good.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_places::purge_unit::FUNCTION)
}
