//! Access tokens: signed by us, checked by us and by whoever reads our published keys (RFC 9068 in spirit).

use super::signing_keys::KeyRing;
use super::{Accounts, signing_keys};
use crate::error::{Failure, PortError, PortErrorKind};
use crate::ports::{Clock, Owner, Records, Vault};
use crate::scope::SignedIn;
use freshtrack_domain::ids::{SessionId, UserId};
use freshtrack_domain::people::{ACCESS_TOKEN_LIFE, Session, signing};
use freshtrack_domain::time::{Span, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Who access tokens are meant for.
pub const AUDIENCE: &str = "freshtrack";
/// How long a process believes to know all keys.
const KEYS_KNOWN_FOR: Span = Span::minutes(5);
/// How soon it may look for a key that it does not know, lest made-up tokens cost a read each.
const LOOK_AGAIN_AFTER: Span = Span::seconds(5);

/// What an access token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: UserId,
    sid: SessionId,
    iat: i64,
    exp: i64,
}

/// Issues and checks access tokens. Made once per process, since it remembers keys.
pub struct AccessTokens {
    issuer: String,
    known: Mutex<Known>,
}

/// The keys as they were last read.
#[derive(Default)]
struct Known {
    at: Option<Timestamp>,
    keys: Arc<Keys>,
    signer: Option<(String, EncodingKey)>,
}

#[derive(Default)]
struct Keys {
    ring: KeyRing,
    public: BTreeMap<String, DecodingKey>,
}

impl AccessTokens {
    /// Tokens of `issuer`: the address below which the keys are published.
    pub fn new(issuer: impl Into<String>) -> Self {
        Self {
            issuer: issuer.into(),
            known: Mutex::default(),
        }
    }

    /// A token for `person`.
    ///
    /// # Errors
    /// When there is no key to sign with and none can be made.
    pub async fn issue(
        &self,
        accounts: &Accounts<'_>,
        vault: &dyn Vault,
        person: SignedIn,
    ) -> Result<String, Failure> {
        const OP: &str = "access_tokens.issue";
        let now = accounts.clock.now();
        let mut keys = self.keys(accounts.records, now, KEYS_KNOWN_FOR).await?;
        if keys.ring.keys.is_empty() {
            signing_keys::make_first(accounts, vault).await?;
            keys = self.keys(accounts.records, now, Span::ZERO).await?;
        }
        let key = signing(&keys.ring.made(), now).and_then(|place| keys.ring.keys.get(place));
        let key = key.ok_or_else(|| PortError::new(OP, PortErrorKind::Unavailable))?;
        let signer = match self.signer(&key.kid) {
            Some(signer) => signer,
            None => {
                let signer = key.open(vault).await?;
                self.lock().signer = Some((key.kid.clone(), signer.clone()));
                signer
            }
        };
        let header = Header {
            kid: Some(key.kid.clone()),
            ..Header::new(Algorithm::EdDSA)
        };
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: AUDIENCE.to_owned(),
            sub: person.user_id,
            sid: person.session_id,
            iat: now.as_seconds(),
            exp: (now + ACCESS_TOKEN_LIFE).as_seconds(),
        };
        Ok(jsonwebtoken::encode(&header, &claims, &signer)
            .map_err(|error| PortError::because(OP, PortErrorKind::Corrupt, error))?)
    }

    /// Whose token `token` is; `None` if it is none of ours, is over, or its session is.
    ///
    /// # Errors
    /// When the store does not answer: then nothing is known and nothing is allowed.
    pub async fn authorize(
        &self,
        records: &dyn Records,
        clock: &dyn Clock,
        token: &str,
    ) -> Result<Option<SignedIn>, PortError> {
        let now = clock.now();
        let Some(claims) = self.verified(records, token, now).await? else {
            return Ok(None);
        };
        if claims.exp <= now.as_seconds() {
            return Ok(None);
        }
        let session = records
            .get::<Session>(Owner::User(claims.sub), claims.sid)
            .await?;
        Ok(session
            .filter(|stored| stored.record.lasts(now))
            .map(|_| SignedIn {
                user_id: claims.sub,
                session_id: claims.sid,
            }))
    }

    /// What `token` says, if one of our keys signed it for us. Its time is not looked at: that is our clock's.
    async fn verified(
        &self,
        records: &dyn Records,
        token: &str,
        now: Timestamp,
    ) -> Result<Option<Claims>, PortError> {
        let Some(kid) = jsonwebtoken::decode_header(token)
            .ok()
            .and_then(|header| header.kid)
        else {
            return Ok(None);
        };
        let mut keys = self.keys(records, now, KEYS_KNOWN_FOR).await?;
        if !keys.public.contains_key(&kid) {
            keys = self.keys(records, now, LOOK_AGAIN_AFTER).await?;
        }
        let Some(key) = keys.public.get(&kid) else {
            return Ok(None);
        };
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.validate_exp = false;
        validation.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[AUDIENCE]);
        let decoded = jsonwebtoken::decode::<Claims>(token, key, &validation);
        Ok(decoded.ok().map(|decoded| decoded.claims))
    }

    /// The keys as they were at most `age` ago.
    async fn keys(&self, records: &dyn Records, now: Timestamp, age: Span) -> Result<Arc<Keys>, PortError> {
        {
            let known = self.lock();
            if known.at.is_some_and(|at| now < at + age) {
                return Ok(Arc::clone(&known.keys));
            }
        }
        let ring = signing_keys::find(records).await?;
        let ring = ring.map(|stored| stored.record).unwrap_or_default();
        let public = ring.keys.iter().filter_map(|key| {
            let public = DecodingKey::from_ed_components(&key.public).ok()?;
            Some((key.kid.clone(), public))
        });
        let keys = Arc::new(Keys {
            public: public.collect(),
            ring,
        });
        let mut known = self.lock();
        known.at = Some(now);
        known.keys = Arc::clone(&keys);
        Ok(keys)
    }

    fn signer(&self, kid: &str) -> Option<EncodingKey> {
        let known = self.lock();
        let (of, signer) = known.signer.as_ref()?;
        (of == kid).then(|| signer.clone())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
