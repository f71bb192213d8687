//! From a reading out of range to the people who must know, and back to normal.

use freshtrack_contracts::alerts::{AlertView, TrailEntry};
use freshtrack_contracts::live::ServerBody;
use freshtrack_contracts::page::Page;
use freshtrack_domain::access::Right;
use freshtrack_domain::alert::{AlertKind, AlertStatus, Severity, Side};
use freshtrack_domain::ids::AlertId;
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_domain::unit::{Silence, UnitStatus};
use freshtrack_tests::{Frame, Socket, Tenant, World, eventually};
use serde_json::json;
use std::collections::BTreeSet;

/// Sends what the sensor of the unit at `index` measures now, as the frame number `count`.
pub(crate) async fn measure(world: &World, tenant: &Tenant, index: usize, count: u32, centi: i16) {
    let frame = Frame::new(tenant.dev_eui(index), world.now(), count, centi);
    tenant.things_stack(&frame.things_stack()).await;
}

/// The next alert that the screen is told of.
pub(crate) async fn told(screen: &mut Socket) -> AlertView {
    screen
        .until("an alert", |body| match body {
            ServerBody::AlertsChanged { alerts } => {
                assert_eq!(alerts.len(), 1);
                alerts.first().cloned()
            }
            _ => None,
        })
        .await
}

/// The trail of an alert, once it has `entries` entries.
pub(crate) async fn trail(tenant: &Tenant, id: AlertId, entries: usize) -> Vec<TrailEntry> {
    eventually("the trail", async || {
        let trail = tenant.alert(id).await.trail;
        (trail.len() >= entries).then_some(trail)
    })
    .await
}

pub(crate) fn events(trail: &[TrailEntry]) -> Vec<(&str, Timestamp)> {
    trail
        .iter()
        .map(|entry| (entry.event.as_str(), entry.at.0))
        .collect()
}

#[tokio::test]
async fn an_excursion_is_one_alert_from_its_first_reading_to_its_recovery() {
    let world = World::start().await;
    let tenant = world.tenant(1).await;
    let unit = tenant.unit(0).id;
    let mut screen = tenant.watching().await;
    let noon = world.now();
    let five_minutes = Span::minutes(5);

    measure(&world, &tenant, 0, 1, 300).await;
    let ok = screen
        .unit("a reading in range", unit, |unit| unit.status == UnitStatus::Ok)
        .await;
    assert_eq!(ok.severity, None);

    world.advance(five_minutes);
    let began = world.now();
    measure(&world, &tenant, 0, 2, 800).await;
    let opened = told(&mut screen).await;
    assert_eq!(opened.kind, AlertKind::TempExcursion);
    assert_eq!(
        (opened.status, opened.severity),
        (AlertStatus::Open, Severity::Warning)
    );
    assert_eq!(opened.opened_at.0, began);
    assert_eq!((opened.trigger_c, opened.limit_c), (Some(8.0), Some(5.0)));
    assert_eq!(opened.side, Some(Side::High));
    let snapshot = screen.unit("the excursion", unit, |_| true).await;
    assert_eq!(
        (snapshot.status, snapshot.severity),
        (UnitStatus::Excursion, Some(Severity::Warning))
    );

    // Still out of range, still the same: the screen hears of the unit, and of no alert.
    world.advance(five_minutes);
    measure(&world, &tenant, 0, 3, 850).await;
    let so_far = screen.so_far().await;
    assert!(
        matches!(so_far.as_slice(), [ServerBody::UnitsChanged { .. }]),
        "{so_far:?}"
    );

    // Ten minutes after it began.
    world.advance(five_minutes);
    let confirmed = world.now();
    measure(&world, &tenant, 0, 4, 900).await;
    let upgraded = told(&mut screen).await;
    assert_eq!(upgraded.id, opened.id);
    assert_eq!(
        (upgraded.status, upgraded.severity),
        (AlertStatus::Open, Severity::Critical)
    );
    assert_eq!(upgraded.escalated_at, Some(confirmed.into()));
    let snapshot = screen.unit("the alarm", unit, |_| true).await;
    assert_eq!(
        (snapshot.status, snapshot.severity),
        (UnitStatus::AlarmActive, Some(Severity::Critical))
    );
    assert_eq!(tenant.alerts(AlertStatus::Open).await.items, [upgraded]);

    world.advance(five_minutes);
    let recovered = world.now();
    measure(&world, &tenant, 0, 5, 300).await;
    let resolved = told(&mut screen).await;
    assert_eq!((resolved.id, resolved.status), (opened.id, AlertStatus::Resolved));
    assert_eq!(resolved.resolved_at, Some(recovered.into()));
    assert_eq!(resolved.worst_c, Some(9.0));
    screen
        .unit("the recovery", unit, |unit| unit.status == UnitStatus::Restoring)
        .await;
    world.advance(five_minutes);
    measure(&world, &tenant, 0, 6, 300).await;
    let ok = screen
        .unit("normality", unit, |unit| unit.status == UnitStatus::Ok)
        .await;
    assert_eq!(ok.severity, None);

    assert_eq!(tenant.alerts(AlertStatus::Open).await.items, []);
    assert_eq!(tenant.alerts(AlertStatus::Resolved).await.items, [resolved]);
    let trail = trail(&tenant, opened.id, 3).await;
    assert_eq!(
        events(&trail),
        [
            ("alert.opened", began),
            ("alert.upgraded", confirmed),
            ("alert.resolved", recovered)
        ]
    );
    let ids: BTreeSet<&str> = trail.iter().map(|entry| entry.event_id.as_str()).collect();
    assert_eq!(ids.len(), 3);
    let temperatures: Vec<_> = tenant
        .readings_between(unit, noon, world.now())
        .await
        .iter()
        .map(|reading| reading.temperature_c.unwrap())
        .collect();
    assert_eq!(temperatures, [3.0, 8.0, 8.5, 9.0, 3.0, 3.0]);
    world.settled().await;
}

#[tokio::test]
async fn silence_after_a_reading_out_of_range_is_an_alarm_by_the_clock_and_hides_none() {
    let world = World::start().await;
    let tenant = world.tenant(1).await;
    let unit = tenant.unit(0).id;
    let mut screen = tenant.watching().await;
    measure(&world, &tenant, 0, 1, 800).await;
    let opened = told(&mut screen).await;

    world.advance(Span::minutes(6));
    let silence = told(&mut screen).await;
    assert_eq!(
        (silence.kind, silence.severity),
        (AlertKind::MonitoringInterrupted, Severity::Warning)
    );
    world.advance(Span::minutes(3));
    assert_eq!(
        tenant.unit_view(0).await.now.status,
        UnitStatus::Excursion,
        "not a minute early"
    );

    world.advance(Span::minutes(1));
    let upgraded = told(&mut screen).await;
    assert_eq!((upgraded.id, upgraded.severity), (opened.id, Severity::Critical));
    assert_eq!(upgraded.escalated_at, Some(world.now().into()));
    let alarm = screen
        .unit("the alarm", unit, |unit| unit.status == UnitStatus::AlarmActive)
        .await;
    assert_eq!(alarm.temperature_c, Some(8.0));

    world.advance(Span::minutes(16));
    let interrupted = told(&mut screen).await;
    assert_eq!(
        (interrupted.id, interrupted.severity),
        (silence.id, Severity::Critical)
    );
    let unit = screen.unit("the interruption", unit, |_| true).await;
    assert_eq!(
        (unit.status, unit.silence),
        (UnitStatus::AlarmActive, Some(Silence::MonitoringInterrupted))
    );

    // Further sweeps find nothing more to say.
    world.advance(Span::hours(1));
    let swept = world
        .api
        .invoke("platform-sweep-timers", &json!({}))
        .await
        .unwrap();
    assert_eq!((&swept["due"], &swept["changed"]), (&json!(0), &json!(0)));
    let trail = trail(&tenant, opened.id, 2).await;
    assert_eq!(trail.len(), 2);

    // It comes back as warm as it went: the alarm goes on, and is the same.
    measure(&world, &tenant, 0, 2, 900).await;
    let heard = told(&mut screen).await;
    assert_eq!((heard.id, heard.status), (silence.id, AlertStatus::Resolved));
    let now = tenant.unit_view(0).await.now;
    assert_eq!((now.status, now.silence), (UnitStatus::AlarmActive, None));
    let open = tenant.alerts(AlertStatus::Open).await.items;
    assert_eq!(open.iter().map(|alert| alert.id).collect::<Vec<_>>(), [opened.id]);
    world.settled().await;
}

#[tokio::test]
async fn a_lost_probe_is_a_fault_and_not_a_temperature() {
    /// What the sensor sends instead of a temperature when its probe is unplugged.
    const NO_PROBE: i16 = 0x7FFF;
    let world = World::start().await;
    let tenant = world.tenant(1).await;
    let mut screen = tenant.watching().await;
    measure(&world, &tenant, 0, 1, 300).await;
    world.advance(Span::minutes(5));
    measure(&world, &tenant, 0, 2, NO_PROBE).await;
    let fault = told(&mut screen).await;
    assert_eq!(
        (fault.kind, fault.severity),
        (AlertKind::SensorFault, Severity::Critical)
    );
    let unit = tenant.unit_view(0).await.now;
    assert_eq!((unit.status, unit.temperature_c), (UnitStatus::Ok, Some(3.0)));
    let readings = tenant.readings(0).await;
    assert_eq!(readings[1].temperature_c, None);
    assert!(readings[1].fault.is_some());

    world.advance(Span::minutes(5));
    measure(&world, &tenant, 0, 3, 310).await;
    let resolved = told(&mut screen).await;
    assert_eq!((resolved.id, resolved.status), (fault.id, AlertStatus::Resolved));
    trail(&tenant, fault.id, 2).await;
    world.settled().await;
}

#[tokio::test]
async fn a_new_limit_is_applied_to_what_is_known() {
    let world = World::start().await;
    let mut tenant = world.tenant(1).await;
    measure(&world, &tenant, 0, 1, 650).await;
    let alerts = tenant.alerts(AlertStatus::Open).await.items;
    assert_eq!(alerts.len(), 1);

    world.advance(Span::minutes(1));
    tenant.unit_mut(0).high_c = Some(8.0);
    tenant.import().await;
    let unit = tenant.unit_view(0).await.now;
    assert_eq!((unit.status, unit.high_c), (UnitStatus::Restoring, 8.0));
    assert_eq!(tenant.alerts(AlertStatus::Open).await.items, []);
    let trail = trail(&tenant, alerts[0].id, 2).await;
    assert_eq!(events(&trail)[1], ("alert.resolved", world.now()));

    // And the other way: what was fine is not any more.
    tenant.unit_mut(0).high_c = Some(5.0);
    tenant.import().await;
    assert_eq!(tenant.unit_view(0).await.now.status, UnitStatus::Excursion);
    assert_eq!(tenant.alerts(AlertStatus::Open).await.items.len(), 1);
}

#[tokio::test]
async fn a_second_sensor_is_shown_and_judges_nothing() {
    let world = World::start().await;
    let mut tenant = Tenant::new(world.api, 1);
    let contact = tenant.add_sensor(0, "dragino-lds02");
    tenant.unit_mut(0).sensors[1].primary = Some(false);
    tenant.import().await;
    let mut screen = tenant.watching().await;
    measure(&world, &tenant, 0, 1, 300).await;

    world.advance(Span::minutes(1));
    let topic = format!("freshtrack/{}/{contact}/up", tenant.org_id());
    let mut gateway = world.device("gateway").await;
    // 2.952 V and open, in mode 1 (LDS02 user manual, 2.3.1).
    let open = json!({ "payload_hex": "8B880100000A00001E00", "f_port": 10, "f_cnt": 4, "rssi": -60 });
    gateway.publish(&topic, open.to_string()).await;
    let unit = screen
        .unit("the door", tenant.unit(0).id, |unit| unit.door.is_some())
        .await;
    assert_eq!(
        (unit.door, unit.door_since),
        (
            Some(freshtrack_domain::measurement::Door::Open),
            Some(world.now().into())
        )
    );
    assert_eq!((unit.status, unit.temperature_c), (UnitStatus::Ok, Some(3.0)));
    assert_eq!(unit.seen_at, Some(world.now().into()));
    let readings = tenant.readings(0).await;
    assert_eq!(
        (readings[1].door_open, readings[1].temperature_c),
        (Some(true), None)
    );
    assert_eq!(readings[1].sensor_id, tenant.unit(0).sensors[1].id);
}

#[tokio::test]
async fn a_screen_that_comes_late_is_shown_what_holds() {
    let world = World::start().await;
    let tenant = world.tenant(3).await;
    for index in 0..3 {
        measure(&world, &tenant, index, 1, if index == 1 { 800 } else { 300 }).await;
    }
    let mut screen = tenant.socket().await;
    let topic = json!({ "unit": tenant.unit(1).id });
    screen.subscribe(json!([topic])).await;
    screen.say(json!({ "type": "resync", "since": 0 })).await;
    let alert = told(&mut screen).await;
    assert_eq!(alert.unit_id, tenant.unit(1).id);
    let units = screen
        .until("the units", |body| match body {
            ServerBody::UnitsChanged { units } => Some(units.clone()),
            _ => None,
        })
        .await;
    assert_eq!(units, [tenant.unit_view(1).await.now]);
    screen
        .until("the end of the past", |body| {
            (*body == ServerBody::Resynced).then_some(())
        })
        .await;
}

#[tokio::test]
async fn alerts_are_listed_page_by_page() {
    let world = World::start().await;
    let tenant = world.tenant(5).await;
    for index in 0..5 {
        world.advance(Span::minutes(1));
        measure(&world, &tenant, index, 1, 800).await;
    }
    let (mut pages, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = tenant.path(&format!("alerts?status=open&limit=2{cursor}"));
        let page: Page<AlertView> = world.api.get(&path, tenant.key(Right::Read)).await.ok();
        pages.push(page.items);
        match page.next_cursor {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert!(pages.iter().all(|page| page.len() <= 2));
    let listed: Vec<_> = pages.concat().iter().map(|alert| alert.unit_id).collect();
    let expected: Vec<_> = (0..5).rev().map(|index| tenant.unit(index).id).collect();
    assert_eq!(listed, expected, "the newest first, each once");
}

/// The newest first, as some programs keep them: what happened in between is history in neither order.
#[tokio::test]
async fn an_upload_in_any_order_tells_the_same_story() {
    let world = World::start().await;
    let tenant = world.tenant(2).await;
    let start = world.now() - Span::hours(3);
    let centi = |minute: u32| if (60..90).contains(&minute) { 900 } else { 300 };
    let item = |index: usize, minute: u32| {
        let at = start + Span::minutes(minute);
        Frame::first(tenant.dev_eui(index), at, centi(minute)).uploaded()
    };
    let forwards: Vec<_> = (0..170).map(|minute| item(0, minute)).collect();
    let backwards: Vec<_> = (0..170).rev().map(|minute| item(1, minute)).collect();
    for items in [forwards, backwards] {
        tenant.upload(&items).await;
    }
    let alerts = tenant.alerts(AlertStatus::Resolved).await.items;
    assert_eq!(alerts.len(), 2);
    for alert in &alerts {
        assert_eq!(alert.severity, Severity::Critical);
        assert_eq!(alert.opened_at.0, start + Span::minutes(60));
        assert_eq!(alert.escalated_at, Some((start + Span::minutes(70)).into()));
        assert_eq!(alert.resolved_at, Some((start + Span::minutes(90)).into()));
        trail(&tenant, alert.id, 3).await;
    }
    for index in 0..2 {
        assert_eq!(tenant.unit_view(index).await.now.status, UnitStatus::Ok);
        let readings = tenant.readings(index).await;
        assert_eq!(readings.len(), 170);
        assert!(readings.iter().all(|reading| !reading.late));
    }
}
