//! The past that came late: what was out of range and never judged, until it is judged anew.
//!
//! A gateway that was cut off delivers hours of frames at once, behind the newest. They belong to history and move nothing that
//! holds now, so an excursion among them would be seen by nobody. It is noted with the unit that there is something to judge,
//! and once no more is coming, all of it is judged in one go: by the same [`transition`] that judges what is live.

use super::{Change, Input, UnitState, transition};
use crate::alert::{Alert, AlertKind};
use crate::ids::{AlertId, Id, SensorId, UnitId};
use crate::reading::Reading;
use crate::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use ulid::Ulid;

/// How long nothing more must have come before the past is judged: frames of a gateway follow each other within seconds.
const QUIET: Span = Span::minutes(5);
/// How long judging the past waits at most, however much is still coming.
const LONGEST_WAIT: Span = Span::hours(1);

/// Readings out of range that came too late to be judged as they were measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackFill {
    /// Where the sensor that measured them is among those of the unit.
    #[serde(rename = "s")]
    pub slot: u8,
    /// When the oldest of them was measured.
    #[serde(rename = "f")]
    pub from: Timestamp,
    /// When the newest of them was measured.
    #[serde(rename = "t")]
    pub to: Timestamp,
    /// When the first of them came.
    #[serde(rename = "b")]
    pub begun_at: Timestamp,
    /// When the last of them came.
    #[serde(rename = "n")]
    pub noted_at: Timestamp,
}

impl BackFill {
    /// The one in `before` with another reading, which the sensor in `slot` measured at `at` and which came at `now`.
    pub(super) fn with(before: Option<Self>, slot: u8, at: Timestamp, now: Timestamp) -> Self {
        let known = before.unwrap_or(Self {
            slot,
            from: at,
            to: at,
            begun_at: now,
            noted_at: now,
        });
        Self {
            slot,
            from: known.from.min(at),
            to: known.to.max(at),
            noted_at: known.noted_at.max(now),
            ..known
        }
    }

    /// When the past is judged.
    #[must_use]
    pub fn due(&self) -> Timestamp {
        (self.noted_at + QUIET).min(self.begun_at + LONGEST_WAIT)
    }
}

/// The excursions that `readings` of the unit tell of when they are judged one after the other as they were measured, from
/// nothing known and by the rules in force now, each as an alert that has ended and was found out at `found_at`. One that has
/// not ended with the last reading is none of them: it is the present's.
///
/// `readings` are in the order of time. The same readings give the same alerts with the same identifiers.
#[must_use]
pub fn excursions(unit: &UnitState, readings: &[Reading], found_at: Timestamp) -> Vec<Alert> {
    let Some(first) = readings.first() else {
        return Vec::new();
    };
    let mut state = UnitState::new(
        unit.unit_id,
        unit.site_id,
        unit.area_id,
        unit.kind,
        first.recorded_at,
    );
    (state.overrides, state.legal_source) = (unit.overrides, unit.legal_source.clone());
    state.alarms = unit.alarms.clone();
    let rules = state.rules();
    let mut changes = Vec::new();
    for reading in readings {
        let at = reading.recorded_at;
        transition(&mut state, &rules, Input::Reading(reading), at, &mut changes);
    }
    changes
        .into_iter()
        .filter_map(|change| match change {
            Change::AlertResolved(alert) if alert.kind.is_of_temperature() => Some(found(alert, found_at)),
            _ => None,
        })
        .collect()
}

/// `alert` of a replay as it is kept.
fn found(alert: Alert, found_at: Timestamp) -> Alert {
    Alert {
        id: found_id(alert.unit_id, alert.kind, alert.opened_at),
        found_at: Some(found_at),
        explanation: format!("{} Found out from readings that came late.", alert.explanation),
        ..alert
    }
}

/// The identifier of an alert that was found late: whoever judges the same past arrives at the same one, and at none that was
/// ever opened live.
fn found_id(unit_id: UnitId, kind: AlertKind, opened_at: Timestamp) -> AlertId {
    let mut hash = Sha256::new();
    hash.update(b"freshtrack.found_late.v1");
    hash.update(unit_id.ulid().to_bytes());
    hash.update([kind as u8]);
    hash.update(opened_at.as_millis().to_be_bytes());
    let random = hash
        .finalize()
        .iter()
        .take(10)
        .fold(0_u128, |value, byte| value << 8 | u128::from(*byte));
    let millis = u64::try_from(opened_at.as_millis()).unwrap_or(0);
    AlertId::from_ulid(Ulid::from_parts(millis, random))
}

/// What is to be judged anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LateSpan {
    /// The sensor that measured it.
    pub sensor_id: SensorId,
    /// When the oldest reading out of range was measured.
    pub from: Timestamp,
    /// When the newest one was.
    pub to: Timestamp,
}

impl LateSpan {
    /// Those of `found` that it is about and of which no alert in `known` tells: one of the same unit and kind, over the same
    /// time and no less severe.
    #[must_use]
    pub fn missed(&self, found: Vec<Alert>, known: &[Alert]) -> Vec<Alert> {
        let within =
            |alert: &Alert| alert.opened_at <= self.to && alert.resolved_at.is_none_or(|at| at >= self.from);
        found
            .into_iter()
            .filter(within)
            .filter(|alert| !known.iter().any(|other| tells_of(other, alert)))
            .collect()
    }
}

/// Whether `known` tells of what `found` does.
fn tells_of(known: &Alert, found: &Alert) -> bool {
    let ends_before = |alert: &Alert, at: Timestamp| alert.resolved_at.is_some_and(|end| end < at);
    known.unit_id == found.unit_id
        && known.kind == found.kind
        && known.severity >= found.severity
        && !ends_before(known, found.opened_at)
        && !ends_before(found, known.opened_at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::{AlertStatus, Severity};
    use crate::ids::{AreaId, SiteId};
    use crate::log::{Entry, Fault};
    use crate::measurement::{CentiCelsius, Correction};
    use crate::unit::UnitKind;
    use proptest::prelude::*;

    const START: i64 = 1_790_000_000;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_seconds(START + minute * 60)
    }

    fn unit() -> UnitState {
        let place = Ulid::from_parts(1, 1);
        let mut unit = UnitState::new(
            UnitId::from_ulid(place),
            SiteId::from_ulid(place),
            AreaId::from_ulid(place),
            UnitKind::Fridge,
            at(0),
        );
        unit.overrides.confirm = Some(Span::minutes(10));
        unit
    }

    fn sensor() -> SensorId {
        SensorId::from_ulid(Ulid::from_parts(1, 2))
    }

    fn entry(minute: i64, centi: Option<i32>) -> Entry {
        Entry {
            recorded_at: at(minute),
            slot: 0,
            temperature: centi.map(CentiCelsius),
            fault: centi.is_none().then_some(Fault::Implausible),
            humidity: None,
            door_open: None,
            correction: Correction::NONE,
            manual: false,
            back_filled: true,
        }
    }

    fn readings(measured: &[(i64, Option<i32>)]) -> Vec<Reading> {
        measured
            .iter()
            .map(|(minute, centi)| entry(*minute, *centi).reading(sensor(), true))
            .collect()
    }

    /// Every five minutes of `until` minutes, 3.5 °C but for 9 °C from the first minute of `warm` up to the last.
    fn day(until: i64, warm: &[(i64, i64)]) -> Vec<Reading> {
        let is_warm = |minute: i64| warm.iter().any(|(from, to)| (*from..=*to).contains(&minute));
        let measured: Vec<_> = (0..=until / 5)
            .map(|number| number * 5)
            .map(|minute| (minute, Some(if is_warm(minute) { 900 } else { 350 })))
            .collect();
        readings(&measured)
    }

    fn told(alerts: &[Alert]) -> Vec<(Timestamp, Option<Timestamp>, Severity)> {
        alerts
            .iter()
            .map(|alert| (alert.opened_at, alert.resolved_at, alert.severity))
            .collect()
    }

    #[test]
    fn an_excursion_is_as_severe_as_it_was_long() {
        let found = excursions(&unit(), &day(360, &[(60, 95), (200, 204)]), at(400));
        assert_eq!(
            told(&found),
            [
                (at(60), Some(at(100)), Severity::Critical),
                (at(200), Some(at(205)), Severity::Warning)
            ]
        );
        for alert in &found {
            assert_eq!(
                (alert.status, alert.found_at),
                (AlertStatus::Resolved, Some(at(400)))
            );
            assert!(alert.explanation.ends_with("came late."), "{}", alert.explanation);
        }
        assert_ne!(found[0].id, found[1].id);
    }

    #[test]
    fn what_goes_on_belongs_to_the_present() {
        assert_eq!(excursions(&unit(), &day(120, &[(60, 120)]), at(400)), []);
        assert_eq!(excursions(&unit(), &[], at(400)), []);
    }

    #[test]
    fn a_fault_is_no_excursion() {
        let faulty = readings(&[(0, Some(350)), (5, None), (10, None), (30, Some(350))]);
        assert_eq!(excursions(&unit(), &faulty, at(400)), []);
    }

    #[test]
    fn only_what_nobody_was_told_of_was_missed() {
        let late = LateSpan {
            sensor_id: sensor(),
            from: at(60),
            to: at(95),
        };
        let found = excursions(&unit(), &day(360, &[(60, 95), (200, 240)]), at(400));
        let [missed, elsewhere] = &found[..] else {
            panic!("two excursions: {found:?}");
        };
        assert_eq!(
            late.missed(found.clone(), &[]),
            std::slice::from_ref(missed),
            "the other one was not late"
        );
        assert_eq!(
            late.missed(found.clone(), std::slice::from_ref(missed)),
            [],
            "it is known by now"
        );
        assert_eq!(
            late.missed(found.clone(), std::slice::from_ref(elsewhere)).len(),
            1
        );
        let warned = Alert {
            severity: Severity::Warning,
            ..missed.clone()
        };
        assert_eq!(
            late.missed(found.clone(), &[warned]).len(),
            1,
            "it was worse than told"
        );
        let open = Alert {
            opened_at: at(70),
            resolved_at: None,
            ..missed.clone()
        };
        assert_eq!(late.missed(found, &[open]), []);
    }

    #[test]
    fn judging_waits_until_no_more_comes_but_not_for_ever() {
        let first = BackFill::with(None, 0, at(0), at(600));
        assert_eq!(first.due(), at(605));
        let second = BackFill::with(Some(first), 0, at(-5), at(603));
        assert_eq!((second.from, second.to, second.due()), (at(-5), at(0), at(608)));
        let endless = (604..700).fold(second, |known, minute| {
            BackFill::with(Some(known), 0, at(1), at(minute))
        });
        assert_eq!(endless.due(), at(660));
    }

    proptest! {
        #[test]
        fn judging_the_same_past_again_finds_the_same(
            centi in prop::collection::vec(prop::option::weighted(0.9, -200_i32..900), 1..120),
        ) {
            let measured: Vec<_> = (0..).map(|number| number * 5).zip(centi).collect();
            let readings = readings(&measured);
            let (once, again) = (
                excursions(&unit(), &readings, at(1_000)),
                excursions(&unit(), &readings, at(2_000)),
            );
            prop_assert_eq!(told(&once), told(&again));
            prop_assert!(once.iter().zip(&again).all(|(one, other)| one.id == other.id));
            let late = LateSpan { sensor_id: sensor(), from: at(0), to: at(600) };
            prop_assert_eq!(late.missed(again, &once), []);
            // As many as live, and none overlaps another.
            let mut live = unit();
            let rules = live.rules();
            let mut ended = 0;
            for reading in &readings {
                let mut changes = Vec::new();
                transition(&mut live, &rules, Input::Reading(reading), reading.recorded_at, &mut changes);
                ended += changes
                    .iter()
                    .filter(|change| matches!(change, Change::AlertResolved(alert) if alert.kind == AlertKind::TempExcursion))
                    .count();
            }
            prop_assert_eq!(once.len(), ended);
            prop_assert!(once.windows(2).all(|pair| pair[0].resolved_at <= Some(pair[1].opened_at)));
            prop_assert!(once.iter().all(|alert| alert.status == AlertStatus::Resolved));
        }
    }
}
