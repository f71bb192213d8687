//! What a function is, and the main of its binary.

use crate::context::Context;
use crate::settings::Settings;
use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use serde_json::value::RawValue;
use std::future::Future;
use std::pin::Pin;
use std::process::ExitCode;
use std::sync::Arc;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// The reply to one invocation, to come.
pub type InvocationFuture = Pin<Box<dyn Future<Output = Result<Vec<u8>, InvocationError>> + Send>>;

/// One function.
#[derive(Clone, Copy)]
pub struct Function {
    /// Its name, which is also its binary's and its artefact's.
    pub name: &'static str,
    /// Raw JSON event in, raw JSON reply out.
    pub entry: fn(Arc<Context>, Vec<u8>) -> InvocationFuture,
}

/// An invocation that failed as a whole; what Lambda reports to whoever invoked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind}: {message}")]
pub struct InvocationError {
    /// A stable name.
    pub kind: &'static str,
    /// What went wrong, without secrets.
    pub message: String,
}

impl InvocationError {
    /// A failure of `kind`.
    pub fn new(kind: &'static str, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
        }
    }
}

impl From<InvocationError> for Diagnostic {
    fn from(error: InvocationError) -> Self {
        Self {
            error_type: error.kind.to_owned(),
            error_message: error.message,
        }
    }
}

/// Logs to the standard output in the form and from the level on that Lambda's logging controls set, or by target as
/// `RUST_LOG` asks. The runtime's own set-up does the same with regular expressions, for which every binary would pay.
fn log(settings: &Settings) {
    let value = |name| settings.optional(name).unwrap_or_default();
    let level = value("AWS_LAMBDA_LOG_LEVEL").parse().unwrap_or(LevelFilter::INFO);
    let targets = settings.optional("RUST_LOG").and_then(|text| text.parse().ok());
    let filter = targets.unwrap_or_else(|| Targets::new().with_default(level));
    let lines = tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_target(false)
        .without_time();
    if value("AWS_LAMBDA_LOG_FORMAT").eq_ignore_ascii_case("json") {
        lines.json().finish().with(filter).init();
    } else {
        lines.finish().with(filter).init();
    }
}

/// The main of every function's binary: settings from the environment, one context for the life of the
/// process, then one event after the other.
#[must_use]
pub fn run(function: Function) -> ExitCode {
    let settings = Settings::from_environment();
    log(&settings);
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "the runtime did not start");
            return ExitCode::FAILURE;
        }
    };
    let context = Arc::new(Context::new(settings));
    let served = runtime.block_on(lambda_runtime::run(service_fn(
        |event: LambdaEvent<Box<RawValue>>| {
            let reply = (function.entry)(Arc::clone(&context), event.payload.get().as_bytes().to_vec());
            async move {
                let reply = reply.await?;
                let text =
                    String::from_utf8(reply).map_err(|e| InvocationError::new("Reply", e.to_string()))?;
                RawValue::from_string(text).map_err(|e| InvocationError::new("Reply", e.to_string()))
            }
        },
    )));
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the function stopped");
            ExitCode::FAILURE
        }
    }
}
