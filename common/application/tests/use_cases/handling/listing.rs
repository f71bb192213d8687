//! Which alerts are shown, and what they come to.

use super::{code_of, handling};
use crate::support::{Stage, WARM, done, minute};
use freshtrack_application::Caller;
use freshtrack_application::alerts::{AlertQuery, AnalyticsQuery, analyze_alerts};
use freshtrack_application::ports::Records;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::access::Sites;
use freshtrack_domain::alert::{AlertKind, AlertStatus, Severity};
use freshtrack_domain::handling::{HandlingStatus, Unsigned};
use freshtrack_domain::ids::AlertId;
use freshtrack_domain::time::Span;
use freshtrack_testkit::{Work, World, fresh_id, interleaved};

#[tokio::test]
async fn an_excursion_that_nobody_signed_is_asked_for_after_it_is_over() {
    let stage = Stage::new(2);
    let id = stage.alarmed(0, &[0, 11]).await;
    assert_eq!(stage.unsigned().await, [id]);
    stage.recovered(0, 20).await;
    assert_eq!(stage.alerts(AlertStatus::Open).await, []);
    assert_eq!(stage.unsigned().await, [id]);
    let signed = stage.acknowledge(&stage.cook(), id).await.unwrap();
    assert_eq!(signed.status, AlertStatus::Resolved);
    assert!(!handling(&signed).needs_signature);
    assert_eq!(stage.unsigned().await, []);
    let stranger = Caller {
        sites: Sites::Only([fresh_id()].into()),
        ..stage.cook()
    };
    assert_eq!(
        code_of(stage.acknowledge(&stranger, id).await),
        ProblemCode::NotFound
    );
}

#[tokio::test]
async fn the_list_of_signatures_is_right_in_whichever_order_it_hears() {
    let stage = Stage::new(1);
    for at in [0, 11] {
        stage.record(&[stage.measured(0, minute(at), WARM)]).await;
    }
    let events = stage.world.memory.take_outbox();
    let [alert] = stage.alerts(AlertStatus::Open).await.try_into().unwrap();
    for event in events.iter().rev() {
        stage.hear(event).await;
        stage.hear(event).await;
    }
    assert_eq!(stage.unsigned().await, [alert.id]);
    let records: &dyn Records = &stage.world.records;
    let listed = records.get::<Unsigned>(stage.scope(), alert.id).await.unwrap();
    assert_eq!(listed.unwrap().record.severity, Severity::Critical);
    stage.acknowledge(&stage.cook(), alert.id).await.unwrap();
    for event in &events {
        stage.hear(event).await;
    }
    let listed = records.get::<Unsigned>(stage.scope(), alert.id).await.unwrap();
    assert_eq!(listed, None, "what was signed is not asked for again");
}

#[test]
fn a_signature_and_a_rise_at_the_same_moment_lose_neither() {
    let events_of = |stage: &Stage| {
        done(async {
            stage.record(&[stage.measured(0, minute(0), WARM)]).await;
            stage.deliver().await;
            stage.record(&[stage.measured(0, minute(11), WARM)]).await;
            stage.world.memory.take_outbox()
        })
    };
    for turns in 0..256_usize {
        let stage = Stage::new(1);
        let events = events_of(&stage);
        let [alert] = done(stage.alerts(AlertStatus::Open)).try_into().unwrap();
        let cook = stage.cook();
        let work: Vec<Work<'_, ()>> = vec![
            Box::pin(async {
                stage.acknowledge(&cook, alert.id).await.unwrap();
            }),
            Box::pin(async {
                for event in &events {
                    stage.hear(event).await;
                }
            }),
        ];
        interleaved(work, (0..16).map(|bit| turns >> (bit % 8) & 1));
        assert_eq!(done(stage.unsigned()), [], "turns {turns:b}");
    }
}

#[tokio::test]
async fn lists_are_filtered() {
    let stage = Stage::new(4);
    let mut ids = Vec::new();
    for (number, minutes) in [(0, &[0, 11][..]), (1, &[20]), (2, &[30]), (3, &[40, 51])] {
        ids.push(stage.alarmed(number, minutes).await);
    }
    stage.acknowledge(&stage.cook(), ids[1]).await.unwrap();
    stage.resolve(ids[2], "A delivery.", None).await.unwrap();
    let viewer = stage.viewer();
    let all = AlertQuery::default();
    let found = async |query| -> Vec<AlertId> {
        let listed = stage.listed(&viewer, query).await;
        listed.iter().map(|alert| alert.id).collect()
    };
    let newest_first = |places: &[usize]| places.iter().map(|place| ids[*place]).collect::<Vec<_>>();
    assert_eq!(found(all).await, newest_first(&[3, 2, 1, 0]));
    let cases = [
        (
            AlertQuery {
                severity: Some(Severity::Critical),
                ..all
            },
            vec![3, 0],
        ),
        (
            AlertQuery {
                unit_id: Some(stage.unit(2)),
                ..all
            },
            vec![2],
        ),
        (
            AlertQuery {
                site_id: Some(stage.kitchen.site_id),
                ..all
            },
            vec![3, 2, 1, 0],
        ),
        (
            AlertQuery {
                site_id: Some(fresh_id()),
                ..all
            },
            vec![],
        ),
        (
            AlertQuery {
                kind: Some(AlertKind::SensorFault),
                ..all
            },
            vec![],
        ),
        (
            AlertQuery {
                kind: Some(AlertKind::TempExcursion),
                ..all
            },
            vec![3, 2, 1, 0],
        ),
        (
            AlertQuery {
                from: Some(minute(20)),
                to: Some(minute(40)),
                ..all
            },
            vec![2, 1],
        ),
        (
            AlertQuery {
                to: Some(minute(20)),
                ..all
            },
            vec![0],
        ),
        (
            AlertQuery {
                from: Some(minute(31)),
                ..all
            },
            vec![3],
        ),
        (
            AlertQuery {
                handling: Some(HandlingStatus::Open),
                ..all
            },
            vec![3, 0],
        ),
        (
            AlertQuery {
                handling: Some(HandlingStatus::Acknowledged),
                ..all
            },
            vec![1],
        ),
        (
            AlertQuery {
                handling: Some(HandlingStatus::Resolved),
                ..all
            },
            vec![2],
        ),
        (
            AlertQuery {
                unsigned: true,
                ..all
            },
            vec![3, 0],
        ),
        (
            AlertQuery {
                unsigned: true,
                from: Some(minute(1)),
                ..all
            },
            vec![3],
        ),
        (
            AlertQuery {
                unsigned: true,
                status: Some(AlertStatus::Resolved),
                ..all
            },
            vec![],
        ),
        (
            AlertQuery {
                status: Some(AlertStatus::Resolved),
                ..all
            },
            vec![],
        ),
    ];
    for (query, expected) in cases {
        assert_eq!(found(query).await, newest_first(&expected), "{query:?}");
    }
}

#[tokio::test]
async fn analytics_count_what_the_caller_may_see() {
    let stage = Stage::new(2);
    let first = stage.alarmed(0, &[0, 11]).await;
    stage.recovered(0, 30).await;
    stage.alarmed(1, &[60]).await;
    stage.acknowledge(&stage.cook(), first).await.unwrap();
    let World {
        memory,
        records,
        clock,
        ..
    } = &stage.world;
    let analytics =
        async |caller: &Caller, query| analyze_alerts(memory, records, clock, caller, query).await;
    let all = analytics(&stage.viewer(), AnalyticsQuery::default())
        .await
        .unwrap();
    assert_eq!((all.alerts, all.kinds.len()), (2, 2));
    assert_eq!(all.to_acknowledge.mean_seconds, Some(24 * 3_600));
    assert_eq!(all.to_resolve.median_seconds, Some(30 * 60));
    assert_eq!(all.worst_units[0].unit_id, stage.unit(0));
    assert_eq!(all.days.iter().map(|day| day.alerts).sum::<u32>(), 2);
    assert_eq!(all.counted_from, all.from);
    let of_unit = AnalyticsQuery {
        unit_id: Some(stage.unit(1)),
        ..AnalyticsQuery::default()
    };
    let one = analytics(&stage.viewer(), of_unit).await.unwrap();
    assert_eq!((one.alerts, one.time_zone.as_str()), (1, "America/New_York"));
    let before = AnalyticsQuery {
        to: Some(minute(60)),
        ..AnalyticsQuery::default()
    };
    assert_eq!(analytics(&stage.viewer(), before).await.unwrap().alerts, 1);

    let stranger = Caller {
        sites: Sites::Only([fresh_id()].into()),
        ..stage.viewer()
    };
    assert_eq!(
        analytics(&stranger, AnalyticsQuery::default())
            .await
            .unwrap()
            .alerts,
        0
    );
    assert_eq!(
        code_of(analytics(&stranger, of_unit).await),
        ProblemCode::NotFound
    );
    let too_long = AnalyticsQuery {
        from: Some(minute(0) - Span::hours(24 * 91)),
        ..AnalyticsQuery::default()
    };
    assert_eq!(
        code_of(analytics(&stage.viewer(), too_long).await),
        ProblemCode::InvalidRequest
    );
}
