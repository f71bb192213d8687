//! Endpoints of the HTTP API: who may call is settled here, once, by the endpoint list.

use crate::admission::{Admitted, admit};
use crate::context::{Context, chain};
use crate::event::{HttpEvent, Identity};
use crate::function::{InvocationError, InvocationFuture};
use crate::idempotency::{CallIds, ids_of};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use freshtrack_application::identity::Origin;
use freshtrack_application::ports::IdSource;
use freshtrack_application::{Administrator, Caller, Failure, OrgScope, PageRequest, Refusal, SignedIn};
use freshtrack_contracts::csv;
use freshtrack_contracts::endpoints::Terms;
use freshtrack_contracts::page::PageSize;
use freshtrack_contracts::problem::{Problem, ProblemCode};
use freshtrack_domain::ids::Id;
use freshtrack_domain::network::BaseUrl;
use freshtrack_domain::time::{Span, Timestamp};
use serde::Serialize;
use serde::de::value::StrDeserializer;
use serde::de::{DeserializeOwned, IntoDeserializer};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::future::Future;
use std::str::FromStr;
use std::sync::Arc;

/// One call of an endpoint, its caller already checked.
pub struct Call {
    admitted: Admitted,
    credential_ends: Option<Timestamp>,
    ids: CallIds,
    path: BTreeMap<String, String>,
    query: BTreeMap<String, String>,
    headers: BTreeMap<String, String>,
    source_ip: String,
    page_size: PageSize,
    body: Vec<u8>,
}

impl Call {
    /// Who calls, within an organization.
    ///
    /// # Errors
    /// Refused on an endpoint that is not an organization's, which has no business asking.
    pub fn caller(&self) -> Result<&Caller, Refusal> {
        match &self.admitted {
            Admitted::Caller(caller) => Ok(caller),
            _ => Err(Refusal::not_found("organization")),
        }
    }

    /// The organization the call is about.
    ///
    /// # Errors
    /// As [`Call::caller`].
    pub fn scope(&self) -> Result<OrgScope, Refusal> {
        self.caller().map(|caller| caller.scope)
    }

    /// Who calls, outside of any organization.
    ///
    /// # Errors
    /// Refused on an endpoint that does not ask for a person who has signed in.
    pub fn person(&self) -> Result<SignedIn, Refusal> {
        match &self.admitted {
            Admitted::Person(person) => Ok(*person),
            Admitted::Administrator(administrator) => Ok(administrator.person()),
            _ => Err(Refusal::new(
                ProblemCode::NotSignedIn,
                "Sign in as a person to do this.",
            )),
        }
    }

    /// The administrator of the platform who calls.
    ///
    /// # Errors
    /// Refused on an endpoint that is not for administrators, which has no business asking.
    pub fn administrator(&self) -> Result<Administrator, Refusal> {
        match &self.admitted {
            Admitted::Administrator(administrator) => Ok(*administrator),
            _ => Err(Refusal::not_found("page")),
        }
    }

    /// When the credential ends by itself, where nothing of ours tells: that of another issuer.
    #[must_use]
    pub const fn credential_ends(&self) -> Option<Timestamp> {
        self.credential_ends
    }

    /// New identifiers and secrets. With an `Idempotency-Key` they are the same each time the request is made,
    /// and so is what it creates.
    #[must_use]
    pub fn ids(&self) -> &dyn IdSource {
        &self.ids
    }

    /// The revision that the caller last read (`If-Match`), if they say so.
    ///
    /// # Errors
    /// Refused when it is none of ours.
    pub fn if_match(&self) -> Result<Option<u64>, Refusal> {
        let Some(tag) = self.headers.get("if-match").filter(|tag| *tag != "*") else {
            return Ok(None);
        };
        let rev = tag
            .strip_prefix('"')
            .and_then(|tag| tag.strip_suffix('"'))
            .and_then(|rev| rev.parse().ok());
        rev.map(Some)
            .ok_or_else(|| Refusal::invalid("If-Match must be the ETag of an earlier reply."))
    }

    /// The part `name` of the path as it is.
    #[must_use]
    pub fn path(&self, name: &str) -> &str {
        self.path.get(name).map_or("", String::as_str)
    }

    /// Where the call comes from.
    #[must_use]
    pub fn origin(&self) -> Origin<'_> {
        Origin {
            address: &self.source_ip,
            user_agent: self.headers.get("user-agent").map_or("", String::as_str),
        }
    }

    /// Where this API is reached, by the host that the call was sent to: the gateway answers at no other. `None` if that is
    /// no address others could use.
    #[must_use]
    pub fn api(&self) -> Option<BaseUrl> {
        let host = self.headers.get("host")?.to_lowercase();
        let secure = format!("https://{host}").parse::<BaseUrl>().ok()?;
        if secure.is_loopback() {
            // A developer's machine has no certificate.
            return format!("http://{host}").parse().ok();
        }
        Some(secure)
    }

    /// The identifier `name` of the path. One that is malformed names nothing.
    ///
    /// # Errors
    /// Refused as not found.
    pub fn id<I: Id>(&self, name: &str, what: &str) -> Result<I, Refusal> {
        self.path(name).parse().map_err(|_| Refusal::not_found(what))
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

    /// The query parameter `name`, which is one of a few words.
    ///
    /// # Errors
    /// Refused when it is given and is none of them.
    pub fn word_query<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, Refusal> {
        let Some(text) = self.query(name) else {
            return Ok(None);
        };
        let word: StrDeserializer<'_, serde::de::value::Error> = text.into_deserializer();
        T::deserialize(word)
            .map(Some)
            .map_err(|error| Refusal::invalid(format!("{name}: {error}.")))
    }

    /// Which part of a list is asked for (`limit` and `cursor`).
    ///
    /// # Errors
    /// Refused when there is no such page.
    pub fn page(&self) -> Result<PageRequest, Refusal> {
        PageRequest::new(self.page_size, self.parsed_query("limit")?, self.query("cursor"))
    }

    /// Which part of a series is asked for by an endpoint that shows it as something else than a list.
    ///
    /// # Errors
    /// As [`Call::page`].
    pub fn series_page(&self) -> Result<PageRequest, Refusal> {
        PageRequest::new(
            PageSize::SERIES,
            self.parsed_query("limit")?,
            self.query("cursor"),
        )
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
        let mut body = serde_json::Deserializer::from_slice(&self.body);
        let invalid = |error: serde_json::Error| Refusal::invalid(format!("The body: {error}."));
        let value = serde_path_to_error::deserialize(&mut body).map_err(|error| {
            let is_of_field = error.path().iter().next().is_some();
            let path = error.path().to_string();
            let refusal = invalid(error.into_inner());
            if is_of_field { refusal.about(path) } else { refusal }
        })?;
        body.end().map_err(invalid)?;
        Ok(value)
    }
}

/// What a success says.
#[derive(Debug, Clone, PartialEq)]
enum Body {
    Json(Value),
    Html(String),
    Table { text: String, has_header: bool },
}

/// A success.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    body: Option<Body>,
    rev: Option<u64>,
    kept_for: Option<Span>,
    next: Option<String>,
}

impl Reply {
    /// A success that says `body`.
    ///
    /// # Errors
    /// When `body` cannot be written as JSON.
    pub fn of(body: &impl Serialize) -> Result<Self, InvocationError> {
        let body = serde_json::to_value(body).map_err(|e| InvocationError::new("Reply", e.to_string()))?;
        Ok(Self {
            body: Some(Body::Json(body)),
            rev: None,
            kept_for: None,
            next: None,
        })
    }

    /// A success that shows `html` to a person. Browsers are told to load nothing for it and to run nothing.
    #[must_use]
    pub const fn page(html: String) -> Self {
        Self {
            body: Some(Body::Html(html)),
            rev: None,
            kept_for: None,
            next: None,
        }
    }

    /// A success with a page of a table, whose first line names its columns if it `has_header`. `next` is the query by which the
    /// next page is asked for; there is none on the last one.
    #[must_use]
    pub const fn table(text: String, has_header: bool, next: Option<String>) -> Self {
        Self {
            body: Some(Body::Table { text, has_header }),
            rev: None,
            kept_for: None,
            next,
        }
    }

    /// A success with nothing to say.
    #[must_use]
    pub const fn nothing() -> Self {
        Self {
            body: None,
            rev: None,
            kept_for: None,
            next: None,
        }
    }

    /// Lets anybody keep the reply for `span`. For what is the same for everybody.
    #[must_use]
    pub fn kept_for(self, span: Span) -> Self {
        Self {
            kept_for: Some(span),
            ..self
        }
    }

    /// Tells the revision of what was read or written, to be sent back as `If-Match`.
    #[must_use]
    pub fn at_revision(self, rev: u64) -> Self {
        Self {
            rev: Some(rev),
            ..self
        }
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
        let terms = Terms::of_function(function)
            .ok_or_else(|| InvocationError::new("Function", "serves no endpoint"))?;
        let request_id = event.request_context.request_id.clone();
        let result = async {
            let admitted = admit(&context, terms.access, &event).await?;
            let call = call_of(&context, terms, admitted, event).await?;
            handle(context, call).await
        };
        let response = match result.await {
            Ok(reply) => success(terms.status, reply, &request_id),
            Err(error) => failure(function, error, &request_id)?,
        };
        Ok(response.to_string().into_bytes())
    })
}

async fn call_of(
    context: &Context,
    terms: &Terms,
    admitted: Admitted,
    event: HttpEvent,
) -> Result<Call, HandlerError> {
    let body = event.body.clone().unwrap_or_default();
    let body = if event.is_base64_encoded {
        STANDARD
            .decode(body)
            .map_err(|_| Refusal::invalid("The body is not what it says it is."))?
    } else {
        body.into_bytes()
    };
    let most = terms.largest_body();
    if body.len() > most {
        return Err(Refusal::new(
            ProblemCode::TooLarge,
            format!("The body has more than {most} bytes, which is the most that is taken here."),
        )
        .into());
    }
    let authorizer = event.request_context.authorizer.as_ref();
    let identity = authorizer.and_then(|authorizer| authorizer.lambda.as_ref());
    Ok(Call {
        ids: ids_of(context, &admitted, &event, &body).await?,
        admitted,
        credential_ends: identity.and_then(Identity::until),
        path: event.path_parameters,
        query: event.query_string_parameters,
        headers: event.headers,
        source_ip: event.request_context.http.source_ip,
        page_size: terms.pages.unwrap_or(PageSize::ITEMS),
        body,
    })
}

/// What a browser may do with what is no page: nothing, were it ever shown as one.
const DATA_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// What a browser may do with a page of ours: show it, with the style it brings along.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Headers that every reply has: none of ours is to be kept, guessed at or framed.
fn headers(request_id: &str) -> serde_json::Map<String, Value> {
    [
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("strict-transport-security", "max-age=31536000"),
        ("content-security-policy", DATA_POLICY),
        ("referrer-policy", "no-referrer"),
        ("x-request-id", request_id),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.into()))
    .collect()
}

fn success(status: u16, reply: Reply, request_id: &str) -> Value {
    let mut headers = headers(request_id);
    if let Some(span) = reply.kept_for {
        let kept = format!("public, max-age={}", span.as_seconds());
        headers.insert("cache-control".to_owned(), kept.into());
    }
    if let Some(rev) = reply.rev {
        headers.insert("etag".to_owned(), format!("\"{rev}\"").into());
    }
    if let Some(query) = reply.next {
        // Relative to what was asked for (RFC 3986, 5.2), so that it holds wherever the API is reached.
        headers.insert("link".to_owned(), format!("<?{query}>; rel=\"next\"").into());
    }
    let (media_type, body) = match reply.body {
        None => (None, String::new()),
        Some(Body::Json(body)) => (Some("application/json"), body.to_string()),
        Some(Body::Html(body)) => {
            headers.insert("content-security-policy".to_owned(), PAGE_POLICY.into());
            (Some("text/html; charset=utf-8"), body)
        }
        Some(Body::Table { text, has_header }) => {
            let shown = "attachment; filename=\"readings.csv\"";
            headers.insert("content-disposition".to_owned(), shown.into());
            let media_type = if has_header {
                csv::WITH_HEADER
            } else {
                csv::WITHOUT_HEADER
            };
            (Some(media_type), text)
        }
    };
    if let Some(media_type) = media_type {
        headers.insert("content-type".to_owned(), media_type.into());
    }
    json!({ "statusCode": status, "headers": headers, "body": body, "isBase64Encoded": false })
}

fn failure(function: &'static str, error: HandlerError, request_id: &str) -> Result<Value, InvocationError> {
    let retry_after = match &error {
        HandlerError::Failed(Failure::Refused(refusal)) => refusal.retry_after,
        _ => None,
    };
    let problem = problem(function, error, request_id);
    let body = serde_json::to_string(&problem).map_err(|e| InvocationError::new("Reply", e.to_string()))?;
    let mut headers = headers(request_id);
    headers.insert("content-type".to_owned(), "application/problem+json".into());
    if let Some(wait) = retry_after {
        headers.insert(
            "retry-after".to_owned(),
            wait.as_seconds().max(1).to_string().into(),
        );
    } else if problem.code == ProblemCode::Unavailable {
        headers.insert("retry-after".to_owned(), "5".into());
    }
    Ok(json!({ "statusCode": problem.status, "headers": headers, "body": body, "isBase64Encoded": false }))
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
        HandlerError::Failed(Failure::Refused(refusal)) => Problem {
            field: refusal.field,
            ..Problem::new(refusal.code, refusal.detail, request_id)
        },
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
