//! Where it was measured, and who else was at work there.

use crate::document;
use crate::statistics::{Rounds, short};
use sha2::{Digest as _, Sha256};
use std::process::Command;
use std::time::{Duration, Instant};

/// How long the yardstick is applied at a time.
const YARDSTICK_BYTES: usize = 4 << 20;

/// Clock ticks of `/proc` in a second, on every Linux there is.
const TICKS: f64 = 100.0;

/// Watches the machine while it is measured on.
#[derive(Debug)]
pub struct Watch {
    started: Instant,
    busy: Option<(f64, f64)>,
    yardstick: Vec<f64>,
}

impl Watch {
    /// Starts watching.
    #[must_use]
    pub fn start() -> Self {
        Self {
            started: Instant::now(),
            busy: busy(),
            yardstick: Vec::new(),
        }
    }

    /// Measures how fast the machine is just now, by work that is always the same.
    pub fn apply_yardstick(&mut self) {
        let bytes = vec![0x5A_u8; YARDSTICK_BYTES];
        let began = Instant::now();
        std::hint::black_box(Sha256::digest(&bytes));
        self.yardstick.push(began.elapsed().as_secs_f64() * 1e3);
    }

    /// What is to be known of the machine to make sense of the figures, as a paragraph.
    #[must_use]
    pub fn describe(&self) -> String {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let mut lines = vec![
            format!(
                "Measured on {}, at commit {}.",
                jiff::Timestamp::now().strftime("%Y-%m-%d"),
                commit()
            ),
            format!(
                "{}, {cores} cores, {} of memory; {}, {}.",
                processor(),
                memory(),
                said_by("uname", &["-sr"]),
                said_by("rustc", &["--version"])
            ),
        ];
        if let (Some((all_before, own_before)), Some((all, own))) = (self.busy, busy()) {
            let others =
                (all - all_before - (own - own_before)).max(0.0) / self.started.elapsed().as_secs_f64();
            lines.push(format!(
                "Noise: while the figures were taken, other programs used {others:.1} of the {cores} cores on average. A \
                 fixed piece of work (SHA-256 of {} MiB), repeated between the measurements, took {} ms.",
                YARDSTICK_BYTES >> 20,
                Rounds::new(self.yardstick.iter().copied()),
            ));
        }
        lines.join(" ")
    }
}

/// Processor seconds since the machine's start and, of those, this program's own with its children's.
fn busy() -> Option<(f64, f64)> {
    let machine = std::fs::read_to_string("/proc/stat").ok()?;
    let fields: Vec<f64> = machine
        .lines()
        .next()?
        .split_whitespace()
        .skip(1)
        .map_while(|field| field.parse().ok())
        .collect();
    // user nice system idle iowait irq softirq steal; what follows is part of the first two.
    let busy: f64 = fields
        .iter()
        .take(8)
        .enumerate()
        .filter(|(place, _)| !(3..=4).contains(place))
        .map(|(_, ticks)| ticks)
        .sum();
    Some((busy / TICKS, own()?.as_secs_f64()))
}

/// The processor time of this program and of its children that have ended; `None` where it cannot be told.
#[must_use]
pub fn own() -> Option<Duration> {
    let own = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program, in parentheses, may contain anything; utime is the twelfth field after it.
    let (_, after) = own.rsplit_once(')')?;
    let ticks: f64 = after
        .split_whitespace()
        .skip(11)
        .take(4)
        .filter_map(|field| field.parse::<f64>().ok())
        .sum();
    Some(Duration::from_secs_f64(ticks / TICKS))
}

fn processor() -> String {
    let told = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = told.lines().find_map(|line| line.strip_prefix("model name"));
    let model = model.map(|model| model.trim_start_matches([' ', '\t', ':']).to_owned());
    model.unwrap_or_else(|| std::env::consts::ARCH.to_owned())
}

fn memory() -> String {
    let told = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kilobytes = told.lines().find_map(|line| {
        let rest = line.strip_prefix("MemTotal:")?;
        rest.trim().trim_end_matches(" kB").parse::<f64>().ok()
    });
    kilobytes.map_or_else(
        || "an unknown amount".to_owned(),
        |kilobytes| format!("{} GiB", short(kilobytes / f64::from(1 << 20))),
    )
}

fn commit() -> String {
    let commit = said_by("git", &["rev-parse", "--short=10", "HEAD"]);
    // What was written of the measurement before this one is no change to what is measured.
    let others = format!(":!{}", document::DOCUMENT);
    let changes = [
        "status",
        "--porcelain",
        "--untracked-files=no",
        "--",
        ".",
        &others,
    ];
    if said_by("git", &changes).is_empty() {
        commit
    } else {
        format!("{commit} with changes")
    }
}

/// The first line that a program says.
fn said_by(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(document::root())
        .output();
    let said = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let said = said.unwrap_or_default();
    said.lines().next().unwrap_or_default().to_owned()
}
