//! GET /v1/orgs/{org_id}/audit/verification: whether the audit log is what was written.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_organizations::verify_audit::FUNCTION)
}
