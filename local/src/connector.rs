//! An HTTP client for AWS SDKs that calls the host's services directly.
//!
//! Functions that run in this process use the SDKs as everywhere; only the client underneath is another.
//! A request then costs a function call in place of a socket, which makes up most of its time locally.

use crate::endpoint::AwsEndpoint;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use std::fmt;
use std::sync::{Arc, OnceLock, Weak};

/// The client. It is made before the services, which need functions to send to, and is
/// [bound](Connector::bind) to them once they exist; clones are bound together.
#[derive(Clone, Default)]
pub struct Connector {
    /// Weak, since the services hold the functions and the functions hold this.
    services: Arc<OnceLock<Weak<dyn AwsEndpoint>>>,
}

impl Connector {
    /// Sends requests to `services` from now on. Only the first call has an effect.
    pub fn bind(&self, services: &Arc<dyn AwsEndpoint>) {
        let _ = self.services.set(Arc::downgrade(services));
    }
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connector")
            .field("bound", &self.services.get().is_some())
            .finish()
    }
}

impl HttpClient for Connector {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let services = self.services.get().and_then(Weak::upgrade);
        HttpConnectorFuture::new(async move {
            let Some(services) = services else {
                return Err(ConnectorError::io("the local system is not running".into()));
            };
            let request = request
                .try_into_http1x()
                .map_err(|error| ConnectorError::user(error.into()))?;
            let (parts, body) = request.into_parts();
            let Some(body) = body.bytes() else {
                return Err(ConnectorError::user(
                    "the local system takes no streamed request bodies".into(),
                ));
            };
            let request = http::Request::from_parts(parts, Bytes::copy_from_slice(body));
            // A task of its own, so that a service works at full even when it is called from deep inside a
            // function, and ends what it began when the function is dropped at its timeout.
            let response = tokio::spawn(async move { services.call(request).await })
                .await
                .map_err(|broken| ConnectorError::other(broken.into(), None))?;
            HttpResponse::try_from(response.map(SdkBody::from))
                .map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_trait::async_trait;
    use http::{Request, Response};

    struct Echo;

    #[async_trait]
    impl AwsEndpoint for Echo {
        async fn call(&self, request: Request<Bytes>) -> Response<Bytes> {
            let body = format!("{} {}", request.uri(), String::from_utf8_lossy(request.body()));
            Response::builder()
                .status(202)
                .header("x-kind", "echo")
                .body(Bytes::from(body))
                .unwrap()
        }
    }

    fn request() -> HttpRequest {
        let request = Request::post("http://127.0.0.1/a%3D?b=c")
            .body(SdkBody::from("hello"))
            .unwrap();
        HttpRequest::try_from(request).unwrap()
    }

    #[tokio::test]
    async fn requests_reach_the_services_without_a_socket() {
        let connector = Connector::default();
        let services: Arc<dyn AwsEndpoint> = Arc::new(Echo);
        connector.clone().bind(&services);
        let response = connector.call(request()).await.unwrap();
        assert_eq!(response.status().as_u16(), 202);
        assert_eq!(response.headers().get("x-kind"), Some("echo"));
        assert_eq!(
            response.body().bytes(),
            Some(b"http://127.0.0.1/a%3D?b=c hello".as_slice())
        );
    }

    #[tokio::test]
    async fn without_services_the_call_fails_as_a_broken_connection_does() {
        let connector = Connector::default();
        assert!(connector.call(request()).await.unwrap_err().is_io());
        let services: Arc<dyn AwsEndpoint> = Arc::new(Echo);
        connector.bind(&services);
        drop(services);
        assert!(connector.call(request()).await.unwrap_err().is_io());
    }
}
