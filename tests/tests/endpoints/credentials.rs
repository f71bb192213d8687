//! What is no credential, or is none any more, opens nothing.

use crate::house::House;
use crate::request::{closed, of_organizations};
use freshtrack_contracts::access_keys::NewAccessKey;
use freshtrack_contracts::endpoints::{Access, endpoints};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::access::{Right, Role};
use freshtrack_domain::time::Span;
use freshtrack_tests::{PASSWORD, World};
use http::{Method, StatusCode};
use serde_json::{Value as Json, json};

/// The time that API Gateway may go on with what the authorizer said before.
const REVOCATION_BOUND: Span = Span::seconds(60);

#[tokio::test]
async fn without_a_credential_only_what_is_anyones_opens() {
    let world = World::start().await;
    let house = House::new(&world).await;
    let before = house.everything().await;
    for endpoint in endpoints() {
        let answer = house.request(endpoint).send(world.api, None).await;
        let what = format!("{} {answer:?}", endpoint.function);
        if endpoint.access == Access::Anyone {
            let let_in =
                answer.status.is_success() || answer.headers["content-type"] == "application/problem+json";
            assert!(let_in, "{what}");
        } else {
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{what}");
        }
        assert!(!house.is_betrayed_by(&answer), "{what}");
    }
    before.is_still(&house.everything().await, &[]);
}

#[tokio::test]
async fn what_is_no_credential_opens_nothing() {
    let world = World::start().await;
    let house = House::new(&world).await;
    let before = house.everything().await;
    let (key, other) = (house.tenant.key(Right::Read), house.tenant.key(Right::Ingest));
    let token = house.token(Role::Owner);
    let forged = forgeries(key, other, token);
    for endpoint in closed() {
        for authorization in &forged {
            let answer = house
                .request(endpoint)
                .send_as(world.api, Some(authorization))
                .await;
            let what = format!("{} {authorization}: {answer:?}", endpoint.function);
            let refused = matches!(answer.status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
            assert!(refused, "{what}");
            assert!(!house.is_betrayed_by(&answer), "{what}");
        }
    }
    before.is_still(&house.everything().await, &[]);
}

/// Whatever looks like a credential and is none, from two keys and a token that are.
fn forgeries(key: &str, other: &str, token: &str) -> Vec<String> {
    let (prefix, secret) = key.rsplit_once('_').unwrap();
    let (other_prefix, _) = other.rsplit_once('_').unwrap();
    let turned = |text: &str| text.chars().rev().collect::<String>();
    let parts: Vec<&str> = token.split('.').collect();
    let (header, claims, signature) = (parts[0], parts[1], parts[2]);
    let bearer = |text: String| format!("Bearer {text}");
    vec![
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        "Bearer null".to_owned(),
        key.to_owned(),
        token.to_owned(),
        format!("Basic {key}"),
        format!("Bearer {key},{key}"),
        bearer(format!("{key}0")),
        bearer(key[..key.len() - 1].to_owned()),
        bearer(key.to_uppercase()),
        bearer(format!("{prefix}_{}", turned(secret))),
        bearer(format!("{other_prefix}_{secret}")),
        bearer(prefix.to_owned()),
        bearer("a".repeat(4_000)),
        bearer("eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1c3JfMSJ9.".to_owned()),
        bearer(format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{claims}.")),
        bearer(format!("{header}.{claims}.{}", turned(signature))),
        bearer(format!("{header}.{claims}")),
        bearer(format!("{header}.{}.{signature}", turned(claims))),
    ]
}

#[tokio::test]
async fn what_has_ended_opens_nothing() {
    let world = World::start().await;
    let mut house = House::new(&world).await;
    let email = house.member(Role::Owner).email.clone();
    let ended = Ended::new(&world, &mut house, &email).await;
    let before = house.everything().await;
    for endpoint in closed() {
        for (how, credential) in ended.each() {
            let answer = house.request(endpoint).send(world.api, Some(credential)).await;
            let what = format!("{} {how}: {answer:?}", endpoint.function);
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{what}");
            assert!(!house.is_betrayed_by(&answer), "{what}");
        }
    }
    before.is_still(&house.everything().await, &[]);
}

/// Credentials of an owner and keys with all rights that have all been good.
struct Ended(Vec<(&'static str, String)>);

impl Ended {
    async fn new(world: &World, house: &mut House<'_>, owner: &str) -> Self {
        let mut credentials = Vec::new();
        let token = house.token(Role::Owner).to_owned();
        credentials.push(("the token whose time is over", token));
        world.advance(Span::minutes(10));
        house.sign_in_again().await;

        let keys = house.tenant.path("access-keys");
        let rights: Vec<_> = crate::house::rights_of_keys().collect();
        let mut key = async |how: &'static str, expires_at: Option<String>| {
            let asked = json!({ "name": how, "rights": rights, "expires_at": expires_at });
            let key: NewAccessKey = house.owner(Method::POST, &keys, asked).await.ok();
            credentials.push((how, key.secret.0));
            key.key.id
        };
        let soon = (world.now() + Span::seconds(30)).to_string();
        key("the key whose time is over", Some(soon)).await;
        let revoked = key("the key that was revoked", None).await;
        let rotated = key("the secret that was replaced", None).await;
        let tablet = world.sign_in(owner, PASSWORD).await;
        let phone = world.sign_in(owner, PASSWORD).await;
        // They are known at the door before they end.
        let org = format!("/v1/orgs/{}", house.tenant.org_id());
        for person in [&tablet, &phone] {
            assert_eq!(person.get(&org).await.status, StatusCode::OK);
        }
        for (how, credential) in &credentials[1..] {
            let answer = world.api.get(&org, credential).await;
            assert_eq!(answer.status, StatusCode::OK, "{how}: {answer:?}");
        }

        let done = [
            house
                .owner(Method::DELETE, &format!("{keys}/{revoked}"), Json::Null)
                .await,
            house
                .owner(
                    Method::POST,
                    &format!("{keys}/{rotated}/rotation"),
                    json!({ "overlap_hours": 0 }),
                )
                .await,
            tablet.post("/v1/me/sign-out", json!({})).await,
        ];
        assert!(done.iter().all(|answer| answer.status.is_success()), "{done:?}");
        let sessions: Json = phone.get("/v1/me/sessions").await.ok();
        let current = sessions["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|session| session["current"] == true);
        let session = format!("/v1/me/sessions/{}", current.unwrap()["id"].as_str().unwrap());
        let revoked = house.owner(Method::DELETE, &session, Json::Null).await;
        assert_eq!(revoked.status, StatusCode::NO_CONTENT, "{revoked:?}");
        credentials.push(("the token of whoever signed out", tablet.tokens.access_token.0));
        credentials.push((
            "the token of a sign-in that was revoked",
            phone.tokens.access_token.0,
        ));
        world.advance(REVOCATION_BOUND);
        Self(credentials)
    }

    fn each(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(how, credential)| (*how, credential.as_str()))
    }
}

#[tokio::test]
async fn a_deleted_organization_is_not_found_by_anybody() {
    let world = World::start().await;
    let house = House::new(&world).await;
    let org = format!("/v1/orgs/{}", house.tenant.org_id());
    let deleted = house.owner(Method::DELETE, &org, Json::Null).await;
    assert_eq!(deleted.status, StatusCode::NO_CONTENT, "{deleted:?}");
    world.advance(REVOCATION_BOUND);
    for (endpoint, right) in of_organizations() {
        let request = house.request(endpoint);
        for role in Role::ALL {
            let answer = request.send(world.api, Some(house.token(role))).await;
            assert_eq!(
                answer.code(),
                ProblemCode::NotFound,
                "{} {answer:?}",
                endpoint.function
            );
        }
        if right.is_for_keys() {
            let answer = request.send(world.api, Some(house.tenant.key(right))).await;
            assert_eq!(
                answer.status,
                StatusCode::FORBIDDEN,
                "{} {answer:?}",
                endpoint.function
            );
        }
    }
}
