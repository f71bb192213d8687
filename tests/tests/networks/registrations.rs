//! Sensors on their way into a network server and out of it.

use crate::Connected;
use freshtrack_contracts::networks::JobView;
use freshtrack_contracts::page::Page;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::network::{JobState, Obstacle, RegistrationStep};
use freshtrack_domain::time::Span;
use http::{Method, StatusCode};
use serde_json::{Value as Json, json};

#[tokio::test]
async fn a_sensor_is_registered_joins_and_is_heard() {
    let connected = Connected::start().await;
    let tenant = connected.sensor().await;
    let nowhere = connected.sends(&tenant).await;
    assert_eq!(
        nowhere.status,
        StatusCode::BAD_REQUEST,
        "it is not let in: {nowhere:?}"
    );
    let asked = json!({ "network_id": connected.network.network.id, "join_eui": "A840410000000101" });
    let refused = connected
        .owner
        .post(&connected.provisioning(&tenant), asked)
        .await;
    assert_eq!(refused.code(), ProblemCode::MissingAppKey);

    let job = connected.provision(&tenant).await;
    let job = connected.job_at(job.id, JobState::Succeeded).await;
    assert_eq!(
        job.done,
        [
            RegistrationStep::IdentityServer,
            RegistrationStep::JoinServer,
            RegistrationStep::NetworkServer,
            RegistrationStep::ApplicationServer,
        ]
    );
    connected.is_heard(&tenant).await;
    let overview: Json = connected
        .owner
        .get(&format!("{}/overview", connected.org))
        .await
        .ok();
    let unit = &overview["sites"][0]["areas"][0]["units"][0];
    assert_eq!(unit["now"]["temperature_c"], 27.81, "{unit}");

    let token = &connected.owner.tokens.access_token.0;
    let path = connected.path("");
    let kept = connected
        .world
        .api
        .send(Method::DELETE, &path, Some(token), "")
        .await;
    assert_eq!(kept.code(), ProblemCode::Conflict, "a sensor is there");
    let path = connected.provisioning(&tenant);
    let removal = connected
        .world
        .api
        .send(Method::DELETE, &path, Some(token), "")
        .await;
    assert_eq!(removal.status, StatusCode::ACCEPTED, "{removal:?}");
    let removal: JobView = removal.ok();
    connected.job_at(removal.id, JobState::Succeeded).await;
    let gone = connected.sends(&tenant).await;
    assert_eq!(gone.status, StatusCode::BAD_REQUEST, "{gone:?}");
    // Its AppKey is kept with the sensor: it is not asked for again.
    let asked = json!({ "network_id": connected.network.network.id, "join_eui": "A840410000000101" });
    let again = connected.owner.post(&path, asked).await;
    assert_eq!(again.status, StatusCode::ACCEPTED, "{again:?}");
    connected
        .job_at(again.ok::<JobView>().id, JobState::Succeeded)
        .await;
    let let_in = connected.sends(&tenant).await;
    assert_eq!(let_in.status, StatusCode::OK, "{let_in:?}");
    let jobs: Page<JobView> = connected
        .owner
        .get(&format!(
            "{}/network-jobs?sensor_id={}",
            connected.org,
            tenant.sensor(0)
        ))
        .await
        .ok();
    assert_eq!(jobs.items.len(), 3);
}

#[tokio::test]
async fn work_waits_as_long_as_the_server_asks_and_goes_on_where_it_stopped() {
    let connected = Connected::start().await;
    let tenant = connected.sensor().await;
    let fault = json!({ "method": "PUT", "path": "/ns/", "status": 429, "retry_after": 90 });
    connected.console(Method::POST, "faults", fault).await;
    // Done, and the answer lost: the same call again finds the device there.
    let fault = json!({ "method": "POST", "path": "/devices", "status": 502, "after": true });
    connected.console(Method::POST, "faults", fault).await;
    let job = connected.provision(&tenant).await;
    let first = connected.job_at(job.id, JobState::Retrying).await;
    assert_eq!(first.setback.unwrap().obstacle, Obstacle::Unexpected);
    connected.world.advance(Span::minutes(1));
    let second = eventually_attempted(&connected, &job, 2).await;
    assert_eq!(second.setback.unwrap().obstacle, Obstacle::Throttled);
    assert_eq!(second.done.len(), 2, "identity and join server");
    assert_eq!(
        second.next_attempt_at.unwrap().0,
        connected.world.now() + Span::seconds(90)
    );
    connected.world.advance(Span::seconds(120));
    let done = connected.job_at(job.id, JobState::Succeeded).await;
    assert_eq!(done.attempts, 3);
    connected.is_heard(&tenant).await;
}

async fn eventually_attempted(connected: &Connected, job: &JobView, attempts: u32) -> JobView {
    let path = format!("{}/network-jobs/{}", connected.org, job.id);
    freshtrack_tests::eventually("another attempt", async || {
        let job: JobView = connected.owner.get(&path).await.ok();
        Some(job).filter(|job| job.attempts == attempts && job.state == JobState::Retrying)
    })
    .await
}

#[tokio::test]
async fn work_that_is_blocked_goes_on_once_somebody_has_seen_to_it() {
    let connected = Connected::start().await;
    let tenant = connected.sensor().await;
    let fault = json!({ "method": "PUT", "path": "/js/", "status": 403 });
    connected.console(Method::POST, "faults", fault).await;
    let job = connected.provision(&tenant).await;
    let blocked = connected.job_at(job.id, JobState::Blocked).await;
    assert_eq!(blocked.setback.unwrap().obstacle, Obstacle::NotAllowed);
    let retry = format!("{}/network-jobs/{}/retry", connected.org, job.id);
    let answer = connected.owner.post(&retry, json!({})).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{answer:?}");
    connected.job_at(job.id, JobState::Succeeded).await;
    let audit: Json = connected
        .owner
        .get(&format!("{}/audit", connected.org))
        .await
        .ok();
    let text = audit.to_string();
    for action in [
        "network.connected",
        "sensor.provisioning_asked",
        "network.job_blocked",
        "sensor.provisioned",
    ] {
        assert!(text.contains(action), "{action}");
    }
    assert!(!text.to_uppercase().contains("00112233445566778899AABBCCDDEEFF"));
}

#[tokio::test]
async fn a_sensor_that_is_retired_leaves_its_network_server() {
    let connected = Connected::start().await;
    let asked = json!({
        "dev_eui": "A84041FFFF182C3D", "model": "dragino-lht65n", "join_eui": "A840410000000101",
        "app_key": "00112233445566778899AABBCCDDEEFF",
    });
    let sensor: Json = connected
        .owner
        .post(&format!("{}/sensors", connected.org), asked)
        .await
        .ok();
    let sensor = format!("{}/sensors/{}", connected.org, sensor["id"].as_str().unwrap());
    // What lets it in is known of the sensor.
    let asked = json!({ "network_id": connected.network.network.id });
    let answer = connected
        .owner
        .post(&format!("{sensor}/provisioning"), asked)
        .await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{answer:?}");
    connected
        .job_at(answer.ok::<JobView>().id, JobState::Succeeded)
        .await;
    let known = async || -> usize {
        let known = connected
            .console(Method::GET, "devices/A84041FFFF182C3D", json!({}))
            .await;
        known.ok::<Json>()["things_stack"].as_array().unwrap().len()
    };
    assert_eq!(known().await, 4);
    let retired = connected.owner.post(&format!("{sensor}/retire"), json!({})).await;
    assert!(retired.status.is_success(), "{retired:?}");
    freshtrack_tests::eventually("the network server has forgotten it", async || {
        (known().await == 0).then_some(())
    })
    .await;
}
