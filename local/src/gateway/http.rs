//! An HTTP API: from a request to its route's function and back.

use super::authorizer::{Decision, Decisions};
use super::event::Incoming;
use super::routing::RouteTable;
use super::{cors, message, reply, short_id};
use crate::clock::LocalClock;
use crate::invoke::Invoker;
use crate::template::{Deployment, HttpApi};
use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, request};
use serde_json::Value as Json;
use std::net::IpAddr;
use std::sync::Arc;

/// The largest request body an HTTP API takes, in bytes.
pub(super) const MAXIMUM_BODY_BYTES: usize = 10 * 1024 * 1024;

/// Serves one HTTP API of the template.
pub struct HttpGateway {
    api: HttpApi,
    routes: RouteTable,
    deployment: Deployment,
    invoker: Arc<dyn Invoker>,
    clock: LocalClock,
    decisions: Decisions,
}

impl HttpGateway {
    /// Serves `api`, whose functions `invoker` runs.
    #[must_use]
    pub fn new(
        mut api: HttpApi,
        deployment: Deployment,
        invoker: Arc<dyn Invoker>,
        clock: LocalClock,
    ) -> Self {
        let routes = RouteTable::new(std::mem::take(&mut api.routes));
        let decisions = Decisions::new(clock.clone());
        Self {
            api,
            routes,
            deployment,
            invoker,
            clock,
            decisions,
        }
    }

    /// Whether `path` lies where this API has routes. Every other path of the address is free for others.
    #[must_use]
    pub fn covers(&self, path: &str) -> bool {
        self.without_stage(path)
            .is_some_and(|path| self.routes.covers(path))
    }

    /// Answers `request`, which came from `source`.
    pub async fn handle(&self, request: Request<Bytes>, source: IpAddr) -> Response<Bytes> {
        let (parts, body) = request.into_parts();
        if let Some(rules) = &self.api.cors
            && let Some(response) = cors::preflight(rules, &parts)
        {
            return response;
        }
        let incoming = Incoming::new(&parts, source, self.clock.now());
        let response = if body.len() > MAXIMUM_BODY_BYTES {
            request_too_large()
        } else {
            self.answer(&incoming, &body).await
        };
        self.sent_as(response, &parts, &incoming.request_id)
    }

    /// Answers a request whose body was not read to its end because it is too large.
    #[must_use]
    pub fn refuse_body(&self, parts: &request::Parts) -> Response<Bytes> {
        self.sent_as(request_too_large(), parts, &short_id())
    }

    /// Adds what the gateway itself puts into every response.
    fn sent_as(&self, mut response: Response<Bytes>, parts: &request::Parts, id: &str) -> Response<Bytes> {
        if let Some(rules) = &self.api.cors {
            cors::apply(rules, &parts.headers, response.headers_mut());
        }
        if let Ok(id) = HeaderValue::try_from(id) {
            response.headers_mut().insert("apigw-requestid", id);
        }
        response
    }

    async fn answer(&self, incoming: &Incoming, body: &Bytes) -> Response<Bytes> {
        let found = self
            .without_stage(&incoming.path)
            .and_then(|path| self.routes.find(&incoming.method, path));
        let Some((route, parameters)) = found else {
            return message(StatusCode::NOT_FOUND, "Not Found");
        };
        let place = (&self.api, &self.deployment);
        let mut context: Option<Json> = None;
        if let Some(authorizer) = &route.authorizer {
            let Some(identity) = incoming.identity(&authorizer.identity_sources, route) else {
                return message(StatusCode::UNAUTHORIZED, "Unauthorized");
            };
            let event = |identity: &[String]| incoming.authorizer_event(place, route, &parameters, identity);
            match self
                .decisions
                .decide(authorizer, identity, self.invoker.as_ref(), event)
                .await
            {
                Ok(Decision::Allowed(given)) => context = Some(given),
                Ok(Decision::Denied) => return message(StatusCode::FORBIDDEN, "Forbidden"),
                Err(error) => {
                    tracing::error!(function = authorizer.function, %error, "an authorizer decided nothing");
                    return internal_server_error();
                }
            }
        }
        let event = incoming.function_event(place, route, &parameters, context.as_ref(), body);
        let invocation = self
            .invoker
            .invoke(&route.function, Bytes::from(event.to_string()));
        let outcome = match tokio::time::timeout(route.timeout, invocation).await {
            Ok(outcome) => outcome,
            Err(_) => {
                tracing::error!(
                    function = route.function,
                    "a function took longer than its API waits"
                );
                return message(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable");
            }
        };
        match outcome {
            Ok(answer) => reply::response(&answer).unwrap_or_else(|error| {
                tracing::error!(function = route.function, %error, "a function's reply is no response");
                internal_server_error()
            }),
            Err(error) => {
                tracing::error!(function = route.function, %error, "a function failed");
                internal_server_error()
            }
        }
    }

    /// The path below the stage, whose name is part of every path unless it is `$default`.
    fn without_stage<'a>(&self, path: &'a str) -> Option<&'a str> {
        if self.api.stage == "$default" {
            return Some(path);
        }
        let rest = path.strip_prefix('/')?.strip_prefix(self.api.stage.as_str())?;
        if rest.is_empty() {
            Some("/")
        } else {
            rest.starts_with('/').then_some(rest)
        }
    }
}

fn request_too_large() -> Response<Bytes> {
    message(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large")
}

fn internal_server_error() -> Response<Bytes> {
    message(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
}
