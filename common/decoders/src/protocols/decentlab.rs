//! Decentlab's protocol, version 2: the version, the device, and a bit for each group of 16-bit words that
//! follows. Big-endian, on any port.

use crate::error::DecodeError;
use crate::frame::Frame;
use crate::value::{self, rounded_div};
use freshtrack_domain::measurement::{CentiCelsius, Humidity, Measurements};

const VERSION: u8 = 2;

/// The words that one bit of the flags announces, and which of them are used here.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Group {
    pub(crate) words: usize,
    pub(crate) fields: &'static [Field],
}

/// A measurement: the word it is in and how the word is read.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Field {
    Ambient(usize, fn(u16) -> Option<CentiCelsius>),
    Probe(usize, fn(u16) -> Option<CentiCelsius>),
    Humidity(usize, fn(u16) -> Option<Humidity>),
    /// A platinum probe on a 24-bit converter: two words, low one first.
    Platinum(fn(f64) -> f64),
    Millivolts(usize),
}

/// The group that every device has, mostly as its last.
pub(crate) const BATTERY: Group = Group {
    words: 1,
    fields: &[Field::Millivolts(0)],
};

/// Sensirion's SHT3x element: temperature and humidity.
pub(crate) const SHT3X: Group = Group {
    words: 2,
    fields: &[Field::Ambient(0, sht3x), Field::Humidity(1, sht3x_humidity)],
};

/// Sensirion's SHT2x element: temperature and humidity.
pub(crate) const SHT2X: Group = Group {
    words: 2,
    fields: &[Field::Ambient(0, sht2x), Field::Humidity(1, sht2x_humidity)],
};

/// A group of `words` of which none is used here.
pub(crate) const fn unused(words: usize) -> Group {
    Group { words, fields: &[] }
}

/// The largest group of any device.
const MAX_WORDS: usize = 17;

/// Reads a message of a device whose flags announce `groups`.
pub(crate) fn decode(frame: Frame<'_>, groups: &[Group]) -> Result<Measurements, DecodeError> {
    let mut reader = frame.reader();
    if reader.u8()? != VERSION {
        return Err(DecodeError::Malformed {
            what: "protocol version",
        });
    }
    reader.skip(2)?;
    let mut flags = u16::from_be_bytes(reader.take()?);
    let mut measured = Measurements::default();
    for group in groups {
        let present = flags & 1 == 1;
        flags >>= 1;
        if !present {
            continue;
        }
        let mut words = [0; MAX_WORDS];
        for word in words.iter_mut().take(group.words) {
            *word = u16::from_be_bytes(reader.take()?);
        }
        for field in group.fields {
            field.put(&mut measured, &words);
        }
    }
    if flags == 0 {
        Ok(measured)
    } else {
        Err(DecodeError::Malformed { what: "flags" })
    }
}

impl Field {
    fn put(self, measured: &mut Measurements, words: &[u16; MAX_WORDS]) {
        let word = |index: usize| words.get(index).copied().unwrap_or_default();
        match self {
            Self::Ambient(index, read) => measured.ambient = read(word(index)),
            Self::Probe(index, read) => measured.probe = value::probe(read(word(index))),
            Self::Humidity(index, read) => measured.humidity = read(word(index)),
            Self::Millivolts(index) => measured.battery = value::millivolts(word(index)),
            Self::Platinum(celsius) => {
                let [low, high, ..] = *words;
                let ratio = (f64::from(low) + f64::from(high) * 65_536.0) / 8_388_608.0 - 1.0;
                measured.probe = value::probe(CentiCelsius::from_celsius(celsius(ratio)));
            }
        }
    }
}

/// Centered on 0x8000, in hundredths. Zero stands for "no sensor".
pub(crate) fn centered_hundredths(raw: u16) -> Option<CentiCelsius> {
    centered(raw, 1, 1)
}

/// Centered on 0x8000, in tenths.
pub(crate) fn centered_tenths(raw: u16) -> Option<CentiCelsius> {
    centered(raw, 10, 1)
}

/// Centered on 0x8000, in sixteenths: the DS18B20's own resolution.
pub(crate) fn centered_sixteenths(raw: u16) -> Option<CentiCelsius> {
    centered(raw, 100, 16)
}

/// Centered on 0x8000, in 1/256: the Keller 36 series.
pub(crate) fn keller_36(raw: u16) -> Option<CentiCelsius> {
    centered(raw, 100, 256)
}

fn centered(raw: u16, multiplier: i32, divisor: i32) -> Option<CentiCelsius> {
    (raw > 0).then(|| CentiCelsius(rounded_div((i32::from(raw) - 0x8000) * multiplier, divisor)))
}

/// The Keller 21 and 26 series: 1/320 of a degree from -50 °C at 384.
pub(crate) fn keller_26(raw: u16) -> Option<CentiCelsius> {
    Some(CentiCelsius(rounded_div(
        (i32::from(raw) - 384) * 5 - 5_000 * 16,
        16,
    )))
}

/// The infrared element: tenths from -100 °C.
pub(crate) fn infrared(raw: u16) -> Option<CentiCelsius> {
    Some(CentiCelsius((i32::from(raw) - 1_000) * 10))
}

/// -45 to 130 °C over the whole word.
fn sht3x(raw: u16) -> Option<CentiCelsius> {
    Some(CentiCelsius(rounded_div(i32::from(raw) * 17_500, 65_535) - 4_500))
}

/// 0 to 100 % over the whole word.
fn sht3x_humidity(raw: u16) -> Option<Humidity> {
    clipped(rounded_div(i32::from(raw) * 10_000, 65_535))
}

/// -46.85 to 128.87 °C over the whole word.
fn sht2x(raw: u16) -> Option<CentiCelsius> {
    Some(CentiCelsius(rounded_div(
        i32::from(raw) * 17_572 - 4_685 * 65_536,
        65_536,
    )))
}

/// -6 to 119 % over the whole word; the maker says to clip it.
fn sht2x_humidity(raw: u16) -> Option<Humidity> {
    clipped(rounded_div(i32::from(raw) * 12_500 - 600 * 65_536, 65_536))
}

fn clipped(basis_points: i32) -> Option<Humidity> {
    u16::try_from(basis_points.clamp(0, 10_000))
        .ok()
        .and_then(Humidity::from_basis_points)
}

/// Centered on 0x8000, in hundredths of a percent.
pub(crate) fn centered_humidity(raw: u16) -> Option<Humidity> {
    raw.checked_sub(0x8000).and_then(Humidity::from_basis_points)
}

/// Centered on 0x8000, in tenths of a percent.
pub(crate) fn centered_humidity_tenths(raw: u16) -> Option<Humidity> {
    raw.checked_sub(0x8000)
        .and_then(|tenths| value::humidity(tenths, 10))
}

/// In hundredths of a percent.
pub(crate) fn plain_humidity(raw: u16) -> Option<Humidity> {
    Humidity::from_basis_points(raw)
}

/// A Pt100 in the device's bridge with a 2 kΩ reference.
pub(crate) fn pt100(ratio: f64) -> f64 {
    let half = ratio / 2.0;
    let ohms = half * 2_000.0 / (1.0 - half);
    (0.001_066_4 * ohms + 2.341_9) * ohms - 244.83
}

/// A Pt1000 in the device's bridge with a 2 kΩ reference.
pub(crate) fn pt1000(ratio: f64) -> f64 {
    let ohms = ratio * 2_000.0 / (1.0 - ratio);
    (0.000_010_487_6 * ohms + 0.234_69) * ohms - 245.18
}
