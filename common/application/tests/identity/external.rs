//! Tokens of other issuers.

use crate::support::{Desk, EMAIL, START};
use freshtrack_application::identity::{ExternalIssuer, ExternalIssuers, VouchedFor};
use freshtrack_application::{PortError, PortErrorKind};
use freshtrack_domain::time::Span;
use freshtrack_testkit::PublishedKeys;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value as Json, json};

const ISSUER: &str = "https://login.customer.example";
const JWKS: &str = "https://login.customer.example/keys";
const CLIENT: &str = "freshtrack-at-customer";

/// An issuer with a key of its own.
struct Issuer {
    kid: &'static str,
    key: EncodingKey,
}

impl Issuer {
    fn new(kid: &'static str, seed: u8) -> Self {
        let mut private = vec![
            0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
        ];
        private.extend([seed; 32]);
        Self {
            kid,
            key: EncodingKey::from_ed_der(&private),
        }
    }

    fn public(&self) -> Json {
        let jwk = Jwk::from_encoding_key(&self.key, Algorithm::EdDSA).unwrap();
        let AlgorithmParameters::OctetKeyPair(key) = jwk.algorithm else {
            panic!("a key on Ed25519");
        };
        json!({ "kty": "OKP", "crv": "Ed25519", "x": key.x, "kid": self.kid, "alg": "EdDSA", "use": "sig" })
    }

    fn publish(&self, keys: &PublishedKeys) {
        keys.publish(JWKS, json!({ "keys": [self.public()] }).to_string());
    }

    fn sign(&self, claims: &Json) -> String {
        let header = Header {
            kid: Some(self.kid.to_owned()),
            ..Header::new(Algorithm::EdDSA)
        };
        jsonwebtoken::encode(&header, claims, &self.key).unwrap()
    }
}

/// The claims of a token that is let in.
fn claims() -> Json {
    let now = START.as_seconds();
    json!({
        "iss": ISSUER, "aud": CLIENT, "sub": "customer|7", "iat": now, "exp": now + 3_600,
        "email": "Ann@Example.com", "email_verified": true,
    })
}

fn with(changes: Json) -> Json {
    let mut claims = claims();
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims
}

fn trusted() -> ExternalIssuers {
    ExternalIssuers::new(vec![ExternalIssuer {
        issuer: ISSUER.to_owned(),
        audience: CLIENT.to_owned(),
        jwks_url: JWKS.to_owned(),
    }])
}

async fn authorize(
    issuers: &ExternalIssuers,
    desk: &Desk,
    keys: &PublishedKeys,
    token: &str,
) -> Result<Option<VouchedFor>, PortError> {
    issuers.authorize(desk.store(), keys, &desk.clock, token).await
}

#[tokio::test]
async fn who_a_trusted_issuer_vouches_for_is_let_in() {
    let desk = Desk::new();
    let (ann, _) = desk.person(EMAIL).await;
    let (keys, issuer, issuers) = (PublishedKeys::default(), Issuer::new("k1", 1), trusted());
    issuer.publish(&keys);
    let VouchedFor { person, until } = authorize(&issuers, &desk, &keys, &issuer.sign(&claims()))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(person.user_id, ann.user_id);
    // An hour, and what the clocks may be apart.
    assert_eq!(until, START + Span::minutes(61));
    let next = issuer.sign(&with(json!({ "exp": START.as_seconds() + 60 })));
    let later = authorize(&issuers, &desk, &keys, &next).await.unwrap().unwrap();
    assert_eq!(
        later.person.session_id, person.session_id,
        "the same sign-in there"
    );
    let many = with(json!({ "aud": ["other", CLIENT], "email_verified": "true", "sid": "s-1" }));
    let other = authorize(&issuers, &desk, &keys, &issuer.sign(&many))
        .await
        .unwrap()
        .unwrap();
    assert_ne!(other.person.session_id, person.session_id);
    assert_eq!(keys.fetched(JWKS), 1, "keys are remembered");
}

#[tokio::test]
async fn nobody_else_is() {
    let desk = Desk::new();
    desk.account(EMAIL).await;
    let (keys, issuer, issuers) = (PublishedKeys::default(), Issuer::new("k1", 1), trusted());
    issuer.publish(&keys);
    let now = START.as_seconds();
    for (why, token) in [
        (
            "another issuer",
            issuer.sign(&with(json!({ "iss": "https://evil.example" }))),
        ),
        (
            "another application",
            issuer.sign(&with(json!({ "aud": "other" }))),
        ),
        ("over", issuer.sign(&with(json!({ "exp": now - 60 })))),
        ("not yet", issuer.sign(&with(json!({ "nbf": now + 61 })))),
        (
            "not verified",
            issuer.sign(&with(json!({ "email_verified": false }))),
        ),
        (
            "not said to be verified",
            issuer.sign(&with(json!({ "email_verified": null }))),
        ),
        ("no address", issuer.sign(&with(json!({ "email": null })))),
        (
            "no account",
            issuer.sign(&with(json!({ "email": "bob@example.com" }))),
        ),
        ("another key of that name", Issuer::new("k1", 2).sign(&claims())),
        ("an unknown key", Issuer::new("k2", 2).sign(&claims())),
        ("no token", "nonsense".to_owned()),
    ] {
        let person = authorize(&issuers, &desk, &keys, &token).await.unwrap();
        assert_eq!(person, None, "{why}");
    }
    let person = authorize(&ExternalIssuers::default(), &desk, &keys, &issuer.sign(&claims())).await;
    assert_eq!(person.unwrap(), None, "nobody is trusted unless told");
}

/// Who checks with a public key must not take it for a shared secret.
#[tokio::test]
async fn a_public_key_signs_nothing() {
    let desk = Desk::new();
    desk.account(EMAIL).await;
    let (keys, issuer, issuers) = (PublishedKeys::default(), Issuer::new("k1", 1), trusted());
    let public = issuer.public();
    issuer.publish(&keys);
    let secret = EncodingKey::from_secret(public["x"].as_str().unwrap().as_bytes());
    let header = Header {
        kid: Some("k1".to_owned()),
        ..Header::new(Algorithm::HS256)
    };
    let token = jsonwebtoken::encode(&header, &claims(), &secret).unwrap();
    assert_eq!(authorize(&issuers, &desk, &keys, &token).await.unwrap(), None);
    let shared = json!({ "keys": [{ "kty": "oct", "k": "c2VjcmV0", "kid": "k1", "alg": "HS256" }] });
    keys.publish(JWKS, shared.to_string());
    let secret = EncodingKey::from_secret(b"secret");
    let token = jsonwebtoken::encode(&header, &claims(), &secret).unwrap();
    desk.clock.advance(Span::minutes(6));
    assert_eq!(authorize(&issuers, &desk, &keys, &token).await.unwrap(), None);
}

#[tokio::test]
async fn an_issuer_renews_its_keys_and_may_be_away_for_a_while() {
    let desk = Desk::new();
    desk.account(EMAIL).await;
    let (keys, issuers) = (PublishedKeys::default(), trusted());
    let (old, new) = (Issuer::new("k1", 1), Issuer::new("k2", 2));
    let long = with(json!({ "exp": START.as_seconds() + 10 * 86_400 }));
    keys.faults.fail("key_sets.fetch", PortErrorKind::Unavailable, 1);
    let away = authorize(&issuers, &desk, &keys, &old.sign(&long)).await;
    assert_eq!(
        away.unwrap_err().kind,
        PortErrorKind::Unavailable,
        "nothing is known"
    );

    old.publish(&keys);
    let is_let_in = async |issuer: &Issuer| {
        authorize(&issuers, &desk, &keys, &issuer.sign(&long))
            .await
            .unwrap()
            .is_some()
    };
    assert!(is_let_in(&old).await);
    new.publish(&keys);
    assert!(!is_let_in(&new).await, "asked a moment ago");
    assert!(is_let_in(&old).await);
    desk.clock.advance(Span::minutes(1));
    assert!(is_let_in(&new).await);
    assert!(!is_let_in(&old).await);

    keys.faults
        .fail("key_sets.fetch", PortErrorKind::Unavailable, usize::MAX);
    desk.clock.advance(Span::hours(23));
    assert!(is_let_in(&new).await, "what was known is believed for a day");
    desk.clock.advance(Span::hours(2));
    assert!(authorize(&issuers, &desk, &keys, &new.sign(&long)).await.is_err());
}
