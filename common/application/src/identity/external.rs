//! Tokens of other issuers (OpenID Connect): a customer's own sign-in in place of ours.
//!
//! Which issuers are trusted is set by whoever runs the system. Their token says who somebody is by a verified e-mail
//! address; the account with that address is whose they are. An account must be there: signing in elsewhere creates none.

use super::account;
use crate::error::{PortError, PortErrorKind};
use crate::ports::{Clock, KeySets, Records};
use crate::scope::SignedIn;
use freshtrack_domain::ids::{Id, SessionId, Ulid};
use freshtrack_domain::people::EmailAddress;
use freshtrack_domain::time::{Span, Timestamp};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What may sign: public keys only. With a shared secret, whoever checks could sign as well.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];
/// How long an issuer's keys are believed.
const KEYS_KNOWN_FOR: Span = Span::minutes(5);
/// How soon an unknown key is looked for again.
const LOOK_AGAIN_AFTER: Span = Span::minutes(1);
/// How long they are believed while the issuer does not answer.
const KEYS_USED_FOR: Span = Span::hours(24);
/// How far the clocks of others may be off.
const LEEWAY: Span = Span::seconds(60);

/// An issuer that is trusted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExternalIssuer {
    /// What its tokens name as their issuer (`iss`).
    pub issuer: String,
    /// What they must name as their audience (`aud`): the identifier of this application there.
    pub audience: String,
    /// Where its keys are.
    pub jwks_url: String,
}

#[derive(Debug, Deserialize)]
struct Issued {
    iss: String,
}

#[derive(Debug, Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    exp: i64,
    #[serde(default)]
    nbf: Option<i64>,
    #[serde(default)]
    iat: Option<i64>,
    #[serde(default)]
    sid: Option<String>,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    email_verified: Verified,
}

/// Some issuers write a word in place of a truth value.
#[derive(Debug, Default, Deserialize)]
#[serde(untagged)]
enum Verified {
    Truth(bool),
    Word(String),
    #[default]
    Absent,
}

impl Verified {
    fn is_true(&self) -> bool {
        match self {
            Self::Truth(truth) => *truth,
            Self::Word(word) => word == "true",
            Self::Absent => false,
        }
    }
}

/// Somebody whom another issuer vouches for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VouchedFor {
    /// Who it is here.
    pub person: SignedIn,
    /// Until when the token is accepted.
    pub until: Timestamp,
}

/// The bytes of a ULID that tell its time.
const TIME_BYTES: usize = 6;

/// The issuers that are trusted, and their keys. Made once per process, since it remembers keys.
#[derive(Default)]
pub struct ExternalIssuers {
    issuers: Vec<ExternalIssuer>,
    known: Mutex<BTreeMap<String, (Timestamp, Arc<JwkSet>)>>,
}

impl ExternalIssuers {
    /// These issuers.
    #[must_use]
    pub fn new(issuers: Vec<ExternalIssuer>) -> Self {
        Self {
            issuers,
            known: Mutex::default(),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.issuers.is_empty()
    }

    /// Whose token `token` is; `None` if no trusted issuer vouches for an address that has an account here.
    ///
    /// # Errors
    /// When the issuer's keys cannot be had or the store does not answer: then nothing is known and nothing is allowed.
    pub async fn authorize(
        &self,
        records: &dyn Records,
        key_sets: &dyn KeySets,
        clock: &dyn Clock,
        token: &str,
    ) -> Result<Option<VouchedFor>, PortError> {
        let Ok(named) = jsonwebtoken::dangerous::insecure_decode_claims::<Issued>(token) else {
            return Ok(None);
        };
        let Some(issuer) = self.issuers.iter().find(|issuer| issuer.issuer == named.iss) else {
            return Ok(None);
        };
        let now = clock.now();
        let Some(claims) = self.verified(key_sets, issuer, token, now).await? else {
            return Ok(None);
        };
        if !claims.is_in_time(now) || !claims.email_verified.is_true() {
            return Ok(None);
        }
        let Some(email) = claims
            .email
            .as_deref()
            .and_then(|email| email.parse::<EmailAddress>().ok())
        else {
            return Ok(None);
        };
        let user_id = account::holder_of(records, clock, &email).await?;
        Ok(user_id.map(|user_id| VouchedFor {
            person: SignedIn {
                user_id,
                session_id: claims.session(),
            },
            until: claims.until(),
        }))
    }

    async fn verified(
        &self,
        key_sets: &dyn KeySets,
        issuer: &ExternalIssuer,
        token: &str,
        now: Timestamp,
    ) -> Result<Option<Claims>, PortError> {
        let Ok(header) = jsonwebtoken::decode_header(token) else {
            return Ok(None);
        };
        let Some(kid) = header.kid.filter(|_| ALGORITHMS.contains(&header.alg)) else {
            return Ok(None);
        };
        let mut keys = self.keys(key_sets, issuer, now, KEYS_KNOWN_FOR).await?;
        if keys.find(&kid).is_none() {
            keys = self.keys(key_sets, issuer, now, LOOK_AGAIN_AFTER).await?;
        }
        let Some(key) = keys.find(&kid).and_then(|jwk| DecodingKey::from_jwk(jwk).ok()) else {
            return Ok(None);
        };
        let mut validation = Validation::new(header.alg);
        validation.validate_exp = false;
        validation.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
        validation.set_issuer(&[&issuer.issuer]);
        validation.set_audience(&[&issuer.audience]);
        let decoded = jsonwebtoken::decode::<Claims>(token, &key, &validation);
        Ok(decoded.ok().map(|decoded| decoded.claims))
    }

    /// The issuer's keys as they were at most `age` ago; while it does not answer, as they were within a day.
    async fn keys(
        &self,
        key_sets: &dyn KeySets,
        issuer: &ExternalIssuer,
        now: Timestamp,
        age: Span,
    ) -> Result<Arc<JwkSet>, PortError> {
        let known = self.lock().get(&issuer.jwks_url).cloned();
        if let Some((at, keys)) = &known
            && now < *at + age
        {
            return Ok(Arc::clone(keys));
        }
        let fetched = match key_sets.fetch(&issuer.jwks_url).await {
            Ok(text) => serde_json::from_str::<JwkSet>(&text)
                .map_err(|error| PortError::because("key_sets.read", PortErrorKind::Unavailable, error)),
            Err(error) => Err(error),
        };
        match (fetched, known) {
            (Ok(keys), _) => {
                let keys = Arc::new(keys);
                self.lock()
                    .insert(issuer.jwks_url.clone(), (now, Arc::clone(&keys)));
                Ok(keys)
            }
            (Err(error), Some((at, keys))) if now < at + KEYS_USED_FOR => {
                tracing::warn!(issuer = issuer.issuer, %error, "an issuer's keys are out of date");
                Ok(keys)
            }
            (Err(error), _) => Err(error),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, (Timestamp, Arc<JwkSet>)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Claims {
    fn is_in_time(&self, now: Timestamp) -> bool {
        now < self.until() && self.nbf.is_none_or(|start| start <= (now + LEEWAY).as_seconds())
    }

    /// Until when the token is accepted.
    fn until(&self) -> Timestamp {
        Timestamp::from_seconds(self.exp) + LEEWAY
    }

    /// What stands for the sign-in at the issuer: the same for each of its tokens, as far as it tells. It carries no time,
    /// by which it is known as none of ours.
    fn session(&self) -> SessionId {
        let issued = self.iat.map(|at| at.to_string()).unwrap_or_default();
        let which = self.sid.as_deref().unwrap_or(&issued);
        let digest: [u8; 32] = Sha256::digest(format!("{}\0{}\0{which}", self.iss, self.sub)).into();
        let mut bytes = [0_u8; 16];
        for (byte, of) in bytes.iter_mut().skip(TIME_BYTES).zip(digest) {
            *byte = of;
        }
        SessionId::from_ulid(Ulid::from_bytes(bytes))
    }
}
