//! Why an alert is there, in one sentence a cook can read: the rule, what was measured, and who set the rule.

use super::{OpenAlert, Rule, Rules, SetAt, UnitKind};
use crate::alert::{AlertKind, Side};
use crate::measurement::CentiCelsius;
use crate::time::{Span, Timestamp};

/// What there is to tell of an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Telling {
    /// It has opened.
    Opened,
    /// It has become worse.
    Upgraded,
    /// It has ended.
    Resolved(Ending),
}

/// Why an alert ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// What it was about did.
    Over,
    /// The rules were changed, and by the new ones there is nothing to tell.
    RulesChanged,
    /// The unit is judged no more.
    Deactivated,
}

/// Why `alert` of a unit of `kind` is there, or is no more, as of `at`.
pub(super) fn explain(
    kind: UnitKind,
    rules: &Rules,
    alert: &OpenAlert,
    telling: Telling,
    at: Timestamp,
) -> String {
    if telling == Telling::Resolved(Ending::Deactivated) {
        return "The unit is not monitored any more, so nothing is asked for it.".to_owned();
    }
    match alert.kind {
        AlertKind::TempExcursion => excursion(kind, rules, alert, telling, at),
        AlertKind::SensorFault => fault(telling),
        AlertKind::MonitoringInterrupted => silence(rules, alert, telling, at),
        AlertKind::MissedManualEntry => log_due(rules, alert, telling, at),
    }
}

fn excursion(kind: UnitKind, rules: &Rules, alert: &OpenAlert, telling: Telling, at: Timestamp) -> String {
    let side = alert.side.unwrap_or(Side::High);
    let limit = alert.limit.unwrap_or(rules.limit(side));
    let worst = alert.worst.unwrap_or(limit);
    let (beyond, rule) = match side {
        Side::High => ("above", Rule::High),
        Side::Low => ("below", Rule::Low),
    };
    let limit = both(limit);
    let lasted = length(at.since(alert.opened_at));
    match telling {
        Telling::Opened => {
            let set = match rules.sources.of(rule) {
                SetAt::Standard => format!("the standard for a {}", name(kind)),
                place => set_at(place).to_owned(),
            };
            format!("{worst} is {beyond} the limit of {limit}, {set}.")
        }
        Telling::Upgraded => format!(
            "{} the limit of {limit} for {lasted}, where {} is an alarm ({}); the worst was {worst}.",
            if side == Side::High { "Above" } else { "Below" },
            length(rules.confirm),
            set_at(rules.sources.of(Rule::Confirm)),
        ),
        Telling::Resolved(Ending::RulesChanged) => format!(
            "In range since the limits were changed, after {lasted} {beyond} {limit}; the worst was {worst}."
        ),
        Telling::Resolved(_) => {
            format!("Back in range after {lasted} {beyond} {limit}; the worst was {worst}.")
        }
    }
}

fn fault(telling: Telling) -> String {
    match telling {
        Telling::Opened | Telling::Upgraded => {
            "The sensor answers but sends no usable temperature: check the probe and its cable."
        }
        Telling::Resolved(_) => "The sensor sends usable temperatures again.",
    }
    .to_owned()
}

fn silence(rules: &Rules, alert: &OpenAlert, telling: Telling, at: Timestamp) -> String {
    let Some(heard) = alert.since else {
        let waited = length(at.since(alert.opened_at));
        return match telling {
            Telling::Opened | Telling::Upgraded => {
                "The new sensor has not been heard in its first hour: check that it is switched on and in reach."
                    .to_owned()
            }
            Telling::Resolved(Ending::RulesChanged) => "There is no sensor to wait for any more.".to_owned(),
            Telling::Resolved(_) => format!("The new sensor reports, {waited} later than expected."),
        };
    };
    let silent = at.since(heard);
    let (missed, every) = (rules.missed(silent), length(rules.report_interval));
    let reports = if missed == 1 {
        "1 report is".to_owned()
    } else {
        format!("{missed} reports are")
    };
    let silent = length(silent);
    match telling {
        Telling::Resolved(Ending::RulesChanged) => {
            format!("By the rules as they are now no report is missing: one is due every {every}.")
        }
        Telling::Resolved(_) => format!("The sensor reports again after {silent} of silence."),
        Telling::Opened | Telling::Upgraded => {
            let (rule, count, what) = if alert.severity == crate::alert::Severity::Critical {
                (Rule::OfflineCritical, rules.offline_critical, "is critical")
            } else {
                (Rule::OfflineWarning, rules.offline_warning, "is a warning")
            };
            format!(
                "Nothing was heard of the sensor for {silent}: it reports every {every}, so {reports} missing, and {count} \
                 {what} ({}).",
                set_at(rules.sources.of(rule)),
            )
        }
    }
}

fn log_due(rules: &Rules, alert: &OpenAlert, telling: Telling, at: Timestamp) -> String {
    let known = length(at.since(alert.since.unwrap_or(alert.opened_at)));
    match telling {
        Telling::Resolved(Ending::RulesChanged) => "By the rules as they are now no log is due.".to_owned(),
        Telling::Resolved(_) => "The temperature is known again.".to_owned(),
        Telling::Opened | Telling::Upgraded => format!(
            "The sensor is silent and the temperature has not been known for {known}: measure it and log it by hand, as is due \
             every {} ({}).",
            length(rules.manual_interval),
            set_at(rules.sources.of(Rule::ManualInterval)),
        ),
    }
}

fn both(temperature: CentiCelsius) -> String {
    format!("{temperature} ({:.1} °F)", temperature.fahrenheit())
}

const fn name(kind: UnitKind) -> &'static str {
    match kind {
        UnitKind::Fridge => "fridge",
        UnitKind::Freezer => "freezer",
        UnitKind::DisplayCase => "display case",
        UnitKind::WalkInCooler => "walk-in cooler",
        UnitKind::WalkInFreezer => "walk-in freezer",
        UnitKind::BlastChiller => "blast chiller",
    }
}

const fn set_at(place: SetAt) -> &'static str {
    match place {
        SetAt::Standard => "the standard",
        SetAt::Organization => "set for the organization",
        SetAt::Site => "set for the site",
        SetAt::Unit => "set for this unit",
    }
}

/// A length of time as people say it: seconds below one minute, minutes below two hours.
fn length(span: Span) -> String {
    let (seconds, minutes) = (span.as_seconds(), span.as_minutes());
    match (minutes / 60, minutes % 60) {
        _ if seconds < 60 => format!("{seconds} s"),
        (0 | 1, _) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}
