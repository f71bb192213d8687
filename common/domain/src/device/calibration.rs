//! Calibrations: what a sensor was held against, and what is added to its word from then on.

use crate::ids::{CalibrationId, SensorId};
use crate::measurement::CentiCelsius;
use crate::text::{Line, Notes};
use crate::time::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;
use std::str::FromStr;

/// One calibration of one sensor. Never changed: who was wrong calibrates again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calibration {
    /// Its identifier.
    pub id: CalibrationId,
    /// The sensor.
    pub sensor_id: SensorId,
    /// When it was performed.
    pub performed_at: Timestamp,
    /// Who performed it: a person or a laboratory.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub performed_by: Option<Line<256>>,
    /// What the reference instrument showed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reference: Option<CentiCelsius>,
    /// What the sensor told at the same time, without any offset.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub measured: Option<CentiCelsius>,
    /// Added to every temperature.
    pub temperature_offset: CentiCelsius,
    /// Added to every humidity, in hundredths of a percent.
    #[serde(default)]
    pub humidity_offset: i16,
    /// Where the certificate can be read.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub certificate_url: Option<CertificateUrl>,
    /// What else is to be known of it.
    #[serde(default)]
    pub notes: Notes,
    /// When the sensor must be calibrated again, if it must.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub expires_at: Option<Timestamp>,
    /// When it was entered.
    pub recorded_at: Timestamp,
    /// Who entered it.
    pub recorded_by: String,
}

/// The largest offset: 20 °C. A sensor that is further off is broken and not to be corrected.
const LARGEST_TEMPERATURE_OFFSET: i32 = 2_000;
/// The largest offset of humidity: 50 %.
const LARGEST_HUMIDITY_OFFSET: i16 = 5_000;

/// Why an offset cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidOffset {
    /// Neither an offset nor what it could be computed from.
    #[error("give an offset, or both what the reference showed and what the sensor told")]
    Missing,
    /// The offset given is not the difference of the values given.
    #[error("the offset is not the reference less what the sensor told")]
    Contradiction,
    /// Too large.
    #[error("an offset is at most 20 °C and 50 % either way: a sensor that is further off is broken")]
    TooLarge,
}

impl Calibration {
    /// The offset of the temperature: as given, or the reference less what the sensor told. A calibration of the
    /// humidity alone, which gives `humidity`, leaves the temperature as it is.
    ///
    /// # Errors
    /// When there is nothing to take it from, or two ways give two offsets.
    pub fn temperature_offset(
        given: Option<CentiCelsius>,
        reference: Option<CentiCelsius>,
        measured: Option<CentiCelsius>,
        humidity: Option<i16>,
    ) -> Result<CentiCelsius, InvalidOffset> {
        let difference = match (reference, measured) {
            (Some(reference), Some(measured)) => Some(CentiCelsius(reference.0.saturating_sub(measured.0))),
            (None, None) => None,
            _ => return Err(InvalidOffset::Missing),
        };
        let offset = match (given, difference) {
            (Some(given), Some(difference)) if given != difference => {
                return Err(InvalidOffset::Contradiction);
            }
            (Some(offset), _) | (None, Some(offset)) => offset,
            (None, None) if humidity.is_some() => CentiCelsius(0),
            (None, None) => return Err(InvalidOffset::Missing),
        };
        let humidity_fits =
            humidity.is_none_or(|offset| offset.unsigned_abs() <= LARGEST_HUMIDITY_OFFSET.unsigned_abs());
        if offset.0.unsigned_abs() <= LARGEST_TEMPERATURE_OFFSET.unsigned_abs() && humidity_fits {
            Ok(offset)
        } else {
            Err(InvalidOffset::TooLarge)
        }
    }
}

/// Where a certificate can be read: an `https` address, shown as a link and never fetched from here.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct CertificateUrl(String);

/// A text that is not an `https` address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a certificate's address begins with https:// and has at most 2048 characters")]
pub struct InvalidCertificateUrl;

impl FromStr for CertificateUrl {
    type Err = InvalidCertificateUrl;

    fn from_str(text: &str) -> Result<Self, InvalidCertificateUrl> {
        const LONGEST: usize = 2_048;
        let host = text
            .strip_prefix("https://")
            .and_then(|rest| rest.split(['/', '?', '#']).next());
        // Only what an address may be made of (RFC 3986): nothing that a browser or a page could read otherwise.
        let allowed = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(c);
        let named = host.is_some_and(|host| !host.is_empty() && !host.contains('@'));
        if named && text.len() <= LONGEST && text.chars().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidCertificateUrl)
        }
    }
}

impl fmt::Display for CertificateUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for CertificateUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl<'de> Deserialize<'de> for CertificateUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for CertificateUrl {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "CertificateUrl".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "maxLength": 2_048,
            "pattern": "^https://[A-Za-z0-9._~:\\[\\]!$&'()*+,;=%-]+([/?#][A-Za-z0-9._~:/?#\\[\\]@!$&'()*+,;=%-]*)?$",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_offset_is_given_or_computed_but_not_contradicted() {
        let centi = |value: i32| Some(CentiCelsius(value));
        let offset = Calibration::temperature_offset;
        assert_eq!(offset(centi(-30), None, None, None), Ok(CentiCelsius(-30)));
        assert_eq!(
            offset(None, centi(0), centi(40), None),
            Ok(CentiCelsius(-40)),
            "an ice bath"
        );
        assert_eq!(
            offset(centi(-40), centi(0), centi(40), None),
            Ok(CentiCelsius(-40))
        );
        assert_eq!(
            offset(None, None, None, Some(150)),
            Ok(CentiCelsius(0)),
            "the humidity alone"
        );
        assert_eq!(
            offset(centi(-41), centi(0), centi(40), None),
            Err(InvalidOffset::Contradiction)
        );
        assert_eq!(offset(None, centi(0), None, None), Err(InvalidOffset::Missing));
        assert_eq!(offset(None, None, None, None), Err(InvalidOffset::Missing));
        assert_eq!(
            offset(centi(2_001), None, None, None),
            Err(InvalidOffset::TooLarge)
        );
        assert_eq!(
            offset(None, None, None, Some(i16::MIN)),
            Err(InvalidOffset::TooLarge)
        );
    }

    #[test]
    fn a_certificate_is_read_over_https_only() {
        for good in ["https://lab.example/c/17?sheet=2", "https://lab.example"] {
            assert!(good.parse::<CertificateUrl>().is_ok(), "{good}");
        }
        let long = format!("https://lab.example/{}", "a".repeat(2_048));
        for bad in [
            "",
            "http://lab.example/c",
            "https://",
            "https:///c",
            "javascript:alert(1)",
            "https://lab.example/a b",
            "https://lab.example/\"onload",
            "https://bank.example@lab.example/",
            &long,
        ] {
            assert!(bad.parse::<CertificateUrl>().is_err(), "{bad}");
        }
    }
}
