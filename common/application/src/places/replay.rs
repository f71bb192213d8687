//! What other rules would have made of a unit's readings: the engine itself, run over the reading log.

use super::rules::rule_fields;
use super::settling::judged_by;
use crate::error::{Failure, Refusal};
use crate::ports::{ReadingLog, Records};
use crate::readings::Recorded;
use crate::scope::{Caller, OrgScope};
use crate::set_up::SetUp;
use freshtrack_contracts::places::{
    ReplayOutcome, ReplayRules, ReplayTotals, ReplayedAlarm, ReplayedAlert, RuleReplay,
};
use freshtrack_domain::device::Sensor;
use freshtrack_domain::ids::{SensorId, UnitId};
use freshtrack_domain::place::Unit;
use freshtrack_domain::reading::Reading;
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_domain::unit::{Compared, Episode, Outcome, Rules, UnitRecord, compare, replay};
use std::collections::BTreeMap;

/// How many days may be asked for: fewer show no week, and more would take longer than an answer may.
const DAYS: std::ops::RangeInclusive<u32> = 7..=90;
/// How many alarms are told one by one.
const MOST_TOLD: usize = 500;

/// What the rules that `asked` proposes for `unit_id` would have made of its readings of the last days, beside what the
/// present ones make of them. Changes nothing.
///
/// Both run over the same readings, each as if it had come when it was measured. What the log does not keep plays no part:
/// batteries, signal, and which temperatures were logged by hand.
///
/// # Errors
/// Refused when there is no such unit that the caller may see, for more or fewer days, and for rules that could not be set.
pub async fn replay_rules(
    ports: &SetUp<'_>,
    log: &dyn ReadingLog,
    caller: &Caller,
    unit_id: UnitId,
    asked: &ReplayRules,
) -> Result<RuleReplay, Failure> {
    if !DAYS.contains(&asked.days) {
        let (least, most) = (DAYS.start(), DAYS.end());
        return Err(Refusal::invalid(format!("days must be {least} to {most}.")).into());
    }
    let unit = ports.present::<Unit>(caller, unit_id).await?.record;
    let fields = rule_fields(&asked.rules)?;
    let record = ports
        .states
        .load_eventually(caller.scope, unit_id)
        .await?
        .ok_or_else(|| Refusal::not_found("unit"))?;
    let judged = judged_by(ports.records, caller.scope, &unit, fields).await?;
    judged
        .proposed
        .check_range()
        .map_err(|error| Refusal::invalid(format!("{error}.")))?;
    let rules = |overrides| Rules::effective(unit.kind, &overrides);
    let present = rules(judged.present_overrides);
    let proposed = rules(judged.proposed_overrides);

    let to = ports.clock.now();
    let from = to - Span::hours(24).times(asked.days);
    let readings = readings_of(ports.records, log, caller.scope, &record, (from, to)).await?;
    let run = |rules: &Rules| replay(&record.state, rules, &readings, to);
    let (before, after) = (run(&present), run(&proposed));
    let totals = (totals(&before), totals(&after));
    let mut told = Told::default();
    for compared in compare(before, after) {
        told.add(&compared);
    }
    told.alarms.reverse();
    let all = told.alarms.len();
    told.alarms.truncate(MOST_TOLD);
    Ok(RuleReplay {
        unit_id,
        from: from.into(),
        to: to.into(),
        readings: count(readings.len()),
        present: totals.0,
        proposed: totals.1,
        unchanged: told.of(ReplayOutcome::Unchanged),
        earlier: told.of(ReplayOutcome::Earlier),
        later: told.of(ReplayOutcome::Later),
        added: told.of(ReplayOutcome::Added),
        dropped: told.of(ReplayOutcome::Dropped),
        missed_excursions: told.missed,
        more_alarms: count(all - told.alarms.len()),
        alarms: told.alarms,
    })
}

/// What was measured in the unit in a span, as the engine is told of it.
async fn readings_of(
    records: &dyn Records,
    log: &dyn ReadingLog,
    scope: OrgScope,
    record: &UnitRecord,
    span: (Timestamp, Timestamp),
) -> Result<Vec<Reading>, Failure> {
    let recorded = Recorded::load(log, scope, record, span, usize::MAX).await?;
    let sensors = records.all::<Sensor>(scope).await?;
    let driving: BTreeMap<SensorId, bool> = sensors
        .iter()
        .map(|stored| &stored.record)
        .map(|sensor| (sensor.id, drives(sensor, record.state.unit_id)))
        .collect();
    Ok(recorded
        .iter()
        .map(|(sensor_id, entry, _)| entry.reading(sensor_id, driving.get(&sensor_id) == Some(&true)))
        .collect())
}

/// Whether `sensor` drives the unit, or did: one that was there before and is gone drove it as the present one does.
fn drives(sensor: &Sensor, unit_id: UnitId) -> bool {
    sensor.primary || sensor.unit_id != Some(unit_id)
}

fn totals(episodes: &[Episode]) -> ReplayTotals {
    let alarms = episodes
        .iter()
        .filter(|episode| episode.alarm_at.is_some())
        .count();
    ReplayTotals {
        alarms: count(alarms),
        warnings: count(episodes.len() - alarms),
    }
}

fn count(many: usize) -> u32 {
    u32::try_from(many).unwrap_or(u32::MAX)
}

/// What there is to tell, the oldest first.
#[derive(Default)]
struct Told {
    alarms: Vec<ReplayedAlarm>,
    outcomes: Vec<ReplayOutcome>,
    missed: u32,
}

impl Told {
    fn add(&mut self, compared: &Compared) {
        let Some(outcome) = compared.outcome() else {
            return;
        };
        let shift = match outcome {
            Outcome::Unchanged => Some(0),
            Outcome::Moved(millis) => Some(millis / 1_000),
            Outcome::Added | Outcome::Dropped => None,
        };
        let outcome = match outcome {
            Outcome::Unchanged => ReplayOutcome::Unchanged,
            Outcome::Moved(millis) if millis < 0 => ReplayOutcome::Earlier,
            Outcome::Moved(_) => ReplayOutcome::Later,
            Outcome::Added => ReplayOutcome::Added,
            Outcome::Dropped => ReplayOutcome::Dropped,
        };
        let real_excursion = compared.is_real_excursion();
        if real_excursion && outcome == ReplayOutcome::Dropped {
            self.missed += 1;
        }
        self.outcomes.push(outcome);
        self.alarms.push(ReplayedAlarm {
            kind: compared.kind,
            outcome,
            shift_seconds: shift,
            real_excursion,
            present: view(&compared.present),
            proposed: view(&compared.proposed),
        });
    }

    fn of(&self, outcome: ReplayOutcome) -> u32 {
        count(self.outcomes.iter().filter(|known| **known == outcome).count())
    }
}

/// Alerts that are told as one.
fn view(episodes: &[Episode]) -> Option<ReplayedAlert> {
    let first = episodes.first()?;
    let alarm = episodes.iter().find(|episode| episode.alarm_at.is_some());
    let side = alarm.unwrap_or(first).side;
    let of_side = episodes.iter().filter(|episode| episode.side == side);
    let temperatures = of_side.filter_map(|episode| episode.worst);
    let worst = match side {
        Some(freshtrack_domain::alert::Side::Low) => temperatures.min(),
        _ => temperatures.max(),
    };
    Some(ReplayedAlert {
        alerts: count(episodes.len()),
        opened_at: first.opened_at.into(),
        alarm_at: alarm.and_then(|episode| episode.alarm_at).map(Into::into),
        ended_at: episodes
            .last()
            .and_then(|episode| episode.ended_at)
            .map(Into::into),
        side,
        worst_c: worst.map(|worst| worst.celsius()),
        explanation: alarm.unwrap_or(first).explanation.clone(),
    })
}
