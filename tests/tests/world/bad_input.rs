//! Whatever is sent, the system answers in order and goes on.

use freshtrack_contracts::ingest::{IngestReport, ItemStatus};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::access::Right;
use freshtrack_domain::time::Span;
use freshtrack_tests::{Answer, Frame, World, statuses};
use http::{Method, StatusCode};
use serde_json::{Value as Json, json};

/// The paths, within `value`, of everything in it that is no object or list.
fn leaves(value: &Json) -> Vec<String> {
    let below = |name: &str, value: &Json| {
        leaves(value)
            .into_iter()
            .map(move |rest| format!("/{name}{rest}"))
            .collect::<Vec<_>>()
    };
    match value {
        Json::Object(fields) => fields
            .iter()
            .flat_map(|(name, value)| below(name, value))
            .collect(),
        Json::Array(items) => (0..)
            .zip(items)
            .flat_map(|(index, value): (usize, _)| below(&index.to_string(), value))
            .collect(),
        _ => vec![String::new()],
    }
}

/// What was sent was either taken or refused as the sender's mistake, and told so.
fn assert_answered(answer: &Answer, what: &str) {
    match answer.status {
        StatusCode::OK => drop(answer.ok::<IngestReport>()),
        _ => assert_eq!(answer.code(), ProblemCode::InvalidRequest, "{what}: {answer:?}"),
    }
}

#[tokio::test]
async fn a_message_with_a_wrong_value_anywhere_is_taken_or_refused() {
    let world = World::start().await;
    let tenant = world.tenant(2).await;
    let wrong = [
        json!(null),
        json!(true),
        json!(-1),
        json!(1e300),
        json!(18_446_744_073_709_551_615_u64),
        json!(""),
        json!("\u{0}%ä*"),
        json!([]),
        json!([[1]]),
        json!({}),
        json!({ "value": 1 }),
    ];
    let frame = Frame::first(tenant.dev_eui(0), world.now(), 300);
    let messages = [
        ("ingest/things-stack", frame.things_stack()),
        ("ingest/chirpstack?event=up", frame.chirpstack()),
        ("readings", json!({ "readings": [frame.uploaded()] })),
    ];
    for (way, message) in &messages {
        for leaf in leaves(message) {
            for value in &wrong {
                let mut message = message.clone();
                *message.pointer_mut(&leaf).unwrap() = value.clone();
                let answer = tenant.ingest(way, &message).await;
                assert_answered(&answer, &format!("{way} with {leaf} = {value}"));
            }
        }
    }
    // It goes on as if nothing had been.
    let frame = Frame::first(tenant.dev_eui(1), world.now(), 310);
    let report = tenant.things_stack(&frame.things_stack()).await;
    assert_eq!(statuses(&report), [ItemStatus::Accepted]);
    assert_eq!(tenant.unit_view(1).await.now.temperature_c, Some(3.1));
    world.settled().await;
}

#[tokio::test]
async fn a_message_without_one_of_its_fields_is_taken_or_refused() {
    let world = World::start().await;
    let tenant = world.tenant(1).await;
    let frame = Frame::first(tenant.dev_eui(0), world.now(), 300);
    for (way, message) in [
        ("ingest/things-stack", frame.things_stack()),
        ("ingest/chirpstack?event=up", frame.chirpstack()),
        ("readings", json!({ "readings": [frame.uploaded()] })),
    ] {
        for leaf in leaves(&message) {
            let (parent, name) = leaf.rsplit_once('/').unwrap();
            let mut message = message.clone();
            if let Some(Json::Object(fields)) = message.pointer_mut(parent) {
                fields.remove(name);
            }
            assert_answered(
                &tenant.ingest(way, &message).await,
                &format!("{way} without {leaf}"),
            );
        }
    }
}

#[tokio::test]
async fn what_a_sender_got_wrong_is_named() {
    let world = World::start().await;
    let tenant = world.tenant(1).await;
    let frame = Frame::first(tenant.dev_eui(0), world.now(), 300);
    for (leaf, value, named) in [
        (
            "/uplink_message/frm_payload",
            json!("y8YA*"),
            "uplink_message.frm_payload",
        ),
        (
            "/end_device_ids/dev_eui",
            json!("A8404"),
            "end_device_ids.dev_eui",
        ),
        (
            "/uplink_message/received_at",
            json!("noon"),
            "uplink_message.received_at",
        ),
    ] {
        let mut message = frame.things_stack();
        *message.pointer_mut(leaf).unwrap() = value;
        let problem = tenant.ingest("ingest/things-stack", &message).await.problem();
        assert_eq!(problem.code, ProblemCode::InvalidRequest);
        assert!(problem.detail.contains(named), "{}", problem.detail);
    }
    let mut message = frame.chirpstack();
    message["data"] = json!("not base 64");
    let problem = tenant
        .ingest("ingest/chirpstack?event=up", &message)
        .await
        .problem();
    assert!(problem.detail.contains("data"), "{}", problem.detail);
}

#[tokio::test]
async fn a_body_larger_than_the_gateway_takes_is_refused_and_a_large_one_is_not() {
    let world = World::start().await;
    let tenant = world.tenant(1).await;
    let frame = Frame::first(tenant.dev_eui(0), world.now(), 300);
    let padded = |bytes: usize| {
        let mut message = frame.things_stack();
        message["padding"] = json!("x".repeat(bytes));
        message
    };
    let answer = tenant.ingest("ingest/things-stack", padded(10 << 20)).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    let report = tenant.things_stack(&padded(1 << 20)).await;
    assert_eq!(statuses(&report), [ItemStatus::Accepted]);
}

/// A frame that fits no radio and decoded payloads that fit no store, of a device that nobody knows: none may come again
/// and again because of an answer that asks for that.
#[tokio::test]
async fn what_cannot_even_be_kept_aside_is_refused_for_good() {
    let world = World::start().await;
    let tenant = world.tenant(1).await;
    let unknown = Frame::first("70B3D57ED0000001", world.now(), 300);
    let mut long = unknown.things_stack();
    long["uplink_message"]["frm_payload"] = json!("AAAA".repeat(200_000));
    let mut wide = unknown.things_stack();
    wide["uplink_message"]["decoded_payload"] = json!({ "text": "x".repeat(600_000) });
    let mut deep = unknown.things_stack();
    deep["uplink_message"]["decoded_payload"] = (0..120).fold(json!(1), |value, _| json!({ "in": value }));
    for message in [long, wide, deep] {
        let report = tenant.things_stack(&message).await;
        assert_eq!(statuses(&report), [ItemStatus::Rejected]);
        assert!(report.results[0].reason.is_some());
    }
    assert_eq!(tenant.quarantine().await.items, []);
}

#[tokio::test]
async fn questions_that_make_no_sense_are_refused() {
    let world = World::start().await;
    let tenant = world.tenant(1).await;
    let unit = tenant.unit(0).id;
    let (invalid, missing) = (ProblemCode::InvalidRequest, ProblemCode::NotFound);
    let now = world.now();
    let (later, month_ago) = (now + Span::hours(1), now - Span::hours(31 * 24 + 1));
    for (rest, code) in [
        (format!("units/{unit}/readings?from=yesterday"), invalid),
        (format!("units/{unit}/readings?to=2026-02-30T00:00:00Z"), invalid),
        (format!("units/{unit}/readings?from="), invalid),
        (format!("units/{unit}/readings?from={later}"), invalid),
        (
            format!("units/{unit}/readings?from={month_ago}&to={now}"),
            invalid,
        ),
        (
            format!("units/{unit}/readings?from=2026-11-20T00:00:00Z,2026-11-21T00:00:00Z"),
            invalid,
        ),
        (format!("units/{unit}/readings/summary?per=week"), invalid),
        (format!("units/{unit}/readings/summary?from={later}"), invalid),
        (format!("units/{}/readings", tenant.org_id()), missing),
        (
            format!("units/{}/readings", unit.to_string().to_lowercase()),
            missing,
        ),
        ("units/%00/readings".to_owned(), missing),
        (format!("units/{}/readings", "x".repeat(4_000)), missing),
        ("alerts?status=closed".to_owned(), invalid),
        ("alerts?limit=0".to_owned(), invalid),
        ("alerts?limit=201".to_owned(), invalid),
        ("alerts?limit=-1".to_owned(), invalid),
        ("alerts?limit=99999999999999999999".to_owned(), invalid),
        ("alerts?cursor=abc".to_owned(), invalid),
        ("alerts/alr_".to_owned(), missing),
        (format!("alerts/{unit}"), missing),
    ] {
        let answer = world.api.get(&tenant.path(&rest), tenant.key(Right::Read)).await;
        assert_eq!(answer.code(), code, "{rest}: {answer:?}");
    }
    let replay = tenant.path("quarantine/frm_nothing/replay");
    let answer = world
        .api
        .post(&replay, tenant.key(Right::ManageDevices), "")
        .await;
    assert_eq!(answer.code(), missing);
    for (method, path) in [
        (Method::GET, "/v1/nothing".to_owned()),
        (Method::DELETE, tenant.path("overview")),
        (Method::GET, tenant.path("readings")),
    ] {
        let answer = world
            .api
            .send(method, &path, Some(tenant.key(Right::Read)), "")
            .await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
}

/// Nobody waits for the answer to a device's message: one that is no message is kept, whole, for whoever looks.
#[tokio::test]
async fn a_device_message_that_cannot_be_read_is_a_dead_letter() {
    let world = World::start().await;
    let tenant = world.tenant(1).await;
    let topic = format!("freshtrack/{}/{}/up", tenant.org_id(), tenant.dev_eui(0));
    let mut device = world.device("device").await;
    let another = Frame::first("70B3D57ED0000001", world.now(), 300);
    for message in [
        json!({ "payload_base64": "y8YA*", "f_port": 2 }).to_string(),
        json!({ "payload_hex": "", "f_port": 2 }).to_string(),
        json!({ "f_port": "two", "payload_hex": "00" }).to_string(),
        json!({}).to_string(),
        "not JSON".to_owned(),
        // Another device's, on this one's topic.
        another.aws_iot().to_string(),
    ] {
        device.publish(&topic, &message).await;
        let letter = world.dead_letter("AsyncDeadLetters").await;
        let letter: Json = serde_json::from_str(&letter).unwrap();
        assert_eq!(
            letter["requestContext"]["condition"], "RetriesExhausted",
            "{message}"
        );
        assert_eq!(
            letter["requestPayload"]["message_base64"],
            freshtrack_tests::base64(message.as_bytes()),
            "{message}"
        );
    }
    world.settled().await;
    assert_eq!(tenant.readings(0).await, []);

    let frame = Frame::first(tenant.dev_eui(0), world.now(), 300);
    let mut screen = tenant.watching().await;
    device.publish(&topic, frame.aws_iot().to_string()).await;
    screen.unit("the reading", tenant.unit(0).id, |_| true).await;
}
