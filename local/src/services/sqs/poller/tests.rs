use super::*;
use crate::services::sqs::{MessageAttribute, MessageAttributes, NewMessage, QueueDepth};
use crate::services::store::{DataLocation, Store};
use crate::services::testing::{Functions, Invocation, account, clock, queue, settle, with_dead_letters};
use crate::template::{EventSource, Queue};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinHandle;

struct World {
    queues: Queues,
    clock: LocalClock,
    functions: Arc<Functions>,
    invocations: UnboundedReceiver<Invocation>,
    poller: JoinHandle<()>,
}

impl Drop for World {
    fn drop(&mut self) {
        self.poller.abort();
    }
}

fn mapping(source: &str) -> EventSourceMapping {
    EventSourceMapping {
        logical_id: "Mapping".into(),
        function: "worker".into(),
        source: EventSource::Queue(source.into()),
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

fn world(queues: impl IntoIterator<Item = Queue>, mapping: EventSourceMapping) -> World {
    let clock = clock();
    let queues = Queues::open(Store::open(&DataLocation::Memory).unwrap(), clock.clone(), queues).unwrap();
    let (functions, invocations) = Functions::new();
    let EventSource::Queue(name) = mapping.source.clone() else {
        unreachable!()
    };
    let poller = QueuePoller::new(
        name,
        mapping,
        account().region,
        queues.clone(),
        functions.clone(),
        clock.clone(),
    )
    .unwrap();
    World {
        queues,
        clock,
        functions,
        invocations,
        poller: tokio::spawn(poller.run()),
    }
}

impl World {
    fn send(&self, queue: &str, body: &str) {
        self.queues.send(queue, &NewMessage::body(body)).unwrap();
    }

    fn send_grouped(&self, queue: &str, group: &str, body: &str) {
        let message = NewMessage {
            group_id: Some(group.into()),
            deduplication_id: Some(body.into()),
            ..NewMessage::body(body)
        };
        self.queues.send(queue, &message).unwrap();
    }

    async fn next_bodies(&mut self) -> Vec<String> {
        let event = self.invocations.recv().await.unwrap().event;
        bodies(&event)
    }
}

fn bodies(event: &Value) -> Vec<String> {
    let records = event["Records"].as_array().unwrap();
    records
        .iter()
        .map(|record| record["body"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_batch_has_the_shape_of_lambdas_event_and_its_messages_are_deleted() {
    let mut world = world([queue("orders")], mapping("orders"));
    let attribute = MessageAttribute {
        data_type: "String".into(),
        string_value: Some("v".into()),
        binary_value: None,
    };
    let message = NewMessage {
        attributes: MessageAttributes::from([("name".into(), attribute)]),
        ..NewMessage::body("hello")
    };
    world.queues.send("orders", &message).unwrap();
    let Invocation { function, event } = world.invocations.recv().await.unwrap();
    assert_eq!(function, "worker");
    let record = &event["Records"][0];
    assert_eq!(record["body"], "hello");
    assert_eq!(record["md5OfBody"], "5d41402abc4b2a76b9719d911017c592");
    assert_eq!(record["eventSource"], "aws:sqs");
    assert_eq!(
        record["eventSourceARN"],
        "arn:aws:sqs:eu-west-1:000000000000:orders"
    );
    assert_eq!(record["awsRegion"], "eu-west-1");
    assert_eq!(record["attributes"]["ApproximateReceiveCount"], "1");
    assert_eq!(record["messageAttributes"]["name"]["stringValue"], "v");
    settle().await;
    assert_eq!(world.queues.depth("orders").unwrap(), QueueDepth::default());
}

#[tokio::test]
async fn only_the_items_reported_failed_come_back_after_the_visibility_timeout() {
    let mut world = world(
        [queue("orders")],
        EventSourceMapping {
            batch_size: 2,
            ..mapping("orders")
        },
    );
    world.functions.hold();
    world.send("orders", "good");
    world.send("orders", "bad");
    let event = world.invocations.recv().await.unwrap().event;
    let failed = event["Records"][1]["messageId"].as_str().unwrap().to_owned();
    world
        .functions
        .reply(json!({"batchItemFailures": [{"itemIdentifier": failed}]}).to_string());
    world.functions.let_through(2);
    settle().await;
    assert_eq!(world.queues.depth("orders").unwrap().in_flight, 1);
    world.clock.advance(Duration::from_secs(30));
    assert_eq!(world.next_bodies().await, ["bad"]);
}

#[tokio::test]
async fn a_failing_function_sends_its_messages_to_the_dead_letter_queue() {
    let mut world = world(
        [with_dead_letters("orders", "dead", 2), queue("dead")],
        mapping("orders"),
    );
    world.functions.fail(2);
    world.send("orders", "poison");
    assert_eq!(world.next_bodies().await, ["poison"]);
    settle().await;
    world.clock.advance(Duration::from_secs(30));
    assert_eq!(world.next_bodies().await, ["poison"]);
    settle().await;
    world.clock.advance(Duration::from_secs(30));
    settle().await;
    assert_eq!(world.queues.depth("dead").unwrap().visible, 1);
    assert!(world.invocations.try_recv().is_err());
}

#[tokio::test]
async fn a_reply_that_names_an_unknown_item_fails_the_batch() {
    let mut world = world([queue("orders")], mapping("orders"));
    world
        .functions
        .reply(r#"{"batchItemFailures": [{"itemIdentifier": "who?"}]}"#);
    world.send("orders", "one");
    world.next_bodies().await;
    settle().await;
    assert_eq!(world.queues.depth("orders").unwrap().in_flight, 1);
}

#[tokio::test]
async fn no_more_batches_are_in_flight_than_the_mapping_allows() {
    let limited = EventSourceMapping {
        batch_size: 1,
        maximum_concurrency: Some(2),
        ..mapping("orders")
    };
    let mut world = world([queue("orders")], limited);
    world.functions.hold();
    for body in ["1", "2", "3"] {
        world.send("orders", body);
    }
    world.next_bodies().await;
    world.next_bodies().await;
    settle().await;
    assert!(world.invocations.try_recv().is_err());
    world.functions.let_through(1);
    assert_eq!(world.next_bodies().await, ["3"]);
}

#[tokio::test]
async fn a_group_goes_in_order_one_batch_at_a_time_and_groups_side_by_side() {
    let one_each = EventSourceMapping {
        batch_size: 1,
        ..mapping("orders.fifo")
    };
    let mut world = world([queue("orders.fifo")], one_each);
    world.functions.hold();
    for (group, body) in [("a", "a1"), ("a", "a2"), ("b", "b1")] {
        world.send_grouped("orders.fifo", group, body);
    }
    assert_eq!(world.next_bodies().await, ["a1"]);
    assert_eq!(world.next_bodies().await, ["b1"]);
    settle().await;
    assert!(world.invocations.try_recv().is_err());
    world.functions.let_through(2);
    assert_eq!(world.next_bodies().await, ["a2"]);
}

#[tokio::test]
async fn a_failed_fifo_message_holds_its_group_back_and_comes_again_first() {
    let mut world = world(
        [queue("orders.fifo")],
        EventSourceMapping {
            batch_size: 1,
            ..mapping("orders.fifo")
        },
    );
    world.functions.fail(1);
    world.send_grouped("orders.fifo", "a", "a1");
    assert_eq!(world.next_bodies().await, ["a1"]);
    world.send_grouped("orders.fifo", "a", "a2");
    settle().await;
    assert!(world.invocations.try_recv().is_err());
    world.clock.advance(Duration::from_secs(30));
    assert_eq!(world.next_bodies().await, ["a1"]);
    assert_eq!(world.next_bodies().await, ["a2"]);
}

#[tokio::test]
async fn a_window_gathers_until_the_batch_is_full_or_it_closes() {
    let windowed = EventSourceMapping {
        batch_size: 3,
        maximum_batching_window: Duration::from_secs(5),
        ..mapping("orders")
    };
    let mut world = world([queue("orders")], windowed);
    world.send("orders", "1");
    settle().await;
    world.send("orders", "2");
    settle().await;
    assert!(world.invocations.try_recv().is_err());
    world.clock.advance(Duration::from_secs(5));
    assert_eq!(world.next_bodies().await, ["1", "2"]);
    for body in ["3", "4", "5"] {
        world.send("orders", body);
        settle().await;
    }
    assert_eq!(world.next_bodies().await, ["3", "4", "5"]);
}

#[tokio::test]
async fn what_a_filter_refuses_is_consumed_without_the_function() {
    let filtered = EventSourceMapping {
        filters: vec![
            r#"{"body": {"kind": ["alert"]}}"#.into(),
            r#"{"body": {"kind": ["test"]}}"#.into(),
        ],
        ..mapping("orders")
    };
    let mut world = world([queue("orders")], filtered);
    world.send("orders", r#"{"kind": "reading"}"#);
    world.send("orders", "no json");
    world.send("orders", r#"{"kind": "alert"}"#);
    assert_eq!(world.next_bodies().await, [r#"{"kind": "alert"}"#]);
    settle().await;
    assert_eq!(world.queues.depth("orders").unwrap(), QueueDepth::default());
}
