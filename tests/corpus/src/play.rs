//! A week played through the engine as it would have been live: readings when they got here, and the clock between them.

use crate::week::UnitWeek;
use freshtrack_domain::alert::{Alert, AlertKind};
use freshtrack_domain::ids::{AlertId, AreaId, Id, SiteId, Ulid, UnitId};
use freshtrack_domain::time::Timestamp;
use freshtrack_domain::unit::{Admission, Change, Overrides, UnitRecord, UnitState};
use std::collections::BTreeSet;

/// An alert that was, or became, critical: somebody was woken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alarm {
    /// What it was about.
    pub kind: AlertKind,
    /// When somebody was told, which is never before it was known: what comes late is told late.
    pub told_at: Timestamp,
}

/// What the engine made of a week.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Played {
    /// Its alarms, the oldest first.
    pub alarms: Vec<Alarm>,
    /// Alerts that stayed warnings: seen on screens, and nobody is woken.
    pub warnings: usize,
}

/// Plays `week` through the engine under the default rules of its unit with `overrides` laid over them.
#[must_use]
pub fn play(week: &UnitWeek, overrides: &Overrides) -> Played {
    let mut state = UnitState::new(
        UnitId::from_ulid(Ulid::from_parts(1, 1)),
        SiteId::from_ulid(Ulid::from_parts(1, 2)),
        AreaId::from_ulid(Ulid::from_parts(1, 3)),
        week.kind,
        week.from,
    );
    state.overrides = *overrides;
    state.overrides.report_interval.get_or_insert(week.interval);
    state.overrides.door_interval = state.overrides.door_interval.or(week.contact_interval);
    let mut player = Player {
        record: UnitRecord::new(state),
        changes: Vec::new(),
        played: Played::default(),
        warned: BTreeSet::new(),
        alarmed: BTreeSet::new(),
    };
    player.record.judge_anew(week.from, &mut player.changes);
    for arrival in &week.arrivals {
        player.pass_time(arrival.received_at);
        let now = arrival.received_at;
        if player.record.take(&arrival.reading, now, &mut player.changes) == Admission::HeadFull {
            player.record.seal();
            player.record.take(&arrival.reading, now, &mut player.changes);
        }
        player.note(now);
    }
    player.pass_time(week.to);
    player.played.warnings = player.warned.len();
    player.played
}

struct Player {
    record: UnitRecord,
    changes: Vec<Change>,
    played: Played,
    /// Alerts that have not become an alarm.
    warned: BTreeSet<AlertId>,
    /// Alerts that have: one that becomes an emergency as well is the same alarm.
    alarmed: BTreeSet<AlertId>,
}

impl Player {
    /// Lets the clock judge whatever falls due until `until`, when it does.
    fn pass_time(&mut self, until: Timestamp) {
        let mut last = None;
        while let Some(due) = self
            .record
            .next_due()
            .filter(|due| *due <= until && Some(*due) > last)
        {
            self.record.judge(due, &mut self.changes);
            self.note(due);
            last = Some(due);
        }
    }

    fn note(&mut self, now: Timestamp) {
        for change in self.changes.drain(..) {
            let (Change::AlertOpened(alert) | Change::AlertUpgraded(alert)) = change else {
                continue;
            };
            let Alert {
                id, kind, severity, ..
            } = alert;
            if severity.is_alarm() {
                self.warned.remove(&id);
                if self.alarmed.insert(id) {
                    self.played.alarms.push(Alarm { kind, told_at: now });
                }
            } else {
                self.warned.insert(id);
            }
        }
    }
}
