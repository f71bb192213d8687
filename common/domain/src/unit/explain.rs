//! Why an alert is there, in one sentence a cook can read: the rule, what was measured, and who set the rule.

use super::rules::{LOW_MILLIVOLTS, LOW_PERCENT};
use super::{Condition, OpenAlert, Quantity, Rule, Rules, SetAt, UnitKind, UnitState};
use crate::alert::{AlertKind, Side};
use crate::measurement::{Battery, CentiCelsius};
use crate::time::{Span, Timestamp};

/// What there is to tell of an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Telling {
    /// It has opened.
    Opened(Fact),
    /// It has been open for a while, and is held back no more.
    Released,
    /// It has become worse.
    Upgraded(Fact),
    /// It has ended.
    Resolved(Ending),
}

/// What is known at the moment of an alert, and need not be remembered with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Fact {
    /// Nothing else.
    #[default]
    Nothing,
    /// The rule by which an excursion is an alarm.
    ConfirmedBy(Rule),
    /// What the temperature was when the alert's time began.
    Before(CentiCelsius),
    /// The sensor sends what cannot be read.
    Unreadable,
}

/// Why an alert ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// What it was about did.
    Over,
    /// Whether it did is not known any more.
    Unknown,
    /// Another alert tells of it now.
    TakenOver,
    /// The rules or the sensors were changed, and by the new ones there is nothing to tell.
    RulesChanged,
    /// The unit is judged no more.
    Deactivated,
}

/// Why `alert` of the unit in `state` is there, or is no more, as of `at`.
pub(super) fn explain(
    state: &UnitState,
    rules: &Rules,
    alert: &OpenAlert,
    telling: Telling,
    at: Timestamp,
) -> String {
    let told = match telling {
        Telling::Resolved(Ending::Deactivated) => {
            return "The unit is not monitored any more, so nothing is asked for it.".to_owned();
        }
        Telling::Released => Telling::Opened(Fact::Nothing),
        other => other,
    };
    let sentence = match by_library(state, alert, told, at) {
        Some(sentence) => sentence,
        None => by_rules(state, rules, alert, telling, told, at),
    };
    match (telling, sentence.strip_suffix('.')) {
        (Telling::Released, Some(sentence)) => format!("{sentence}; it was held back until now."),
        _ => sentence,
    }
}

/// What an alarm of the library says of `alert`, if it opened it or made it worse.
fn by_library(state: &UnitState, alert: &OpenAlert, told: Telling, at: Timestamp) -> Option<String> {
    let (alarm, value) = alert.alarm?;
    let condition = alarm.definition().condition;
    if let Telling::Resolved(ending) = told {
        // How an alert ends that it has only made worse is told by the rules that opened it.
        return (!condition.raises()).then(|| match ending {
            Ending::RulesChanged => "By the alarms as they are set now there is nothing to tell.".to_owned(),
            Ending::Unknown => "Nothing more is heard of the door contact.".to_owned(),
            _ => format!(
                "{}, after {}.",
                condition.over(),
                length(at.since(alert.opened_at))
            ),
        });
    }
    let figure = |value| figure(condition, value);
    Some(
        alarm
            .definition()
            .sentence
            .replace("{value}", &figure(value))
            .replace("{threshold}", &figure(state.alarms.threshold(alarm)))
            .replace("{duration}", &length(state.alarms.duration(alarm)))
            .replace("{set}", set_at(state.alarms.set_at(alarm))),
    )
}

/// `value` as `condition` measures it, for people.
fn figure(condition: Condition, value: i32) -> String {
    match condition.quantity() {
        Some(Quantity::Temperature) => both(CentiCelsius(value)),
        Some(Quantity::TemperatureDifference | Quantity::TemperatureRate) => {
            let celsius = f64::from(value) / 100.0;
            format!("{celsius:.1} °C ({:.1} °F)", celsius * 1.8)
        }
        Some(Quantity::Percent) => format!("{value} %"),
        Some(Quantity::SignalStrength) => format!("{value} dBm"),
        Some(Quantity::Count) => value.to_string(),
        None if condition == Condition::DoorAfterHours => format!("{:02}:{:02}", value / 60, value % 60),
        None => length(Span::minutes(value.unsigned_abs())),
    }
}

fn by_rules(
    state: &UnitState,
    rules: &Rules,
    alert: &OpenAlert,
    telling: Telling,
    told: Telling,
    at: Timestamp,
) -> String {
    match alert.kind {
        AlertKind::TempExcursion => excursion(state, rules, alert, told, at),
        AlertKind::SensorFault => fault(told),
        AlertKind::MonitoringInterrupted => silence(rules, alert, told, at),
        AlertKind::MissedManualEntry => log_due(state, rules, alert, told, at),
        AlertKind::DoorOpen => door(rules, alert, told, at),
        // What the sensor has said since is not what it said when the alert opened.
        AlertKind::LowBattery if telling == Telling::Released => {
            "The battery of the sensor is low: change it soon.".to_owned()
        }
        AlertKind::LowBattery => {
            let charge = state.sensor_in(alert.slot).map(super::SensorTrack::battery);
            battery(charge.unwrap_or_default(), told)
        }
        AlertKind::SuspectedCoolingFailure => cooling(rules, alert, told, at),
        AlertKind::CalibrationDue => calibration(alert, told, at),
        // A process speaks for itself; no unit opens an alert of its kind.
        AlertKind::TimedProcess => "A timed process asks for somebody.".to_owned(),
        AlertKind::CumulativeExposure => exposure(state, rules, alert, told, at),
        // The others are of the library, which knows why it opened them.
        _ => String::new(),
    }
}

fn excursion(state: &UnitState, rules: &Rules, alert: &OpenAlert, telling: Telling, at: Timestamp) -> String {
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
        Telling::Opened(_) | Telling::Released => {
            let set = match rules.sources.of(rule) {
                SetAt::Standard => format!("the standard for a {}", name(state.kind)),
                place => set_at(place).to_owned(),
            };
            let excused = alert.since.map_or_else(String::new, |since| {
                let excused = length(alert.opened_at.since(since));
                format!(", after {excused} that the open door excused")
            });
            format!("{worst} is {beyond} the alarm limit of {limit}, {set}{excused}.")
        }
        Telling::Upgraded(Fact::ConfirmedBy(Rule::Exposure)) => format!(
            "{} the alarm limit of {limit} for {lasted} and, with what was before, {}; the worst was {worst}.",
            capital(side),
            too_much(state, rules, side, at),
        ),
        Telling::Upgraded(fact) => {
            let (lasted, span, rule, when) = match fact {
                Fact::ConfirmedBy(Rule::ConfirmDoorOpen) => (
                    lasted,
                    rules.confirm_door_open,
                    Rule::ConfirmDoorOpen,
                    " with the door open",
                ),
                Fact::ConfirmedBy(Rule::MaxExcursion) => {
                    let in_all = length(at.since(alert.since.unwrap_or(alert.opened_at)));
                    (
                        in_all,
                        rules.max_excursion,
                        Rule::MaxExcursion,
                        ", whatever excuses it",
                    )
                }
                _ => (lasted, rules.confirm, Rule::Confirm, ""),
            };
            format!(
                "{} the alarm limit of {limit} for {lasted}, where {} is an alarm{when} ({}); the worst was {worst}.",
                capital(side),
                length(span),
                set_at(rules.sources.of(rule)),
            )
        }
        Telling::Resolved(Ending::RulesChanged) => format!(
            "In range since the limits were changed, after {lasted} {beyond} {limit}; the worst was {worst}."
        ),
        Telling::Resolved(_) => {
            format!("Back in range after {lasted} {beyond} {limit}; the worst was {worst}.")
        }
    }
}

const fn capital(side: Side) -> &'static str {
    match side {
        Side::High => "Above",
        Side::Low => "Below",
    }
}

/// How long the unit was beyond its legal limit on `side` of late, and how long is too long.
fn too_much(state: &UnitState, rules: &Rules, side: Side, at: Timestamp) -> String {
    let limit = rules
        .legal
        .on(side)
        .map_or_else(String::new, |limit| format!(" of {}", both(limit)));
    let source = state
        .legal_source()
        .map_or_else(String::new, |source| format!(" ({source})"));
    format!(
        "{} the legal limit{limit}{source} for {} of the last {}, where {} is an alarm ({})",
        if side == Side::High { "above" } else { "below" },
        length(state.exposure(rules, at)),
        length(rules.exposure_window),
        length(rules.exposure_limit),
        set_at(rules.sources.of(Rule::Exposure)),
    )
}

fn exposure(state: &UnitState, rules: &Rules, alert: &OpenAlert, telling: Telling, at: Timestamp) -> String {
    let window = length(rules.exposure_window);
    match telling {
        Telling::Resolved(Ending::TakenOver) => {
            "The excursion that goes on is an alarm, which tells of this too.".to_owned()
        }
        Telling::Resolved(Ending::RulesChanged) => {
            "By the rules as they are now it was not beyond the legal limit for too long.".to_owned()
        }
        Telling::Resolved(_) => format!(
            "Beyond the legal limit for no more than {} of the last {window} again.",
            length(rules.exposure_enough()),
        ),
        Telling::Opened(_) | Telling::Released | Telling::Upgraded(_) => {
            let side = alert.side.unwrap_or(Side::High);
            format!("In all {}.", too_much(state, rules, side, at))
        }
    }
}

fn fault(telling: Telling) -> String {
    match telling {
        Telling::Opened(Fact::Unreadable) => {
            "The sensor sends what cannot be read as its model's: check that it is registered as the model it is."
        }
        Telling::Opened(_) | Telling::Released | Telling::Upgraded(_) => {
            "The sensor answers but sends no usable temperature: check the probe and its cable."
        }
        Telling::Resolved(_) => "The sensor sends usable temperatures again.",
    }
    .to_owned()
}

fn door(rules: &Rules, alert: &OpenAlert, telling: Telling, at: Timestamp) -> String {
    let open = length(at.since(alert.since.unwrap_or(alert.opened_at)));
    match telling {
        Telling::Resolved(Ending::RulesChanged) => {
            format!("By the rules as they are now the door may be open for longer than {open}.")
        }
        Telling::Resolved(Ending::Unknown) => {
            "Nothing more is heard of the door contact, so whether the door is open is not known any more."
                .to_owned()
        }
        Telling::Resolved(_) => format!("The door was closed after {open}."),
        Telling::Opened(_) | Telling::Released | Telling::Upgraded(_) => {
            let (rule, span, what) = if alert.severity.is_alarm() {
                (Rule::DoorCritical, rules.door_critical, "critical")
            } else {
                (Rule::DoorWarning, rules.door_warning, "a warning")
            };
            format!(
                "The door has been open for {open}, where {} is {what} ({}).",
                length(span),
                set_at(rules.sources.of(rule)),
            )
        }
    }
}

fn battery(charge: Battery, telling: Telling) -> String {
    let volts = |millivolts: u16| format!("{:.2} V", f64::from(millivolts) / 1_000.0);
    let (left, low) = match (charge.percent, charge.millivolts) {
        (Some(percent), _) => (
            format!("{percent} %"),
            format!("{LOW_PERCENT} % of its cells' charge"),
        ),
        (None, millivolts) => (
            volts(millivolts.unwrap_or_default()),
            format!("less than {}", volts(LOW_MILLIVOLTS)),
        ),
    };
    match telling {
        Telling::Resolved(Ending::RulesChanged) => "The sensor measures this unit no more.".to_owned(),
        Telling::Resolved(_) => format!("The battery of the sensor is at {left} again."),
        Telling::Opened(_) | Telling::Released | Telling::Upgraded(_) => {
            format!(
                "The battery of the sensor is at {left}, where {low} is low (the standard): change it soon."
            )
        }
    }
}

fn cooling(rules: &Rules, alert: &OpenAlert, telling: Telling, at: Timestamp) -> String {
    let limit = both(alert.limit.unwrap_or(rules.high));
    let since = at.since(alert.since.unwrap_or(alert.opened_at));
    match telling {
        Telling::Resolved(Ending::RulesChanged) => {
            "In range since the limits were changed, so the cooling is not in doubt.".to_owned()
        }
        Telling::Resolved(_) => format!("The unit has cooled to its range again, after {}.", length(since)),
        Telling::Opened(fact) | Telling::Upgraded(fact) => {
            let then = match fact {
                Fact::Before(then) => format!(" ({then} then, {} now)", alert.trigger.unwrap_or(then)),
                _ => String::new(),
            };
            format!(
                "Above the alarm limit of {limit} with the door closed and no better than {} ago{then}, where 45 min is a sign that \
                 the cooling has failed (the standard).",
                length(since),
            )
        }
        Telling::Released => {
            format!("Above the alarm limit of {limit} with the door closed and no better for too long.")
        }
    }
}

fn calibration(alert: &OpenAlert, telling: Telling, at: Timestamp) -> String {
    let expires = alert.since.unwrap_or(alert.opened_at);
    match telling {
        Telling::Resolved(_) => "The calibration of the sensor is in force.".to_owned(),
        _ if at >= expires => {
            "The calibration of the sensor has expired, by the record of the last one: have it calibrated."
                .to_owned()
        }
        _ => format!(
            "The calibration of the sensor expires in {}, by the record of the last one: have it calibrated.",
            length(expires.since(at)),
        ),
    }
}

fn silence(rules: &Rules, alert: &OpenAlert, telling: Telling, at: Timestamp) -> String {
    let Some(heard) = alert.since else {
        let waited = length(at.since(alert.opened_at));
        return match telling {
            Telling::Opened(_) | Telling::Released | Telling::Upgraded(_) => {
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
        Telling::Opened(_) | Telling::Released | Telling::Upgraded(_) => {
            let (rule, count, what) = if alert.severity.is_alarm() {
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

fn log_due(state: &UnitState, rules: &Rules, alert: &OpenAlert, telling: Telling, at: Timestamp) -> String {
    let known = alert.since.map(|since| length(at.since(since)));
    let every = length(rules.manual_interval);
    let set = set_at(rules.sources.of(Rule::ManualInterval));
    match telling {
        Telling::Resolved(Ending::RulesChanged) => "By the rules as they are now no log is due.".to_owned(),
        Telling::Resolved(_) => "The temperature is known again.".to_owned(),
        Telling::Opened(_) | Telling::Released | Telling::Upgraded(_) if state.contact.is_none() => {
            let missing = known.map_or_else(
                || "No temperature was ever logged by hand".to_owned(),
                |known| format!("No temperature was logged by hand for {known}"),
            );
            format!(
                "{missing}, where one is due every {every} while the site is open ({set}): measure it and log it."
            )
        }
        Telling::Opened(_) | Telling::Released | Telling::Upgraded(_) => {
            let known = known.unwrap_or_else(|| length(at.since(alert.opened_at)));
            format!(
                "The sensor is silent and the temperature has not been known for {known}: measure it and log it by hand, as is \
                 due every {every} ({set}).",
            )
        }
    }
}

/// A temperature in both units.
pub(crate) fn both(temperature: CentiCelsius) -> String {
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

/// A length of time as people say it: seconds below one minute, minutes below two hours, days from two on.
pub(crate) fn length(span: Span) -> String {
    let (seconds, minutes) = (span.as_seconds(), span.as_minutes());
    match (minutes / 60, minutes % 60) {
        _ if seconds < 60 => format!("{seconds} s"),
        (0 | 1, _) => format!("{minutes} min"),
        (48.., _) => format!("{} days", minutes / 60 / 24),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}
