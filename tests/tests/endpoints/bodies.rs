//! Bodies that are none, and fields that nobody knows: refused, by every endpoint alike.

use crate::house::House;
use crate::persons::administrator;
use crate::request::{body, with_body};
use freshtrack_contracts::endpoints::{Endpoint, Terms};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_tests::World;
use http::StatusCode;
use serde_json::{Map, Value as Json, json};

/// Whose body is defined by its sender, a network server, and changes with its versions.
const OF_VENDORS: [&str; 2] = ["ingest-receive-things-stack", "ingest-receive-chirpstack"];
/// Lists whose items are answered one by one.
const ANSWERED_BY_ITEM: [&str; 3] = ["/readings/0", "/logs/0", "/observations/0"];

/// The paths, within `value`, of every object in it.
fn objects(value: &Json) -> Vec<String> {
    let below = |name: &str, value: &Json| -> Vec<String> {
        let paths = objects(value).into_iter();
        paths.map(|rest| format!("/{name}{rest}")).collect()
    };
    match value {
        Json::Object(fields) => {
            let inner = fields.iter().flat_map(|(name, value)| below(name, value));
            std::iter::once(String::new()).chain(inner).collect()
        }
        Json::Array(items) => (0..)
            .zip(items)
            .flat_map(|(index, value): (usize, _)| below(&index.to_string(), value))
            .collect(),
        _ => Vec::new(),
    }
}

fn fields<'a>(body: &'a mut Json, path: &str) -> &'a mut Map<String, Json> {
    let object = body.pointer_mut(path).unwrap();
    object.as_object_mut().unwrap()
}

#[tokio::test]
async fn a_body_that_is_none_is_refused() {
    let world = World::start().await;
    let house = House::new(&world).await;
    let sue = administrator(&world).await;
    let before = house.everything().await;
    let deep = "[".repeat(100_000);
    let nonsense: [&[u8]; 9] = [
        b"",
        b"{",
        b"null",
        b"3",
        b"\"uplink\"",
        b"<xml/>",
        b"{\"name\":1e999}",
        b"\xff\xfe{}",
        deep.as_bytes(),
    ];
    for endpoint in with_body() {
        let request = house.request(endpoint);
        let authorization = house
            .credential(endpoint, &sue)
            .map(|token| format!("Bearer {token}"));
        for body in nonsense {
            let sent = world.api.send_as(
                request.method.clone(),
                &request.path,
                authorization.as_deref(),
                body.to_vec(),
            );
            let answer = sent.await;
            let text = String::from_utf8_lossy(&body[..body.len().min(40)]);
            let what = format!("{} {text}: {answer:?}", endpoint.function);
            assert_eq!(answer.code(), ProblemCode::InvalidRequest, "{what}");
        }
    }
    before.is_still(&house.everything().await, &[]);
}

#[tokio::test]
async fn a_body_larger_than_is_taken_is_refused() {
    let world = World::start().await;
    let house = House::new(&world).await;
    let sue = administrator(&world).await;
    let before = house.everything().await;
    for endpoint in with_body() {
        let request = house.request(endpoint);
        let authorization = house
            .credential(endpoint, &sue)
            .map(|token| format!("Bearer {token}"));
        for (bytes, of_ours) in [
            (Terms::of(endpoint).largest_body() + 1, true),
            ((10 << 20) + 1, false),
        ] {
            let body = format!("{{\"name\":\"{}\"}}", "x".repeat(bytes - 11));
            assert_eq!(body.len(), bytes);
            let answer = world
                .api
                .send_as(
                    request.method.clone(),
                    &request.path,
                    authorization.as_deref(),
                    body,
                )
                .await;
            let what = format!("{} {bytes}: {answer:?}", endpoint.function);
            assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{what}");
            // Far too large ones do not even get past the gateway.
            if of_ours {
                assert_eq!(answer.code(), ProblemCode::TooLarge, "{what}");
            }
        }
    }
    before.is_still(&house.everything().await, &[]);
}

#[tokio::test]
async fn a_field_that_nobody_knows_is_refused_wherever_it_stands() {
    let world = World::start().await;
    let house = House::new(&world).await;
    let sue = administrator(&world).await;
    let before = house.everything().await;
    let strict = |endpoint: &&Endpoint| !OF_VENDORS.contains(&endpoint.function);
    for endpoint in with_body().filter(strict) {
        let credential = house.credential(endpoint, &sue);
        let request = house.request(endpoint);
        let places = objects(&body(endpoint).unwrap());
        for place in places
            .iter()
            .filter(|place| !ANSWERED_BY_ITEM.contains(&place.as_str()))
        {
            let mut request = request.clone();
            let body = request.body.as_mut().unwrap();
            fields(body, place).insert("nickname".to_owned(), json!("x"));
            let answer = request.send(world.api, credential.as_deref()).await;
            let what = format!("{} {place}: {answer:?}", endpoint.function);
            let problem = answer.problem();
            assert_eq!(problem.code, ProblemCode::InvalidRequest, "{what}");
            if place.is_empty() {
                assert!(problem.detail.contains("nickname"), "{what}");
            }
        }
    }
    before.is_still(&house.everything().await, &[]);
}
