use super::*;
use crate::services::store::DataLocation;
use crate::services::testing::{Functions, Invocation, account, clock, function, queue, settle};
use tokio::sync::mpsc::UnboundedReceiver;

struct World {
    invocations: AsyncInvocations,
    queues: Queues,
    clock: LocalClock,
    functions: Arc<Functions>,
    seen: UnboundedReceiver<Invocation>,
}

fn on_failure() -> AsynchronousInvocation {
    AsynchronousInvocation {
        on_failure: Some(Target::Queue("dead".into())),
        ..Default::default()
    }
}

fn world(location: &DataLocation, asynchronous: AsynchronousInvocation) -> World {
    let clock = clock();
    let store = Store::open(location).unwrap();
    let queues = Queues::open(store.clone(), clock.clone(), [queue("dead")]).unwrap();
    let (functions, seen) = Functions::new();
    let invocations = AsyncInvocations::open(
        store,
        clock.clone(),
        queues.clone(),
        account(),
        &[Function {
            asynchronous,
            ..function("worker")
        }],
    )
    .unwrap();
    World {
        invocations,
        queues,
        clock,
        functions,
        seen,
    }
}

impl World {
    async fn dead_letter(&self) -> crate::services::sqs::ReceivedMessage {
        let visibility = crate::services::sqs::Visibility::Default;
        self.queues
            .receive("dead", 1, Duration::ZERO, visibility)
            .await
            .unwrap()
            .remove(0)
    }
}

#[tokio::test]
async fn an_event_runs_once_when_the_function_succeeds() {
    let mut world = world(&DataLocation::Memory, on_failure());
    let worker = tokio::spawn(world.invocations.clone().run(world.functions.clone()));
    world.invocations.invoke("worker", b"{\"n\":1}").unwrap();
    assert_eq!(world.invocations.pending().unwrap(), 1);
    assert_eq!(world.seen.recv().await.unwrap().event, json!({"n": 1}));
    settle().await;
    assert_eq!(world.invocations.pending().unwrap(), 0);
    world.clock.advance(Duration::from_secs(600));
    settle().await;
    assert!(world.seen.try_recv().is_err());
    worker.abort();
}

#[tokio::test]
async fn a_failing_function_gets_two_retries_and_then_its_destination_the_record() {
    let mut world = world(&DataLocation::Memory, on_failure());
    let worker = tokio::spawn(world.invocations.clone().run(world.functions.clone()));
    world.functions.fail(3);
    let id = world.invocations.invoke("worker", b"{\"n\":1}").unwrap();
    for delay in [60, 120] {
        world.seen.recv().await.unwrap();
        settle().await;
        assert_eq!(world.invocations.pending().unwrap(), 1);
        world.clock.advance(Duration::from_secs(delay - 1));
        settle().await;
        assert!(world.seen.try_recv().is_err());
        world.clock.advance(Duration::from_secs(1));
    }
    world.seen.recv().await.unwrap();
    settle().await;
    assert_eq!(world.invocations.pending().unwrap(), 0);
    let record: Value = serde_json::from_str(&world.dead_letter().await.body).unwrap();
    assert_eq!(record["requestContext"]["requestId"], id);
    assert_eq!(record["requestContext"]["condition"], "RetriesExhausted");
    assert_eq!(record["requestContext"]["approximateInvokeCount"], 3);
    assert_eq!(record["requestPayload"], json!({"n": 1}));
    assert_eq!(
        record["responsePayload"],
        json!({"errorType": "Boom", "errorMessage": "it broke"})
    );
    assert_eq!(record["timestamp"], "2026-11-21T12:03:00.000Z");
    worker.abort();
}

#[tokio::test]
async fn an_event_that_would_grow_too_old_is_not_tried_again() {
    let asynchronous = AsynchronousInvocation {
        maximum_event_age: Duration::from_secs(59),
        ..on_failure()
    };
    let mut world = world(&DataLocation::Memory, asynchronous);
    let worker = tokio::spawn(world.invocations.clone().run(world.functions.clone()));
    world.functions.fail(1);
    world.invocations.invoke("worker", b"{}").unwrap();
    world.seen.recv().await.unwrap();
    settle().await;
    let record: Value = serde_json::from_str(&world.dead_letter().await.body).unwrap();
    assert_eq!(record["requestContext"]["condition"], "EventAgeExceeded");
    worker.abort();
}

#[tokio::test]
async fn a_dead_letter_queue_gets_the_bare_event() {
    let asynchronous = AsynchronousInvocation {
        maximum_retry_attempts: 0,
        dead_letters: Some(Target::Queue("dead".into())),
        ..Default::default()
    };
    let mut world = world(&DataLocation::Memory, asynchronous);
    let worker = tokio::spawn(world.invocations.clone().run(world.functions.clone()));
    world.functions.fail(1);
    world.invocations.invoke("worker", b"{\"n\":1}").unwrap();
    world.seen.recv().await.unwrap();
    settle().await;
    let letter = world.dead_letter().await;
    assert_eq!(letter.body, "{\"n\":1}");
    assert_eq!(
        letter.attributes["ErrorMessage"].string_value.as_deref(),
        Some("it broke")
    );
    worker.abort();
}

#[tokio::test]
async fn accepted_events_and_those_that_were_running_survive() {
    let folder = tempfile::tempdir().unwrap();
    let location = DataLocation::Directory(folder.path().into());
    let mut killed = world(&location, on_failure());
    killed.functions.hold();
    let worker = tokio::spawn(killed.invocations.clone().run(killed.functions.clone()));
    killed.invocations.invoke("worker", b"1").unwrap();
    killed.seen.recv().await.unwrap();
    worker.abort();
    killed.invocations.invoke("worker", b"2").unwrap();

    let mut restarted = world(&location, on_failure());
    let worker = tokio::spawn(restarted.invocations.clone().run(restarted.functions.clone()));
    assert_eq!(restarted.seen.recv().await.unwrap().event, json!(1));
    assert_eq!(restarted.seen.recv().await.unwrap().event, json!(2));
    worker.abort();
}

#[tokio::test]
async fn more_events_than_may_run_at_once_all_run() {
    let mut world = world(&DataLocation::Memory, on_failure());
    let worker = tokio::spawn(world.invocations.clone().run(world.functions.clone()));
    for n in 0..3 * CONCURRENCY {
        world
            .invocations
            .invoke("worker", n.to_string().as_bytes())
            .unwrap();
    }
    let mut events = BTreeSet::new();
    for _ in 0..3 * CONCURRENCY {
        events.insert(world.seen.recv().await.unwrap().event.as_u64().unwrap());
    }
    assert_eq!(events.len(), 3 * CONCURRENCY);
    worker.abort();
}

#[test]
fn an_unknown_function_is_refused() {
    let world = world(&DataLocation::Memory, on_failure());
    assert!(matches!(
        world.invocations.invoke("nobody", b"{}"),
        Err(LambdaError::FunctionNotFound(_))
    ));
}
