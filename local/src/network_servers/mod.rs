//! Network servers that answer as The Things Stack v3 and ChirpStack v4 do, as far as the product calls them.
//!
//! Below [`PATH`], the first part of a path is the host name of the server that is meant: `/_networks/nam1.cloud.thethings
//! .network/api/v3/…`. What they know is kept with the other data. What people do in the consoles of the real servers is
//! done below `/_networks/console`: keys are made there, devices send there, and tests make trouble there.

mod chirpstack;
mod console;
mod state;
mod things_stack;

use crate::services::store::{Store, StoreError};
use axum::Router;
use axum::body::Body;
use axum::extract::State as Extracted;
use axum::routing::any;
use bytes::Bytes;
use console::Fault;
use http::{HeaderMap, Method, Response, StatusCode, Uri, header};
use rusqlite::{OptionalExtension as _, params};
use serde_json::{Value, json};
use state::State;
use std::sync::{Arc, Mutex, PoisonError};

/// Where the servers are, below the root of the host.
pub const PATH: &str = "/_networks";

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS network_servers (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        state TEXT NOT NULL
    );";

/// The servers; clones share them.
#[derive(Clone)]
pub struct NetworkServers {
    store: Store,
    inner: Arc<Mutex<Inner>>,
}

struct Inner {
    state: State,
    faults: Vec<Fault>,
}

/// One request, as its server reads it.
struct Call<'a> {
    method: &'a Method,
    /// The host name of the server that is meant.
    host: &'a str,
    /// The path at that server, without query.
    path: &'a str,
    headers: &'a HeaderMap,
    body: &'a [u8],
}

impl Call<'_> {
    /// The parts of the path.
    fn parts(&self) -> Vec<&str> {
        self.path.split('/').filter(|part| !part.is_empty()).collect()
    }

    /// The key that the header called `name` holds.
    fn key(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()?.strip_prefix("Bearer ")
    }

    fn json(&self) -> Result<Value, Answer> {
        serde_json::from_slice(self.body)
            .map_err(|error| Answer::error(Code::InvalidArgument, &error.to_string()))
    }
}

/// What is answered.
struct Answer {
    status: StatusCode,
    body: Value,
    retry_after: Option<u32>,
}

/// Why not, in the words of gRPC, and the HTTP status that its gateway makes of it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Code {
    InvalidArgument = 3,
    NotFound = 5,
    AlreadyExists = 6,
    PermissionDenied = 7,
    ResourceExhausted = 8,
    FailedPrecondition = 9,
    Unimplemented = 12,
    Internal = 13,
    Unauthenticated = 16,
}

impl Code {
    const fn status(self) -> StatusCode {
        match self {
            Self::InvalidArgument | Self::FailedPrecondition => StatusCode::BAD_REQUEST,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::AlreadyExists => StatusCode::CONFLICT,
            Self::PermissionDenied => StatusCode::FORBIDDEN,
            Self::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
            Self::Unimplemented => StatusCode::NOT_IMPLEMENTED,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
        }
    }

    /// What a gateway says that gives this status.
    const fn of(status: StatusCode) -> Self {
        match status.as_u16() {
            400 => Self::InvalidArgument,
            401 => Self::Unauthenticated,
            403 => Self::PermissionDenied,
            404 => Self::NotFound,
            409 => Self::AlreadyExists,
            429 => Self::ResourceExhausted,
            _ => Self::Internal,
        }
    }
}

impl Answer {
    const fn of(body: Value) -> Self {
        Self {
            status: StatusCode::OK,
            body,
            retry_after: None,
        }
    }

    fn error(code: Code, message: &str) -> Self {
        Self {
            status: code.status(),
            body: json!({ "code": code as u8, "message": message, "details": [] }),
            retry_after: None,
        }
    }

    fn into_response(self) -> Response<Body> {
        let mut response = Response::new(Body::from(self.body.to_string()));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            header::HeaderValue::from_static("application/json"),
        );
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

impl NetworkServers {
    /// Opens the servers with what they knew before.
    ///
    /// # Errors
    /// When the store cannot be used.
    pub fn open(store: Store) -> Result<Self, StoreError> {
        store.create(SCHEMA)?;
        let kept: Option<String> = store.with(|connection| {
            connection
                .query_row("SELECT state FROM network_servers", [], |row| row.get(0))
                .optional()
        })?;
        let state = kept
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_else(State::fresh);
        Ok(Self {
            store,
            inner: Arc::new(Mutex::new(Inner {
                state,
                faults: Vec::new(),
            })),
        })
    }

    /// The routes of the servers.
    pub fn router(self) -> Router {
        Router::new()
            .route(&format!("{PATH}/{{*path}}"), any(answer))
            .with_state(self)
    }

    fn answer(&self, method: &Method, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Answer {
        let below = uri.path().strip_prefix(PATH).unwrap_or_default();
        let (host, _) = below.trim_start_matches('/').split_once('/').unwrap_or_default();
        let path = below.get(host.len() + 1..).unwrap_or_default();
        let call = Call {
            method,
            host,
            path,
            headers,
            body,
        };
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let Inner { state, faults } = &mut *inner;
        let fault = (host != console::HOST)
            .then(|| console::due(faults, &call))
            .flatten();
        if let Some(fault) = fault.as_ref().filter(|fault| !fault.after) {
            return fault.answer();
        }
        let answer = if host == console::HOST {
            console::answer(state, faults, &call)
        } else if path.starts_with("/api/v3/") {
            things_stack::answer(state, &call)
        } else {
            chirpstack::answer(state, &call)
        };
        let answer = answer.unwrap_or_else(|error| error);
        let kept = serde_json::to_string(&*state).map(|text| {
            self.store.with(|connection| {
                connection.execute(
                    "REPLACE INTO network_servers (id, state) VALUES (1, ?1)",
                    params![text],
                )
            })
        });
        match kept {
            Ok(Ok(_)) => fault.map_or(answer, |fault| fault.answer()),
            Ok(Err(error)) => Answer::error(Code::Internal, &error.to_string()),
            Err(error) => Answer::error(Code::Internal, &error.to_string()),
        }
    }
}

async fn answer(
    Extracted(servers): Extracted<NetworkServers>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    // Programs do not send this header, pages in a browser do: no web site may call these.
    if headers.contains_key(header::ORIGIN) {
        return Answer::error(Code::PermissionDenied, "network servers do not answer web pages")
            .into_response();
    }
    servers.answer(&method, &uri, &headers, &body).into_response()
}
