//! What other rules would have made of the same readings: the same engine, run over the past.

use super::{Change, Input, Rules, UnitState, transition};
use crate::alert::{Alert, AlertKind, Side};
use crate::measurement::CentiCelsius;
use crate::reading::Reading;
use crate::time::Timestamp;

/// An alert as a replay gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Episode {
    /// What it is about.
    pub kind: AlertKind,
    /// Which limit was crossed, if it is about that.
    pub side: Option<Side>,
    /// When it opened.
    pub opened_at: Timestamp,
    /// When it was an alarm, that is critical; `None` if it stayed a warning.
    pub alarm_at: Option<Timestamp>,
    /// When its condition was over; `None` if it was not by the end of the replay.
    pub ended_at: Option<Timestamp>,
    /// The worst temperature.
    pub worst: Option<CentiCelsius>,
    /// Why it came, in one sentence: the last thing said of it before it ended.
    pub explanation: String,
}

impl Episode {
    fn opened(alert: Alert) -> Self {
        let mut episode = Self {
            kind: alert.kind,
            side: alert.side,
            opened_at: alert.opened_at,
            alarm_at: None,
            ended_at: None,
            worst: alert.worst,
            explanation: String::new(),
        };
        if alert.severity.is_alarm() {
            episode.alarm_at = Some(alert.opened_at);
        }
        episode.explanation = alert.explanation;
        episode
    }

    /// Whether both went on at the same time at least once.
    fn overlaps(&self, other: &Self) -> bool {
        let before = |one: &Self, other: &Self| one.ended_at.is_some_and(|ended| ended < other.opened_at);
        !before(self, other) && !before(other, self)
    }
}

/// The alerts that `readings`, in the order of time, would have given a unit like `unit` under `rules` until `until`, in the
/// order in which they opened.
///
/// Each reading is judged as if it had come when it was measured, and each thing the clock decides as of when it was due:
/// what [`transition`] gives live for readings that come in time, it gives here. The unit begins as one of which nothing is
/// known, so an excursion that goes on when the readings begin counts from there.
pub fn replay<'a>(
    unit: &UnitState,
    rules: &Rules,
    readings: impl IntoIterator<Item = &'a Reading>,
    until: Timestamp,
) -> Vec<Episode> {
    let mut readings = readings.into_iter().peekable();
    let begin = readings.peek().map_or(until, |first| first.recorded_at);
    let mut state = UnitState::new(unit.unit_id, unit.site_id, unit.area_id, unit.kind, begin);
    (state.overrides, state.legal_source) = (unit.overrides, unit.legal_source.clone());
    state.alarms = unit.alarms.clone();
    let mut told = Told::default();
    for reading in readings {
        transition(
            &mut state,
            rules,
            Input::Reading(reading),
            reading.recorded_at,
            &mut told.changes,
        );
        told.take();
    }
    transition(&mut state, rules, Input::Tick, until, &mut told.changes);
    told.take();
    // What still goes on ends nowhere, and is by now as bad as the unit's state has it.
    for alert in &state.alerts {
        if let Some(episode) = told.open(alert.kind) {
            episode.worst = alert.worst;
        }
    }
    told.episodes
}

/// What a replay has told so far.
#[derive(Default)]
struct Told {
    episodes: Vec<Episode>,
    changes: Vec<Change>,
}

impl Told {
    /// A unit has one open alert of a kind at most.
    fn open(&mut self, kind: AlertKind) -> Option<&mut Episode> {
        let mut newest = self.episodes.iter_mut().rev();
        newest.find(|episode| episode.kind == kind && episode.ended_at.is_none())
    }

    fn take(&mut self) {
        // Most readings change nothing.
        for change in std::mem::take(&mut self.changes) {
            match change {
                Change::AlertOpened(alert) => self.episodes.push(Episode::opened(alert)),
                Change::AlertUpgraded(alert) => {
                    if let Some(episode) = self.open(alert.kind) {
                        if alert.severity.is_alarm() {
                            episode.alarm_at = episode.alarm_at.or(alert.escalated_at);
                        }
                        episode.worst = alert.worst;
                        episode.explanation = alert.explanation;
                    }
                }
                Change::AlertResolved(alert) => {
                    if let Some(episode) = self.open(alert.kind) {
                        episode.ended_at = alert.resolved_at;
                        episode.worst = alert.worst;
                    }
                }
                _ => {}
            }
        }
    }
}

/// What two sets of rules make of one thing that happened: alerts of a kind that go on at the same time, directly or by way
/// of others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// What it is about.
    pub kind: AlertKind,
    /// The alerts under the one set.
    pub present: Vec<Episode>,
    /// The alerts under the other.
    pub proposed: Vec<Episode>,
}

/// What becomes of an alarm when rules change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It comes as before.
    Unchanged,
    /// It comes by so many milliseconds later; sooner if negative.
    Moved(i64),
    /// It comes, and did not before.
    Added,
    /// It does not come any more.
    Dropped,
}

impl Compared {
    /// When somebody is first woken, by the present rules and by the proposed.
    #[must_use]
    pub fn alarms(&self) -> (Option<Timestamp>, Option<Timestamp>) {
        (first_alarm(&self.present), first_alarm(&self.proposed))
    }

    /// What becomes of the alarm; `None` where there is none by either set.
    #[must_use]
    pub fn outcome(&self) -> Option<Outcome> {
        Some(match self.alarms() {
            (None, None) => return None,
            (Some(_), None) => Outcome::Dropped,
            (None, Some(_)) => Outcome::Added,
            (Some(present), Some(proposed)) if present == proposed => Outcome::Unchanged,
            (Some(present), Some(proposed)) => Outcome::Moved(proposed.as_millis() - present.as_millis()),
        })
    }

    /// Whether it is a real excursion: a temperature that the present rules confirm.
    #[must_use]
    pub fn is_real_excursion(&self) -> bool {
        self.kind == AlertKind::TempExcursion && first_alarm(&self.present).is_some()
    }
}

fn first_alarm(episodes: &[Episode]) -> Option<Timestamp> {
    episodes.iter().filter_map(|episode| episode.alarm_at).min()
}

/// Puts the alerts of two replays of the same readings side by side, in the order in which the first of each opened.
#[must_use]
pub fn compare(present: Vec<Episode>, proposed: Vec<Episode>) -> Vec<Compared> {
    let side = |is_present| move |episode| (is_present, episode);
    let mut all: Vec<(bool, Episode)> = present
        .into_iter()
        .map(side(true))
        .chain(proposed.into_iter().map(side(false)))
        .collect();
    all.sort_by_key(|(is_present, episode)| (episode.opened_at, !is_present));
    let mut found: Vec<Compared> = Vec::new();
    for (is_present, episode) in all {
        // In the order of time only the newest of a kind can still go on: what an earlier one overlaps is part of it.
        let newest = found.iter().rposition(|known| known.kind == episode.kind);
        let joined = newest.filter(|index| {
            found.get(*index).is_some_and(|known| {
                let mut parts = known.present.iter().chain(&known.proposed);
                parts.any(|part| part.overlaps(&episode))
            })
        });
        let index = joined.unwrap_or_else(|| {
            found.push(Compared {
                kind: episode.kind,
                present: Vec::new(),
                proposed: Vec::new(),
            });
            found.len() - 1
        });
        if let Some(into) = found.get_mut(index) {
            let parts = if is_present {
                &mut into.present
            } else {
                &mut into.proposed
            };
            parts.push(episode);
        }
    }
    found
}
