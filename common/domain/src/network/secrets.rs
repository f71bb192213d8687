//! What opens a network server.

use serde::{Deserialize, Deserializer};
use std::fmt;
use std::str::FromStr;

/// The longest key: ChirpStack's are tokens of some 200 characters, those of The Things Stack have about 100.
const LONGEST: usize = 1_024;
/// The shortest: of anything shorter, the four characters that are shown would tell too much.
const SHORTEST: usize = 16;
/// How many of its last characters are shown.
const SHOWN: usize = 4;

/// The API key of a network server. It is never shown, not even in a log.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey(String);

/// A text that is no API key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "an API key has {SHORTEST} to {LONGEST} characters, and neither space nor control characters among them"
)]
pub struct InvalidApiKey;

impl ApiKey {
    /// The key, for the server that it opens.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Its last four characters, to tell it from others.
    #[must_use]
    pub fn last_four(&self) -> String {
        let start = self.0.len().saturating_sub(SHOWN);
        self.0.get(start..).unwrap_or_default().to_owned()
    }
}

/// Printable ASCII only: it becomes part of a header.
impl FromStr for ApiKey {
    type Err = InvalidApiKey;

    fn from_str(text: &str) -> Result<Self, InvalidApiKey> {
        let text = text.trim();
        if (SHORTEST..=LONGEST).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidApiKey)
        }
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(…)")
    }
}

impl<'de> Deserialize<'de> for ApiKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for ApiKey {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ApiKey".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "minLength": SHORTEST, "maxLength": LONGEST, "writeOnly": true })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_shows_its_end_and_no_more() {
        let key: ApiKey = " NNSXS.EXAMPLE.0123456789abcdef ".parse().unwrap();
        assert_eq!(key.reveal(), "NNSXS.EXAMPLE.0123456789abcdef");
        assert_eq!(key.last_four(), "cdef");
        assert_eq!(format!("{key:?}"), "ApiKey(…)");
        for bad in [
            "",
            "short",
            "with space in the middle",
            "line\nbreak-in-the-middle",
            "schlüssel-schlüssel",
        ] {
            assert_eq!(bad.parse::<ApiKey>(), Err(InvalidApiKey), "{bad}");
        }
        assert!("x".repeat(LONGEST + 1).parse::<ApiKey>().is_err());
    }
}
