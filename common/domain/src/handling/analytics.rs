//! What alerts and the people who handled them say of a span of time.

use super::{Handling, HandlingStatus};
use crate::alert::{Alert, AlertKind, AlertStatus, Severity};
use crate::history::Window;
use crate::ids::{SiteId, UnitId};
use crate::time::{Span, Timestamp};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// An alert and what people have done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handled {
    /// The alert.
    pub alert: Alert,
    /// What people have done, if anything.
    pub handling: Option<Handling>,
}

impl Handled {
    /// How far people are with it.
    #[must_use]
    pub fn status(&self) -> HandlingStatus {
        let severity = self.alert.severity;
        self.handling
            .as_ref()
            .map_or(HandlingStatus::Open, |handling| handling.status(severity))
    }

    /// Whether it still asks for somebody's signature.
    #[must_use]
    pub fn needs_signature(&self) -> bool {
        match &self.handling {
            Some(handling) => handling.needs_signature(&self.alert),
            None => super::asks_for_signature(self.alert.kind, self.alert.severity),
        }
    }
}

/// How long things took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Durations {
    /// How many things are counted.
    pub count: u32,
    /// Their mean; none if there are none.
    pub mean: Option<Span>,
    /// Their median: the middle one, or halfway between the two in the middle.
    pub median: Option<Span>,
}

/// Alerts of one kind and severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KindFigures {
    /// What they were about.
    pub kind: AlertKind,
    /// The worst that they were.
    pub severity: Severity,
    /// How many.
    pub alerts: u32,
    /// The condition of how many holds.
    pub open: u32,
    /// How many ask for a signature.
    pub unsigned: u32,
}

/// Alerts of one unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnitFigures {
    /// The unit.
    pub unit_id: UnitId,
    /// The site it was in when the newest of them opened.
    pub site_id: SiteId,
    /// How many.
    pub alerts: u32,
    /// How many of them were critical.
    pub critical: u32,
    /// How long their conditions have held, added up.
    pub held: Span,
}

/// What alerts and the people who handled them say of a span of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// How many alerts opened.
    pub alerts: u32,
    /// By kind and severity, in that order.
    pub kinds: Vec<KindFigures>,
    /// From opening until somebody first signed, of those that were signed.
    pub to_acknowledge: Durations,
    /// From opening until the condition was over, of those of which it is.
    pub to_resolve: Durations,
    /// The units with the most critical alerts, then the most alerts, then the longest, the worst first.
    pub worst: Vec<UnitFigures>,
    /// Alerts that opened in each window, and how many of them were critical.
    pub trend: Vec<(Window, u32, u32)>,
}

/// What `alerts` come to. They count in the window of `windows` in which they opened; conditions that still hold have held
/// until `now`. Of the worst units, `most` are named.
#[must_use]
pub fn analyze(alerts: &[Handled], windows: &[Window], now: Timestamp, most: usize) -> Figures {
    let mut kinds: BTreeMap<(AlertKind, Severity), KindFigures> = BTreeMap::new();
    let mut units: BTreeMap<UnitId, UnitFigures> = BTreeMap::new();
    let mut trend: Vec<(Window, u32, u32)> = windows.iter().map(|window| (*window, 0, 0)).collect();
    let (mut seen, mut over) = (Vec::new(), Vec::new());
    for handled in alerts {
        let alert = &handled.alert;
        let critical = u32::from(alert.severity.is_alarm());
        let of_kind = kinds.entry((alert.kind, alert.severity)).or_insert(KindFigures {
            kind: alert.kind,
            severity: alert.severity,
            alerts: 0,
            open: 0,
            unsigned: 0,
        });
        of_kind.alerts += 1;
        of_kind.open += u32::from(alert.status == AlertStatus::Open);
        of_kind.unsigned += u32::from(handled.needs_signature());
        let unit = units.entry(alert.unit_id).or_insert(UnitFigures {
            unit_id: alert.unit_id,
            site_id: alert.site_id,
            alerts: 0,
            critical: 0,
            held: Span::ZERO,
        });
        unit.alerts += 1;
        unit.critical += critical;
        unit.held = unit.held + alert.resolved_at.unwrap_or(now).since(alert.opened_at);
        if let Some(at) = handled.handling.as_ref().and_then(|known| known.first_signed_at) {
            seen.push(at.since(alert.opened_at));
        }
        if let Some(at) = alert.resolved_at {
            over.push(at.since(alert.opened_at));
        }
        // Windows follow each other, so the last one that has begun is the one.
        let place = trend.partition_point(|(window, ..)| window.from <= alert.opened_at);
        if let Some((_, alerts, criticals)) = place.checked_sub(1).and_then(|place| trend.get_mut(place)) {
            *alerts += 1;
            *criticals += critical;
        }
    }
    let mut worst: Vec<UnitFigures> = units.into_values().collect();
    worst.sort_by_key(|unit| Reverse((unit.critical, unit.alerts, unit.held)));
    worst.truncate(most);
    Figures {
        alerts: count(alerts.len()),
        kinds: kinds.into_values().collect(),
        to_acknowledge: durations(seen),
        to_resolve: durations(over),
        worst,
        trend,
    }
}

fn durations(mut spans: Vec<Span>) -> Durations {
    spans.sort_unstable();
    let number = i64::try_from(spans.len()).unwrap_or(i64::MAX);
    let sum: i64 = spans.iter().map(|span| span.as_millis()).sum();
    let half = spans.len() / 2;
    let upper = spans.get(half).copied();
    let lower = if spans.len().is_multiple_of(2) {
        half.checked_sub(1).and_then(|place| spans.get(place)).copied()
    } else {
        upper
    };
    Durations {
        count: count(spans.len()),
        mean: sum.checked_div(number).map(millis),
        median: upper
            .zip(lower)
            .map(|(upper, lower)| millis(lower.as_millis().midpoint(upper.as_millis()))),
    }
}

/// A span of `millis` milliseconds, which are not negative.
fn millis(millis: i64) -> Span {
    Timestamp::from_millis(millis).since(Timestamp::from_millis(0))
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handling::tests::alert;
    use crate::handling::{Acknowledgement, Signature};
    use crate::ids::{AlertId, Id, Ulid};
    use crate::text::Notes;
    use proptest::prelude::*;

    const START: Timestamp = Timestamp::from_seconds(1_790_000_000);

    fn minute(minutes: u32) -> Timestamp {
        START + Span::minutes(minutes)
    }

    fn handled(number: u128, unit: u128, opened: u32, over: Option<u32>, seen: Option<u32>) -> Handled {
        let severity = Severity::Critical;
        let alert = Alert {
            id: AlertId::from_ulid(Ulid::from_parts(0, number)),
            unit_id: UnitId::from_ulid(Ulid::from_parts(0, unit)),
            status: over.map_or(AlertStatus::Open, |_| AlertStatus::Resolved),
            opened_at: minute(opened),
            resolved_at: over.map(minute),
            ..alert(severity)
        };
        let handling = seen.map(|seen| {
            Handling::new(alert.id).acknowledged(Acknowledgement {
                signature: Signature {
                    at: minute(seen),
                    by: "usr_cook".to_owned(),
                    acting_as: None,
                    severity,
                },
                note: Notes::default(),
            })
        });
        Handled { alert, handling }
    }

    #[test]
    fn figures_of_a_shift() {
        let alerts = [
            handled(1, 7, 0, Some(30), Some(10)),
            handled(2, 7, 65, Some(75), Some(67)),
            handled(3, 8, 70, None, None),
        ];
        let hour = |number: u32| Window {
            from: minute(number * 60),
            to: minute(number * 60 + 60),
        };
        let figures = analyze(&alerts, &[hour(0), hour(1)], minute(120), 1);
        assert_eq!(figures.alerts, 3);
        assert_eq!(
            figures.kinds,
            [KindFigures {
                kind: AlertKind::TempExcursion,
                severity: Severity::Critical,
                alerts: 3,
                open: 1,
                unsigned: 1
            }]
        );
        let took = |count, mean, median| Durations {
            count,
            mean: Some(Span::minutes(mean)),
            median: Some(Span::minutes(median)),
        };
        assert_eq!(figures.to_acknowledge, took(2, 6, 6));
        assert_eq!(figures.to_resolve, took(2, 20, 20));
        assert_eq!(figures.trend, [(hour(0), 1, 1), (hour(1), 2, 2)]);
        let [worst] = figures.worst[..] else { panic!("one") };
        assert_eq!(
            (worst.unit_id, worst.alerts, worst.held),
            (alerts[0].alert.unit_id, 2, Span::minutes(40))
        );
    }

    #[test]
    fn nothing_comes_to_nothing() {
        let figures = analyze(&[], &[], START, 10);
        assert_eq!((figures.alerts, figures.worst.len()), (0, 0));
        assert_eq!(figures.to_resolve, Durations::default());
    }

    #[test]
    fn a_median_is_not_moved_by_one_that_took_a_weekend() {
        let spans = [3, 1, 4_000].map(Span::minutes).to_vec();
        assert_eq!(durations(spans).median, Some(Span::minutes(3)));
    }

    proptest! {
        #[test]
        fn every_alert_counts_once(opened in prop::collection::vec((0_u32..600, 1_u128..5), 0..60)) {
            let alerts: Vec<Handled> = opened
                .iter()
                .zip(1..)
                .map(|((opened, unit), number)| handled(number, *unit, *opened, None, None))
                .collect();
            let windows: Vec<Window> = (0..10)
                .map(|hour| Window { from: minute(hour * 60), to: minute(hour * 60 + 60) })
                .collect();
            let figures = analyze(&alerts, &windows, minute(600), usize::MAX);
            let total = u32::try_from(alerts.len()).unwrap();
            prop_assert_eq!(figures.kinds.iter().map(|kind| kind.alerts).sum::<u32>(), total);
            prop_assert_eq!(figures.worst.iter().map(|unit| unit.alerts).sum::<u32>(), total);
            prop_assert_eq!(figures.trend.iter().map(|(_, alerts, _)| alerts).sum::<u32>(), total);
        }
    }
}
