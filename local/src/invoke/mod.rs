//! Running functions.
//!
//! Everything that calls a function (an API, a queue, a schedule) goes through [`Invoker`] with the raw JSON
//! event Lambda would hand over, and so cannot tell whether the function is linked into this process or runs
//! as a process of its own.

mod endpoint;
mod in_process;
mod pool;
mod processes;

pub use endpoint::InvokeEndpoint;
pub use in_process::{Handler, InProcess, MissingFunctions, handler};
pub use processes::{MissingBootstraps, Processes};

use async_trait::async_trait;
use bytes::Bytes;

/// The largest reply Lambda passes on, in bytes.
pub(crate) const MAXIMUM_REPLY_BYTES: usize = 6 * 1024 * 1024;

/// Calls functions and waits for their replies, as Lambda's `RequestResponse` invocation does.
#[async_trait]
pub trait Invoker: Send + Sync {
    /// Runs the function called `function` with `event`, a JSON text, and returns its reply, a JSON text.
    ///
    /// # Errors
    /// [`InvocationFailed`] when the function returned an error, panicked, ran out of time or does not exist.
    async fn invoke(&self, function: &str, event: Bytes) -> Result<Bytes, InvocationFailed>;
}

/// An invocation that did not succeed, in the words Lambda reports it with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{error_type}: {message}")]
pub struct InvocationFailed {
    /// What kind of failure, such as `Runtime.ExitError` or the function's own error type.
    pub error_type: String,
    /// What happened.
    pub message: String,
}

impl InvocationFailed {
    /// The function ran longer than its timeout.
    #[must_use]
    pub fn timed_out(timeout: std::time::Duration) -> Self {
        Self {
            error_type: "Sandbox.Timedout".to_owned(),
            message: format!("Task timed out after {:.2} seconds", timeout.as_secs_f64()),
        }
    }

    /// No function of this name is declared.
    #[must_use]
    pub fn not_found(function: &str) -> Self {
        Self {
            error_type: "ResourceNotFoundException".to_owned(),
            message: format!("Function not found: {function}"),
        }
    }

    /// The function answered more than Lambda passes on.
    pub(crate) fn reply_too_large(bytes: usize) -> Self {
        Self {
            error_type: "Function.ResponseSizeTooLarge".to_owned(),
            message: format!(
                "Response payload size ({bytes} bytes) exceeded maximum allowed payload size ({MAXIMUM_REPLY_BYTES} bytes)."
            ),
        }
    }

    /// The reply of a failed invocation, `{"errorType": .., "errorMessage": ..}`.
    #[must_use]
    pub fn to_json(&self) -> Bytes {
        let body = serde_json::json!({ "errorType": self.error_type, "errorMessage": self.message });
        Bytes::from(body.to_string())
    }
}
