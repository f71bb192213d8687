//! Changes of sensors' settings: sent once, confirmed by the sensor, given up in time.

use crate::support::{Office, code, dev_eui};
use freshtrack_application::Caller;
use freshtrack_application::PageRequest;
use freshtrack_application::networks::{
    cancel_change, deprovision_sensor, do_work, list_changes, request_change,
};
use freshtrack_application::ports::{ServerErrorKind, UnitStates as _};
use freshtrack_contracts::networks::{ChangeView, RequestChange};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::device::Sensor;
use freshtrack_domain::ids::SensorId;
use freshtrack_domain::network::{ATTEMPT_LEASE, ChangeState, Obstacle, SettingChange};
use freshtrack_domain::time::Span;
use freshtrack_testkit::{Called, killed_after, reading, server_error};

fn interval(seconds: u32) -> RequestChange {
    RequestChange {
        change: SettingChange::UplinkInterval { seconds },
        timeout_hours: None,
    }
}

impl Office {
    async fn ask(&self, caller: &Caller, sensor: SensorId, asked: RequestChange) -> ChangeView {
        request_change(&self.networks(), caller, sensor, asked)
            .await
            .unwrap()
            .view
    }

    async fn change(&self, caller: &Caller, sensor: SensorId) -> ChangeView {
        let page = list_changes(&self.networks(), caller, sensor, &PageRequest::default()).await;
        page.unwrap().items.remove(0)
    }

    /// The sensor is heard at this moment.
    async fn hear(&self, caller: &Caller, sensor: SensorId) {
        let unit = self.unit_of(caller, sensor).await;
        let mut record = self.memory.load(caller.scope, unit).await.unwrap().unwrap();
        let mut changes = Vec::new();
        record.take(&reading(sensor, self.now(), 300), self.now(), &mut changes);
        self.memory
            .save(caller.scope, &mut record, &changes)
            .await
            .unwrap();
    }
}

/// An organization with a sensor that is registered at The Things Stack.
async fn ready() -> (Office, Caller, SensorId) {
    let (office, caller) = Office::open().await;
    let network = office.connected(&caller).await.network.id;
    let sensor = office.sensor(&caller).await;
    office.provision(&caller, network, sensor).await;
    office.work().await;
    office.servers.take_calls();
    (office, caller, sensor)
}

#[tokio::test]
async fn a_change_is_confirmed_once_the_sensor_was_heard_and_the_server_holds_it_no_longer() {
    let (office, caller, sensor) = ready().await;
    let asked = office.ask(&caller, sensor, interval(600)).await;
    assert_eq!(asked.state, ChangeState::Queued);
    office.hear(&caller, sensor).await;
    office.clock.advance(Span::seconds(5));
    office.work().await;
    let sent = office.change(&caller, sensor).await;
    assert_eq!(sent.state, ChangeState::Sent);
    assert_eq!(
        office.servers.waiting(dev_eui())[0].payload,
        [0x01, 0x00, 0x02, 0x58]
    );
    office.clock.advance(Span::minutes(5));
    office.work().await;
    assert_eq!(
        office.change(&caller, sensor).await.state,
        ChangeState::Sent,
        "heard before, not since"
    );

    office.hear(&caller, sensor).await;
    office.work().await;
    assert_eq!(
        office.change(&caller, sensor).await.state,
        ChangeState::Sent,
        "the server still holds it"
    );
    office.servers.listen(dev_eui());
    office.work().await;
    let applied = office.change(&caller, sensor).await;
    assert_eq!((applied.state, applied.attempts), (ChangeState::Applied, 1));
    let known = office.store().get::<Sensor>(caller.scope, sensor).await.unwrap();
    let interval = known.unwrap().record.report_interval;
    assert_eq!(interval, Some(Span::minutes(10)), "by this its silence is judged");
    assert_eq!(office.servers.take_calls(), [Called::Sent]);
}

#[tokio::test]
async fn a_sensor_that_is_not_heard_in_time_is_given_up() {
    let (office, caller, sensor) = ready().await;
    let patient = RequestChange {
        timeout_hours: Some(48),
        ..interval(1_200)
    };
    office.ask(&caller, sensor, patient).await;
    office.ask(&caller, sensor, interval(600)).await;
    office.work().await;
    office.clock.advance(Span::hours(24));
    office.work().await;
    let page = list_changes(&office.networks(), &caller, sensor, &PageRequest::default())
        .await
        .unwrap();
    let states: Vec<ChangeState> = page.items.iter().map(|change| change.state).collect();
    assert_eq!(
        states,
        [ChangeState::Timeout, ChangeState::Sent],
        "the newest first"
    );
    office.clock.advance(Span::hours(24));
    office.work().await;
    let page = list_changes(&office.networks(), &caller, sensor, &PageRequest::default())
        .await
        .unwrap();
    assert!(
        page.items
            .iter()
            .all(|change| change.state == ChangeState::Timeout)
    );
}

#[tokio::test]
async fn a_change_survives_death_between_any_two_calls_and_is_sent_once() {
    for calls in 0..200 {
        let (office, caller, sensor) = ready().await;
        office.ask(&caller, sensor, interval(600)).await;
        let event = office.records.take_outbox().remove(0);
        let ended = killed_after(calls, do_work(&office.networks(), &office.memory, &event));
        office.clock.advance(ATTEMPT_LEASE);
        office.work().await;
        let change = office.change(&caller, sensor).await;
        assert_eq!(change.state, ChangeState::Sent, "killed after {calls} calls");
        assert_eq!(
            office.servers.take_calls(),
            [Called::Sent],
            "killed after {calls} calls"
        );
        if ended.is_some() {
            return;
        }
    }
    unreachable!("the work never ended");
}

#[tokio::test]
async fn a_server_that_has_trouble_is_asked_again_and_one_that_refuses_is_not() {
    let (office, caller, sensor) = ready().await;
    office.ask(&caller, sensor, interval(600)).await;
    office.servers.throttle_next(Span::seconds(90));
    office.work().await;
    let change = office.change(&caller, sensor).await;
    assert_eq!(change.state, ChangeState::Queued);
    assert_eq!(change.setback.unwrap().obstacle, Obstacle::Throttled);
    office.clock.advance(Span::seconds(89));
    office.work().await;
    assert_eq!(office.change(&caller, sensor).await.attempts, 1, "left in peace");
    office.clock.advance(Span::seconds(1));
    office.work().await;
    let change = office.change(&caller, sensor).await;
    assert_eq!((change.state, change.attempts), (ChangeState::Sent, 2));

    office.clock.advance(Span::seconds(1));
    office.ask(&caller, sensor, interval(900)).await;
    office
        .servers
        .fail_next([server_error(ServerErrorKind::NotAllowed)]);
    office.work().await;
    let change = office.change(&caller, sensor).await;
    assert_eq!(change.state, ChangeState::Failed);
    assert_eq!(change.setback.unwrap().obstacle, Obstacle::NotAllowed);
}

#[tokio::test]
async fn only_what_was_not_sent_is_taken_back() {
    let (office, caller, sensor) = ready().await;
    let change = office.ask(&caller, sensor, interval(600)).await;
    for _ in 0..2 {
        cancel_change(&office.networks(), &caller, sensor, change.id)
            .await
            .unwrap();
    }
    office.work().await;
    assert_eq!(office.change(&caller, sensor).await.state, ChangeState::Canceled);
    assert!(office.servers.take_calls().is_empty());
    office.clock.advance(Span::seconds(1));
    let change = office.ask(&caller, sensor, interval(600)).await;
    office.work().await;
    let late = cancel_change(&office.networks(), &caller, sensor, change.id).await;
    assert_eq!(code(late), Some(ProblemCode::Conflict));
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_at_once() {
    let (office, caller, sensor) = ready().await;
    let ask =
        async |asked: RequestChange| code(request_change(&office.networks(), &caller, sensor, asked).await);
    assert_eq!(ask(interval(5)).await, Some(ProblemCode::InvalidRequest));
    let forever = RequestChange {
        timeout_hours: Some(169),
        ..interval(600)
    };
    assert_eq!(ask(forever).await, Some(ProblemCode::InvalidRequest));
    for _ in 0..10 {
        office.ask(&caller, sensor, interval(600)).await;
    }
    assert_eq!(
        ask(interval(600)).await,
        Some(ProblemCode::Conflict),
        "ten are on their way"
    );
    let foreign = office.administrator().await;
    let refused = request_change(&office.networks(), &foreign, sensor, interval(600)).await;
    assert_eq!(code(refused), Some(ProblemCode::NotFound));

    let (office, caller, sensor) = ready().await;
    deprovision_sensor(&office.networks(), &caller, sensor)
        .await
        .unwrap();
    office.work().await;
    let refused = request_change(&office.networks(), &caller, sensor, interval(600)).await;
    assert_eq!(code(refused), Some(ProblemCode::Conflict), "registered nowhere");
}
