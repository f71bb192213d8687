use std::time::Duration;

use serde_json::Value;
use tokio::task::JoinHandle;

use super::*;
use crate::services::sqs::{Queues, Visibility};
use crate::services::store::DataLocation;
use crate::services::testing::{account, clock, queue, settle};
use crate::template::RetryPolicy;

struct World {
    queues: Queues,
    clock: LocalClock,
    scheduler: JoinHandle<()>,
}

impl Drop for World {
    fn drop(&mut self) {
        self.scheduler.abort();
    }
}

fn schedule(expression: &str) -> Schedule {
    Schedule {
        logical_id: "Sweep".into(),
        name: "sweep".into(),
        expression: expression.into(),
        time_zone: "UTC".into(),
        flexible_window: None,
        enabled: true,
        target: Target::Queue("runs".into()),
        input: Some("<aws.scheduler.scheduled-time>".into()),
        message_group: None,
        retry: RetryPolicy::default(),
        dead_letters: Some("dead".into()),
    }
}

fn world(location: &DataLocation, clock: &LocalClock, schedules: &[Schedule]) -> World {
    let store = Store::open(location).unwrap();
    let queues = Queues::open(store.clone(), clock.clone(), [queue("runs"), queue("dead")]).unwrap();
    let invocations =
        AsyncInvocations::open(store.clone(), clock.clone(), queues.clone(), account(), &[]).unwrap();
    let scheduler = Scheduler::open(store, clock.clone(), invocations, account(), schedules).unwrap();
    World {
        queues,
        clock: clock.clone(),
        scheduler: tokio::spawn(scheduler.run()),
    }
}

impl World {
    async fn advance(&self, seconds: u64) {
        settle().await;
        self.clock.advance(Duration::from_secs(seconds));
        settle().await;
    }

    /// What has run since the last look.
    async fn runs(&self) -> Vec<String> {
        settle().await;
        let received = self
            .queues
            .receive("runs", 100, Duration::ZERO, Visibility::Default)
            .await
            .unwrap();
        self.queues
            .delete(
                "runs",
                received.iter().map(|message| message.receipt_handle.as_str()),
            )
            .unwrap();
        received.into_iter().map(|message| message.body).collect()
    }
}

#[tokio::test]
async fn a_rate_runs_at_once_and_then_every_period() {
    let world = world(&DataLocation::Memory, &clock(), &[schedule("rate(1 minute)")]);
    assert_eq!(world.runs().await, ["2026-11-21T12:00:00Z"]);
    world.advance(59).await;
    assert!(world.runs().await.is_empty());
    world.advance(1).await;
    assert_eq!(world.runs().await, ["2026-11-21T12:01:00Z"]);
}

#[tokio::test]
async fn a_cron_schedule_runs_in_its_zone() {
    let tokyo = Schedule {
        time_zone: "Asia/Tokyo".into(),
        ..schedule("cron(30 21 * * ? *)")
    };
    let world = world(&DataLocation::Memory, &clock(), &[tokyo]);
    assert!(world.runs().await.is_empty());
    world.advance(1_800).await;
    assert_eq!(world.runs().await, ["2026-11-21T12:30:00Z"]);
}

#[tokio::test]
async fn a_single_run_is_not_repeated() {
    let world = world(
        &DataLocation::Memory,
        &clock(),
        &[schedule("at(2026-11-21T12:00:05)")],
    );
    world.advance(5).await;
    assert_eq!(world.runs().await, ["2026-11-21T12:00:05Z"]);
    world.advance(100_000).await;
    assert!(world.runs().await.is_empty());
}

#[tokio::test]
async fn what_came_due_while_the_system_was_stopped_runs_once() {
    let folder = tempfile::tempdir().unwrap();
    let location = DataLocation::Directory(folder.path().into());
    let clock = clock();
    let schedules = [schedule("rate(1 minute)")];
    let first = world(&location, &clock, &schedules);
    assert_eq!(first.runs().await.len(), 1);
    drop(first);

    let again = world(&location, &clock, &schedules);
    assert!(again.runs().await.is_empty());
    drop(again);

    clock.advance(Duration::from_secs(600));
    let later = world(&location, &clock, &schedules);
    assert_eq!(later.runs().await, ["2026-11-21T12:01:00Z"]);
    later.advance(59).await;
    assert!(later.runs().await.is_empty());
    later.advance(1).await;
    assert_eq!(later.runs().await, ["2026-11-21T12:11:00Z"]);
}

#[tokio::test]
async fn a_changed_expression_starts_anew() {
    let folder = tempfile::tempdir().unwrap();
    let location = DataLocation::Directory(folder.path().into());
    let clock = clock();
    drop(world(&location, &clock, &[schedule("cron(0 0 1 1 ? *)")]));
    let changed = world(&location, &clock, &[schedule("rate(1 hour)")]);
    assert_eq!(changed.runs().await.len(), 1);
}

#[tokio::test]
async fn a_call_that_cannot_be_made_goes_to_the_dead_letter_queue() {
    let nobody = Schedule {
        target: Target::Function("nobody".into()),
        ..schedule("rate(1 minute)")
    };
    let world = world(&DataLocation::Memory, &clock(), &[nobody]);
    settle().await;
    let dead = world
        .queues
        .receive("dead", 1, Duration::ZERO, Visibility::Default)
        .await
        .unwrap()
        .remove(0);
    let attribute = |name: &str| dead.attributes[name].string_value.clone().unwrap();
    assert_eq!(attribute("ERROR_CODE"), "NO_RESOURCE");
    assert_eq!(
        attribute("SCHEDULE_ARN"),
        "arn:aws:scheduler:eu-west-1:000000000000:schedule/default/sweep"
    );
    assert_eq!(
        attribute("TARGET_ARN"),
        "arn:aws:lambda:eu-west-1:000000000000:function:nobody"
    );
}

#[tokio::test]
async fn without_input_a_target_gets_schedulers_own_event() {
    let world = world(
        &DataLocation::Memory,
        &clock(),
        &[Schedule {
            input: None,
            ..schedule("rate(1 minute)")
        }],
    );
    let event: Value = serde_json::from_str(&world.runs().await[0]).unwrap();
    assert_eq!(event["detail-type"], "Scheduled Event");
    assert_eq!(event["time"], "2026-11-21T12:00:00Z");
    assert_eq!(
        event["resources"][0],
        "arn:aws:scheduler:eu-west-1:000000000000:schedule/default/sweep"
    );
}

#[tokio::test]
async fn a_disabled_schedule_does_not_run() {
    let world = world(
        &DataLocation::Memory,
        &clock(),
        &[Schedule {
            enabled: false,
            ..schedule("rate(1 minute)")
        }],
    );
    world.advance(600).await;
    assert!(world.runs().await.is_empty());
}
