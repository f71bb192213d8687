//! Every sample event through its function.

use freshtrack_contracts::ingest::{IngestReport, ItemStatus};
use freshtrack_local::clock::LocalClock;
use freshtrack_local::product;
use freshtrack_tests::{Setup, World, statuses};
use serde_json::{Value as Json, json};

/// The function whose sample brings in the organization that all others are about.
const IMPORT: &str = "platform-import-organization";

/// The sample event of `function`.
fn sample(function: &str) -> Json {
    let file = World::root().join(format!("events/{function}.json"));
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    serde_json::from_str(&text).unwrap()
}

/// A world at the time that the samples tell of, with their organization.
async fn world() -> World {
    let world = World::with(Setup {
        clock: LocalClock::manual("2026-03-10T04:00:01Z".parse().unwrap()),
        ..Setup::default()
    })
    .await;
    world.api.invoke(IMPORT, &sample(IMPORT)).await.unwrap();
    world
}

/// Whether `reply` is what the sender of `event` can make something of.
fn is_sane(event: &Json, reply: &Json) -> bool {
    let status = reply["statusCode"].as_u64();
    if event["type"] == "REQUEST" {
        // An authorizer decides, whatever it decides.
        reply["isAuthorized"].is_boolean() || reply["policyDocument"]["Statement"][0]["Effect"].is_string()
    } else if event["Records"].is_array() {
        reply["batchItemFailures"] == json!([])
    } else if event["requestContext"]["http"].is_object() {
        let problem = reply["headers"]["content-type"] == "application/problem+json";
        status.is_some_and(|status| (200..300).contains(&status) || (400..500).contains(&status) && problem)
    } else if event["requestContext"]["eventType"].is_string() {
        status.is_some_and(|status| (200..500).contains(&status))
    } else {
        reply.is_object() || reply.is_null()
    }
}

#[tokio::test]
async fn every_function_makes_something_of_its_sample_also_when_it_comes_twice() {
    let world = world().await;
    let mut functions: Vec<_> = product::functions().collect();
    // What ends the organization ends it for all that come after it.
    functions.sort_by_key(|function| function.name == "organizations-delete");
    for function in functions {
        let event = sample(function.name);
        for time in ["once", "twice"] {
            let reply = world.api.invoke(function.name, &event).await;
            let reply = reply.unwrap_or_else(|error| panic!("{} {time}: {error}", function.name));
            assert!(is_sane(&event, &reply), "{} {time}: {reply}", function.name);
        }
    }
    world.settled().await;
}

#[tokio::test]
async fn the_samples_tell_of_one_organization() {
    let world = world().await;
    let authorized = world
        .api
        .invoke("identity-authorize-http", &sample("identity-authorize-http"))
        .await
        .unwrap();
    assert_eq!(authorized["isAuthorized"], true);
    assert_eq!(authorized["context"]["org_id"], sample(IMPORT)["id"]);
    for function in [
        "ingest-receive-things-stack",
        "ingest-receive-chirpstack",
        "ingest-receive-device-message",
        "ingest-upload-readings",
    ] {
        let reply = world.api.invoke(function, &sample(function)).await.unwrap();
        let report = match reply["body"].as_str() {
            Some(body) => serde_json::from_str(body).unwrap(),
            None => reply,
        };
        let report: IngestReport = serde_json::from_value(report).unwrap();
        assert!(
            statuses(&report)
                .iter()
                .all(|status| *status == ItemStatus::Accepted),
            "{function}: {report:?}"
        );
    }
    let overview = world
        .api
        .invoke("places-get-overview", &sample("places-get-overview"))
        .await
        .unwrap();
    assert_eq!(overview["statusCode"], 200);
    assert!(
        overview["body"]
            .as_str()
            .unwrap()
            .contains("\"temperature_c\":1.3"),
        "{overview}"
    );
}
