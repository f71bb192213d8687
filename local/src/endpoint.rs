//! What answers the requests of an AWS SDK.

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response, header};
use std::sync::Arc;

/// A service as its SDK client sees it: one HTTP request in, one HTTP reply out.
///
/// The same implementation is reached in two ways: over the host's port by functions that run as processes,
/// and through the [connector](crate::connector) by functions that run in this process.
#[async_trait]
pub trait AwsEndpoint: Send + Sync {
    /// Answers one request. Failures are replies too, in the form the service's protocol gives them.
    async fn call(&self, request: Request<Bytes>) -> Response<Bytes>;
}

/// All services of the host under one address, as `AWS_ENDPOINT_URL` names it.
pub struct Endpoints {
    services: Arc<dyn AwsEndpoint>,
    by_path: Vec<(&'static str, Arc<dyn AwsEndpoint>)>,
}

impl Endpoints {
    /// Only `services`, which tells by itself which of them a request is for.
    #[must_use]
    pub fn new(services: Arc<dyn AwsEndpoint>) -> Self {
        Self {
            services,
            by_path: Vec::new(),
        }
    }

    /// Adds a service whose paths contain `part`, which no other service's do.
    #[must_use]
    pub fn with_path(mut self, part: &'static str, endpoint: Arc<dyn AwsEndpoint>) -> Self {
        self.by_path.push((part, endpoint));
        self
    }

    /// Whether a request is for an AWS service rather than for an API of the product: it names an
    /// operation, carries an AWS signature, or has a path that only a service has.
    pub fn are_meant_by<B>(&self, request: &Request<B>) -> bool {
        let headers = request.headers();
        let is_signed = headers
            .get(header::AUTHORIZATION)
            .is_some_and(|value| value.as_bytes().starts_with(b"AWS4-HMAC-SHA256"));
        is_signed || headers.contains_key("x-amz-target") || self.by_path(request.uri().path()).is_some()
    }

    fn by_path(&self, path: &str) -> Option<&Arc<dyn AwsEndpoint>> {
        // Some SDKs write the @ of a path as it is, some encode it.
        let path = path.replace("%40", "@");
        self.by_path
            .iter()
            .find(|(part, _)| path.contains(part))
            .map(|(_, endpoint)| endpoint)
    }
}

#[async_trait]
impl AwsEndpoint for Endpoints {
    async fn call(&self, request: Request<Bytes>) -> Response<Bytes> {
        let endpoint = self.by_path(request.uri().path()).unwrap_or(&self.services);
        Arc::clone(endpoint).call(request).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Named(&'static str);

    #[async_trait]
    impl AwsEndpoint for Named {
        async fn call(&self, _: Request<Bytes>) -> Response<Bytes> {
            Response::new(Bytes::from_static(self.0.as_bytes()))
        }
    }

    fn endpoints() -> Endpoints {
        Endpoints::new(Arc::new(Named("services")))
            .with_path("/@connections/", Arc::new(Named("connections")))
    }

    #[tokio::test]
    async fn services_are_told_apart_by_path() {
        for (path, expected) in [
            ("/", "services"),
            ("/live/@connections/a%3D", "connections"),
            ("/%40connections/a", "connections"),
        ] {
            let request = Request::post(format!("http://127.0.0.1{path}"))
                .body(Bytes::new())
                .unwrap();
            assert_eq!(endpoints().call(request).await.body(), expected, "{path}");
        }
    }

    #[test]
    fn requests_of_sdks_are_told_from_those_of_clients() {
        let meant = |request: http::request::Builder| endpoints().are_meant_by(&request.body(()).unwrap());
        assert!(meant(
            Request::post("/").header("x-amz-target", "AmazonSQS.SendMessage")
        ));
        assert!(meant(
            Request::get("/v2/email/x").header("authorization", "AWS4-HMAC-SHA256 Credential=..")
        ));
        assert!(meant(Request::post("/live/@connections/abc")));
        assert!(!meant(
            Request::get("/v1/health").header("authorization", "Bearer ftk_a_b")
        ));
    }
}
