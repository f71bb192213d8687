//! Organizations that are deleted: their sensors stay at their network servers as long as they may come back.

use crate::support::{Office, dev_eui};
use freshtrack_application::networks::{
    JobQuery, SweepNetworks, do_work, list_jobs, sweep_work, test_network,
};
use freshtrack_application::organizations::{
    Office as Organizations, create_organization, delete_organization, restore_organization,
};
use freshtrack_application::ports::ServerErrorKind;
use freshtrack_application::{Actor, Caller, OrgScope, PageRequest, SignedIn};
use freshtrack_contracts::events::Event;
use freshtrack_contracts::networks::JobView;
use freshtrack_contracts::organizations::RestoreOrganization;
use freshtrack_domain::access::{Right, Sites};
use freshtrack_domain::ids::SensorId;
use freshtrack_domain::network::{JobKind, JobState, Network, RemovalReason};
use freshtrack_domain::place::RESTORE_WITHIN;
use freshtrack_domain::time::Span;
use freshtrack_testkit::{RecordedEvents, fresh_id, killed_after, server_error};
use serde_json::json;

/// Longer than the clocks of two machines are apart.
const SOON: Span = Span::minutes(10);

impl Office {
    fn organizations(&self) -> Organizations<'_> {
        Organizations {
            records: &self.records,
            ids: &self.ids,
            clock: &self.clock,
        }
    }

    async fn jobs(&self, caller: &Caller) -> Vec<JobView> {
        let (ports, all) = (self.networks(), JobQuery::default());
        let page = list_jobs(&ports, caller, &all, &PageRequest::default()).await;
        page.unwrap().items
    }

    /// What a sweep tells now.
    async fn swept(&self) -> Vec<Event> {
        let bus = RecordedEvents::default();
        let ports = SweepNetworks {
            records: &self.records,
            states: &self.memory,
            bus: &bus,
            clock: &self.clock,
        };
        sweep_work(&ports).await.unwrap();
        bus.take()
    }
}

/// Somebody with an organization of their own, whose one sensor is registered.
async fn ready() -> (Office, SignedIn, Caller, SensorId) {
    let (office, _) = Office::open().await;
    let person = SignedIn {
        user_id: fresh_id(),
        session_id: fresh_id(),
    };
    let input = serde_json::from_value(json!({ "name": "Harbour Bistro", "time_zone": "UTC" })).unwrap();
    let organization = create_organization(&office.organizations(), &person, input).await;
    let caller = Caller {
        scope: OrgScope::granted(organization.unwrap().view.id),
        actor: Actor::new(person.user_id),
        rights: Right::ALL.into_iter().collect(),
        sites: Sites::All,
    };
    let network = office.connected(&caller).await.network.id;
    let sensor = office.sensor(&caller).await;
    office.provision(&caller, network, sensor).await;
    office.work().await;
    assert_eq!(office.servers.registered(dev_eui()).len(), 4);
    (office, person, caller, sensor)
}

#[tokio::test]
async fn a_restored_organization_has_its_sensors_where_they_were() {
    let (office, person, caller, _) = ready().await;
    delete_organization(&office.organizations(), &caller)
        .await
        .unwrap();
    office.clock.advance(Span::hours(29 * 24));
    office.work().await;
    assert_eq!(office.servers.registered(dev_eui()).len(), 4);
    let input = RestoreOrganization::default();
    restore_organization(&office.organizations(), &person, caller.scope.org_id(), input)
        .await
        .unwrap();
    office.clock.advance(RESTORE_WITHIN + SOON);
    office.work().await;
    assert_eq!(office.servers.registered(dev_eui()).len(), 4);
    assert_eq!(office.jobs(&caller).await.len(), 1);

    delete_organization(&office.organizations(), &caller)
        .await
        .unwrap();
    office.clock.advance(RESTORE_WITHIN + SOON);
    for _ in 0..2 {
        office.work().await;
    }
    assert!(office.servers.registered(dev_eui()).is_empty());
    let jobs = office.jobs(&caller).await;
    assert_eq!((jobs.len(), jobs[0].kind), (2, JobKind::Deprovision));
    assert_eq!(
        (jobs[0].state, jobs[0].reason),
        (JobState::Succeeded, Some(RemovalReason::OrgDeleted))
    );
    assert!(office.swept().await.is_empty(), "it is over");
}

#[tokio::test]
async fn the_webhooks_leave_with_the_organization_also_if_the_server_does_not_answer_at_once() {
    let (office, _, caller, _) = ready().await;
    let api = "https://api.example.com".parse().unwrap();
    let network = office.store().all::<Network>(caller.scope).await.unwrap()[0]
        .record
        .id;
    test_network(&office.networks_at(&api), &caller, network)
        .await
        .unwrap();
    assert_eq!(office.servers.webhooks().len(), 1);
    delete_organization(&office.organizations(), &caller)
        .await
        .unwrap();
    office.clock.advance(Span::hours(29 * 24));
    office.work().await;
    assert_eq!(office.servers.webhooks().len(), 1, "it may be restored");
    office.clock.advance(Span::hours(24) + SOON);
    office
        .servers
        .fail_next([server_error(ServerErrorKind::NoAnswer)]);
    let told = office.swept().await;
    do_work(&office.networks(), &office.memory, &told[0])
        .await
        .unwrap();
    assert_eq!(office.servers.webhooks().len(), 1);
    office.work().await;
    assert!(office.servers.webhooks().is_empty());
    assert!(office.servers.registered(dev_eui()).is_empty());
    assert!(office.swept().await.is_empty(), "it is over");
}

#[tokio::test]
async fn a_server_that_is_no_more_is_not_asked_for_ever() {
    let (office, _, caller, _) = ready().await;
    delete_organization(&office.organizations(), &caller)
        .await
        .unwrap();
    office.clock.advance(RESTORE_WITHIN + SOON);
    let told = office.swept().await;
    for hours in 0..30 {
        office
            .servers
            .fail_next([server_error(ServerErrorKind::NoAnswer)]);
        do_work(&office.networks(), &office.memory, &told[0])
            .await
            .unwrap();
        let dissolves = |event: &Event| event.what == told[0].what;
        let goes_on = office.swept().await.iter().any(dissolves);
        assert_eq!(goes_on, hours < 24, "after {hours} hours");
        office.clock.advance(Span::hours(1));
    }
}

#[tokio::test]
async fn sensors_leave_once_however_often_it_is_told() {
    for calls in 0..200 {
        let (office, _, caller, sensor) = ready().await;
        delete_organization(&office.organizations(), &caller)
            .await
            .unwrap();
        office.clock.advance(RESTORE_WITHIN + SOON);
        office.records.take_outbox();
        // The key was revoked meanwhile: what cannot be done is not asked for again and again.
        office.servers.take_only("another");
        let told = office.swept().await;
        assert_eq!(told.len(), 1);
        let ended = killed_after(calls, do_work(&office.networks(), &office.memory, &told[0]));
        for _ in 0..3 {
            office.work().await;
            do_work(&office.networks(), &office.memory, &told[0])
                .await
                .unwrap();
        }
        let jobs = office.jobs(&caller).await;
        let removals: Vec<_> = jobs
            .iter()
            .filter(|job| job.kind == JobKind::Deprovision)
            .collect();
        assert_eq!(removals.len(), 1, "killed after {calls} calls");
        assert_eq!(removals[0].reason, Some(RemovalReason::OrgDeleted));
        assert_eq!(
            (removals[0].sensor_id, removals[0].state),
            (sensor, JobState::Blocked)
        );
        if ended.is_some() {
            return;
        }
    }
    unreachable!("it never ended");
}
