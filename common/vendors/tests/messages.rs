//! Bodies as the servers send them.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use base64::prelude::{BASE64_STANDARD, Engine as _};
use freshtrack_application::{MOST_GATEWAYS, Uplink};
use freshtrack_domain::device::{DevEui, GatewayEui};
use freshtrack_domain::ids::{Id, OrgId, Ulid};
use freshtrack_domain::reading::FrameCounter;
use freshtrack_domain::time::Timestamp;
use freshtrack_vendors::{Message, ParseError, chirpstack, device_topic, things_stack};
use proptest::prelude::*;
use serde_json::{Value, json};

const LHT65N: &str = "CBF60B0D0376010ADD7FFF";

fn org() -> OrgId {
    OrgId::from_ulid(Ulid::from_parts(1_795_262_400_000, 1))
}

fn uplink_of(message: Message) -> Uplink {
    match message {
        Message::Uplink(uplink) => uplink,
        Message::Other { kind } => panic!("not an uplink: {kind}"),
    }
}

fn bytes(value: &Value) -> Vec<u8> {
    serde_json::to_vec(value).unwrap()
}

fn things_stack_uplink() -> Value {
    json!({
        "end_device_ids": {
            "device_id": "walk-in-1",
            "application_ids": { "application_id": "corner-bistro" },
            "dev_eui": "A84041FFFF182C3D",
            "join_eui": "A840410000000101",
            "dev_addr": "260BDE42"
        },
        "correlation_ids": ["as:up:01JD8Q6V5W3Y8R2T4N6M8P0Q2S", "gs:uplink:01JD8Q6V5W3Y8R2T4N6M8P0Q2T"],
        "received_at": "2026-11-21T03:00:00.456789012Z",
        "uplink_message": {
            "session_key_id": "AYtB+7dgTm1aQ3r2Z0G16w==",
            "f_port": 2,
            "f_cnt": 4711,
            "frm_payload": "y/YLDQN2AQrdf/8=",
            "decoded_payload": { "TempC_SHT": 28.29, "TempC_DS": 27.81, "Hum_SHT": 88.6, "BatV": 3.062 },
            "rx_metadata": [
                { "gateway_ids": { "gateway_id": "back-office", "eui": "AC1F09FFFE057698" }, "rssi": -97, "channel_rssi": -97, "snr": 6.5 },
                { "gateway_ids": { "gateway_id": "packetbroker" }, "rssi": -113, "snr": -4, "packet_broker": {} },
                { "gateway_ids": { "gateway_id": "loading-dock" }, "channel_rssi": -81.5 }
            ],
            "settings": { "data_rate": { "lora": { "bandwidth": 125000, "spreading_factor": 7 } }, "frequency": "868300000" },
            "received_at": "2026-11-21T03:00:00.250123456Z",
            "consumed_airtime": "0.061696s",
            "network_ids": { "net_id": "000013", "tenant_id": "ttn", "cluster_id": "eu1" }
        }
    })
}

#[test]
fn the_things_stack_uplink() {
    let uplink = uplink_of(things_stack::parse(&bytes(&things_stack_uplink())).unwrap());
    assert_eq!(uplink.dev_eui, DevEui(0xA840_41FF_FF18_2C3D));
    assert_eq!(uplink.received_at, "2026-11-21T03:00:00.250Z".parse().unwrap());
    assert_eq!(uplink.frame.unwrap().count, 4711);
    assert_eq!(uplink.f_port, Some(2));
    assert_eq!(hex::encode_upper(&uplink.payload), LHT65N);
    assert_eq!(uplink.decoded.unwrap()["TempC_DS"], 27.81);
    assert_eq!(uplink.rssi_dbm, Some(-82));
}

#[test]
fn the_things_stack_leaves_out_what_is_zero() {
    let mut body = things_stack_uplink();
    let message = body["uplink_message"].as_object_mut().unwrap();
    for field in ["f_cnt", "f_port", "received_at", "decoded_payload", "rx_metadata"] {
        message.remove(field).unwrap();
    }
    let first = uplink_of(things_stack::parse(&bytes(&body)).unwrap());
    assert_eq!(
        (first.frame.unwrap().count, first.f_port, first.rssi_dbm),
        (0, None, None)
    );
    assert_eq!(first.received_at, "2026-11-21T03:00:00.456Z".parse().unwrap());

    body["uplink_message"]["session_key_id"] = "AYtCAAAAAAAAAAAAAAAAAA==".into();
    let rejoined = uplink_of(things_stack::parse(&bytes(&body)).unwrap());
    assert_ne!(
        rejoined.frame, first.frame,
        "counting from zero in another session"
    );

    body["uplink_message"]
        .as_object_mut()
        .unwrap()
        .remove("session_key_id");
    let by_address = uplink_of(things_stack::parse(&bytes(&body)).unwrap());
    assert_eq!(by_address.frame.unwrap().count, 0);
    body["end_device_ids"].as_object_mut().unwrap().remove("dev_addr");
    assert_eq!(uplink_of(things_stack::parse(&bytes(&body)).unwrap()).frame, None);
}

#[test]
fn an_uplink_simulated_in_the_console_is_told_apart_by_its_time() {
    let mut body = things_stack_uplink();
    body["simulated"] = true.into();
    assert_eq!(uplink_of(things_stack::parse(&bytes(&body)).unwrap()).frame, None);
}

#[test]
fn everything_else_the_things_stack_says_is_taken_politely() {
    for kind in [
        "join_accept",
        "uplink_normalized",
        "downlink_ack",
        "downlink_nack",
        "downlink_sent",
        "downlink_failed",
        "downlink_queued",
        "downlink_queue_invalidated",
        "location_solved",
        "service_data",
    ] {
        let mut body = things_stack_uplink();
        let fields = body.as_object_mut().unwrap();
        fields.remove("uplink_message");
        fields.insert(
            kind.to_owned(),
            json!({ "session_key_id": "AYtB+7dgTm1aQ3r2Z0G16w==" }),
        );
        assert_eq!(things_stack::parse(&bytes(&body)), Ok(Message::Other { kind }));
    }
    let mut body = things_stack_uplink();
    body["uplink_message"] =
        json!({ "session_key_id": "AYtB", "f_cnt": 9, "received_at": "2026-11-21T03:00:00Z" });
    assert_eq!(
        things_stack::parse(&bytes(&body)),
        Ok(Message::Other { kind: "empty_uplink" })
    );
    let ids = json!({ "end_device_ids": { "device_id": "a" }, "something_new": {} });
    assert_eq!(
        things_stack::parse(&bytes(&ids)),
        Ok(Message::Other { kind: "unknown" })
    );
}

#[test]
fn what_cannot_be_an_uplink_of_the_things_stack_is_refused_with_a_reason() {
    let code = |body: &[u8]| things_stack::parse(body).unwrap_err().code();
    assert_eq!(code(b"\xFF\x00"), "not_json");
    assert_eq!(code(b""), "not_json");
    assert_eq!(code(b"{}"), "unexpected_form");
    assert_eq!(code(b"[1]"), "unexpected_form");

    let with = |pointer: &str, value: Value| {
        let mut body = things_stack_uplink();
        *body.pointer_mut(pointer).unwrap() = value;
        things_stack::parse(&bytes(&body)).unwrap_err()
    };
    let missing = with("/end_device_ids/dev_eui", Value::Null);
    assert_eq!(missing.code(), "missing_field");
    assert!(
        missing.to_string().contains("end_device_ids.dev_eui"),
        "{missing}"
    );
    assert_eq!(
        with("/end_device_ids/dev_eui", "A840".into()).code(),
        "invalid_field"
    );
    assert_eq!(
        with("/uplink_message/frm_payload", "no base 64!".into()).code(),
        "invalid_field"
    );
    assert_eq!(
        with("/uplink_message/received_at", "yesterday".into()).code(),
        "invalid_field"
    );
    assert_eq!(
        with("/uplink_message/f_port", 256.into()).code(),
        "unexpected_form"
    );
    assert_eq!(
        with("/uplink_message/f_cnt", (-1).into()).code(),
        "unexpected_form"
    );
}

fn chirpstack_up() -> Value {
    json!({
        "deduplicationId": "3ac7e3c4-4401-4b8d-9386-a5c902f9202d",
        "time": "2026-11-21T03:00:00.250123456+00:00",
        "deviceInfo": {
            "tenantId": "52f14cd4-c6f1-4fbd-8f87-4025e1d49242",
            "tenantName": "Corner Bistro",
            "applicationId": "17c82e96-be03-4f38-aef3-f83d48582d97",
            "applicationName": "Kitchen",
            "deviceProfileId": "14855bf7-d10d-4aee-b618-ebfcb64dc7ad",
            "deviceProfileName": "LHT65N",
            "deviceName": "walk-in-1",
            "devEui": "a84041ffff182c3d",
            "tags": {}
        },
        "devAddr": "00189440",
        "adr": true,
        "dr": 5,
        "fCnt": 4711,
        "fPort": 2,
        "confirmed": false,
        "data": "y/YLDQN2AQrdf/8=",
        "object": { "TempC_SHT": 28.29 },
        "rxInfo": [
            { "gatewayId": "0016c001f153a14c", "uplinkId": 4217106255_u32, "rssi": -98, "snr": 8.0, "crcStatus": "CRC_OK" },
            { "gatewayId": "0016c001f153a14d", "uplinkId": 4217106256_u32, "rssi": -76, "snr": 9.5, "crcStatus": "CRC_OK" }
        ],
        "txInfo": { "frequency": 868100000, "modulation": { "lora": { "bandwidth": 125000, "spreadingFactor": 7 } } }
    })
}

#[test]
fn the_chirpstack_uplink() {
    let uplink = uplink_of(chirpstack::parse("up", &bytes(&chirpstack_up())).unwrap());
    assert_eq!(uplink.dev_eui, DevEui(0xA840_41FF_FF18_2C3D));
    assert_eq!(uplink.received_at, "2026-11-21T03:00:00.250Z".parse().unwrap());
    assert_eq!(uplink.frame.unwrap().count, 4711);
    assert_eq!((uplink.f_port, uplink.rssi_dbm), (Some(2), Some(-76)));
    assert_eq!(hex::encode_upper(&uplink.payload), LHT65N);
    assert_eq!(uplink.decoded.unwrap()["TempC_SHT"], 28.29);
}

#[test]
fn other_events_of_chirpstack_are_taken_politely_whatever_is_in_them() {
    for kind in ["join", "status", "ack", "txack", "log", "location", "integration"] {
        assert_eq!(
            chirpstack::parse(kind, b"not looked at"),
            Ok(Message::Other { kind })
        );
    }
    assert_eq!(
        chirpstack::parse("proprietary", b""),
        Ok(Message::Other { kind: "unknown" })
    );
    let mut empty = chirpstack_up();
    empty["data"] = "".into();
    empty["object"] = json!({});
    assert_eq!(
        chirpstack::parse("up", &bytes(&empty)),
        Ok(Message::Other { kind: "empty_uplink" })
    );
}

#[test]
fn a_chirpstack_uplink_without_its_device_or_time_is_refused() {
    let without = |field: &str| {
        let mut body = chirpstack_up();
        body.as_object_mut().unwrap().remove(field);
        chirpstack::parse("up", &bytes(&body)).unwrap_err().code()
    };
    assert_eq!(without("deviceInfo"), "unexpected_form");
    assert_eq!(without("time"), "missing_field");
    assert_eq!(chirpstack::parse("up", b"{").unwrap_err().code(), "not_json");
}

/// What the topic rule hands on when `message` is published on the topic of a device of [`org`].
fn rule_output(device_id: &str, message: &[u8]) -> Value {
    json!({
        "message_base64": BASE64_STANDARD.encode(message),
        "org_id": org(),
        "device_id": device_id,
        "received_at_ms": 1_795_262_400_500_i64,
    })
}

fn on_topic(device_id: &str, message: Value) -> Result<(OrgId, Uplink), ParseError> {
    device_topic::parse(&bytes(&rule_output(device_id, &bytes(&message))))
}

#[test]
fn an_uplink_of_aws_iot_core_for_lorawan() {
    let message = json!({
        "WirelessDeviceId": "5b58245e-146c-4c30-9703-0ca942e3ff35",
        "PayloadData": "y/YLDQN2AQrdf/8=",
        "WirelessMetadata": {
            "LoRaWAN": {
                "ADR": false, "Bandwidth": 125, "ClassB": false, "CodeRate": "4/5", "DataRate": "0",
                "DevAddr": "00b96cd4", "DevEui": "a84041ffff182c3d", "FCnt": 1, "Fport": 2, "FOptLen": 2,
                "Frequency": "868100000",
                "Gateways": [
                    { "GatewayEui": "80029cfffe5cf1cc", "Snr": -29, "Rssi": -109.75 },
                    { "GatewayEui": "80029cfffe5cf1cd", "Snr": 9.75, "Rssi": -73 }
                ],
                "MIC": "7255cb07", "MType": "UnconfirmedDataUp", "SpreadingFactor": 12,
                "Timestamp": "2026-11-21T12:00:00Z"
            }
        }
    });
    let (org_id, uplink) = on_topic("walk-in-1", message).unwrap();
    assert_eq!((org_id, uplink.dev_eui), (org(), DevEui(0xA840_41FF_FF18_2C3D)));
    assert_eq!(uplink.received_at, "2026-11-21T12:00:00Z".parse().unwrap());
    assert_eq!(
        (uplink.frame.unwrap().count, uplink.f_port, uplink.rssi_dbm),
        (1, Some(2), Some(-73))
    );
    assert_eq!(hex::encode_upper(&uplink.payload), LHT65N);
}

#[test]
fn a_frame_on_the_devices_topic_in_any_of_its_spellings() {
    for payload in [
        json!({ "payload": LHT65N }),
        json!({ "payload": LHT65N.to_lowercase() }),
        json!({ "payload_hex": LHT65N }),
        json!({ "payload": "y/YLDQN2AQrdf/8" }),
        json!({ "payload_base64": "y/YLDQN2AQrdf/8=" }),
    ] {
        let mut message = payload;
        message["f_port"] = 2.into();
        message["f_cnt"] = 17.into();
        message["session"] = 5.into();
        let (_, uplink) = on_topic("a84041ffff182c3d", message).unwrap();
        assert_eq!(hex::encode_upper(&uplink.payload), LHT65N);
        assert_eq!(uplink.dev_eui, DevEui(0xA840_41FF_FF18_2C3D));
        assert_eq!(
            uplink.frame,
            Some(FrameCounter {
                count: 17,
                session: 5
            })
        );
        assert_eq!(uplink.received_at, Timestamp::from_millis(1_795_262_400_500));
    }
}

#[test]
fn measurements_of_a_device_that_sends_json() {
    let message = json!({ "temperature": 3.5, "humidity": 61, "dev_eui": "A84041FFFF182C3D" });
    let (_, uplink) = on_topic("bakery-proofer", message).unwrap();
    assert_eq!(
        uplink.decoded,
        Some(json!({ "temperature": 3.5, "humidity": 61 }))
    );
    assert_eq!((uplink.payload, uplink.frame), (Vec::new(), None));

    let late = json!({ "temperature": 3.5, "recorded_at": "2026-11-21T02:00:00Z" });
    let (_, uplink) = on_topic("A84041FFFF182C3D", late).unwrap();
    assert_eq!(uplink.received_at, "2026-11-21T02:00:00Z".parse().unwrap());
    assert_eq!(uplink.decoded, Some(json!({ "temperature": 3.5 })));
}

#[test]
fn a_device_speaks_for_itself_alone() {
    let other = json!({ "temperature": 3.5, "dev_eui": "A84041FFFF182C3E" });
    assert_eq!(
        on_topic("A84041FFFF182C3D", other).unwrap_err().code(),
        "device_mismatch"
    );
    assert_eq!(
        on_topic("bakery-proofer", json!({ "temperature": 3.5 }))
            .unwrap_err()
            .code(),
        "missing_field"
    );
    assert_eq!(
        on_topic("A84041FFFF182C3D", json!({})).unwrap_err().code(),
        "missing_field"
    );
    assert_eq!(
        on_topic("A84041FFFF182C3D", json!({ "payload": "" }))
            .unwrap_err()
            .code(),
        "invalid_field"
    );
    assert_eq!(
        on_topic("A84041FFFF182C3D", json!({ "payload": "%" }))
            .unwrap_err()
            .code(),
        "invalid_field"
    );
    assert_eq!(
        on_topic("A84041FFFF182C3D", json!({ "payload": 7 }))
            .unwrap_err()
            .code(),
        "unexpected_form"
    );
    let mut elsewhere = rule_output("A84041FFFF182C3D", br#"{"temperature": 3.5}"#);
    elsewhere["org_id"] = "org_1".into();
    assert_eq!(
        device_topic::parse(&bytes(&elsewhere)).unwrap_err().code(),
        "invalid_field"
    );
}

#[test]
fn only_the_rule_says_whose_message_it_is_and_when_it_came() {
    let (neighbour, device) = (
        OrgId::from_ulid(Ulid::from_parts(1_795_262_400_000, 2)),
        "A84041FFFF182C3D",
    );
    let message = json!({
        "temperature": 3.5,
        "org_id": neighbour,
        "device_id": "A84041FFFF182C3E",
        "received_at_ms": 0,
        "message_base64": "e30=",
    });
    let (org_id, uplink) = on_topic(device, message).unwrap();
    assert_eq!(org_id, org());
    assert_eq!(uplink.dev_eui, DevEui(0xA840_41FF_FF18_2C3D));
    assert_eq!(uplink.received_at, Timestamp::from_millis(1_795_262_400_500));
}

#[test]
fn what_is_published_is_a_json_object() {
    let code = |message: &[u8]| {
        let event = bytes(&rule_output("A84041FFFF182C3D", message));
        device_topic::parse(&event).unwrap_err().code()
    };
    assert_eq!(code(&hex::decode(LHT65N).unwrap()), "not_json");
    assert_eq!(code(b""), "not_json");
    assert_eq!(code(b"[3.5]"), "unexpected_form");
    let mut damaged = rule_output("A84041FFFF182C3D", b"");
    damaged["message_base64"] = "%".into();
    assert_eq!(
        device_topic::parse(&bytes(&damaged)).unwrap_err().code(),
        "invalid_field"
    );
}

prop_compose! {
    fn any_uplink()(
        dev_eui: u64,
        millis in 0..4_102_444_800_000_i64,
        frame in proptest::option::of((any::<u32>(), 1..=u32::MAX)),
        f_port in proptest::option::of(1..=223_u8),
        payload in proptest::collection::vec(any::<u8>(), 1..51),
        rssi_dbm in proptest::option::of(-150..0_i16),
        gateways in proptest::collection::btree_set(any::<u64>(), 0..=MOST_GATEWAYS),
    ) -> Uplink {
        Uplink {
            dev_eui: DevEui(dev_eui),
            received_at: Timestamp::from_millis(millis),
            frame: frame.map(|(count, session)| FrameCounter { count, session }),
            f_port,
            payload,
            decoded: None,
            rssi_dbm,
            gateways: gateways.into_iter().map(GatewayEui).collect(),
        }
    }
}

/// The same uplink, but for its session's number, which must be there if it was.
fn same(read: Uplink, written: &Uplink) {
    let count = |uplink: &Uplink| uplink.frame.map(|frame| frame.count);
    assert_eq!(count(&read), count(written));
    assert!(read.frame.is_none_or(|frame| frame.session > 0));
    assert_eq!(
        Uplink {
            frame: written.frame,
            ..read
        },
        *written
    );
}

/// JSON of any shape that uses the names which are looked for.
fn any_json() -> impl Strategy<Value = Value> {
    const NAMES: [&str; 24] = [
        "end_device_ids",
        "dev_eui",
        "uplink_message",
        "frm_payload",
        "f_cnt",
        "f_port",
        "received_at",
        "rx_metadata",
        "rssi",
        "deviceInfo",
        "devEui",
        "time",
        "data",
        "rxInfo",
        "org_id",
        "device_id",
        "received_at_ms",
        "payload",
        "payload_hex",
        "PayloadData",
        "WirelessMetadata",
        "LoRaWAN",
        "DevEui",
        "recorded_at",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1e9..1e9_f64).prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
        Just(json!("A84041FFFF182C3D")),
        Just(json!("2026-11-21T03:00:00Z")),
        Just(json!(org().to_string())),
    ];
    leaf.prop_recursive(4, 64, 8, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((0..NAMES.len(), inner), 0..8).prop_map(|fields| fields
                .into_iter()
                .map(|(name, value)| (NAMES[name].to_owned(), value))
                .collect()),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(uplink in any_uplink()) {
        let webhook = bytes(&things_stack::message(&uplink, "walk-in-1", "corner-bistro"));
        same(uplink_of(things_stack::parse(&webhook).unwrap()), &uplink);
        let event = bytes(&chirpstack::message(&uplink, "walk-in-1", "corner-bistro"));
        same(uplink_of(chirpstack::parse("up", &event).unwrap()), &uplink);
        let (_, read) = on_topic(&uplink.dev_eui.to_string(), device_topic::message(&uplink)).unwrap();
        // Here the session's number is itself on the wire.
        let frame = uplink.frame;
        prop_assert_eq!(read, Uplink { frame, gateways: Vec::new(), ..uplink });
    }

    #[test]
    fn whatever_comes_is_answered(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(things_stack::parse(&body).is_err());
        prop_assert!(chirpstack::parse("up", &body).is_err());
        prop_assert!(device_topic::parse(&body).is_err());
        prop_assert!(device_topic::parse(&bytes(&rule_output("A84041FFFF182C3D", &body))).is_err());
    }

    #[test]
    fn whatever_json_comes_is_answered(value in any_json()) {
        let body = bytes(&value);
        for error in [
            things_stack::parse(&body).err(),
            chirpstack::parse("up", &body).err(),
            device_topic::parse(&body).err(),
            device_topic::parse(&bytes(&rule_output("A84041FFFF182C3D", &body))).err(),
        ].into_iter().flatten() {
            prop_assert!(error.code() != "not_json" && !error.to_string().is_empty());
        }
    }
}
