//! An organization is brought in, as often as wanted, and its keys let machines in.

mod fitting;
mod refusals;

use crate::support::{COLD, Stage, WARM, done, minute};
use freshtrack_application::organizations::authorize_access_key;
use freshtrack_application::places;
use freshtrack_application::ports::{Devices, Record, Records, Stored, UnitStates};
use freshtrack_application::{
    Actor, Caller, Failure, Import, OrgScope, PortErrorKind, Refusal, SetUp, import_organization,
};
use freshtrack_contracts::events::PlaceId;
use freshtrack_contracts::ingest::ItemStatus;
use freshtrack_contracts::organization::{AccessKeyDocument, ImportReport, OrganizationDocument};
use freshtrack_contracts::places::{RuleValues, UpdateSite, UpdateUnit};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::access::{AccessKeySecret, Right, Role, Sites};
use freshtrack_domain::alert::AlertStatus;
use freshtrack_domain::audit::ChainedEntry;
use freshtrack_domain::device::{DevEui, Sensor};
use freshtrack_domain::ids::UnitId;
use freshtrack_domain::measurement::CentiCelsius;
use freshtrack_domain::place::{Area, RuleSet, Site, Unit};
use freshtrack_domain::text::Name;
use freshtrack_domain::time::Span;
use freshtrack_domain::unit::{UnitKind, UnitStatus};
use freshtrack_testkit::{Kitchen, Work, World, fresh_id, interleaved};

async fn import(world: &World, document: OrganizationDocument) -> Result<ImportReport, Failure> {
    let ports = Import {
        records: &world.records,
        states: &world.memory,
        clock: &world.clock,
    };
    import_organization(&ports, document).await
}

async fn all<R: Record>(world: &World, scope: OrgScope) -> Vec<Stored<R>> {
    let records: &dyn Records = &world.records;
    records.all::<R>(scope).await.unwrap()
}

fn revisions<R>(stored: &[Stored<R>]) -> Vec<u64> {
    stored.iter().map(|stored| stored.rev).collect()
}

fn key(entropy: u8, rights: &[Right]) -> AccessKeyDocument {
    AccessKeyDocument {
        id: fresh_id(),
        name: "Gateway".to_owned(),
        secret: secret(entropy),
        rights: rights.to_vec(),
    }
}

fn secret(entropy: u8) -> String {
    AccessKeySecret::from_entropy([entropy; 25]).reveal()
}

fn refusal_of<T: std::fmt::Debug>(result: Result<T, Failure>) -> (ProblemCode, String) {
    let refusal = refused(result);
    (refusal.code, refusal.detail)
}

fn refused<T: std::fmt::Debug>(result: Result<T, Failure>) -> Refusal {
    match result {
        Err(Failure::Refused(refusal)) => refusal,
        other => panic!("expected a refusal, not {other:?}"),
    }
}

#[tokio::test]
async fn what_was_brought_in_twice_is_there_once() {
    let (world, kitchen) = (World::at(minute(0)), Kitchen::new(3));
    for _ in 0..2 {
        let report = import(&world, kitchen.document()).await.unwrap();
        assert_eq!((report.sites, report.units, report.sensors), (1, 3, 3));
    }
    let (sites, areas) = (
        all::<Site>(&world, kitchen.scope()).await,
        all::<Area>(&world, kitchen.scope()).await,
    );
    let (units, sensors) = (
        all::<Unit>(&world, kitchen.scope()).await,
        all::<Sensor>(&world, kitchen.scope()).await,
    );
    assert_eq!(
        (
            revisions(&sites),
            revisions(&areas),
            revisions(&units),
            revisions(&sensors)
        ),
        (vec![1], vec![1], vec![1; 3], vec![1; 3])
    );
    // Three entries: of the organization, of its site and of the sensors there.
    assert_eq!(all::<ChainedEntry>(&world, kitchen.scope()).await.len(), 3);
    let units = UnitStates::list(&world.memory, kitchen.scope()).await.unwrap();
    assert!(
        units
            .iter()
            .all(|unit| (unit.rev, unit.state.status) == (1, UnitStatus::Pending))
    );
}

#[tokio::test]
async fn a_unit_follows_its_new_limits_at_once_and_keeps_its_history() {
    let stage = Stage::new(1);
    stage.world.clock.set(minute(1));
    stage.record(&[stage.measured(0, minute(0), COLD)]).await;
    let mut document = stage.kitchen.document();
    document.sites[0].areas[0].units[0].high_c = Some(3.0);
    import(&stage.world, document.clone()).await.unwrap();
    let state = stage.record_of(0).await.state;
    assert_eq!(
        (state.status, state.rules().high),
        (UnitStatus::Excursion, CentiCelsius(300))
    );
    assert_eq!(stage.alerts(AlertStatus::Open).await.len(), 1);
    assert_eq!(stage.readings(0).await.len(), 1);
    stage.told();
    import(&stage.world, document).await.unwrap();
    assert_eq!(stage.told(), [], "nothing happened the second time");
    import(&stage.world, stage.kitchen.document()).await.unwrap();
    assert_eq!(stage.alerts(AlertStatus::Open).await, []);
    assert_eq!(stage.record_of(0).await.state.status, UnitStatus::Restoring);
}

#[tokio::test]
async fn a_reading_that_comes_during_the_import_is_kept() {
    let stage = Stage::new(1);
    let mut document = stage.kitchen.document();
    document.sites[0].areas[0].units[0].high_c = Some(4.0);
    let batch = [stage.measured(0, minute(0), WARM)];
    for turns in 0..30 {
        let stage = Stage::of(stage.kitchen.clone());
        stage.world.clock.set(minute(0));
        let import = async {
            import(&stage.world, document.clone()).await.unwrap();
        };
        let record = async {
            assert_eq!(stage.record(&batch).await, [ItemStatus::Accepted]);
        };
        let work: Vec<Work<'_, ()>> = vec![Box::pin(import), Box::pin(record)];
        interleaved(work, std::iter::repeat_n(0, turns).chain([1; 10]));
        let state = stage.record_of(0).await.state;
        assert_eq!(
            (state.status, state.rules().high),
            (UnitStatus::Excursion, CentiCelsius(400))
        );
        assert_eq!(
            (
                stage.readings(0).await.len(),
                stage.alerts(AlertStatus::Open).await.len()
            ),
            (1, 1)
        );
    }
}

#[tokio::test]
async fn an_import_that_readings_overtake_too_often_is_made_again() {
    let (world, kitchen) = (World::at(minute(0)), Kitchen::new(1));
    world
        .memory
        .faults
        .fail("unit_states.save", PortErrorKind::Conflict, 21);
    let failed = import(&world, kitchen.document()).await;
    assert!(matches!(failed, Err(Failure::Fault(error)) if error.is_retryable()));
    import(&world, kitchen.document()).await.unwrap();
}

#[tokio::test]
async fn a_sensor_that_was_exchanged_gives_its_old_device_free() {
    let (world, kitchen) = (World::at(minute(0)), Kitchen::new(1));
    import(&world, kitchen.document()).await.unwrap();
    let (old, new) = (kitchen.sensors[0].dev_eui, DevEui(0xA840_4100_0018_1061));
    let mut document = kitchen.document();
    document.sites[0].areas[0].units[0].sensors[0].dev_eui = new.to_string();
    import(&world, document).await.unwrap();
    assert_eq!(world.records.by_eui(kitchen.scope(), old).await.unwrap(), None);
    assert!(
        world
            .records
            .by_eui(kitchen.scope(), new)
            .await
            .unwrap()
            .is_some()
    );
    let mut next = Kitchen::new(1);
    next.sensors[0].dev_eui = old;
    import(&world, next.document()).await.unwrap();
}

#[tokio::test]
async fn whatever_fails_on_the_way_is_mended_by_importing_again() {
    for op in [
        "records.find",
        "records.list",
        "records.commit",
        "unit_states.list",
        "unit_states.save",
    ] {
        for answer_only in [false, true] {
            let (world, kitchen) = (World::at(minute(0)), Kitchen::new(2));
            let mut document = kitchen.document();
            document.access_keys = vec![key(1, &[Right::Ingest])];
            for faults in [&world.memory.faults, &world.records.faults] {
                if answer_only {
                    faults.lose_answer(op, PortErrorKind::Unavailable, 1);
                } else {
                    faults.fail(op, PortErrorKind::Unavailable, 1);
                }
            }
            let reads = ["records.find", "records.list", "unit_states.list"].contains(&op);
            let first = import(&world, document.clone()).await;
            assert_eq!(first.is_err(), !(answer_only && reads), "{op}");
            import(&world, document).await.unwrap();
            let caller = authorize_access_key(&world.records, &world.clock, &secret(1))
                .await
                .unwrap();
            assert_eq!(caller.unwrap().scope, kitchen.scope(), "{op}");
            let units = UnitStates::list(&world.memory, kitchen.scope()).await.unwrap();
            assert_eq!(units.len(), 2, "{op}");
        }
    }
}

#[tokio::test]
async fn how_often_a_sensor_reports_is_the_documents_or_its_models_word() {
    let (world, kitchen) = (World::at(minute(0)), Kitchen::new(3));
    let mut document = kitchen.document();
    let units = &mut document.sites[0].areas[0].units;
    units[0].sensors[0].report_interval_seconds = Some(1_200);
    units[1].sensors[0].report_interval_seconds = None;
    units[2].sensors[0].report_interval_seconds = None;
    units[2].sensors[0].model = "acme-one".to_owned();
    units[2].kind = UnitKind::Freezer;
    import(&world, document).await.unwrap();
    let rules = |unit: UnitId| {
        let states: &dyn UnitStates = &world.memory;
        done(states.load(kitchen.scope(), unit))
            .unwrap()
            .unwrap()
            .state
            .rules()
    };
    let [first, second, third] = kitchen.units().try_into().unwrap();
    assert_eq!(rules(first).report_interval, Span::minutes(20));
    assert_eq!(
        rules(second).report_interval,
        Span::minutes(10),
        "the LHT65N's own"
    );
    assert_eq!(
        rules(third).report_interval,
        Span::minutes(5),
        "of a model that nobody knows"
    );
    assert_eq!(rules(third).high, CentiCelsius(-1_778));
}

#[tokio::test]
async fn a_key_is_its_organizations_and_allows_what_it_says() {
    let (world, kitchen) = (World::at(minute(0)), Kitchen::new(1));
    let mut document = kitchen.document();
    document.access_keys = vec![key(1, &[Right::Ingest])];
    import(&world, document.clone()).await.unwrap();
    let authorize =
        async |presented: &str| authorize_access_key(&world.records, &world.clock, presented).await;
    let caller = authorize(&secret(1)).await.unwrap().unwrap();
    assert_eq!(
        (caller.scope, &caller.actor.id),
        (kitchen.scope(), &document.access_keys[0].id.to_string())
    );
    assert!(caller.may(Right::Ingest) && !caller.may(Right::Read));

    let (prefix, _) = secret(1)
        .rsplit_once('_')
        .map(|(head, tail)| (head.to_owned(), tail.len()))
        .unwrap();
    let forged = format!("{prefix}_{}", "0".repeat(32));
    for presented in ["", "Bearer", &forged, &secret(2)] {
        assert_eq!(authorize(presented).await.unwrap(), None, "{presented}");
    }
    world
        .records
        .faults
        .fail("records.holder", PortErrorKind::Unavailable, 1);
    authorize(&secret(1)).await.unwrap_err();

    document.access_keys[0].rights = vec![Right::Ingest, Right::Read];
    document.access_keys[0].secret = secret(3);
    import(&world, document).await.unwrap();
    assert_eq!(
        authorize(&secret(1)).await.unwrap(),
        None,
        "another secret was put in its place"
    );
    assert!(authorize(&secret(3)).await.unwrap().unwrap().may(Right::Read));
}

/// What people who may change places work with.
fn set_up(world: &World) -> SetUp<'_> {
    SetUp {
        records: &world.records,
        states: &world.memory,
        ids: &world.ids,
        clock: &world.clock,
    }
}

fn owner(kitchen: &Kitchen) -> Caller {
    Caller {
        scope: kitchen.scope(),
        actor: Actor::new("usr_owner"),
        rights: Role::Owner.rights(),
        sites: Sites::All,
    }
}

#[tokio::test]
async fn what_a_document_does_not_say_is_what_people_made_it() {
    let (world, kitchen) = (World::at(minute(0)), Kitchen::new(1));
    let mut document = kitchen.document();
    document.sites[0].areas[0].units[0].high_c = Some(4.0);
    import(&world, document.clone()).await.unwrap();
    let (ports, caller, unit) = (set_up(&world), owner(&kitchen), kitchen.units()[0]);
    let site = UpdateSite {
        log_cadence_minutes: Some(90),
        ..UpdateSite::default()
    };
    places::update_site(&ports, &caller, kitchen.site_id, Some(1), site)
        .await
        .unwrap();
    let update = UpdateUnit {
        name: Some(Name::new("Fish").unwrap()),
        sort_order: Some(7),
        ..UpdateUnit::default()
    };
    places::update_unit(&ports, &caller, unit, Some(1), update)
        .await
        .unwrap();
    let at = Some(PlaceId::Unit(unit));
    let rules = RuleValues {
        high_c: Some(6.0),
        offline_warning_missed: Some(3),
        ..RuleValues::default()
    };
    places::put_rules(&ports, &caller, at, Some(1), rules)
        .await
        .unwrap();

    import(&world, document.clone()).await.unwrap();
    let site = places::get_site(&ports, &caller, kitchen.site_id).await.unwrap();
    assert_eq!((site.rev, site.view.log_cadence_minutes), (2, 90));
    let changed = places::get_unit(&ports, &caller, unit).await.unwrap().view;
    assert_eq!((changed.name.as_str(), changed.sort_order), ("Reach-in 1", 7));
    let rules = places::get_rules(&ports, &caller, at).await.unwrap().view.set;
    assert_eq!((rules.high_c, rules.offline_warning_missed), (Some(4.0), Some(3)));
    // The name that people gave it is free again.
    let mut renamed = document;
    renamed.sites[0].areas[0].units[0].name = "fish".to_owned();
    import(&world, renamed).await.unwrap();
}

#[tokio::test]
async fn what_people_deleted_stays_deleted_and_is_not_judged() {
    let (world, kitchen) = (World::at(minute(0)), Kitchen::new(2));
    import(&world, kitchen.document()).await.unwrap();
    let (ports, caller) = (set_up(&world), owner(&kitchen));
    let [first, second] = kitchen.units().try_into().unwrap();
    places::delete_place(&ports, &caller, PlaceId::Unit(first))
        .await
        .unwrap();
    let mut document = kitchen.document();
    for unit in &mut document.sites[0].areas[0].units {
        unit.high_c = Some(4.0);
    }
    // The name of what was deleted may be another's by then.
    document.sites[0].areas[0].units[1].name = "Reach-in 1".to_owned();
    document.sites[0].areas[0].units[0].name = "Reach-in 9".to_owned();
    import(&world, document).await.unwrap();
    let units = all::<Unit>(&world, kitchen.scope()).await;
    let by_id = |id| units.iter().find(|unit| unit.record.id == id).unwrap();
    assert_eq!(by_id(first).record.name.as_str(), "Reach-in 1");
    assert!(by_id(first).record.deleted.is_some());
    assert_eq!(by_id(second).record.name.as_str(), "Reach-in 1");
    let states: &dyn UnitStates = &world.memory;
    let state = async |unit| states.load(kitchen.scope(), unit).await.unwrap().unwrap().state;
    assert!(!state(first).await.active);
    assert_eq!(state(second).await.rules().high, CentiCelsius(400));

    places::delete_place(&ports, &caller, PlaceId::Site(kitchen.site_id))
        .await
        .unwrap();
    let before = revisions(&all::<Unit>(&world, kitchen.scope()).await);
    import(&world, kitchen.document()).await.unwrap();
    assert_eq!(revisions(&all::<Unit>(&world, kitchen.scope()).await), before);
}

#[tokio::test]
async fn a_document_of_more_than_a_change_can_hold_is_brought_in_by_several() {
    let (world, kitchen) = (World::at(minute(0)), Kitchen::new(60));
    let mut document = kitchen.document();
    for unit in &mut document.sites[0].areas[0].units {
        unit.high_c = Some(4.0);
    }
    // The process dies when some of them are made.
    world
        .records
        .faults
        .fail_after(2, "records.commit", PortErrorKind::Unavailable, 1);
    import(&world, document.clone()).await.unwrap_err();
    let there = all::<Unit>(&world, kitchen.scope()).await.len();
    assert!((1..60).contains(&there), "{there}");
    import(&world, document.clone()).await.unwrap();
    import(&world, document).await.unwrap();
    let units = all::<Unit>(&world, kitchen.scope()).await;
    assert_eq!(revisions(&units), vec![1; 60]);
    assert_eq!(
        revisions(&all::<RuleSet>(&world, kitchen.scope()).await),
        vec![1; 60]
    );
    let states = UnitStates::list(&world.memory, kitchen.scope()).await.unwrap();
    assert!(
        states
            .iter()
            .all(|unit| unit.state.rules().high == CentiCelsius(400))
    );
    assert_eq!((states.len(), states[0].rev), (60, 1));
}

#[tokio::test]
async fn a_unit_without_a_range_is_refused_also_when_its_site_says_so() {
    let (world, kitchen) = (World::at(minute(0)), Kitchen::new(1));
    import(&world, kitchen.document()).await.unwrap();
    let rules = RuleValues {
        high_c: Some(3.0),
        ..RuleValues::default()
    };
    let at = Some(PlaceId::Site(kitchen.site_id));
    places::put_rules(&set_up(&world), &owner(&kitchen), at, None, rules)
        .await
        .unwrap();
    let mut document = kitchen.document();
    document.sites[0].areas[0].units[0].low_c = Some(3.5);
    let (code, detail) = refusal_of(import(&world, document).await);
    assert_eq!(code, ProblemCode::InvalidRequest);
    assert!(
        detail.contains("Reach-in 1") && detail.contains("limit"),
        "{detail}"
    );
}
