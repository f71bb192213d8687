//! Secrets that programs draw: in mails, in refresh tokens, as recovery codes.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

/// How many characters a secret has: 160 bits, five to a character.
const LENGTH: usize = 32;
/// Crockford's base 32 in lower case: no letter that is misread over the telephone.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// 160 random bits as 32 characters. There is nothing to guess, so its plain SHA-256 is enough to store.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// A text that is not a secret of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a token of ours")]
pub struct InvalidSecret;

impl Secret {
    /// A secret of 160 of the bits of two random numbers.
    #[must_use]
    pub fn from_random(high: u128, low: u128) -> Self {
        let mut bits = [0_u8; 20];
        for (bit, random) in bits.iter_mut().zip(
            high.to_be_bytes()
                .into_iter()
                .chain(low.to_be_bytes().into_iter().take(4)),
        ) {
            *bit = random;
        }
        Self(base32(bits))
    }

    /// The secret that follows this one for those who know `nonce`. Who knows only one of the two learns nothing.
    #[must_use]
    pub fn successor(&self, nonce: &[u8; 16]) -> Self {
        let digest: [u8; 32] = Sha256::new()
            .chain_update(b"freshtrack.refresh.successor\0")
            .chain_update(nonce)
            .chain_update(self.0.as_bytes())
            .finalize()
            .into();
        let mut bits = [0_u8; 20];
        for (bit, byte) in bits.iter_mut().zip(digest) {
            *bit = byte;
        }
        Self(base32(bits))
    }

    /// What is stored of it.
    #[must_use]
    pub fn hash(&self) -> SecretHash {
        SecretHash::of(&self.0)
    }

    /// The secret, to be given to its holder.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

fn base32(bytes: [u8; 20]) -> String {
    let mut text = String::with_capacity(LENGTH);
    let (mut bits, mut held) = (0_u32, 0_u32);
    for byte in bytes {
        bits = (bits << 8) | u32::from(byte);
        held += 8;
        while held >= 5 {
            held -= 5;
            let index = (bits >> held) & 31;
            text.push(ALPHABET.get(index as usize).copied().map_or('0', char::from));
        }
        bits &= (1 << held) - 1;
    }
    text
}

impl FromStr for Secret {
    type Err = InvalidSecret;

    fn from_str(text: &str) -> Result<Self, InvalidSecret> {
        if text.len() == LENGTH && text.bytes().all(|b| ALPHABET.contains(&b)) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidSecret)
        }
    }
}

/// Never tells the secret.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The SHA-256 of a secret, as 64 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SecretHash(String);

impl SecretHash {
    /// The hash of `text`, which must have too many random bits to be guessed.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let digest: [u8; 32] = Sha256::digest(text.as_bytes()).into();
        Self(digest.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// As 64 hexadecimal digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a vault has sealed: only the vault can open it, and only for the purpose it was sealed for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// The key of this one content, itself encrypted by the vault's master key; base 64.
    pub key: String,
    /// The content, encrypted by that key; base 64.
    pub data: String,
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealed(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_secret_has_160_bits() {
        let all = Secret::from_random(u128::MAX, u128::MAX);
        assert_eq!(all.reveal(), "z".repeat(32));
        assert_eq!(Secret::from_random(0, 0).reveal(), "0".repeat(32));
        assert_ne!(Secret::from_random(0, 1 << 96), Secret::from_random(0, 0));
        assert!(!format!("{all:?}").contains("zz"));
        for bad in ["", "z", &"Z".repeat(32), &"u".repeat(32), &"z".repeat(33)] {
            assert_eq!(bad.parse::<Secret>(), Err(InvalidSecret), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn secrets_are_read_back_and_lead_to_one_successor(high: u128, low: u128, nonce: [u8; 16], other: [u8; 16]) {
            let secret = Secret::from_random(high, low);
            prop_assert_eq!(secret.reveal().parse::<Secret>(), Ok(secret.clone()));
            prop_assert_eq!(secret.successor(&nonce), secret.successor(&nonce));
            prop_assert_ne!(secret.successor(&nonce).hash(), secret.hash());
            prop_assert_eq!(secret.successor(&nonce) == secret.successor(&other), nonce == other);
        }
    }
}
