//! Raw values of the wire, as measurements and back. A marker that stands for "no value" becomes none here, so
//! that no layout can let it through.

use freshtrack_domain::measurement::{Battery, CentiCelsius, Door, Humidity, Probe};
use freshtrack_domain::time::Timestamp;

/// What sensors send in place of a temperature they do not have: 327.67 °C, or 3276.7 °C where tenths are sent.
const NO_TEMPERATURE: i16 = i16::MAX;

/// 2020-01-01T00:00:00Z. A sensor whose clock was never set counts from 1970 or from its maker's epoch.
const CLOCK_SET: u32 = 1_577_836_800;

const fn is_marker(raw: i16) -> bool {
    raw == NO_TEMPERATURE || raw == i16::MIN
}

/// A temperature sent in hundredths of a degree.
pub(crate) fn hundredths(raw: [u8; 2]) -> Option<CentiCelsius> {
    let raw = i16::from_be_bytes(raw);
    (!is_marker(raw)).then(|| CentiCelsius(i32::from(raw)))
}

/// A temperature sent in tenths of a degree.
pub(crate) fn tenths(raw: i16) -> Option<CentiCelsius> {
    (!is_marker(raw)).then(|| CentiCelsius(i32::from(raw).saturating_mul(10)))
}

/// The probe of a frame that has a place for one.
pub(crate) fn probe(temperature: Option<CentiCelsius>) -> Probe {
    temperature.map_or(Probe::Missing, Probe::Celsius)
}

/// A humidity sent in `1 / per_percent` of a percent.
pub(crate) fn humidity(raw: u16, per_percent: u16) -> Option<Humidity> {
    let points = u32::from(raw)
        .saturating_mul(100)
        .checked_div(u32::from(per_percent))?;
    u16::try_from(points).ok().and_then(Humidity::from_basis_points)
}

/// A battery sent in millivolts; zero is sent by sensors on mains power or that have not measured yet.
pub(crate) fn millivolts(millivolts: u16) -> Option<Battery> {
    (millivolts > 0).then_some(Battery {
        millivolts: Some(millivolts),
        percent: None,
    })
}

/// A battery sent in percent; anything above 100 says "unknown" or "mains".
pub(crate) fn battery_percent(percent: u8) -> Option<Battery> {
    (percent <= 100).then_some(Battery {
        millivolts: None,
        percent: Some(percent),
    })
}

/// A sensor's own clock in Unix seconds, unless it was plainly never set.
pub(crate) fn clock(seconds: u32) -> Option<Timestamp> {
    (seconds >= CLOCK_SET).then(|| Timestamp::from_seconds(i64::from(seconds)))
}

/// A contact where one is open.
pub(crate) const fn door(open: bool) -> Door {
    if open { Door::Open } else { Door::Closed }
}

/// The wire's hundredths of a degree for `temperature`, or the marker for none.
pub(crate) fn to_hundredths(temperature: Option<CentiCelsius>) -> [u8; 2] {
    temperature.map_or(NO_TEMPERATURE, |t| to_raw(t.0)).to_be_bytes()
}

/// The wire's tenths of a degree nearest to `temperature`, or the marker for none.
pub(crate) fn to_tenths(temperature: Option<CentiCelsius>) -> i16 {
    temperature.map_or(NO_TEMPERATURE, |t| to_raw(rounded_div(t.0, 10)))
}

/// `raw` held inside what two bytes can say without meaning "none".
fn to_raw(raw: i32) -> i16 {
    let held = raw.clamp(i32::from(i16::MIN) + 1, i32::from(NO_TEMPERATURE) - 1);
    i16::try_from(held).unwrap_or(NO_TEMPERATURE)
}

/// The integer nearest to `numerator / denominator`, halves away from zero, for a positive denominator.
pub(crate) const fn rounded_div(numerator: i32, denominator: i32) -> i32 {
    let half = if numerator < 0 {
        -(denominator / 2)
    } else {
        denominator / 2
    };
    numerator.saturating_add(half) / denominator
}

/// The temperature that `probe` measured.
pub(crate) const fn probe_temperature(probe: Probe) -> Option<CentiCelsius> {
    match probe {
        Probe::Celsius(temperature) => Some(temperature),
        Probe::Missing | Probe::NotFitted => None,
    }
}

/// The wire's `1 / per_percent` of a percent nearest to `humidity`, zero for none.
pub(crate) fn from_humidity(humidity: Option<Humidity>, per_percent: u16) -> u16 {
    let points = humidity.map_or(0, |h| u32::from(h.basis_points()));
    let raw = (points.saturating_mul(u32::from(per_percent)) + 50) / 100;
    u16::try_from(raw).unwrap_or(u16::MAX)
}

/// The battery's millivolts, zero if it is not known in volts.
pub(crate) fn from_millivolts(battery: Option<Battery>) -> u16 {
    battery.and_then(|b| b.millivolts).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_is_no_temperature_and_minus_one_hundredth_is_one() {
        assert_eq!(hundredths([0x7F, 0xFF]), None);
        assert_eq!(hundredths([0x80, 0x00]), None);
        assert_eq!(hundredths([0xFF, 0xFF]), Some(CentiCelsius(-1)));
        assert_eq!(tenths(i16::MAX), None);
        assert_eq!(tenths(-1), Some(CentiCelsius(-10)));
    }

    #[test]
    fn no_temperature_is_encoded_as_a_marker_by_accident() {
        for extreme in [i32::MAX, i32::MIN, 32_767, -32_768] {
            assert!(hundredths(to_hundredths(Some(CentiCelsius(extreme)))).is_some());
            assert!(tenths(to_tenths(Some(CentiCelsius(extreme)))).is_some());
        }
        assert_eq!(hundredths(to_hundredths(None)), None);
    }

    #[test]
    fn rounds_halves_away_from_zero() {
        let cases = [(5, 1), (4, 0), (-5, -1), (-4, 0), (-15, -2), (25, 3)];
        for (numerator, expected) in cases {
            assert_eq!(rounded_div(numerator, 10), expected, "{numerator}");
        }
    }

    #[test]
    fn a_humidity_above_saturation_is_none() {
        assert_eq!(humidity(999, 10), Humidity::from_basis_points(9_990));
        assert_eq!(humidity(1_001, 10), None);
        assert_eq!(humidity(u16::MAX, 1), None);
    }
}
