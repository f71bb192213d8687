//! The page that lists the alarm library.

use freshtrack_domain::alert::{AlertKind, Severity};
use freshtrack_domain::measurement::CentiCelsius;
use freshtrack_domain::time::Span;
use freshtrack_domain::unit::{Condition, Definition, LIBRARY, Quantity, Tier};
use serde::Serialize;
use std::fmt::Write as _;

const HEAD: &str = "# The alarm library

Generated from `common/domain/src/unit/library/definitions.rs` by `cargo verify structure --write`.

Each alarm is a condition with figures, which an organization, a site or a unit may set otherwise: whether it is on, how much
it matters, its threshold, how long it must hold, and for how long after it ended no alert of its kind opens again
([ADR 29](adr/0029-alarm-library.md)). `GET /v1/orgs/{org_id}/units/{unit_id}/alarms` tells how they are in force for a unit.

An alarm that *raises* a kind of alert makes the one worse that the rules of the unit have opened, and opens none. What is
*built in* is asked by those rules already and is set with them.
";

const TIERS: [(Tier, &str); 5] = [
    (Tier::Threshold, "Thresholds"),
    (Tier::RateAndDuration, "Rates and durations"),
    (Tier::CrossSensor, "Several sensors of a unit"),
    (Tier::SitePattern, "Several units of a site"),
    (Tier::EnvironmentAndDevice, "Surroundings and devices"),
];

/// The page, in Markdown.
#[must_use]
pub fn alarms() -> String {
    let mut page = HEAD.to_owned();
    for (tier, title) in TIERS {
        let of_tier = || LIBRARY.iter().filter(|definition| definition.tier == tier);
        write_tier(&mut page, title, of_tier);
    }
    page
}

fn write_tier<'a, I: Iterator<Item = &'a Definition>>(
    page: &mut String,
    title: &str,
    of_tier: impl Fn() -> I,
) {
    let judged = |definition: &&Definition| {
        !matches!(
            definition.condition,
            Condition::BuiltIn(_) | Condition::Unavailable(_)
        )
    };
    let mut lines = format!("\n## {title}\n");
    if of_tier().any(|definition| judged(&definition)) {
        lines.push_str(
            "\n| alarm | severity | on | threshold | for | again after | alert | what it tells |\n",
        );
        lines.push_str("|---|---|---|---|---|---|---|---|\n");
    }
    for definition in of_tier().filter(judged) {
        let threshold = definition
            .threshold
            .zip(definition.condition.quantity())
            .map_or_else(String::new, |(value, quantity)| figure(quantity, value));
        let alert = definition.condition.alert().map_or_else(String::new, |kind| {
            let raises = if definition.condition.raises() {
                "raises "
            } else {
                ""
            };
            format!("{raises}`{}`", word(&kind))
        });
        let _ = writeln!(
            lines,
            "| `{}` | {} | {} | {threshold} | {} | {} | {alert} | {} Source: {}. |",
            definition.slug,
            word::<Severity>(&definition.severity),
            if definition.enabled { "yes" } else { "" },
            if definition.condition.lasts() {
                length(definition.duration)
            } else {
                String::new()
            },
            definition.cooldown.map_or_else(String::new, length),
            definition.about,
            definition.source,
        );
    }
    let mut others = of_tier().filter(|definition| !judged(definition)).peekable();
    if others.peek().is_some() {
        lines.push_str("\n| alarm | severity | where it comes from | what it tells |\n|---|---|---|---|\n");
    }
    for definition in others {
        let from = match definition.condition {
            Condition::BuiltIn(kind) => format!("built in: `{}`", word::<AlertKind>(&kind)),
            Condition::Unavailable(why) => format!("not available: {why}"),
            _ => String::new(),
        };
        let _ = writeln!(
            lines,
            "| `{}` | {} | {from} | {} |",
            definition.slug,
            word::<Severity>(&definition.severity),
            definition.about,
        );
    }
    page.push_str(&lines);
}

/// `value` by its name in the API.
fn word<T: Serialize>(value: &T) -> String {
    let name = serde_json::to_value(value).unwrap_or_default();
    name.as_str().unwrap_or_default().to_owned()
}

fn figure(quantity: Quantity, value: i32) -> String {
    let celsius = CentiCelsius(value).celsius();
    match quantity {
        Quantity::Temperature => format!("{celsius:.1} °C ({:.0} °F)", CentiCelsius(value).fahrenheit()),
        Quantity::TemperatureDifference => format!("{celsius:.1} °C ({:.0} °F)", celsius * 1.8),
        Quantity::TemperatureRate => format!("{celsius:.1} °C ({:.0} °F) an hour", celsius * 1.8),
        Quantity::Percent => format!("{value} %"),
        Quantity::SignalStrength => format!("{value} dBm"),
        Quantity::Count => value.to_string(),
    }
}

fn length(span: Span) -> String {
    match span.as_minutes() {
        0 => "at once".to_owned(),
        minutes if minutes % 60 == 0 => format!("{} h", minutes / 60),
        minutes => format!("{minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_alarm_is_on_the_page_once() {
        let page = alarms();
        for definition in &LIBRARY {
            assert_eq!(
                page.matches(&format!("\n| `{}` |", definition.slug)).count(),
                1,
                "{}",
                definition.slug
            );
        }
    }
}
