//! `@connections`: API Gateway's management API for WebSocket connections.

use super::{Connections, PostError};
use crate::endpoint::AwsEndpoint;
use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use percent_encoding::percent_decode_str;
use serde_json::json;

/// Serves `POST`, `GET` and `DELETE` on `../@connections/{connection_id}`.
pub struct Management(Connections);

impl Management {
    /// The part of a path in front of the connection's id.
    pub const PATH: &str = "/@connections/";

    /// Manages `connections`.
    #[must_use]
    pub fn new(connections: Connections) -> Self {
        Self(connections)
    }
}

#[async_trait]
impl AwsEndpoint for Management {
    async fn call(&self, request: Request<Bytes>) -> Response<Bytes> {
        let (parts, body) = request.into_parts();
        // SDKs write the @ as %40.
        let path = percent_decode_str(parts.uri.path()).decode_utf8_lossy();
        let Some((_, id)) = path.split_once(Self::PATH) else {
            return refused(PostError::Gone);
        };
        let outcome = match parts.method {
            Method::POST => self
                .0
                .post(id, body)
                .map(|()| answer(StatusCode::OK, Bytes::new())),
            Method::DELETE => self
                .0
                .close(id)
                .map(|()| answer(StatusCode::NO_CONTENT, Bytes::new())),
            Method::GET => self.0.get(id).ok_or(PostError::Gone).map(|info| {
                let body = json!({
                    "connectedAt": info.connected_at.to_string(),
                    "lastActiveAt": info.last_active_at.to_string(),
                    "identity": { "sourceIp": info.source.to_string(), "userAgent": info.user_agent },
                });
                answer(StatusCode::OK, Bytes::from(body.to_string()))
            }),
            _ => return answer(StatusCode::METHOD_NOT_ALLOWED, Bytes::new()),
        };
        outcome.unwrap_or_else(refused)
    }
}

fn refused(error: PostError) -> Response<Bytes> {
    let (status, kind) = match error {
        PostError::Gone => (StatusCode::GONE, "GoneException"),
        PostError::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "PayloadTooLargeException"),
    };
    let mut response = answer(
        status,
        Bytes::from(json!({ "message": error.to_string() }).to_string()),
    );
    response
        .headers_mut()
        .insert("x-amzn-errortype", HeaderValue::from_static(kind));
    response
}

fn answer(status: StatusCode, body: Bytes) -> Response<Bytes> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
