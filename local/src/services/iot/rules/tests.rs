use std::time::Duration;

use super::*;
use crate::services::sqs::Visibility;
use crate::services::store::DataLocation;
use crate::services::testing::{Functions, Invocation, account, clock, function, queue};
use tokio::sync::mpsc::UnboundedReceiver;

struct World {
    rules: TopicRules,
    queues: Queues,
    invocations: AsyncInvocations,
    functions: Arc<Functions>,
    seen: UnboundedReceiver<Invocation>,
}

fn rule(name: &str, sql: &str, actions: Vec<TopicAction>) -> TopicRule {
    TopicRule {
        logical_id: "Rule".into(),
        name: name.into(),
        sql: sql.into(),
        enabled: true,
        actions,
        error_action: Some(TopicAction::Sqs {
            queue: "dead".into(),
            use_base64: false,
        }),
    }
}

fn to_queue(name: &str) -> TopicAction {
    TopicAction::Sqs {
        queue: name.into(),
        use_base64: false,
    }
}

fn try_world(location: &DataLocation, rules: &[TopicRule]) -> Result<World, RuleError> {
    let clock = clock();
    let store = Store::open(location)?;
    let queues = Queues::open(
        store.clone(),
        clock.clone(),
        [queue("frames"), queue("dead"), queue("f.fifo")],
    )
    .unwrap();
    let (functions, seen) = Functions::new();
    let invocations = AsyncInvocations::open(
        store.clone(),
        clock.clone(),
        queues.clone(),
        account(),
        &[function("receive")],
    )
    .unwrap();
    let rules = TopicRules::new(store, clock, invocations.clone(), &queues, rules)?;
    Ok(World {
        rules,
        queues,
        invocations,
        functions,
        seen,
    })
}

fn world(rules: &[TopicRule]) -> World {
    try_world(&DataLocation::Memory, rules).unwrap()
}

impl World {
    fn publish(&self, topic: &str, payload: &[u8]) {
        self.rules
            .accept(&Published {
                topic,
                payload,
                client_id: "gateway",
            })
            .unwrap();
    }

    async fn bodies(&self, queue: &str) -> Vec<String> {
        let received = self
            .queues
            .receive(queue, 10, Duration::ZERO, Visibility::Default)
            .await
            .unwrap();
        received.into_iter().map(|message| message.body).collect()
    }
}

#[tokio::test]
async fn a_selected_message_invokes_the_function_and_survives_until_it_has_run() {
    let folder = tempfile::tempdir().unwrap();
    let location = DataLocation::Directory(folder.path().into());
    let sql = "SELECT *, topic(2) AS org_id, timestamp() AS at FROM 'freshtrack/+/+/up'";
    let rules = [rule(
        "receive",
        sql,
        vec![TopicAction::Lambda {
            function: "receive".into(),
        }],
    )];
    let killed = try_world(&location, &rules).unwrap();
    killed.publish("freshtrack/org_1/dev_1/up", br#"{"t": 4.5}"#);
    killed.publish("freshtrack/org_1/dev_1/down", br#"{"t": 5}"#);

    let mut restarted = try_world(&location, &rules).unwrap();
    let worker = tokio::spawn(restarted.invocations.clone().run(restarted.functions.clone()));
    let seen = restarted.seen.recv().await.unwrap();
    let event = json!({"t": 4.5, "org_id": "org_1", "at": 1_795_262_400_000_i64});
    assert_eq!(
        seen,
        Invocation {
            function: "receive".into(),
            event
        }
    );
    worker.abort();
}

#[tokio::test]
async fn a_queue_gets_the_output_plain_or_as_base64() {
    let encoded = TopicAction::Sqs {
        queue: "frames".into(),
        use_base64: true,
    };
    let world = world(&[rule(
        "frames",
        "SELECT t FROM 'up/#' WHERE t > 4",
        vec![to_queue("frames"), encoded],
    )]);
    world.publish("up/1", br#"{"t": 5, "x": 1}"#);
    world.publish("up/1", br#"{"t": 3}"#);
    assert_eq!(world.bodies("frames").await, [r#"{"t":5}"#, "eyJ0Ijo1fQ=="]);
}

#[tokio::test]
async fn basic_ingest_goes_to_the_named_rule_whatever_its_filter_says() {
    let sql = "SELECT topic(1) AS first, topic() AS whole FROM 'elsewhere'";
    let world = world(&[
        rule("named", sql, vec![to_queue("frames")]),
        rule("other", "SELECT * FROM '#'", vec![to_queue("frames")]),
    ]);
    world.publish("$aws/rules/named/freshtrack/org_1", b"{}");
    world.publish("$aws/rules/missing/freshtrack", b"{}");
    let bodies = world.bodies("frames").await;
    assert_eq!(bodies.len(), 1);
    let output: Value = serde_json::from_str(&bodies[0]).unwrap();
    assert_eq!(
        output,
        json!({"first": "freshtrack", "whole": "freshtrack/org_1"})
    );
}

#[tokio::test]
async fn what_a_rule_cannot_do_goes_to_its_error_action_with_the_payload() {
    let nobody = TopicAction::Lambda {
        function: "nobody".into(),
    };
    let world = world(&[
        rule("binary", "SELECT * FROM 'binary'", vec![to_queue("frames")]),
        rule(
            "nobody",
            "SELECT * FROM 'nobody'",
            vec![nobody, to_queue("frames")],
        ),
    ]);
    world.publish("binary", &[0xFF, 0x00]);
    world.publish("nobody", b"{}");
    let dead: Vec<Value> = world
        .bodies("dead")
        .await
        .iter()
        .map(|body| serde_json::from_str(body).unwrap())
        .collect();
    assert_eq!(dead[0]["ruleName"], "binary");
    assert_eq!(dead[0]["base64OriginalPayload"], "/wA=");
    assert_eq!(dead[0]["clientId"], "gateway");
    assert_eq!(dead[1]["failures"][0]["failedAction"], "LambdaAction");
    assert_eq!(dead[1]["failures"][0]["failedResource"], "nobody");
    // The other actions of the rule are not held back.
    assert_eq!(world.bodies("frames").await, ["{}"]);
}

#[test]
fn rules_that_cannot_run_are_refused_at_start() {
    let refused = |rule: TopicRule| try_world(&DataLocation::Memory, &[rule]).err().unwrap();
    assert!(matches!(
        refused(rule("r", "SELECT", vec![])),
        RuleError::Sql { .. }
    ));
    let fifo = refused(rule("r", "SELECT * FROM '#'", vec![to_queue("f.fifo")]));
    assert!(matches!(fifo, RuleError::FifoQueue { .. }));
}
