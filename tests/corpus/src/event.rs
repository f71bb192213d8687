//! What truly happened to a unit.

use freshtrack_domain::alert::AlertKind;
use freshtrack_domain::history::Window;
use freshtrack_domain::measurement::CentiCelsius;
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_domain::unit::UnitKind;

/// A kind of event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventKind {
    /// The unit melts the ice off its evaporator, as it is built to.
    Defrost,
    /// Goods are put in through an open door.
    Delivery,
    /// The sensor's clock is wrong, and is set in the middle of the week.
    ClockSkew,
    /// Somebody leaves the door open.
    StuckDoor,
    /// The unit loses refrigerant, and so over days the power to cool.
    SlowLeak,
    /// The compressor stands still.
    CompressorDeath,
    /// The compressor stands still while the gateway has no network.
    UnseenDeath,
    /// The probe is taken out of the unit, or put in front of its evaporator.
    ProbeMoved,
    /// The gateway has no power: what sensors send is lost.
    Outage,
    /// The gateway has no network: what sensors send comes late, all at once.
    BackFill,
}

impl EventKind {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Defrost,
        Self::Delivery,
        Self::ClockSkew,
        Self::StuckDoor,
        Self::SlowLeak,
        Self::CompressorDeath,
        Self::UnseenDeath,
        Self::ProbeMoved,
        Self::Outage,
        Self::BackFill,
    ];

    /// What it is called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Defrost => "defrost",
            Self::Delivery => "delivery",
            Self::ClockSkew => "clock skew, all week",
            Self::StuckDoor => "stuck door",
            Self::SlowLeak => "slow leak",
            Self::CompressorDeath => "compressor death",
            Self::UnseenDeath => "compressor death while the gateway is offline",
            Self::ProbeMoved => "probe moved",
            Self::Outage => "outage, frames lost",
            Self::BackFill => "outage, frames back-filled",
        }
    }

    /// Whether somebody has to do something about it, whatever becomes of the food.
    #[must_use]
    pub const fn needs_a_person(self) -> bool {
        !matches!(self, Self::Defrost | Self::Delivery | Self::ClockSkew)
    }

    /// Whether an alarm of `alert` is right while it goes on.
    #[must_use]
    pub const fn explains(self, alert: AlertKind) -> bool {
        if alert.is_of_temperature() {
            // Of what is only silence a temperature says nothing.
            !matches!(self, Self::Outage | Self::BackFill)
        } else if matches!(
            alert,
            AlertKind::MonitoringInterrupted | AlertKind::MissedManualEntry
        ) {
            matches!(self, Self::Outage | Self::BackFill | Self::UnseenDeath)
        } else if matches!(alert, AlertKind::SensorFault) {
            matches!(self, Self::ProbeMoved)
        } else {
            // What is about the door: it is held open, for whatever reason.
            matches!(self, Self::StuckDoor | Self::Delivery)
        }
    }

    /// Whether an alarm of `alert` finds it. That nobody hears of a unit is no word on its food, and an open door is seen
    /// along with the food behind it.
    #[must_use]
    pub const fn is_found_by(self, alert: AlertKind) -> bool {
        match self {
            Self::Outage | Self::BackFill => matches!(alert, AlertKind::MonitoringInterrupted),
            Self::StuckDoor => !matches!(
                alert,
                AlertKind::MonitoringInterrupted | AlertKind::MissedManualEntry | AlertKind::SensorFault
            ),
            _ => alert.is_of_temperature(),
        }
    }
}

/// For how long food must have been out of its limits, without a break, for its excursion to be critical: half an hour, of
/// the four that the Food Code allows without control.
pub const CRITICAL_AFTER: Span = Span::minutes(30);
/// How far out of its limits the food of a unit of `kind` must have been at its worst for its excursion to be critical.
///
/// Chilled food one degree, which is what a recorder of EN 12830's class 1 may be off. Frozen food three, which are the brief
/// fluctuations that Directive 89/108/EEC, article 5, tolerates: nothing grows in it either way.
#[must_use]
pub const fn tolerance(kind: UnitKind) -> CentiCelsius {
    match kind {
        UnitKind::Fridge | UnitKind::DisplayCase | UnitKind::WalkInCooler => CentiCelsius(100),
        UnitKind::Freezer | UnitKind::WalkInFreezer | UnitKind::BlastChiller => CentiCelsius(300),
    }
}

/// Something that truly happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// What.
    pub kind: EventKind,
    /// When it began.
    pub from: Timestamp,
    /// When it was mended and its last consequence for air, food and probe over.
    pub until: Timestamp,
    /// When the food was out of its limits meanwhile: the longest time without a break.
    pub out: Option<Window>,
    /// Whether it was out of them for [`CRITICAL_AFTER`], and by more than the [`tolerance`] of its unit's kind.
    pub critical: bool,
}

impl Event {
    /// Whether an alarm during it is right: somebody has to do something, or the food was out of its limits.
    #[must_use]
    pub fn is_real(&self) -> bool {
        self.kind.needs_a_person() || self.out.is_some()
    }

    /// Whether it was going on at `at`.
    #[must_use]
    pub fn covers(&self, at: Timestamp) -> bool {
        self.from <= at && at <= self.until
    }
}
