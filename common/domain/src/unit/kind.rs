//! Kinds of units and the limits they start with.

use crate::measurement::CentiCelsius;
use crate::time::Span;
use serde::{Deserialize, Serialize};

/// What kind of asset a unit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum UnitKind {
    /// A reach-in refrigerator.
    Fridge,
    /// A reach-in or chest freezer.
    Freezer,
    /// An open or glazed refrigerated display.
    DisplayCase,
    /// A refrigerated room.
    WalkInCooler,
    /// A frozen room.
    WalkInFreezer,
    /// A cabinet that cools hot food quickly.
    BlastChiller,
}

/// 33 °F: food must not begin to freeze.
const COOLER_LOW: CentiCelsius = CentiCelsius(56);
/// 41 °F, 5 °C: FDA Food Code 3-501.16(A)(2), cold holding.
const COOLER_HIGH: CentiCelsius = CentiCelsius(500);
/// -20 °F. Two sources of the earlier product disagree (-10 and -20); a freezer colder than -10 °F harms
/// nothing, so the wider range is taken: an alarm that means nothing is worse than none.
const FREEZER_LOW: CentiCelsius = CentiCelsius(-2_889);
/// 0 °F: frozen storage.
const FREEZER_HIGH: CentiCelsius = CentiCelsius(-1_778);
/// How long a chilled unit may be out of range before it is an alarm: longer than a delivery through an open door or a rest
/// of the compressor for defrosting lasts, and shorter than food takes to follow the air (ADR 24).
const CHILLED_CONFIRM: Span = Span::minutes(50);
/// The same where heaters melt the ice.
const FROZEN_CONFIRM: Span = Span::minutes(60);

/// -40 °F.
const BLAST_LOW: CentiCelsius = CentiCelsius(-4_000);
/// -10 °F.
const BLAST_HIGH: CentiCelsius = CentiCelsius(-2_333);

impl UnitKind {
    /// All of them. Where each one stands is stored, so new ones come last.
    pub(super) const ALL: [Self; 6] = [
        Self::Fridge,
        Self::Freezer,
        Self::DisplayCase,
        Self::WalkInCooler,
        Self::WalkInFreezer,
        Self::BlastChiller,
    ];

    /// The limits a unit of this kind has until someone sets others (specification 1.5).
    #[must_use]
    pub const fn default_limits(self) -> (CentiCelsius, CentiCelsius) {
        match self {
            Self::Fridge | Self::DisplayCase | Self::WalkInCooler => (COOLER_LOW, COOLER_HIGH),
            Self::Freezer | Self::WalkInFreezer => (FREEZER_LOW, FREEZER_HIGH),
            Self::BlastChiller => (BLAST_LOW, BLAST_HIGH),
        }
    }

    /// How long a unit of this kind may be out of range before it is an alarm, until someone sets something else.
    ///
    /// The ten minutes that are the system's standard (specification 2.2) raise two false alarms a day in a freezer, which is
    /// how alarms come to be ignored. These were found on a corpus of labelled weeks; see docs/benchmarks.md for what they
    /// cost in time.
    #[must_use]
    pub const fn default_confirm(self) -> Span {
        match self {
            Self::Fridge | Self::DisplayCase | Self::WalkInCooler => CHILLED_CONFIRM,
            Self::Freezer | Self::WalkInFreezer | Self::BlastChiller => FROZEN_CONFIRM,
        }
    }
}
