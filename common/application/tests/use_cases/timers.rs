//! What only the clock can judge.

use crate::support::{COLD, Stage, WARM, minute, shown};
use freshtrack_application::ports::Clock;
use freshtrack_application::{PortErrorKind, SweepReport, sweep_timers};
use freshtrack_contracts::ingest::ItemStatus::Accepted;
use freshtrack_contracts::live::{ServerBody, Topic};
use freshtrack_domain::alert::{AlertStatus, Severity};
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_domain::unit::UnitStatus;
use freshtrack_testkit::{Work, World, interleaved};

impl Stage {
    /// Units whose first reading, at minute zero, was out of range; the clock stands there.
    async fn warm(units: usize) -> Self {
        let stage = Self::new(units);
        stage.world.clock.set(minute(0));
        let batch: Vec<_> = (0..units)
            .map(|unit| stage.measured(unit, minute(0), WARM))
            .collect();
        stage.record(&batch).await;
        stage
    }

    async fn sweep(&self, at: Timestamp) -> SweepReport {
        let World { memory, clock, .. } = &self.world;
        clock.set(at);
        sweep_timers(memory, self.world.live(), clock).await.unwrap()
    }

    async fn due(&self) -> Timestamp {
        self.record_of(0).await.next_due().unwrap()
    }
}

#[tokio::test]
async fn silence_after_a_reading_out_of_range_confirms_it() {
    let stage = Stage::warm(1).await;
    let due = stage.due().await;
    assert_eq!(stage.sweep(due - Span::seconds(1)).await, SweepReport::default());
    stage.told();
    let report = stage.sweep(due + Span::seconds(20)).await;
    let expected = SweepReport {
        due: 1,
        changed: 1,
        failed: 0,
        lag: Span::seconds(20),
    };
    assert_eq!(report, expected);
    let [alert] = stage.alerts(AlertStatus::Open).await.try_into().unwrap();
    assert_eq!(
        (alert.severity, alert.escalated_at),
        (Severity::Critical, Some(stage.world.clock.now()))
    );
    assert_eq!(stage.told().len(), 2);
    assert_eq!(
        stage.sweep(due + Span::hours(1)).await,
        SweepReport::default(),
        "once"
    );
    assert_eq!(stage.told(), []);
}

#[tokio::test]
async fn viewers_see_what_the_clock_decided() {
    let stage = Stage::warm(1).await;
    stage.watch("screen", Topic::Unit(stage.unit(0))).await;
    stage.sweep(stage.due().await).await;
    let shown = shown(&stage, "screen");
    assert!(
        matches!(&shown[..], [ServerBody::AlertsChanged { alerts }, ServerBody::UnitsChanged { units }]
            if alerts[0].severity == Severity::Critical && units[0].status == UnitStatus::AlarmActive),
        "{shown:?}"
    );
}

#[tokio::test]
async fn a_reading_that_comes_between_looking_and_writing_wins() {
    let stage = Stage::warm(1).await;
    let due = stage.due().await;
    stage.world.clock.set(due);
    let cold = [stage.measured(0, due, COLD)];
    let sweep = async {
        let World { memory, clock, .. } = &stage.world;
        let report = sweep_timers(memory, stage.world.live(), clock).await.unwrap();
        (report.due, report.changed, report.failed)
    };
    let record = async {
        assert_eq!(stage.record(&cold).await, [Accepted]);
        (0, 0, 0)
    };
    let work: Vec<Work<'_, (usize, usize, usize)>> = vec![Box::pin(sweep), Box::pin(record)];
    // The sweep has read what is due and the unit, then the reading is recorded.
    let reports = interleaved(work, [0, 0, 0, 1, 1, 1, 1, 1]);
    assert_eq!(reports[0], (1, 0, 0));
    assert_eq!(stage.record_of(0).await.state.status, UnitStatus::Restoring);
    assert_eq!(stage.alerts(AlertStatus::Open).await, []);
}

#[tokio::test]
async fn sweeps_that_overlap_confirm_once() {
    let stage = Stage::warm(5).await;
    stage.told();
    stage.world.clock.set(stage.due().await);
    let sweep = || async {
        let World { memory, clock, .. } = &stage.world;
        sweep_timers(memory, stage.world.live(), clock).await.unwrap()
    };
    let work: Vec<Work<'_, SweepReport>> = vec![Box::pin(sweep()), Box::pin(sweep())];
    let reports = interleaved(work, []);
    assert_eq!(reports.iter().map(|report| report.changed).sum::<usize>(), 5);
    assert_eq!(stage.told().len(), 10);
}

#[tokio::test]
async fn a_unit_that_cannot_be_judged_keeps_no_other_waiting_and_stays_due() {
    for op in ["unit_states.load", "unit_states.save"] {
        let stage = Stage::warm(3).await;
        let due = stage.due().await;
        stage.world.memory.faults.fail(op, PortErrorKind::Throttled, 1);
        let report = stage.sweep(due).await;
        assert_eq!((report.due, report.changed, report.failed), (3, 2, 1), "{op}");
        let report = stage.sweep(due + Span::minutes(1)).await;
        assert_eq!((report.due, report.changed, report.failed), (1, 1, 0), "{op}");
    }
}

#[tokio::test]
async fn not_knowing_what_is_due_is_a_fault() {
    let stage = Stage::warm(1).await;
    let World { memory, clock, .. } = &stage.world;
    memory
        .faults
        .fail("unit_states.due", PortErrorKind::Unavailable, 1);
    let fault = sweep_timers(memory, stage.world.live(), clock).await.unwrap_err();
    assert_eq!(fault.op, "unit_states.due");
}

#[tokio::test]
async fn what_cannot_be_shown_is_confirmed_all_the_same() {
    let stage = Stage::warm(1).await;
    stage.watch("screen", Topic::Org).await;
    stage
        .world
        .memory
        .faults
        .fail("connections.of_org", PortErrorKind::Unavailable, 1);
    let report = stage.sweep(stage.due().await).await;
    assert_eq!((report.changed, report.failed), (1, 0));
    assert_eq!(
        stage.alerts(AlertStatus::Open).await[0].severity,
        Severity::Critical
    );
}
