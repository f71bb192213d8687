//! The keys that access tokens are signed with: one signs at a time, and is renewed before it is old.

use super::Accounts;
use crate::error::{Failure, PortError, PortErrorKind};
use crate::ports::{Clock, Owner, Record, RecordKind, Records, Stored, Vault};
use crate::registry::Change;
use crate::scope::Actor;
use freshtrack_contracts::identity::{Jwk, Jwks};
use freshtrack_domain::people::{Sealed, is_outlived, is_renewal_due};
use freshtrack_domain::time::Timestamp;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk as AnyJwk};
use jsonwebtoken::{Algorithm, EncodingKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The worker that renews keys, as the audit chain names it.
const ACTOR: &str = "identity-rotate-signing-keys";
/// What stands before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410, 7).
const PKCS8_PREFIX: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// A key on the curve Ed25519, its private half sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SigningKey {
    /// Its name in the tokens it signs.
    pub(super) kid: String,
    /// The public half, in base 64 for URLs.
    pub(super) public: String,
    /// The private half, as PKCS #8.
    private: Sealed,
    /// When it was made.
    pub(super) created_at: Timestamp,
}

/// All keys, oldest first. One record, so that two who renew them at once do not both make one.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct KeyRing {
    pub(super) keys: Vec<SigningKey>,
}

impl KeyRing {
    const KEY: &'static str = "RING";

    pub(super) fn made(&self) -> Vec<Timestamp> {
        self.keys.iter().map(|key| key.created_at).collect()
    }

    /// Those that can have signed a token that still lasts at `now`.
    fn needed(&self, now: Timestamp) -> Vec<SigningKey> {
        let made = self.made();
        let keys = self.keys.iter().enumerate();
        keys.filter(|(place, _)| !is_outlived(&made, *place, now))
            .map(|(_, key)| key.clone())
            .collect()
    }
}

impl Record for KeyRing {
    const KIND: RecordKind = RecordKind("SIGNKEYS");

    fn key(&self) -> String {
        Self::KEY.to_owned()
    }
}

impl SigningKey {
    /// The key, ready to sign.
    pub(super) async fn open(&self, vault: &dyn Vault) -> Result<EncodingKey, PortError> {
        let private = vault.open(&purpose(&self.kid), &self.private).await?;
        Ok(EncodingKey::from_ed_der(&private))
    }
}

fn purpose(kid: &str) -> String {
    format!("signing-key/{kid}")
}

/// The keys as they are kept.
pub(super) async fn find(records: &dyn Records) -> Result<Option<Stored<KeyRing>>, PortError> {
    records.get::<KeyRing>(Owner::Platform, KeyRing::KEY).await
}

/// Makes the first key of all. If somebody else has made it in between, that one is the first.
pub(super) async fn make_first(accounts: &Accounts<'_>, vault: &dyn Vault) -> Result<(), Failure> {
    let key = make(accounts, vault).await?;
    let change = change()
        .detail("made", &key.kid)
        .insert(&KeyRing { keys: vec![key] })?;
    accounts.registry().commit(change).await
}

fn change() -> Change {
    Change::new(
        Owner::Platform,
        &Actor::new(ACTOR),
        "signing_keys.rotated",
        KeyRing::KEY,
    )
}

/// Makes a key.
async fn make(accounts: &Accounts<'_>, vault: &dyn Vault) -> Result<SigningKey, PortError> {
    const OP: &str = "signing_keys.make";
    let corrupt = |what: String| PortError::because(OP, PortErrorKind::Corrupt, what);
    let mut private = PKCS8_PREFIX.to_vec();
    for _ in 0..2 {
        private.extend_from_slice(&accounts.ids.random().to_be_bytes());
    }
    let jwk = AnyJwk::from_encoding_key(&EncodingKey::from_ed_der(&private), Algorithm::EdDSA)
        .map_err(|error| corrupt(error.to_string()))?;
    let AlgorithmParameters::OctetKeyPair(parameters) = jwk.algorithm else {
        return Err(corrupt("not a key on Ed25519".to_owned()));
    };
    let digest: [u8; 32] = Sha256::digest(parameters.x.as_bytes()).into();
    let kid: String = hex::encode(digest).chars().take(16).collect();
    Ok(SigningKey {
        private: vault.seal(&purpose(&kid), &private).await?,
        public: parameters.x,
        created_at: accounts.clock.now(),
        kid,
    })
}

/// Makes a new key when the newest is a month old, and forgets those whose last token has ended. Gives how many were made
/// and forgotten.
///
/// # Errors
/// When the store or the vault has trouble: what was not done is done the next time.
pub async fn rotate_signing_keys(
    accounts: &Accounts<'_>,
    vault: &dyn Vault,
) -> Result<(usize, usize), Failure> {
    let Some(stored) = find(accounts.records).await? else {
        make_first(accounts, vault).await?;
        return Ok((1, 0));
    };
    let ring = &stored.record;
    let now = accounts.clock.now();
    let mut keys = ring.needed(now);
    let forgotten = ring.keys.len().saturating_sub(keys.len());
    let is_due = is_renewal_due(&ring.made(), now);
    let mut change = change();
    if is_due {
        let key = make(accounts, vault).await?;
        change = change.detail("made", &key.kid);
        keys.push(key);
    }
    if is_due || forgotten > 0 {
        let change = change.detail("forgotten", forgotten);
        let change = change.replace(&KeyRing { keys }, stored.rev)?;
        accounts.registry().commit(change).await?;
    }
    Ok((usize::from(is_due), forgotten))
}

/// The public keys that somebody needs who checks tokens, without those that can have signed none that still lasts.
///
/// # Errors
/// When the store does not answer.
pub async fn get_jwks(records: &dyn Records, clock: &dyn Clock) -> Result<Jwks, PortError> {
    let ring = find(records)
        .await?
        .map(|stored| stored.record)
        .unwrap_or_default();
    Ok(Jwks {
        keys: ring
            .needed(clock.now())
            .into_iter()
            .map(|key| Jwk {
                kty: "OKP".to_owned(),
                crv: "Ed25519".to_owned(),
                x: key.public,
                kid: key.kid,
                purpose: "sig".to_owned(),
                alg: "EdDSA".to_owned(),
            })
            .collect(),
    })
}
