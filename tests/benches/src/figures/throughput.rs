//! How many readings are taken in a second, through each of the ways in.

use super::Figure;
use crate::Failure;
use crate::load::{self, Call};
use crate::machine::{self, Watch};
use crate::report::{Aim, Findings, Table};
use crate::statistics::{Rounds, short};
use crate::system::{Sandboxes, System};
use freshtrack_application::{OrgScope, UnitReading};
use freshtrack_contracts::ingest::ItemStatus;
use freshtrack_domain::access::Right;
use freshtrack_domain::measurement::{CentiCelsius, TemperatureSample};
use freshtrack_domain::reading::{Origin, Reading};
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_local::clock::LocalClock;
use freshtrack_local::services::store::DataLocation;
use freshtrack_tests::{Frame, Tenant};
use serde_json::json;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

pub(super) const FIGURE: Figure = Figure {
    name: "throughput",
    about: "Readings a second",
    measure,
};

const UNITS: usize = 500;
/// Readings in one run of a way in.
const READINGS: usize = 10_000;
/// Readings in one upload or batch.
const BATCH: usize = 100;

/// What was measured of one way in: readings a second, and processor time a reading in microseconds.
#[derive(Debug, Clone, Copy)]
struct Run {
    rate: f64,
    cpu: f64,
}

/// A way in, run once.
type Way = (&'static str, fn(&Bench) -> Result<Duration, Failure>);

const WAYS: &[Way] = &[
    ("baseline: `GET /v1/health`, 16 connections", |bench| {
        bench.health(16)
    }),
    ("webhook, one by one, 1 connection", |bench| bench.webhook(1)),
    (AIMED_AT, |bench| bench.webhook(16)),
    ("webhook, one by one, 64 connections", |bench| bench.webhook(64)),
    (
        "upload of 100: 100 units, one reading each, 4 connections",
        |bench| bench.upload(1),
    ),
    (
        "upload of 100: 5 units, 20 readings each, 4 connections",
        |bench| bench.upload(20),
    ),
    (
        "`record_readings` without HTTP, one by one, 16 at once",
        |bench| bench.record(1, 16),
    ),
    (
        "`record_readings` without HTTP, batches of 100 units, 4 at once",
        |bench| bench.record(BATCH, 4),
    ),
];

/// The way in that the aim speaks of.
const AIMED_AT: &str = "webhook, one by one, 16 connections";

fn measure(rounds: usize, watch: &mut Watch) -> Result<Findings, Failure> {
    let folder = tempfile::tempdir()?;
    let data = DataLocation::Directory(folder.path().to_owned());
    let system = System::start(data, LocalClock::real(), Sandboxes::Warm)?;
    let bench = Bench {
        tenant: system.tenant(UNITS),
        base: system.long_ago(),
        sent: AtomicUsize::new(0),
        system,
    };
    bench.webhook(16)?;
    bench.system.settle()?;
    let mut runs: Vec<Vec<Run>> = vec![Vec::new(); WAYS.len()];
    // In turn, so that whatever else the machine does touches all of them alike.
    for _ in 0..rounds {
        watch.apply_yardstick();
        for ((_, way), runs) in WAYS.iter().zip(&mut runs) {
            let before = machine::own();
            let took = way(&bench)?;
            bench.system.settle()?;
            let cpu = machine::own().zip(before).map_or(f64::NAN, |(now, before)| {
                now.saturating_sub(before).as_secs_f64() * 1e6
            });
            runs.push(Run {
                rate: READINGS as f64 / took.as_secs_f64(),
                cpu: cpu / READINGS as f64,
            });
        }
    }
    bench.system.stop();
    Ok(report(rounds, &runs))
}

fn report(rounds: usize, runs: &[Vec<Run>]) -> Findings {
    let mut findings = Findings::default();
    findings.say(&format!(
        "{} readings a run, over {UNITS} units, as fast as they are taken; each is judged and durable (committed to the \
         database file) before it is answered. The system and its clients share this machine's cores. Median of {rounds} \
         runs (smallest to largest), all ways in turn; the ratio to the baseline is taken within each turn. Processor time \
         includes the client's, and what the stream does afterwards.",
        short(READINGS as f64)
    ));
    let mut table = Table::new(["Way in", "readings/s", "of the baseline", "processor µs/reading"]);
    for ((name, _), way) in WAYS.iter().zip(runs) {
        let baseline = runs.first().into_iter().flatten();
        let ratio = way.iter().zip(baseline).map(|(run, base)| run.rate / base.rate);
        let rate = Rounds::of(way, |run| run.rate);
        table.row([
            (*name).to_owned(),
            rate.to_string(),
            format!("{:.2}", Rounds::new(ratio)),
            format!("{:.0}", Rounds::of(way, |run| run.cpu)),
        ]);
        if *name == AIMED_AT {
            let what = "readings a second, webhooks one by one over 16 connections";
            findings
                .aims
                .push(Aim::at_least(what, 2_500.0, rate.median(), "readings/s"));
        }
    }
    findings.show(&table);
    findings
}

struct Bench {
    system: System,
    tenant: Tenant,
    base: Timestamp,
    /// Readings so far, each of which is given a time and a counter of its own.
    sent: AtomicUsize,
}

/// Where a reading stands in the run of them all.
#[derive(Debug, Clone, Copy)]
struct Place {
    unit: usize,
    count: usize,
}

impl Bench {
    /// The places of the next readings, a run's worth, in which each unit has `together` in a row.
    fn places(&self, together: usize) -> Vec<Place> {
        let first = self.sent.fetch_add(READINGS, Ordering::Relaxed);
        (0..READINGS)
            .map(|index| {
                let group = index / together;
                Place {
                    unit: group % UNITS,
                    count: first / UNITS + group / UNITS * together + index % together,
                }
            })
            .collect()
    }

    fn frame(&self, place: Place) -> Frame {
        let count = u32::try_from(place.count).unwrap_or(u32::MAX);
        let at = self.base + Span::minutes(count.saturating_mul(5));
        // Within the limits of a refrigerator, and never quite the same.
        let centi = i16::try_from(280 + place.count * 7 % 90).unwrap_or(300);
        Frame::new(self.tenant.dev_eui(place.unit), at, count, centi)
    }

    fn send(&self, connections: usize, calls: Vec<Call>) -> Result<Duration, Failure> {
        let clients = load::clients()?;
        clients.block_on(load::as_fast_as_taken(
            self.system.api.address,
            connections,
            calls,
        ))
    }

    fn health(&self, connections: usize) -> Result<Duration, Failure> {
        self.send(connections, vec![Call::get("/v1/health"); READINGS])
    }

    fn webhook(&self, connections: usize) -> Result<Duration, Failure> {
        let path = self.tenant.path("ingest/things-stack");
        let key = self.tenant.key(Right::Ingest);
        let call = |place: Place| Call::readings(&path, key, 1, self.frame(place).things_stack().to_string());
        self.send(connections, self.places(1).into_iter().map(call).collect())
    }

    fn upload(&self, together: usize) -> Result<Duration, Failure> {
        let path = self.tenant.path("readings");
        let key = self.tenant.key(Right::Ingest);
        let call = |places: &[Place]| {
            let readings: Vec<_> = places.iter().map(|place| self.frame(*place).uploaded()).collect();
            Call::readings(
                &path,
                key,
                places.len(),
                json!({ "readings": readings }).to_string(),
            )
        };
        self.send(4, self.places(together).chunks(BATCH).map(call).collect())
    }

    /// The use case over the ports of AWS, on the system's own threads.
    fn record(&self, batch: usize, at_once: usize) -> Result<Duration, Failure> {
        let batches: Vec<Vec<UnitReading>> = self
            .places(1)
            .chunks(batch)
            .map(|places| places.iter().map(|place| self.reading(*place)).collect())
            .collect();
        let (context, scope) = (self.system.context()?, OrgScope::granted(self.tenant.org_id()));
        let batches = Arc::new(Mutex::new(batches.into_iter()));
        let began = Instant::now();
        let mut workers = JoinSet::new();
        for _ in 0..at_once {
            let (context, batches) = (Arc::clone(&context), Arc::clone(&batches));
            let work = async move {
                loop {
                    let batch = batches.lock().unwrap_or_else(PoisonError::into_inner).next();
                    let Some(batch) = batch else {
                        return Ok::<_, Failure>(());
                    };
                    let ports = context.record_ports().map_err(|error| error.to_string())?;
                    let outcomes = ports.record().record(scope, batch).await?;
                    if let Some(other) = outcomes.iter().find(|one| one.status != ItemStatus::Accepted) {
                        return Err(format!("a reading was not accepted: {other:?}").into());
                    }
                }
            };
            workers.spawn_on(work, self.system.threads());
        }
        self.system.block_on(async {
            while let Some(worker) = workers.join_next().await {
                worker??;
            }
            Ok::<_, Failure>(())
        })?;
        Ok(began.elapsed())
    }

    fn reading(&self, place: Place) -> UnitReading {
        let frame = self.frame(place);
        let temperature = CentiCelsius(i32::from(frame.centi));
        UnitReading {
            unit_id: self.tenant.unit(place.unit).id,
            version: 0,
            reading: Reading {
                temperature: Some(TemperatureSample::judge(temperature)),
                ..Reading::new(self.tenant.sensor(place.unit), frame.at, Origin::Upload)
            },
        }
    }
}
