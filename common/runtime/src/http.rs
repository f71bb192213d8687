//! Endpoints of the HTTP API: who may call is settled here, once, by the endpoint list.

use crate::context::{Context, chain};
use crate::event::{HttpEvent, Identity};
use crate::function::{InvocationError, InvocationFuture};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use freshtrack_application::{Caller, Failure, OrgScope, Refusal};
use freshtrack_contracts::endpoints::{Endpoint, of_function};
use freshtrack_contracts::problem::{Problem, ProblemCode};
use freshtrack_domain::ids::{Id, OrgId};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::future::Future;
use std::str::FromStr;
use std::sync::Arc;

/// One call of an endpoint, its caller already checked.
pub struct Call {
    caller: Option<Caller>,
    path: BTreeMap<String, String>,
    query: BTreeMap<String, String>,
    body: Vec<u8>,
}

impl Call {
    /// Who calls.
    ///
    /// # Errors
    /// Refused on an endpoint that anyone may call, which has no business asking.
    pub fn caller(&self) -> Result<&Caller, Refusal> {
        self.caller
            .as_ref()
            .ok_or_else(|| Refusal::not_found("organization"))
    }

    /// The organization the call is about.
    ///
    /// # Errors
    /// As [`Call::caller`].
    pub fn scope(&self) -> Result<OrgScope, Refusal> {
        self.caller().map(|caller| caller.scope)
    }

    /// The identifier `name` of the path. One that is malformed names nothing.
    ///
    /// # Errors
    /// Refused as not found.
    pub fn id<I: Id>(&self, name: &str, what: &str) -> Result<I, Refusal> {
        self.path
            .get(name)
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| Refusal::not_found(what))
    }

    /// The query parameter `name`.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }

    /// The query parameter `name`, parsed.
    ///
    /// # Errors
    /// Refused when it is given and cannot be parsed.
    pub fn parsed_query<T: FromStr>(&self, name: &str) -> Result<Option<T>, Refusal>
    where
        T::Err: std::fmt::Display,
    {
        self.query(name)
            .map(|text| {
                text.parse()
                    .map_err(|error| Refusal::invalid(format!("{name}: {error}")))
            })
            .transpose()
    }

    /// The body as it came.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// Refused when it is not of the expected form.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        serde_json::from_slice(&self.body).map_err(|error| Refusal::invalid(format!("The body: {error}.")))
    }
}

/// A success.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply(Value);

impl Reply {
    /// A success that says `body`.
    ///
    /// # Errors
    /// When `body` cannot be written as JSON.
    pub fn of(body: &impl Serialize) -> Result<Self, InvocationError> {
        serde_json::to_value(body)
            .map(Self)
            .map_err(|e| InvocationError::new("Reply", e.to_string()))
    }
}

/// Why a handler did not reply.
pub enum HandlerError {
    /// The use case did not do it.
    Failed(Failure),
    /// The function is not set up.
    Broken(InvocationError),
}

impl<F: Into<Failure>> From<F> for HandlerError {
    fn from(failure: F) -> Self {
        Self::Failed(failure.into())
    }
}

impl From<InvocationError> for HandlerError {
    fn from(error: InvocationError) -> Self {
        Self::Broken(error)
    }
}

/// Runs the endpoint that `function` serves: parses the event, checks the caller against the endpoint list,
/// runs `handle`, writes the reply or the problem.
pub fn http<H, R>(
    function: &'static str,
    context: Arc<Context>,
    event: Vec<u8>,
    handle: H,
) -> InvocationFuture
where
    H: FnOnce(Arc<Context>, Call) -> R + Send + 'static,
    R: Future<Output = Result<Reply, HandlerError>> + Send,
{
    Box::pin(async move {
        let event: HttpEvent =
            serde_json::from_slice(&event).map_err(|e| InvocationError::new("Event", e.to_string()))?;
        let endpoint =
            of_function(function).ok_or_else(|| InvocationError::new("Function", "serves no endpoint"))?;
        let request_id = event.request_context.request_id.clone();
        let result = match admit(endpoint, event) {
            Ok(call) => handle(context, call).await,
            Err(refusal) => Err(refusal.into()),
        };
        let (status, kind, body) = match result {
            Ok(Reply(body)) => (endpoint.status, "application/json", body.to_string()),
            Err(error) => {
                let problem = problem(function, error, &request_id);
                let body = serde_json::to_string(&problem)
                    .map_err(|e| InvocationError::new("Reply", e.to_string()))?;
                (problem.status, "application/problem+json", body)
            }
        };
        let mut headers =
            json!({ "content-type": kind, "cache-control": "no-store", "x-request-id": request_id });
        if status == ProblemCode::Unavailable.status()
            && let Some(headers) = headers.as_object_mut()
        {
            headers.insert("retry-after".to_owned(), json!("5"));
        }
        Ok(
            json!({ "statusCode": status, "headers": headers, "body": body, "isBase64Encoded": false })
                .to_string()
                .into_bytes(),
        )
    })
}

/// Checks the caller: the credential's organization must be the path's, and it must have the right.
fn admit(endpoint: &Endpoint, event: HttpEvent) -> Result<Call, Refusal> {
    let identity = event
        .request_context
        .authorizer
        .and_then(|authorizer| authorizer.lambda);
    let caller = match (endpoint.right, identity) {
        (None, _) => None,
        // API Gateway never lets such a call through; if it does, there is nothing here.
        (Some(_), None) => return Err(Refusal::not_found("organization")),
        (Some(right), Some(identity)) => {
            let caller = caller_of(&identity).ok_or_else(|| Refusal::not_found("organization"))?;
            let asked: Option<OrgId> = event
                .path_parameters
                .get("org_id")
                .and_then(|text| text.parse().ok());
            if asked != Some(caller.scope.org_id()) {
                return Err(Refusal::not_found("organization"));
            }
            if !caller.may(right) {
                return Err(Refusal::new(
                    ProblemCode::MissingRight,
                    format!("This needs a credential with the right `{}`.", right.name()),
                ));
            }
            Some(caller)
        }
    };
    let body = event.body.unwrap_or_default();
    let body = if event.is_base64_encoded {
        STANDARD
            .decode(body)
            .map_err(|_| Refusal::invalid("The body is not what it says it is."))?
    } else {
        body.into_bytes()
    };
    Ok(Call {
        caller,
        path: event.path_parameters,
        query: event.query_string_parameters,
        body,
    })
}

/// The caller that an authorizer told of.
pub(crate) fn caller_of(identity: &Identity) -> Option<Caller> {
    Some(Caller {
        scope: OrgScope::granted(identity.org_id.parse().ok()?),
        actor: identity.actor_id.clone(),
        rights: identity
            .scopes
            .split_whitespace()
            .filter_map(|name| name.parse().ok())
            .collect(),
    })
}

/// What the caller is told. Ours to mend: logged with the whole cause, told without it.
fn problem(function: &'static str, error: HandlerError, request_id: &str) -> Problem {
    let ours = |code, cause: String| {
        tracing::error!(
            function.name = function,
            request.id = request_id,
            error.cause = cause,
            "request failed"
        );
        let detail = match code {
            ProblemCode::Unavailable => {
                "The service could not answer in time. Nothing is lost; please try again."
            }
            _ => "The fault is ours and has been recorded.",
        };
        Problem::new(code, detail, request_id)
    };
    match error {
        HandlerError::Failed(Failure::Refused(refusal)) => {
            Problem::new(refusal.code, refusal.detail, request_id)
        }
        HandlerError::Failed(Failure::Fault(fault)) => {
            let code = if fault.is_retryable() {
                ProblemCode::Unavailable
            } else {
                ProblemCode::Internal
            };
            ours(code, chain(&fault))
        }
        HandlerError::Broken(error) => ours(ProblemCode::Internal, error.to_string()),
    }
}
