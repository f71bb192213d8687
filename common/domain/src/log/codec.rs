//! The packing: about five bytes a reading. Everything is a difference to the entry before.
//!
//! An entry is one byte of flags (bit 0 temperature, 1 humidity, 2 door known, 3 door open, 4 a further byte, 5 to 7 the
//! sensor's slot), the seconds since the entry before, then what the flags announce, as LEB128 numbers; signed
//! ones zigzag-folded as in Protocol Buffers. The first entry counts from the epoch and from zero.
//!
//! The further byte, which comes last, says in bits 0 and 1 which fault the sensor has (0 probe missing, 1 implausible,
//! 2 none), and in bit 2 that the correction of the sensor's values is another than in its entry before: then two numbers
//! follow, by which the correction of temperature and humidity differs. A sensor's first entry counts from no correction,
//! so that one without any costs nothing, and a calibrated one a few bytes a block. Bits 3
//! and 4 say that a mark is another than in the sensor's entry before: that a person typed it, that it came so late that the
//! next one was overdue. A sensor's first entry counts from neither, so that a run of marked ones costs two bytes.

use super::{Entry, Fault};
use crate::measurement::{CentiCelsius, Correction, Humidity};
use crate::time::Timestamp;
use crate::unit::MAX_SENSORS;

const TEMPERATURE: u8 = 1;
const HUMIDITY: u8 = 1 << 1;
const DOOR_KNOWN: u8 = 1 << 2;
const DOOR_OPEN: u8 = 1 << 3;
const FURTHER: u8 = 1 << 4;
const SLOT_SHIFT: u8 = 5;

const PROBE_MISSING: u8 = 0;
const IMPLAUSIBLE: u8 = 1;
const NO_FAULT: u8 = 2;
const FAULT_MASK: u8 = 3;
const CORRECTED: u8 = 1 << 2;
const MANUAL: u8 = 1 << 3;
const BACK_FILLED: u8 = 1 << 4;

/// The correction of a sensor's values, and the marks, as of its entry before.
#[derive(Clone, Copy, Default)]
struct Before {
    correction: Correction,
    manual: bool,
    back_filled: bool,
}

/// That of each sensor.
type Befores = [Before; MAX_SENSORS];

/// Stored bytes that are not a reading log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the packed readings cannot be unpacked")]
pub struct Corrupt;

/// Packs `entries`, which must be in order of time.
pub(super) fn encode(entries: &[Entry]) -> Vec<u8> {
    let mut out = Vec::with_capacity(entries.len() * 6 + 8);
    let (mut seconds, mut temperature, mut humidity) = (0_i64, 0_i64, 0_i64);
    let mut befores = Befores::default();
    for entry in entries {
        let further = further(entry, &mut befores);
        let mut flags = entry.slot << SLOT_SHIFT;
        flags |= if entry.temperature.is_some() {
            TEMPERATURE
        } else {
            0
        };
        flags |= if entry.humidity.is_some() { HUMIDITY } else { 0 };
        flags |= if entry.door_open.is_some() { DOOR_KNOWN } else { 0 };
        flags |= if entry.door_open == Some(true) {
            DOOR_OPEN
        } else {
            0
        };
        flags |= if further.is_some() { FURTHER } else { 0 };
        out.push(flags);
        push_signed(&mut out, step(&mut seconds, entry.recorded_at.as_seconds()));
        if let Some(value) = entry.temperature {
            push_signed(&mut out, step(&mut temperature, i64::from(value.0)));
        }
        if let Some(value) = entry.humidity {
            push_signed(&mut out, step(&mut humidity, i64::from(value.basis_points())));
        }
        if let Some((code, step)) = further {
            out.push(code);
            for difference in step.into_iter().flatten() {
                push_signed(&mut out, difference);
            }
        }
    }
    out
}

/// What the further byte of `entry` says and what follows it, if it has one.
fn further(entry: &Entry, befores: &mut Befores) -> Option<(u8, Option<[i64; 2]>)> {
    let now = Before {
        correction: entry.correction,
        manual: entry.manual,
        back_filled: entry.back_filled,
    };
    let known = befores.get_mut(usize::from(entry.slot));
    let before = known.map_or(now, |known| std::mem::replace(known, now));
    let step = (before.correction != entry.correction).then(|| {
        [
            i64::from(entry.correction.temperature.0) - i64::from(before.correction.temperature.0),
            i64::from(entry.correction.humidity) - i64::from(before.correction.humidity),
        ]
    });
    let mut code = match entry.fault {
        Some(Fault::ProbeMissing) => PROBE_MISSING,
        Some(Fault::Implausible) => IMPLAUSIBLE,
        None => NO_FAULT,
    };
    for (differs, bit) in [
        (step.is_some(), CORRECTED),
        (before.manual != entry.manual, MANUAL),
        (before.back_filled != entry.back_filled, BACK_FILLED),
    ] {
        code |= if differs { bit } else { 0 };
    }
    (code != NO_FAULT).then_some((code, step))
}

/// Unpacks what [`encode`] packed.
pub(super) fn decode(bytes: &[u8]) -> Result<Vec<Entry>, Corrupt> {
    let mut rest = bytes;
    let mut entries = Vec::with_capacity(bytes.len() / 5);
    let (mut seconds, mut temperature, mut humidity) = (0_i64, 0_i64, 0_i64);
    let mut befores = Befores::default();
    while let Some((&flags, tail)) = rest.split_first() {
        rest = tail;
        seconds = seconds.checked_add(pull_signed(&mut rest)?).ok_or(Corrupt)?;
        let mut entry = Entry {
            recorded_at: Timestamp::from_seconds(seconds),
            slot: flags >> SLOT_SHIFT,
            temperature: None,
            fault: None,
            humidity: None,
            door_open: (flags & DOOR_KNOWN != 0).then_some(flags & DOOR_OPEN != 0),
            correction: Correction::NONE,
            manual: false,
            back_filled: false,
        };
        if flags & TEMPERATURE != 0 {
            temperature = temperature.checked_add(pull_signed(&mut rest)?).ok_or(Corrupt)?;
            entry.temperature = Some(CentiCelsius(i32::try_from(temperature).map_err(|_| Corrupt)?));
        }
        if flags & HUMIDITY != 0 {
            humidity = humidity.checked_add(pull_signed(&mut rest)?).ok_or(Corrupt)?;
            let points = u16::try_from(humidity).map_err(|_| Corrupt)?;
            entry.humidity = Some(Humidity::from_basis_points(points).ok_or(Corrupt)?);
        }
        let known = befores.get_mut(usize::from(entry.slot)).ok_or(Corrupt)?;
        if flags & FURTHER != 0 {
            let (&code, tail) = rest.split_first().ok_or(Corrupt)?;
            rest = tail;
            entry.fault = match code & FAULT_MASK {
                PROBE_MISSING => Some(Fault::ProbeMissing),
                IMPLAUSIBLE => Some(Fault::Implausible),
                NO_FAULT => None,
                _ => return Err(Corrupt),
            };
            if code & !(FAULT_MASK | CORRECTED | MANUAL | BACK_FILLED) != 0 {
                return Err(Corrupt);
            }
            known.manual ^= code & MANUAL != 0;
            known.back_filled ^= code & BACK_FILLED != 0;
            if code & CORRECTED != 0 {
                let temperature =
                    pull_signed(&mut rest)?.checked_add(i64::from(known.correction.temperature.0));
                let humidity = pull_signed(&mut rest)?.checked_add(i64::from(known.correction.humidity));
                known.correction = Correction {
                    temperature: CentiCelsius(
                        temperature
                            .and_then(|value| i32::try_from(value).ok())
                            .ok_or(Corrupt)?,
                    ),
                    humidity: humidity
                        .and_then(|value| i16::try_from(value).ok())
                        .ok_or(Corrupt)?,
                };
            }
        }
        entry.correction = known.correction;
        entry.manual = known.manual;
        entry.back_filled = known.back_filled;
        entries.push(entry);
    }
    Ok(entries)
}

/// How far `value` is from `last`, which it then replaces.
fn step(last: &mut i64, value: i64) -> i64 {
    value.wrapping_sub(std::mem::replace(last, value))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "seven bits; zigzag folds the sign"
)]
fn push_signed(out: &mut Vec<u8>, value: i64) {
    let mut folded = ((value << 1) ^ (value >> 63)) as u64;
    while folded >= 0x80 {
        out.push(folded as u8 | 0x80);
        folded >>= 7;
    }
    out.push(folded as u8);
}

#[expect(clippy::cast_possible_wrap, reason = "zigzag unfolds the sign")]
fn pull_signed(rest: &mut &[u8]) -> Result<i64, Corrupt> {
    let mut folded = 0_u64;
    for shift in (0..64).step_by(7) {
        let (&byte, tail) = rest.split_first().ok_or(Corrupt)?;
        *rest = tail;
        folded |= u64::from(byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            return Ok((folded >> 1) as i64 ^ -((folded & 1) as i64));
        }
    }
    Err(Corrupt)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_entry() -> impl Strategy<Value = Entry> {
        let fault = prop_oneof![Just(Fault::ProbeMissing), Just(Fault::Implausible)];
        (
            0_i64..4_000_000_000,
            0_u8..8,
            proptest::option::of(-30_000_i32..90_000),
            proptest::option::of(fault),
            proptest::option::of(0_u16..=10_000),
            any::<Option<bool>>(),
            prop_oneof![Just((0, 0)), (-2_000_i32..=2_000, any::<i16>())],
            any::<(bool, bool)>(),
        )
            .prop_map(
                |(at, slot, temperature, fault, humidity, door_open, correction, marks)| Entry {
                    recorded_at: Timestamp::from_seconds(at),
                    slot,
                    temperature: temperature.map(CentiCelsius),
                    fault,
                    humidity: humidity.and_then(Humidity::from_basis_points),
                    door_open,
                    correction: Correction {
                        temperature: CentiCelsius(correction.0),
                        humidity: correction.1,
                    },
                    manual: marks.0,
                    back_filled: marks.1,
                },
            )
    }

    proptest! {
        #[test]
        fn what_was_packed_is_unpacked(mut entries in proptest::collection::vec(any_entry(), 0..80)) {
            entries.sort();
            prop_assert_eq!(decode(&encode(&entries)), Ok(entries));
        }

        #[test]
        fn any_bytes_are_readings_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = decode(&bytes);
        }
    }

    fn common(correction: Correction) -> Vec<Entry> {
        (0..72)
            .map(|i| Entry {
                recorded_at: Timestamp::from_seconds(1_790_000_000 + i64::from(i) * 600),
                slot: 0,
                temperature: Some(CentiCelsius(350 + (i % 7) * 9)),
                fault: None,
                humidity: None,
                door_open: None,
                correction,
                manual: false,
                back_filled: false,
            })
            .collect()
    }

    #[test]
    fn a_common_reading_takes_five_bytes() {
        let packed = encode(&common(Correction::NONE));
        assert!(packed.len() <= 72 * 5, "{}", packed.len());
    }

    #[test]
    fn a_run_of_marks_costs_its_beginning_and_its_end() {
        let plain = common(Correction::NONE);
        let mut marked = plain.clone();
        for entry in &mut marked[20..40] {
            entry.back_filled = true;
        }
        assert_eq!(encode(&marked).len() - encode(&plain).len(), 2);
        assert_eq!(decode(&encode(&marked)), Ok(marked));
    }

    #[test]
    fn a_calibration_costs_its_bytes_once() {
        let correction = Correction {
            temperature: CentiCelsius(-40),
            humidity: 150,
        };
        let (plain, corrected) = (encode(&common(Correction::NONE)), encode(&common(correction)));
        assert_eq!(corrected.len() - plain.len(), 4);
        assert_eq!(decode(&corrected), Ok(common(correction)));
    }
}
