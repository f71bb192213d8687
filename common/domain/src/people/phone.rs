//! Telephone numbers in one normal form.

use serde::{Deserialize, Deserializer, Serialize};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// The digits of a number (ITU-T E.164, 6.2.1: fifteen at most). No country has numbers of fewer than seven, with its
/// code.
const DIGITS: std::ops::RangeInclusive<usize> = 7..=15;
/// The longest spelling that is looked at: digits, and what people put between them.
const LONGEST: usize = 40;
/// What people put between the digits.
const BETWEEN: [char; 6] = [' ', '-', '.', '/', '(', ')'];

/// A telephone number as it is dialled from everywhere: `+` and up to fifteen digits, the first of which begin the code
/// of its country (ITU-T E.164).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct PhoneNumber(String);

/// A text that is not a telephone number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be a telephone number with the code of its country, such as +1 207 555 0123")]
pub struct InvalidPhoneNumber;

impl PhoneNumber {
    /// The number in its normal form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number so that its owner recognises it and nobody else: `+…23`.
    #[must_use]
    pub fn masked(&self) -> String {
        let last = self.0.len().saturating_sub(2);
        format!("+…{}", self.0.get(last..).unwrap_or_default())
    }
}

impl FromStr for PhoneNumber {
    type Err = InvalidPhoneNumber;

    fn from_str(text: &str) -> Result<Self, InvalidPhoneNumber> {
        let text = text.trim();
        // `00` is dialled for `+` in most of the world. What begins otherwise reaches one person here and another there.
        let rest = text.strip_prefix('+').or_else(|| text.strip_prefix("00"));
        let rest = rest.filter(|_| text.len() <= LONGEST).ok_or(InvalidPhoneNumber)?;
        // The zero that is dialled within the country, and left out from abroad.
        let digits = rest.replacen("(0)", "", 1).replace(BETWEEN, "");
        let is_number = DIGITS.contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !digits.starts_with('0');
        if is_number {
            Ok(Self(format!("+{digits}")))
        } else {
            Err(InvalidPhoneNumber)
        }
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Masked, so that a stray `{:?}` in a log tells nobody's number.
impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl<'de> Deserialize<'de> for PhoneNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for PhoneNumber {
    fn schema_name() -> Cow<'static, str> {
        "PhoneNumber".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "maxLength": LONGEST,
            "description": "A telephone number with the code of its country; shown as + and digits (ITU-T E.164).",
            "examples": ["+12075550123"],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &str) -> Result<String, InvalidPhoneNumber> {
        text.parse::<PhoneNumber>()
            .map(|number| number.as_str().to_owned())
    }

    #[test]
    fn one_normal_form() {
        for spelling in [
            "+12075550123",
            " +1 207 555 0123 ",
            "+1 (207) 555-0123",
            "+1.207.555.0123",
            "0012075550123",
            "00 1 207/555-0123",
        ] {
            assert_eq!(parse(spelling), Ok("+12075550123".to_owned()), "{spelling}");
        }
        assert_eq!(parse("+44 (0)20 7946 0958"), Ok("+442079460958".to_owned()));
        assert_eq!(parse("+290 23456"), Ok("+29023456".to_owned()), "Saint Helena");
        let number: PhoneNumber = "+12075550123".parse().unwrap();
        assert_eq!(
            (number.masked().as_str(), format!("{number:?}").as_str()),
            ("+…23", "+…23")
        );
    }

    #[test]
    fn refuses_what_cannot_be_dialled_from_everywhere() {
        for bad in [
            "",
            "+",
            "00",
            "207 555 0123",
            "020 7946 0958",
            "+0 207 555 0123",
            "+1 207",
            "+1234567890123456",
            "+1 207 555 0123 ext. 4",
            "+1 207 KITCHEN",
            "++12075550123",
            "+1+2075550123",
            "tel:+12075550123",
            "+１２０７５５５０１２３",
            "+12075550123\n+12075550124",
        ] {
            assert_eq!(parse(bad), Err(InvalidPhoneNumber), "{bad:?}");
        }
        assert_eq!(
            parse(&format!("+1{}2075550123", " ".repeat(40))),
            Err(InvalidPhoneNumber)
        );
    }

    proptest! {
        #[test]
        fn the_normal_form_is_its_own(text in "[+0][0-9 ()/.-]{0,24}") {
            if let Ok(number) = text.parse::<PhoneNumber>() {
                prop_assert_eq!(number.as_str().parse::<PhoneNumber>(), Ok(number.clone()));
                let digits = number.as_str().strip_prefix('+').unwrap();
                prop_assert!(DIGITS.contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()));
            }
        }
    }
}
