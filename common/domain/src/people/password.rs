//! Passwords as people type them.

use serde::{Deserialize, Deserializer};
use std::fmt;
use unicode_normalization::UnicodeNormalization;

/// The fewest characters of a new password: two more than NIST SP 800-63B (5.1.1.2) asks for.
pub const SHORTEST_PASSWORD: usize = 10;
/// The most characters of a password. NIST asks for 64 at least; OWASP for a limit, since hashing costs.
pub const LONGEST_PASSWORD: usize = 128;

/// A password, in the normal form NFKC: the same keys must give the same password on every keyboard and system
/// (NIST SP 800-63B, 5.1.1.2).
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

/// A text that is nobody's password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPassword {
    /// Too many characters.
    #[error("must have at most {LONGEST_PASSWORD} characters")]
    TooLong,
    /// A character that no keyboard makes.
    #[error("must not contain control characters")]
    Control,
}

impl Password {
    /// The password that was typed as `text`. How good it is is another question.
    ///
    /// # Errors
    /// When it cannot be anybody's.
    pub fn new(text: &str) -> Result<Self, InvalidPassword> {
        // Before anything is done with all of it. One character may become eighteen, but none vanishes.
        if text.chars().count() > LONGEST_PASSWORD {
            return Err(InvalidPassword::TooLong);
        }
        if text.chars().any(char::is_control) {
            return Err(InvalidPassword::Control);
        }
        Ok(Self(text.nfkc().collect()))
    }

    /// How many characters it has.
    #[must_use]
    pub fn length(&self) -> usize {
        self.0.chars().count()
    }

    /// The password, to be hashed or judged and for nothing else.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// Never tells the password.
impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

impl<'de> Deserialize<'de> for Password {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::new(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Password {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Password".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "password", "maxLength": LONGEST_PASSWORD })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_keys_give_the_same_password() {
        // A composed letter and its parts, a full-width letter and the plain one.
        assert_eq!(Password::new("caf\u{e9}"), Password::new("cafe\u{301}"));
        assert_eq!(Password::new("\u{ff21}bc"), Password::new("Abc"));
        assert_ne!(Password::new("abc "), Password::new("abc"));
        assert_eq!(Password::new("caf\u{e9}").unwrap().length(), 4);
    }

    #[test]
    fn it_is_limited_and_never_shown() {
        assert!(Password::new(&"é".repeat(LONGEST_PASSWORD)).is_ok());
        assert_eq!(
            Password::new(&"é".repeat(LONGEST_PASSWORD + 1)),
            Err(InvalidPassword::TooLong)
        );
        assert_eq!(Password::new("a\u{0}b"), Err(InvalidPassword::Control));
        assert!(!format!("{:?}", Password::new("hunter2hunter2").unwrap()).contains("hunter"));
    }
}
