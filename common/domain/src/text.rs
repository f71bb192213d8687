//! Texts that people type: trimmed, of sane length, without characters that no keyboard makes.

use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// What is wrong with a text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidText {
    /// Nothing but space.
    #[error("must not be empty")]
    Empty,
    /// Too many characters.
    #[error("must have at most {0} characters")]
    TooLong(usize),
    /// A character that cannot be seen, other than a line break where one is allowed.
    #[error("must not contain control characters")]
    Control,
}

/// A text of one line and 1 to `MAX` characters, without space around it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Line<const MAX: usize>(String);

/// A name: 1 to 256 characters (specification 1.4 and 1.5).
pub type Name = Line<256>;

impl<const MAX: usize> Line<MAX> {
    /// The text without space around it.
    ///
    /// # Errors
    /// When nothing is left, or too much, or what is left cannot be seen.
    pub fn new(text: &str) -> Result<Self, InvalidText> {
        let text = text.trim();
        if text.is_empty() {
            return Err(InvalidText::Empty);
        }
        if text.chars().count() > MAX {
            return Err(InvalidText::TooLong(MAX));
        }
        if text.chars().any(is_invisible) {
            return Err(InvalidText::Control);
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form in which two names are the same: without case, runs of space as one.
    #[must_use]
    pub fn folded(&self) -> String {
        let words: Vec<String> = self.0.split_whitespace().map(str::to_lowercase).collect();
        words.join(" ")
    }
}

/// Control characters, and marks that turn the direction of what follows so that it reads as something else.
fn is_invisible(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

impl<const MAX: usize> fmt::Display for Line<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<const MAX: usize> fmt::Debug for Line<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl<'de, const MAX: usize> Deserialize<'de> for Line<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::new(&text).map_err(serde::de::Error::custom)
    }
}

/// A text of several lines and at most `MAX` characters; it may be empty.
#[derive(Clone, PartialEq, Eq, Default, Serialize)]
#[serde(transparent)]
pub struct Paragraph<const MAX: usize>(String);

/// Notes: at most 1,000 characters (specification 1.5).
pub type Notes = Paragraph<1_000>;

impl<const MAX: usize> Paragraph<MAX> {
    /// The text without space around it.
    ///
    /// # Errors
    /// When it is too long or has characters that cannot be seen.
    pub fn new(text: &str) -> Result<Self, InvalidText> {
        let text = text.trim();
        if text.chars().count() > MAX {
            return Err(InvalidText::TooLong(MAX));
        }
        if text
            .chars()
            .any(|c| is_invisible(c) && !matches!(c, '\n' | '\r' | '\t'))
        {
            return Err(InvalidText::Control);
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<const MAX: usize> fmt::Debug for Paragraph<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl<'de, const MAX: usize> Deserialize<'de> for Paragraph<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::new(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "schema")]
mod schema {
    use super::{Line, Paragraph};
    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
    use std::borrow::Cow;

    impl<const MAX: usize> JsonSchema for Line<MAX> {
        fn schema_name() -> Cow<'static, str> {
            format!("Line{MAX}").into()
        }

        fn inline_schema() -> bool {
            true
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({ "type": "string", "minLength": 1, "maxLength": MAX })
        }
    }

    impl<const MAX: usize> JsonSchema for Paragraph<MAX> {
        fn schema_name() -> Cow<'static, str> {
            format!("Paragraph{MAX}").into()
        }

        fn inline_schema() -> bool {
            true
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({ "type": "string", "maxLength": MAX })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_and_limited() {
        assert_eq!(
            Name::new("  Walk-in  cooler ").unwrap().as_str(),
            "Walk-in  cooler"
        );
        assert_eq!(
            Name::new("Walk-in  COOLER").unwrap().folded(),
            Name::new("walk-in cooler").unwrap().folded()
        );
        assert_eq!(Name::new(" \t "), Err(InvalidText::Empty));
        assert_eq!(Name::new(&"é".repeat(257)), Err(InvalidText::TooLong(256)));
        assert!(Name::new(&"é".repeat(256)).is_ok());
        for bad in ["a\nb", "a\u{0}b", "user\u{202E}gnp.exe"] {
            assert_eq!(Name::new(bad), Err(InvalidText::Control), "{bad:?}");
        }
    }

    #[test]
    fn notes_have_lines() {
        assert_eq!(Notes::new(" a\nb\t\n").unwrap().as_str(), "a\nb");
        assert!(Notes::new("").unwrap().is_empty());
        assert!(Notes::new("a\u{7}").is_err());
        assert!(serde_json::from_str::<Name>("\" \"").is_err());
        assert_eq!(serde_json::from_str::<Notes>("\"x \"").unwrap().as_str(), "x");
    }
}
