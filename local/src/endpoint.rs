//! What answers the requests of an AWS SDK.

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode};
use std::collections::BTreeMap;
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
#[derive(Default)]
pub struct Endpoints {
    by_target: BTreeMap<&'static str, Arc<dyn AwsEndpoint>>,
    by_path: Vec<(&'static str, Arc<dyn AwsEndpoint>)>,
}

impl Endpoints {
    /// Adds a service of an AWS JSON protocol, called by the name in front of the operation in
    /// `x-amz-target`, such as `DynamoDB_20120810`.
    #[must_use]
    pub fn with_target(mut self, service: &'static str, endpoint: Arc<dyn AwsEndpoint>) -> Self {
        self.by_target.insert(service, endpoint);
        self
    }

    /// Adds a service of a REST protocol, called by a part of its paths that no other service has.
    #[must_use]
    pub fn with_path(mut self, part: &'static str, endpoint: Arc<dyn AwsEndpoint>) -> Self {
        self.by_path.push((part, endpoint));
        self
    }

    /// The service a request is for, if it is for one at all.
    pub fn find<B>(&self, request: &Request<B>) -> Option<&Arc<dyn AwsEndpoint>> {
        if let Some(target) = request.headers().get("x-amz-target") {
            let service = target.to_str().ok()?.split('.').next()?;
            return self.by_target.get(service);
        }
        let path = request.uri().path();
        self.by_path
            .iter()
            .find(|(part, _)| path.contains(part))
            .map(|(_, endpoint)| endpoint)
    }
}

#[async_trait]
impl AwsEndpoint for Endpoints {
    async fn call(&self, request: Request<Bytes>) -> Response<Bytes> {
        let Some(endpoint) = self.find(&request).map(Arc::clone) else {
            let asked = match request.headers().get("x-amz-target") {
                Some(target) => format!("{target:?}"),
                None => format!("{} {}", request.method(), request.uri().path()),
            };
            tracing::error!(
                request = asked,
                "the local system does not serve this AWS operation"
            );
            let body = serde_json::json!({
                "__type": "UnknownOperationException",
                "message": format!("the local system does not serve {asked}"),
            });
            let mut response = Response::new(Bytes::from(body.to_string()));
            *response.status_mut() = StatusCode::BAD_REQUEST;
            let kind = HeaderValue::from_static("UnknownOperationException");
            response.headers_mut().insert("x-amzn-errortype", kind);
            return response;
        };
        endpoint.call(request).await
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

    async fn answer(request: http::request::Builder) -> (StatusCode, Bytes) {
        let endpoints = Endpoints::default()
            .with_target("AmazonSQS", Arc::new(Named("sqs")))
            .with_path("/@connections/", Arc::new(Named("connections")));
        let response = endpoints.call(request.body(Bytes::new()).unwrap()).await;
        (response.status(), response.into_body())
    }

    #[tokio::test]
    async fn services_are_told_apart_by_target_and_by_path() {
        let sqs = Request::post("http://127.0.0.1/").header("x-amz-target", "AmazonSQS.SendMessage");
        assert_eq!(answer(sqs).await, (StatusCode::OK, Bytes::from("sqs")));
        let connection = Request::post("http://127.0.0.1/live/@connections/abc%3D");
        assert_eq!(
            answer(connection).await,
            (StatusCode::OK, Bytes::from("connections"))
        );
    }

    #[tokio::test]
    async fn what_is_not_served_is_an_error_the_sdk_understands() {
        let sns = Request::post("http://127.0.0.1/").header("x-amz-target", "AmazonSNS.Publish");
        let (status, body) = answer(sns).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(String::from_utf8_lossy(&body).contains("UnknownOperationException"));
    }
}
