//! The AWS JSON protocol: one POST, the operation in `x-amz-target`, errors by
//! their shape name in `__type`.

use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

pub(crate) const JSON_1_0: &str = "application/x-amz-json-1.0";

/// An error as the client's SDK reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AwsError {
    pub(crate) status: StatusCode,
    /// The shape name, with or without its namespace.
    pub(crate) code: String,
    pub(crate) message: String,
    /// The code of the older query protocol, which some SDKs still look at.
    pub(crate) query_code: Option<&'static str>,
}

impl AwsError {
    pub(crate) fn client(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            code: code.into(),
            message: message.into(),
            query_code: None,
        }
    }

    pub(crate) fn internal(cause: impl std::fmt::Display) -> Self {
        tracing::error!(error = %cause, "a local AWS service failed");
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            code: "InternalFailure".into(),
            message: cause.to_string(),
            query_code: None,
        }
    }

    pub(crate) fn unknown_operation(operation: &str) -> Self {
        Self::client(
            "UnknownOperationException",
            format!("The operation {operation:?} is not part of the local system"),
        )
    }
}

/// The operation after the dot in `x-amz-target`; empty without the header.
pub(crate) fn operation(request: &Request<Bytes>) -> &str {
    target(request).rsplit('.').next().unwrap_or_default()
}

/// The whole `x-amz-target` header; empty when absent.
pub(crate) fn target(request: &Request<Bytes>) -> &str {
    request
        .headers()
        .get("x-amz-target")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// Reads the request type of an operation.
pub(crate) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, AwsError> {
    let body: &[u8] = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body)
        .map_err(|error| AwsError::client("SerializationException", error.to_string()))
}

/// Writes the answer of an operation.
pub(crate) fn reply<T: Serialize>(outcome: Result<T, AwsError>) -> Response<Bytes> {
    let written = outcome.and_then(|value| serde_json::to_vec(&value).map_err(AwsError::internal));
    match written {
        Ok(body) => response(StatusCode::OK, Bytes::from(body)),
        Err(error) => {
            let body = serde_json::json!({ "__type": error.code, "message": error.message });
            let mut response = response(error.status, Bytes::from(body.to_string()));
            if let Some(code) = error.query_code
                && let Ok(value) = HeaderValue::from_str(&format!("{code};Sender"))
            {
                response.headers_mut().insert("x-amzn-query-error", value);
            }
            response
        }
    }
}

/// A response with the headers every AWS JSON service sends.
pub(crate) fn response(status: StatusCode, body: Bytes) -> Response<Bytes> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(http::header::CONTENT_TYPE, HeaderValue::from_static(JSON_1_0));
    if let Ok(id) = HeaderValue::from_str(&super::identifiers::uuid()) {
        headers.insert("x-amzn-requestid", id);
    }
    response
}
