//! POST /v1/orgs/{org_id}/ingest/things-stack: a frame from The Things Stack becomes a reading.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_ingest::receive_things_stack::FUNCTION)
}
