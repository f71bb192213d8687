//! A person's account: who they are, and what proves that it is they.

use super::{EmailAddress, PhoneNumber, Sealed, SecretHash};
use crate::ids::UserId;
use crate::text::Name;
use crate::time::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;
use std::str::FromStr;

/// A person whose address has been verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Their identifier.
    pub id: UserId,
    /// Their address, which no other account has.
    pub email: EmailAddress,
    /// What they are called.
    pub name: Name,
    /// The language they want to be written to in.
    #[serde(default)]
    pub locale: Locale,
    /// The number of their telephone.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub phone: Option<PhoneNumber>,
    /// Since when they have the account.
    pub created_at: Timestamp,
}

/// What proves that it is they. Apart from the account itself, which others may read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credentials {
    /// Whose they are.
    pub user_id: UserId,
    /// The hash of the password with all its parameters (PHC string format).
    pub password: String,
    /// Since when it has been the password.
    pub password_since: Timestamp,
    /// The second factor, if there is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub second_factor: Option<SecondFactor>,
    /// A second factor that waits for its first code.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub enrolment: Option<Enrolment>,
}

/// A program that shows codes by the clock (TOTP, RFC 6238).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondFactor {
    /// The secret it shares with us.
    pub secret: Sealed,
    /// The newest time step whose code was taken: none is taken twice, nor one before it (RFC 6238, 5.2).
    pub last_step: u64,
    /// Since when it is asked for.
    pub since: Timestamp,
    /// Codes that are good for one use each when it is lost.
    pub recovery_codes: Vec<SecretHash>,
}

/// A secret that was shown, and of which nobody has shown yet that they can make codes of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// The secret.
    pub secret: Sealed,
    /// Until when it can be confirmed.
    pub expires_at: Timestamp,
}

/// A language and perhaps a country, as in `en` and `de-AT`.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Locale(String);

/// A text that names no language.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be a language and perhaps a country, such as en or de-AT")]
pub struct InvalidLocale;

impl Locale {
    /// The language tag.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for Locale {
    fn default() -> Self {
        Self("en".to_owned())
    }
}

impl FromStr for Locale {
    type Err = InvalidLocale;

    fn from_str(text: &str) -> Result<Self, InvalidLocale> {
        let (language, country) = text
            .split_once('-')
            .map_or((text, None), |(language, country)| (language, Some(country)));
        let is_language =
            (2..=3).contains(&language.len()) && language.bytes().all(|b| b.is_ascii_lowercase());
        let is_country =
            |country: &str| country.len() == 2 && country.bytes().all(|b| b.is_ascii_uppercase());
        if is_language && country.is_none_or(is_country) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidLocale)
        }
    }
}

impl fmt::Debug for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Locale {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Locale {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Locale".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^[a-z]{2,3}(-[A-Z]{2})?$" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locales_have_one_spelling() {
        for good in ["en", "de-AT", "haw"] {
            assert_eq!(good.parse::<Locale>().unwrap().as_str(), good);
        }
        for bad in ["", "EN", "e", "en-us", "en_US", "en-", "english", "en-USA"] {
            assert_eq!(bad.parse::<Locale>(), Err(InvalidLocale), "{bad}");
        }
    }
}
