//! The HTTP API as any program calls it.

use bytes::Bytes;
use freshtrack_contracts::problem::{Problem, ProblemCode};
use freshtrack_local::client::{self, ClientError};
use http::{HeaderMap, Method, Request, StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use std::net::SocketAddr;

/// The HTTP side of a running system.
#[derive(Debug, Clone, Copy)]
pub struct Api {
    /// Where it listens.
    pub address: SocketAddr,
}

/// What the system answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, to its end.
    pub body: Bytes,
}

impl Api {
    /// Sends a request with an access key, unless that is `None`.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        key: Option<&str>,
        body: impl Into<Bytes>,
    ) -> Answer {
        let authorization = key.map(|key| format!("Bearer {key}"));
        self.send_as(method, path, authorization.as_deref(), body).await
    }

    /// Sends a request with whatever stands in `authorization` for that header, unless it is `None`.
    ///
    /// # Panics
    /// When there is no answer.
    pub async fn send_as(
        &self,
        method: Method,
        path: &str,
        authorization: Option<&str>,
        body: impl Into<Bytes>,
    ) -> Answer {
        let sent = self.try_send_as(method, path, authorization, body).await;
        sent.expect("the system answers")
    }

    /// As [`Api::send_as`].
    ///
    /// # Errors
    /// When there is no answer: nothing listens, or it ended before it had answered.
    pub async fn try_send_as(
        &self,
        method: Method,
        path: &str,
        authorization: Option<&str>,
        body: impl Into<Bytes>,
    ) -> Result<Answer, ClientError> {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(authorization) = authorization {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        let request = request.header(header::CONTENT_TYPE, "application/json");
        self.try_request(request.body(body.into()).expect("a test's request is one"))
            .await
    }

    /// Sends `request` as it is.
    ///
    /// # Panics
    /// When there is no answer.
    pub async fn request(&self, request: Request<Bytes>) -> Answer {
        self.try_request(request).await.expect("the system answers")
    }

    async fn try_request(&self, request: Request<Bytes>) -> Result<Answer, ClientError> {
        let (parts, body) = client::send(self.address, request).await?.into_parts();
        Ok(Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        })
    }

    /// Gets `path`.
    pub async fn get(&self, path: &str, key: &str) -> Answer {
        self.send(Method::GET, path, Some(key), Bytes::new()).await
    }

    /// Posts `body`, a JSON text or something like it.
    pub async fn post(&self, path: &str, key: &str, body: impl Into<Bytes>) -> Answer {
        self.send(Method::POST, path, Some(key), body).await
    }

    /// Invokes a function as an operator does, and gives its reply or, as the error, what it failed with.
    ///
    /// # Errors
    /// When the function failed.
    pub async fn invoke(&self, function: &str, event: &Json) -> Result<Json, Json> {
        let path = format!("/2015-03-31/functions/{function}/invocations");
        let answer = self.send_as(Method::POST, &path, None, event.to_string()).await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        if answer.headers.contains_key("x-amz-function-error") {
            Err(answer.json())
        } else {
            Ok(answer.json())
        }
    }
}

impl Answer {
    /// The body of a success.
    ///
    /// # Panics
    /// When it is no success or says something else.
    #[must_use]
    pub fn ok<T: DeserializeOwned>(&self) -> T {
        assert!(self.status.is_success(), "{self:?}");
        self.json()
    }

    /// The body.
    ///
    /// # Panics
    /// When it says something else.
    #[must_use]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        match serde_json::from_slice(&self.body) {
            Ok(value) => value,
            Err(error) => panic!("{error}: {self:?}"),
        }
    }

    /// The problem that the system told of: in its content type, with a code, and with the status that goes with it.
    ///
    /// # Panics
    /// When it told of none, or not in the way that all are told.
    #[must_use]
    pub fn problem(&self) -> Problem {
        assert_eq!(
            self.headers[header::CONTENT_TYPE],
            "application/problem+json",
            "{self:?}"
        );
        let problem: Problem = self.json();
        assert_eq!(problem.status, self.status.as_u16(), "{self:?}");
        assert_eq!(problem.status, problem.code.status(), "{self:?}");
        assert_eq!(problem.title, problem.code.title(), "{self:?}");
        assert!(
            !problem.detail.is_empty() && !problem.request_id.is_empty(),
            "{self:?}"
        );
        assert_eq!(
            self.headers["x-request-id"],
            problem.request_id.as_str(),
            "{self:?}"
        );
        problem
    }

    /// The code of the problem that the system told of.
    ///
    /// # Panics
    /// As [`Answer::problem`].
    #[must_use]
    pub fn code(&self) -> ProblemCode {
        self.problem().code
    }
}
