use crate::text::Name;
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;
use std::str::FromStr;

/// The longest: what fits a label of the domain name system (RFC 1035, 2.3.4).
const LONGEST: usize = 63;
/// The shortest.
const SHORTEST: usize = 2;

/// An organization's short name, as it stands in addresses: lower-case letters, digits and single hyphens between
/// them, 2 to 63 characters. No two organizations have the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Slug(String);

/// A text that is not a short name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be 2 to 63 lower-case letters and digits, with single hyphens between them")]
pub struct InvalidSlug;

impl Slug {
    /// What is left of `name` in the letters of a short name; `organization` if that is not enough.
    #[must_use]
    pub fn of_name(name: &Name) -> Self {
        let mut slug = String::new();
        for letter in name.as_str().to_lowercase().chars() {
            if letter.is_ascii_alphanumeric() {
                slug.push(letter);
            } else if letter != '\'' && !slug.is_empty() && !slug.ends_with('-') {
                slug.push('-');
            }
            if slug.len() == LONGEST {
                break;
            }
        }
        let slug = slug.trim_end_matches('-').parse();
        slug.unwrap_or_else(|InvalidSlug| Self("organization".to_owned()))
    }

    /// This short name with `suffix`, which has the letters of one, behind it.
    #[must_use]
    pub fn with_suffix(&self, suffix: &str) -> Self {
        let room = LONGEST.saturating_sub(suffix.len() + 1);
        let stem: String = self.0.chars().take(room).collect();
        Self(format!("{}-{suffix}", stem.trim_end_matches('-')))
    }

    /// The short name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Slug {
    type Err = InvalidSlug;

    fn from_str(text: &str) -> Result<Self, InvalidSlug> {
        let letters = |part: &str| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        };
        if (SHORTEST..=LONGEST).contains(&text.len()) && text.split('-').all(letters) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidSlug)
        }
    }
}

impl<'de> Deserialize<'de> for Slug {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Slug {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Slug".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$",
            "minLength": SHORTEST,
            "maxLength": LONGEST,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_become_short_names() {
        let slug = |name: &str| Slug::of_name(&Name::new(name).unwrap()).to_string();
        assert_eq!(slug("Harbour  Bistro & Bar"), "harbour-bistro-bar");
        assert_eq!(slug("Joe's Diner, No. 4"), "joes-diner-no-4");
        assert_eq!(slug("--A1--"), "a1");
        assert_eq!(slug("寿司"), "organization");
        assert_eq!(slug("X"), "organization");
        let long: Slug = "a".repeat(63).parse().unwrap();
        assert_eq!(long.with_suffix("k3").as_str(), format!("{}-k3", "a".repeat(60)));
    }

    #[test]
    fn refuses_every_other_spelling() {
        for bad in [
            "",
            "a",
            "A1",
            "a_b",
            "-ab",
            "ab-",
            "a--b",
            "a b",
            "ä1",
            &"a".repeat(64),
        ] {
            assert_eq!(bad.parse::<Slug>(), Err(InvalidSlug), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_is_made_of_a_name_is_a_short_name(name in "\\PC{1,300}", suffix in "[a-z0-9]{1,8}") {
            if let Ok(name) = Name::new(&name) {
                let slug = Slug::of_name(&name);
                prop_assert_eq!(slug.as_str().parse::<Slug>(), Ok(slug.clone()));
                let longer = slug.with_suffix(&suffix);
                prop_assert_eq!(longer.as_str().parse::<Slug>(), Ok(longer.clone()));
            }
        }
    }
}
