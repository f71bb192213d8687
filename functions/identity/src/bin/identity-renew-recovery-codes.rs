//! POST /v1/me/totp/recovery-codes: new recovery codes in place of the former.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_identity::renew_recovery_codes::FUNCTION)
}
