use super::{START, assert_conflict, minute};
use crate::{Kitchen, fresh_id, reading};
use freshtrack_application::OrgScope;
use freshtrack_application::ports::{Alerts, UnitStates};
use freshtrack_contracts::alerts::TrailEntry;
use freshtrack_domain::alert::{Alert, AlertStatus, Severity};
use freshtrack_domain::device::Sensor;
use freshtrack_domain::ids::{AlertId, Id, Ulid};
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_domain::unit::{Admission, Change, UnitRecord};

/// Well inside the range of a refrigerator, in hundredths of a degree Celsius.
const COLD: i32 = 350;
/// Out of it.
const WARM: i32 = 720;

fn take(record: &mut UnitRecord, sensor: &Sensor, at: Timestamp, centi: i32) -> Vec<Change> {
    let mut changes = Vec::new();
    let admission = record.take(&reading(sensor.id, at, centi), at, &mut changes);
    assert_eq!(admission, Admission::Taken);
    changes
}

/// Saves and loads, refuses what was decided on an outdated state, lists by organization, tells what is due.
pub async fn unit_states(states: &dyn UnitStates) {
    let kitchen = Kitchen::new(2);
    let (scope, other) = (kitchen.scope(), OrgScope::granted(fresh_id()));
    let [mut first, mut second] = <[UnitRecord; 2]>::try_from(kitchen.records(START)).unwrap();
    let unit_id = first.state.unit_id;
    assert_eq!(states.load(scope, unit_id).await.unwrap(), None);

    states.save(scope, &mut first, &[]).await.unwrap();
    assert_eq!(first.rev, 1, "a save counts");
    assert_eq!(states.load(scope, unit_id).await.unwrap().as_ref(), Some(&first));
    take(&mut first, &kitchen.sensors[0], minute(0), COLD);
    states.save(scope, &mut first, &[]).await.unwrap();
    first.seal().unwrap();
    take(&mut first, &kitchen.sensors[0], minute(5), COLD);
    states.save(scope, &mut first, &[]).await.unwrap();
    assert_eq!(
        states.load(scope, unit_id).await.unwrap().as_ref(),
        Some(&first),
        "with chain and seal"
    );
    assert_eq!(
        states.load_eventually(scope, unit_id).await.unwrap().as_ref(),
        Some(&first),
        "one store is never behind itself"
    );
    assert_eq!(states.load_eventually(other, unit_id).await.unwrap(), None);

    let mut outdated = UnitRecord {
        rev: first.rev - 1,
        ..first.clone()
    };
    assert_conflict(
        states.save(scope, &mut outdated, &[]).await,
        "someone else saved in between",
    );
    assert_eq!(
        outdated.rev,
        first.rev - 1,
        "a save that was refused does not count"
    );
    let mut unborn = UnitRecord {
        rev: 0,
        ..first.clone()
    };
    assert_conflict(states.save(scope, &mut unborn, &[]).await, "the unit exists");
    let mut ahead = UnitRecord {
        rev: 7,
        ..second.clone()
    };
    assert_conflict(
        states.save(scope, &mut ahead, &[]).await,
        "the unit does not exist",
    );

    states.save(scope, &mut second, &[]).await.unwrap();
    let mut listed = states.list(scope).await.unwrap();
    listed.sort_by_key(|record| record.state.unit_id);
    let mut saved = vec![first.clone(), second.clone()];
    saved.sort_by_key(|record| record.state.unit_id);
    assert_eq!(listed, saved);

    assert_eq!(
        states.load(other, unit_id).await.unwrap(),
        None,
        "another organization has no such unit"
    );
    assert_eq!(states.list(other).await.unwrap(), Vec::new());
    let mut theirs = UnitRecord {
        rev: 0,
        ..second.clone()
    };
    states.save(other, &mut theirs, &[]).await.unwrap();
    assert_eq!(
        states.load(scope, second.state.unit_id).await.unwrap(),
        Some(second),
        "nor does it change ours"
    );

    due(states).await;
}

/// Units are due when something falls due at them, to their organization alone.
async fn due(states: &dyn UnitStates) {
    let kitchen = Kitchen::new(3);
    let scope = kitchen.scope();
    let mut records = kitchen.records(START);
    // The third has never been heard and waits for nothing.
    for ((number, record), sensor) in (0..2).zip(&mut records).zip(&kitchen.sensors) {
        let changes = take(record, sensor, minute(5 - number), WARM);
        states.save(scope, record, &changes).await.unwrap();
    }
    states.save(scope, &mut records[2], &[]).await.unwrap();
    let mut sooner = records[1].clone();
    let due_at = |now: Timestamp| async move {
        let mut due = states.due(scope, now).await.unwrap();
        due.sort_by_key(|unit| unit.due);
        let due = due.into_iter().map(|unit| (unit.unit_id, unit.due));
        due.collect::<Vec<_>>()
    };
    let (soon, late) = (sooner.next_due().unwrap(), records[0].next_due().unwrap());
    let (first, second) = (sooner.state.unit_id, records[0].state.unit_id);
    assert_eq!(due_at(soon - Span::seconds(1)).await, []);
    assert_eq!(due_at(late - Span::seconds(1)).await, [(first, soon)]);
    assert_eq!(due_at(late).await, [(first, soon), (second, late)]);
    let elsewhere = OrgScope::granted(fresh_id());
    assert_eq!(states.due(elsewhere, late).await.unwrap(), []);

    // Each reading moves it.
    let changes = take(&mut sooner, &kitchen.sensors[1], minute(8), WARM);
    states.save(scope, &mut sooner, &changes).await.unwrap();
    let put_off = sooner.next_due().unwrap();
    assert!(put_off > late);
    assert_eq!(due_at(late).await, [(second, late)]);
    assert_eq!(due_at(put_off).await, [(second, late), (first, put_off)]);
}

/// Keeps alerts in the same step as their unit's state, lists them by status and page, and keeps their trail.
pub async fn alerts(states: &dyn UnitStates, alerts: &dyn Alerts) {
    let kitchen = Kitchen::new(1);
    let (scope, other) = (kitchen.scope(), OrgScope::granted(fresh_id()));
    let sensor = &kitchen.sensors[0];
    let mut record = kitchen.records(START).remove(0);
    record.state.overrides.report_interval = Some(Span::minutes(10));
    record.state.overrides.confirm = Some(Span::minutes(10));
    states.save(scope, &mut record, &[]).await.unwrap();

    let mut outdated = UnitRecord {
        rev: 9,
        ..record.clone()
    };
    let changes = take(&mut outdated, sensor, minute(1), WARM);
    assert_conflict(states.save(scope, &mut outdated, &changes).await, "outdated");
    assert_eq!(
        open_and_resolved(alerts, scope).await,
        (Vec::new(), Vec::new()),
        "all of it or nothing"
    );

    // Five excursions, of which the last becomes an alarm and stays one.
    for episode in 0..5_u32 {
        let begin = episode * 20;
        for at in [begin, begin + 10] {
            let centi = if at == begin || episode == 4 { WARM } else { COLD };
            let changes = take(&mut record, sensor, minute(at), centi);
            states.save(scope, &mut record, &changes).await.unwrap();
        }
    }
    let (open, resolved) = open_and_resolved(alerts, scope).await;
    let opened = |alerts: &[Alert]| alerts.iter().map(|alert| alert.opened_at).collect::<Vec<_>>();
    assert_eq!(opened(&open), [minute(80)]);
    assert_eq!(
        (open[0].severity, open[0].status),
        (Severity::Critical, AlertStatus::Open),
        "as upgraded"
    );
    assert_eq!(
        opened(&resolved),
        [minute(60), minute(40), minute(20), minute(0)],
        "the newest first"
    );
    assert!(
        resolved
            .iter()
            .all(|alert| alert.resolved_at == Some(alert.opened_at + Span::minutes(10)))
    );

    let page = async |after| alerts.list(scope, AlertStatus::Resolved, after, 3).await.unwrap();
    assert_eq!(page(None).await, resolved[..3]);
    assert_eq!(page(Some(resolved[2].id)).await, resolved[3..]);
    assert_eq!(
        open_and_resolved(alerts, other).await,
        (Vec::new(), Vec::new()),
        "another organization's"
    );

    trail(alerts, scope, other, &open[0]).await;
    found_late(alerts, scope, other, &resolved).await;
}

/// Alerts are found by when they opened, and one that is found late is kept once.
async fn found_late(alerts: &dyn Alerts, scope: OrgScope, other: OrgScope, resolved: &[Alert]) {
    let opened = async |from: u32, to: u32| {
        let found = alerts.opened(scope, minute(from), minute(to)).await.unwrap();
        found.iter().map(|alert| alert.opened_at).collect::<Vec<_>>()
    };
    assert_eq!(
        opened(20, 40).await,
        [minute(20), minute(40)],
        "both ends are included"
    );
    assert_eq!(opened(61, 80).await, [minute(80)], "whatever its status");
    assert_eq!(opened(81, 200).await, []);
    assert_eq!(alerts.opened(other, minute(0), minute(200)).await.unwrap(), []);
    assert_eq!(alerts.opened(scope, minute(200), minute(0)).await.unwrap(), []);
    let late = Alert {
        id: AlertId::from_ulid(Ulid::from_parts(
            u64::try_from(minute(30).as_millis()).unwrap(),
            7,
        )),
        opened_at: minute(30),
        resolved_at: Some(minute(35)),
        found_at: Some(minute(100)),
        ..resolved[0].clone()
    };
    assert!(alerts.keep_found(scope, &late).await.unwrap());
    let again = Alert {
        found_at: Some(minute(200)),
        ..late.clone()
    };
    assert!(
        !alerts.keep_found(scope, &again).await.unwrap(),
        "it is kept already"
    );
    assert_eq!(opened(21, 39).await, [minute(30)]);
    assert_eq!(
        alerts.find(scope, late.id).await.unwrap(),
        Some((late.clone(), vec![]))
    );
    let (_, ended) = open_and_resolved(alerts, scope).await;
    assert!(ended.contains(&late));
}

async fn trail(alerts: &dyn Alerts, scope: OrgScope, other: OrgScope, alert: &Alert) {
    let entry = |number: u32, at: Timestamp| TrailEntry {
        event_id: format!("{}:{number}:0", alert.unit_id),
        event: "alert.upgraded".to_owned(),
        at: at.into(),
        detail: "Warmer.".to_owned(),
        by: None,
        acting_as: None,
        corrective_action: None,
        until: None,
    };
    let (second, first) = (entry(2, minute(90)), entry(1, minute(80)));
    for entry in [&second, &first, &second] {
        alerts.add_trail(scope, alert.id, entry).await.unwrap();
    }
    let found = alerts.find(scope, alert.id).await.unwrap();
    assert_eq!(
        found,
        Some((alert.clone(), vec![first, second])),
        "each event once, oldest first"
    );
    assert_eq!(
        alerts.find(other, alert.id).await.unwrap(),
        None,
        "another organization has no such alert"
    );
    assert_eq!(alerts.find(scope, fresh_id()).await.unwrap(), None);
    assert_eq!(alerts.now(scope, alert.id).await.unwrap().as_ref(), Some(alert));
    assert_eq!(alerts.now(other, alert.id).await.unwrap(), None);
}

async fn open_and_resolved(alerts: &dyn Alerts, scope: OrgScope) -> (Vec<Alert>, Vec<Alert>) {
    let open = alerts.list(scope, AlertStatus::Open, None, 50).await.unwrap();
    let resolved = alerts.list(scope, AlertStatus::Resolved, None, 50).await.unwrap();
    (open, resolved)
}
