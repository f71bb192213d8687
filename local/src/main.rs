//! `cargo dev`: the whole system on this machine.

use bytes::Bytes;
use freshtrack_local::cli::{self, Command, Serve};
use freshtrack_local::client::{self, ClientError};
use freshtrack_local::clock::LocalClock;
use freshtrack_local::data_folder::{DataFolder, DataFolderError};
use freshtrack_local::demonstration::{Demonstration, DemonstrationError, Told};
use freshtrack_local::gateway::socket::Lifetimes;
use freshtrack_local::host::{DemonstrationLink, Functions, Host, HostError, Settings, TRAY_PATH};
use freshtrack_local::password::{self, NoPassword};
use freshtrack_local::services::store::DataLocation;
use freshtrack_local::{dashboard, product};
use http::Request;
use std::io::{self, IsTerminal as _, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;
use tracing_subscriber::EnvFilter;

/// The function that sets passwords.
const SET_PASSWORD_FUNCTION: &str = "identity-set-password";

/// Why the program gives up.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("there is no template.yaml here or in a folder above: run this inside the repository")]
    NoTemplate,
    #[error(transparent)]
    Data(#[from] DataFolderError),
    #[error("cannot use {}: {source}", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("no FreshTrack runs on port {0}: start it with `cargo dev`")]
    NotRunning(u16),
    #[error(transparent)]
    NoPassword(#[from] NoPassword),
    #[error("{function} failed: {reply}")]
    Invocation { function: String, reply: String },
    #[error(transparent)]
    Host(#[from] HostError),
    #[error(transparent)]
    Client(ClientError),
    #[error(transparent)]
    Demonstration(#[from] DemonstrationError),
    #[error("{0}")]
    Output(#[from] io::Error),
}

fn main() -> ExitCode {
    let command = match cli::parse(std::env::args_os().skip(1)) {
        Ok(command) => command,
        Err(error) => {
            complain(&format!("{error}\n\n{}", cli::USAGE));
            return ExitCode::from(2);
        }
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            complain(&format!("cannot start: {error}"));
            return ExitCode::FAILURE;
        }
    };
    let done = runtime.block_on(async {
        match command {
            Command::Help => Ok(write!(io::stdout(), "{}", cli::USAGE)?),
            Command::Serve(options) => serve(options).await,
            Command::Invoke {
                port,
                function,
                event,
            } => invoke(port, function, event.as_deref()).await,
            Command::SetPassword { port, email, name } => set_password(port, &email, name).await,
        }
    });
    // What still runs, such as a build that was interrupted, must not hold the program back.
    runtime.shutdown_background();
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            complain(&failure.to_string());
            ExitCode::FAILURE
        }
    }
}

async fn serve(options: Serve) -> Result<(), Failure> {
    let started = Instant::now();
    let root = repository()?;
    let data = options.data.clone().unwrap_or_else(|| root.join(".local"));
    let _ours = DataFolder::open(&data, options.reset)?;
    let clock_file = data.join("clock");
    let clock = LocalClock::resumed(&clock_file, options.speed).map_err(at(&clock_file))?;
    let simulated = data.join("simulated");
    let dashboard = root.join("dashboard");
    let functions = if options.processes {
        let bootstraps = root.join("target/lambda");
        let beside = std::env::current_exe()
            .ok()
            .and_then(|program| Some(program.parent()?.to_owned()));
        Functions::Processes {
            run_folder: data.join("run"),
            locate: Box::new(move |name| {
                let built = beside
                    .as_ref()
                    .map(|folder| folder.join(name))
                    .filter(|file| file.is_file());
                built.or_else(|| Some(bootstraps.join(name).join("bootstrap")).filter(|file| file.is_file()))
            }),
        }
    } else {
        Functions::InProcess(Box::new(|surroundings| {
            product::handlers(&product::context(surroundings))
        }))
    };
    let host = Host::start(Settings {
        template: root.join("template.yaml"),
        address: SocketAddr::from(([127, 0, 0, 1], options.port)),
        mqtt: Some(SocketAddr::from(([127, 0, 0, 1], options.mqtt_port))),
        data: DataLocation::Directory(data.clone()),
        clock: clock.clone(),
        functions,
        dashboard: dashboard.join("dist"),
        lifetimes: Lifetimes::default(),
    })
    .await?;
    let demonstration = if options.simulator {
        Some(Demonstration::import(&host).await?)
    } else {
        None
    };
    greet(&host, &options, demonstration.as_ref(), &data, started)?;
    tokio::select! {
        () = stopped() => {}
        () = clock.keep(&clock_file) => {}
        () = build_dashboard(&dashboard) => {}
        () = demonstrate(demonstration, &host, &clock, &simulated) => {}
    }
    writeln!(io::stdout(), "\n  Stopping. Data is kept in {}.", data.display())?;
    host.stop().await;
    Ok(())
}

/// Builds the dashboard if it is outdated, while the rest of the system runs already. Never returns: a
/// dashboard that cannot be built is no reason to stop.
async fn build_dashboard(folder: &Path) {
    if dashboard::is_outdated(folder) {
        complain("building the dashboard: reload the page when this is done");
        match dashboard::build(folder).await {
            Ok(()) => complain("the dashboard is built"),
            Err(error) => complain(&format!("the dashboard is not built: {error}")),
        }
    }
    std::future::pending().await
}

/// Lets the demonstration's sensors send. Never returns: without them the system runs as well.
async fn demonstrate(demonstration: Option<Demonstration>, host: &Host, clock: &LocalClock, kept: &Path) {
    if let Some(demonstration) = demonstration {
        match demonstration.sensors(host, clock, kept) {
            Ok(mut sensors) => sensors.send(clock, kept, report_told).await,
            Err(error) => complain(&format!("no simulated sensors: {error}")),
        }
    }
    std::future::pending().await
}

fn report_told(Told { past, took }: Told) {
    complain(&format!(
        "{} readings of the past were uploaded in {:.1} s; simulated sensors are live",
        past.taken,
        took.as_secs_f64()
    ));
    if past.refused > 0 {
        complain(&format!("{} readings of the past were not taken", past.refused));
    }
}

/// Waits until somebody wants the program to end.
async fn stopped() {
    #[cfg(unix)]
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}

/// Says where everything is.
fn greet(
    host: &Host,
    options: &Serve,
    demonstration: Option<&Demonstration>,
    data: &Path,
    started: Instant,
) -> Result<(), Failure> {
    let colourful = io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let (bold, green, plain) = if colourful {
        ("\x1b[1m", "\x1b[1;32m", "\x1b[0m")
    } else {
        ("", "", "")
    };
    let address = host.address();
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "\n  {green}FreshTrack{plain} is running ({} ms)\n",
        started.elapsed().as_millis()
    )?;
    writeln!(out, "  Dashboard  {bold}http://{address}{plain}")?;
    for DemonstrationLink { name, href } in demonstration
        .map(Demonstration::links)
        .transpose()?
        .unwrap_or_default()
    {
        writeln!(out, "             http://{address}{href}  ({name})")?;
    }
    writeln!(out, "  API        http://{address}/v1")?;
    if let Some(mqtt) = host.mqtt_address() {
        writeln!(out, "  MQTT       mqtt://{mqtt}")?;
    }
    writeln!(out, "  Messages   http://{address}{TRAY_PATH}")?;
    writeln!(
        out,
        "  Data       {} (start with --reset to empty it)",
        data.display()
    )?;
    let place = if options.processes {
        "as processes"
    } else {
        "in this process"
    };
    let mut line = format!("{} functions {place}", host.system().functions.len());
    if (options.speed - 1.0).abs() > f64::EPSILON {
        line.push_str(&format!(", time goes {} times as fast", options.speed));
    }
    writeln!(out, "\n  {line}. Ctrl-C stops.\n")?;
    if let Some((after, event)) = demonstration.and_then(Demonstration::first_event) {
        let seconds = after.as_seconds() as f64 / options.speed;
        writeln!(out, "  In {seconds:.0} s {event}: watch it on the dashboard.\n")?;
    }
    Ok(out.flush()?)
}

/// Calls a function of the running system and prints its reply.
async fn invoke(port: u16, function: String, event: Option<&Path>) -> Result<(), Failure> {
    let event = match event {
        Some(file) => Bytes::from(std::fs::read(file).map_err(at(file))?),
        None => Bytes::from_static(b"{}"),
    };
    call(port, function, event).await
}

/// Sets the password of an account of the running system.
async fn set_password(port: u16, email: &str, name: Option<String>) -> Result<(), Failure> {
    let password = password::ask()?;
    let mut event = serde_json::json!({ "email": email, "password": password });
    if let (Some(event), Some(name)) = (event.as_object_mut(), name) {
        event.insert("name".to_owned(), name.into());
    }
    call(
        port,
        SET_PASSWORD_FUNCTION.to_owned(),
        Bytes::from(event.to_string()),
    )
    .await
}

/// Calls a function of the running system with `event` and prints its reply.
async fn call(port: u16, function: String, event: Bytes) -> Result<(), Failure> {
    let path = format!("/2015-03-31/functions/{function}/invocations");
    let refused = |reply: &[u8]| Failure::Invocation {
        function: function.clone(),
        reply: String::from_utf8_lossy(reply).into_owned(),
    };
    let request = Request::post(path)
        .body(event)
        .map_err(|error| refused(error.to_string().as_bytes()))?;
    let response = client::send(SocketAddr::from(([127, 0, 0, 1], port)), request)
        .await
        .map_err(|error| match error {
            ClientError::Unreachable { .. } => Failure::NotRunning(port),
            other => Failure::Client(other),
        })?;
    if !response.status().is_success() || response.headers().contains_key("x-amz-function-error") {
        return Err(refused(response.body()));
    }
    let mut out = io::stdout().lock();
    out.write_all(response.body())?;
    Ok(writeln!(out)?)
}

/// The folder with the template: this one or the nearest above.
fn repository() -> Result<PathBuf, Failure> {
    let here = std::env::current_dir()?;
    let root = here
        .ancestors()
        .find(|folder| folder.join("template.yaml").is_file());
    root.map(Path::to_owned).ok_or(Failure::NoTemplate)
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> Failure {
    let path = path.to_owned();
    move |source| Failure::File { path, source }
}

fn complain(message: &str) {
    // With nowhere to complain to, there is nothing left to do.
    let _ = writeln!(io::stderr(), "freshtrack: {message}");
}
