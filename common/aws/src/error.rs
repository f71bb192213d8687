//! What an SDK's failure means to a use case.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::http::Response;
use freshtrack_application::{PortError, PortErrorKind};

/// The failure of `op`, its whole cause kept.
pub(crate) fn sdk<E>(op: &'static str, error: SdkError<E, Response>) -> PortError
where
    E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
{
    let kind = match &error {
        SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => {
            PortErrorKind::Unavailable
        }
        SdkError::ServiceError(service) => kind_of(
            service.err().code().unwrap_or_default(),
            service.raw().status().as_u16(),
        ),
        _ => PortErrorKind::Rejected,
    };
    PortError::because(op, kind, error)
}

fn kind_of(code: &str, status: u16) -> PortErrorKind {
    match code {
        "ConditionalCheckFailedException"
        | "TransactionConflictException"
        | "TransactionCanceledException" => PortErrorKind::Conflict,
        "ProvisionedThroughputExceededException"
        | "ThrottlingException"
        | "RequestLimitExceeded"
        | "LimitExceededException"
        | "RequestThrottled"
        | "TooManyRequestsException" => PortErrorKind::Throttled,
        _ if status >= 500 => PortErrorKind::Unavailable,
        _ => PortErrorKind::Rejected,
    }
}

/// What is stored under `op` makes no sense.
pub(crate) fn corrupt(
    op: &'static str,
    cause: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> PortError {
    PortError::because(op, PortErrorKind::Corrupt, cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_trouble_that_passes_is_retryable() {
        for (code, status, retryable) in [
            ("ConditionalCheckFailedException", 400, true),
            ("ThrottlingException", 400, true),
            ("InternalServerError", 500, true),
            ("ValidationException", 400, false),
            ("AccessDeniedException", 400, false),
        ] {
            assert_eq!(
                PortError::new("op", kind_of(code, status)).is_retryable(),
                retryable,
                "{code}"
            );
        }
    }
}
