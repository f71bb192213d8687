//! Failures: the caller's to mend, or ours.

use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::time::Span;
use std::error::Error as StdError;

/// What kind of trouble a port had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PortErrorKind {
    /// A condition on what was read before no longer holds.
    Conflict,
    /// Too much is asked at once; later it may work.
    Throttled,
    /// It did not answer; later it may work.
    Unavailable,
    /// What is stored makes no sense. Trying again will not help.
    Corrupt,
    /// It refused what we asked. Trying again will not help.
    Rejected,
}

/// A port's failure with its whole cause.
#[derive(Debug, thiserror::Error)]
#[error("{op} failed: {kind:?}")]
pub struct PortError {
    /// What was attempted, such as `unit_states.save`.
    pub op: &'static str,
    /// What kind of trouble.
    pub kind: PortErrorKind,
    /// The cause.
    #[source]
    pub source: Option<Box<dyn StdError + Send + Sync>>,
}

impl PortError {
    /// A failure of `op` without a further cause.
    #[must_use]
    pub const fn new(op: &'static str, kind: PortErrorKind) -> Self {
        Self {
            op,
            kind,
            source: None,
        }
    }

    /// A failure of `op` because of `source`.
    pub fn because(
        op: &'static str,
        kind: PortErrorKind,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self {
            op,
            kind,
            source: Some(source.into()),
        }
    }

    /// Whether the same call may succeed later.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        matches!(
            self.kind,
            PortErrorKind::Conflict | PortErrorKind::Throttled | PortErrorKind::Unavailable
        )
    }
}

/// A request that cannot be granted, told to its sender.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Refusal {
    /// The stable code.
    pub code: ProblemCode,
    /// What was wrong and what to do.
    pub detail: String,
    /// Which field of the request it is about, if it is about one.
    pub field: Option<String>,
    /// How long to wait before trying again, where that helps.
    pub retry_after: Option<Span>,
}

impl Refusal {
    /// A refusal of `code`, told as `detail`.
    pub fn new(code: ProblemCode, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            field: None,
            retry_after: None,
        }
    }

    /// The same about one field of the request, beside which a form can show it.
    #[must_use]
    pub fn about(self, field: impl Into<String>) -> Self {
        Self {
            field: Some(field.into()),
            ..self
        }
    }

    /// Too much was tried; it may be tried again after `wait`.
    #[must_use]
    pub fn too_many(wait: Span) -> Self {
        Self {
            retry_after: Some(wait),
            ..Self::new(
                ProblemCode::TooManyRequests,
                "There were too many attempts. Please wait before you try again.",
            )
        }
    }

    /// There is no such thing, or it is another tenant's: the caller cannot tell which.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::new(ProblemCode::NotFound, format!("There is no such {what}."))
    }

    /// The request is not of the expected form.
    pub fn invalid(detail: impl Into<String>) -> Self {
        Self::new(ProblemCode::InvalidRequest, detail)
    }
}

/// Why a use case did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The caller's to mend.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Ours.
    #[error(transparent)]
    Fault(#[from] PortError),
}
