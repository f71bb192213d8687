//! POST /v1/orgs/{org_id}/ingest/chirpstack: a frame from ChirpStack becomes a reading.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_ingest::receive_chirpstack::FUNCTION)
}
