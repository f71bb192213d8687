//! Chance that is the same each time it is asked the same question.

/// What is left to chance.
#[derive(Debug, Clone, Copy)]
pub(super) enum Question {
    /// Where in its interval a sensor reports.
    Phase,
    /// How far past the step a sensor's frames are received.
    Delay,
    /// The session a device is in.
    Session,
    /// How well a device is heard.
    Signal,
    /// Whether somebody opens the door.
    Opening,
    /// When in its slot.
    OpeningStart,
    /// For how long.
    OpeningLength,
    /// The error of a measurement.
    Noise,
    /// When a unit defrosts.
    Defrost,
}

/// The chances of one thing, such as a unit or a sensor.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chance {
    key: u64,
}

impl Chance {
    pub(super) const fn of(seed: u64, thing: u64) -> Self {
        Self {
            key: mix(mix(seed) ^ thing),
        }
    }

    /// Any number.
    pub(super) const fn number(self, question: Question, at: i64) -> u64 {
        mix(mix(self.key ^ question as u64) ^ at.cast_unsigned())
    }

    /// A number from 0 up to and without `limit`.
    pub(super) fn below(self, question: Question, at: i64, limit: i64) -> i64 {
        let limit = u64::try_from(limit).unwrap_or(1).max(1);
        i64::try_from(self.number(question, at) % limit).unwrap_or(0)
    }

    /// A number from 0 up to and without 1.
    pub(super) fn fraction(self, question: Question, at: i64) -> f64 {
        // The 53 bits that a float holds.
        (self.number(question, at) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A number from -1 to 1, near 0 more often.
    pub(super) fn noise(self, question: Question, at: i64) -> f64 {
        let number = self.number(question, at);
        let (high, low) = ((number >> 32) as f64, (number & 0xFFFF_FFFF) as f64);
        (high + low) / f64::from(u32::MAX) - 1.0
    }
}

/// The finaliser of SplitMix64: every bit of the input changes about half of those of the output.
const fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}
