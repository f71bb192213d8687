use std::path::Path;
use std::time::Duration;

use http::StatusCode;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::mpsc::UnboundedReceiver;

use super::*;
use crate::services::testing::{Functions, Invocation, account, clock, function, queue};
use crate::template::{
    Deployment, KeyAttribute, KeySchema, RetryPolicy, Rule, RuleTarget, StreamView, Table, Target,
    TargetInput, TopicAction, TopicRule,
};

const LOOPBACK: ([u8; 4], u16) = ([127, 0, 0, 1], 0);

fn mapping(id: &str, function: &str, source: EventSource) -> EventSourceMapping {
    EventSourceMapping {
        logical_id: id.into(),
        function: function.into(),
        source,
        enabled: true,
        batch_size: 10,
        maximum_batching_window: Duration::ZERO,
        report_batch_item_failures: true,
        filters: Vec::new(),
        maximum_concurrency: None,
        maximum_retry_attempts: None,
        maximum_record_age: None,
        bisect_batch_on_function_error: false,
        on_failure: None,
    }
}

/// Every kind of resource: table -> stream -> function, bus -> queue -> function,
/// topic -> function, schedule -> function.
fn system() -> System {
    let key = KeyAttribute {
        name: "pk".into(),
        kind: "S".into(),
    };
    System {
        functions: ["publish", "trail", "receive", "sweep"].map(function).into(),
        tables: vec![Table {
            logical_id: "Table".into(),
            name: "freshtrack".into(),
            key: KeySchema {
                partition: key,
                sort: None,
            },
            global_indexes: Vec::new(),
            ttl_attribute: Some("ttl".into()),
            stream: Some(StreamView::NewAndOldImages),
        }],
        queues: vec![queue("trail-queue"), queue("dead")],
        event_buses: vec!["freshtrack".into()],
        rules: vec![Rule {
            logical_id: "Rule".into(),
            name: "trail".into(),
            event_bus: "freshtrack".into(),
            enabled: true,
            pattern: json!({"detail-type": [{"prefix": "alert."}]}),
            targets: vec![RuleTarget {
                id: "trail".into(),
                target: Target::Queue("trail-queue".into()),
                input: TargetInput::Event,
                message_group: None,
                retry: RetryPolicy::default(),
                dead_letters: Some("dead".into()),
            }],
        }],
        event_source_mappings: vec![
            mapping("Trail", "trail", EventSource::Queue("trail-queue".into())),
            mapping(
                "Stream",
                "publish",
                EventSource::TableStream {
                    table: "freshtrack".into(),
                    from_oldest: true,
                },
            ),
        ],
        topic_rules: vec![TopicRule {
            logical_id: "Topic".into(),
            name: "receive".into(),
            sql: "SELECT *, topic(2) AS device FROM 'up/+'".into(),
            enabled: true,
            actions: vec![TopicAction::Lambda {
                function: "receive".into(),
            }],
            error_action: None,
        }],
        schedules: vec![Schedule {
            logical_id: "Sweep".into(),
            name: "sweep".into(),
            expression: "rate(1 minute)".into(),
            time_zone: "UTC".into(),
            flexible_window: None,
            enabled: true,
            target: Target::Function("sweep".into()),
            input: Some("{}".into()),
            message_group: None,
            retry: RetryPolicy::default(),
            dead_letters: Some("dead".into()),
        }],
        ..System::default()
    }
}

async fn call(services: &Services, target: &str, body: Value) -> (StatusCode, Value) {
    let request = Request::post("/")
        .header("x-amz-target", target)
        .body(Bytes::from(body.to_string()))
        .unwrap();
    let response = services.call(request).await;
    (
        response.status(),
        serde_json::from_slice(response.body()).unwrap(),
    )
}

async fn put_item(services: &Services, pk: &str) {
    let item = json!({"TableName": "freshtrack", "Item": {"pk": {"S": pk}}});
    assert_eq!(
        call(services, "DynamoDB_20120810.PutItem", item).await.0,
        StatusCode::OK
    );
}

async fn put_event(services: &Services) {
    let entry = json!({
        "Source": "freshtrack",
        "DetailType": "alert.opened",
        "Detail": "{}",
        "EventBusName": "freshtrack",
    });
    let (status, answer) = call(services, "AWSEvents.PutEvents", json!({"Entries": [entry]})).await;
    assert_eq!((status, &answer["FailedEntryCount"]), (StatusCode::OK, &json!(0)));
}

/// The next invocation of a function, whatever other functions ran before it.
async fn next_of(seen: &mut UnboundedReceiver<Invocation>, function: &str) -> Value {
    loop {
        let invocation = seen.recv().await.unwrap();
        if invocation.function == function {
            return invocation.event;
        }
    }
}

#[tokio::test]
async fn everything_the_template_connects_is_connected() {
    let services = Services::open(&system(), &account(), &DataLocation::Memory, &clock()).unwrap();
    let (functions, mut seen) = Functions::new();
    let running = services.start(functions, Some(LOOPBACK.into())).await.unwrap();

    assert_eq!(next_of(&mut seen, "sweep").await, json!({}));

    put_item(&services, "u1").await;
    let event = next_of(&mut seen, "publish").await;
    assert_eq!(
        event["Records"][0]["dynamodb"]["Keys"],
        json!({"pk": {"S": "u1"}})
    );

    put_event(&services).await;
    let event = next_of(&mut seen, "trail").await;
    let body: Value = serde_json::from_str(event["Records"][0]["body"].as_str().unwrap()).unwrap();
    assert_eq!(body["detail-type"], "alert.opened");

    let mut device = TcpStream::connect(running.mqtt_address().unwrap()).await.unwrap();
    device
        .write_all(b"\x10\x0d\x00\x04MQTT\x04\x02\x00\x3c\x00\x01d")
        .await
        .unwrap();
    device
        .write_all(b"\x32\x0f\x00\x04up/1\x00\x01{\"t\":4}")
        .await
        .unwrap();
    let mut answers = [0; 8];
    device.read_exact(&mut answers).await.unwrap();
    assert_eq!(answers, [0x20, 2, 0, 0, 0x40, 2, 0, 1]);
    assert_eq!(
        next_of(&mut seen, "receive").await,
        json!({"t": 4, "device": "1"})
    );

    running.shutdown().await;
}

#[tokio::test]
async fn what_was_accepted_before_a_kill_is_done_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let data = DataLocation::Directory(folder.path().into());
    let killed = Services::open(&system(), &account(), &data, &clock()).unwrap();
    put_item(&killed, "u1").await;
    put_event(&killed).await;
    killed.invocations().invoke("receive", b"{\"n\":1}").unwrap();

    let restarted = Services::open(&system(), &account(), &data, &clock()).unwrap();
    let (functions, mut seen) = Functions::new();
    let running = restarted.start(functions, None).await.unwrap();
    let mut functions: Vec<String> = Vec::new();
    for _ in 0..4 {
        functions.push(seen.recv().await.unwrap().function);
    }
    functions.sort();
    assert_eq!(functions, ["publish", "receive", "sweep", "trail"]);
    running.shutdown().await;
}

#[tokio::test]
async fn each_service_answers_its_own_requests() {
    let services = Services::open(&system(), &account(), &DataLocation::Memory, &clock()).unwrap();
    let (status, queues) = call(&services, "AmazonSQS.ListQueues", json!({})).await;
    assert_eq!(
        (status, queues["QueueUrls"].as_array().unwrap().len()),
        (StatusCode::OK, 2)
    );
    let (_, streams) = call(&services, "DynamoDBStreams_20120810.ListStreams", json!({})).await;
    assert_eq!(streams["Streams"][0]["TableName"], "freshtrack");

    let sms = Request::post("/")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded; charset=utf-8")
        .body(Bytes::from_static(b"Action=Publish&PhoneNumber=%2B49&Message=x"))
        .unwrap();
    assert_eq!(services.call(sms).await.status(), StatusCode::OK);
    let email = Request::post("/v2/email/outbound-emails")
        .body(Bytes::from_static(b"{}"))
        .unwrap();
    assert_eq!(services.call(email).await.status(), StatusCode::BAD_REQUEST);
    assert_eq!(services.tray().messages().unwrap().len(), 1);

    let (status, error) = call(&services, "Kinesis_20131202.PutRecord", json!({})).await;
    assert_eq!(
        (status, &error["__type"]),
        (StatusCode::BAD_REQUEST, &json!("UnknownOperationException"))
    );
}

#[tokio::test]
async fn the_products_own_template_asks_for_nothing_that_is_missing() {
    let deployment = Deployment::local(SocketAddr::from(LOOPBACK));
    let file = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../template.yaml"));
    let system = System::read(file, &deployment).unwrap();
    let services = Services::open(
        &system,
        &Account::from(&deployment),
        &DataLocation::Memory,
        &clock(),
    )
    .unwrap();
    let (functions, _seen) = Functions::new();
    services.start(functions, None).await.unwrap().shutdown().await;
}

#[tokio::test]
async fn a_taken_port_and_a_missing_queue_are_named() {
    let services = Services::open(&system(), &account(), &DataLocation::Memory, &clock()).unwrap();
    let (functions, _seen) = Functions::new();
    let taken = std::net::TcpListener::bind(SocketAddr::from(LOOPBACK)).unwrap();
    let address = taken.local_addr().unwrap();
    let refused = services
        .start(functions.clone(), Some(address))
        .await
        .err()
        .unwrap()
        .to_string();
    assert!(
        refused.starts_with(&format!("cannot listen for MQTT on {address}")),
        "{refused}"
    );

    let mut system = system();
    system
        .event_source_mappings
        .push(mapping("Lost", "trail", EventSource::Queue("nowhere".into())));
    let services = Services::open(&system, &account(), &DataLocation::Memory, &clock()).unwrap();
    let refused = services.start(functions, None).await.err().unwrap().to_string();
    assert_eq!(refused, "event source mapping Lost: there is no queue nowhere");
}
