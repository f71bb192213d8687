//! Readings and frames on their way in.

use super::{Access, Endpoint, QueryParameter, VendorMessage, schema};
use crate::ingest::{IngestReport, QuarantinedFrame, UploadReadings};
use crate::problem::ProblemCode;
use freshtrack_domain::access::Right;
use serde_json::{Value, json};

fn things_stack_example() -> Value {
    json!({
        "end_device_ids": { "device_id": "walk-in-cooler", "dev_eui": "A84041FFFF182C3D" },
        "received_at": "2026-03-10T03:59:58.512345678Z",
        "uplink_message": {
            "f_port": 2,
            "f_cnt": 1672,
            "frm_payload": "y8YAggDyAX//f/8=",
            "rx_metadata": [{ "rssi": -71, "snr": 9.2 }],
        },
    })
}

fn chirpstack_example() -> Value {
    json!({
        "deduplicationId": "3ac7e3c4-4401-4b8d-9386-a5c902f9202d",
        "time": "2026-03-10T03:59:57.284Z",
        "deviceInfo": { "devEui": "24e124136c225107" },
        "fCnt": 812,
        "fPort": 85,
        "data": "AXVcA2c3/wRoUA==",
        "rxInfo": [{ "rssi": -88, "snr": 7.5 }],
    })
}

fn readings_example() -> Value {
    json!({
        "readings": [{
            "dev_eui": "A84041FFFF182C3D",
            "recorded_at": "2026-03-10T03:50:00Z",
            "temperature_c": 3.6,
            "humidity_percent": 61.5,
        }],
    })
}

pub(super) const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        function: "ingest-receive-things-stack",
        method: "POST",
        path: "/v1/orgs/{org_id}/ingest/things-stack",
        summary: "Takes webhook messages of The Things Stack v3. Anything but an uplink is answered and ignored.",
        access: Access::Organization(Right::Ingest),
        request: Some(schema::<VendorMessage>),
        example: Some(things_stack_example),
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
        example: Some(chirpstack_example),
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
        example: Some(readings_example),
        reply: Some(schema::<IngestReport>),
        problems: &[ProblemCode::InvalidRequest, ProblemCode::Unavailable],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "ingest-list-quarantine",
        path: "/v1/orgs/{org_id}/quarantine",
        summary: "Lists frames of unknown devices and frames that could not be decoded, the newest first.",
        access: Access::Organization(Right::ManageDevices),
        ..Endpoint::list_of::<QuarantinedFrame>()
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
