//! Access tokens: who takes them, and by which keys they can be checked.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use freshtrack_contracts::identity::Jwks;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::time::Span;
use freshtrack_tests::{PASSWORD, World};
use http::{Method, StatusCode};
use serde_json::{Value as Json, json};

async fn keys(world: &World) -> Jwks {
    let answer = world
        .api
        .send(Method::GET, "/.well-known/jwks.json", None, "")
        .await;
    assert_eq!(answer.headers["cache-control"], "public, max-age=300");
    answer.ok()
}

/// The parts of a token: its header and its claims.
fn read(token: &str) -> (Json, Json) {
    let mut parts = token.split('.').map(|part| {
        let bytes = URL_SAFE_NO_PAD.decode(part).unwrap();
        serde_json::from_slice(&bytes).unwrap_or_default()
    });
    (parts.next().unwrap(), parts.next().unwrap())
}

#[tokio::test]
async fn a_token_says_who_and_is_signed_by_a_published_key() {
    let world = World::start().await;
    let ann = world.person("ann@example.com").await;
    let (header, claims) = read(&ann.tokens.access_token.0);
    assert_eq!(header["alg"], "EdDSA");
    let published = keys(&world).await.keys;
    assert_eq!(published.len(), 1);
    assert_eq!(header["kid"], published[0].kid.as_str());
    assert!(claims["sub"].as_str().unwrap().starts_with("usr_"), "{claims}");
    assert!(claims["sid"].as_str().unwrap().starts_with("ses_"), "{claims}");
    assert_eq!(claims["aud"], "freshtrack");
    assert_eq!(
        claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
        600
    );
    assert!(!claims.to_string().contains("ann@"), "{claims}");
}

#[tokio::test]
async fn tokens_are_as_long_as_the_document_says() {
    let world = World::start().await;
    let ann = world.person("ann@example.com").await;
    let document: Json = world.api.get("/v1/openapi.json", "").await.ok();
    let tokens = &document["components"]["schemas"]["Tokens"]["properties"];
    for (name, token) in [
        ("access_token", &ann.tokens.access_token.0),
        ("refresh_token", &ann.tokens.refresh_token.0),
    ] {
        let said = &tokens[name];
        assert_eq!(said["type"], "string", "{name}");
        let most = said["maxLength"].as_u64().unwrap_or(u64::MAX);
        assert!(
            token.len() as u64 <= most,
            "{name} has {} characters",
            token.len()
        );
    }
}

#[tokio::test]
async fn keys_are_renewed_and_nobody_is_signed_out() {
    let world = World::start().await;
    let rotate = async || {
        world
            .api
            .invoke("identity-rotate-signing-keys", &json!({}))
            .await
            .unwrap()
    };
    world.person("ann@example.com").await;
    assert_eq!(rotate().await, json!({ "made": 0, "forgotten": 0 }));
    world.advance(Span::hours(30 * 24));
    // The daily run is due, too; whoever comes first makes the key.
    rotate().await;
    let published = keys(&world).await.keys;
    assert_eq!(published.len(), 2);

    let ann = world.sign_in("ann@example.com", PASSWORD).await;
    let kid = |token: &str| read(token).0["kid"].as_str().unwrap().to_owned();
    assert_eq!(
        kid(&ann.tokens.access_token.0),
        published[0].kid,
        "published before it signs"
    );
    world.advance(Span::minutes(16));
    let later = world.sign_in("ann@example.com", PASSWORD).await;
    assert_eq!(kid(&later.tokens.access_token.0), published[1].kid);
    assert_eq!(later.get("/v1/me").await.status, StatusCode::OK);
    world.advance(Span::hours(1));
    rotate().await;
    let left = keys(&world).await.keys;
    assert_eq!(left, published[1..]);
}

#[tokio::test]
async fn what_is_no_token_of_ours_opens_nothing() {
    let world = World::start().await;
    let ann = world.person("ann@example.com").await;
    let token = ann.tokens.access_token.0.clone();
    let (_, claims) = read(&token);
    let parts: Vec<&str> = token.split('.').collect();
    let encode = |json: Json| URL_SAFE_NO_PAD.encode(json.to_string());
    let mut root = claims.clone();
    root["sub"] = json!("usr_01JD8Q6V7K9M1P3R5T7V9X1Z3B");
    let none = encode(json!({ "alg": "none", "typ": "JWT" }));
    let flipped: String = parts[2].chars().rev().collect();
    for forged in [
        format!("{}.{}.{}", parts[0], encode(root), parts[2]),
        format!("{}.{}.", none, parts[1]),
        format!("{}.{}.{flipped}", parts[0], parts[1]),
        format!("{}.{}", parts[0], parts[1]),
        ann.tokens.refresh_token.0.clone(),
        "ftk_".to_owned(),
        String::new(),
    ] {
        let answer = world.api.get("/v1/me", &forged).await;
        assert!(answer.status.is_client_error(), "{forged}: {answer:?}");
    }
    assert_eq!(ann.get("/v1/me").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_machine_is_no_person() {
    let world = World::start().await;
    let tenant = world.tenant(1).await;
    let key = &tenant.document.access_keys[0].secret;
    let answer = world.api.get("/v1/me", key).await;
    assert_eq!(answer.code(), ProblemCode::NotSignedIn);
}
