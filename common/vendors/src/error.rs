//! Why a message could not be read.

use serde::de::DeserializeOwned;
use serde_json::Value;

/// Why a message could not be read. The sender must change it: sending the same again gives the same answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// The body is no JSON text.
    #[error("the body is not JSON: {0}")]
    NotJson(String),
    /// The body is JSON, but not of the form the server documents.
    #[error("the message does not have the documented form: {0}")]
    UnexpectedForm(String),
    /// Something is not there without which the message cannot be used.
    #[error("`{field}` is missing: {hint}")]
    MissingField {
        /// Where it belongs.
        field: &'static str,
        /// What to do about it.
        hint: &'static str,
    },
    /// Something is there but makes no sense.
    #[error("`{field}` cannot be read: {problem}")]
    InvalidField {
        /// Where it is.
        field: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// A device that may publish under its own name says that it is another.
    #[error("the topic is that of {topic}, but the message says it is from {message}")]
    DeviceMismatch {
        /// The device of the topic.
        topic: String,
        /// The device in the message.
        message: String,
    },
}

impl ParseError {
    /// A stable name for the kind of error, for logs and clients.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotJson(_) => "not_json",
            Self::UnexpectedForm(_) => "unexpected_form",
            Self::MissingField { .. } => "missing_field",
            Self::InvalidField { .. } => "invalid_field",
            Self::DeviceMismatch { .. } => "device_mismatch",
        }
    }

    pub(crate) fn invalid(field: &'static str, problem: impl ToString) -> Self {
        Self::InvalidField {
            field,
            problem: problem.to_string(),
        }
    }
}

/// Reads a body, telling text that is no JSON from JSON of another form.
pub(crate) fn from_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, ParseError> {
    let value = serde_json::from_slice(body).map_err(|error| ParseError::NotJson(error.to_string()))?;
    from_value(value)
}

/// Reads a part of a body.
pub(crate) fn from_value<T: DeserializeOwned>(value: Value) -> Result<T, ParseError> {
    serde_json::from_value(value).map_err(|error| ParseError::UnexpectedForm(error.to_string()))
}
