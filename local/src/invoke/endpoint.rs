//! Lambda's `Invoke` operation.

use super::Invoker;
use crate::endpoint::AwsEndpoint;
use crate::services::lambda::AsyncInvocations;
use crate::template::System;
use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The largest event Lambda takes from a caller that waits, in bytes.
const MAXIMUM_EVENT_BYTES: usize = 6 * 1024 * 1024;

/// Serves `POST /2015-03-31/functions/{function}/invocations`.
pub struct InvokeEndpoint {
    /// Names of functions by every name they may be called by.
    names: BTreeMap<String, String>,
    invoker: Arc<dyn Invoker>,
    asynchronous: AsyncInvocations,
}

impl InvokeEndpoint {
    /// The path before the function's name.
    pub const PATH: &str = "/2015-03-31/functions/";

    /// Serves the functions of `system`.
    #[must_use]
    pub fn new(system: &System, invoker: Arc<dyn Invoker>, asynchronous: AsyncInvocations) -> Self {
        let names = system.functions.iter().flat_map(|function| {
            [&function.name, &function.deployed_name].map(|name| (name.clone(), function.name.clone()))
        });
        Self {
            names: names.collect(),
            invoker,
            asynchronous,
        }
    }

    /// The function meant by `reference`: a name or an ARN, with or without a qualifier.
    fn function(&self, reference: &str) -> Option<&str> {
        let name = reference
            .split_once(":function:")
            .map_or(reference, |(_, name)| name);
        let name = name.split_once(':').map_or(name, |(name, _)| name);
        self.names.get(name).map(String::as_str)
    }
}

#[async_trait]
impl AwsEndpoint for InvokeEndpoint {
    async fn call(&self, request: Request<Bytes>) -> Response<Bytes> {
        let (parts, event) = request.into_parts();
        let path = parts.uri.path();
        let reference = path
            .strip_prefix(Self::PATH)
            .and_then(|rest| rest.strip_suffix("/invocations"));
        let Some(reference) = reference.filter(|_| parts.method == Method::POST) else {
            return refusal(
                StatusCode::NOT_FOUND,
                "UnknownOperationException",
                "Only Invoke is served locally.",
            );
        };
        let reference = reference.replace("%3A", ":");
        let Some(function) = self.function(&reference) else {
            let message = format!("Function not found: {reference}");
            return refusal(StatusCode::NOT_FOUND, "ResourceNotFoundException", &message);
        };
        if event.len() > MAXIMUM_EVENT_BYTES {
            let message =
                format!("Request must be smaller than {MAXIMUM_EVENT_BYTES} bytes for the Invoke operation");
            return refusal(
                StatusCode::PAYLOAD_TOO_LARGE,
                "RequestTooLargeException",
                &message,
            );
        }
        let event = if event.is_empty() {
            Bytes::from_static(b"{}")
        } else {
            event
        };
        if let Err(error) = serde_json::from_slice::<&serde_json::value::RawValue>(&event) {
            let message = format!("Could not parse request body into json: {error}");
            return refusal(
                StatusCode::BAD_REQUEST,
                "InvalidRequestContentException",
                &message,
            );
        }
        let kind = parts
            .headers
            .get("x-amz-invocation-type")
            .and_then(|value| value.to_str().ok());
        match kind.unwrap_or("RequestResponse") {
            "RequestResponse" => match self.invoker.invoke(function, event).await {
                Ok(reply) => answer(StatusCode::OK, reply),
                Err(failed) => {
                    let mut response = answer(StatusCode::OK, failed.to_json());
                    response
                        .headers_mut()
                        .insert("x-amz-function-error", HeaderValue::from_static("Unhandled"));
                    response
                }
            },
            "Event" => match self.asynchronous.invoke(function, &event) {
                Ok(_) => answer(StatusCode::ACCEPTED, Bytes::new()),
                Err(error) => refusal(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "ServiceException",
                    &error.to_string(),
                ),
            },
            "DryRun" => answer(StatusCode::NO_CONTENT, Bytes::new()),
            other => {
                let message = format!("InvocationType {other} is not one of RequestResponse, Event, DryRun");
                refusal(
                    StatusCode::BAD_REQUEST,
                    "InvalidParameterValueException",
                    &message,
                )
            }
        }
    }
}

fn answer(status: StatusCode, body: Bytes) -> Response<Bytes> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    headers.insert("x-amz-executed-version", HeaderValue::from_static("$LATEST"));
    response
}

fn refusal(status: StatusCode, kind: &'static str, message: &str) -> Response<Bytes> {
    let body = serde_json::json!({ "Type": "User", "Message": message });
    let mut response = answer(status, Bytes::from(body.to_string()));
    response
        .headers_mut()
        .insert("x-amzn-errortype", HeaderValue::from_static(kind));
    response
}
