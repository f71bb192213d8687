//! Readings and frames on their way in.

use super::{Access, Endpoint, QueryParameter, VendorMessage, schema};
use crate::ingest::{IngestReport, QuarantineList, UploadReadings};
use crate::problem::ProblemCode;
use freshtrack_domain::access::Right;

pub(super) const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        function: "ingest-receive-things-stack",
        method: "POST",
        path: "/v1/orgs/{org_id}/ingest/things-stack",
        summary: "Takes webhook messages of The Things Stack v3. Anything but an uplink is answered and ignored.",
        access: Access::Organization(Right::Ingest),
        request: Some(schema::<VendorMessage>),
        reply: Some(schema::<IngestReport>),
        problems: &[ProblemCode::InvalidRequest, ProblemCode::Unavailable],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "ingest-receive-chirpstack",
        method: "POST",
        path: "/v1/orgs/{org_id}/ingest/chirpstack",
        summary: "Takes events of ChirpStack v4's HTTP integration. Anything but `event=up` is answered and ignored.",
        access: Access::Organization(Right::Ingest),
        query: &[QueryParameter {
            name: "event",
            description: "The kind of event; ChirpStack adds it.",
            required: false,
            format: None,
        }],
        request: Some(schema::<VendorMessage>),
        reply: Some(schema::<IngestReport>),
        problems: &[ProblemCode::InvalidRequest, ProblemCode::Unavailable],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "ingest-upload-readings",
        method: "POST",
        path: "/v1/orgs/{org_id}/readings",
        summary: "Takes up to 1,000 readings. Each is answered for itself; sending them again changes nothing.",
        access: Access::Organization(Right::Ingest),
        request: Some(schema::<UploadReadings>),
        reply: Some(schema::<IngestReport>),
        problems: &[ProblemCode::InvalidRequest, ProblemCode::Unavailable],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "ingest-list-quarantine",
        path: "/v1/orgs/{org_id}/quarantine",
        summary: "Lists frames of unknown devices and frames that could not be decoded.",
        access: Access::Organization(Right::ManageDevices),
        reply: Some(schema::<QuarantineList>),
        ..Endpoint::BASE
    },
    Endpoint {
        function: "ingest-replay-quarantine",
        method: "POST",
        path: "/v1/orgs/{org_id}/quarantine/{frame_id}/replay",
        summary: "Takes a frame in again, now that its device is registered or its model can be decoded.",
        access: Access::Organization(Right::ManageDevices),
        reply: Some(schema::<IngestReport>),
        problems: &[ProblemCode::NotFound],
        ..Endpoint::BASE
    },
];
