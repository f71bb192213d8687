//! HTTPS to services of others, by the client that the AWS SDKs bring along anyway.

use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::dns::ResolveDns;
use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use freshtrack_application::{PortError, PortErrorKind};
use http::{Request, Response};
use http_body_util::{BodyExt as _, Limited};
use std::time::Duration;

/// How long a service may take to answer in full.
const PATIENCE: Duration = Duration::from_secs(5);
/// The largest answer that is read.
const LARGEST_ANSWER: usize = 1024 * 1024;

/// A client that keeps connections open. Made once per process.
#[derive(Debug)]
pub struct Http(Connector);

impl Default for Http {
    fn default() -> Self {
        Self(
            Connector::builder()
                .tls_provider(Provider::Rustls(CryptoMode::Ring))
                .build(),
        )
    }
}

impl Http {
    /// A client that connects to the addresses alone that `resolver` gives for a name.
    pub(crate) fn with_resolver(resolver: impl ResolveDns + Clone + 'static) -> Self {
        Self(
            Connector::builder()
                .tls_provider(Provider::Rustls(CryptoMode::Ring))
                .build_with_resolver(resolver),
        )
    }

    /// Sends `request` for `op` and reads the answer to its end. Any status is an answer.
    ///
    /// # Errors
    /// `Unavailable` when there is none within five seconds; `Rejected` when it is larger than a megabyte.
    pub async fn send(
        &self,
        op: &'static str,
        request: Request<Bytes>,
    ) -> Result<Response<Bytes>, PortError> {
        let unavailable = |error: Box<dyn std::error::Error + Send + Sync>| {
            PortError::because(op, PortErrorKind::Unavailable, error)
        };
        let request = HttpRequest::try_from(request.map(SdkBody::from))
            .map_err(|error| PortError::because(op, PortErrorKind::Rejected, error))?;
        let answer = async {
            let response = self
                .0
                .call(request)
                .await
                .map_err(|error| unavailable(error.into()))?;
            let (parts, body) = response
                .try_into_http1x()
                .map_err(|error| unavailable(error.into()))?
                .into_parts();
            let body = Limited::new(body, LARGEST_ANSWER)
                .collect()
                .await
                .map_err(|error| PortError::because(op, PortErrorKind::Rejected, error))?;
            Ok(Response::from_parts(parts, body.to_bytes()))
        };
        tokio::time::timeout(PATIENCE, answer)
            .await
            .map_err(|late| unavailable(late.into()))?
    }
}
