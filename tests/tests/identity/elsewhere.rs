//! Sign-ins at another issuer: a customer's own.

use freshtrack_contracts::identity::Me;
use freshtrack_contracts::live::Ticket;
use freshtrack_domain::time::Span;
use freshtrack_tests::{Setup, Socket, World};
use http::Method;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value as Json, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// What stands before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410, 7).
const PKCS8_OF_ED25519: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

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

/// A world that trusts an issuer of tokens.
struct Trusting {
    world: World,
    key: EncodingKey,
}

impl Trusting {
    async fn start() -> Self {
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
        Self { world, key }
    }

    /// A token of the issuer for the holder of `email`, good for `span`.
    fn token(&self, email: &str, span: Span) -> String {
        let now = self.world.now();
        let header = Header {
            kid: Some("theirs".to_owned()),
            ..Header::new(Algorithm::EdDSA)
        };
        let claims = json!({
            "iss": "https://login.example", "aud": "freshtrack", "sub": "7", "iat": now.as_seconds(),
            "exp": (now + span).as_seconds(), "email": email, "email_verified": true,
        });
        jsonwebtoken::encode(&header, &claims, &self.key).unwrap()
    }
}

#[tokio::test]
async fn a_customer_brings_their_own_sign_in() {
    let there = Trusting::start().await;
    let world = &there.world;
    let token = || there.token("ann@example.com", Span::minutes(5));
    let stranger = world.api.get("/v1/me", &token()).await;
    assert!(stranger.status.is_client_error(), "{stranger:?}");
    world.advance(Span::minutes(1));
    let ann = world.person("ann@example.com").await;
    let here: Me = ann.get("/v1/me").await.ok();
    world.advance(Span::seconds(1));
    let same: Me = world.api.get("/v1/me", &token()).await.ok();
    assert_eq!(here, same);
}

#[tokio::test]
async fn their_screens_end_with_the_token_that_opened_them() {
    let there = Trusting::start().await;
    let world = &there.world;
    let ann = world.person("ann@example.com").await;
    let org = json!({ "name": "Harbour Bistro", "time_zone": "UTC", });
    let org: Json = ann.post("/v1/orgs", org).await.ok();
    let path = format!("/v1/orgs/{}/live/tickets", org["id"].as_str().unwrap());
    let watch = async |span: Span| {
        let token = there.token("ann@example.com", span);
        let ticket = world.api.send(Method::POST, &path, Some(&token), "").await;
        let ticket: Ticket = ticket.ok();
        let mut socket = Socket::open(&ticket.url).await.unwrap();
        socket.subscribe(json!(["org"])).await;
        (token, socket)
    };
    let (token, mut short) = watch(Span::minutes(20)).await;
    world.advance(Span::seconds(1));
    let (_, mut long) = watch(Span::minutes(90)).await;

    // Clocks may be a minute apart.
    world.advance(Span::minutes(20));
    assert!(short.so_far().await.is_empty(), "the token is still taken");
    world.advance(Span::minutes(1));
    let refused = world.api.send(Method::POST, &path, Some(&token), "").await;
    assert!(refused.status.is_client_error(), "{refused:?}");
    short.say(json!({ "type": "ping" })).await;
    short.closed().await;
    assert!(long.so_far().await.is_empty(), "the other goes on");
}
