//! What was acknowledged survives the process, and what was not can be sent again.

use freshtrack_contracts::alerts::AlertDetail;
use freshtrack_contracts::ingest::{IngestReport, ItemStatus};
use freshtrack_contracts::places::UnitSnapshot;
use freshtrack_contracts::readings::ReadingView;
use freshtrack_domain::access::Right;
use freshtrack_domain::alert::AlertStatus;
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_tests::{Frame, Program, Publisher, Tenant, eventually, statuses};
use futures_util::future::join_all;
use http::Method;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::Notify;

const UNITS: usize = 3;
/// More than a page of a unit's log.
const FRAMES: u32 = 95;

async fn start(folder: &Path, options: &[&str]) -> Program {
    Program::start(env!("CARGO_BIN_EXE_freshtrack-under-test"), folder, options).await
}

fn now() -> Timestamp {
    Timestamp::from_millis(jiff::Timestamp::now().as_millisecond()).to_second()
}

/// The frames of one unit, a second apart, the last of them sent at `until`. Three times it is too warm for a while:
/// never for as long as it takes the clock to raise an alarm, for the clock is the world's.
fn frames(dev_eui: &str, until: Timestamp) -> Vec<Frame> {
    (0..FRAMES)
        .map(|count| {
            let at = until - Span::seconds(FRAMES - 1 - count);
            let centi = if count % 30 > 24 { 800 } else { 300 };
            Frame::new(dev_eui, at, count, centi)
        })
        .collect()
}

/// Sends `frames` in their order, each until it is answered or `None` for the first that is not; gives what became of them.
async fn send(tenant: &Tenant, frames: &[Frame], answered: impl Fn()) -> Vec<ItemStatus> {
    let path = tenant.path("ingest/things-stack");
    let authorization = format!("Bearer {}", tenant.key(Right::Ingest));
    let mut outcomes = Vec::new();
    for frame in frames {
        let body = frame.things_stack().to_string();
        let sent = tenant
            .api
            .try_send_as(Method::POST, &path, Some(&authorization), body)
            .await;
        let Ok(answer) = sent else { break };
        let report: IngestReport = answer.ok();
        outcomes.extend(statuses(&report));
        answered();
    }
    outcomes
}

/// Everything there is to be seen of the units in the end, apart from how often they were written.
#[derive(Debug, PartialEq)]
struct End {
    units: Vec<UnitSnapshot>,
    readings: Vec<Vec<ReadingView>>,
    alerts: Vec<AlertDetail>,
}

/// What `tenant` sees once the trail of each alert tells that it opened and ended.
async fn end(tenant: &Tenant, until: Timestamp) -> End {
    let (mut units, mut readings, mut alerts) = (Vec::new(), Vec::new(), Vec::new());
    for index in 0..UNITS {
        units.push(UnitSnapshot {
            rev: 0,
            ..tenant.unit_view(index).await.now
        });
        let unit = tenant.unit(index).id;
        readings.push(tenant.readings_between(unit, until - Span::hours(1), until).await);
    }
    assert_eq!(tenant.alerts(AlertStatus::Open).await.items, []);
    for alert in tenant.alerts(AlertStatus::Resolved).await.items {
        let told = eventually("the trail", async || {
            let mut detail = tenant.alert(alert.id).await;
            // An event is named after the write it left with.
            for entry in &mut detail.trail {
                entry.event_id.clear();
            }
            (detail.trail.len() >= 2).then_some(detail)
        });
        alerts.push(told.await);
    }
    End {
        units,
        readings,
        alerts,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_in_the_middle_and_told_again_it_ends_where_it_would_have_ended() {
    let (folder, undisturbed) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let until = now();
    let program = start(undisturbed.path(), &[]).await;
    let mut tenant = Tenant::new(program.api, UNITS);
    tenant.import().await;
    let frames: Vec<_> = (0..UNITS)
        .map(|index| frames(tenant.dev_eui(index), until))
        .collect();
    let sent = join_all(frames.iter().map(|frames| send(&tenant, frames, || ()))).await;
    for outcomes in sent {
        assert_eq!(outcomes, [ItemStatus::Accepted; FRAMES as usize]);
    }
    let expected = end(&tenant, until).await;
    assert_eq!(expected.alerts.len(), 3 * UNITS);
    program.kill().await;

    // How many of each unit's frames were acknowledged before the process was killed, in any of its lives.
    let mut acknowledged = [0; UNITS];
    for answers in [50, 160] {
        let program = start(folder.path(), &[]).await;
        tenant.api = program.api;
        tenant.import().await;
        let (count, enough) = (AtomicUsize::new(0), Arc::new(Notify::new()));
        let answered = || {
            if count.fetch_add(1, Ordering::Relaxed) + 1 == answers {
                enough.notify_one();
            }
        };
        let sending = join_all(frames.iter().map(|frames| send(&tenant, frames, answered)));
        let killing = async {
            enough.notified().await;
            program.kill().await;
        };
        let (sent, ()) = tokio::join!(sending, killing);
        let answered: usize = sent.iter().map(Vec::len).sum();
        assert!(answered < UNITS * FRAMES as usize, "killed in the middle");
        for (outcomes, acknowledged) in sent.iter().zip(&mut acknowledged) {
            assert_told_again(outcomes, *acknowledged);
            *acknowledged = outcomes.len().max(*acknowledged);
        }
    }

    let program = start(folder.path(), &[]).await;
    tenant.api = program.api;
    let sent = join_all(frames.iter().map(|frames| send(&tenant, frames, || ()))).await;
    for (outcomes, acknowledged) in sent.iter().zip(acknowledged) {
        assert_eq!(outcomes.len(), FRAMES as usize);
        assert_told_again(outcomes, acknowledged);
    }
    assert_eq!(end(&tenant, until).await, expected);
}

/// Of frames sent again from the first on, those that were `acknowledged` are duplicates, and the others are stored now
/// unless they had been stored just before the process was killed.
fn assert_told_again(outcomes: &[ItemStatus], acknowledged: usize) {
    let (again, rest) = outcomes.split_at(acknowledged.min(outcomes.len()));
    assert!(
        again.iter().all(|status| *status == ItemStatus::Duplicate),
        "{again:?}"
    );
    let (first, others) = rest.split_at(rest.len().min(1));
    assert!(
        first
            .iter()
            .all(|status| matches!(status, ItemStatus::Accepted | ItemStatus::Duplicate)),
        "{first:?}"
    );
    assert!(
        others.iter().all(|status| *status == ItemStatus::Accepted),
        "{others:?}"
    );
}

#[tokio::test]
async fn a_device_message_that_was_acknowledged_is_recorded_after_all() {
    // Messages that get into each other's way wait for minutes, which are seconds this way.
    const FAST: [&str; 2] = ["--speed", "60"];
    const MESSAGES: u32 = 20;
    let folder = tempfile::tempdir().unwrap();
    let program = start(folder.path(), &FAST).await;
    let mut tenant = Tenant::new(program.api, UNITS);
    tenant.import().await;
    let from = now() - Span::minutes(1);
    let mut device = Publisher::connect(program.broker, "device").await;
    for count in 0..MESSAGES {
        for index in 0..UNITS {
            let dev_eui = tenant.dev_eui(index);
            let frame = Frame::new(dev_eui, from + Span::seconds(count), count, 300);
            let topic = format!("freshtrack/{}/{dev_eui}/up", tenant.org_id());
            device.publish(&topic, frame.aws_iot().to_string()).await;
        }
    }
    program.kill().await;

    let program = start(folder.path(), &FAST).await;
    tenant.api = program.api;
    for index in 0..UNITS {
        let unit = tenant.unit(index).id;
        let recorded: Vec<_> = eventually("every message", async || {
            let readings = tenant.readings_between(unit, from, from + Span::minutes(1)).await;
            (readings.len() >= MESSAGES as usize)
                .then(|| readings.iter().map(|reading| reading.recorded_at.0).collect())
        })
        .await;
        let sent: Vec<_> = (0..MESSAGES).map(|count| from + Span::seconds(count)).collect();
        assert_eq!(recorded, sent, "each once");
    }
}
