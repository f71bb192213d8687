//! What is drawn by chance: identifiers that nobody can guess, and secrets that are shown once and never again.

use crate::house::{House, NETWORK_KEY};
use crate::lists::{additions, fill};
use crate::persons::administrator;
use crate::request::Request;
use freshtrack_contracts::endpoints::{Endpoint, endpoints};
use freshtrack_domain::access::Role;
use freshtrack_domain::ids::Ulid;
use freshtrack_tests::{PASSWORD, World};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// The identifiers in `value`, by their prefix.
fn identifiers(value: &Json, found: &mut BTreeMap<String, Vec<Ulid>>) {
    match value {
        Json::Object(fields) => fields.values().for_each(|value| identifiers(value, found)),
        Json::Array(items) => items.iter().for_each(|item| identifiers(item, found)),
        Json::String(text) => {
            if let Some((prefix, ulid)) = text.split_once('_')
                && let Ok(ulid) = Ulid::from_string(ulid)
            {
                found.entry(prefix.to_owned()).or_default().push(ulid);
            }
        }
        _ => {}
    }
}

/// An identifier begins with the moment it was made at, which is no secret. All the rest of it, 80 bits, is chance: of two
/// that are drawn so, half of the bits differ, and never as few as in two that were counted or derived from each other. That
/// chance alone brings two of some hundreds so close happens once in a hundred million times.
#[tokio::test]
async fn identifiers_have_nothing_in_common() {
    const CLOSE: u32 = 8;
    let world = World::start().await;
    let house = House::new(&world).await;
    let sue = administrator(&world).await;
    let mut drawn = BTreeMap::new();
    for endpoint in additions().filter(|endpoint| endpoint.status == 201) {
        let credential = house.credential(endpoint, &sue);
        for _ in 0..10 {
            let asked = house.fresh_request_in(0, endpoint).await;
            let made = asked.send(world.api, credential.as_deref()).await;
            assert_eq!(
                made.status.as_u16(),
                endpoint.status,
                "{} {made:?}",
                endpoint.function
            );
            identifiers(&made.json(), &mut drawn);
        }
    }
    let mut drawn: Vec<Ulid> = drawn.into_values().flatten().collect();
    drawn.sort_unstable();
    drawn.dedup();
    assert!(drawn.len() > 100, "{}", drawn.len());
    for (place, one) in drawn.iter().enumerate() {
        for other in &drawn[place + 1..] {
            let differing = (one.random() ^ other.random()).count_ones();
            assert!(differing > CLOSE, "{one} and {other}");
        }
    }
}

/// The values of fields that hold a secret, in a reply that shows it once.
fn secrets(value: &Json) -> Vec<String> {
    match value {
        Json::Object(fields) => fields
            .iter()
            .flat_map(|(name, value)| match value.as_str() {
                Some(text) if name.ends_with("secret") => vec![text.to_owned()],
                _ => secrets(value),
            })
            .collect(),
        Json::Array(items) => items.iter().flat_map(secrets).collect(),
        _ => Vec::new(),
    }
}

#[tokio::test]
async fn no_secret_is_shown_a_second_time() {
    let world = World::start().await;
    let house = House::new(&world).await;
    let sue = administrator(&world).await;
    let filled = fill(&house, &sue).await;
    let mut kept: Vec<String> = filled.told.iter().flat_map(secrets).collect();
    assert!(kept.len() >= 4, "access keys and the keys of webhooks: {kept:?}");
    kept.extend([PASSWORD, NETWORK_KEY].map(str::to_owned));
    let owner = house.member(Role::Owner);
    for person in [owner, &sue] {
        kept.extend([&person.tokens.access_token.0, &person.tokens.refresh_token.0].map(Clone::clone));
    }
    let letters = world.tray().into_iter().filter_map(|mail| {
        let (_, link) = mail.body.split_once('#')?;
        let (_, token) = link.split_whitespace().next()?.split_once('=')?;
        Some(token.to_owned())
    });
    kept.extend(letters);
    // The contract gives an example of a password, which is the one that is signed up with here.
    let contract = ["platform-get-openapi", "platform-get-docs"];
    let read = |endpoint: &&Endpoint| endpoint.method == "GET" && !contract.contains(&endpoint.function);
    for endpoint in endpoints().filter(read) {
        let ids = match endpoint.pages() {
            Some(_) => &filled.ids,
            None => house.standing(0),
        };
        let request = Request::new(endpoint, ids);
        let credential = house.credential(endpoint, &sue);
        let answer = request.send(world.api, credential.as_deref()).await;
        assert!(answer.status.is_success(), "{} {answer:?}", endpoint.function);
        let text = String::from_utf8_lossy(&answer.body);
        for secret in &kept {
            assert!(!text.contains(secret.as_str()), "{}: {secret}", endpoint.function);
        }
    }
}
