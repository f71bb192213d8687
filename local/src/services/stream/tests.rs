use http::Request;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinHandle;

use super::*;
use crate::endpoint::AwsEndpoint as _;
use crate::services::sqs::{Queues, Visibility};
use crate::services::store::DataLocation;
use crate::services::testing::{Functions, Invocation, account, clock, queue, settle};
use crate::template::{KeyAttribute, KeySchema, StreamView, Table};

struct World {
    database: DynamoDb,
    queues: Queues,
    clock: LocalClock,
    functions: Arc<Functions>,
    seen: UnboundedReceiver<Invocation>,
    parts: StreamParts,
    pollers: Vec<JoinHandle<()>>,
}

impl Drop for World {
    fn drop(&mut self) {
        self.pollers.iter().for_each(JoinHandle::abort);
    }
}

fn table() -> Table {
    let key = KeyAttribute {
        name: "pk".into(),
        kind: "S".into(),
    };
    Table {
        logical_id: "Table".into(),
        name: "freshtrack".into(),
        key: KeySchema {
            partition: key,
            sort: None,
        },
        global_indexes: Vec::new(),
        ttl_attribute: None,
        stream: Some(StreamView::NewAndOldImages),
    }
}

fn mapping() -> EventSourceMapping {
    EventSourceMapping {
        logical_id: "Publish".into(),
        function: "publish".into(),
        source: EventSource::TableStream {
            table: "freshtrack".into(),
            from_oldest: true,
        },
        enabled: true,
        batch_size: 10,
        maximum_batching_window: Duration::ZERO,
        report_batch_item_failures: true,
        filters: Vec::new(),
        maximum_concurrency: None,
        maximum_retry_attempts: None,
        maximum_record_age: None,
        bisect_batch_on_function_error: false,
        on_failure: Some(Target::Queue("dead".into())),
    }
}

fn world(location: &DataLocation) -> World {
    let clock = clock();
    let store = Store::open(location).unwrap();
    let database = DynamoDb::open(location, &[table()], clock.clone()).unwrap();
    let queues = Queues::open(store.clone(), clock.clone(), [queue("dead")]).unwrap();
    let (functions, seen) = Functions::new();
    let invocations =
        AsyncInvocations::open(store.clone(), clock.clone(), queues.clone(), account(), &[]).unwrap();
    let parts = StreamParts {
        database: database.clone(),
        store,
        invocations,
        invoker: functions.clone(),
        clock: clock.clone(),
        account: account(),
    };
    World {
        database,
        queues,
        clock,
        functions,
        seen,
        parts,
        pollers: Vec::new(),
    }
}

impl World {
    fn poll(&mut self, mapping: EventSourceMapping) {
        let pollers = StreamPoller::for_mappings(&[mapping], &self.parts).unwrap();
        self.pollers
            .extend(pollers.into_iter().map(|poller| tokio::spawn(poller.run())));
    }

    async fn put(&self, pk: &str, extra: Value) {
        let mut item = json!({"pk": {"S": pk}});
        item.as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        let body = json!({"TableName": "freshtrack", "Item": item}).to_string();
        let request = Request::post("/").header("x-amz-target", "DynamoDB_20120810.PutItem");
        let response = self.database.call(request.body(Bytes::from(body)).unwrap()).await;
        assert_eq!(response.status(), 200);
    }

    async fn next_keys(&mut self) -> Vec<String> {
        keys(&self.seen.recv().await.unwrap().event)
    }

    async fn dead_letter(&self) -> Value {
        let letters = self
            .queues
            .receive("dead", 1, Duration::ZERO, Visibility::Default)
            .await
            .unwrap();
        serde_json::from_str(&letters[0].body).unwrap()
    }
}

fn keys(event: &Value) -> Vec<String> {
    let records = event["Records"].as_array().unwrap();
    records
        .iter()
        .map(|record| record["dynamodb"]["Keys"]["pk"]["S"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_write_reaches_the_function_at_once_in_the_shape_of_the_stream() {
    let mut world = world(&DataLocation::Memory);
    world.poll(mapping());
    settle().await;
    world.put("u1", json!({"rev": {"N": "1"}})).await;
    let first = world.seen.recv().await.unwrap();
    assert_eq!(first.function, "publish");
    let record = &first.event["Records"][0];
    assert_eq!(record["eventName"], "INSERT");
    assert_eq!(record["eventSource"], "aws:dynamodb");
    assert_eq!(record["awsRegion"], "eu-west-1");
    let arn = "arn:aws:dynamodb:eu-west-1:000000000000:table/freshtrack/stream/local";
    assert_eq!(record["eventSourceARN"], arn);
    assert!(record["eventID"].is_string());
    let change = &record["dynamodb"];
    assert_eq!(change["NewImage"], json!({"pk": {"S": "u1"}, "rev": {"N": "1"}}));
    assert_eq!(change["StreamViewType"], "NEW_AND_OLD_IMAGES");
    assert_eq!(change["ApproximateCreationDateTime"], 1_795_262_400.0);
    assert_eq!(change["SequenceNumber"].as_str().unwrap().len(), 21);

    world.put("u1", json!({"rev": {"N": "2"}})).await;
    let record = &world.seen.recv().await.unwrap().event["Records"][0];
    assert_eq!(
        (&record["eventName"], &record["dynamodb"]["OldImage"]["rev"]),
        (&json!("MODIFY"), &json!({"N": "1"}))
    );
}

#[tokio::test]
async fn records_the_filter_refuses_are_passed_over() {
    let mut world = world(&DataLocation::Memory);
    let filter = r#"{"dynamodb": {"NewImage": {"ev": {"S": [{"exists": true}]}}}}"#;
    world.poll(EventSourceMapping {
        filters: vec![filter.into()],
        ..mapping()
    });
    for n in 0..250 {
        world.put(&format!("quiet-{n}"), json!({})).await;
    }
    world.put("loud", json!({"ev": {"S": "[]"}})).await;
    assert_eq!(world.next_keys().await, ["loud"]);
    settle().await;
    assert!(world.seen.try_recv().is_err());
}

#[tokio::test]
async fn a_backlog_goes_in_order_in_batches_of_the_mappings_size() {
    let mut world = world(&DataLocation::Memory);
    for n in 0..5 {
        world.put(&n.to_string(), json!({})).await;
    }
    world.poll(EventSourceMapping {
        batch_size: 2,
        ..mapping()
    });
    assert_eq!(world.next_keys().await, ["0", "1"]);
    assert_eq!(world.next_keys().await, ["2", "3"]);
    assert_eq!(world.next_keys().await, ["4"]);
}

#[tokio::test]
async fn a_window_gathers_records_until_it_closes() {
    let mut world = world(&DataLocation::Memory);
    world.poll(EventSourceMapping {
        maximum_batching_window: Duration::from_secs(5),
        ..mapping()
    });
    settle().await;
    world.put("1", json!({})).await;
    settle().await;
    world.put("2", json!({})).await;
    settle().await;
    assert!(world.seen.try_recv().is_err());
    world.clock.advance(Duration::from_secs(5));
    assert_eq!(world.next_keys().await, ["1", "2"]);
}

#[tokio::test]
async fn a_failing_function_is_tried_again_before_anything_newer() {
    let mut world = world(&DataLocation::Memory);
    world.functions.fail(2);
    world.poll(EventSourceMapping {
        batch_size: 1,
        ..mapping()
    });
    world.put("1", json!({})).await;
    world.put("2", json!({})).await;
    for pause in [200, 400] {
        assert_eq!(world.next_keys().await, ["1"]);
        settle().await;
        assert!(world.seen.try_recv().is_err());
        world.clock.advance(Duration::from_millis(pause));
    }
    assert_eq!(world.next_keys().await, ["1"]);
    assert_eq!(world.next_keys().await, ["2"]);
}

#[tokio::test]
async fn from_the_first_record_reported_failed_on_records_come_again() {
    let mut world = world(&DataLocation::Memory);
    for n in 0..4 {
        world.put(&n.to_string(), json!({})).await;
    }
    world.functions.hold();
    world.poll(mapping());
    let event = world.seen.recv().await.unwrap().event;
    let failed = event["Records"][2]["dynamodb"]["SequenceNumber"].clone();
    world
        .functions
        .reply(json!({"batchItemFailures": [{"itemIdentifier": failed}]}).to_string());
    world.functions.let_through(2);
    settle().await;
    world.clock.advance(Duration::from_millis(200));
    assert_eq!(world.next_keys().await, ["2", "3"]);
}

#[tokio::test]
async fn halving_finds_the_poisoned_record_and_only_that_is_given_up() {
    let mut world = world(&DataLocation::Memory);
    for n in 0..4 {
        world.put(&n.to_string(), json!({})).await;
    }
    // All four, then the first two, then the first.
    world.functions.fail(3);
    let halving = EventSourceMapping {
        bisect_batch_on_function_error: true,
        maximum_retry_attempts: Some(0),
        ..mapping()
    };
    world.poll(halving);
    assert_eq!(world.next_keys().await, ["0", "1", "2", "3"]);
    assert_eq!(world.next_keys().await, ["0", "1"]);
    assert_eq!(world.next_keys().await, ["0"]);
    assert_eq!(world.next_keys().await, ["1"]);
    assert_eq!(world.next_keys().await, ["2", "3"]);
    settle().await;
    let letter = world.dead_letter().await;
    assert_eq!(letter["requestContext"]["condition"], "RetryAttemptsExhausted");
    assert_eq!(letter["DDBStreamBatchInfo"]["batchSize"], 1);
    assert_eq!(
        letter["DDBStreamBatchInfo"]["startSequenceNumber"],
        letter["DDBStreamBatchInfo"]["endSequenceNumber"]
    );
}

#[tokio::test]
async fn records_that_grew_too_old_are_given_up_unseen() {
    let mut world = world(&DataLocation::Memory);
    world.put("old", json!({})).await;
    world.clock.advance(Duration::from_secs(61));
    world.put("new", json!({})).await;
    world.poll(EventSourceMapping {
        batch_size: 1,
        maximum_record_age: Some(Duration::from_secs(60)),
        ..mapping()
    });
    assert_eq!(world.next_keys().await, ["new"]);
    assert_eq!(
        world.dead_letter().await["requestContext"]["condition"],
        "RecordAgeExceeded"
    );
}

#[tokio::test]
async fn a_batch_that_was_in_flight_when_the_process_died_is_delivered_again() {
    let folder = tempfile::tempdir().unwrap();
    let location = DataLocation::Directory(folder.path().into());
    let mut killed = world(&location);
    killed.poll(EventSourceMapping {
        batch_size: 1,
        ..mapping()
    });
    killed.put("done", json!({})).await;
    assert_eq!(killed.next_keys().await, ["done"]);
    settle().await;
    killed.functions.hold();
    killed.put("in flight", json!({})).await;
    assert_eq!(killed.next_keys().await, ["in flight"]);
    drop(killed);

    let mut restarted = world(&location);
    restarted.poll(mapping());
    assert_eq!(restarted.next_keys().await, ["in flight"]);
}

#[tokio::test]
async fn a_new_mapping_may_start_after_the_newest_record() {
    let folder = tempfile::tempdir().unwrap();
    let location = DataLocation::Directory(folder.path().into());
    let latest = || EventSourceMapping {
        source: EventSource::TableStream {
            table: "freshtrack".into(),
            from_oldest: false,
        },
        ..mapping()
    };
    let first = world(&location);
    first.put("before", json!({})).await;
    StreamPoller::for_mappings(&[latest()], &first.parts).unwrap();
    first.put("while stopped", json!({})).await;

    let mut second = world(&location);
    second.poll(latest());
    assert_eq!(second.next_keys().await, ["while stopped"]);
}

#[tokio::test]
async fn consumed_records_are_deleted_but_not_those_another_mapping_needs() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = world(&DataLocation::Directory(folder.path().into()));
    let slow = EventSourceMapping {
        logical_id: "Slow".into(),
        enabled: false,
        ..mapping()
    };
    let both = StreamPoller::for_mappings(
        &[
            mapping(),
            EventSourceMapping {
                enabled: true,
                ..slow.clone()
            },
        ],
        &world.parts,
    );
    drop(both);
    world.pollers.extend(
        StreamPoller::for_mappings(
            &[
                EventSourceMapping {
                    batch_size: 100,
                    ..mapping()
                },
                slow,
            ],
            &world.parts,
        )
        .unwrap()
        .into_iter()
        .map(|poller| tokio::spawn(poller.run())),
    );
    for n in 0..KEEP_EVERY {
        world.put(&n.to_string(), json!({})).await;
    }
    let mut seen = 0;
    while seen < KEEP_EVERY {
        seen += world.next_keys().await.len();
    }
    settle().await;
    assert_eq!(
        world.database.stream_records("freshtrack", 0, 1).unwrap().len(),
        1
    );

    world.pollers.drain(..).for_each(|poller| poller.abort());
    world.poll(EventSourceMapping {
        batch_size: 100,
        ..mapping()
    });
    for n in 0..KEEP_EVERY {
        world.put(&n.to_string(), json!({})).await;
    }
    while seen < 2 * KEEP_EVERY {
        seen += world.next_keys().await.len();
    }
    settle().await;
    assert!(
        world
            .database
            .stream_records("freshtrack", 0, 1)
            .unwrap()
            .is_empty()
    );
}
