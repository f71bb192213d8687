//! An open alert of a unit, as much of it as deciding needs, and in as little room as it can have: it is written with every
//! reading.

use super::AlarmId;
use crate::alert::{AlertKind, Severity, Side};
use crate::measurement::CentiCelsius;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// An open alert of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Vec<i64>", try_from = "Vec<i64>")]
pub struct OpenAlert {
    /// How many alerts the unit had opened before. With kind and time it gives [the identifier](super::UnitState::alert_id).
    pub number: u32,
    /// What it is about.
    pub kind: AlertKind,
    /// Its severity now.
    pub severity: Severity,
    /// When it opened.
    pub opened_at: Timestamp,
    /// When what it is about began, if that was before it opened: the sensor was last heard, a log by hand was last made,
    /// the door was opened. Of a calibration, when it expires.
    pub since: Option<Timestamp>,
    /// When it rose to its present severity.
    pub escalated_at: Option<Timestamp>,
    /// The temperature that opened it.
    pub trigger: Option<CentiCelsius>,
    /// The worst temperature since.
    pub worst: Option<CentiCelsius>,
    /// The limit as it stood when it was crossed.
    pub limit: Option<CentiCelsius>,
    /// Which limit.
    pub side: Option<Side>,
    /// Which sensor, by its place, if it is about one of several.
    pub slot: Option<u8>,
    /// The alert of the unit that may explain it.
    pub related: Option<Related>,
    /// The alarm of the library by which it opened or last became worse, and what was measured then.
    pub alarm: Option<(AlarmId, i32)>,
    /// Whether it is [held back](super::Quiet): nobody has been told of it.
    pub held: bool,
}

/// Another alert of the unit: how many had been opened before it, and when it opened. Its kind follows from that of the
/// alert it is related to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Related(pub u32, pub Timestamp);

/// How wide the parts are of the number that says what else there is: kind, severity, side, and the sensor's place, the last
/// two counted from one because there may be none.
const KIND: u32 = 5;
const SEVERITY: u32 = 2;
const SIDE: u32 = 2;
const SLOT: u32 = 4;
/// Then a bit for each of what there may be.
const HELD: i64 = 1;
const SINCE: i64 = 1 << 1;
const ESCALATED: i64 = 1 << 2;
const TRIGGER: i64 = 1 << 3;
const WORST: i64 = 1 << 4;
const LIMIT: i64 = 1 << 5;
const RELATED: i64 = 1 << 6;
const ALARM: i64 = 1 << 7;

/// The numbers: how many came before, what there is, when it opened, and what there is, instants counted from that.
impl From<OpenAlert> for Vec<i64> {
    fn from(alert: OpenAlert) -> Self {
        let side = match alert.side {
            None => 0,
            Some(Side::High) => 1,
            Some(Side::Low) => 2,
        };
        let from_opening = |at: Timestamp| at.as_millis().saturating_sub(alert.opened_at.as_millis());
        let degrees = |value: CentiCelsius| i64::from(value.0);
        let parts = [
            (SINCE, alert.since.map(from_opening)),
            (ESCALATED, alert.escalated_at.map(from_opening)),
            (TRIGGER, alert.trigger.map(degrees)),
            (WORST, alert.worst.map(degrees)),
            (LIMIT, alert.limit.map(degrees)),
            (RELATED, alert.related.map(|related| i64::from(related.0))),
            (RELATED, alert.related.map(|related| from_opening(related.1))),
            (ALARM, alert.alarm.map(|(alarm, _)| i64::from(alarm.place()))),
            (ALARM, alert.alarm.map(|(_, value)| i64::from(value))),
        ];
        let there = parts
            .iter()
            .filter(|(_, part)| part.is_some())
            .fold(if alert.held { HELD } else { 0 }, |bits, (bit, _)| bits | bit);
        let what = [
            (SLOT, alert.slot.map_or(0, |slot| i64::from(slot) + 1)),
            (SIDE, side),
            (SEVERITY, alert.severity as i64),
            (KIND, alert.kind as i64),
        ]
        .into_iter()
        .fold(there, |number, (width, part)| number << width | part);
        [i64::from(alert.number), what, alert.opened_at.as_millis()]
            .into_iter()
            .chain(parts.into_iter().filter_map(|(_, part)| part))
            .collect()
    }
}

/// Numbers that are no open alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the stored numbers are no open alert")]
pub struct InvalidOpenAlert;

impl TryFrom<Vec<i64>> for OpenAlert {
    type Error = InvalidOpenAlert;

    fn try_from(numbers: Vec<i64>) -> Result<Self, InvalidOpenAlert> {
        Self::read(&mut numbers.into_iter(), 0)
    }
}

impl OpenAlert {
    /// The alert that comes next in `numbers`, of which the instant is counted from `origin`. What there is of it tells how many
    /// numbers it has.
    pub(super) fn read(
        numbers: &mut impl Iterator<Item = i64>,
        origin: i64,
    ) -> Result<Self, InvalidOpenAlert> {
        let mut next = || numbers.next().ok_or(InvalidOpenAlert);
        let (number, mut what, opened_at) = (next()?, next()?, next()?);
        let opened_at = Timestamp::from_millis(origin.saturating_add(opened_at));
        let mut part = |width: u32| {
            let part = what & ((1 << width) - 1);
            what >>= width;
            usize::try_from(part).map_err(|_| InvalidOpenAlert)
        };
        let kind = AlertKind::ALL.get(part(KIND)?).ok_or(InvalidOpenAlert)?;
        let severity = Severity::ALL.get(part(SEVERITY)?).ok_or(InvalidOpenAlert)?;
        let side = match part(SIDE)? {
            0 => None,
            1 => Some(Side::High),
            2 => Some(Side::Low),
            _ => return Err(InvalidOpenAlert),
        };
        let slot = part(SLOT)?.checked_sub(1);
        let there = what;
        let mut optional = |bit: i64| (there & bit != 0).then(&mut next).transpose();
        let instant = |millis: i64| Timestamp::from_millis(opened_at.as_millis().saturating_add(millis));
        let degrees = |value: i64| {
            i32::try_from(value)
                .map(CentiCelsius)
                .map_err(|_| InvalidOpenAlert)
        };
        let alert = Self {
            number: u32::try_from(number).map_err(|_| InvalidOpenAlert)?,
            kind: *kind,
            severity: *severity,
            opened_at,
            since: optional(SINCE)?.map(instant),
            escalated_at: optional(ESCALATED)?.map(instant),
            trigger: optional(TRIGGER)?.map(degrees).transpose()?,
            worst: optional(WORST)?.map(degrees).transpose()?,
            limit: optional(LIMIT)?.map(degrees).transpose()?,
            related: match (optional(RELATED)?, optional(RELATED)?) {
                (Some(number), Some(at)) => Some(Related(
                    u32::try_from(number).map_err(|_| InvalidOpenAlert)?,
                    instant(at),
                )),
                _ => None,
            },
            alarm: match (optional(ALARM)?, optional(ALARM)?) {
                (Some(place), Some(value)) => {
                    let place = u8::try_from(place).ok();
                    let alarm = place.and_then(AlarmId::at).ok_or(InvalidOpenAlert)?;
                    let value = i32::try_from(value).map_err(|_| InvalidOpenAlert)?;
                    Some((alarm, value))
                }
                _ => None,
            },
            side,
            slot: slot
                .map(|slot| u8::try_from(slot).map_err(|_| InvalidOpenAlert))
                .transpose()?,
            held: there & HELD != 0,
        };
        Ok(alert)
    }
}
