//! Failures as callers see them: RFC 9457 problem details with a stable code.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A stable name for a kind of failure. Programs decide by it; the text beside it is for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProblemCode {
    /// The body or a parameter is not of the expected form.
    InvalidRequest,
    /// The credential is missing, wrong or no longer valid.
    NotSignedIn,
    /// The credential lacks the right that the endpoint needs.
    MissingRight,
    /// There is no such thing, or it is another tenant's.
    NotFound,
    /// The request contradicts the present state.
    Conflict,
    /// What was to be changed is no longer what the caller last read (`If-Match`).
    Stale,
    /// The body is larger than allowed.
    TooLarge,
    /// The `Idempotency-Key` was used before, with another request.
    KeyReused,
    /// Too many attempts. `Retry-After` says when to try again.
    TooManyRequests,
    /// A network server is to be told of a sensor of which no AppKey is kept. Ask for it.
    MissingAppKey,
    /// A critical temperature alert is to be resolved at a site that wants to know what was done. Ask for it.
    CorrectiveActionRequired,
    /// The service cannot answer now; nothing was done. Try again.
    Unavailable,
    /// A fault of ours. Nothing the caller can change.
    Internal,
}

impl ProblemCode {
    /// The HTTP status that goes with it.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::InvalidRequest => 400,
            Self::NotSignedIn => 401,
            Self::MissingRight => 403,
            Self::NotFound => 404,
            Self::Conflict | Self::MissingAppKey | Self::CorrectiveActionRequired => 409,
            Self::Stale => 412,
            Self::TooLarge => 413,
            Self::KeyReused => 422,
            Self::TooManyRequests => 429,
            Self::Internal => 500,
            Self::Unavailable => 503,
        }
    }

    /// A short title that does not change from case to case.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::InvalidRequest => "The request is not of the expected form",
            Self::NotSignedIn => "The credential is missing or not valid",
            Self::MissingRight => "The credential does not allow this",
            Self::NotFound => "No such thing",
            Self::Conflict => "The request contradicts the present state",
            Self::Stale => "This has changed since it was last read",
            Self::TooLarge => "The request is too large",
            Self::KeyReused => "The idempotency key belongs to another request",
            Self::TooManyRequests => "Too many requests",
            Self::Internal => "Something went wrong on our side",
            Self::MissingAppKey => "The sensor's AppKey is not known",
            Self::CorrectiveActionRequired => "It has to be said what was done",
            Self::Unavailable => "Not available at the moment",
        }
    }
}

/// The body of every reply that is not a success (`application/problem+json`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Problem {
    /// A URI that names the kind of problem.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind of problem in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What was wrong this time and what to do.
    pub detail: String,
    /// The stable code.
    pub code: ProblemCode,
    /// Which field of the body it is about, if it is about one: its name, or the path to it such as `address.city`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Names this request in our logs.
    pub request_id: String,
}

impl Problem {
    /// The problem of `code`, told as `detail`, for the request `request_id`.
    #[must_use]
    pub fn new(code: ProblemCode, detail: impl Into<String>, request_id: impl Into<String>) -> Self {
        let name = serde_json::to_value(code)
            .ok()
            .and_then(|v| v.as_str().map(str::to_owned))
            .unwrap_or_default();
        Self {
            kind: format!("urn:freshtrack:problem:{name}"),
            title: code.title().to_owned(),
            status: code.status(),
            detail: detail.into(),
            code,
            field: None,
            request_id: request_id.into(),
        }
    }
}
