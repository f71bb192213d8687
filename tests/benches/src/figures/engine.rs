//! The pure parts alone: judging a reading, keeping it, decoding a frame.

use super::Figure;
use crate::Failure;
use crate::machine::Watch;
use crate::report::{Aim, Findings, Table};
use crate::statistics::{Rounds, short};
use freshtrack_decoders::aliases;
use freshtrack_domain::ids::{Id, Ulid};
use freshtrack_domain::measurement::{CentiCelsius, TemperatureSample};
use freshtrack_domain::reading::{Origin, Reading};
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_domain::unit::{
    Admission, Input, Rules, UnitKind, UnitRecord, UnitState, UnitStatus, transition,
};
use freshtrack_tests::Frame;
use freshtrack_vendors::things_stack;
use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};
use std::hint::black_box;
use std::time::{Duration, Instant};

pub(super) const FIGURE: Figure = Figure {
    name: "engine",
    about: "The engine and the decoders alone",
    measure,
};

/// How long one candidate runs in one round.
const RUN: Duration = Duration::from_millis(40);
/// Rounds for each that the command line asks for: these are short.
const ROUNDS: usize = 5;
/// What is aimed at for one decoded frame, in nanoseconds.
const DECODER_AIM: f64 = 1_000.0;

/// Something that is done again and again.
struct Candidate {
    name: String,
    /// What one call does it this many times.
    times: f64,
    call: Box<dyn FnMut()>,
}

impl Candidate {
    fn new(name: impl Into<String>, times: usize, call: impl FnMut() + 'static) -> Self {
        Self {
            name: name.into(),
            times: times as f64,
            call: Box::new(call),
        }
    }

    /// Nanoseconds that it takes once, over as many calls as fit `RUN`.
    fn run(&mut self) -> f64 {
        let began = Instant::now();
        let (mut calls, mut next_look) = (0_u64, 1_u64);
        loop {
            (self.call)();
            calls += 1;
            // The clock is looked at ever less often, so that looking costs nothing.
            if calls == next_look {
                if began.elapsed() >= RUN {
                    break;
                }
                next_look += (next_look / 16).max(1);
            }
        }
        began.elapsed().as_secs_f64() * 1e9 / (calls as f64 * self.times)
    }
}

fn measure(rounds: usize, _: &mut Watch) -> Result<Findings, Failure> {
    let rounds = rounds * ROUNDS;
    let mut findings = Findings::default();
    findings.say(&format!(
        "Plain loops in one thread, all candidates in turn, {rounds} rounds: median (smallest to largest). The yardstick is \
         SHA-256 of 64 bytes; the ratio to it is taken within each round, so it carries over to other machines better than \
         nanoseconds do."
    ));
    let mut engine = vec![yardstick()];
    engine.extend(engine_candidates());
    let (table, _) = race("Engine", engine, rounds);
    findings.show(&table);
    let mut decoders = vec![yardstick()];
    decoders.extend(decoder_candidates()?);
    let frames = 1..=FRAMES.len();
    let (table, nanoseconds) = race("Decoders", decoders, rounds);
    findings.show(&table);
    let slowest = nanoseconds
        .get(frames)
        .into_iter()
        .flatten()
        .copied()
        .fold(0.0, f64::max);
    findings.aims.push(Aim::at_most(
        "decoding a frame, the slowest of the models measured",
        DECODER_AIM,
        slowest,
        "ns",
    ));
    Ok(findings)
}

/// Runs all candidates in turn; gives the table, and each one's median in nanoseconds.
fn race(title: &str, mut candidates: Vec<Candidate>, rounds: usize) -> (Table, Vec<f64>) {
    let mut runs: Vec<Vec<f64>> = vec![Vec::new(); candidates.len()];
    for _ in 0..rounds {
        for (candidate, runs) in candidates.iter_mut().zip(&mut runs) {
            runs.push(candidate.run());
        }
    }
    let mut table = Table::new([title, "ns", "of the yardstick"]);
    let mut medians = Vec::new();
    for (candidate, taken) in candidates.iter().zip(&runs) {
        let yardstick = runs.first().into_iter().flatten();
        let ratio = Rounds::new(taken.iter().zip(yardstick).map(|(one, base)| one / base));
        let taken = Rounds::new(taken.iter().copied());
        medians.push(taken.median());
        table.row([candidate.name.clone(), taken.to_string(), short(ratio.median())]);
    }
    (table, medians)
}

fn yardstick() -> Candidate {
    let bytes = [0x5A_u8; 64];
    Candidate::new("yardstick", 1, move || {
        black_box(Sha256::digest(black_box(&bytes)));
    })
}

/// One reading, `minutes` after the first one.
fn reading(minutes: u32, centi: i32) -> Reading {
    Reading {
        temperature: Some(TemperatureSample::judge(CentiCelsius(centi))),
        rssi_dbm: Some(-97),
        from_probe: true,
        ..Reading::new(
            Id::from_ulid(Ulid::from_parts(1, 4)),
            Timestamp::from_seconds(1_795_262_400) + Span::minutes(minutes),
            Origin::Radio,
        )
    }
}

/// A unit whose sensor reports every ten minutes.
fn refrigerator() -> UnitState {
    let id = |random| Ulid::from_parts(1, random);
    let start = Timestamp::from_seconds(1_795_262_400);
    let mut state = UnitState::new(
        Id::from_ulid(id(1)),
        Id::from_ulid(id(2)),
        Id::from_ulid(id(3)),
        UnitKind::Fridge,
        start,
    );
    state.overrides.report_interval = Some(Span::minutes(10));
    state.overrides.confirm = Some(Span::minutes(10));
    state
}

/// A compressor that fails and is mended, five minutes between readings: excursion, alarm, recovery.
const EPISODE: [i32; 8] = [300, 620, 700, 760, 820, 350, 310, 300];

fn engine_candidates() -> Vec<Candidate> {
    let rules = Rules::effective(UnitKind::Fridge, &refrigerator().overrides);
    // Enough that the work around a run of readings does not count.
    let plain: Vec<Reading> = (0..720)
        .map(|n| reading(n * 10, 300 + i32::from(n % 7 == 0) * 40))
        .collect();
    let episodes: Vec<Reading> = (0..720)
        .zip(EPISODE.iter().cycle())
        .map(|(n, centi)| reading(n * 5, *centi))
        .collect();
    let late = plain
        .last()
        .map_or(Timestamp::from_millis(0), |last| last.recorded_at);

    let moved = |readings: Vec<Reading>, expected: UnitStatus| {
        let mut changes = Vec::new();
        move || {
            let mut state = refrigerator();
            for reading in &readings {
                transition(
                    &mut state,
                    &rules,
                    Input::Reading(black_box(reading)),
                    late,
                    &mut changes,
                );
                black_box(&changes);
                changes.clear();
            }
            debug_assert_eq!(state.status, expected);
            black_box(state);
        }
    };
    let kept = plain.clone();
    let mut changes = Vec::new();
    let mut packed = UnitRecord::new(refrigerator());
    for reading in plain.iter().take(36) {
        packed.take(reading, late, &mut changes);
    }
    let (plain_count, episode_count, kept_count) = (plain.len(), episodes.len(), kept.len());
    vec![
        Candidate::new(
            "`transition`, plain reading in range",
            plain_count,
            moved(plain, UnitStatus::Ok),
        ),
        Candidate::new(
            "`transition`, an excursion every 8 readings, alert opened, raised and resolved",
            episode_count,
            moved(episodes, UnitStatus::Ok),
        ),
        Candidate::new(
            "`UnitRecord::take`: repetition told, judged, put into the log, sealed and hashed every 72",
            kept_count,
            move || {
                let mut record = UnitRecord::new(refrigerator());
                for reading in &kept {
                    if record.take(black_box(reading), late, &mut changes) == Admission::HeadFull {
                        black_box(record.seal());
                        record.take(reading, late, &mut changes);
                    }
                    changes.clear();
                }
                black_box(record);
            },
        ),
        Candidate::new("packing a head of 36 readings for its write", 1, move || {
            black_box(packed.head.pack());
        }),
    ]
}

/// A frame of each vendor's kind of layout: model, port, bytes.
const FRAMES: [(&str, u8, &str); 6] = [
    ("dragino-lht65n", 2, "CBF60B0D0376010ADD7FFF"),
    ("dragino-lht52", 2, "F8C60120F8F001692000C0"),
    ("milesight-em300-th", 85, "017564036747FF046850"),
    ("elsys-ers", 5, "01FF470232070E10"),
    ("netvox-r711", 6, "0101011EF8C60DAC000000"),
    ("decentlab-dl-sht35", 1, "020001000326C480000C60"),
];

fn decoder_candidates() -> Result<Vec<Candidate>, Failure> {
    let mut candidates = Vec::new();
    for (slug, port, frame) in FRAMES {
        let model = freshtrack_decoders::find(slug).ok_or_else(|| format!("no decoder for {slug}"))?;
        let bytes = hex::decode(frame)?;
        model
            .decode(port, &bytes)
            .map_err(|error| format!("{slug}: {error}"))?;
        candidates.push(Candidate::new(
            format!("{slug}, {} bytes", bytes.len()),
            1,
            move || {
                black_box(model.decode(port, black_box(&bytes)).is_ok());
            },
        ));
    }
    candidates.push(Candidate::new("finding the model by its name", 1, || {
        black_box(freshtrack_decoders::find(black_box("decentlab-dl-sht35")));
    }));
    let decoded = r#"{"BatV":3.062,"Bat_status":3,"Ext_sensor":"Temperature Sensor","Hum_SHT":88.6,"TempC_DS":27.81,"TempC_SHT":28.29}"#;
    candidates.push(Candidate::new(
        "baseline: the same LHT65N frame as the network's JSON, parsed and its fields looked up",
        1,
        move || {
            let value: Option<Json> = serde_json::from_str(black_box(decoded)).ok();
            black_box(value.map(|value| aliases::normalise(&value).is_ok()));
        },
    ));
    let at = Timestamp::from_seconds(1_795_262_400);
    let webhook = Frame::first("A84041FFFF182C3D", at, 300)
        .things_stack()
        .to_string();
    things_stack::parse(webhook.as_bytes())?;
    candidates.push(Candidate::new(
        format!(
            "the webhook around a frame, {} bytes of JSON, parsed",
            webhook.len()
        ),
        1,
        move || {
            black_box(things_stack::parse(black_box(webhook.as_bytes())).is_ok());
        },
    ));
    Ok(candidates)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_candidate_runs() {
        for mut candidate in engine_candidates()
            .into_iter()
            .chain(decoder_candidates().unwrap())
        {
            (candidate.call)();
        }
    }

    #[test]
    fn an_episode_opens_raises_and_resolves_an_alert() {
        let (mut state, mut changes) = (refrigerator(), Vec::new());
        let rules = state.rules();
        for (n, centi) in (0..).zip(EPISODE) {
            let reading = reading(n * 5, centi);
            transition(
                &mut state,
                &rules,
                Input::Reading(&reading),
                reading.recorded_at,
                &mut changes,
            );
        }
        assert_eq!(state.status, UnitStatus::Ok);
        let alerts = changes
            .iter()
            .filter(|change| !matches!(change, freshtrack_domain::unit::Change::StatusChanged { .. }));
        assert_eq!(alerts.count(), 3);
    }
}
