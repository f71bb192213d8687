use std::time::Duration;

use http::StatusCode;

use super::*;
use crate::services::sqs::{Queues, ReceivedMessage, Visibility};
use crate::services::store::DataLocation;
use crate::services::testing::{Functions, Invocation, account, clock, function, queue, settle};
use crate::template::{Queue, RetryPolicy, TargetInput};
use tokio::sync::mpsc::UnboundedReceiver;

struct World {
    buses: EventBuses,
    queues: Queues,
    invocations: AsyncInvocations,
    functions: Arc<Functions>,
    seen: UnboundedReceiver<Invocation>,
}

fn target(target: Target) -> RuleTarget {
    RuleTarget {
        id: "target".into(),
        target,
        input: TargetInput::Event,
        message_group: None,
        retry: RetryPolicy::default(),
        dead_letters: Some("dead".into()),
    }
}

fn rule(name: &str, pattern: Value, targets: Vec<RuleTarget>) -> Rule {
    Rule {
        logical_id: "Rule".into(),
        name: name.into(),
        event_bus: "freshtrack".into(),
        enabled: true,
        pattern,
        targets,
    }
}

fn try_world(location: &DataLocation, rules: &[Rule]) -> Result<World, BusError> {
    let clock = clock();
    let store = Store::open(location)?;
    let fifo = Queue {
        content_based_deduplication: true,
        ..queue("trail.fifo")
    };
    let queues = Queues::open(
        store.clone(),
        clock.clone(),
        [queue("orders"), fifo, queue("dead")],
    )
    .unwrap();
    let (functions, seen) = Functions::new();
    let invocations = AsyncInvocations::open(
        store.clone(),
        clock.clone(),
        queues.clone(),
        account(),
        &[function("worker")],
    )
    .unwrap();
    let buses = EventBuses::new(
        store,
        clock,
        invocations.clone(),
        account(),
        &["freshtrack".into()],
        rules,
    )?;
    Ok(World {
        buses,
        queues,
        invocations,
        functions,
        seen,
    })
}

fn world(rules: &[Rule]) -> World {
    try_world(&DataLocation::Memory, rules).unwrap()
}

fn entry(source: &str, detail: &Value) -> Value {
    json!({
        "Source": source,
        "DetailType": "AlertOpened",
        "Detail": detail.to_string(),
        "EventBusName": "freshtrack",
        "Time": 1_795_262_400.5,
        "Resources": ["unt_1"],
    })
}

impl World {
    async fn put(&self, entries: Vec<Value>) -> (StatusCode, Value) {
        let request = Request::post("/")
            .header("x-amz-target", "AWSEvents.PutEvents")
            .body(Bytes::from(json!({ "Entries": entries }).to_string()))
            .unwrap();
        let response = self.buses.call(request).await;
        (
            response.status(),
            serde_json::from_slice(response.body()).unwrap(),
        )
    }

    async fn receive(&self, queue: &str) -> Vec<ReceivedMessage> {
        self.queues
            .receive(queue, 10, Duration::ZERO, Visibility::Default)
            .await
            .unwrap()
    }
}

#[tokio::test]
async fn a_matching_event_reaches_its_queue_in_the_bus_envelope() {
    let alerts = rule(
        "alerts",
        json!({"source": ["alerts"]}),
        vec![target(Target::Queue("orders".into()))],
    );
    let world = world(&[alerts]);
    let (status, answer) = world
        .put(vec![
            entry("alerts", &json!({"n": 1})),
            entry("other", &json!({"n": 2})),
        ])
        .await;
    assert_eq!((status, &answer["FailedEntryCount"]), (StatusCode::OK, &json!(0)));
    let received = world.receive("orders").await;
    assert_eq!(received.len(), 1);
    let event: Value = serde_json::from_str(&received[0].body).unwrap();
    assert_eq!(
        event,
        json!({
            "version": "0",
            "id": answer["Entries"][0]["EventId"],
            "detail-type": "AlertOpened",
            "source": "alerts",
            "account": "000000000000",
            "time": "2026-11-21T12:00:00Z",
            "region": "eu-west-1",
            "resources": ["unt_1"],
            "detail": {"n": 1},
        })
    );
}

#[tokio::test]
async fn a_function_target_is_invoked_asynchronously_with_its_input() {
    let shaped = RuleTarget {
        input: TargetInput::Path("$.detail".into()),
        ..target(Target::Function("worker".into()))
    };
    let mut world = world(&[rule("alerts", json!({"source": ["alerts"]}), vec![shaped])]);
    let worker = tokio::spawn(world.invocations.clone().run(world.functions.clone()));
    world.put(vec![entry("alerts", &json!({"n": 1}))]).await;
    let seen = world.seen.recv().await.unwrap();
    assert_eq!(
        seen,
        Invocation {
            function: "worker".into(),
            event: json!({"n": 1})
        }
    );
    worker.abort();
}

#[tokio::test]
async fn a_fifo_target_gets_the_rules_message_group() {
    let grouped = RuleTarget {
        message_group: Some("trail".into()),
        ..target(Target::Queue("trail.fifo".into()))
    };
    let world = world(&[rule("alerts", json!({"source": ["alerts"]}), vec![grouped])]);
    world.put(vec![entry("alerts", &json!({}))]).await;
    assert_eq!(
        world.receive("trail.fifo").await[0].group_id.as_deref(),
        Some("trail")
    );
}

#[tokio::test]
async fn what_a_target_does_not_take_goes_to_its_dead_letter_queue() {
    let targets = vec![
        target(Target::Queue("trail.fifo".into())),
        target(Target::Function("nobody".into())),
        RuleTarget {
            dead_letters: None,
            ..target(Target::Function("nobody".into()))
        },
    ];
    let world = world(&[rule("alerts", json!({"source": ["alerts"]}), targets)]);
    let (_, answer) = world.put(vec![entry("alerts", &json!({"n": 1}))]).await;
    assert_eq!(answer["FailedEntryCount"], 0);
    let dead = world.receive("dead").await;
    let attribute = |n: usize, name: &str| dead[n].attributes[name].string_value.clone().unwrap();
    assert_eq!(dead.len(), 2);
    assert_eq!(
        attribute(0, "RULE_ARN"),
        "arn:aws:events:eu-west-1:000000000000:rule/freshtrack/alerts"
    );
    assert_eq!(
        attribute(0, "TARGET_ARN"),
        "arn:aws:sqs:eu-west-1:000000000000:trail.fifo"
    );
    assert_eq!(attribute(1, "ERROR_CODE"), "NO_RESOURCE");
    assert_eq!(
        serde_json::from_str::<Value>(&dead[1].body).unwrap()["detail"],
        json!({"n": 1})
    );
}

#[tokio::test]
async fn entries_are_judged_one_by_one() {
    let world = world(&[]);
    let mut no_type = entry("alerts", &json!({}));
    no_type.as_object_mut().unwrap().remove("DetailType");
    let mut elsewhere = entry("alerts", &json!({}));
    elsewhere["EventBusName"] = json!("elsewhere");
    let (status, answer) = world
        .put(vec![
            entry("alerts", &json!({})),
            no_type,
            entry("alerts", &json!("text")),
            elsewhere,
        ])
        .await;
    assert_eq!((status, &answer["FailedEntryCount"]), (StatusCode::OK, &json!(3)));
    let codes: Vec<_> = answer["Entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| &entry["ErrorCode"])
        .collect();
    let expected = [
        Value::Null,
        "InvalidArgument".into(),
        "MalformedDetail".into(),
        "ResourceNotFoundException".into(),
    ];
    assert_eq!(codes, expected.iter().collect::<Vec<_>>());
    assert_eq!(world.put(vec![]).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(
        world.put(vec![entry("alerts", &json!({})); 11]).await.0,
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn an_acknowledged_event_survives_on_its_way_to_queue_and_function() {
    let folder = tempfile::tempdir().unwrap();
    let location = DataLocation::Directory(folder.path().into());
    let rules = [rule(
        "alerts",
        json!({"source": ["alerts"]}),
        vec![
            target(Target::Queue("orders".into())),
            target(Target::Function("worker".into())),
        ],
    )];
    let killed = try_world(&location, &rules).unwrap();
    killed.put(vec![entry("alerts", &json!({"n": 1}))]).await;

    let mut restarted = try_world(&location, &rules).unwrap();
    let worker = tokio::spawn(restarted.invocations.clone().run(restarted.functions.clone()));
    assert_eq!(restarted.receive("orders").await.len(), 1);
    assert_eq!(
        restarted.seen.recv().await.unwrap().event["detail"],
        json!({"n": 1})
    );
    settle().await;
    worker.abort();
}

#[test]
fn a_rule_that_cannot_work_is_refused_at_start() {
    let unsupported = rule(
        "alerts",
        json!({"source": [{"anything-but": {"prefix": "a"}}]}),
        vec![],
    );
    assert!(matches!(
        try_world(&DataLocation::Memory, &[unsupported]).err().unwrap(),
        BusError::Pattern { .. }
    ));
    let elsewhere = Rule {
        event_bus: "elsewhere".into(),
        ..rule("alerts", json!({"source": ["a"]}), vec![])
    };
    assert!(matches!(
        try_world(&DataLocation::Memory, &[elsewhere]).err().unwrap(),
        BusError::NoSuchBus { .. }
    ));
}

#[tokio::test]
async fn a_disabled_rule_passes_nothing() {
    let disabled = Rule {
        enabled: false,
        ..rule(
            "alerts",
            json!({"source": ["alerts"]}),
            vec![target(Target::Queue("orders".into()))],
        )
    };
    let world = world(&[disabled]);
    world.put(vec![entry("alerts", &json!({}))]).await;
    assert!(world.receive("orders").await.is_empty());
}
