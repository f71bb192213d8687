//! Work on registrations: what becomes of it when servers refuse, answers are lost and workers die.

use crate::support::{Office, code, dev_eui, registration};
use freshtrack_application::devices::{rewrite_sensor, update_sensor};
use freshtrack_application::networks::{
    JobQuery, delete_network, deprovision_sensor, do_work, get_job, list_jobs, provision_sensor, retry_job,
};
use freshtrack_application::ports::{Owner, RecordKind, Records as _, ServerErrorKind};
use freshtrack_application::{Caller, Change, PageRequest, PortErrorKind, Registry, SetUp};
use freshtrack_contracts::devices::UpdateSensor;
use freshtrack_contracts::events::{Event, Happening};
use freshtrack_contracts::networks::{JobView, ProvisionSensor};
use freshtrack_contracts::places::Patch;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::access::Sites;
use freshtrack_domain::device::{Retirement, Sensor};
use freshtrack_domain::ids::{NetworkId, SensorId};
use freshtrack_domain::network::{
    ATTEMPT_LEASE, JobKind, JobState, Obstacle, RegistrationStep, RemovalReason,
};
use freshtrack_domain::time::Span;
use freshtrack_testkit::{Called, fresh_id, killed_after, server_error};

const ALL: [RegistrationStep; 4] = [
    RegistrationStep::IdentityServer,
    RegistrationStep::JoinServer,
    RegistrationStep::NetworkServer,
    RegistrationStep::ApplicationServer,
];

impl Office {
    async fn job(&self, caller: &Caller, job: &JobView) -> JobView {
        get_job(&self.networks(), caller, job.id).await.unwrap().view
    }
}

fn steps(calls: &[Called]) -> Vec<RegistrationStep> {
    calls
        .iter()
        .filter_map(|call| match call {
            Called::Registered(step) | Called::Removed(step) => Some(*step),
            Called::Tested | Called::Sent | Called::WebhookSet | Called::WebhookRemoved => None,
        })
        .collect()
}

/// An organization with a connection and a sensor.
async fn ready() -> (Office, Caller, NetworkId, SensorId) {
    let (office, caller) = Office::open().await;
    let network = office.connected(&caller).await.network.id;
    let sensor = office.sensor(&caller).await;
    office.records.take_outbox();
    (office, caller, network, sensor)
}

#[tokio::test]
async fn a_sensor_is_registered_in_order_and_removed_with_its_identity_last() {
    let (office, caller, network, sensor) = ready().await;
    let job = office.provision(&caller, network, sensor).await;
    assert_eq!((job.kind, job.state), (JobKind::Provision, JobState::Pending));
    office.work().await;
    let job = office.job(&caller, &job).await;
    assert_eq!((job.state, job.attempts), (JobState::Succeeded, 1));
    assert_eq!(job.done, ALL);
    assert_eq!(steps(&office.servers.take_calls()), ALL);
    let key = office.servers.registered(dev_eui())[&RegistrationStep::JoinServer];
    assert_eq!(key.reveal(), "00112233445566778899AABBCCDDEEFF");
    let refused = delete_network(&office.networks(), &caller, network).await;
    assert_eq!(code(refused), Some(ProblemCode::Conflict), "a sensor is there");

    let removal = deprovision_sensor(&office.networks(), &caller, sensor)
        .await
        .unwrap()
        .view;
    let again = deprovision_sensor(&office.networks(), &caller, sensor)
        .await
        .unwrap()
        .view;
    assert_eq!(removal.id, again.id, "asked for twice, done once");
    office.work().await;
    assert_eq!(office.job(&caller, &removal).await.state, JobState::Succeeded);
    let mut backwards = ALL;
    backwards.reverse();
    assert_eq!(steps(&office.servers.take_calls()), backwards);
    let gone = deprovision_sensor(&office.networks(), &caller, sensor).await;
    assert_eq!(code(gone), Some(ProblemCode::NotFound));
    delete_network(&office.networks(), &caller, network)
        .await
        .unwrap();

    let all = list_jobs(
        &office.networks(),
        &caller,
        &JobQuery::default(),
        &PageRequest::default(),
    )
    .await;
    let all: Vec<JobKind> = all.unwrap().items.iter().map(|job| job.kind).collect();
    assert_eq!(
        all,
        [JobKind::Deprovision, JobKind::Provision],
        "the newest first"
    );
}

#[tokio::test]
async fn work_survives_death_between_any_two_calls() {
    for calls in 0..200 {
        let (office, caller, network, sensor) = ready().await;
        let job = office.provision(&caller, network, sensor).await;
        let event = office.records.take_outbox().remove(0);
        let ended = killed_after(calls, do_work(&office.networks(), &office.memory, &event));
        // Whoever comes at once finds somebody at work; whoever comes when that is over goes on.
        do_work(&office.networks(), &office.memory, &event).await.unwrap();
        office.clock.advance(ATTEMPT_LEASE);
        office.work().await;
        let job = office.job(&caller, &job).await;
        assert_eq!(job.state, JobState::Succeeded, "killed after {calls} calls");
        assert_eq!(job.done, ALL);
        assert_eq!(office.servers.registered(dev_eui()).len(), 4);
        let repeated = steps(&office.servers.take_calls()).len() - ALL.len();
        assert!(
            repeated <= 1,
            "at most the one call that was not noted is made again"
        );
        if ended.is_some() {
            return;
        }
    }
    unreachable!("the work never ended");
}

#[tokio::test]
async fn a_server_that_has_trouble_is_asked_again_later() {
    let (office, caller, network, sensor) = ready().await;
    let job = office.provision(&caller, network, sensor).await;
    office
        .servers
        .fail_next([server_error(ServerErrorKind::NoAnswer)]);
    office.work().await;
    let mut waited = Vec::new();
    for kind in [
        ServerErrorKind::Unexpected,
        ServerErrorKind::NoAnswer,
        ServerErrorKind::Unexpected,
        ServerErrorKind::NoAnswer,
        ServerErrorKind::NoAnswer,
    ] {
        let view = office.job(&caller, &job).await;
        assert_eq!(view.state, JobState::Retrying);
        let wait = view.next_attempt_at.unwrap().0.since(office.now());
        waited.push(wait.as_minutes());
        office.work().await;
        assert_eq!(office.job(&caller, &job).await.attempts, view.attempts, "not yet");
        office.clock.advance(wait);
        office.servers.fail_next([server_error(kind)]);
        office.work().await;
    }
    assert_eq!(waited, [1, 5, 15, 60, 240]);
    let view = office.job(&caller, &job).await;
    assert_eq!((view.state, view.attempts), (JobState::Failed, 6));
    assert_eq!(view.setback.unwrap().obstacle, Obstacle::NoAnswer);

    let retried = retry_job(&office.networks(), &caller, job.id).await.unwrap().view;
    assert_eq!((retried.state, retried.attempts), (JobState::Pending, 0));
    office.work().await;
    assert_eq!(office.job(&caller, &job).await.state, JobState::Succeeded);
    let again = retry_job(&office.networks(), &caller, job.id).await;
    assert_eq!(code(again), Some(ProblemCode::Conflict), "it is done");
}

#[tokio::test]
async fn a_server_is_left_in_peace_for_as_long_as_it_asks() {
    let (office, caller, network, sensor) = ready().await;
    let job = office.provision(&caller, network, sensor).await;
    office.servers.throttle_next(Span::seconds(90));
    office.work().await;
    let view = office.job(&caller, &job).await;
    assert_eq!(view.setback.unwrap().obstacle, Obstacle::Throttled);
    assert_eq!(view.next_attempt_at.unwrap().0, office.now() + Span::seconds(90));
    office.clock.advance(Span::seconds(90));
    office.work().await;
    assert_eq!(office.job(&caller, &job).await.state, JobState::Succeeded);
}

#[tokio::test]
async fn what_people_must_see_to_is_told_apart() {
    for (kind, obstacle, state) in [
        (ServerErrorKind::WrongKey, Obstacle::WrongKey, JobState::Blocked),
        (
            ServerErrorKind::NotAllowed,
            Obstacle::NotAllowed,
            JobState::Blocked,
        ),
        (ServerErrorKind::NotFound, Obstacle::NotFound, JobState::Blocked),
        (
            ServerErrorKind::OtherCluster,
            Obstacle::OtherCluster,
            JobState::Blocked,
        ),
        (
            ServerErrorKind::AddressRefused,
            Obstacle::AddressRefused,
            JobState::Blocked,
        ),
        (ServerErrorKind::Taken, Obstacle::Conflict, JobState::Failed),
        (ServerErrorKind::Rejected, Obstacle::Rejected, JobState::Failed),
    ] {
        let (office, caller, network, sensor) = ready().await;
        let job = office.provision(&caller, network, sensor).await;
        office.servers.fail_next([server_error(kind)]);
        office.work().await;
        let view = office.job(&caller, &job).await;
        assert_eq!(view.state, state, "{kind:?}");
        assert_eq!(view.setback.unwrap().obstacle, obstacle);
        office.clock.advance(Span::hours(24));
        office.work().await;
        assert_eq!(
            office.job(&caller, &job).await.attempts,
            1,
            "nobody tries by themselves"
        );
        retry_job(&office.networks(), &caller, job.id).await.unwrap();
        office.work().await;
        assert_eq!(office.job(&caller, &job).await.state, JobState::Succeeded);
    }
}

#[tokio::test]
async fn a_removal_takes_over_from_a_registration_that_is_stuck() {
    let (office, caller, network, sensor) = ready().await;
    let job = office.provision(&caller, network, sensor).await;
    let second = provision_sensor(&office.networks(), &caller, sensor, registration(network)).await;
    assert_eq!(code(second), Some(ProblemCode::Conflict), "one at a time");
    let event = office.records.take_outbox().remove(0);
    // It dies at its second call, whose answer nobody has.
    office
        .servers
        .faults
        .fail_after(1, "network_servers.register", PortErrorKind::Unavailable, 1);
    do_work(&office.networks(), &office.memory, &event).await.unwrap();
    assert_eq!(
        office.job(&caller, &job).await.done,
        [RegistrationStep::IdentityServer]
    );
    let removal = deprovision_sensor(&office.networks(), &caller, sensor)
        .await
        .unwrap()
        .view;
    office.clock.advance(Span::minutes(2));
    office.work().await;
    office.work().await;
    assert_eq!(office.job(&caller, &removal).await.state, JobState::Succeeded);
    let job = office.job(&caller, &job).await;
    assert_eq!(job.setback.unwrap().obstacle, Obstacle::Superseded);
    assert!(office.servers.registered(dev_eui()).is_empty());
    let stale = retry_job(&office.networks(), &caller, job.id).await;
    assert_eq!(code(stale), Some(ProblemCode::Conflict));
}

#[tokio::test]
async fn a_sensor_that_is_retired_is_removed_from_its_network_server() {
    let (office, caller, network, sensor) = ready().await;
    office.provision(&caller, network, sensor).await;
    office.work().await;
    let stored = office
        .store()
        .get::<Sensor>(caller.scope, sensor)
        .await
        .unwrap()
        .unwrap();
    let told = |sensors| Event {
        id: "told".to_owned(),
        org_id: caller.scope.org_id(),
        unit_id: None,
        at: office.now().into(),
        what: Happening::SensorsChanged {
            sensors,
            units: Vec::new(),
        },
    };
    let told = told(vec![sensor]);
    do_work(&office.networks(), &office.memory, &told).await.unwrap();
    assert!(office.records.take_outbox().is_empty(), "it measures on");
    let retired = Sensor {
        retired: Some(Retirement {
            at: office.now(),
            by: "usr_somebody".to_owned(),
            unit_id: stored.record.unit_id,
            replaced_by: None,
        }),
        ..stored.record.clone()
    };
    let change = Change::new(caller.scope, &caller.actor, "sensor.retired", sensor);
    let registry = Registry {
        records: &office.records,
        clock: &office.clock,
    };
    let change = rewrite_sensor(change, &retired, &stored).unwrap();
    registry.commit(change).await.unwrap();
    for _ in 0..2 {
        do_work(&office.networks(), &office.memory, &told).await.unwrap();
    }
    office.work().await;
    let jobs = list_jobs(
        &office.networks(),
        &caller,
        &JobQuery::default(),
        &PageRequest::default(),
    )
    .await;
    let jobs = jobs.unwrap().items;
    assert_eq!(jobs.len(), 2, "told twice, removed once");
    assert_eq!(
        (jobs[0].state, jobs[0].reason),
        (JobState::Succeeded, Some(RemovalReason::SensorDeleted))
    );
    assert!(office.servers.registered(dev_eui()).is_empty());
    let late = provision_sensor(&office.networks(), &caller, sensor, registration(network)).await;
    assert_eq!(code(late), Some(ProblemCode::Conflict), "it measures no more");
}

#[tokio::test]
async fn the_app_key_is_asked_for_once_and_kept_in_one_place() {
    let (office, caller, network, sensor) = ready().await;
    let without = || ProvisionSensor {
        app_key: None,
        ..registration(network)
    };
    let refused = provision_sensor(&office.networks(), &caller, sensor, without()).await;
    assert_eq!(code(refused), Some(ProblemCode::MissingAppKey));
    office.provision(&caller, network, sensor).await;
    office.work().await;
    let stored = office.store().get::<Sensor>(caller.scope, sensor).await.unwrap();
    let sensor_now = stored.unwrap().record;
    assert_eq!(sensor_now.app_key_last_four.as_deref(), Some("EEFF"));
    assert_eq!(sensor_now.version, 1, "whoever remembers the sensor finds out");
    let owner = Owner::from(caller.scope);
    let kept = async |kind| {
        let found = office
            .records
            .list(owner, RecordKind(kind), None, 10, false)
            .await;
        found.unwrap().remove(0).data.to_string()
    };
    assert!(kept("APPKEY").await.contains("sealed"));
    assert!(
        !kept("NETDEV").await.contains("key\":"),
        "nothing that opens anything"
    );

    deprovision_sensor(&office.networks(), &caller, sensor)
        .await
        .unwrap();
    office.work().await;
    assert!(office.servers.registered(dev_eui()).is_empty());
    let again = provision_sensor(&office.networks(), &caller, sensor, without()).await;
    office.work().await;
    let again = office.job(&caller, &again.unwrap().view).await;
    assert_eq!(again.state, JobState::Succeeded);
    let key = office.servers.registered(dev_eui())[&RegistrationStep::JoinServer];
    assert_eq!(key.reveal(), "00112233445566778899AABBCCDDEEFF");
}

#[tokio::test]
async fn a_registration_whose_app_key_is_forgotten_waits_for_it() {
    let (office, caller, network, sensor) = ready().await;
    let job = office.provision(&caller, network, sensor).await;
    let set = async |app_key| {
        let set_up = SetUp {
            records: &office.records,
            states: &office.memory,
            ids: &office.ids,
            clock: &office.clock,
        };
        let update = UpdateSensor {
            app_key,
            ..UpdateSensor::default()
        };
        update_sensor(&set_up, &office.vault, &caller, sensor, None, update)
            .await
            .unwrap();
    };
    set(Patch::Clear).await;
    office.work().await;
    let blocked = office.job(&caller, &job).await;
    assert_eq!(blocked.state, JobState::Blocked);
    assert_eq!(blocked.setback.unwrap().obstacle, Obstacle::MissingAppKey);
    assert!(steps(&office.servers.take_calls()).is_empty(), "nothing was told");
    set(Patch::Set("00000000000000000000000000001234".parse().unwrap())).await;
    retry_job(&office.networks(), &caller, job.id).await.unwrap();
    office.work().await;
    assert_eq!(office.job(&caller, &job).await.state, JobState::Succeeded);
    let key = office.servers.registered(dev_eui())[&RegistrationStep::JoinServer];
    assert_eq!(key.last_four(), "1234");
}

#[tokio::test]
async fn a_removal_waits_for_whoever_is_at_work() {
    let mut calls = 0;
    let (office, caller, sensor) = loop {
        let (office, caller, network, sensor) = ready().await;
        office.provision(&caller, network, sensor).await;
        let event = office.records.take_outbox().remove(0);
        // Killed as soon as its first call has reached the server, with the work begun and still its own.
        assert!(killed_after(calls, do_work(&office.networks(), &office.memory, &event)).is_none());
        if !office.servers.take_calls().is_empty() {
            break (office, caller, sensor);
        }
        calls += 1;
    };
    let removal = deprovision_sensor(&office.networks(), &caller, sensor)
        .await
        .unwrap()
        .view;
    let event = office.records.take_outbox().remove(0);
    do_work(&office.networks(), &office.memory, &event).await.unwrap();
    assert_eq!(office.job(&caller, &removal).await.state, JobState::Pending);
    office.clock.advance(ATTEMPT_LEASE);
    do_work(&office.networks(), &office.memory, &event).await.unwrap();
    assert_eq!(office.job(&caller, &removal).await.state, JobState::Succeeded);
    assert!(office.servers.registered(dev_eui()).is_empty());
}

#[tokio::test]
async fn another_organizations_work_is_not_there() {
    let (office, caller, network, sensor) = ready().await;
    let job = office.provision(&caller, network, sensor).await;
    let foreign = office.administrator().await;
    assert_eq!(
        code(get_job(&office.networks(), &foreign, job.id).await),
        Some(ProblemCode::NotFound)
    );
    assert_eq!(
        code(retry_job(&office.networks(), &foreign, job.id).await),
        Some(ProblemCode::NotFound)
    );
    let refused = deprovision_sensor(&office.networks(), &foreign, sensor).await;
    assert_eq!(code(refused), Some(ProblemCode::NotFound));
    let nowhere = provision_sensor(&office.networks(), &caller, sensor, registration(fresh_id())).await;
    assert_eq!(code(nowhere), Some(ProblemCode::NotFound));
    let limited = Caller {
        sites: Sites::Only([fresh_id()].into()),
        ..caller.clone()
    };
    assert_eq!(
        code(get_job(&office.networks(), &limited, job.id).await),
        Some(ProblemCode::NotFound)
    );
}
