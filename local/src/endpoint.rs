//! What answers the requests of an AWS SDK.

use async_trait::async_trait;
use bytes::Bytes;

/// A service as its SDK client sees it: one HTTP request in, one HTTP reply out.
///
/// The same implementation is reached in two ways: over the host's port by functions that run as processes,
/// and through the [connector](crate::connector) by functions that run in this process.
#[async_trait]
pub trait AwsEndpoint: Send + Sync {
    /// Answers one request. Failures are replies too, in the form the service's protocol gives them.
    async fn call(&self, request: http::Request<Bytes>) -> http::Response<Bytes>;
}
