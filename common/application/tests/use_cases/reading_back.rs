//! What was recorded is read back: measurements, the overview, alerts and their trails.

use crate::support::{COLD, START, Stage, WARM, minute};
use async_trait::async_trait;
use freshtrack_application::alerts::{AlertQuery, get_alert, list_alerts, record_trail};
use freshtrack_application::ports::{LateEntry, Owner, RawRecord, ReadingLog, Records, Step};
use freshtrack_application::{
    Caller, Failure, OrgScope, PageRequest, PortError, PortErrorKind, ReadingsOf, get_overview, list_readings,
};
use freshtrack_contracts::alerts::AlertView;
use freshtrack_contracts::page::{Page, PageSize};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_contracts::readings::ReadingView;
use freshtrack_domain::access::Sites;
use freshtrack_domain::alert::{AlertStatus, Severity};
use freshtrack_domain::ids::UnitId;
use freshtrack_domain::log::SealedBlock;
use freshtrack_domain::place::Unit;
use freshtrack_domain::text::Name;
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_domain::unit::{UnitKind, UnitStatus};
use freshtrack_testkit::{Kitchen, Memory, Work, World, fresh_id, interleaved, killed_after};
use std::collections::BTreeSet;
use std::fmt::Debug;

impl Stage {
    async fn list(
        &self,
        caller: &Caller,
        unit_id: UnitId,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
    ) -> Result<Page<ReadingView>, Failure> {
        let World { memory, clock, .. } = &self.world;
        let of = ReadingsOf { unit_id, from, to };
        list_readings(
            memory,
            memory,
            clock,
            caller,
            of,
            &PageRequest::of(PageSize::SERIES),
        )
        .await
    }

    async fn instants(&self, from: Timestamp, to: Timestamp) -> Vec<Timestamp> {
        let list = self
            .list(&self.viewer(), self.unit(0), Some(from), Some(to))
            .await
            .unwrap();
        list.items.iter().map(|reading| reading.recorded_at.0).collect()
    }

    /// Somebody who sees none of its sites.
    fn stranger(&self) -> Caller {
        Caller {
            sites: Sites::Only(BTreeSet::from([fresh_id()])),
            ..self.viewer()
        }
    }

    async fn alert_page(&self, status: AlertStatus, cursor: Option<&str>, limit: usize) -> Page<AlertView> {
        let request = PageRequest::new(PageSize::ITEMS, Some(limit), cursor).unwrap();
        let World {
            memory,
            records,
            clock,
            ..
        } = &self.world;
        let query = AlertQuery {
            status: Some(status),
            ..AlertQuery::default()
        };
        list_alerts(memory, records, clock, &self.viewer(), query, &request)
            .await
            .unwrap()
    }
}

fn code_of<T: Debug>(result: Result<T, Failure>) -> ProblemCode {
    match result {
        Err(Failure::Refused(refusal)) => refusal.code,
        other => panic!("expected a refusal, not {other:?}"),
    }
}

#[tokio::test]
async fn a_span_includes_both_its_ends() {
    let stage = Stage::new(1);
    stage.record(&stage.calm(0, 0, 150)).await;
    let every_five = |from: u32, to: u32| (from..=to).step_by(5).map(minute).collect::<Vec<_>>();
    // Within the head, across head and block, across blocks, and within one block.
    for (from, to) in [(725, 745), (700, 745), (300, 400), (100, 105), (355, 355)] {
        assert_eq!(
            stage.instants(minute(from), minute(to)).await,
            every_five(from, to),
            "{from} to {to}"
        );
    }
    let (before, after) = (minute(100) - Span::seconds(1), minute(105) + Span::seconds(1));
    assert_eq!(stage.instants(before, after).await, [minute(100), minute(105)]);
    // Readings are kept to the second they were measured in.
    let within = Timestamp::from_millis(minute(100).as_millis() + 999);
    assert_eq!(stage.instants(within, within).await, [minute(100)]);
    assert_eq!(stage.instants(minute(101), minute(104)).await, []);
}

#[tokio::test]
async fn the_last_day_is_shown_unless_another_span_is_asked_for() {
    let stage = Stage::new(1);
    stage.record(&stage.calm(0, 0, 3)).await;
    stage.world.clock.set(START + Span::hours(24) + Span::minutes(5));
    let list = stage
        .list(&stage.viewer(), stage.unit(0), None, None)
        .await
        .unwrap();
    let shown: Vec<Timestamp> = list.items.iter().map(|reading| reading.recorded_at.0).collect();
    assert_eq!(shown, [minute(5), minute(10)]);
}

#[tokio::test]
async fn a_span_is_not_empty_and_not_longer_than_a_month() {
    let stage = Stage::new(1);
    let month = Span::hours(31 * 24);
    let list = async |from, to| {
        stage
            .list(&stage.viewer(), stage.unit(0), Some(from), Some(to))
            .await
    };
    assert_eq!(
        code_of(list(minute(1), minute(0)).await),
        ProblemCode::InvalidRequest
    );
    let too_long = list(minute(0), minute(0) + month + Span::seconds(1)).await;
    assert_eq!(code_of(too_long), ProblemCode::InvalidRequest);
    list(minute(0), minute(0) + month).await.unwrap();
    list(minute(0), minute(0)).await.unwrap();
}

#[tokio::test]
async fn nobody_reads_of_a_unit_that_is_not_theirs_to_see() {
    let (stage, foreign) = (Stage::new(1), Stage::new(1));
    for (caller, unit) in [
        (foreign.viewer(), stage.unit(0)),
        (stage.viewer(), foreign.unit(0)),
        (stage.stranger(), stage.unit(0)),
    ] {
        let refused = stage.list(&caller, unit, None, None).await;
        assert_eq!(code_of(refused), ProblemCode::NotFound);
    }
}

#[tokio::test]
async fn readings_that_stand_in_two_places_are_shown_once() {
    let stage = Stage::new(1);
    stage.record(&stage.calm(0, 0, 72)).await;
    // The block is stored and the process dies before the head is emptied.
    let batch = stage.calm(0, 72 * 5, 1);
    let interrupted = killed_after(2, stage.record(&batch));
    assert_eq!(interrupted, None);
    let log: &dyn ReadingLog = &stage.world.memory;
    let blocks: Vec<SealedBlock> = log
        .blocks(stage.scope(), stage.unit(0), minute(0), minute(500), 10, true)
        .await
        .unwrap();
    assert_eq!(
        (blocks.len(), stage.record_of(0).await.head.entries().len()),
        (1, 72)
    );
    assert_eq!(stage.readings(0).await.len(), 72);
    stage.record(&batch).await;
    assert_eq!(stage.readings(0).await.len(), 73);
}

#[tokio::test]
async fn nothing_is_missing_while_a_head_is_being_sealed() {
    for turns in 0..12 {
        let stage = Stage::new(1);
        stage.record(&stage.calm(0, 0, 72)).await;
        let batch = stage.calm(0, 72 * 5, 1);
        let read = async { stage.readings(0).await.len() };
        let record = async {
            stage.record(&batch).await;
            72
        };
        let work: Vec<Work<'_, usize>> = vec![Box::pin(read), Box::pin(record)];
        // The reader has asked for the unit, and the writer gets ahead by some calls.
        let order = [0, 0]
            .into_iter()
            .chain(std::iter::repeat_n(1, turns))
            .chain([0; 8]);
        let seen = interleaved(work, order)[0];
        assert!(seen >= 72, "{seen} after {turns}");
    }
}

/// A log whose newest block is not everywhere yet.
struct Lagging<'a>(&'a Memory);

#[async_trait]
impl ReadingLog for Lagging<'_> {
    async fn put_block(&self, scope: OrgScope, unit: UnitId, block: &SealedBlock) -> Result<(), PortError> {
        self.0.put_block(scope, unit, block).await
    }

    async fn put_late(&self, scope: OrgScope, unit: UnitId, late: &LateEntry) -> Result<bool, PortError> {
        self.0.put_late(scope, unit, late).await
    }

    async fn blocks(
        &self,
        scope: OrgScope,
        unit: UnitId,
        from: Timestamp,
        to: Timestamp,
        most: usize,
        fresh: bool,
    ) -> Result<Vec<SealedBlock>, PortError> {
        let mut blocks = self.0.blocks(scope, unit, from, to, most, fresh).await?;
        if !fresh {
            blocks.pop();
        }
        Ok(blocks)
    }

    async fn late(
        &self,
        scope: OrgScope,
        unit: UnitId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<LateEntry>, PortError> {
        self.0.late(scope, unit, from, to).await
    }
}

#[tokio::test]
async fn a_block_that_is_not_everywhere_yet_is_not_missed() {
    let stage = Stage::new(1);
    stage.record(&stage.calm(0, 0, 73)).await;
    assert_eq!(stage.record_of(0).await.head.entries().len(), 1);
    let World { memory, clock, .. } = &stage.world;
    let (log, caller) = (Lagging(memory), stage.viewer());
    for (from, to, expected) in [(0, 360, 73), (100, 200, 21), (300, 360, 13), (360, 400, 1)] {
        let of = ReadingsOf {
            unit_id: stage.unit(0),
            from: Some(minute(from)),
            to: Some(minute(to)),
        };
        let all = PageRequest::of(PageSize::SERIES);
        let list = list_readings(memory, &log, clock, &caller, of, &all).await;
        assert_eq!(list.unwrap().items.len(), expected, "{of:?}");
    }
}

/// Head, blocks and late readings, a page at a time, of whatever size.
#[tokio::test]
async fn readings_are_paged_without_gap_or_overlap() {
    let stage = Stage::new(1);
    stage.record(&stage.calm(0, 0, 280)).await;
    stage
        .record(&[
            stage.measured(0, minute(3), COLD),
            stage.measured(0, minute(701), COLD),
        ])
        .await;
    let World { memory, clock, .. } = &stage.world;
    let of = ReadingsOf {
        unit_id: stage.unit(0),
        from: Some(minute(0)),
        to: Some(minute(1_400)),
    };
    let whole = stage.readings(0).await;
    assert_eq!(whole.len(), 282);
    for limit in [1, 2, 17, 72, 281, 282, 10_000] {
        let mut request = PageRequest::new(PageSize::SERIES, Some(limit), None).unwrap();
        let mut pieces = Vec::new();
        loop {
            let page = list_readings(memory, memory, clock, &stage.viewer(), of, &request)
                .await
                .unwrap();
            assert!(page.items.len() <= limit, "{limit}");
            pieces.extend(page.items);
            request.cursor = page.next_cursor;
            if request.cursor.is_none() {
                break;
            }
        }
        assert!(pieces == whole, "{limit}");
    }
}

#[tokio::test]
async fn a_store_that_fails_while_reading_is_a_fault() {
    let stage = Stage::new(1);
    stage.record(&stage.calm(0, 0, 80)).await;
    for op in [
        "unit_states.load_eventually",
        "reading_log.blocks",
        "reading_log.late",
    ] {
        stage.world.memory.faults.fail(op, PortErrorKind::Throttled, 1);
        let failed = stage.list(&stage.viewer(), stage.unit(0), None, None).await;
        assert!(matches!(failed, Err(Failure::Fault(error)) if error.op == op));
    }
}

#[tokio::test]
async fn the_overview_shows_every_unit_with_what_is_happening_in_it() {
    let stage = Stage::new(3);
    let batch = [
        stage.measured(0, minute(0), WARM),
        stage.measured(1, minute(0), COLD),
    ];
    stage.record(&batch).await;
    let World {
        memory,
        records,
        clock,
        ..
    } = &stage.world;
    let overview = get_overview(records, memory, clock, &stage.viewer())
        .await
        .unwrap();
    assert_eq!(
        (overview.org_id, overview.name.as_str()),
        (stage.kitchen.org_id, "Harbour Bistro")
    );
    assert_eq!(overview.as_of.0, START + Span::hours(24));
    let units = &overview.sites[0].areas[0].units;
    let seen = |number: usize| {
        let unit = units.iter().find(|unit| unit.id == stage.unit(number)).unwrap();
        (unit.now.status, unit.now.temperature_c, unit.now.severity)
    };
    assert_eq!(
        seen(0),
        (UnitStatus::Excursion, Some(7.2), Some(Severity::Warning))
    );
    assert_eq!(seen(1), (UnitStatus::Ok, Some(3.5), None));
    assert_eq!(seen(2), (UnitStatus::Pending, None, None));

    let hidden = get_overview(records, memory, clock, &stage.stranger())
        .await
        .unwrap();
    assert_eq!(hidden.sites, []);
    let foreign = Stage::new(1);
    let refused = get_overview(records, memory, clock, &foreign.viewer()).await;
    assert_eq!(code_of(refused), ProblemCode::NotFound);
    for (faults, op) in [
        (&records.faults, "records.find"),
        (&records.faults, "records.list_eventually"),
        (&memory.faults, "unit_states.list"),
    ] {
        faults.fail(op, PortErrorKind::Unavailable, 1);
        let failed = get_overview(records, memory, clock, &stage.viewer()).await;
        assert!(matches!(failed, Err(Failure::Fault(error)) if error.op == op));
    }
}

#[tokio::test]
async fn a_unit_without_a_state_is_shown_as_pending() {
    let stage = Stage::new(1);
    let World {
        memory,
        records,
        clock,
        ..
    } = &stage.world;
    let Kitchen { site_id, area_id, .. } = stage.kitchen;
    let unit = Unit::new(
        fresh_id(),
        site_id,
        area_id,
        Name::new("New").unwrap(),
        UnitKind::Fridge,
    );
    let insert = Step::Insert(Owner::from(stage.scope()), RawRecord::of(&unit).unwrap());
    records.commit(&[insert], &[], START).await.unwrap();
    let overview = get_overview(records, memory, clock, &stage.viewer())
        .await
        .unwrap();
    let units = &overview.sites[0].areas[0].units;
    let shown = units.iter().find(|shown| shown.id == unit.id).unwrap();
    assert_eq!((shown.now.status, shown.now.rev), (UnitStatus::Pending, 0));
}

#[tokio::test]
async fn alerts_are_paged_from_the_newest() {
    let stage = Stage::new(5);
    for unit in 0..5 {
        let at = u32::try_from(unit).unwrap();
        stage.record(&[stage.measured(unit, minute(at), WARM)]).await;
    }
    let mut opened = Vec::new();
    let mut cursor = None;
    loop {
        let page = stage.alert_page(AlertStatus::Open, cursor.as_deref(), 2).await;
        opened.extend(page.items.iter().map(|alert| alert.opened_at.0));
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(opened, [4, 3, 2, 1, 0].map(minute));
    assert_eq!(stage.alert_page(AlertStatus::Resolved, None, 2).await.items, []);
    stage.record(&[stage.measured(3, minute(60), COLD)]).await;
    let resolved = stage.alert_page(AlertStatus::Resolved, None, 2).await.items;
    assert_eq!((resolved.len(), resolved[0].unit_id), (1, stage.unit(3)));
    assert_eq!(stage.alert_page(AlertStatus::Open, None, 50).await.items.len(), 4);
}

#[tokio::test]
async fn nobody_sees_alerts_that_are_not_theirs_to_see() {
    let (stage, foreign) = (Stage::new(1), Stage::new(1));
    stage.record(&[stage.measured(0, minute(0), WARM)]).await;
    let [alert] = stage.alerts(AlertStatus::Open).await.try_into().unwrap();
    let World {
        memory,
        records,
        clock,
        ..
    } = &stage.world;
    for caller in [stage.stranger(), foreign.viewer()] {
        let first = PageRequest::default();
        let listed = list_alerts(memory, records, clock, &caller, AlertQuery::default(), &first)
            .await
            .unwrap();
        assert_eq!((listed.items, listed.next_cursor), (vec![], None));
        assert_eq!(
            code_of(get_alert(memory, records, clock, &caller, alert.id).await),
            ProblemCode::NotFound
        );
    }
    let refused = get_alert(memory, records, clock, &stage.viewer(), fresh_id()).await;
    assert_eq!(code_of(refused), ProblemCode::NotFound);
}

#[tokio::test]
async fn an_alerts_trail_tells_each_event_once_in_order_however_they_are_delivered() {
    let stage = Stage::new(1);
    for (at, centi) in [(0, WARM), (11, WARM), (20, COLD)] {
        stage.record(&[stage.measured(0, minute(at), centi)]).await;
    }
    let [alert] = stage.alerts(AlertStatus::Resolved).await.try_into().unwrap();
    let World {
        memory,
        records,
        clock,
        ..
    } = &stage.world;
    let events = memory.take_outbox();
    memory
        .faults
        .fail("alerts.add_trail", PortErrorKind::Throttled, 1);
    let failures = {
        let mut failures = 0;
        for event in events.iter().rev().chain(&events) {
            failures += usize::from(record_trail(memory, event).await.is_err());
        }
        failures
    };
    assert_eq!(failures, 1, "which the queue delivers again");
    let detail = get_alert(memory, records, clock, &stage.viewer(), alert.id)
        .await
        .unwrap();
    let trail: Vec<_> = detail
        .trail
        .iter()
        .map(|entry| (entry.event.as_str(), entry.at.0))
        .collect();
    assert_eq!(
        trail,
        [
            ("alert.opened", minute(0)),
            ("alert.upgraded", minute(10)),
            ("alert.resolved", minute(20))
        ]
    );
    assert_eq!(
        (detail.alert.id, detail.alert.status),
        (alert.id, AlertStatus::Resolved)
    );
    let states = events
        .iter()
        .filter(|event| event.what.detail_type() == "unit.state_changed");
    assert!(states.count() > 0, "events of no alert leave no trail");
}
