//! Access keys: credentials of an organization for machines.

use super::{Right, Sites};
use crate::ids::AccessKeyId;
use crate::text::Name;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// An access key as its organization sees it. What proves it is kept elsewhere, as a hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessKey {
    /// Its identifier, which stays the same when its secret is rotated.
    pub id: AccessKeyId,
    /// What it is for.
    pub name: Name,
    /// The part by which it is found. Not a secret.
    pub prefix: String,
    /// What it allows.
    pub rights: BTreeSet<Right>,
    /// Where it allows it.
    #[serde(default)]
    pub sites: Sites,
    /// Since when there is it.
    pub created_at: Timestamp,
    /// Who created it.
    pub created_by: String,
    /// When it ends by itself.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub expires_at: Option<Timestamp>,
    /// The secret before the present one, while that still holds.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub previous: Option<PreviousSecret>,
    /// When it was revoked.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub revoked_at: Option<Timestamp>,
}

/// A secret that was replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviousSecret {
    /// The part by which it is found.
    pub prefix: String,
    /// Until when it holds.
    pub until: Timestamp,
}

impl AccessKey {
    /// Whether it is neither revoked nor over at `now`.
    #[must_use]
    pub fn holds(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}

/// What an access key looks like to its holder: `ftk_` + 8 characters to find it by + `_` + 32 that prove it.
///
/// 32 characters of base 32 are 160 random bits, which is why a plain SHA-256 of them is enough to store:
/// there is nothing to guess, so nothing to slow down.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessKeySecret {
    prefix: String,
    secret: String,
}

/// How many characters find a key.
const PREFIX_LENGTH: usize = 8;
/// How many characters prove it.
const SECRET_LENGTH: usize = 32;
/// Crockford's base 32 in lower case: no letter that is misread over the telephone.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A text that is not an access key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an access key of the form ftk_<8 characters>_<32 characters>")]
pub struct InvalidAccessKey;

impl AccessKeySecret {
    /// Builds a key from 25 random bytes: 40 characters of five bits each.
    #[must_use]
    pub fn from_entropy(entropy: [u8; 25]) -> Self {
        let mut text = String::with_capacity(PREFIX_LENGTH + SECRET_LENGTH);
        let (mut bits, mut held) = (0_u32, 0_u32);
        for byte in entropy {
            bits = (bits << 8) | u32::from(byte);
            held += 8;
            while held >= 5 {
                held -= 5;
                let index = (bits >> held) & 31;
                text.push(ALPHABET.get(index as usize).copied().map_or('0', char::from));
            }
            bits &= (1 << held) - 1;
        }
        let secret = text.split_off(PREFIX_LENGTH);
        Self { prefix: text, secret }
    }

    /// The part the key is looked up by. Not a secret.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// What is stored of the secret part.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.secret.as_bytes()).into()
    }

    /// The whole key, to be shown to its holder once.
    #[must_use]
    pub fn reveal(&self) -> String {
        format!("ftk_{}_{}", self.prefix, self.secret)
    }
}

impl FromStr for AccessKeySecret {
    type Err = InvalidAccessKey;

    fn from_str(text: &str) -> Result<Self, InvalidAccessKey> {
        let (prefix, secret) = text
            .strip_prefix("ftk_")
            .and_then(|rest| rest.split_once('_'))
            .ok_or(InvalidAccessKey)?;
        let well_formed =
            |part: &str, length| part.len() == length && part.bytes().all(|b| ALPHABET.contains(&b));
        if well_formed(prefix, PREFIX_LENGTH) && well_formed(secret, SECRET_LENGTH) {
            Ok(Self {
                prefix: prefix.to_owned(),
                secret: secret.to_owned(),
            })
        } else {
            Err(InvalidAccessKey)
        }
    }
}

/// Never prints the secret, so that a stray `{:?}` in a log cannot leak it.
impl fmt::Debug for AccessKeySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ftk_{}_…", self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_round_trips_and_never_prints_its_secret() {
        let mut entropy = [0_u8; 25];
        for (index, byte) in entropy.iter_mut().enumerate() {
            *byte = u8::try_from(index * 37 % 256).unwrap();
        }
        let key = AccessKeySecret::from_entropy(entropy);
        assert_eq!(key.reveal().len(), "ftk_".len() + 8 + 1 + 32);
        assert_eq!(
            key.reveal().parse::<AccessKeySecret>().unwrap().hash(),
            key.hash()
        );
        assert!(!format!("{key:?}").contains(&key.secret));
        assert_ne!(key.hash(), AccessKeySecret::from_entropy([7; 25]).hash());
    }

    #[test]
    fn refuses_what_is_not_a_key() {
        for bad in [
            "",
            "ftk_",
            "ftk_abc_def",
            "Bearer x",
            &format!("ftk_{}_{}", "a".repeat(8), "u".repeat(32)),
        ] {
            assert_eq!(bad.parse::<AccessKeySecret>(), Err(InvalidAccessKey), "{bad}");
        }
    }
}
