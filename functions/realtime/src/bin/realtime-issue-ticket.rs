//! POST /v1/orgs/{org_id}/live/tickets: a ticket that opens one socket.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_realtime::issue_ticket::FUNCTION)
}
