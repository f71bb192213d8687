//! The functions as they are deployed: how large, and how long from nothing to the first reply.

use super::Figure;
use crate::machine::Watch;
use crate::report::{Aim, Findings, Table};
use crate::statistics::{Latencies, Rounds, short};
use crate::system::{Sandboxes, System};
use crate::{Failure, document};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_local::clock::LocalClock;
use freshtrack_local::host::Functions;
use freshtrack_local::services::store::DataLocation;
use freshtrack_tests::{Frame, Tenant, base64};
use serde_json::{Value as Json, json};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

pub(super) const FIGURE: Figure = Figure {
    name: "artefacts",
    about: "The hot functions as they are deployed",
    measure,
};

const WEBHOOK: &str = "ingest-receive-things-stack";
const DEVICE_MESSAGE: &str = "ingest-receive-device-message";
/// Starts for each round that the command line asks for.
const STARTS: usize = 4;
/// Invocations of a process that has started.
const WARM: u32 = 50;
/// What a zip file of one entry has besides the compressed bytes: local header, central directory, end, twice the name.
const ZIP_FRAME: usize = 30 + 46 + 22 + 2 * "bootstrap".len();

fn measure(rounds: usize, watch: &mut Watch) -> Result<Findings, Failure> {
    let folder = release_folder()?;
    build()?;
    let mut findings = Findings::default();
    findings.say(&format!(
        "Built with the release profile for {}, zipped as `cargo lambda` does. The time runs from the moment the local system \
         starts the process until its first reply is there: a frame taken through Lambda's Runtime API, its sensor looked up, \
         the unit read, judged and written, screens looked for, over HTTP on loopback. Median of {} starts (smallest to \
         largest). What Lambda itself adds, such as fetching the zip, cannot be measured here.",
        std::env::consts::ARCH,
        rounds * STARTS
    ));
    let mut table = Table::new([
        "Function",
        "binary, MB",
        "zipped, MB",
        "start to first reply, ms",
        "next replies, ms",
    ]);
    let floor = Rounds::new(
        (0..rounds * STARTS)
            .map(|_| start_of_nothing())
            .collect::<Result<Vec<_>, _>>()?,
    );
    for function in [WEBHOOK, DEVICE_MESSAGE] {
        let binary = std::fs::read(folder.join(function))?;
        let zipped = zipped_size(&binary)?;
        let (cold, warm) = replies(function, &folder, rounds * STARTS, watch)?;
        table.row([
            function.to_owned(),
            short(binary.len() as f64 / 1e6),
            short(zipped as f64 / 1e6),
            cold.to_string(),
            warm.to_string(),
        ]);
        if function == WEBHOOK {
            findings.aims.push(Aim::at_most(
                "zip of the hot function",
                4.0,
                zipped as f64 / 1e6,
                "MB",
            ));
            findings.aims.push(Aim::at_most(
                "start of its process to the first reply",
                30.0,
                cold.median(),
                "ms",
            ));
        }
    }
    findings.show(&table);
    findings.say(&format!(
        "Baseline: a process that does nothing (`true`) takes {floor} ms from start to end on this machine."
    ));
    Ok(findings)
}

pub(super) fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(document::root());
    cargo
}

/// Builds the two functions, and nothing else of the workspace.
fn build() -> Result<(), Failure> {
    let built = cargo()
        .args([
            "build",
            "--release",
            "--package",
            "freshtrack-ingest",
            "--bin",
            WEBHOOK,
            "--bin",
            DEVICE_MESSAGE,
        ])
        .status()?;
    if built.success() {
        Ok(())
    } else {
        Err("the functions cannot be built".into())
    }
}

/// Where cargo puts what it builds with the release profile.
pub(super) fn release_folder() -> Result<PathBuf, Failure> {
    Ok(target_folder()?.join("release"))
}

/// Where cargo puts what it builds.
pub(super) fn target_folder() -> Result<PathBuf, Failure> {
    let metadata = cargo()
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .output()?;
    let metadata: Json = serde_json::from_slice(&metadata.stdout)?;
    let folder = metadata.get("target_directory").and_then(Json::as_str);
    Ok(folder.ok_or("cargo does not say where it builds")?.into())
}

/// Bytes of the zip that Lambda is given.
fn zipped_size(binary: &[u8]) -> Result<usize, Failure> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(binary)?;
    Ok(encoder.finish()?.len() + ZIP_FRAME)
}

/// How long a process that does nothing takes, in milliseconds.
fn start_of_nothing() -> Result<f64, Failure> {
    let began = Instant::now();
    Command::new("true").status()?;
    Ok(began.elapsed().as_secs_f64() * 1e3)
}

/// First and median next replies of `function`'s processes, in milliseconds.
fn replies(
    function: &str,
    folder: &Path,
    starts: usize,
    watch: &mut Watch,
) -> Result<(Rounds, Rounds), Failure> {
    let data = tempfile::tempdir()?;
    // Time stands still: no schedule calls a function that is not built.
    let clock = LocalClock::manual(jiff::Timestamp::constant(1_795_262_400, 0));
    let location = DataLocation::Directory(data.path().join("data"));
    let system = System::start(location.clone(), clock.clone(), Sandboxes::Warm)?;
    let frames = Frames {
        tenant: system.tenant(1),
        base: system.long_ago(),
    };
    // The unit's first reading changes its status; whoever must hear of that has heard before the processes take over.
    let event = frames.event(function, 0)?;
    let invoker = system.host.invoker();
    system.block_on(invoker.invoke(function, event))?;
    system.settle()?;
    system.stop();

    let mut count = 0;
    let (mut cold, mut warm) = (Vec::new(), Vec::new());
    // The first start copies the binary and fetches it from the disk.
    for start in 0..=starts {
        watch.apply_yardstick();
        let (binary, run_folder) = (folder.join(function), data.path().join("run"));
        let functions = Functions::Processes {
            run_folder,
            // Every function must be somewhere, and no other than this one is called.
            locate: Box::new(move |_| Some(binary.clone())),
        };
        let system = System::with_processes(location.clone(), clock.clone(), functions)?;
        let mut reply = || -> Result<Duration, Failure> {
            count += 1;
            let event = frames.event(function, count)?;
            let began = Instant::now();
            let reply = system.block_on(system.host.invoker().invoke(function, event))?;
            let took = began.elapsed();
            // Within the reply of an HTTP function, the report is a text.
            if String::from_utf8_lossy(&reply)
                .replace('\\', "")
                .contains(r#""status":"accepted""#)
            {
                Ok(took)
            } else {
                Err(format!("a reading was not accepted: {reply:?}").into())
            }
        };
        let first = reply()?;
        let next: Vec<Duration> = (0..WARM).map(|_| reply()).collect::<Result<_, _>>()?;
        if start > 0 {
            cold.push(first.as_secs_f64() * 1e3);
            warm.push(Latencies::new(next).percentile(50));
        }
        system.stop();
    }
    Ok((Rounds::new(cold), Rounds::new(warm)))
}

struct Frames {
    tenant: Tenant,
    base: Timestamp,
}

impl Frames {
    /// The event that brings `function` the frame numbered `count`: its sample, with this frame in it.
    fn event(&self, function: &str, count: u32) -> Result<Bytes, Failure> {
        let at = self.base + Span::minutes(count * 5);
        let frame = Frame::new(self.tenant.dev_eui(0), at, count, 300);
        let org_id = json!(self.tenant.org_id());
        let replacements = if function == DEVICE_MESSAGE {
            let message = base64(frame.aws_iot().to_string().as_bytes());
            vec![
                ("/message_base64", json!(message)),
                ("/org_id", org_id),
                ("/device_id", json!(frame.dev_eui)),
                ("/received_at_ms", json!(at.as_millis())),
            ]
        } else {
            vec![
                ("/requestContext/authorizer/lambda/org_id", org_id.clone()),
                ("/pathParameters/org_id", org_id),
                ("/body", json!(frame.things_stack().to_string())),
            ]
        };
        let sample = document::root().join("events").join(format!("{function}.json"));
        let mut event: Json = serde_json::from_slice(&std::fs::read(sample)?)?;
        for (place, value) in replacements {
            let place = event
                .pointer_mut(place)
                .ok_or("the sample event has another form")?;
            *place = value;
        }
        Ok(Bytes::from(event.to_string()))
    }
}
