//! States follow what people set up, whoever else makes them follow at the same time and whoever dies over it.

use crate::support::{Stage, WARM, done, minute};
use freshtrack_application::places::{
    delete_place, follow_change, get_effective_rules, get_unit, list_rule_changes, purge_place, put_rules,
    update_site, update_unit,
};
use freshtrack_application::ports::Clock;
use freshtrack_application::{Actor, Caller, PageRequest, SetUp};
use freshtrack_contracts::events::{Event, Happening, PlaceId};
use freshtrack_contracts::places::{
    Patch, QuietTimeValue, RuleChangeView, RuleValues, UpdateSite, UpdateUnit,
};
use freshtrack_domain::access::{Role, Sites};
use freshtrack_domain::alert::AlertStatus;
use freshtrack_domain::ids::UnitId;
use freshtrack_domain::place::{Level, QuietReason};
use freshtrack_domain::time::Span;
use freshtrack_domain::unit::UnitStatus;
use freshtrack_testkit::{Kitchen, Work, interleaved, killed_after};

/// More calls than any of the work here makes.
const ALL_CALLS: usize = 1_000;

pub(crate) fn set_up(stage: &Stage) -> SetUp<'_> {
    SetUp {
        records: &stage.world.records,
        states: &stage.world.memory,
        ids: &stage.world.ids,
        clock: &stage.world.clock,
    }
}

pub(crate) fn owner(stage: &Stage) -> Caller {
    Caller {
        scope: stage.scope(),
        actor: Actor::new("usr_owner"),
        rights: Role::Owner.rights(),
        sites: Sites::All,
    }
}

async fn follow(stage: &Stage, event: &Event) {
    let follow = set_up(stage).follow();
    follow_change(&follow, event).await.unwrap();
}

/// Lets the worker hear of everything that happens until nothing does any more.
pub(crate) async fn follow_all(stage: &Stage) {
    loop {
        let events = stage.world.records.take_outbox();
        if events.is_empty() {
            return;
        }
        for event in events {
            follow(stage, &event).await;
        }
    }
}

/// Sets after how many missed reports nobody watches a unit any more, at the site.
async fn interrupted_after(stage: &Stage, missed: u32) {
    let rules = RuleValues {
        offline_critical_missed: Some(missed),
        ..RuleValues::default()
    };
    let site = PlaceId::Site(stage.kitchen.site_id);
    put_rules(&set_up(stage), &owner(stage), Some(site), None, rules)
        .await
        .unwrap();
}

fn unit_changed(stage: &Stage, unit_id: UnitId) -> Event {
    Event {
        what: Happening::UnitChanged { unit_id },
        ..rules_changed(stage)
    }
}

fn rules_changed(stage: &Stage) -> Event {
    let what = Happening::RulesChanged {
        place: Some(PlaceId::Site(stage.kitchen.site_id)),
    };
    Event::of_record(
        stage.scope().org_id(),
        "again".to_owned(),
        Clock::now(&stage.world.clock).into(),
        what,
    )
}

#[tokio::test]
async fn the_units_of_a_site_follow_how_often_is_logged_by_hand_there() {
    let stage = Stage::new(2);
    let (ports, owner) = (set_up(&stage), owner(&stage));
    let every = async |minutes| {
        let input = UpdateSite {
            log_cadence_minutes: Some(minutes),
            ..UpdateSite::default()
        };
        update_site(&ports, &owner, stage.kitchen.site_id, None, input)
            .await
            .unwrap();
        follow_all(&stage).await;
    };
    let interval = async |index| stage.record_of(index).await.state.rules().manual_interval;
    assert_eq!(interval(0).await, Span::hours(4));
    every(90).await;
    assert_eq!(interval(0).await, Span::minutes(90));
    let shown = get_effective_rules(&ports, &owner, stage.unit(0)).await.unwrap();
    let shown = shown.rules["manual_interval_minutes"];
    assert_eq!((shown.value, shown.source), (90.0, Level::Site));

    let input = UpdateUnit {
        log_cadence_minutes: Patch::Set(30),
        ..UpdateUnit::default()
    };
    update_unit(&ports, &owner, stage.unit(1), None, input)
        .await
        .unwrap();
    every(120).await;
    assert_eq!(interval(0).await, Span::hours(2));
    assert_eq!(interval(1).await, Span::minutes(30), "the unit's own");
    let shown = get_effective_rules(&ports, &owner, stage.unit(1)).await.unwrap();
    let shown = shown.rules["manual_interval_minutes"];
    assert_eq!((shown.value, shown.source), (30.0, Level::Unit));

    let saved = stage.record_of(0).await.rev;
    every(120).await;
    assert_eq!(stage.record_of(0).await.rev, saved, "nothing has changed");
}

#[tokio::test]
async fn what_a_rule_was_before_is_kept() {
    let stage = Stage::new(1);
    let (ports, owner) = (set_up(&stage), owner(&stage));
    let place = Some(PlaceId::Site(stage.kitchen.site_id));
    let set = async |high_c: Option<f64>, confirm: Option<u32>| {
        let rules = RuleValues {
            high_c,
            confirm_door_closed_minutes: confirm,
            ..RuleValues::default()
        };
        put_rules(&ports, &owner, place, None, rules).await.unwrap();
    };
    set(Some(4.0), Some(15)).await;
    set(Some(4.0), Some(15)).await;
    set(Some(4.5), None).await;
    let list =
        async |place, page: &PageRequest| list_rule_changes(&ports, &owner, place, page).await.unwrap();
    let kept = list(place, &PageRequest::default()).await;
    let told = |change: &RuleChangeView| {
        let changes = change.changes.iter();
        changes
            .map(|change| (change.rule.clone(), change.from, change.to))
            .collect::<Vec<_>>()
    };
    let high = |from, to| ("high_c".to_owned(), from, to);
    let confirm = |from, to| ("confirm_door_closed_minutes".to_owned(), from, to);
    assert_eq!(kept.items.len(), 2, "what changes nothing is no change");
    assert_eq!(
        told(&kept.items[0]),
        [confirm(Some(15.0), None), high(Some(4.0), Some(4.5))]
    );
    assert_eq!(
        told(&kept.items[1]),
        [confirm(None, Some(15.0)), high(None, Some(4.0))]
    );
    let newest = &kept.items[0];
    assert_eq!(
        (newest.revision, newest.level, newest.by.as_str()),
        (2, Level::Site, "usr_owner")
    );

    let one = PageRequest {
        limit: 1,
        cursor: None,
    };
    let first = list(place, &one).await;
    let next = PageRequest {
        cursor: first.next_cursor.clone(),
        ..one
    };
    assert_eq!(list(place, &next).await.items, [kept.items[1].clone()]);
    assert_eq!(
        list(None, &PageRequest::default()).await.items,
        [],
        "of another place"
    );
    let elsewhere = list_rule_changes(&ports, &owner, None, &next).await;
    assert!(elsewhere.is_err(), "a cursor of another list");
}

#[test]
fn of_two_who_set_the_rules_of_a_place_for_the_first_time_one_is_told() {
    for turns in 0..20 {
        let stage = Stage::new(1);
        let (ports, owner) = (set_up(&stage), owner(&stage));
        let place = Some(PlaceId::Site(stage.kitchen.site_id));
        let set = async |minutes| {
            let rules = RuleValues {
                confirm_door_closed_minutes: Some(minutes),
                ..RuleValues::default()
            };
            put_rules(&ports, &owner, place, None, rules).await.is_ok()
        };
        let work: Vec<Work<'_, bool>> = vec![Box::pin(set(15)), Box::pin(set(25))];
        let ended = interleaved(work, std::iter::repeat_n(0, turns).chain([1; 40]));
        let kept = done(list_rule_changes(&ports, &owner, place, &PageRequest::default()));
        let told = ended.iter().filter(|ended| **ended).count();
        assert_eq!(kept.unwrap().items.len(), told, "after {turns} turns");
    }
}

#[test]
fn a_rule_that_is_reverted_while_a_worker_follows_it_stays_reverted() {
    let kitchen = Kitchen::new(1);
    for event in [rules_changed, |stage: &Stage| unit_changed(stage, stage.unit(0))] {
        for calls in 0..60 {
            let stage = Stage::of(kitchen.clone());
            done(interrupted_after(&stage, 20));
            done(follow_all(&stage));
            done(interrupted_after(&stage, 40));
            let event = event(&stage);
            let slow = follow(&stage, &event);
            let reverting = async {
                interrupted_after(&stage, 20).await;
                follow_all(&stage).await;
            };
            let work: Vec<Work<'_, ()>> = vec![Box::pin(slow), Box::pin(reverting)];
            interleaved(
                work,
                std::iter::repeat_n(0, calls).chain([1].into_iter().cycle().take(ALL_CALLS)),
            );
            let state = done(stage.record_of(0)).state;
            assert_eq!(state.rules().offline_critical, 20, "after {calls} calls");
        }
    }
}

#[test]
fn a_unit_that_is_purged_while_a_worker_follows_it_stays_gone() {
    let kitchen = Kitchen::new(1);
    for event in [rules_changed, |stage: &Stage| unit_changed(stage, stage.unit(0))] {
        for calls in 0..60 {
            let stage = Stage::of(kitchen.clone());
            done(interrupted_after(&stage, 20));
            let event = event(&stage);
            let unit = PlaceId::Unit(stage.unit(0));
            let purging = async {
                delete_place(&set_up(&stage), &owner(&stage), unit).await.unwrap();
                purge_place(&set_up(&stage), &owner(&stage), unit).await.unwrap();
                follow_all(&stage).await;
            };
            let work: Vec<Work<'_, ()>> = vec![Box::pin(follow(&stage, &event)), Box::pin(purging)];
            interleaved(
                work,
                std::iter::repeat_n(0, calls).chain([1].into_iter().cycle().take(ALL_CALLS)),
            );
            assert!(!done(stage.record_of(0)).state.active, "after {calls} calls");
        }
    }
}

#[test]
fn a_worker_that_dies_over_a_purged_site_leaves_no_unit_active() {
    let kitchen = Kitchen::new(2);
    for deleted_first in [true, false] {
        for calls in 0.. {
            let stage = Stage::of(kitchen.clone());
            let site = PlaceId::Site(kitchen.site_id);
            done(delete_place(&set_up(&stage), &owner(&stage), site)).unwrap();
            if deleted_first {
                done(follow_all(&stage));
            }
            done(purge_place(&set_up(&stage), &owner(&stage), site)).unwrap();
            let purged = stage.world.records.take_outbox().pop().unwrap();
            let dies = killed_after(calls, follow(&stage, &purged)).is_none();
            done(follow(&stage, &purged));
            done(follow_all(&stage));
            for number in 0..2 {
                let state = done(stage.record_of(number)).state;
                assert!(!state.active, "unit {number} after {calls} calls");
            }
            if !dies {
                break;
            }
        }
    }
}

#[test]
fn workers_that_follow_two_places_at_once_do_not_fail_each_other() {
    let kitchen = Kitchen::new(2);
    let (site, area) = (PlaceId::Site(kitchen.site_id), PlaceId::Area(kitchen.area_id));
    for calls in 0..40 {
        let stage = Stage::of(kitchen.clone());
        for place in [area, site] {
            done(delete_place(&set_up(&stage), &owner(&stage), place)).unwrap();
        }
        done(follow_all(&stage));
        for place in [area, site] {
            done(purge_place(&set_up(&stage), &owner(&stage), place)).unwrap();
        }
        let events = stage.world.records.take_outbox();
        let work: Vec<Work<'_, ()>> = events
            .iter()
            .map(|event| Box::pin(follow(&stage, event)) as Work<'_, ()>)
            .collect();
        interleaved(work, std::iter::repeat_n(0, calls));
        done(follow_all(&stage));
        for number in 0..2 {
            assert!(!done(stage.record_of(number)).state.active, "after {calls} calls");
        }
    }
}

#[tokio::test]
async fn a_unit_whose_alerts_are_held_back_is_judged_and_tells_of_what_still_holds() {
    let stage = Stage::new(1);
    let quiet = |from, until| QuietTimeValue {
        from: minute(from).into(),
        until: minute(until).into(),
        kinds: Vec::new(),
        reason: QuietReason::Maintenance,
    };
    let set = async |times: Vec<QuietTimeValue>| {
        let input = UpdateUnit {
            quiet_times: Some(times),
            ..UpdateUnit::default()
        };
        update_unit(&set_up(&stage), &owner(&stage), stage.unit(0), None, input).await
    };
    stage.world.clock.set(minute(0));
    assert!(set(vec![quiet(5, 5)]).await.is_err());
    let times = vec![quiet(0, 30), quiet(60, 90)];
    set(times.clone()).await.unwrap();
    let shown = get_unit(&set_up(&stage), &owner(&stage), stage.unit(0))
        .await
        .unwrap();
    assert_eq!(shown.view.quiet_times, times);
    for at in [1, 6, 11] {
        stage.world.clock.set(minute(at));
        stage.record(&[stage.measured(0, minute(at), WARM)]).await;
    }
    assert_ne!(stage.record_of(0).await.state.status, UnitStatus::Ok);
    assert_eq!(stage.alerts(AlertStatus::Open).await, []);

    stage.world.clock.set(minute(12));
    set(Vec::new()).await.unwrap();
    let [alert] = stage.alerts(AlertStatus::Open).await.try_into().unwrap();
    assert_eq!(alert.opened_at, minute(1));
    assert!(
        alert.explanation.ends_with("it was held back until now."),
        "{}",
        alert.explanation
    );
}
