//! E-mail addresses in one normal form.

use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;
use std::str::FromStr;

/// The longest address that a mail server takes (RFC 5321, 4.5.3.1.3, less the angle brackets).
const LONGEST: usize = 254;
/// The longest part before the `@` (RFC 5321, 4.5.3.1.1).
const LONGEST_LOCAL: usize = 64;
/// The longest label of a domain (RFC 1035, 2.3.4).
const LONGEST_LABEL: usize = 63;

/// An e-mail address in lower case: two that differ in case only reach the same mailbox with every provider that
/// matters, and must not become two accounts.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct EmailAddress(String);

/// A text that is not an e-mail address we can write to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidEmailAddress {
    /// Not of the form that mail servers agree on.
    #[error("must be an e-mail address such as ann@example.com")]
    Malformed,
    /// More characters than mail servers take.
    #[error("must have at most {LONGEST} characters")]
    TooLong,
    /// Letters beyond ASCII, which many mail servers still refuse.
    #[error("must be written in ASCII; write an international domain in its xn-- form")]
    NotAscii,
}

impl EmailAddress {
    /// The address in its normal form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address so that its owner recognises it and nobody else: `a…@example.com`.
    #[must_use]
    pub fn masked(&self) -> String {
        match self.0.split_once('@') {
            Some((local, domain)) => {
                let first: String = local.chars().take(1).collect();
                format!("{first}…@{domain}")
            }
            None => "…".to_owned(),
        }
    }
}

impl FromStr for EmailAddress {
    type Err = InvalidEmailAddress;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if !text.is_ascii() {
            return Err(InvalidEmailAddress::NotAscii);
        }
        if text.len() > LONGEST {
            return Err(InvalidEmailAddress::TooLong);
        }
        let (local, domain) = text.rsplit_once('@').ok_or(InvalidEmailAddress::Malformed)?;
        if is_local(local) && is_domain(domain) {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err(InvalidEmailAddress::Malformed)
        }
    }
}

/// Words of the characters that RFC 5322 calls `atext`, joined by single dots. Quoted texts are allowed there as well,
/// and used by nobody but tests.
fn is_local(local: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b))
    };
    local.len() <= LONGEST_LOCAL && local.split('.').all(is_word)
}

/// At least two labels, the last of which is no number: an IP address has no mailbox of its own.
fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        (1..=LONGEST_LABEL).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let top = domain.rsplit('.').next().unwrap_or_default();
    domain.contains('.') && domain.split('.').all(is_label) && !top.bytes().all(|b| b.is_ascii_digit())
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Masked, so that a stray `{:?}` in a log tells nobody's address.
impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl<'de> Deserialize<'de> for EmailAddress {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for EmailAddress {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "EmailAddress".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "email", "maxLength": LONGEST })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &str) -> Result<String, InvalidEmailAddress> {
        text.parse::<EmailAddress>()
            .map(|email| email.as_str().to_owned())
    }

    #[test]
    fn one_normal_form() {
        assert_eq!(
            parse(" Ann.Smith+Kitchen@Example.COM "),
            Ok("ann.smith+kitchen@example.com".to_owned())
        );
        assert_eq!(
            parse("o'neil@xn--bcher-kva.example"),
            Ok("o'neil@xn--bcher-kva.example".to_owned())
        );
        let email: EmailAddress = "ann@example.com".parse().unwrap();
        assert_eq!(email.masked(), "a…@example.com");
        assert_eq!(format!("{email:?}"), "a…@example.com");
    }

    #[test]
    fn refuses_what_no_mail_reaches() {
        for bad in [
            "",
            "ann",
            "@example.com",
            "ann@",
            "ann@example",
            "ann@127.0.0.1",
            "a nn@example.com",
            "ann@exa mple.com",
            "ann@-example.com",
            "ann@example..com",
            ".ann@example.com",
            "ann..b@example.com",
            "ann@b@example.com",
            "\"ann\"@example.com",
            "ann@example.com\nBcc: b@example.com",
            "Ann <ann@example.com>",
        ] {
            assert_eq!(parse(bad), Err(InvalidEmailAddress::Malformed), "{bad:?}");
        }
        assert_eq!(parse("bücher@example.com"), Err(InvalidEmailAddress::NotAscii));
        assert_eq!(
            parse(&format!("{}@example.com", "a".repeat(65))),
            Err(InvalidEmailAddress::Malformed)
        );
        let domain = vec!["a".repeat(60); 5].join(".");
        assert_eq!(parse(&format!("a@{domain}")), Err(InvalidEmailAddress::TooLong));
    }

    proptest! {
        #[test]
        fn the_normal_form_is_its_own(text in "[ -~]{0,80}") {
            if let Ok(email) = text.parse::<EmailAddress>() {
                prop_assert_eq!(email.as_str().parse::<EmailAddress>(), Ok(email.clone()));
                prop_assert!(!email.as_str().contains(|c: char| c.is_whitespace() || c.is_ascii_uppercase()));
            }
        }
    }
}
