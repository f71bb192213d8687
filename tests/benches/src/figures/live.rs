//! From a frame that is posted to the screens that show it, and back to the network server that waits.

use super::Figure;
use crate::Failure;
use crate::load::{self, Call, Schedule};
use crate::machine::Watch;
use crate::report::{Aim, Findings, Table};
use crate::screens::{Arrival, Screens};
use crate::statistics::{Latencies, Rounds};
use crate::system::{Sandboxes, System};
use freshtrack_domain::access::Right;
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_local::clock::LocalClock;
use freshtrack_local::services::store::DataLocation;
use freshtrack_tests::{Frame, Tenant};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

pub(super) const FIGURE: Figure = Figure {
    name: "live",
    about: "From a sensor's frame to a screen",
    measure,
};

/// Units that send, so that each one's readings keep their distance.
const UNITS: usize = 500;
/// How far apart readings are measured, which tells each of them from the others.
const SPACING: Span = Span::seconds(10);

/// A load of readings that so many screens watch.
#[derive(Debug, Clone, Copy)]
struct Load {
    rate: u32,
    seconds: u32,
    screens: usize,
}

/// What the aim speaks of: a large tenant at its busiest.
const DIRECT: Load = Load {
    rate: 100,
    seconds: 10,
    screens: 100,
};
/// More screens than the recording invocation serves itself: they are reached through the broadcast queue.
const WIDE: Load = Load {
    rate: 10,
    seconds: 10,
    screens: 250,
};

/// The latencies of one round, from when a frame was to be sent.
struct Round {
    health: Latencies,
    reply: Latencies,
    screen: Latencies,
    last_screen: Latencies,
}

fn measure(rounds: usize, watch: &mut Watch) -> Result<Findings, Failure> {
    let folder = tempfile::tempdir()?;
    let data = DataLocation::Directory(folder.path().to_owned());
    let system = System::start(data, LocalClock::real(), Sandboxes::Warm)?;
    let direct = run(&system, DIRECT, rounds, watch)?;
    let wide = run(&system, WIDE, rounds, watch)?;
    system.stop();

    let mut findings = Findings::default();
    findings.say(&format!(
        "Frames of 500 Dragino LHT65N, posted as The Things Stack posts them, to the system in one process with its data on \
         disk; the sender and the screens run on a thread of the same machine. Frames leave on a fixed schedule, whether or \
         not the system keeps up, and each latency counts from the moment its frame was due: median of {rounds} rounds of 10 \
         s (smallest to largest). No network lies in between, nor AWS."
    ));
    findings.show(&table(DIRECT, &direct));
    findings.show(&table(WIDE, &wide));
    findings.say(
        "With 100 screens the recording invocation sends to all of them before it replies; over 200, portions go through the \
         broadcast queue and the reply does not wait. The first row is the floor on this machine: a request through the same \
         gateway to a function that does nothing.",
    );
    let p95 = |of: fn(&Round) -> &Latencies, rounds: &[Round]| {
        Rounds::of(rounds, |round| of(round).percentile(95)).median()
    };
    findings.aims.push(Aim::at_most(
        "frame to screen, p95, 100 readings/s to 100 screens",
        15.0,
        p95(|round| &round.screen, &direct),
        "ms",
    ));
    Ok(findings)
}

fn table(load: Load, rounds: &[Round]) -> Table {
    let title = format!("{} readings/s, {} screens (ms)", load.rate, load.screens);
    let mut table = Table::new([&title, "p50", "p95", "p99"]);
    let mut row = |what: &str, of: fn(&Round) -> &Latencies| {
        let percentile = |percent| Rounds::of(rounds, |round| of(round).percentile(percent)).to_string();
        table.row([what.to_owned(), percentile(50), percentile(95), percentile(99)]);
    };
    row("`GET /v1/health`, nothing else going on", |round| &round.health);
    row("frame to webhook reply", |round| &round.reply);
    row("frame to a screen, all deliveries", |round| &round.screen);
    row("frame to the last of its screens", |round| &round.last_screen);
    table
}

fn run(system: &System, load: Load, rounds: usize, watch: &mut Watch) -> Result<Vec<Round>, Failure> {
    let tenant = system.tenant(UNITS);
    let mut frames = Frames {
        base: system.long_ago(),
        tenant,
        sent: 0,
    };
    let clients = load::clients()?;
    // The first reading of a unit changes its status, which is not what most readings do.
    let first = frames.next(UNITS);
    clients.block_on(load::as_fast_as_taken(system.api.address, 4, first))?;
    system.settle()?;
    let screens = clients.block_on(Screens::open(&frames.tenant, load.screens))?;
    let mut measured = Vec::new();
    // The first round warms up.
    for round in 0..=rounds {
        watch.apply_yardstick();
        let taken = clients.block_on(one_round(system, load, &mut frames, &screens))?;
        if round > 0 {
            measured.push(taken);
        }
    }
    Ok(measured)
}

async fn one_round(
    system: &System,
    load: Load,
    frames: &mut Frames,
    screens: &Screens,
) -> Result<Round, Failure> {
    let address = system.api.address;
    let count = usize::try_from(load.rate * load.seconds)?;
    let health = vec![Call::get("/v1/health"); count];
    let health = load::on_schedule(address, Schedule::at_rate(load.rate), health).await?;

    let first = frames.sent;
    let calls = frames.next(count);
    let schedule = Schedule::at_rate(load.rate);
    let reply = load::on_schedule(address, schedule, calls).await?;
    let arrivals = screens.take(count * load.screens).await?;
    let (screen, last_screen) = frames.latencies(&arrivals, first, schedule, load.screens)?;
    Ok(Round {
        health: Latencies::new(health),
        reply: Latencies::new(reply),
        screen: Latencies::new(screen),
        last_screen: Latencies::new(last_screen),
    })
}

/// The frames of one tenant's sensors, in turn.
struct Frames {
    tenant: Tenant,
    base: Timestamp,
    sent: usize,
}

impl Frames {
    /// The next `count` frames.
    fn next(&mut self, count: usize) -> Vec<Call> {
        let first = self.sent;
        self.sent += count;
        let path = self.tenant.path("ingest/things-stack");
        let key = self.tenant.key(Right::Ingest);
        (first..self.sent)
            .map(|index| {
                let at = self.base + span(index);
                let frame = Frame::new(
                    self.tenant.dev_eui(index % UNITS),
                    at,
                    u32::try_from(index / UNITS).unwrap_or_default(),
                    300,
                );
                Call::readings(&path, key, 1, frame.things_stack().to_string())
            })
            .collect()
    }

    /// How long after its time each reading was on each of the screens, and on the last of them. The first reading on
    /// `schedule` is the one at `first`.
    fn latencies(
        &self,
        arrivals: &[Arrival],
        first: usize,
        schedule: Schedule,
        screens: usize,
    ) -> Result<(Vec<Duration>, Vec<Duration>), Failure> {
        let mut readings: BTreeMap<usize, Vec<Instant>> = BTreeMap::new();
        for arrival in arrivals {
            let since = arrival.measured_at.since(self.base);
            let index = usize::try_from(since.as_millis() / SPACING.as_millis())?;
            readings.entry(index).or_default().push(arrival.at);
        }
        let (mut all, mut last) = (Vec::with_capacity(arrivals.len()), Vec::new());
        for (index, arrived) in readings {
            if arrived.len() != screens {
                return Err(format!("a reading came to {} of {screens} screens", arrived.len()).into());
            }
            let due = schedule.at(index.checked_sub(first).ok_or("a reading of an earlier round")?);
            let latencies = arrived.iter().map(|at| at.saturating_duration_since(due));
            last.extend(latencies.clone().max());
            all.extend(latencies);
        }
        Ok((all, last))
    }
}

/// How long after the first reading the one at `index` was measured.
fn span(index: usize) -> Span {
    let seconds = u32::try_from(SPACING.as_seconds()).unwrap_or(1);
    Span::seconds(seconds.saturating_mul(u32::try_from(index).unwrap_or(u32::MAX)))
}
