//! What only the clock can judge.

use crate::support::{COLD, Stage, WARM, minute, shown};
use freshtrack_application::ports::{Record as _, UnitStates};
use freshtrack_application::{PortError, PortErrorKind, SweepReport, sweep_timers};
use freshtrack_contracts::ingest::ItemStatus::Accepted;
use freshtrack_contracts::live::{ServerBody, Topic};
use freshtrack_domain::alert::{AlertKind, AlertStatus, Severity};
use freshtrack_domain::place::Organization;
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_domain::unit::UnitStatus;
use freshtrack_testkit::{Kitchen, Work, World, interleaved, reading};
use serde_json::{Value, json};

impl Stage {
    /// Units of which two readings, at minutes zero and five, were out of range; the clock stands at the second.
    async fn warm(units: usize) -> Self {
        let stage = Self::new(units);
        for at in [minute(0), minute(5)] {
            stage.world.clock.set(at);
            let batch: Vec<_> = (0..units).map(|unit| stage.measured(unit, at, WARM)).collect();
            stage.record(&batch).await;
        }
        stage
    }

    /// A unit that has reported at minutes zero and five, always in range.
    async fn cold() -> Self {
        let stage = Self::new(1);
        for at in [minute(0), minute(5)] {
            stage.world.clock.set(at);
            stage.record(&[stage.measured(0, at, COLD)]).await;
        }
        stage.told();
        stage
    }

    async fn sweep(&self, at: Timestamp) -> SweepReport {
        self.world.clock.set(at);
        self.sweep_now().await.unwrap()
    }

    async fn sweep_now(&self) -> Result<SweepReport, PortError> {
        let World {
            memory,
            records,
            clock,
            ..
        } = &self.world;
        sweep_timers(records, memory, self.world.live(), clock).await
    }

    async fn due(&self) -> Timestamp {
        self.record_of(0).await.next_due().unwrap()
    }
}

#[tokio::test]
async fn the_clock_confirms_what_readings_have_not_ended() {
    let stage = Stage::warm(1).await;
    let due = stage.due().await;
    assert_eq!(due, minute(10));
    let before = due - Span::seconds(1);
    assert_eq!(stage.sweep(before).await, SweepReport::default());
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
        (Severity::Critical, Some(due)),
        "as of when it was due"
    );
    assert_eq!(stage.told().len(), 2);
    assert_eq!(
        stage.sweep(due + Span::seconds(30)).await,
        SweepReport::default(),
        "once"
    );
    assert_eq!(stage.told(), []);
}

#[tokio::test]
async fn a_unit_that_reports_is_not_due() {
    let stage = Stage::cold().await;
    stage.watch("screen", Topic::Org).await;
    let before = stage.record_of(0).await;
    for at in [6, 10] {
        assert_eq!(stage.sweep(minute(at)).await, SweepReport::default());
    }
    assert_eq!(stage.record_of(0).await, before);
    assert_eq!((shown(&stage, "screen"), stage.told()), (Vec::new(), Vec::new()));
}

#[tokio::test]
async fn silence_is_told_by_the_clock_step_by_step_and_ends_with_the_next_reading() {
    let stage = Stage::cold().await;
    stage.watch("screen", Topic::Org).await;
    for (at, status, severity) in [
        (11, UnitStatus::Offline, Severity::Warning),
        (31, UnitStatus::MonitoringInterrupted, Severity::Critical),
    ] {
        let late = Span::seconds(50);
        let report = stage.sweep(minute(at) + late).await;
        assert_eq!((report.changed, report.failed), (1, 0));
        let record = stage.record_of(0).await;
        assert_eq!(
            (record.state.status, record.state.status_since),
            (status, minute(at))
        );
        let [alert] = stage.alerts(AlertStatus::Open).await.try_into().unwrap();
        assert_eq!(
            (alert.kind, alert.severity, alert.opened_at),
            (AlertKind::MonitoringInterrupted, severity, minute(11))
        );
        let shown = shown(&stage, "screen");
        assert!(
            matches!(&shown[..], [ServerBody::AlertsChanged { alerts }, ServerBody::UnitsChanged { units }]
                if alerts[0].severity == severity && units[0].status == status),
            "{shown:?}"
        );
        assert_eq!(stage.told().len(), 2);
    }
    assert_eq!(stage.sweep(minute(200)).await, SweepReport::default());
    stage.sweep(minute(246)).await;
    assert_eq!(stage.record_of(0).await.state.status, UnitStatus::ManualRequired);
    assert_eq!(stage.alerts(AlertStatus::Open).await.len(), 2);

    stage.world.clock.set(minute(250));
    stage.record(&[stage.measured(0, minute(250), COLD)]).await;
    assert_eq!(stage.record_of(0).await.state.status, UnitStatus::Restoring);
    assert_eq!(stage.alerts(AlertStatus::Open).await, []);
    assert_eq!(stage.alerts(AlertStatus::Resolved).await.len(), 2);
}

#[tokio::test]
async fn a_sweep_reaches_every_unit_that_is_due_of_every_organization() {
    let world = World::at(minute(0));
    for _ in 0..250 {
        let kitchen = Kitchen::new(10);
        world.import(&kitchen).await.unwrap();
        for (unit, sensor) in kitchen.units().into_iter().zip(&kitchen.sensors) {
            let mut record = world.memory.load(kitchen.scope(), unit).await.unwrap().unwrap();
            record.take(&reading(sensor.id, minute(0), COLD), minute(0), &mut Vec::new());
            world
                .memory
                .save(kitchen.scope(), &mut record, &[])
                .await
                .unwrap();
        }
    }
    world.clock.set(minute(6));
    let sweep = || sweep_timers(&world.records, &world.memory, world.live(), &world.clock);
    let report = sweep().await.unwrap();
    assert_eq!((report.due, report.changed, report.failed), (2_500, 2_500, 0));
    assert_eq!(sweep().await.unwrap(), SweepReport::default());
}

#[tokio::test]
async fn nobody_is_woken_by_an_organization_that_was_deleted() {
    let stage = Stage::warm(1).await;
    let due = stage.due().await;
    let deletion = json!({ "at": due, "by": "an owner" });
    let owner = stage.scope().into();
    let key = stage.scope().org_id().to_string();
    stage
        .world
        .records
        .tamper(owner, Organization::KIND, &key, |data| data["deleted"] = deletion);
    assert_eq!(stage.sweep(due).await, SweepReport::default());
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
        let report = stage.sweep_now().await.unwrap();
        (report.due, report.changed, report.failed)
    };
    let record = async {
        assert_eq!(stage.record(&cold).await, [Accepted]);
        (0, 0, 0)
    };
    let work: Vec<Work<'_, (usize, usize, usize)>> = vec![Box::pin(sweep), Box::pin(record)];
    // The sweep has read which organizations there are, what is due and the unit, then the reading is recorded.
    let reports = interleaved(work, [0, 0, 0, 0, 1, 1, 1, 1, 1]);
    assert_eq!(reports[0], (1, 0, 0));
    assert_eq!(stage.record_of(0).await.state.status, UnitStatus::Restoring);
    assert_eq!(stage.alerts(AlertStatus::Open).await, []);
}

#[tokio::test]
async fn sweeps_that_overlap_confirm_once() {
    let stage = Stage::warm(5).await;
    stage.told();
    stage.world.clock.set(stage.due().await);
    let sweep = || async { stage.sweep_now().await.unwrap() };
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
        let report = stage.sweep(due + Span::seconds(30)).await;
        assert_eq!((report.due, report.changed, report.failed), (1, 1, 0), "{op}");
    }
}

#[tokio::test]
async fn not_knowing_which_organizations_there_are_is_a_fault() {
    let stage = Stage::warm(1).await;
    stage.world.clock.set(stage.due().await);
    let faults = &stage.world.records.faults;
    faults.fail("records.listed", PortErrorKind::Unavailable, 1);
    assert_eq!(stage.sweep_now().await.unwrap_err().op, "records.listed");
    assert_eq!(stage.sweep_now().await.unwrap().changed, 1);
}

#[tokio::test]
async fn an_organization_that_cannot_be_asked_or_read_keeps_no_other_waiting() {
    let stage = Stage::warm(1).await;
    let due = stage.due().await;
    let neighbour = Kitchen::new(1);
    stage.world.import(&neighbour).await.unwrap();
    stage
        .world
        .memory
        .faults
        .fail("unit_states.due", PortErrorKind::Unavailable, 1);
    let reports = [stage.sweep(due).await, stage.sweep(due).await];
    let sum = |count: fn(&SweepReport) -> usize| reports.iter().map(count).sum::<usize>();
    assert_eq!((sum(|r| r.changed), sum(|r| r.failed)), (1, 1));

    let stage = Stage::warm(1).await;
    stage.world.import(&neighbour).await.unwrap();
    let key = neighbour.org_id.to_string();
    let spoil = |data: &mut Value| *data = json!("nonsense");
    let owner = neighbour.scope().into();
    stage.world.records.tamper(owner, Organization::KIND, &key, spoil);
    let report = stage.sweep(due).await;
    assert_eq!((report.changed, report.failed), (1, 1));
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
