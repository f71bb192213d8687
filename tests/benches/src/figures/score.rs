//! How well the engine judges: alarms held against the truth of labelled weeks, and what hindsight costs.

use super::Figure;
use crate::Failure;
use crate::machine::Watch;
use crate::report::{Aim, Findings, Table};
use crate::statistics::{Rounds, short};
use freshtrack_corpus::{EventKind, ForecastScore, PROFILES, ROUND, Score, Tally, UnitWeek, corpus};
use freshtrack_domain::ids::{Id, SensorId, Ulid};
use freshtrack_domain::log::{Entry, SealedBlock};
use freshtrack_domain::measurement::{CentiCelsius, TemperatureSample};
use freshtrack_domain::reading::{Origin, Reading};
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_domain::unit::{
    Admission, Overrides, Rules, UnitKind, UnitRecord, UnitState, compare, replay,
};
use std::hint::black_box;
use std::time::Instant;

pub(super) const FIGURE: Figure = Figure {
    name: "score",
    about: "How well the engine judges",
    measure,
};

/// Seeds of which no rule was made: those are below 1,000.
const SEEDS: std::ops::RangeInclusive<u64> = 2_001..=2_004;
/// Rounds of weeks for each.
const ROUNDS: u32 = 10;

fn measure(rounds: usize, _: &mut Watch) -> Result<Findings, Failure> {
    let weeks: Vec<UnitWeek> = SEEDS.flat_map(|seed| corpus(seed, ROUNDS)).collect();
    let mut findings = Findings::default();
    findings.say(&format!(
        "{} unit-weeks, made from the seeds {} to {}: {ROUND} to a round, in which each of five kinds of units meets each of \
         twelve stories. An *alarm* is an alert that is or becomes critical: somebody is woken. It is *false* where nothing \
         went on that needs a person and the food stayed within its limits. A *critical* excursion has the food out of its \
         limits for half an hour without a break, and by more than a degree (frozen food: three). It is *missed* where \
         nobody is told while it goes on; an alarm that has been ringing since before tells nobody anew. Times run from when the thing itself happened, not from \
         when a probe could see it. All of it is exact and does not depend on the machine.",
        weeks.len(),
        SEEDS.start(),
        SEEDS.end(),
    ));
    let scores: Vec<(&str, Score)> = PROFILES
        .iter()
        .map(|profile| (profile.name, Score::of(&weeks, &(profile.overrides)())))
        .collect();
    findings.show(&profiles(&scores));
    let Some((_, defaults)) = scores.first() else {
        return Err("there are no profiles".into());
    };
    findings.say("Under the default rules, by what happened:");
    findings.show(&events(defaults));
    findings.say("Under the default rules, by kind of unit:");
    findings.show(&units(&weeks));
    forecasts(&weeks, &mut findings);
    hindsight(rounds, &mut findings);
    findings.aims.push(Aim::at_most(
        "false alarms a unit-week, doors included, default rules",
        0.1,
        defaults.all_false_alarms_a_week(),
        "",
    ));
    findings.aims.push(Aim::at_most(
        "critical excursions missed, default rules",
        0.0,
        defaults.total().missed_critical as f64,
        "",
    ));
    Ok(findings)
}

fn minutes(span: Option<Span>) -> String {
    span.map_or_else(|| "–".to_owned(), |span| span.as_minutes().to_string())
}

fn of(part: usize, whole: usize) -> String {
    format!("{part} of {whole}")
}

fn profiles(scores: &[(&str, Score)]) -> Table {
    let mut table = Table::new([
        "Rules",
        "false alarms a unit-week",
        "critical excursions missed",
        "other excursions missed",
        "minutes until told, median",
        "worst",
        "alarms a real event",
        "false door alarms a unit-week",
        "warnings a unit-week",
    ]);
    for (name, score) in scores {
        let total = score.total();
        table.row([
            (*name).to_owned(),
            format!("{:.3}", score.false_alarms_a_week()),
            of(total.missed_critical, total.critical),
            of(
                total.missed - total.missed_critical,
                total.excursions - total.critical,
            ),
            minutes(total.median()),
            minutes(total.worst()),
            alarms(&total),
            format!("{:.3}", score.false_door_alarms_a_week()),
            format!("{:.1}", score.warnings_a_week()),
        ]);
    }
    table
}

fn alarms(tally: &Tally) -> String {
    tally
        .alarms_an_event()
        .map_or_else(|| "–".to_owned(), |alarms| format!("{alarms:.2}"))
}

fn events(score: &Score) -> Table {
    let mut table = Table::new([
        "Event",
        "how many",
        "food out of its limits",
        "critical",
        "critical missed",
        "found",
        "minutes until told, median",
        "worst",
        "minutes after the food was out, median",
        "alarms",
        "false alarms",
    ]);
    for kind in EventKind::ALL {
        let Some(tally) = score.kinds.get(&kind) else {
            continue;
        };
        let real = kind.needs_a_person();
        table.row([
            kind.name().to_owned(),
            tally.events.to_string(),
            tally.excursions.to_string(),
            tally.critical.to_string(),
            tally.missed_critical.to_string(),
            if real {
                tally.found.to_string()
            } else {
                "–".to_owned()
            },
            minutes(tally.median()),
            minutes(tally.worst()),
            tally
                .median_after_out()
                .map_or_else(|| "–".to_owned(), |seconds| (seconds / 60).to_string()),
            tally.alarms.to_string(),
            tally.false_alarms.to_string(),
        ]);
    }
    table
}

fn units(weeks: &[UnitWeek]) -> Table {
    let mut table = Table::new([
        "Kind",
        "minutes to confirm",
        "false alarms a unit-week",
        "critical excursions missed",
        "minutes until told, median",
        "worst",
    ]);
    for (kind, name) in [
        (UnitKind::Fridge, "fridge"),
        (UnitKind::WalkInCooler, "walk-in cooler"),
        (UnitKind::DisplayCase, "display case"),
        (UnitKind::Freezer, "freezer"),
        (UnitKind::WalkInFreezer, "walk-in freezer"),
    ] {
        let of_kind = weeks.iter().filter(|week| week.kind == kind);
        let score = Score::of(of_kind, &Overrides::default());
        let total = score.total();
        table.row([
            name.to_owned(),
            kind.default_confirm().as_minutes().to_string(),
            format!("{:.3}", score.false_alarms_a_week()),
            of(total.missed_critical, total.critical),
            minutes(total.median()),
            minutes(total.worst()),
        ]);
    }
    table
}

fn forecasts(weeks: &[UnitWeek], findings: &mut Findings) {
    let mut score = ForecastScore::default();
    for week in weeks {
        score.add(week);
    }
    findings.say(
        "Forecasts of when a drifting temperature reaches its limit: one for each reading that gives one, held against what \
         the probe measured afterwards.",
    );
    let mut table = Table::new([
        "Forecasts",
        "limit reached",
        "of those within the error bar",
        "middle error, minutes",
        "made before the limit, minutes, median",
        "excursions of the probe that were forecast 10 minutes before",
    ]);
    table.row([
        score.made.to_string(),
        format!("{:.0} %", score.reached_percent()),
        format!("{:.0} %", score.within_percent()),
        format!("{:.0}", score.median_error()),
        format!("{:.0}", score.median_notice()),
        of(score.forecast, score.excursions),
    ]);
    findings.show(&table);
}

/// Days that are replayed.
const DAYS: u32 = 90;
const INTERVAL: Span = Span::minutes(5);

fn sensor() -> SensorId {
    Id::from_ulid(Ulid::from_parts(1, 4))
}

/// Ninety days of a unit that is too warm once a day, as they are stored.
fn stored() -> (UnitState, Vec<SealedBlock>) {
    let id = |random| Ulid::from_parts(1, random);
    let start = Timestamp::from_seconds(1_795_262_400);
    let mut state = UnitState::new(
        Id::from_ulid(id(1)),
        Id::from_ulid(id(2)),
        Id::from_ulid(id(3)),
        UnitKind::Fridge,
        start,
    );
    state.overrides.report_interval = Some(INTERVAL);
    let mut record = UnitRecord::new(state);
    let (mut blocks, mut changes) = (Vec::new(), Vec::new());
    let mut at = start;
    for n in 0..DAYS * 24 * 12 {
        let centi = match n % 288 {
            0..14 => 640,
            n => 300 + i32::from(n % 7 == 0) * 40,
        };
        let reading = Reading {
            temperature: Some(TemperatureSample::judge(CentiCelsius(centi))),
            rssi_dbm: Some(-97),
            from_probe: true,
            ..Reading::new(sensor(), at, Origin::Radio)
        };
        if record.take(&reading, at, &mut changes) == Admission::HeadFull {
            blocks.extend(record.seal());
            record.take(&reading, at, &mut changes);
        }
        changes.clear();
        at = at + INTERVAL;
    }
    blocks.extend(record.seal());
    (record.state, blocks)
}

fn hindsight(rounds: usize, findings: &mut Findings) {
    let (state, blocks) = stored();
    let present = state.rules();
    let proposed = Rules {
        confirm: Span::minutes(90),
        high: CentiCelsius(450),
        ..present
    };
    let until = state.seen_at.unwrap_or_default();
    let once = || {
        let began = Instant::now();
        let entries: Vec<Entry> = blocks
            .iter()
            .filter_map(|block| block.open().ok())
            .flat_map(|(_, entries)| entries)
            .collect();
        let readings: Vec<Reading> = entries
            .iter()
            .map(|entry| entry.reading(sensor(), true))
            .collect();
        let compared = compare(
            replay(&state, &present, &readings, until),
            replay(&state, &proposed, &readings, until),
        );
        black_box(compared.len());
        (began.elapsed().as_secs_f64() * 1e3, readings.len())
    };
    let runs: Vec<(f64, usize)> = (0..rounds.max(1) * 5).map(|_| once()).collect();
    let taken = Rounds::new(runs.iter().map(|(taken, _)| *taken));
    let bytes: usize = blocks.iter().map(|block| block.payload.len()).sum();
    let count = runs.first().map_or(0, |(_, count)| *count);
    findings.say(&format!(
        "Other rules tried on the past: {DAYS} days of a unit that reports every {} minutes are {count} readings in {} sealed \
         blocks, {} KB. Opening them, judging all of it by two sets of rules and comparing takes {taken} ms in one thread: \
         median of {} runs (smallest to largest).",
        INTERVAL.as_minutes(),
        blocks.len(),
        short(bytes as f64 / 1_024.0),
        runs.len(),
    ));
    findings.aims.push(Aim::at_most(
        "90 days of a unit tried under two sets of rules",
        100.0,
        taken.median(),
        "ms",
    ));
}
