//! A host on a free port, with closures for functions and nothing on disk but its template.

use bytes::Bytes;
use freshtrack_local::client;
use freshtrack_local::clock::LocalClock;
use freshtrack_local::gateway::socket::Lifetimes;
use freshtrack_local::host::{Functions, Host, Settings};
use freshtrack_local::invoke::{Handler, InvocationFailed, handler};
use freshtrack_local::services::store::DataLocation;
use http::{Request, Response};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use tokio::sync::mpsc;

/// The functions of a test, and what they were called with.
pub(crate) struct Code {
    handlers: BTreeMap<String, Handler>,
    calls: Calls,
}

/// The calls of a test's functions, in the order in which they were made.
#[derive(Clone)]
pub(crate) struct Calls {
    made: Arc<Mutex<Vec<(String, Json)>>>,
    sender: mpsc::UnboundedSender<(String, Json)>,
}

impl Code {
    pub(crate) fn new() -> (Self, mpsc::UnboundedReceiver<(String, Json)>) {
        let (sender, receiver) = mpsc::unbounded_channel();
        let calls = Calls {
            made: Arc::default(),
            sender,
        };
        (
            Self {
                handlers: BTreeMap::new(),
                calls,
            },
            receiver,
        )
    }

    /// Adds a function that answers at once.
    pub(crate) fn with<F>(self, name: &str, run: F) -> Self
    where
        F: Fn(Json) -> Result<Json, InvocationFailed> + Send + Sync + 'static,
    {
        let (calls, called) = (self.calls.clone(), name.to_owned());
        self.with_handler(
            name,
            handler(move |event: Bytes| {
                let event: Json = serde_json::from_slice(&event).unwrap();
                calls.note(&called, &event);
                let outcome = run(event).map(|reply| Bytes::from(reply.to_string()));
                async move { outcome }
            }),
        )
    }

    pub(crate) fn with_handler(mut self, name: &str, handler: Handler) -> Self {
        self.handlers.insert(name.to_owned(), handler);
        self
    }

    pub(crate) fn calls(&self) -> Calls {
        self.calls.clone()
    }
}

impl Calls {
    fn note(&self, function: &str, event: &Json) {
        self.made
            .lock()
            .unwrap()
            .push((function.to_owned(), event.clone()));
        // A test that does not listen has dropped the other end.
        let _ = self.sender.send((function.to_owned(), event.clone()));
    }

    /// How often a function was called so far.
    pub(crate) fn count(&self, function: &str) -> usize {
        self.made
            .lock()
            .unwrap()
            .iter()
            .filter(|(name, _)| name == function)
            .count()
    }
}

/// A running host.
pub(crate) struct World {
    pub(crate) host: Host,
    _folder: TempDir,
}

impl World {
    pub(crate) async fn start(template: &str, code: Code) -> Self {
        Self::with_lifetimes(template, code, Lifetimes::default()).await
    }

    pub(crate) async fn with_lifetimes(template: &str, code: Code, lifetimes: Lifetimes) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("template.yaml");
        std::fs::write(&file, template).unwrap();
        let host = Host::start(Settings {
            template: file,
            address: ([127, 0, 0, 1], 0).into(),
            mqtt: None,
            data: DataLocation::Memory,
            clock: LocalClock::manual("2026-11-21T03:00:00Z".parse().unwrap()),
            functions: Functions::InProcess(Box::new(|_| code.handlers)),
            dashboard: folder.path().join("dist"),
            lifetimes,
        })
        .await
        .unwrap();
        Self {
            host,
            _folder: folder,
        }
    }

    pub(crate) async fn send(&self, request: Request<Bytes>) -> Response<Bytes> {
        client::send(self.host.address(), request).await.unwrap()
    }

    pub(crate) async fn get(&self, path: &str) -> Response<Bytes> {
        self.send(Request::get(path).body(Bytes::new()).unwrap()).await
    }
}

/// The error of a function that gives up.
pub(crate) fn failure() -> InvocationFailed {
    InvocationFailed {
        error_type: "Boom".to_owned(),
        message: "no luck".to_owned(),
    }
}
