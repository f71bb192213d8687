//! Values that every network server sends, each in its own place.

use crate::error::ParseError;
use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use freshtrack_application::MOST_GATEWAYS;
use freshtrack_domain::device::{DevEui, GatewayEui};
use freshtrack_domain::reading::FrameCounter;
use freshtrack_domain::time::Timestamp;
use serde_json::Value;

/// Standard base 64 that writes padding and does not insist on it.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

pub(crate) fn base64_bytes(field: &'static str, text: &str) -> Result<Vec<u8>, ParseError> {
    BASE64
        .decode(text)
        .map_err(|error| ParseError::invalid(field, format!("not base 64 ({error})")))
}

pub(crate) fn base64_text(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

pub(crate) fn dev_eui(field: &'static str, text: &str) -> Result<DevEui, ParseError> {
    text.parse().map_err(|error| ParseError::invalid(field, error))
}

pub(crate) fn timestamp(field: &'static str, text: &str) -> Result<Timestamp, ParseError> {
    text.parse().map_err(|error| ParseError::invalid(field, error))
}

/// The decoded payload, if the network has a codec for the device and the codec found something.
pub(crate) fn decoded(value: Option<Value>) -> Option<Value> {
    value.filter(|value| value.as_object().is_some_and(|fields| !fields.is_empty()))
}

/// The counter of a frame in the session named `session`, by whatever name the network gives it. A network
/// that leaves out zeros leaves out the counter of the first frame, which is then known by its session.
pub(crate) fn frame(count: Option<u32>, session: Option<&str>) -> Option<FrameCounter> {
    let session = session.filter(|name| !name.is_empty());
    if count.is_none() && session.is_none() {
        return None;
    }
    Some(FrameCounter {
        count: count.unwrap_or(0),
        session: session.map_or(0, session_number),
    })
}

/// A number for a session's name: the same for the same name, and for two names almost certainly not the same.
/// FNV-1a; zero stays reserved for "not told".
fn session_number(name: &str) -> u32 {
    let hash = name.bytes().fold(0x811C_9DC5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    hash.max(1)
}

/// The strongest of the signals with which gateways heard a frame, in whole dBm.
pub(crate) fn strongest(signals: impl Iterator<Item = f64>) -> Option<i16> {
    let strongest = signals.filter(|dbm| dbm.is_finite()).reduce(f64::max)?.round();
    #[expect(clippy::cast_possible_truncation, reason = "bounded by the guard")]
    (-1_000.0..=1_000.0)
        .contains(&strongest)
        .then_some(strongest as i16)
}

/// The gateways that heard a frame, those first that heard it best. One with two antennas is named twice.
pub(crate) fn gateways<'t>(heard: impl Iterator<Item = (Option<&'t str>, Option<f64>)>) -> Vec<GatewayEui> {
    let mut heard: Vec<(GatewayEui, f64)> = heard
        .filter_map(|(eui, dbm)| Some((eui?.parse().ok()?, dbm.unwrap_or(f64::NEG_INFINITY))))
        .collect();
    heard.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    let mut gateways = Vec::with_capacity(MOST_GATEWAYS);
    for (eui, _) in heard {
        if gateways.len() < MOST_GATEWAYS && !gateways.contains(&eui) {
            gateways.push(eui);
        }
    }
    gateways
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_64_with_and_without_padding() {
        for text in ["y/YLDQN2AQrdf/8=", "y/YLDQN2AQrdf/8"] {
            let bytes = base64_bytes("data", text).unwrap();
            assert_eq!(hex::encode_upper(bytes), "CBF60B0D0376010ADD7FFF");
        }
        assert_eq!(base64_bytes("data", "y/Y*").unwrap_err().code(), "invalid_field");
    }

    #[test]
    fn sessions_have_stable_numbers_of_their_own() {
        let (first, second) = (
            frame(Some(7), Some("AXBSH1Pk6Z0G166")),
            frame(Some(7), Some("AXBSH1Pk6Z0G167")),
        );
        assert_ne!(first, second);
        assert_eq!(
            first,
            Some(FrameCounter {
                count: 7,
                session: 0x3DBB_F4D3
            })
        );
    }

    #[test]
    fn a_counter_of_zero_may_be_left_out() {
        assert_eq!(frame(None, Some("a")).unwrap().count, 0);
        assert_eq!(frame(Some(3), None), Some(FrameCounter { count: 3, session: 0 }));
        assert_eq!(frame(None, None), None);
        assert_eq!(frame(None, Some("")), None);
    }

    #[test]
    fn the_gateways_that_heard_best_are_told_once_each() {
        let heard = [
            (Some("0016C001F153A14C"), Some(-109.0)),
            (None, Some(-20.0)),
            (Some("no-eui"), Some(-30.0)),
            (Some("eui of nobody"), None),
            (Some("0016c001f153a14d"), Some(-87.0)),
            (Some("0016C001F153A14D"), Some(-88.0)),
            (Some("0016C001F153A14E"), None),
        ];
        let told = [
            GatewayEui(0x0016_C001_F153_A14D),
            GatewayEui(0x0016_C001_F153_A14C),
        ];
        assert_eq!(gateways(heard.into_iter()), told);
    }

    #[test]
    fn the_strongest_signal_counts() {
        assert_eq!(strongest([-109.0, -87.4, -120.0].into_iter()), Some(-87));
        assert_eq!(strongest([f64::NAN, 1e300].into_iter()), None);
        assert_eq!(strongest(std::iter::empty()), None);
    }
}
