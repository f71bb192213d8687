//! The kinds of timed processes and what each has to reach or keep, with the source of every figure.

use crate::measurement::CentiCelsius;
use crate::time::Span;
use serde::{Deserialize, Serialize};

/// A process that food goes through by the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ProcessKind {
    /// Cooked food is cooled in two stages; the clock of both starts at 57 °C.
    TwoStageCooling,
    /// Food made of ingredients at room temperature is cooled.
    AmbientCooling,
    /// Food stands without temperature control, hot or cold, and is served or discarded in time.
    TimeControl,
    /// Cold food stands without refrigeration for longer, as long as it does not become warm.
    ColdTimeControl,
    /// Hot food is held hot and checked at intervals.
    HotHolding,
    /// Food that was cooled is reheated to be held hot.
    Reheating,
}

/// A part of a process that has limits of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The first, fast stage of a cooling in two stages.
    FirstCooling,
    /// Its second stage. Its time is counted from the beginning of the first.
    SecondCooling,
    /// A cooling in one stage.
    Cooling,
    /// Standing until it is served or discarded.
    Serving,
    /// Being held hot.
    Holding,
    /// Being reheated.
    Reheating,
}

/// What a temperature is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// It must be this or colder.
    AtMost(CentiCelsius),
    /// It must be this or warmer.
    AtLeast(CentiCelsius),
}

impl Bound {
    /// The temperature.
    #[must_use]
    pub const fn temperature(self) -> CentiCelsius {
        match self {
            Self::AtMost(temperature) | Self::AtLeast(temperature) => temperature,
        }
    }

    /// The bound on the same side at another temperature.
    #[must_use]
    pub const fn at(self, temperature: CentiCelsius) -> Self {
        match self {
            Self::AtMost(_) => Self::AtMost(temperature),
            Self::AtLeast(_) => Self::AtLeast(temperature),
        }
    }

    /// By how much `temperature` is beyond it; nothing if it is not.
    #[must_use]
    pub fn excess(self, temperature: CentiCelsius) -> CentiCelsius {
        let beyond = match self {
            Self::AtMost(most) => temperature.0.saturating_sub(most.0),
            Self::AtLeast(least) => least.0.saturating_sub(temperature.0),
        };
        CentiCelsius(beyond.max(0))
    }

    /// Whether `temperature` is within it.
    #[must_use]
    pub fn is_met_by(self, temperature: CentiCelsius) -> bool {
        self.excess(temperature).0 == 0
    }
}

/// What a stage of a process has to reach or to keep, and within which time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageLimit {
    /// The stage.
    pub stage: Stage,
    /// What the temperature must reach, or must keep to for as long as it lasts. None where only the time counts.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub bound: Option<Bound>,
    /// Within which time from the start of the clock; between two checks where food is held hot.
    pub within: Span,
    /// For how long what was reached must hold.
    #[serde(default)]
    pub held: Span,
    /// Where the figures come from.
    pub source: String,
    /// Whether they were set for this process, in place of the standard.
    #[serde(default)]
    pub is_own: bool,
}

impl StageLimit {
    fn standard(stage: Stage, bound: Option<Bound>, within: Span, source: &str) -> Self {
        Self {
            stage,
            bound,
            within,
            held: Span::ZERO,
            source: source.to_owned(),
            is_own: false,
        }
    }

    /// How long before its end people are reminded of what has not been done or will not be reached: half an hour, or a
    /// quarter of a time that is shorter than two hours. Ours; the Food Code has no such figure.
    #[must_use]
    pub fn reminder(&self) -> Span {
        Span::minutes(30).min(self.within.percent(25))
    }

    /// Whether it demands less than `standard` does.
    #[must_use]
    pub fn is_looser_than(&self, standard: &Self) -> bool {
        let warmer = match (self.bound, standard.bound) {
            (Some(own), Some(bound)) => !bound.is_met_by(own.temperature()),
            _ => false,
        };
        warmer || self.within > standard.within
    }
}

/// 135 °F: where the clock of a cooling starts, and what is hot (Food Code 3-501.14 and 3-501.16).
pub(super) const HOT: CentiCelsius = CentiCelsius(5_700);
/// 41 °F: what is cold (Food Code 3-501.14 and 3-501.16).
pub(super) const COLD: CentiCelsius = CentiCelsius(500);
/// 70 °F: the end of the first stage of a cooling, and the warmest that cold food may become (Food Code 3-501.14 and 3-501.19).
const ROOM: CentiCelsius = CentiCelsius(2_100);
/// 165 °F: what food is reheated to (Food Code 3-403.11).
const REHEATED: CentiCelsius = CentiCelsius(7_400);
/// Until when after the start a temperature counts as that at which the food's time began. Ours: the Food Code says "when
/// removed from temperature control".
pub const INITIAL: Span = Span::minutes(15);

impl ProcessKind {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 6] = [
        Self::TwoStageCooling,
        Self::AmbientCooling,
        Self::TimeControl,
        Self::ColdTimeControl,
        Self::HotHolding,
        Self::Reheating,
    ];

    /// What it has to reach or keep by the standard: the FDA Food Code of 2022, unless the source says otherwise.
    #[must_use]
    pub fn standard(self) -> Vec<StageLimit> {
        let limit = StageLimit::standard;
        match self {
            Self::TwoStageCooling => vec![
                limit(
                    Stage::FirstCooling,
                    Some(Bound::AtMost(ROOM)),
                    Span::hours(2),
                    "FDA Food Code 2022, 3-501.14(A)(1)",
                ),
                limit(
                    Stage::SecondCooling,
                    Some(Bound::AtMost(COLD)),
                    Span::hours(6),
                    "FDA Food Code 2022, 3-501.14(A)(2)",
                ),
            ],
            Self::AmbientCooling => vec![limit(
                Stage::Cooling,
                Some(Bound::AtMost(COLD)),
                Span::hours(4),
                "FDA Food Code 2022, 3-501.14(B)",
            )],
            Self::TimeControl => vec![limit(
                Stage::Serving,
                None,
                Span::hours(4),
                "FDA Food Code 2022, 3-501.19(B)",
            )],
            Self::ColdTimeControl => vec![limit(
                Stage::Serving,
                Some(Bound::AtMost(ROOM)),
                Span::hours(6),
                "FDA Food Code 2022, 3-501.19(C)",
            )],
            Self::HotHolding => vec![limit(
                Stage::Holding,
                Some(Bound::AtLeast(HOT)),
                Span::hours(2),
                "FDA Food Code 2022, 3-501.16(A)(1); how often to check is our standard",
            )],
            Self::Reheating => vec![StageLimit {
                held: Span::seconds(15),
                ..limit(
                    Stage::Reheating,
                    Some(Bound::AtLeast(REHEATED)),
                    Span::hours(2),
                    "FDA Food Code 2022, 3-403.11(A) and (D)",
                )
            }],
        }
    }

    /// The temperature below which the clock starts, where it does not start with the process.
    #[must_use]
    pub const fn clock_starts_below(self) -> Option<CentiCelsius> {
        match self {
            Self::TwoStageCooling => Some(HOT),
            _ => None,
        }
    }

    /// Whether it ends by reaching something; otherwise it lasts until somebody ends it.
    #[must_use]
    pub const fn reaches(self) -> bool {
        matches!(
            self,
            Self::TwoStageCooling | Self::AmbientCooling | Self::Reheating
        )
    }

    /// Between what the temperature must not be when the food's time begins (Food Code 3-501.19(B)(1) and (C)(1)), if that
    /// matters: it is this cold or colder, or this hot or hotter, if it may be hot.
    #[must_use]
    pub const fn initial(self) -> Option<(CentiCelsius, Option<CentiCelsius>)> {
        match self {
            Self::TimeControl => Some((COLD, Some(HOT))),
            Self::ColdTimeControl => Some((COLD, None)),
            _ => None,
        }
    }
}
