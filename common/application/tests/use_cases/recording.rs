//! Readings are recorded once, whatever the store does.

use crate::support::{COLD, Stage, WARM, minute, shown, statuses};
use freshtrack_application::ports::UnitStates;
use freshtrack_application::{PortErrorKind, RetryReadings, UnitReading, retry_readings};
use freshtrack_contracts::events::Happening;
use freshtrack_contracts::ingest::ItemStatus::{self, Accepted, Duplicate, Queued, Rejected};
use freshtrack_contracts::live::{ServerBody, Topic};
use freshtrack_domain::alert::{AlertStatus, Severity};
use freshtrack_domain::ids::SensorId;
use freshtrack_domain::time::Span;
use freshtrack_domain::unit::{MAX_SENSORS, UnitStatus};
use freshtrack_testkit::{Work, World, fresh_id, interleaved, reading};

#[tokio::test]
async fn every_reading_is_answered_for_itself() {
    let stage = Stage::new(2);
    let first = stage.measured(0, minute(0), COLD);
    let mut empty = stage.measured(0, minute(5), COLD);
    empty.reading.temperature = None;
    let future = stage.measured(1, minute(24 * 60 + 6), COLD);
    let nowhere = UnitReading {
        unit_id: fresh_id(),
        version: 0,
        reading: first.reading.clone(),
    };
    let second = stage.measured(1, minute(0), COLD);
    let batch = [first.clone(), empty, second, nowhere, future, first];
    let outcomes = stage.try_record(&batch).await.unwrap();
    assert_eq!(
        statuses(&outcomes),
        [Accepted, Rejected, Accepted, Rejected, Rejected, Duplicate]
    );
    let reasons: Vec<&str> = outcomes
        .iter()
        .filter_map(|outcome| outcome.reason.as_deref())
        .collect();
    assert_eq!(
        reasons,
        [
            "the reading carries no measurement",
            "The unit does not exist.",
            "recorded_at is more than 5 minutes in the future"
        ]
    );
    assert_eq!(
        (stage.readings(0).await.len(), stage.readings(1).await.len()),
        (1, 1)
    );
}

#[tokio::test]
async fn nothing_is_recorded_of_another_organizations_unit() {
    let (ours, theirs) = (Stage::new(1), Stage::new(1));
    let outcomes = ours.record(&[theirs.measured(0, minute(0), COLD)]).await;
    assert_eq!(outcomes, [Rejected]);
}

#[tokio::test]
async fn a_unit_takes_as_many_sensors_as_its_log_tells_apart() {
    let stage = Stage::new(1);
    let of = |sensor: SensorId| UnitReading {
        unit_id: stage.unit(0),
        version: 0,
        reading: reading(sensor, minute(60), COLD),
    };
    let batch: Vec<UnitReading> = (0..=MAX_SENSORS).map(|_| of(fresh_id())).collect();
    let outcomes = stage.record(&batch).await;
    assert_eq!(outcomes[..MAX_SENSORS], [Accepted; MAX_SENSORS]);
    assert_eq!(outcomes[MAX_SENSORS], Rejected);
}

#[tokio::test]
async fn a_full_head_is_sealed_and_nothing_is_lost_or_doubled_by_it() {
    let stage = Stage::new(1);
    let batch = stage.calm(0, 0, 150);
    assert_eq!(stage.record(&batch).await, [Accepted; 150]);
    let blocks = stage.blocks(0).await;
    let in_blocks: Vec<usize> = blocks.iter().map(|block| block.open().unwrap().1.len()).collect();
    assert_eq!(
        (in_blocks, stage.record_of(0).await.head.entries().len()),
        (vec![72, 72], 6)
    );
    let instants: Vec<_> = stage
        .readings(0)
        .await
        .iter()
        .map(|reading| reading.recorded_at.0)
        .collect();
    let sent: Vec<_> = batch.iter().map(|item| item.reading.recorded_at).collect();
    assert_eq!(instants, sent);
    assert_eq!(stage.record(&batch).await, [Duplicate; 150]);
    assert_eq!(stage.readings(0).await.len(), 150);
}

#[tokio::test]
async fn what_comes_after_newer_readings_were_sealed_is_kept_beside_them_once() {
    let stage = Stage::new(1);
    stage.record(&stage.calm(0, 10, 73)).await;
    let before = stage.record_of(0).await;
    let late = stage.measured(0, minute(7), WARM);
    let sealed = stage.measured(0, minute(15), WARM);
    assert_eq!(
        stage.record(&[late.clone(), sealed, late.clone()]).await,
        [Accepted, Duplicate, Duplicate]
    );
    assert_eq!(stage.record(&[late]).await, [Duplicate]);
    let after = stage.record_of(0).await;
    assert_eq!(
        (after.head, after.state),
        (before.head, before.state),
        "history moves nothing"
    );
    let readings = stage.readings(0).await;
    assert_eq!(readings.len(), 74);
    assert_eq!((readings[0].temperature_c, readings[0].late), (Some(7.2), true));
    assert_eq!((readings[1].temperature_c, readings[1].late), (Some(3.5), false));
}

#[tokio::test]
async fn who_is_overtaken_between_reading_and_writing_judges_anew() {
    let stage = Stage::new(1);
    let (warm, cold) = (
        [stage.measured(0, minute(5), WARM)],
        [stage.measured(0, minute(0), COLD)],
    );
    let work: Vec<Work<'_, Vec<ItemStatus>>> =
        vec![Box::pin(stage.record(&warm)), Box::pin(stage.record(&cold))];
    // Both read, then the first one writes.
    let outcomes = interleaved(work, [0, 0, 1, 1]);
    assert_eq!(outcomes, [[Accepted], [Accepted]]);
    let record = stage.record_of(0).await;
    assert_eq!(
        (record.head.entries().len(), record.state.status),
        (2, UnitStatus::Excursion)
    );
    assert_eq!(stage.alerts(AlertStatus::Open).await.len(), 1);
}

#[tokio::test]
async fn a_unit_that_many_write_at_once_goes_to_the_retry_lane() {
    let stage = Stage::new(1);
    let faults = &stage.world.memory.faults;
    faults.fail("unit_states.save", PortErrorKind::Conflict, 5);
    assert_eq!(
        stage.record(&stage.calm(0, 0, 1)).await,
        [Accepted],
        "five times is no burst"
    );
    faults.fail("unit_states.save", PortErrorKind::Conflict, 6);
    assert_eq!(stage.record(&stage.calm(0, 5, 2)).await, [Queued, Queued]);
    assert_eq!(stage.drain().await, [Accepted, Accepted]);
    assert_eq!(stage.readings(0).await.len(), 3);
}

#[tokio::test]
async fn whatever_passes_is_waited_for_in_the_retry_lane() {
    // A batch that needs every call there is: it seals, and it begins with what is late.
    for op in [
        "unit_states.load",
        "unit_states.save",
        "reading_log.put_block",
        "reading_log.put_late",
        "reading_log.blocks",
    ] {
        for kind in [PortErrorKind::Throttled, PortErrorKind::Unavailable] {
            let stage = Stage::new(1);
            stage.record(&stage.calm(0, 5, 73)).await;
            let mut batch = vec![stage.measured(0, minute(0), WARM)];
            batch.extend(stage.calm(0, 5 + 73 * 5, 73));
            stage.world.memory.faults.fail(op, kind, 1);
            let outcomes = stage.record(&batch).await;
            let stored = outcomes.iter().filter(|status| **status == Accepted).count();
            assert_eq!(outcomes[stored..], vec![Queued; batch.len() - stored], "{op}");
            assert!(stored < batch.len(), "{op} was not called");
            assert_eq!(stage.drain().await.len(), batch.len() - stored, "{op}");
            assert_eq!(stage.readings(0).await.len(), 73 + 74, "{op}");
            assert_eq!(stage.blocks(0).await.len(), 2, "{op}");
        }
    }
}

#[tokio::test]
async fn only_what_was_not_stored_waits_and_in_the_order_it_came() {
    let stage = Stage::new(1);
    let batch = stage.calm(0, 0, 80);
    stage
        .world
        .memory
        .faults
        .fail_after(1, "unit_states.save", PortErrorKind::Throttled, 1);
    let outcomes = stage.record(&batch).await;
    assert_eq!(
        (&outcomes[..72], &outcomes[72..]),
        (&[Accepted; 72][..], &[Queued; 8][..])
    );
    let rest = batch[72..].iter().map(|item| item.reading.clone()).collect();
    let waiting = RetryReadings {
        org_id: stage.kitchen.org_id,
        unit_id: stage.unit(0),
        readings: rest,
    };
    assert_eq!(stage.world.retry.take(), std::slice::from_ref(&waiting));
    let outcomes = retry_readings(&stage.world.record(), waiting).await.unwrap();
    assert_eq!(statuses(&outcomes), [Accepted; 8]);
    assert_eq!(stage.readings(0).await.len(), 80);
}

#[tokio::test]
async fn the_retry_lane_keeps_what_is_still_not_stored() {
    let stage = Stage::new(1);
    let waiting = RetryReadings {
        org_id: stage.kitchen.org_id,
        unit_id: stage.unit(0),
        readings: stage.calm(0, 0, 3).into_iter().map(|item| item.reading).collect(),
    };
    let faults = &stage.world.memory.faults;
    faults.fail("unit_states.save", PortErrorKind::Unavailable, 1);
    let failed = retry_readings(&stage.world.record(), waiting.clone())
        .await
        .unwrap_err();
    assert_eq!((failed.op, failed.is_retryable()), ("unit_states.save", true));
    assert_eq!(stage.world.retry.take(), [], "it is in the lane already");
    for expected in [Accepted, Duplicate] {
        let outcomes = retry_readings(&stage.world.record(), waiting.clone())
            .await
            .unwrap();
        assert_eq!(statuses(&outcomes), [expected; 3]);
    }
}

#[tokio::test]
async fn what_neither_the_store_nor_the_lane_takes_is_sent_again_and_spoils_no_other_unit() {
    let stage = Stage::new(2);
    let batch = [
        stage.measured(0, minute(0), WARM),
        stage.measured(1, minute(0), WARM),
    ];
    let lane = &stage.world.retry.faults;
    lane.fail("retry_lane.hand_over", PortErrorKind::Unavailable, 1);
    // Units are loaded side by side and in order of their identifiers; either may be the one that fails.
    stage
        .world
        .memory
        .faults
        .fail("unit_states.save", PortErrorKind::Unavailable, 1);
    let lost = stage.try_record(&batch).await.unwrap_err();
    assert_eq!(lost.op, "retry_lane.hand_over");
    assert_eq!(stage.alerts(AlertStatus::Open).await.len(), 1);
    let mut again = stage.record(&batch).await;
    again.sort_by_key(|status| *status == Accepted);
    assert_eq!(again, [Duplicate, Accepted]);
    assert_eq!(stage.alerts(AlertStatus::Open).await.len(), 2);
    assert_eq!(
        stage.told().len(),
        4,
        "two units, each with a status and an alert"
    );
}

#[tokio::test]
async fn what_will_never_pass_is_a_fault_and_waits_nowhere() {
    let stage = Stage::new(1);
    for kind in [PortErrorKind::Corrupt, PortErrorKind::Rejected] {
        stage.world.memory.faults.fail("unit_states.load", kind, 1);
        let fault = stage.try_record(&stage.calm(0, 0, 1)).await.unwrap_err();
        assert_eq!((fault.kind, fault.is_retryable()), (kind, false));
        assert_eq!(stage.world.retry.take(), []);
    }
}

#[tokio::test]
async fn a_write_whose_answer_was_lost_counts_once() {
    for kind in [PortErrorKind::Unavailable, PortErrorKind::Conflict] {
        let stage = Stage::new(1);
        let batch = [
            stage.measured(0, minute(0), WARM),
            stage.measured(0, minute(10), WARM),
        ];
        stage.world.memory.faults.lose_answer("unit_states.save", kind, 1);
        let outcomes = stage.record(&batch).await;
        stage.drain().await;
        let known = if kind == PortErrorKind::Conflict {
            Duplicate
        } else {
            Queued
        };
        assert_eq!(outcomes, [known; 2]);
        assert_eq!(stage.readings(0).await.len(), 2);
        let told = stage.told();
        let severities: Vec<Severity> = told
            .iter()
            .filter_map(|(.., what)| match what {
                Happening::AlertOpened(alert) | Happening::AlertUpgraded(alert) => Some(alert.severity),
                _ => None,
            })
            .collect();
        assert_eq!(
            (told.len(), severities),
            (4, vec![Severity::Warning, Severity::Critical])
        );
    }
}

#[tokio::test]
async fn a_late_reading_whose_answer_was_lost_is_kept_once() {
    let stage = Stage::new(1);
    stage.record(&stage.calm(0, 5, 73)).await;
    let late = stage.measured(0, minute(0), WARM);
    stage
        .world
        .memory
        .faults
        .lose_answer("reading_log.put_late", PortErrorKind::Unavailable, 1);
    assert_eq!(stage.record(&[late]).await, [Queued]);
    assert_eq!(stage.drain().await, [Duplicate]);
    assert_eq!(stage.readings(0).await.len(), 74);
}

#[tokio::test]
async fn a_late_reading_is_not_its_own_duplicate_when_the_unit_is_read_again() {
    let stage = Stage::new(1);
    stage.record(&stage.calm(0, 5, 73)).await;
    let late = stage.measured(0, minute(0), WARM);
    stage
        .world
        .memory
        .faults
        .fail("unit_states.save", PortErrorKind::Conflict, 1);
    assert_eq!(stage.record(&[late.clone(), late]).await, [Accepted, Duplicate]);
}

#[tokio::test]
async fn a_late_reading_is_kept_also_when_its_sensor_changes_places_meanwhile() {
    let stage = Stage::new(1);
    stage.record(&stage.calm(0, 5, 73)).await;
    let of = |sensor: SensorId, at: u32| UnitReading {
        unit_id: stage.unit(0),
        version: 0,
        reading: reading(sensor, minute(at), COLD),
    };
    let (one, other) = (fresh_id(), fresh_id());
    // Between the two late readings, which say the same, the head fills up and must be stored.
    let mut batch = vec![of(one, 0)];
    batch.extend(stage.calm(0, 5 + 73 * 5, 72));
    batch.push(of(other, 0));
    let newcomer = [of(other, 5 + 73 * 5)];
    let work: Vec<Work<'_, Vec<ItemStatus>>> =
        vec![Box::pin(stage.record(&batch)), Box::pin(stage.record(&newcomer))];
    // The batch has kept its first reading and is about to save when the other sensor takes the place.
    let outcomes = interleaved(work, [0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
    assert!(
        outcomes.iter().flatten().all(|status| *status == Accepted),
        "{outcomes:?}"
    );
    let late: Vec<SensorId> = stage
        .readings(0)
        .await
        .iter()
        .filter(|reading| reading.late)
        .map(|reading| reading.sensor_id)
        .collect();
    assert!(late.contains(&one) && late.contains(&other), "{late:?}");
    assert!(
        outcomes.iter().flatten().all(|status| *status == Accepted),
        "{outcomes:?}"
    );
}

#[tokio::test]
async fn an_excursion_is_judged_by_its_readings_and_told_once() {
    let stage = Stage::new(1);
    let minutes = [(0, COLD), (5, WARM), (15, WARM), (20, COLD), (25, COLD)];
    for (at, centi) in minutes {
        for expected in [Accepted, Duplicate] {
            assert_eq!(
                stage.record(&[stage.measured(0, minute(at), centi)]).await,
                [expected]
            );
        }
    }
    let told: Vec<&str> = stage.told().iter().map(|(.., what)| what.detail_type()).collect();
    assert_eq!(
        told,
        [
            "unit.state_changed",
            "unit.state_changed",
            "alert.opened",
            "unit.state_changed",
            "alert.upgraded",
            "unit.state_changed",
            "alert.resolved",
            "unit.state_changed"
        ]
    );
    assert_eq!(stage.alerts(AlertStatus::Open).await, []);
    let [alert] = stage.alerts(AlertStatus::Resolved).await.try_into().unwrap();
    assert_eq!(
        (alert.opened_at, alert.escalated_at, alert.resolved_at),
        (minute(5), Some(minute(15)), Some(minute(20)))
    );
}

#[tokio::test]
async fn viewers_see_what_was_stored_before_the_store_failed() {
    let stage = Stage::new(1);
    stage.watch("screen", Topic::Org).await;
    let mut batch = stage.calm(0, 0, 71);
    batch.push(stage.measured(0, minute(71 * 5), WARM));
    batch.extend(stage.calm(0, 72 * 5, 1));
    stage
        .world
        .memory
        .faults
        .fail_after(1, "unit_states.save", PortErrorKind::Unavailable, 1);
    stage
        .world
        .retry
        .faults
        .fail("retry_lane.hand_over", PortErrorKind::Unavailable, 1);
    stage.try_record(&batch).await.unwrap_err();
    let shown = shown(&stage, "screen");
    assert!(
        matches!(&shown[..], [ServerBody::AlertsChanged { alerts }, ServerBody::UnitsChanged { units }]
            if alerts.len() == 1 && units[0].status == UnitStatus::Excursion),
        "{shown:?}"
    );
}

#[tokio::test]
async fn what_cannot_be_shown_is_recorded_all_the_same() {
    for (of_org, send) in [(1, 0), (0, 2)] {
        let stage = Stage::new(1);
        stage.watch("screen", Topic::Org).await;
        let World { memory, sockets, .. } = &stage.world;
        memory
            .faults
            .fail("connections.of_org", PortErrorKind::Unavailable, of_org);
        sockets
            .sent
            .faults
            .fail("sockets.send", PortErrorKind::Throttled, send);
        assert_eq!(
            stage.record(&[stage.measured(0, minute(0), WARM)]).await,
            [Accepted]
        );
        assert_eq!(shown(&stage, "screen"), []);
        assert_eq!(stage.alerts(AlertStatus::Open).await.len(), 1);
    }
}

#[tokio::test]
async fn an_excursion_lasts_as_long_as_its_readings_say_whenever_they_are_recorded() {
    let stage = Stage::new(1);
    // Recorded a day later, an excursion of eleven minutes is one of eleven minutes.
    stage.record(&[stage.measured(0, minute(0), WARM)]).await;
    let states: &dyn UnitStates = &stage.world.memory;
    let due = states
        .due(stage.scope(), minute(0) + Span::hours(24))
        .await
        .unwrap();
    assert_eq!(due.len(), 1, "one reading alone is not yet an alarm");
    stage.record(&[stage.measured(0, minute(9), WARM)]).await;
    assert_eq!(stage.record_of(0).await.state.status, UnitStatus::Excursion);
    stage.record(&[stage.measured(0, minute(11), WARM)]).await;
    let record = stage.record_of(0).await;
    assert_eq!(
        (record.state.status, record.state.status_since),
        (UnitStatus::AlarmActive, minute(10)),
        "as of when it was due"
    );
}
