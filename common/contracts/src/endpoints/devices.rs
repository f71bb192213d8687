//! Sensors, gateways, calibrations, and the catalogue of models.

use super::{Access, Endpoint, QueryParameter, schema};
use crate::devices::*;
use crate::problem::ProblemCode;
use freshtrack_domain::access::Right;
use serde_json::{Value, json};

const SITE: QueryParameter = QueryParameter {
    name: "site_id",
    description: "Only those of this site.",
    required: false,
    format: None,
};
const UNIT: QueryParameter = QueryParameter {
    name: "unit_id",
    description: "Only those of this unit.",
    required: false,
    format: None,
};
const STATUS: QueryParameter = QueryParameter {
    name: "status",
    description: "Only those that are so: `unassigned`, `pending`, `joining`, `online`, `stale`, `offline`, `fault` or `retired`. Retired ones are \
                  shown only when they are asked for.",
    required: false,
    format: None,
};

fn frame_example() -> Value {
    json!({ "f_port": 2, "payload_hex": "CBF60B0D0376010ADD7FFF" })
}

fn sensor_example() -> Value {
    json!({
        "dev_eui": "A8-40-41-FF-FF-18-2C-3E",
        "model": "dragino-lht65n",
        "name": "Walk-in cooler, probe",
        "unit_id": "unt_01JD8Q6V63D0R2S5F7H9K1N3T4",
    })
}

fn rename_example() -> Value {
    json!({ "name": "Walk-in cooler, back wall", "report_interval_seconds": 300 })
}

fn assign_example() -> Value {
    json!({ "unit_id": "unt_01JD8Q6V63D0R2S5F7H9K1N3T4" })
}

fn replace_example() -> Value {
    json!({ "dev_eui": "A84041FFFF182C3F" })
}

fn calibration_example() -> Value {
    json!({
        "performed_at": "2026-03-09T10:00:00Z",
        "performed_by": "Harbour Instruments",
        "reference_c": 0.0,
        "measured_c": 0.4,
        "certificate_url": "https://certificates.example.com/2026/0317.pdf",
        "expires_at": "2027-03-09T10:00:00Z",
    })
}

fn gateway_example() -> Value {
    json!({
        "gateway_eui": "0016C001F153A14C",
        "server_id": "harbour-bistro-roof",
        "name": "Roof",
        "site_id": "sit_01JD8Q6V60A7K9M2C4E6G8J0N1",
        "frequency_plan": "US_902_928_FSB_2",
    })
}

fn maintenance_example() -> Value {
    json!({ "maintenance": true })
}

fn claim_example() -> Value {
    json!({ "model": "dragino-lht65n", "unit_id": "unt_01JD8Q6V63D0R2S5F7H9K1N3T4" })
}

pub(super) const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        function: "devices-list-models",
        path: "/v1/orgs/{org_id}/device-models",
        summary: "Lists the models of sensors that are understood, with what each measures, the most used first.",
        access: Access::Organization(Right::Read),
        ..Endpoint::list_of::<ModelView>()
    },
    Endpoint {
        function: "devices-get-model",
        path: "/v1/orgs/{org_id}/device-models/{model}",
        summary: "Shows a model of sensor.",
        access: Access::Organization(Right::Read),
        reply: Some(schema::<ModelView>),
        ..Endpoint::BASE
    },
    Endpoint {
        function: "devices-decode-frame",
        method: "POST",
        path: "/v1/orgs/{org_id}/device-models/{model}/decode",
        summary: "Says what a frame of a model means, or why it cannot be read. Nothing is recorded.",
        access: Access::Organization(Right::UseDeveloperTools),
        request: Some(schema::<DecodeFrame>),
        example: Some(frame_example),
        reply: Some(schema::<DecodedFrame>),
        problems: &[ProblemCode::InvalidRequest],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "devices-register-sensor",
        method: "POST",
        path: "/v1/orgs/{org_id}/sensors",
        summary: "Registers a sensor by its DevEUI, which no other sensor of any organization has.",
        access: Access::Organization(Right::ManageDevices),
        request: Some(schema::<RegisterSensor>),
        example: Some(sensor_example),
        reply: Some(schema::<SensorView>),
        status: 201,
        problems: &[ProblemCode::InvalidRequest, ProblemCode::Conflict],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "devices-list-sensors",
        path: "/v1/orgs/{org_id}/sensors",
        summary: "Lists sensors, each with how it is, the oldest first.",
        access: Access::Organization(Right::Read),
        query: &[SITE, UNIT, STATUS],
        ..Endpoint::list_of::<SensorView>()
    },
    Endpoint {
        function: "devices-get-sensor",
        path: "/v1/orgs/{org_id}/sensors/{sensor_id}",
        summary: "Shows a sensor as it is registered, and how it is.",
        access: Access::Organization(Right::Read),
        reply: Some(schema::<SensorView>),
        ..Endpoint::BASE
    },
    Endpoint {
        function: "devices-update-sensor",
        method: "PATCH",
        path: "/v1/orgs/{org_id}/sensors/{sensor_id}",
        summary: "Changes what the body mentions of a sensor; the rest stays. That it drives its unit is taken from the one \
                  that did.",
        access: Access::Organization(Right::ManageDevices),
        request: Some(schema::<UpdateSensor>),
        example: Some(rename_example),
        reply: Some(schema::<SensorView>),
        problems: &[ProblemCode::InvalidRequest, ProblemCode::Conflict],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "devices-assign-sensor",
        method: "POST",
        path: "/v1/orgs/{org_id}/sensors/{sensor_id}/assign",
        summary: "Brings a sensor to a unit, from another one or from none. Its next reading is of that unit.",
        access: Access::Organization(Right::ManageDevices),
        request: Some(schema::<AssignSensor>),
        example: Some(assign_example),
        reply: Some(schema::<SensorView>),
        problems: &[ProblemCode::InvalidRequest, ProblemCode::Conflict],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "devices-unassign-sensor",
        method: "POST",
        path: "/v1/orgs/{org_id}/sensors/{sensor_id}/unassign",
        summary: "Takes a sensor from its unit. What it sends from now on is kept aside until it is assigned again.",
        access: Access::Organization(Right::ManageDevices),
        reply: Some(schema::<SensorView>),
        problems: &[ProblemCode::Conflict],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "devices-replace-sensor",
        method: "POST",
        path: "/v1/orgs/{org_id}/sensors/{sensor_id}/replace",
        summary: "Puts another device in a sensor's place: it takes over unit and settings, and the old one is retired.",
        access: Access::Organization(Right::ManageDevices),
        request: Some(schema::<ReplaceSensor>),
        example: Some(replace_example),
        reply: Some(schema::<SensorView>),
        status: 201,
        problems: &[ProblemCode::InvalidRequest, ProblemCode::Conflict],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "devices-retire-sensor",
        method: "POST",
        path: "/v1/orgs/{org_id}/sensors/{sensor_id}/retire",
        summary: "Retires a sensor. Its DevEUI is free; its record stays for what it has measured.",
        access: Access::Organization(Right::ManageDevices),
        reply: Some(schema::<SensorView>),
        problems: &[ProblemCode::Conflict],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "devices-record-calibration",
        method: "POST",
        path: "/v1/orgs/{org_id}/sensors/{sensor_id}/calibrations",
        summary: "Records a calibration. The newest by the time it was performed is in force: its offsets are added to what the \
                  sensor tells, and what it told stays beside each reading.",
        access: Access::Organization(Right::ManageDevices),
        request: Some(schema::<RecordCalibration>),
        example: Some(calibration_example),
        reply: Some(schema::<CalibrationView>),
        status: 201,
        problems: &[ProblemCode::InvalidRequest, ProblemCode::Conflict],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "devices-list-calibrations",
        path: "/v1/orgs/{org_id}/sensors/{sensor_id}/calibrations",
        summary: "Lists the calibrations of a sensor, the last entered first.",
        access: Access::Organization(Right::Read),
        ..Endpoint::list_of::<CalibrationView>()
    },
    Endpoint {
        function: "devices-get-calibration",
        path: "/v1/orgs/{org_id}/sensors/{sensor_id}/calibrations/{calibration_id}",
        summary: "Shows a calibration of a sensor.",
        access: Access::Organization(Right::Read),
        reply: Some(schema::<CalibrationView>),
        ..Endpoint::BASE
    },
    Endpoint {
        function: "devices-claim-frame",
        method: "POST",
        path: "/v1/orgs/{org_id}/quarantine/{frame_id}/claim",
        summary: "Registers the device of a frame kept aside as a sensor. All that was kept of it is taken in.",
        access: Access::Organization(Right::ManageDevices),
        request: Some(schema::<ClaimFrame>),
        example: Some(claim_example),
        reply: Some(schema::<SensorView>),
        status: 201,
        problems: &[ProblemCode::InvalidRequest, ProblemCode::Conflict],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "devices-create-gateway",
        method: "POST",
        path: "/v1/orgs/{org_id}/gateways",
        summary: "Registers a gateway by its EUI, which no other gateway of any organization has.",
        access: Access::Organization(Right::ManageDevices),
        request: Some(schema::<CreateGateway>),
        example: Some(gateway_example),
        reply: Some(schema::<GatewayView>),
        status: 201,
        problems: &[ProblemCode::InvalidRequest, ProblemCode::Conflict],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "devices-list-gateways",
        path: "/v1/orgs/{org_id}/gateways",
        summary: "Lists the gateways that are not retired, the oldest first.",
        access: Access::Organization(Right::Read),
        query: &[SITE],
        ..Endpoint::list_of::<GatewayView>()
    },
    Endpoint {
        function: "devices-get-gateway",
        path: "/v1/orgs/{org_id}/gateways/{gateway_id}",
        summary: "Shows a gateway.",
        access: Access::Organization(Right::Read),
        reply: Some(schema::<GatewayView>),
        ..Endpoint::BASE
    },
    Endpoint {
        function: "devices-update-gateway",
        method: "PATCH",
        path: "/v1/orgs/{org_id}/gateways/{gateway_id}",
        summary: "Changes what the body mentions of a gateway; the rest stays.",
        access: Access::Organization(Right::ManageDevices),
        request: Some(schema::<UpdateGateway>),
        example: Some(maintenance_example),
        reply: Some(schema::<GatewayView>),
        problems: &[ProblemCode::InvalidRequest, ProblemCode::Conflict],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "devices-retire-gateway",
        method: "POST",
        path: "/v1/orgs/{org_id}/gateways/{gateway_id}/retire",
        summary: "Retires a gateway. Its EUI is free; its record stays.",
        access: Access::Organization(Right::ManageDevices),
        reply: Some(schema::<GatewayView>),
        problems: &[ProblemCode::Conflict],
        ..Endpoint::BASE
    },
];
