//! Changes of a sensor's settings, from asking to the sensor having them.

use crate::Connected;
use freshtrack_contracts::networks::ChangeView;
use freshtrack_contracts::page::Page;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::network::{ChangeState, JobState};
use freshtrack_domain::time::Span;
use freshtrack_tests::{PASSWORD, Tenant, eventually};
use http::{Method, StatusCode};
use serde_json::json;

impl Connected {
    /// As the owner sees it whose access token is over by now.
    async fn signed_in_anew(self) -> Self {
        let owner = self.world.sign_in("ann@example.com", PASSWORD).await;
        Self { owner, ..self }
    }

    fn changes(&self, tenant: &Tenant) -> String {
        format!("{}/sensors/{}/changes", self.org, tenant.sensor(0))
    }

    /// The newest change as soon as it has come to `state`.
    async fn change_at(&self, tenant: &Tenant, state: ChangeState) -> ChangeView {
        let path = self.changes(tenant);
        eventually(&format!("the change is {state:?}"), async || {
            let page: Page<ChangeView> = self.owner.get(&path).await.ok();
            page.items
                .into_iter()
                .next()
                .filter(|change| change.state == state)
        })
        .await
    }
}

/// A sensor that is registered and was heard.
async fn ready() -> (Connected, Tenant) {
    let connected = Connected::start().await;
    let tenant = connected.sensor().await;
    let job = connected.provision(&tenant).await;
    connected.job_at(job.id, JobState::Succeeded).await;
    connected.is_heard(&tenant).await;
    (connected, tenant)
}

#[tokio::test]
async fn a_change_reaches_the_sensor_and_is_confirmed_by_its_next_frame() {
    let (connected, tenant) = ready().await;
    let asked = json!({ "change": { "type": "uplink_interval", "seconds": 600 } });
    let answer = connected.owner.post(&connected.changes(&tenant), asked).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{answer:?}");
    connected.change_at(&tenant, ChangeState::Sent).await;
    connected.world.advance(Span::minutes(10));
    let heard = connected.is_heard(&tenant).await;
    assert_eq!(heard[0]["frm_payload"], "AQACWA==", "01 00 02 58");
    assert_eq!(heard[0]["f_port"], 2);
    connected.world.advance(Span::minutes(1));
    let connected = connected.signed_in_anew().await;
    let applied = connected.change_at(&tenant, ChangeState::Applied).await;
    assert!(applied.ended_at > applied.sent_at);
    let path = format!("{}/{}", connected.changes(&tenant), applied.id);
    let token = &connected.owner.tokens.access_token.0;
    let late = connected
        .world
        .api
        .send(Method::DELETE, &path, Some(token), "")
        .await;
    assert_eq!(late.code(), ProblemCode::Conflict);
}

#[tokio::test]
async fn a_change_is_given_up_and_one_that_makes_no_sense_refused() {
    let (connected, tenant) = ready().await;
    let path = connected.changes(&tenant);
    for body in [
        json!({ "change": { "type": "uplink_interval", "seconds": 1 } }),
        json!({ "change": { "type": "uplink_interval" } }),
        json!({ "change": { "type": "raw", "f_port": 0, "payload": "01" } }),
        json!({ "change": { "type": "set_time" }, "timeout_hours": 200 }),
        json!({ "change": { "type": "set_time" }, "colour": "red" }),
    ] {
        let refused = connected.owner.post(&path, body.clone()).await;
        assert_eq!(refused.code(), ProblemCode::InvalidRequest, "{body}");
    }
    let asked = json!({ "change": { "type": "clear_datalog" }, "timeout_hours": 1 });
    let answer = connected.owner.post(&path, asked).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{answer:?}");
    connected.change_at(&tenant, ChangeState::Sent).await;
    connected.world.advance(Span::hours(1));
    let connected = connected.signed_in_anew().await;
    connected.change_at(&tenant, ChangeState::Timeout).await;
}
