//! What people do about alerts, beside what sensors and the clock make of them.

use crate::support::{COLD, Stage, WARM, done, minute, shown};
use freshtrack_application::alerts::{
    AlertQuery, AnalyticsQuery, acknowledge_alert, acknowledge_alerts, analyze_alerts, ask_for_signature,
    get_alert, list_alerts, record_trail, resolve_alert, snooze_alert,
};
use freshtrack_application::audit::verify_audit;
use freshtrack_application::ports::{Clock, Records};
use freshtrack_application::{
    Actor, Caller, Change, Failure, LiveUpdate, PageRequest, PortErrorKind, Registry,
};
use freshtrack_contracts::alerts::{
    AcknowledgeAlerts, AcknowledgementResult, AlertView, HandlingView, ResolveAlert, SnoozeAlert,
};
use freshtrack_contracts::events::{Event, Happening};
use freshtrack_contracts::live::{ServerBody, Topic};
use freshtrack_contracts::page::PageSize;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::access::{Role, Sites};
use freshtrack_domain::alert::{AlertKind, AlertStatus, Severity};
use freshtrack_domain::handling::{Handling, HandlingStatus, Unsigned};
use freshtrack_domain::ids::AlertId;
use freshtrack_domain::place::Site;
use freshtrack_domain::text::{Notes, Paragraph};
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_testkit::{Work, World, fresh_id, interleaved, killed_after};

impl Stage {
    fn now(&self) -> Timestamp {
        self.world.clock.now()
    }

    fn member(&self, name: &str, role: Role) -> Caller {
        Caller {
            scope: self.scope(),
            actor: Actor::new(name),
            rights: role.rights(),
            sites: Sites::All,
        }
    }

    fn cook(&self) -> Caller {
        self.member("usr_cook", Role::Staff)
    }

    fn manager(&self) -> Caller {
        self.member("usr_manager", Role::Manager)
    }

    /// Unit `number` is out of range at these minutes, and the bus has told of what came of it.
    async fn alarmed(&self, number: usize, minutes: &[u32]) -> AlertId {
        for at in minutes {
            self.record(&[self.measured(number, minute(*at), WARM)]).await;
        }
        self.deliver().await;
        let open = self.alerts(AlertStatus::Open).await;
        open.iter()
            .find(|alert| alert.unit_id == self.unit(number))
            .unwrap()
            .id
    }

    /// Unit `number` is in range again from this minute on.
    async fn recovered(&self, number: usize, at: u32) {
        for at in [at, at + 5] {
            self.record(&[self.measured(number, minute(at), COLD)]).await;
        }
        self.deliver().await;
    }

    /// The bus delivers what has left by the outbox.
    async fn deliver(&self) -> Vec<Event> {
        let mut events = self.world.memory.take_outbox();
        events.extend(self.world.records.take_outbox());
        for event in &events {
            self.hear(event).await;
        }
        events
    }

    async fn hear(&self, event: &Event) {
        let World {
            memory,
            records,
            clock,
            ..
        } = &self.world;
        record_trail(memory, event).await.unwrap();
        ask_for_signature(records, clock, event).await.unwrap();
    }

    async fn acknowledge(&self, caller: &Caller, id: AlertId) -> Result<AlertView, Failure> {
        acknowledge_alert(&self.world.handle_alerts(), caller, id, note("Seen.")).await
    }

    async fn snooze(&self, id: AlertId, until: Timestamp) -> Result<AlertView, Failure> {
        let input = SnoozeAlert {
            until: until.into(),
            note: Notes::default(),
        };
        snooze_alert(&self.world.handle_alerts(), &self.cook(), id, input).await
    }

    async fn resolve(&self, id: AlertId, text: &str, action: Option<&str>) -> Result<AlertView, Failure> {
        let input = ResolveAlert {
            text: Paragraph::new(text).unwrap(),
            corrective_action: action.map(|action| Paragraph::new(action).unwrap()),
        };
        resolve_alert(&self.world.handle_alerts(), &self.manager(), id, input).await
    }

    async fn listed(&self, caller: &Caller, query: AlertQuery) -> Vec<AlertView> {
        let World {
            memory,
            records,
            clock,
            ..
        } = &self.world;
        let mut items = Vec::new();
        let mut request = PageRequest::new(PageSize::ITEMS, Some(2), None).unwrap();
        loop {
            let page = list_alerts(memory, records, clock, caller, query, &request)
                .await
                .unwrap();
            items.extend(page.items);
            match page.next_cursor {
                None => break items,
                cursor => request.cursor = cursor,
            }
        }
    }

    async fn unsigned(&self) -> Vec<AlertId> {
        let query = AlertQuery {
            unsigned: true,
            ..AlertQuery::default()
        };
        let listed = self.listed(&self.viewer(), query).await;
        listed.iter().map(|alert| alert.id).collect()
    }

    /// The trail of an alert: what happened, who did it, what they said.
    async fn trail(&self, id: AlertId) -> Vec<(String, Option<String>, String)> {
        let World {
            memory,
            records,
            clock,
            ..
        } = &self.world;
        let detail = get_alert(memory, records, clock, &self.viewer(), id)
            .await
            .unwrap();
        let entries = detail.trail.into_iter();
        entries
            .map(|entry| (entry.event, entry.by, entry.detail))
            .collect()
    }

    async fn at_site(&self, change: impl Fn(&mut Site)) {
        let records: &dyn Records = &self.world.records;
        let mut stored = records
            .get::<Site>(self.scope(), self.kitchen.site_id)
            .await
            .unwrap()
            .unwrap();
        change(&mut stored.record);
        let updated = Change::new(
            self.scope(),
            &Actor::new("usr_owner"),
            "site.updated",
            stored.record.id,
        );
        let registry = Registry {
            records,
            clock: &self.world.clock,
        };
        let updated = updated.replace(&stored.record, stored.rev).unwrap();
        registry.commit(updated).await.unwrap();
    }
}

fn note(text: &str) -> Notes {
    Notes::new(text).unwrap()
}

fn handling(alert: &AlertView) -> &HandlingView {
    alert.handling.as_ref().unwrap()
}

fn code_of<T: std::fmt::Debug>(result: Result<T, Failure>) -> ProblemCode {
    match result {
        Err(Failure::Refused(refusal)) => refusal.code,
        other => panic!("expected a refusal, not {other:?}"),
    }
}

#[tokio::test]
async fn an_acknowledgement_counts_once_and_says_who_and_when() {
    let stage = Stage::new(1);
    let id = stage.alarmed(0, &[0, 11]).await;
    let first = stage.acknowledge(&stage.cook(), id).await.unwrap();
    let seen = handling(&first).acknowledgement.clone().unwrap();
    assert_eq!(
        (
            seen.signature.by.as_str(),
            seen.note.as_str(),
            seen.signature.severity
        ),
        ("usr_cook", "Seen.", Severity::Critical)
    );
    assert_eq!(seen.signature.at.0, stage.now());
    assert_eq!(first.status, AlertStatus::Open, "the food is as warm as before");
    stage.world.clock.advance(Span::minutes(5));
    let again = stage.acknowledge(&stage.manager(), id).await.unwrap();
    assert_eq!(again, first, "whoever comes later changes nothing");
    stage.deliver().await;
    let trail = stage.trail(id).await;
    let seen = (
        "alert.acknowledged".to_owned(),
        Some("usr_cook".to_owned()),
        "Seen.".to_owned(),
    );
    assert_eq!(trail.len(), 3);
    assert_eq!(trail[2], seen);
}

#[tokio::test]
async fn neither_side_overwrites_the_other() {
    let stage = Stage::new(1);
    let id = stage.alarmed(0, &[0]).await;
    stage.acknowledge(&stage.cook(), id).await.unwrap();
    stage.alarmed(0, &[11]).await;
    let listed = stage.listed(&stage.viewer(), AlertQuery::default()).await;
    assert_eq!(
        (listed[0].severity, handling(&listed[0]).status),
        (Severity::Critical, HandlingStatus::Open),
        "it became worse than what was seen"
    );
    assert!(handling(&listed[0]).acknowledgement.is_some());
    stage.acknowledge(&stage.manager(), id).await.unwrap();
    stage.recovered(0, 20).await;
    let query = AlertQuery {
        status: Some(AlertStatus::Resolved),
        ..AlertQuery::default()
    };
    let [over] = stage.listed(&stage.viewer(), query).await.try_into().unwrap();
    assert_eq!(over.resolved_at.unwrap().0, minute(20));
    assert_eq!(handling(&over).status, HandlingStatus::Acknowledged);
    let by = &handling(&over).acknowledgement.as_ref().unwrap().signature.by;
    assert_eq!(by, "usr_manager");
    let trail = stage.trail(id).await;
    let mut happened: Vec<&str> = trail.iter().map(|(event, ..)| event.as_str()).collect();
    happened.sort_unstable();
    assert_eq!(
        happened,
        [
            "alert.acknowledged",
            "alert.acknowledged",
            "alert.opened",
            "alert.resolved",
            "alert.upgraded"
        ]
    );
}

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
async fn a_snooze_ends_by_itself_and_by_what_becomes_worse() {
    let stage = Stage::new(1);
    let id = stage.alarmed(0, &[0]).await;
    let now = stage.now();
    for bad in [now, now - Span::minutes(1), now + Span::hours(25)] {
        assert_eq!(code_of(stage.snooze(id, bad).await), ProblemCode::InvalidRequest);
    }
    let until = now + Span::minutes(30);
    let waiting = stage.snooze(id, until).await.unwrap();
    assert_eq!(handling(&waiting).snooze.as_ref().unwrap().until.0, until);
    assert!(handling(&waiting).needs_signature, "waiting is not signing");
    assert_eq!(stage.snooze(id, until).await.unwrap(), waiting);
    let events = stage.deliver().await;
    let snoozed = events
        .iter()
        .filter(|event| matches!(event.what, Happening::AlertSnoozed(_)));
    assert_eq!(snoozed.count(), 1);
    stage.world.clock.set(until);
    let open = || async { stage.listed(&stage.viewer(), AlertQuery::default()).await };
    assert_eq!(handling(&open().await[0]).snooze, None);

    stage.snooze(id, until + Span::hours(1)).await.unwrap();
    assert!(handling(&open().await[0]).snooze.is_some());
    stage.alarmed(0, &[11]).await;
    assert_eq!(handling(&open().await[0]).snooze, None, "it is critical now");
    stage.recovered(0, 20).await;
    assert_eq!(
        code_of(stage.snooze(id, until + Span::hours(1)).await),
        ProblemCode::Conflict
    );
}

#[tokio::test]
async fn a_resolution_says_what_was_done_where_the_site_wants_to_know() {
    let stage = Stage::new(1);
    let id = stage.alarmed(0, &[0, 11]).await;
    stage.at_site(|site| site.corrective_action_required = true).await;
    assert_eq!(
        code_of(stage.resolve(id, " ", None).await),
        ProblemCode::InvalidRequest
    );
    for nothing in [None, Some("  ")] {
        assert_eq!(
            code_of(stage.resolve(id, "Torn gasket.", nothing).await),
            ProblemCode::CorrectiveActionRequired
        );
    }
    let resolved = stage
        .resolve(id, "Torn gasket.", Some("Food moved."))
        .await
        .unwrap();
    assert_eq!(handling(&resolved).status, HandlingStatus::Resolved);
    assert_eq!(
        resolved.status,
        AlertStatus::Open,
        "the unit stays as it is measured"
    );
    assert_eq!(stage.record_of(0).await.state.alerts.len(), 1);
    let again = stage
        .resolve(id, "Torn gasket.", Some("Food moved."))
        .await
        .unwrap();
    assert_eq!(again, resolved);
    assert_eq!(
        code_of(stage.resolve(id, "Nothing.", Some("Nothing.")).await),
        ProblemCode::Conflict,
        "what was signed stays"
    );
    assert_eq!(stage.acknowledge(&stage.cook(), id).await.unwrap(), resolved);
    stage.deliver().await;
    assert_eq!(stage.unsigned().await, []);
    let trail = stage.trail(id).await;
    assert_eq!(trail[2].0, "alert.signed_off");
    assert_eq!(trail[2].1.as_deref(), Some("usr_manager"));
}

#[tokio::test]
async fn a_resolution_needs_no_action_elsewhere() {
    let stage = Stage::new(1);
    let id = stage.alarmed(0, &[0]).await;
    stage.at_site(|site| site.corrective_action_required = true).await;
    let resolved = stage.resolve(id, "A delivery.", None).await.unwrap();
    assert_eq!(resolved.severity, Severity::Warning);
    assert_eq!(handling(&resolved).status, HandlingStatus::Resolved);
}

#[tokio::test]
async fn many_are_acknowledged_at_once_each_answered_for_itself() {
    let stage = Stage::new(45);
    let mut alerts = Vec::new();
    for number in 0..45 {
        stage
            .record(&[stage.measured(number, minute(u32::try_from(number).unwrap()), WARM)])
            .await;
    }
    stage.deliver().await;
    alerts.extend(stage.alerts(AlertStatus::Open).await.iter().map(|alert| alert.id));
    stage.acknowledge(&stage.manager(), alerts[3]).await.unwrap();
    let unknown: AlertId = fresh_id();
    alerts.insert(1, unknown);
    let ask = || {
        let input = AcknowledgeAlerts {
            alerts: alerts.clone(),
            note: note("Morning round."),
        };
        async { acknowledge_alerts(&stage.world.handle_alerts(), &stage.cook(), input).await }
    };
    let report = ask().await.unwrap();
    assert_eq!(report.results.len(), 46);
    for (id, result) in alerts.iter().zip(&report.results) {
        let expected = if *id == unknown {
            AcknowledgementResult::NotFound
        } else {
            AcknowledgementResult::Acknowledged
        };
        assert_eq!((result.alert_id, result.result), (*id, expected));
    }
    assert_eq!(ask().await.unwrap(), report);
    let events = stage.deliver().await;
    let acknowledged = events
        .iter()
        .filter(|event| matches!(event.what, Happening::AlertAcknowledged(_)));
    assert_eq!(acknowledged.count(), 45, "one each, and none for the second time");
    assert_eq!(stage.unsigned().await, []);
    for wrong in [Vec::new(), vec![unknown; 101]] {
        let input = AcknowledgeAlerts {
            alerts: wrong,
            note: Notes::default(),
        };
        let refused = acknowledge_alerts(&stage.world.handle_alerts(), &stage.cook(), input).await;
        assert_eq!(code_of(refused), ProblemCode::InvalidRequest);
    }
}

#[test]
fn an_act_is_whole_whenever_the_process_dies() {
    let mut calls = 0;
    loop {
        let stage = Stage::new(1);
        let id = done(stage.alarmed(0, &[0, 11]));
        let killed = killed_after(calls, stage.acknowledge(&stage.cook(), id)).is_none();
        done(stage.acknowledge(&stage.cook(), id)).unwrap();
        let events = done(stage.deliver());
        assert_eq!(events.len(), 1, "killed after {calls} calls");
        assert_eq!(done(stage.trail(id)).len(), 3);
        let World { records, .. } = &stage.world;
        let owner = stage.member("usr_owner", Role::Owner);
        let report = done(verify_audit(records, &owner, &PageRequest::default())).unwrap();
        assert_eq!(report.broken, None);
        if !killed {
            break;
        }
        calls += 1;
    }
    assert!(calls > 3);
}

#[tokio::test]
async fn an_act_is_seen_on_screens_and_stays_seen_when_the_unit_changes() {
    let stage = Stage::new(1);
    let id = stage.alarmed(0, &[0]).await;
    stage.watch("screen", Topic::Org).await;
    stage.acknowledge(&stage.cook(), id).await.unwrap();
    let alerts_of = |bodies: Vec<ServerBody>| -> Vec<AlertView> {
        let bodies = bodies.into_iter();
        bodies
            .flat_map(|body| match body {
                ServerBody::AlertsChanged { alerts } => alerts,
                _ => Vec::new(),
            })
            .collect()
    };
    let [seen] = alerts_of(shown(&stage, "screen")).try_into().unwrap();
    assert_eq!(handling(&seen).status, HandlingStatus::Acknowledged);
    stage.recovered(0, 3).await;
    let [over] = alerts_of(shown(&stage, "screen")).try_into().unwrap();
    assert_eq!(
        (over.status, handling(&over).status),
        (AlertStatus::Resolved, HandlingStatus::Acknowledged)
    );
    // What people did cannot be read: the alert is shown without it.
    let [alert] = stage.alerts(AlertStatus::Resolved).await.try_into().unwrap();
    let records = &stage.world.records;
    records.faults.fail("records.find", PortErrorKind::Unavailable, 1);
    let live = stage.world.live();
    live.push(stage.scope(), &[LiveUpdate::of_alert(alert)], stage.now())
        .await;
    let [bare] = alerts_of(shown(&stage, "screen")).try_into().unwrap();
    assert_eq!(bare.handling, None);
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

#[tokio::test]
async fn what_people_did_is_kept_once_for_each_alert() {
    let stage = Stage::new(1);
    let id = stage.alarmed(0, &[0]).await;
    stage.snooze(id, stage.now() + Span::minutes(5)).await.unwrap();
    stage.acknowledge(&stage.cook(), id).await.unwrap();
    let records: &dyn Records = &stage.world.records;
    let kept = records.all::<Handling>(stage.scope()).await.unwrap();
    assert_eq!((kept.len(), kept[0].rev), (1, 2));
}
