//! Access tokens: who takes them, and by which keys they can be checked.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use freshtrack_contracts::identity::{Jwks, Me};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::time::Span;
use freshtrack_tests::{PASSWORD, Setup, World};
use http::{Method, StatusCode};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value as Json, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// What stands before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410, 7).
const PKCS8_OF_ED25519: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

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

/// An issuer of tokens on this machine: it publishes its keys at the address it gives.
async fn issuer(keys: Json) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let body = keys.to_string();
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 4_096];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    format!("http://{address}/keys")
}

#[tokio::test]
async fn a_customer_brings_their_own_sign_in() {
    let key = EncodingKey::from_ed_der(&[&PKCS8_OF_ED25519[..], &[7; 32]].concat());
    let public = Jwk::from_encoding_key(&key, Algorithm::EdDSA).unwrap();
    let mut public = serde_json::to_value(&public).unwrap();
    public["kid"] = json!("theirs");
    let jwks_url = issuer(json!({ "keys": [public] })).await;

    // As whoever deploys the system sets the parameter.
    let trusted =
        json!([{ "issuer": "https://login.example", "audience": "freshtrack", "jwks_url": jwks_url }]);
    let deployed = std::fs::read_to_string(World::root().join("template.yaml")).unwrap();
    let configured = deployed.replace("Default: '[]'", &format!("Default: '{trusted}'"));
    assert_ne!(configured, deployed);
    let folder = tempfile::tempdir().unwrap();
    let template = folder.path().join("template.yaml");
    std::fs::write(&template, configured).unwrap();
    let world = World::with(Setup {
        template,
        ..Setup::default()
    })
    .await;

    let sign = |email: &str| {
        let now = world.now().as_seconds();
        let header = Header {
            kid: Some("theirs".to_owned()),
            ..Header::new(Algorithm::EdDSA)
        };
        let claims = json!({
            "iss": "https://login.example", "aud": "freshtrack", "sub": "7", "iat": now, "exp": now + 300,
            "email": email, "email_verified": true,
        });
        jsonwebtoken::encode(&header, &claims, &key).unwrap()
    };
    let stranger = world.api.get("/v1/me", &sign("ann@example.com")).await;
    assert!(stranger.status.is_client_error(), "{stranger:?}");
    world.advance(Span::minutes(1));
    let ann = world.person("ann@example.com").await;
    let here: Me = ann.get("/v1/me").await.ok();
    world.advance(Span::seconds(1));
    let there: Me = world.api.get("/v1/me", &sign("ann@example.com")).await.ok();
    assert_eq!(here, there);
}
