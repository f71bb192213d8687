//! Creations and changes: all repeated and tied to a revision in one way.

use crate::house::House;
use crate::persons::administrator;
use crate::request::Request as Asked;
use crate::roles::PARTINGS;
use bytes::Bytes;
use freshtrack_contracts::endpoints::{Endpoint, endpoints};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_tests::{Answer, World};
use http::{Method, Request};
use serde_json::{Value as Json, json};

/// Sends `asked` with `headers` besides.
async fn send(world: &World, asked: &Asked, credential: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder()
        .method(asked.method.clone())
        .uri(&asked.path)
        .header("authorization", format!("Bearer {credential}"))
        .header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = asked.body.as_ref().map(Json::to_string).unwrap_or_default();
    world.api.request(request.body(Bytes::from(body)).unwrap()).await
}

#[tokio::test]
async fn every_creation_can_be_repeated() {
    let world = World::start().await;
    let house = House::new(&world).await;
    let sue = administrator(&world).await;
    for endpoint in endpoints().filter(|endpoint| endpoint.method == "POST" && endpoint.status == 201) {
        let credential = house.credential(endpoint, &sue).unwrap();
        let asked = house.fresh_request_in(0, endpoint).await;
        let key = [("idempotency-key", endpoint.function)];
        let first = send(&world, &asked, &credential, &key).await;
        let what = format!("{} {first:?}", endpoint.function);
        assert_eq!(first.status.as_u16(), endpoint.status, "{what}");
        assert!(!drawn(&first.json()).is_empty(), "{what}");
        let again = send(&world, &asked, &credential, &key).await;
        assert_eq!(again.status, first.status, "{} {again:?}", endpoint.function);
        assert_eq!(
            drawn(&again.json()),
            drawn(&first.json()),
            "{}",
            endpoint.function
        );
    }
}

/// The identifiers and secrets in a reply: what a repetition must not draw anew. The rest tells what is true now.
fn drawn(reply: &Json) -> Vec<&Json> {
    match reply {
        Json::Object(fields) => fields
            .iter()
            .flat_map(|(name, value)| {
                let is_drawn = ["id", "secret", "url"].iter().any(|end| name.ends_with(end));
                let own = (is_drawn && value.is_string()).then_some(value);
                own.into_iter().chain(drawn(value))
            })
            .collect(),
        Json::Array(items) => items.iter().flat_map(drawn).collect(),
        _ => Vec::new(),
    }
}

#[tokio::test]
async fn a_key_of_another_request_is_refused_everywhere() {
    let world = World::start().await;
    let house = House::new(&world).await;
    let sue = administrator(&world).await;
    let kept = |endpoint: &&Endpoint| {
        endpoint.method == "POST"
            && endpoint.access.needs_credential()
            && !PARTINGS.contains(&endpoint.function)
    };
    for endpoint in endpoints().filter(kept) {
        let credential = house.credential(endpoint, &sue).unwrap();
        let asked = house.request(endpoint);
        let key = [("idempotency-key", endpoint.function)];
        send(&world, &asked, &credential, &key).await;
        let other = Asked {
            body: Some(json!({ "another": "request" })),
            ..asked.clone()
        };
        let refused = send(&world, &other, &credential, &key).await;
        let what = format!("{} {refused:?}", endpoint.function);
        assert_eq!(refused.code(), ProblemCode::KeyReused, "{what}");
        let long = "k".repeat(256);
        let refused = send(&world, &asked, &credential, &[("idempotency-key", &long)]).await;
        assert_eq!(
            refused.code(),
            ProblemCode::InvalidRequest,
            "{}",
            endpoint.function
        );
    }
}

#[tokio::test]
async fn every_change_can_be_tied_to_what_was_read() {
    let world = World::start().await;
    let house = House::new(&world).await;
    let sue = administrator(&world).await;
    let changes = |endpoint: &&Endpoint| matches!(endpoint.method, "PATCH" | "PUT");
    for endpoint in endpoints().filter(changes) {
        let credential = house.credential(endpoint, &sue).unwrap();
        let asked = house.fresh_request_in(0, endpoint).await;
        let held_to = async |tag: &str| send(&world, &asked, &credential, &[("if-match", tag)]).await;
        for (tag, code) in [
            ("\"999999\"", ProblemCode::Stale),
            ("nonsense", ProblemCode::InvalidRequest),
            ("\"-1\"", ProblemCode::InvalidRequest),
        ] {
            let answer = held_to(tag).await;
            let what = format!("{} {tag}: {answer:?}", endpoint.function);
            assert_eq!(answer.code(), code, "{what}");
        }
        let read = Asked {
            method: Method::GET,
            body: None,
            ..asked.clone()
        };
        let shown = endpoints().any(|other| other.method == "GET" && other.path == endpoint.path);
        let before = if shown {
            send(&world, &read, &credential, &[])
                .await
                .headers
                .get("etag")
                .cloned()
        } else {
            None
        };
        let tag = before.as_ref().map_or("*", |tag| tag.to_str().unwrap());
        let changed = held_to(tag).await;
        let what = format!("{} {tag}: {changed:?}", endpoint.function);
        assert_eq!(changed.status.as_u16(), endpoint.status, "{what}");
        let after = changed.headers["etag"].to_str().unwrap();
        if shown {
            assert!(before.is_some(), "{} is read without its revision", endpoint.path);
            assert_ne!(tag, after, "{what}");
            assert_eq!(held_to(tag).await.code(), ProblemCode::Stale, "{what}");
        }
    }
}
