//! The program that developers start: how soon it serves, and what it holds in memory.

use super::{Figure, artefacts};
use crate::machine::Watch;
use crate::report::{Aim, Findings, Table};
use crate::statistics::{Rounds, short};
use crate::{Failure, document};
use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

pub(super) const FIGURE: Figure = Figure {
    name: "start",
    about: "Start and memory of the local system",
    measure,
};

/// How long the program may take for anything: the past of the demonstration is told in a debug build, too.
const PATIENCE: Duration = Duration::from_secs(600);
/// What it says once it serves.
const SERVING: &str = "is running";
/// What it says once the demonstration's sensors have told the past day.
const TOLD: &str = "of the past were uploaded";

/// How `freshtrack` is built: the name of the profile, its folder and what it is called in the table.
const PROFILES: [(&str, &str, &str); 2] = [
    ("bench", "release", "optimised (profile `bench`)"),
    ("dev", "debug", "debug, as `cargo dev` builds it"),
];

fn measure(rounds: usize, watch: &mut Watch) -> Result<Findings, Failure> {
    let mut findings = Findings::default();
    findings.say(&format!(
        "`freshtrack` as a process of its own, with the demonstration: from its start until it says that it serves, with an \
         empty data folder and again with the one it left; median of {rounds} starts (smallest to largest). Resident memory \
         when it serves, and once the demonstration's sensors have told the past day, with the most it ever was."
    ));
    let mut table = Table::new([
        "Build",
        "first start, ms",
        "next start, ms",
        "MB when it serves",
        "MB with the past told",
        "MB at most",
        "the past told in, s",
    ]);
    for (profile, folder, title) in PROFILES {
        build(profile)?;
        let program = artefacts::target_folder()?.join(folder).join("freshtrack");
        let (mut first, mut next, mut serving) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..rounds {
            watch.apply_yardstick();
            let data = tempfile::tempdir()?;
            for times in [&mut first, &mut next] {
                let running = Running::start(&program, data.path())?;
                times.push(running.served_after.as_secs_f64() * 1e3);
                serving.push(running.memory("VmRSS")?);
            }
        }
        let data = tempfile::tempdir()?;
        let mut running = Running::start(&program, data.path())?;
        let began = Instant::now();
        running.wait_until(TOLD)?;
        let told = began.elapsed().as_secs_f64();
        let (resident, most) = (running.memory("VmRSS")?, running.memory("VmHWM")?);
        let (first, next) = (Rounds::new(first), Rounds::new(next));
        findings.aims.extend([
            Aim::at_most(start_of(profile), 3.0, first.median() / 1e3, "s"),
            Aim::at_most(memory_of(profile), 250.0, most, "MB"),
        ]);
        table.row([
            title.to_owned(),
            format!("{first:.0}"),
            format!("{next:.0}"),
            format!("{:.0}", Rounds::new(serving)),
            short(resident),
            short(most),
            short(told),
        ]);
    }
    findings.show(&table);
    Ok(findings)
}

fn start_of(profile: &str) -> &'static str {
    match profile {
        "dev" => "start of `cargo dev`, debug build",
        _ => "start of the local system, optimised build",
    }
}

fn memory_of(profile: &str) -> &'static str {
    match profile {
        "dev" => "memory of `cargo dev` with all demo data, at most, debug build",
        _ => "memory of the local system with all demo data, at most, optimised build",
    }
}

fn build(profile: &str) -> Result<(), Failure> {
    let built = artefacts::cargo()
        .args([
            "build",
            "--profile",
            profile,
            "--package",
            "freshtrack-local",
            "--bin",
            "freshtrack",
        ])
        .status()?;
    if built.success() {
        Ok(())
    } else {
        Err("the local system cannot be built".into())
    }
}

/// A running program. It is killed when it is dropped.
struct Running {
    process: Child,
    lines: Receiver<String>,
    served_after: Duration,
}

impl Running {
    /// Starts `program` in `folder` and waits until it serves.
    fn start(program: &Path, folder: &Path) -> Result<Self, Failure> {
        // It serves the template of the folder it is started in. Beside a copy there is no dashboard to be built first.
        std::fs::copy(
            document::root().join("template.yaml"),
            folder.join("template.yaml"),
        )?;
        let began = Instant::now();
        let mut process = Command::new(program)
            .args(["--port", "0", "--mqtt-port", "0", "--data"])
            .arg(folder.join("data"))
            .current_dir(folder)
            .env("RUST_LOG", "error")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let (said, lines) = mpsc::channel();
        let outputs: [Option<Box<dyn Read + Send>>; 2] = [
            process.stdout.take().map(|output| Box::new(output) as Box<_>),
            process.stderr.take().map(|output| Box::new(output) as Box<_>),
        ];
        for output in outputs.into_iter().flatten() {
            let said = said.clone();
            std::thread::spawn(move || {
                // Read to its end even when nobody listens any more: a program whose output is full would stop.
                for line in BufReader::new(output).lines().map_while(Result::ok) {
                    let _ = said.send(line);
                }
            });
        }
        let mut running = Self {
            process,
            lines,
            served_after: Duration::ZERO,
        };
        running.wait_until(SERVING)?;
        running.served_after = began.elapsed();
        Ok(running)
    }

    /// Waits until the program says something that contains `words`.
    fn wait_until(&mut self, words: &str) -> Result<(), Failure> {
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) if line.contains(words) => return Ok(()),
                Ok(_) => {}
                Err(_) => return Err(format!("the program never said `{words}`").into()),
            }
        }
    }

    /// What the kernel calls `field` of the program, in MB.
    fn memory(&self, field: &str) -> Result<f64, Failure> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let kilobytes = status.lines().find_map(|line| {
            let rest = line.strip_prefix(field)?.strip_prefix(':')?;
            rest.trim().trim_end_matches(" kB").parse::<f64>().ok()
        });
        Ok(kilobytes.ok_or("the kernel does not tell the program's memory")? * 1024.0 / 1e6)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
