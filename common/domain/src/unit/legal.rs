//! The legal limit of a unit: what its record is judged by, whoever is or is not woken.
//!
//! A unit has two limits. The alarm limit ([`Rules::low`] and [`Rules::high`], with the time an excursion may last) decides
//! whom to wake and may be set as is practical. The legal limit says what an inspector holds the record against; it has a
//! source, and no delay.

use super::{Rules, UnitKind, UnitState};
use crate::alert::Side;
use crate::measurement::CentiCelsius;
use crate::text::Line;
use serde::{Deserialize, Serialize};

/// Where a legal limit is written: 1 to 60 characters, such as `Food Code 3-501.16` or `HACCP plan CCP 2`.
pub type LegalSource = Line<60>;

/// Temperatures that food must be kept between; with neither, there is no such limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(
    into = "(Option<CentiCelsius>, Option<CentiCelsius>)",
    from = "(Option<CentiCelsius>, Option<CentiCelsius>)"
)]
pub struct LegalLimit {
    /// Colder than this is beyond it.
    pub low: Option<CentiCelsius>,
    /// Warmer than this is beyond it.
    pub high: Option<CentiCelsius>,
}

impl From<LegalLimit> for (Option<CentiCelsius>, Option<CentiCelsius>) {
    fn from(limit: LegalLimit) -> Self {
        (limit.low, limit.high)
    }
}

impl From<(Option<CentiCelsius>, Option<CentiCelsius>)> for LegalLimit {
    fn from((low, high): (Option<CentiCelsius>, Option<CentiCelsius>)) -> Self {
        Self { low, high }
    }
}

impl LegalLimit {
    /// No law says anything.
    pub const NONE: Self = Self {
        low: None,
        high: None,
    };

    /// Whether there is one.
    #[must_use]
    pub const fn is_some(self) -> bool {
        self.low.is_some() || self.high.is_some()
    }

    /// On which side `temperature` is beyond it, if it is.
    #[must_use]
    pub fn violation(self, temperature: CentiCelsius) -> Option<Side> {
        if self.high.is_some_and(|high| temperature > high) {
            Some(Side::High)
        } else if self.low.is_some_and(|low| temperature < low) {
            Some(Side::Low)
        } else {
            None
        }
    }

    /// The limit on `side`.
    #[must_use]
    pub const fn on(self, side: Side) -> Option<CentiCelsius> {
        match side {
            Side::High => self.high,
            Side::Low => self.low,
        }
    }
}

/// Which of a unit's two limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// What the law, or the tenant's own plan, demands.
    Legal,
    /// What people are woken by.
    Alarm,
}

/// By what a record is judged, and where that is written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Standard {
    /// Which of the unit's limits it is: the legal one, or where there is none the alarm limit.
    pub limit: Limit,
    /// Colder than this is out of range; `None` where cold does no harm.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub low: Option<CentiCelsius>,
    /// Warmer than this is out of range; `None` where warmth does no harm.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub high: Option<CentiCelsius>,
    /// Where a legal limit is written.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub source: Option<String>,
}

impl Rules {
    /// On which side of what the record is judged by `temperature` is: the legal limit, or where there is none the alarm limit.
    #[must_use]
    pub fn beyond_standard(&self, temperature: CentiCelsius) -> Option<Side> {
        if self.legal.is_some() {
            self.legal.violation(temperature)
        } else {
            self.violation(temperature)
        }
    }
}

impl UnitKind {
    /// The legal limit of a unit of this kind until someone sets another, see [`UnitKind::legal_source`].
    ///
    /// Cold holding ends at 41 °F. For frozen food the Food Code has no number, it is to stay frozen (3-501.11); -18 °C is what
    /// European law asks, and what practice elsewhere follows. Cooling hot food is a process with a clock (3-501.14), which
    /// no limit of a cabinet can judge.
    #[must_use]
    pub const fn default_legal(self) -> LegalLimit {
        let high = match self {
            Self::Fridge | Self::DisplayCase | Self::WalkInCooler => CentiCelsius(500),
            Self::Freezer | Self::WalkInFreezer => CentiCelsius(-1_800),
            Self::BlastChiller => return LegalLimit::NONE,
        };
        LegalLimit {
            low: None,
            high: Some(high),
        }
    }

    /// Where [`UnitKind::default_legal`] is written; `None` where there is none.
    #[must_use]
    pub const fn legal_source(self) -> Option<&'static str> {
        match self {
            Self::Fridge | Self::DisplayCase | Self::WalkInCooler => Some("Food Code 3-501.16"),
            Self::Freezer | Self::WalkInFreezer => Some("Directive 89/108/EEC"),
            Self::BlastChiller => None,
        }
    }
}

impl UnitState {
    /// Where the unit's legal limit is written.
    #[must_use]
    pub fn legal_source(&self) -> Option<&str> {
        match &self.legal_source {
            Some(own) => Some(own.as_str()),
            None => self.kind.legal_source(),
        }
    }

    /// By what the unit's record is judged.
    #[must_use]
    pub fn standard(&self) -> Standard {
        let rules = self.rules();
        if rules.legal.is_some() {
            Standard {
                limit: Limit::Legal,
                low: rules.legal.low,
                high: rules.legal.high,
                source: self.legal_source().map(str::to_owned),
            }
        } else {
            Standard {
                limit: Limit::Alarm,
                low: Some(rules.low),
                high: Some(rules.high),
                source: None,
            }
        }
    }
}
