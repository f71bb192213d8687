//! Alarms of the library from whoever switches them on to whoever is told.

use crate::settling::{follow_all, owner, set_up};
use crate::support::{COLD, Stage, minute};
use freshtrack_application::places::{get_alarms, list_alarm_changes, put_alarms, update_site, update_unit};
use freshtrack_application::{Caller, Failure, PageRequest};
use freshtrack_contracts::events::PlaceId;
use freshtrack_contracts::places::{AlarmInForce, AlarmSetting, AlarmsAt, SetAlarms, UpdateSite, UpdateUnit};
use freshtrack_domain::access::Sites;
use freshtrack_domain::alert::{AlertKind, AlertStatus, Severity};
use freshtrack_domain::measurement::{Door, Humidity};
use freshtrack_domain::place::Level;
use freshtrack_domain::unit::{Judge, UnitStatus};

fn on(slug: &str) -> AlarmSetting {
    AlarmSetting {
        alarm: slug.parse().unwrap(),
        enabled: Some(true),
        severity: None,
        threshold: None,
        duration_minutes: None,
        cooldown_minutes: None,
    }
}

async fn set(stage: &Stage, place: Option<PlaceId>, set: Vec<AlarmSetting>) -> Result<AlarmsAt, Failure> {
    let done = put_alarms(&set_up(stage), &owner(stage), place, None, SetAlarms { set }).await?;
    follow_all(stage).await;
    Ok(done.view)
}

async fn in_force(stage: &Stage, place: Option<PlaceId>, slug: &str) -> AlarmInForce {
    let alarms = get_alarms(&set_up(stage), &owner(stage), place).await.unwrap();
    let mut alarms = alarms.view.alarms.into_iter();
    alarms.find(|alarm| alarm.alarm.to_string() == slug).unwrap()
}

fn site(stage: &Stage) -> Option<PlaceId> {
    Some(PlaceId::Site(stage.kitchen.site_id))
}

fn unit(stage: &Stage, number: usize) -> Option<PlaceId> {
    Some(PlaceId::Unit(stage.unit(number)))
}

#[tokio::test]
async fn each_level_tells_what_is_in_force_there_and_where_it_comes_from() {
    let stage = Stage::new(2);
    set(&stage, None, vec![on("humidity_high")]).await.unwrap();
    let stricter = AlarmSetting {
        threshold: Some(75.0),
        ..on("humidity_high")
    };
    set(&stage, site(&stage), vec![stricter]).await.unwrap();
    let off = AlarmSetting {
        enabled: Some(false),
        ..on("humidity_high")
    };
    set(&stage, unit(&stage, 1), vec![off]).await.unwrap();
    let seen = async |place| {
        let alarm = in_force(&stage, place, "humidity_high").await;
        let (enabled, threshold) = (alarm.enabled.unwrap(), alarm.threshold.unwrap());
        (
            (enabled.value, enabled.source),
            (threshold.value, threshold.source),
        )
    };
    let (default, org) = (Level::Default, Level::Organization);
    assert_eq!(seen(None).await, ((true, org), (85.0, default)));
    assert_eq!(
        seen(site(&stage)).await,
        ((true, Level::Site), (75.0, Level::Site))
    );
    assert_eq!(
        seen(unit(&stage, 1)).await,
        ((false, Level::Unit), (75.0, Level::Site))
    );
    let of_unit = async |number| stage.record_of(number).await.state;
    let is_on = |state: &freshtrack_domain::unit::UnitState| {
        state
            .alarms
            .on(state.kind)
            .any(|alarm| alarm.to_string() == "humidity_high")
    };
    assert!(is_on(&of_unit(0).await) && !is_on(&of_unit(1).await));
    // Reset: what is left out is left to the level above.
    set(&stage, unit(&stage, 1), Vec::new()).await.unwrap();
    assert!(is_on(&of_unit(1).await));
    let built_in = in_force(&stage, unit(&stage, 0), "fridge_mild_warm").await;
    assert_eq!(
        (built_in.judge, built_in.enabled, built_in.alert),
        (Judge::BuiltIn, None, Some(AlertKind::TempExcursion))
    );
    let air = in_force(&stage, None, "co2_warning").await;
    assert!(air.judge == Judge::Nobody && air.unavailable.is_some());
}

#[tokio::test]
async fn an_alarm_that_is_switched_on_is_told_with_the_figures_and_who_set_them() {
    let stage = Stage::new(1);
    let stricter = AlarmSetting {
        threshold: Some(80.0),
        duration_minutes: Some(10),
        ..on("humidity_high")
    };
    stage.world.clock.set(minute(0));
    set(&stage, site(&stage), vec![stricter]).await.unwrap();
    for at in [0, 5, 10] {
        stage.world.clock.set(minute(at));
        let mut damp = stage.measured(0, minute(at), COLD);
        damp.reading.humidity = Humidity::from_percent(82.0);
        stage.record(&[damp]).await;
    }
    let [alert] = stage.alerts(AlertStatus::Open).await.try_into().unwrap();
    assert_eq!(
        (alert.kind, alert.severity),
        (AlertKind::HumidityHigh, Severity::Warning)
    );
    assert_eq!(
        alert.explanation,
        "The humidity is at 82 % and has been at 80 % or more for 10 min (set for the site)."
    );
    assert_eq!(alert.alarm.unwrap().to_string(), "humidity_high");
    // Switched off, it is over, and says why.
    set(&stage, site(&stage), Vec::new()).await.unwrap();
    let [alert] = stage.alerts(AlertStatus::Resolved).await.try_into().unwrap();
    assert_eq!(
        alert.explanation,
        "By the alarms as they are set now there is nothing to tell."
    );
    assert_eq!(stage.alerts(AlertStatus::Open).await, []);
}

#[tokio::test]
async fn a_fridge_as_warm_as_a_cellar_is_one_alert_and_an_emergency() {
    let stage = Stage::new(1);
    stage.world.clock.set(minute(0));
    let both = vec![on("fridge_danger_zone"), on("fridge_critical_high")];
    set(&stage, None, both).await.unwrap();
    for (at, centi) in [(0, COLD), (5, 900), (10, 1_350), (15, 1_500)] {
        stage.world.clock.set(minute(at));
        stage.record(&[stage.measured(0, minute(at), centi)]).await;
    }
    let [alert] = stage.alerts(AlertStatus::Open).await.try_into().unwrap();
    assert_eq!(
        (alert.kind, alert.severity, alert.escalated_at),
        (AlertKind::TempExcursion, Severity::Emergency, Some(minute(15)))
    );
    assert_eq!(stage.record_of(0).await.state.status, UnitStatus::AlarmActive);
}

#[tokio::test]
async fn the_door_of_a_closed_site_follows_the_sites_hours() {
    let stage = Stage::new(1);
    let (ports, owner) = (set_up(&stage), owner(&stage));
    set(&stage, unit(&stage, 0), vec![on("door_after_hours")])
        .await
        .unwrap();
    let opened = async |at| {
        stage.world.clock.set(minute(at));
        for (at, door) in [(at, Door::Open), (at + 1, Door::Closed)] {
            let mut contact = stage.measured(0, minute(at), COLD);
            contact.reading.door = Some(door);
            stage.world.clock.set(minute(at));
            stage.record(&[contact]).await;
        }
        let told = stage.alerts(AlertStatus::Resolved).await.into_iter();
        told.filter(|alert| alert.kind == AlertKind::DoorAfterHours)
            .count()
    };
    assert_eq!(opened(0).await, 0, "a site without hours is never closed");
    // Minute zero is a Monday, 13:33 UTC.
    let hours = serde_json::json!([{ "day": "tuesday", "opens": "08:00", "closes": "18:00" }]);
    let input = UpdateSite {
        opening_hours: Some(serde_json::from_value(hours).unwrap()),
        ..UpdateSite::default()
    };
    update_site(&ports, &owner, stage.kitchen.site_id, None, input)
        .await
        .unwrap();
    follow_all(&stage).await;
    assert_eq!(opened(60).await, 1);
    assert_eq!(opened(24 * 60).await, 1, "on Tuesday it is open");
}

#[tokio::test]
async fn what_cannot_be_set_is_refused_and_changes_nothing() {
    let stage = Stage::new(1);
    let refused = async |place, setting: Vec<AlarmSetting>| {
        let Err(Failure::Refused(refusal)) = set(&stage, place, setting).await else {
            panic!("it was set")
        };
        refusal.detail
    };
    let setting = |slug, threshold| AlarmSetting {
        threshold: Some(threshold),
        ..on(slug)
    };
    assert_eq!(
        refused(None, vec![on("fridge_mild_warm")]).await,
        "fridge_mild_warm: it is judged by the rules of the unit and set there."
    );
    assert!(
        refused(None, vec![on("co2_warning")])
            .await
            .starts_with("co2_warning: it cannot be judged")
    );
    for nonsense in [f64::MAX, f64::MIN, 1e300, 85.5, 101.0, 0.0] {
        refused(None, vec![setting("humidity_high", nonsense)]).await;
    }
    for nonsense in [f64::MAX, -71.0, 101.0] {
        refused(None, vec![setting("fridge_danger_zone", nonsense)]).await;
    }
    let twice = vec![on("humidity_high"), setting("humidity_high", 80.0)];
    assert_eq!(refused(None, twice).await, "humidity_high: it is named twice.");
    let forever = AlarmSetting {
        duration_minutes: Some(u32::MAX),
        ..on("humidity_high")
    };
    refused(None, vec![forever]).await;
    let many = [
        "humidity_high",
        "temp_rising_fast",
        "temp_rising_slow",
        "temp_oscillating",
        "door_rapid_cycling",
        "multi_sensor_disagree",
        "gasket_leak",
    ];
    let tuned = |slug: &&str| AlarmSetting {
        severity: Some(Severity::Info),
        ..on(slug)
    };
    set(&stage, site(&stage), many[..6].iter().map(tuned).collect())
        .await
        .unwrap();
    let detail = refused(unit(&stage, 0), many[6..].iter().map(tuned).collect()).await;
    assert!(detail.contains("more than 6 alarms"), "{detail}");
    let one_site = Caller {
        sites: Sites::Only([stage.kitchen.site_id].into()),
        ..owner(&stage)
    };
    let all = put_alarms(
        &set_up(&stage),
        &one_site,
        None,
        None,
        SetAlarms { set: Vec::new() },
    )
    .await;
    assert!(
        all.is_err(),
        "the organization's are not for whoever works for some sites"
    );
}

#[tokio::test]
async fn what_was_set_before_is_kept() {
    let stage = Stage::new(1);
    let place = site(&stage);
    let stricter = AlarmSetting {
        threshold: Some(2.5),
        ..on("temp_rising_fast")
    };
    set(&stage, place, vec![stricter, on("humidity_high")])
        .await
        .unwrap();
    set(&stage, place, vec![stricter, on("humidity_high")])
        .await
        .unwrap();
    let done = set(&stage, place, vec![on("humidity_high")]).await.unwrap();
    assert_eq!(done.set, [on("humidity_high")]);
    let (ports, owner) = (set_up(&stage), owner(&stage));
    let kept = list_alarm_changes(&ports, &owner, place, &PageRequest::default())
        .await
        .unwrap();
    assert_eq!(kept.items.len(), 2, "what changes nothing is no change");
    let [difference] = &kept.items[0].changes[..] else {
        panic!("one")
    };
    assert_eq!((difference.from, difference.to), (Some(stricter), None));
    assert_eq!((kept.items[0].revision, kept.items[0].level), (2, Level::Site));
    let elsewhere = list_alarm_changes(&ports, &owner, None, &PageRequest::default())
        .await
        .unwrap();
    assert_eq!(elsewhere.items, []);
    let stale = put_alarms(&ports, &owner, place, Some(1), SetAlarms { set: Vec::new() }).await;
    assert!(stale.is_err(), "somebody else has set them since");
}

#[tokio::test]
async fn a_unit_that_becomes_another_kind_has_the_alarms_of_that_kind() {
    let stage = Stage::new(1);
    set(
        &stage,
        None,
        vec![on("fridge_danger_zone"), on("freezer_above_freezing")],
    )
    .await
    .unwrap();
    let alarms = async || {
        let state = stage.record_of(0).await.state;
        let on = state.alarms.on(state.kind).map(|alarm| alarm.to_string());
        on.collect::<Vec<_>>()
    };
    assert!(alarms().await.contains(&"fridge_danger_zone".to_owned()));
    let input = UpdateUnit {
        kind: Some(freshtrack_domain::unit::UnitKind::Freezer),
        ..UpdateUnit::default()
    };
    update_unit(&set_up(&stage), &owner(&stage), stage.unit(0), None, input)
        .await
        .unwrap();
    follow_all(&stage).await;
    let alarms = alarms().await;
    assert!(
        alarms.contains(&"freezer_above_freezing".to_owned()),
        "{alarms:?}"
    );
    assert!(!alarms.contains(&"fridge_danger_zone".to_owned()), "{alarms:?}");
}
