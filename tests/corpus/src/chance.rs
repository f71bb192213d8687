//! Chance that is the same on every machine.

/// What is left to chance. Each has numbers of its own, so that more of one does not change the others.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose {
    /// What happens in the week.
    Story,
    /// What is delivered when.
    Deliveries,
    /// Who opens the door.
    Visits,
    /// How the unit and its sensor are built.
    Build,
    /// The errors of measurement.
    Noise,
    /// What becomes of frames.
    Network,
}

/// A sequence of numbers: SplitMix64.
#[derive(Debug, Clone)]
pub(crate) struct Chance {
    state: u64,
}

impl Chance {
    /// The sequence for `purpose` in the week `number` of `seed`.
    pub(crate) const fn of(seed: u64, number: u32, purpose: Purpose) -> Self {
        Self {
            state: mix(mix(mix(seed) ^ number as u64) ^ purpose as u64),
        }
    }

    const fn number(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.state)
    }

    /// A number from `least` to `most`, both included.
    pub(crate) fn between(&mut self, least: i64, most: i64) -> i64 {
        let choices = u64::try_from(most - least + 1).unwrap_or(1).max(1);
        least + i64::try_from(self.number() % choices).unwrap_or(0)
    }

    /// A number from `low` up to and without `high`.
    pub(crate) fn within(&mut self, low: f64, high: f64) -> f64 {
        // The 53 bits that a float holds.
        low + (high - low) * ((self.number() >> 11) as f64 / (1_u64 << 53) as f64)
    }

    /// Whether something happens that does so `permille` times in a thousand.
    pub(crate) fn happens(&mut self, permille: i64) -> bool {
        self.between(0, 999) < permille
    }
}

/// The finaliser of SplitMix64: every bit of the input changes about half of those of the output.
const fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}
