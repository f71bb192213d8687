//! Functions that run as processes of their own, through Lambda's Runtime API.

use super::pool::{Invocation, Next, Outcome, Pool, ProcessId};
use super::{InvocationFailed, Invoker, MAXIMUM_REPLY_BYTES};
use crate::template::{Deployment, Function, System};
use async_trait::async_trait;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Path as UrlPath, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use http::StatusCode;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::process::{Child, Command};
use tokio::sync::oneshot;

/// Where the Runtime API is served on the host's port, before the function's name.
const RUNTIME_API: &str = "/_aws/runtime";

/// How long a process may take until it first asks for work, as on Lambda.
const INITIALIZATION_TIMEOUT: Duration = Duration::from_secs(10);

/// Processes of one function at most. Lambda would start a thousand.
const LARGEST_POOL: usize = 10;

/// A function's artefact that is not where it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no bootstrap for {}: build them with `cargo lambda build --release`, or with `cargo build --bins` for this machine alone",
    .0.join(", ")
)]
pub struct MissingBootstraps(pub Vec<String>);

/// Runs each function's bootstrap in as many processes as it has invocations at once.
///
/// The host serves [`Processes::runtime_api`] on the address of the deployment; the processes fetch their
/// events from there. They end when the last clone of this value is dropped.
#[derive(Clone)]
pub struct Processes(Arc<Shared>);

struct Shared {
    deployment: Deployment,
    run_folder: PathBuf,
    functions: BTreeMap<String, Served>,
}

struct Served {
    function: Function,
    bootstrap: PathBuf,
    pool: Mutex<Pool>,
}

impl Processes {
    /// Prepares the functions of `system`, whose bootstraps `locate` finds by name. No process starts
    /// before it is needed; each runs from a copy in `run_folder`, so that a build may replace the original.
    ///
    /// # Errors
    /// [`MissingBootstraps`] when a declared function has no bootstrap.
    pub fn new(
        system: &System,
        deployment: Deployment,
        run_folder: PathBuf,
        locate: impl Fn(&str) -> Option<PathBuf>,
    ) -> Result<Self, MissingBootstraps> {
        let mut functions = BTreeMap::new();
        let mut missing = Vec::new();
        for function in &system.functions {
            match locate(&function.name) {
                Some(bootstrap) => {
                    let pool = Mutex::new(Pool::new(LARGEST_POOL));
                    functions.insert(
                        function.name.clone(),
                        Served {
                            function: function.clone(),
                            bootstrap,
                            pool,
                        },
                    );
                }
                None => missing.push(function.name.clone()),
            }
        }
        if !missing.is_empty() {
            return Err(MissingBootstraps(missing));
        }
        Ok(Self(Arc::new(Shared {
            deployment,
            run_folder,
            functions,
        })))
    }

    /// The Runtime API for all functions: each process has its own path.
    pub fn runtime_api(&self) -> Router {
        let process = format!("{RUNTIME_API}/{{function}}/{{process}}/2018-06-01/runtime");
        Router::new()
            .route(&format!("{process}/invocation/next"), get(next))
            .route(
                &format!("{process}/invocation/{{request_id}}/response"),
                post(response),
            )
            .route(&format!("{process}/invocation/{{request_id}}/error"), post(error))
            .route(&format!("{process}/init/error"), post(initialization_error))
            .layer(DefaultBodyLimit::disable())
            // The processes hold connections to this router, which must not keep them alive in turn.
            .with_state(Arc::downgrade(&self.0))
    }
}

#[async_trait]
impl Invoker for Processes {
    async fn invoke(&self, function: &str, event: Bytes) -> Result<Bytes, InvocationFailed> {
        let Some(served) = self.0.functions.get(function) else {
            return Err(InvocationFailed::not_found(function));
        };
        let (reply, outcome) = oneshot::channel();
        let request_id = crate::services::identifiers::uuid();
        served.pool().offer(Invocation {
            request_id,
            event,
            reply,
        });
        self.0.start_what_is_missing(function);
        let reply = outcome.await.unwrap_or_else(|_| {
            Err(InvocationFailed {
                error_type: "Runtime.ExitError".to_owned(),
                message: "The process that ran it is gone".to_owned(),
            })
        })?;
        if reply.len() > MAXIMUM_REPLY_BYTES {
            return Err(InvocationFailed::reply_too_large(reply.len()));
        }
        Ok(reply)
    }
}

impl Served {
    fn pool(&self) -> MutexGuard<'_, Pool> {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
    /// Starts a process if an invocation waits that none is being started for.
    fn start_what_is_missing(self: &Arc<Self>, function: &str) {
        let Some(served) = self.functions.get(function) else {
            return;
        };
        let Some((id, killed)) = served.pool().start() else {
            return;
        };
        match self.spawn(served, id) {
            Ok(child) => {
                tokio::spawn(supervise(
                    Arc::downgrade(self),
                    function.to_owned(),
                    id,
                    child,
                    killed,
                ));
            }
            Err(error) => {
                let message = format!("cannot start {}: {error}", served.bootstrap.display());
                tracing::error!(function, "{message}");
                let failure = InvocationFailed {
                    error_type: "Runtime.InvalidEntrypoint".to_owned(),
                    message,
                };
                served.pool().ended(id, failure);
            }
        }
    }

    fn spawn(&self, served: &Served, id: ProcessId) -> io::Result<Child> {
        let folder = self.run_folder.join(&served.function.name);
        let bootstrap = runnable_copy(&served.bootstrap, &folder)?;
        Command::new(bootstrap)
            .current_dir(&folder)
            .env_clear()
            .envs(
                ["PATH", "HOME", "RUST_LOG", "RUST_BACKTRACE"]
                    .into_iter()
                    .filter_map(|name| std::env::var_os(name).map(|value| (name, value))),
            )
            .envs(environment(&served.function, &self.deployment))
            // Only with a scheme may this address carry a path, and so one port serve all processes.
            .env(
                "AWS_LAMBDA_RUNTIME_API",
                format!(
                    "http://{}{RUNTIME_API}/{}/{id}",
                    self.deployment.address, served.function.name
                ),
            )
            .stdin(std::process::Stdio::null())
            .kill_on_drop(true)
            .spawn()
    }

    /// Hands `invocation` to process `id` and starts the clock of its timeout.
    fn begin(self: &Arc<Self>, served: &Served, id: ProcessId, invocation: Invocation) -> Response {
        let Invocation {
            request_id,
            event,
            reply,
        } = invocation;
        let timeout = served.function.timeout;
        let timer = tokio::spawn({
            let (shared, function, request_id) = (
                Arc::downgrade(self),
                served.function.name.clone(),
                request_id.clone(),
            );
            async move {
                tokio::time::sleep(timeout).await;
                if let Some(served) = shared
                    .upgrade()
                    .as_ref()
                    .and_then(|shared| shared.functions.get(&function))
                {
                    served
                        .pool()
                        .time_out(id, &request_id, InvocationFailed::timed_out(timeout));
                }
            }
        });
        served
            .pool()
            .begin(id, request_id.clone(), reply, timer.abort_handle());
        let deadline = SystemTime::now() + timeout;
        let deadline_ms = deadline
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
            .as_millis();
        let Deployment { region, account, .. } = &self.deployment;
        let arn = format!(
            "arn:aws:lambda:{region}:{account}:function:{}",
            served.function.deployed_name
        );
        let headers = [
            ("content-type", "application/json".to_owned()),
            ("lambda-runtime-deadline-ms", deadline_ms.to_string()),
            ("lambda-runtime-invoked-function-arn", arn),
            ("lambda-runtime-trace-id", trace_id(&request_id)),
            ("lambda-runtime-aws-request-id", request_id),
        ];
        (headers, event).into_response()
    }
}

/// Watches over a process until it ends, ends it when told to, and tells its pool.
async fn supervise(
    shared: Weak<Shared>,
    function: String,
    id: ProcessId,
    mut child: Child,
    killed: oneshot::Receiver<()>,
) {
    let never_ready = async {
        tokio::time::sleep(INITIALIZATION_TIMEOUT).await;
        let shared = shared.upgrade();
        let served = shared.as_ref().and_then(|shared| shared.functions.get(&function));
        if served.is_some_and(|served| served.pool().is_ready(id)) {
            std::future::pending::<()>().await;
        }
    };
    let message = tokio::select! {
        status = child.wait() => exit_message(status),
        // A closed channel means that the pool is gone.
        _ = killed => "the process was ended".to_owned(),
        () = never_ready => format!("Runtime did not initialize within {} s", INITIALIZATION_TIMEOUT.as_secs()),
    };
    // Harmless on a process that has ended already.
    let _ = child.kill().await;
    let Some(shared) = shared.upgrade() else { return };
    if let Some(served) = shared.functions.get(&function) {
        let failure = InvocationFailed {
            error_type: "Runtime.ExitError".to_owned(),
            message,
        };
        served.pool().ended(id, failure);
        shared.start_what_is_missing(&function);
    }
}

fn exit_message(status: io::Result<ExitStatus>) -> String {
    match status {
        Ok(status) => format!("Runtime exited with {status}"),
        Err(error) => format!("Runtime could not be watched: {error}"),
    }
}

/// A copy of `bootstrap` in `folder`, made anew when the original has changed. A file that runs cannot be
/// written to, so without the copy a build would fail while functions run.
fn runnable_copy(bootstrap: &Path, folder: &Path) -> io::Result<PathBuf> {
    let built = std::fs::metadata(bootstrap)?.modified()?;
    let stamp = built.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    let copy = folder.join(format!("bootstrap-{stamp}"));
    if !copy.exists() {
        std::fs::create_dir_all(folder)?;
        let partial = folder.join("bootstrap.partial");
        std::fs::copy(bootstrap, &partial)?;
        std::fs::rename(&partial, &copy)?;
    }
    copy.canonicalize()
}

/// The variables Lambda and an SDK read, then those of the template, which may replace them.
fn environment(function: &Function, deployment: &Deployment) -> BTreeMap<String, String> {
    let name = &function.deployed_name;
    let lambda = [
        ("AWS_LAMBDA_FUNCTION_NAME", name.clone()),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST".to_owned()),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", function.memory_mb.to_string()),
        ("AWS_LAMBDA_LOG_GROUP_NAME", format!("/aws/lambda/{name}")),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "local".to_owned()),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand".to_owned()),
        ("AWS_EXECUTION_ENV", "AWS_Lambda_provided.al2023".to_owned()),
        ("_HANDLER", "bootstrap".to_owned()),
        ("TZ", ":UTC".to_owned()),
        ("LANG", "en_US.UTF-8".to_owned()),
    ];
    let mut variables = deployment.environment();
    variables.extend(lambda.into_iter().map(|(name, value)| (name.to_owned(), value)));
    variables.extend(function.environment.clone());
    variables
}

/// An X-Ray header in the form a function finds it on Lambda.
fn trace_id(request_id: &str) -> String {
    let seconds = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs();
    let digits = request_id.replace('-', "");
    let root = digits.get(..24).unwrap_or_default();
    let parent = digits.get(16..).unwrap_or_default();
    format!("Root=1-{seconds:08x}-{root};Parent={parent};Sampled=0")
}

async fn next(
    State(shared): State<Weak<Shared>>,
    UrlPath((function, id)): UrlPath<(String, ProcessId)>,
) -> Response {
    let Some(shared) = shared.upgrade() else {
        return StatusCode::GONE.into_response();
    };
    let Some(served) = shared.functions.get(&function) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let next = served.pool().next(id);
    let invocation = match next {
        Next::Run(invocation) => invocation,
        Next::Wait(receiver) => match receiver.await {
            Ok(invocation) => invocation,
            Err(_) => return StatusCode::GONE.into_response(),
        },
        Next::Unknown => return StatusCode::GONE.into_response(),
    };
    shared.begin(served, id, invocation)
}

async fn response(
    State(shared): State<Weak<Shared>>,
    UrlPath((function, id, request_id)): UrlPath<(String, ProcessId, String)>,
    body: Bytes,
) -> Response {
    finish(&shared, &function, id, &request_id, Ok(body))
}

async fn error(
    State(shared): State<Weak<Shared>>,
    UrlPath((function, id, request_id)): UrlPath<(String, ProcessId, String)>,
    body: Bytes,
) -> Response {
    finish(&shared, &function, id, &request_id, Err(reported_failure(&body)))
}

/// A process that reports this ends by itself; the supervisor sees to the rest.
async fn initialization_error(UrlPath((function, _)): UrlPath<(String, ProcessId)>, body: Bytes) -> Response {
    let failure = reported_failure(&body);
    tracing::error!(function, error = %failure, "a function could not initialize");
    StatusCode::ACCEPTED.into_response()
}

fn finish(
    shared: &Weak<Shared>,
    function: &str,
    id: ProcessId,
    request_id: &str,
    outcome: Outcome,
) -> Response {
    let shared = shared.upgrade();
    let served = shared.as_ref().and_then(|shared| shared.functions.get(function));
    if served.is_some_and(|served| served.pool().finish(id, request_id, outcome)) {
        (StatusCode::ACCEPTED, r#"{"status":"OK"}"#).into_response()
    } else {
        let body = r#"{"errorType":"InvalidRequestID","errorMessage":"Invalid request ID"}"#;
        (StatusCode::BAD_REQUEST, body).into_response()
    }
}

fn reported_failure(body: &[u8]) -> InvocationFailed {
    let report: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let field = |name: &str| {
        report
            .get(name)
            .and_then(|value| value.as_str())
            .map(str::to_owned)
    };
    InvocationFailed {
        error_type: field("errorType").unwrap_or_else(|| "Runtime.Unknown".to_owned()),
        message: field("errorMessage").unwrap_or_default(),
    }
}
