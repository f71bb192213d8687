//! The product's functions, linked into this process.
//!
//! They are given the environment that the template declares, an HTTP client that reaches the host's services
//! without a socket, and the host's time. None of them can tell that they are not on AWS.

use crate::clock::LocalClock;
use crate::host::Surroundings;
use crate::invoke::{Handler, InvocationFailed, handler};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use bytes::Bytes;
use freshtrack_application::ports::Clock;
use freshtrack_domain::time::Timestamp;
use freshtrack_runtime::{Context, Function, Settings};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Every function of the product.
pub fn functions() -> impl Iterator<Item = &'static Function> {
    [
        freshtrack_alerts::FUNCTIONS,
        freshtrack_devices::FUNCTIONS,
        freshtrack_identity::FUNCTIONS,
        freshtrack_ingest::FUNCTIONS,
        freshtrack_logbook::FUNCTIONS,
        freshtrack_networks::FUNCTIONS,
        freshtrack_notify::FUNCTIONS,
        freshtrack_organizations::FUNCTIONS,
        freshtrack_places::FUNCTIONS,
        freshtrack_platform::FUNCTIONS,
        freshtrack_processes::FUNCTIONS,
        freshtrack_readings::FUNCTIONS,
        freshtrack_realtime::FUNCTIONS,
    ]
    .into_iter()
    .flatten()
}

/// What functions in one process share: as in a Lambda sandbox, but one for all of them.
#[must_use]
pub fn context(surroundings: &Surroundings<'_>) -> Arc<Context> {
    let mut variables = surroundings.deployment.environment();
    for function in &surroundings.system.functions {
        variables.extend(function.environment.clone());
    }
    Arc::new(Context::with_http_client(
        Settings::from_variables(variables),
        SharedHttpClient::new(surroundings.connector.clone()),
        Arc::new(HostClock(surroundings.clock.clone())),
    ))
}

/// The product's functions as the host invokes them, all over `context`.
#[must_use]
pub fn handlers(context: &Arc<Context>) -> BTreeMap<String, Handler> {
    functions()
        .map(|function| {
            let (entry, context) = (function.entry, Arc::clone(context));
            let run = handler(move |event: Bytes| {
                let reply = entry(Arc::clone(&context), event.into());
                async move {
                    reply.await.map(Bytes::from).map_err(|error| InvocationFailed {
                        error_type: error.kind.to_owned(),
                        message: error.message,
                    })
                }
            });
            (function.name.to_owned(), run)
        })
        .collect()
}

/// The host's time, told to the product.
struct HostClock(LocalClock);

impl Clock for HostClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.now_ms())
    }
}
