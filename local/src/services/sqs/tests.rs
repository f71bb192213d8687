use bytes::Bytes;
use futures_util::FutureExt as _;
use http::{Request, StatusCode};
use serde_json::{Value, json};

use super::*;
use crate::endpoint::AwsEndpoint;
use crate::services::store::DataLocation;
use crate::services::testing::{NOON, queue, with_dead_letters};

struct World {
    queues: Queues,
    clock: LocalClock,
}

fn world(queues: impl IntoIterator<Item = Declared>) -> World {
    let clock = LocalClock::manual(NOON);
    let store = Store::open(&DataLocation::Memory).unwrap();
    World {
        queues: Queues::open(store, clock.clone(), queues).unwrap(),
        clock,
    }
}

fn grouped(group: &str, body: &str) -> NewMessage {
    NewMessage {
        group_id: Some(group.into()),
        deduplication_id: Some(format!("{group}-{body}")),
        ..NewMessage::body(body)
    }
}

impl World {
    fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    async fn receive(&self, queue: &str, limit: usize) -> Vec<ReceivedMessage> {
        self.queues
            .receive(queue, limit, Duration::ZERO, Visibility::Default)
            .await
            .unwrap()
    }

    async fn bodies(&self, queue: &str, limit: usize) -> Vec<String> {
        self.receive(queue, limit)
            .await
            .into_iter()
            .map(|message| message.body)
            .collect()
    }

    async fn call(&self, operation: &str, body: Value) -> (StatusCode, Value) {
        let request = Request::post("/")
            .header("x-amz-target", format!("AmazonSQS.{operation}"))
            .body(Bytes::from(body.to_string()))
            .unwrap();
        let response = self.queues.call(request).await;
        (
            response.status(),
            serde_json::from_slice(response.body()).unwrap(),
        )
    }
}

#[tokio::test]
async fn a_received_message_is_hidden_until_its_timeout_or_its_deletion() {
    let world = world([queue("orders")]);
    world.queues.send("orders", &NewMessage::body("one")).unwrap();
    let first = world.receive("orders", 10).await.remove(0);
    assert!(world.receive("orders", 10).await.is_empty());

    world.advance(30);
    let again = world.receive("orders", 10).await.remove(0);
    assert_eq!(
        (again.message_id.as_str(), again.receive_count),
        (first.message_id.as_str(), 2)
    );
    assert_eq!(again.first_received_at_ms, first.first_received_at_ms);

    // The first receipt is outdated: on a standard queue that is no error and deletes nothing.
    world
        .queues
        .delete("orders", [first.receipt_handle.as_str()])
        .unwrap();
    assert_eq!(world.queues.depth("orders").unwrap().in_flight, 1);
    world
        .queues
        .delete("orders", [again.receipt_handle.as_str()])
        .unwrap();
    assert_eq!(world.queues.depth("orders").unwrap(), QueueDepth::default());
}

#[tokio::test]
async fn delays_are_the_messages_or_the_queues() {
    let world = world([Declared {
        delay: Duration::from_secs(5),
        ..queue("orders")
    }]);
    world.queues.send("orders", &NewMessage::body("queue's")).unwrap();
    world
        .queues
        .send(
            "orders",
            &NewMessage {
                delay_s: Some(0),
                ..NewMessage::body("none")
            },
        )
        .unwrap();
    assert_eq!(world.bodies("orders", 10).await, ["none"]);
    assert_eq!(world.queues.depth("orders").unwrap().delayed, 1);
    world.advance(5);
    assert_eq!(world.bodies("orders", 10).await, ["queue's"]);
}

#[tokio::test]
async fn a_changed_visibility_counts_from_now() {
    let world = world([queue("orders")]);
    world.queues.send("orders", &NewMessage::body("one")).unwrap();
    let message = world.receive("orders", 1).await.remove(0);
    world
        .queues
        .change_visibility("orders", &message.receipt_handle, 0)
        .unwrap();
    let message = world.receive("orders", 1).await.remove(0);
    world
        .queues
        .change_visibility("orders", &message.receipt_handle, 100)
        .unwrap();
    world.advance(99);
    assert!(world.receive("orders", 1).await.is_empty());
    world.advance(1);
    assert_eq!(world.bodies("orders", 1).await, ["one"]);
    world.advance(30);
    let expired = world
        .queues
        .change_visibility("orders", &message.receipt_handle, 10);
    assert!(matches!(expired, Err(SqsError::MessageNotInflight)));
}

#[tokio::test]
async fn too_many_receives_end_in_the_dead_letter_queue_and_can_go_back() {
    let world = world([with_dead_letters("orders", "dead", 2), queue("dead")]);
    let sent = world.queues.send("orders", &NewMessage::body("poison")).unwrap();
    for _ in 0..2 {
        assert_eq!(world.bodies("orders", 1).await, ["poison"]);
        world.advance(30);
    }
    assert!(world.receive("orders", 1).await.is_empty());
    let dead = world.receive("dead", 1).await.remove(0);
    assert_eq!(
        (dead.message_id.as_str(), dead.receive_count),
        (sent.message_id.as_str(), 1)
    );
    assert_eq!(
        dead.dead_letter_source_arn.as_deref(),
        Some("arn:aws:sqs:eu-west-1:000000000000:orders")
    );

    world.advance(30);
    let (status, _) = world
        .call(
            "StartMessageMoveTask",
            json!({"SourceArn": "arn:aws:sqs:eu-west-1:000000000000:dead"}),
        )
        .await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(world.bodies("orders", 1).await, ["poison"]);
    let refused = world.queues.redrive("orders", None);
    assert!(matches!(refused, Err(SqsError::InvalidParameterValue(_))));
}

#[tokio::test]
async fn a_fifo_queue_keeps_order_and_locks_a_group_in_flight() {
    let world = world([queue("orders.fifo")]);
    for (group, body) in [("a", "a1"), ("b", "b1"), ("a", "a2"), ("a", "a3"), ("b", "b2")] {
        world.queues.send("orders.fifo", &grouped(group, body)).unwrap();
    }
    let first = world.receive("orders.fifo", 1).await.remove(0);
    assert_eq!(first.body, "a1");
    // a2 and a3 wait for a1; group b goes on.
    assert_eq!(world.bodies("orders.fifo", 10).await, ["b1", "b2"]);
    world
        .queues
        .delete("orders.fifo", [first.receipt_handle.as_str()])
        .unwrap();
    let rest = world.receive("orders.fifo", 10).await;
    assert_eq!(
        rest.iter().map(|m| m.body.as_str()).collect::<Vec<_>>(),
        ["a2", "a3"]
    );

    // Of a batch in flight the first comes back while the second is done: order is kept.
    world
        .queues
        .delete("orders.fifo", [rest[1].receipt_handle.as_str()])
        .unwrap();
    world.queues.send("orders.fifo", &grouped("a", "a4")).unwrap();
    assert!(world.receive("orders.fifo", 10).await.is_empty());
    world.advance(30);
    assert_eq!(world.bodies("orders.fifo", 10).await, ["b1", "a2", "b2", "a4"]);
}

#[tokio::test]
async fn an_expired_receipt_is_an_error_on_a_fifo_queue() {
    let world = world([queue("orders.fifo")]);
    world.queues.send("orders.fifo", &grouped("a", "1")).unwrap();
    let message = world.receive("orders.fifo", 1).await.remove(0);
    world.advance(30);
    let expired = world
        .queues
        .delete("orders.fifo", [message.receipt_handle.as_str()]);
    assert!(matches!(expired, Err(SqsError::ReceiptHandleExpired)));
}

#[tokio::test]
async fn duplicates_within_five_minutes_are_one() {
    let by_content = Declared {
        content_based_deduplication: true,
        ..queue("content.fifo")
    };
    let world = world([queue("ids.fifo"), by_content]);
    let first = world.queues.send("ids.fifo", &grouped("a", "x")).unwrap();
    assert_eq!(world.queues.send("ids.fifo", &grouped("a", "x")).unwrap(), first);
    assert!(first.sequence_number.is_some_and(|number| number.len() == 20));

    let content = NewMessage {
        group_id: Some("a".into()),
        ..NewMessage::body("same")
    };
    world.queues.send("content.fifo", &content).unwrap();
    world.queues.send("content.fifo", &content).unwrap();
    assert_eq!(world.queues.depth("content.fifo").unwrap().visible, 1);

    // Deleting does not make room for a duplicate; five minutes do.
    let message = world.receive("ids.fifo", 1).await.remove(0);
    world
        .queues
        .delete("ids.fifo", [message.receipt_handle.as_str()])
        .unwrap();
    world.queues.send("ids.fifo", &grouped("a", "x")).unwrap();
    assert_eq!(world.queues.depth("ids.fifo").unwrap().visible, 0);
    world.advance(300);
    world.queues.send("ids.fifo", &grouped("a", "x")).unwrap();
    assert_eq!(world.queues.depth("ids.fifo").unwrap().visible, 1);
}

#[tokio::test]
async fn messages_are_not_kept_longer_than_the_queue_says() {
    let world = world([Declared {
        retention: Duration::from_secs(60),
        ..queue("orders")
    }]);
    world.queues.send("orders", &NewMessage::body("old")).unwrap();
    world.advance(61);
    assert!(world.receive("orders", 1).await.is_empty());
    assert_eq!(world.queues.depth("orders").unwrap(), QueueDepth::default());
}

#[tokio::test(start_paused = true)]
async fn a_long_poll_ends_with_a_send_a_visibility_timeout_or_its_time() {
    let world = world([queue("orders")]);
    let poll = |wait: u64| {
        world
            .queues
            .receive("orders", 1, Duration::from_secs(wait), Visibility::Default)
    };

    let mut waiting = Box::pin(poll(20));
    assert!((&mut waiting).now_or_never().is_none());
    world.queues.send("orders", &NewMessage::body("sent")).unwrap();
    assert_eq!(waiting.await.unwrap().len(), 1);

    let mut waiting = Box::pin(poll(20));
    assert!((&mut waiting).now_or_never().is_none());
    world.advance(30);
    assert_eq!(waiting.await.unwrap().len(), 1);

    assert!(poll(20).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_a_queue_does_not_take_is_refused() {
    let world = world([
        Declared {
            maximum_message_bytes: 8,
            ..queue("orders")
        },
        queue("orders.fifo"),
    ]);
    let refusals = [
        world.queues.send("orders", &NewMessage::body("")),
        world.queues.send("orders", &NewMessage::body("nine bytes")),
        world.queues.send("orders", &NewMessage::body("\u{0}")),
        world.queues.send(
            "orders",
            &NewMessage {
                delay_s: Some(901),
                ..NewMessage::body("x")
            },
        ),
        world.queues.send(
            "orders",
            &NewMessage {
                deduplication_id: Some("1".into()),
                ..NewMessage::body("x")
            },
        ),
        world.queues.send("orders.fifo", &NewMessage::body("no group")),
        world.queues.send(
            "orders.fifo",
            &NewMessage {
                group_id: Some("a".into()),
                ..NewMessage::body("no id")
            },
        ),
        world.queues.send("missing", &NewMessage::body("x")),
    ];
    for refusal in refusals {
        assert!(refusal.is_err(), "{refusal:?}");
    }
}

#[test]
fn a_dead_letter_queue_must_exist_and_be_of_the_same_kind() {
    let store = || Store::open(&DataLocation::Memory).unwrap();
    let open = |queues: Vec<Declared>| Queues::open(store(), LocalClock::manual(NOON), queues);
    let missing = open(vec![with_dead_letters("orders", "dead", 1)]);
    assert!(matches!(missing, Err(SqsError::DeadLetterQueue { .. })));
    let other_kind = open(vec![with_dead_letters("orders.fifo", "dead", 1), queue("dead")]);
    assert!(matches!(other_kind, Err(SqsError::DeadLetterQueue { .. })));
}

#[tokio::test]
async fn acknowledged_messages_survive_and_those_in_flight_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let location = DataLocation::Directory(folder.path().into());
    let clock = LocalClock::manual(NOON);
    let open = || Queues::open(Store::open(&location).unwrap(), clock.clone(), [queue("orders")]).unwrap();
    let killed = open();
    killed.send("orders", &NewMessage::body("leased")).unwrap();
    let leased = killed
        .receive("orders", 1, Duration::ZERO, Visibility::Leased)
        .await
        .unwrap();
    killed.send("orders", &NewMessage::body("received")).unwrap();
    killed
        .receive("orders", 1, Duration::ZERO, Visibility::Default)
        .await
        .unwrap();
    killed.send("orders", &NewMessage::body("waiting")).unwrap();

    let restarted = open();
    let now = restarted
        .receive("orders", 10, Duration::ZERO, Visibility::Default)
        .await
        .unwrap();
    let bodies: Vec<_> = now.iter().map(|message| message.body.as_str()).collect();
    // A client of its own may still be at work on what it received; a poller of a dead process is not.
    assert_eq!(bodies, ["leased", "waiting"]);
    assert_eq!(now[0].receive_count, leased[0].receive_count + 1);
    clock.advance(Duration::from_secs(30));
    assert_eq!(restarted.depth("orders").unwrap().visible, 3);
}

#[tokio::test]
async fn the_json_protocol_speaks_as_the_sdk_expects() {
    let world = world([queue("orders")]);
    let url = "http://127.0.0.1/000000000000/orders";
    assert_eq!(
        world.call("GetQueueUrl", json!({"QueueName": "orders"})).await,
        (StatusCode::OK, json!({"QueueUrl": url}))
    );
    assert_eq!(
        world.call("ListQueues", json!({})).await.1,
        json!({"QueueUrls": [url]})
    );

    let attribute = json!({"DataType": "String", "StringValue": "rule"});
    let (_, sent) = world
        .call(
            "SendMessage",
            json!({"QueueUrl": url, "MessageBody": "hello", "MessageAttributes": {"RULE_ARN": attribute}}),
        )
        .await;
    assert_eq!(sent["MD5OfMessageBody"], "5d41402abc4b2a76b9719d911017c592");
    let (_, received) = world
        .call(
            "ReceiveMessage",
            json!({
                "QueueUrl": url,
                "MaxNumberOfMessages": 10,
                "MessageSystemAttributeNames": ["ApproximateReceiveCount"],
                "MessageAttributeNames": ["All"],
            }),
        )
        .await;
    let message = &received["Messages"][0];
    assert_eq!(message["MessageId"], sent["MessageId"]);
    assert_eq!(message["MD5OfBody"], sent["MD5OfMessageBody"]);
    assert_eq!(message["MD5OfMessageAttributes"], sent["MD5OfMessageAttributes"]);
    assert_eq!(message["Attributes"], json!({"ApproximateReceiveCount": "1"}));
    assert_eq!(message["MessageAttributes"]["RULE_ARN"]["StringValue"], "rule");

    let (_, attributes) = world
        .call(
            "GetQueueAttributes",
            json!({"QueueUrl": url, "AttributeNames": ["All"]}),
        )
        .await;
    assert_eq!(
        attributes["Attributes"]["ApproximateNumberOfMessagesNotVisible"],
        "1"
    );
    assert_eq!(attributes["Attributes"]["VisibilityTimeout"], "30");

    let handle = &message["ReceiptHandle"];
    let (status, _) = world
        .call(
            "ChangeMessageVisibility",
            json!({"QueueUrl": url, "ReceiptHandle": handle, "VisibilityTimeout": 60}),
        )
        .await;
    assert_eq!(status, StatusCode::OK);
    let (_, deleted) = world
        .call(
            "DeleteMessageBatch",
            json!({"QueueUrl": url, "Entries": [
                {"Id": "a", "ReceiptHandle": handle},
                {"Id": "b", "ReceiptHandle": "no handle"},
            ]}),
        )
        .await;
    assert_eq!(deleted["Successful"], json!([{"Id": "a"}]));
    assert_eq!(deleted["Failed"][0]["Code"], "ReceiptHandleIsInvalid");
    assert_eq!(
        world.call("ReceiveMessage", json!({"QueueUrl": url})).await,
        (StatusCode::OK, json!({}))
    );
}

#[tokio::test]
async fn batches_report_each_entry_and_are_checked_as_a_whole() {
    let world = world([queue("orders.fifo")]);
    let entry = |id: &str, group: Option<&str>| json!({"Id": id, "MessageBody": id, "MessageGroupId": group, "MessageDeduplicationId": id});
    let send = |entries: Vec<Value>| {
        world.call(
            "SendMessageBatch",
            json!({"QueueUrl": "orders.fifo", "Entries": entries}),
        )
    };
    let (_, sent) = send(vec![entry("1", Some("a")), entry("2", None)]).await;
    assert_eq!(sent["Successful"][0]["Id"], "1");
    assert_eq!(
        (&sent["Failed"][0]["Id"], &sent["Failed"][0]["Code"]),
        (&json!("2"), &json!("MissingParameter"))
    );

    let errors = [
        (send(vec![]).await, "EmptyBatchRequest"),
        (
            send(vec![entry("1", None); 11]).await,
            "TooManyEntriesInBatchRequest",
        ),
        (
            send(vec![entry("1", None), entry("1", None)]).await,
            "BatchEntryIdsNotDistinct",
        ),
    ];
    for ((status, error), kind) in errors {
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert_eq!(error["__type"], format!("com.amazonaws.sqs#{kind}"));
    }
}

#[tokio::test]
async fn errors_carry_both_of_their_codes() {
    let world = world([]);
    let request = Request::post("/")
        .header("x-amz-target", "AmazonSQS.SendMessage")
        .body(Bytes::from_static(
            br#"{"QueueUrl": "http://127.0.0.1/0/none", "MessageBody": "x"}"#,
        ))
        .unwrap();
    let response = world.queues.call(request).await;
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    assert_eq!(
        response.headers()["x-amzn-query-error"],
        "AWS.SimpleQueueService.NonExistentQueue;Sender"
    );
    let body: Value = serde_json::from_slice(response.body()).unwrap();
    assert_eq!(body["__type"], "com.amazonaws.sqs#QueueDoesNotExist");
}
