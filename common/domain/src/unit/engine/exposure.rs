//! Several short excursions that are too much together.

use super::super::explain::Ending;
use super::super::{Rule, Rules, UnitState, UnitStatus};
use super::Step;
use super::alerts::About;
use crate::alert::{AlertKind, Severity};
use crate::time::Timestamp;

/// When it is too much, or is not any more. An excursion that goes on is no alarm before it has begun.
pub(super) fn turns_at(state: &UnitState, rules: &Rules) -> Option<Timestamp> {
    let at = state.exposure_turns_at(rules)?;
    Some(if state.excursion.is_some() {
        at.max(state.status_since)
    } else {
        at
    })
}

impl Step<'_> {
    /// It is too much, or is not any more.
    ///
    /// People are told once, by one alert: that of the excursion which goes on, or one of its own where none does because the
    /// door excuses it or the alarm limit is wider than the legal one.
    pub(super) fn exposure_turns(&mut self, at: Timestamp) {
        let told = self.state.exposed.is_told();
        self.state.exposed.tell(!told, self.rules.legal);
        if told {
            return self.resolve(AlertKind::CumulativeExposure, at);
        }
        match self.state.status {
            UnitStatus::Excursion => self.confirm_by(Rule::Exposure, at),
            UnitStatus::AlarmActive => {}
            _ => self.open_exposure(at),
        }
    }

    fn open_exposure(&mut self, at: Timestamp) {
        let legal = self.rules.legal;
        let crossed = self.state.last.and_then(|last| {
            let side = legal.violation(last.temperature)?;
            Some((last.temperature, side))
        });
        let about = About {
            crossed,
            limit: crossed.and_then(|(_, side)| legal.on(side)),
            ..About::default()
        };
        self.open(AlertKind::CumulativeExposure, Severity::Critical, at, about);
    }

    /// A reading is evidence: what it completes is told at once.
    pub(super) fn judge_exposure(&mut self, at: Timestamp) {
        if turns_at(self.state, self.rules).is_some_and(|due| due <= at) {
            self.exposure_turns(at);
        }
    }

    /// An excursion is an alarm, which tells of the exposure too: never two for one unit that is too warm.
    pub(super) fn hand_exposure_over(&mut self, at: Timestamp) {
        let ending = std::mem::replace(&mut self.ending, Ending::TakenOver);
        self.resolve(AlertKind::CumulativeExposure, at);
        self.ending = ending;
    }

    /// What was beyond another limit says nothing of the one in force now, and what was too much may be enough.
    pub(super) fn exposure_anew(&mut self, now: Timestamp) {
        if self.state.exposed.is_of_another(self.rules.legal) {
            self.state.exposed.clear();
        }
        if self.state.exposed.is_told()
            && self.state.exposure(self.rules, now) <= self.rules.exposure_enough()
        {
            self.state.exposed.tell(false, self.rules.legal);
        }
        if !self.state.exposed.is_told() {
            self.resolve(AlertKind::CumulativeExposure, now);
        }
    }
}
