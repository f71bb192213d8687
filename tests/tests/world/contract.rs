//! The contract, as the system itself tells it.

use freshtrack_contracts::documents;
use freshtrack_contracts::endpoints::endpoints;
use freshtrack_tests::World;
use http::{Method, StatusCode};
use serde_json::Value as Json;

#[tokio::test]
async fn programs_are_told_of_every_endpoint() {
    let world = World::start().await;
    let answer = world.api.send(Method::GET, "/v1/openapi.json", None, "").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.headers["content-type"], "application/json");
    let document: Json = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(document, documents::openapi());
}

#[tokio::test]
async fn people_are_shown_every_endpoint_on_a_page_that_loads_nothing() {
    let world = World::start().await;
    let answer = world.api.send(Method::GET, "/v1/docs", None, "").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.headers["content-type"], "text/html; charset=utf-8");
    let policy = answer.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'; "), "{policy}");
    let page = std::str::from_utf8(&answer.body).unwrap();
    for endpoint in endpoints() {
        assert!(page.contains(endpoint.path), "{}", endpoint.path);
    }
}
