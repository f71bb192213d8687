//! The packing: about five bytes a reading. Everything is a difference to the entry before.
//!
//! An entry is one byte of flags (bit 0 temperature, 1 humidity, 2 door known, 3 door open, 4 fault, 5 to 7 the
//! sensor's slot), the seconds since the entry before, then what the flags announce, as LEB128 numbers; signed
//! ones zigzag-folded as in Protocol Buffers. The first entry counts from the epoch and from zero.

use super::{Entry, Fault};
use crate::measurement::{CentiCelsius, Humidity};
use crate::time::Timestamp;

const TEMPERATURE: u8 = 1;
const HUMIDITY: u8 = 1 << 1;
const DOOR_KNOWN: u8 = 1 << 2;
const DOOR_OPEN: u8 = 1 << 3;
const FAULT: u8 = 1 << 4;
const SLOT_SHIFT: u8 = 5;

/// Stored bytes that are not a reading log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the packed readings cannot be unpacked")]
pub struct Corrupt;

/// Packs `entries`, which must be in order of time.
pub(super) fn encode(entries: &[Entry]) -> Vec<u8> {
    let mut out = Vec::with_capacity(entries.len() * 6 + 8);
    let (mut seconds, mut temperature, mut humidity) = (0_i64, 0_i64, 0_i64);
    for entry in entries {
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
        flags |= if entry.fault.is_some() { FAULT } else { 0 };
        out.push(flags);
        push_signed(&mut out, step(&mut seconds, entry.recorded_at.as_seconds()));
        if let Some(value) = entry.temperature {
            push_signed(&mut out, step(&mut temperature, i64::from(value.0)));
        }
        if let Some(value) = entry.humidity {
            push_signed(&mut out, step(&mut humidity, i64::from(value.basis_points())));
        }
        match entry.fault {
            Some(Fault::ProbeMissing) => out.push(0),
            Some(Fault::Implausible) => out.push(1),
            None => {}
        }
    }
    out
}

/// Unpacks what [`encode`] packed.
pub(super) fn decode(bytes: &[u8]) -> Result<Vec<Entry>, Corrupt> {
    let mut rest = bytes;
    let mut entries = Vec::with_capacity(bytes.len() / 5);
    let (mut seconds, mut temperature, mut humidity) = (0_i64, 0_i64, 0_i64);
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
        if flags & FAULT != 0 {
            let (&code, tail) = rest.split_first().ok_or(Corrupt)?;
            rest = tail;
            entry.fault = Some(match code {
                0 => Fault::ProbeMissing,
                1 => Fault::Implausible,
                _ => return Err(Corrupt),
            });
        }
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
        )
            .prop_map(|(at, slot, temperature, fault, humidity, door_open)| Entry {
                recorded_at: Timestamp::from_seconds(at),
                slot,
                temperature: temperature.map(CentiCelsius),
                fault,
                humidity: humidity.and_then(Humidity::from_basis_points),
                door_open,
            })
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

    #[test]
    fn a_common_reading_takes_five_bytes() {
        let entries: Vec<Entry> = (0..72)
            .map(|i| Entry {
                recorded_at: Timestamp::from_seconds(1_790_000_000 + i64::from(i) * 600),
                slot: 0,
                temperature: Some(CentiCelsius(350 + (i % 7) * 9)),
                fault: None,
                humidity: None,
                door_open: None,
            })
            .collect();
        assert!(encode(&entries).len() <= 72 * 5, "{}", encode(&entries).len());
    }
}
