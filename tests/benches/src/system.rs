//! The system in this process, wired by the template that is deployed, with its meter readable.

use crate::{Failure, document};
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_local::clock::LocalClock;
use freshtrack_local::gateway::socket::Lifetimes;
use freshtrack_local::host::{Functions, Host, Settings, Surroundings};
use freshtrack_local::product;
use freshtrack_local::services::sqs::QueueDepth;
use freshtrack_local::services::store::DataLocation;
use freshtrack_runtime::Context;
use freshtrack_tests::{Api, Tenant};
use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::runtime::{Handle, Runtime};

/// How long what is left to do may take before it counts as stuck.
const PATIENCE: Duration = Duration::from_secs(60);
const GLANCE: Duration = Duration::from_millis(20);

/// What functions find remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sandboxes {
    /// All functions share one context, as `cargo dev` runs them: whatever may be remembered is.
    Warm,
    /// Each invocation has a context of its own, as the first of a Lambda sandbox: nothing is remembered.
    Fresh,
}

/// Read and write request units.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Units {
    /// Read request units: 4 KB strongly consistent, 8 KB eventually.
    pub read: f64,
    /// Write request units: 1 KB.
    pub write: f64,
    /// Invocations that consumed them.
    pub invocations: u32,
}

/// The contexts that were made, by the name of the function that each was made for.
type Contexts = Arc<Mutex<Vec<(String, Arc<Context>)>>>;

/// A running system on threads of its own.
pub struct System {
    /// The system.
    pub host: Host,
    /// Its HTTP side.
    pub api: Api,
    /// Its time.
    pub clock: LocalClock,
    runtime: Runtime,
    contexts: Contexts,
}

impl System {
    /// Starts it on a free port.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start(data: DataLocation, clock: LocalClock, sandboxes: Sandboxes) -> Result<Self, Failure> {
        let contexts = Contexts::default();
        let made = Arc::clone(&contexts);
        let functions = Functions::InProcess(Box::new(move |surroundings| match sandboxes {
            Sandboxes::Warm => {
                let context = product::context(surroundings);
                keep(&made, "", &context);
                product::handlers(&context)
            }
            Sandboxes::Fresh => fresh_handlers(surroundings, &made),
        }));
        Self::with(data, clock, functions, contexts)
    }

    /// Starts it with functions that run as processes of their own.
    ///
    /// # Errors
    /// When it does not start.
    pub fn with_processes(
        data: DataLocation,
        clock: LocalClock,
        functions: Functions,
    ) -> Result<Self, Failure> {
        Self::with(data, clock, functions, Contexts::default())
    }

    fn with(
        data: DataLocation,
        clock: LocalClock,
        functions: Functions,
        contexts: Contexts,
    ) -> Result<Self, Failure> {
        let root = document::root();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let host = runtime.block_on(Host::start(Settings {
            template: root.join("template.yaml"),
            address: ([127, 0, 0, 1], 0).into(),
            mqtt: None,
            data,
            clock: clock.clone(),
            functions,
            dashboard: root.join("dashboard/dist"),
            lifetimes: Lifetimes::default(),
        }))?;
        let api = Api {
            address: host.address(),
        };
        Ok(Self {
            host,
            api,
            clock,
            runtime,
            contexts,
        })
    }

    /// Runs `future` to its end on the system's own threads.
    pub fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// The system's threads.
    #[must_use]
    pub fn threads(&self) -> &Handle {
        self.runtime.handle()
    }

    /// A new organization with `units` refrigerators, and a sensor in each.
    #[must_use]
    pub fn tenant(&self, units: usize) -> Tenant {
        let tenant = Tenant::new(self.api, units);
        self.block_on(tenant.import());
        tenant
    }

    /// A time so long ago that everything measured fits in between.
    #[must_use]
    pub fn long_ago(&self) -> Timestamp {
        (Timestamp::from_millis(self.clock.now_ms()) - Span::hours(90 * 24)).to_second()
    }

    /// The context that all functions share.
    ///
    /// # Errors
    /// When they share none.
    pub fn context(&self) -> Result<Arc<Context>, Failure> {
        let contexts = self.contexts.lock().unwrap_or_else(PoisonError::into_inner);
        let shared = contexts.first().map(|(_, context)| Arc::clone(context));
        shared.ok_or_else(|| "the functions run elsewhere".into())
    }

    /// What `function` has consumed. Functions that share a context are told of together, whatever the name.
    ///
    /// # Errors
    /// When a function was not told which table it uses.
    pub fn consumed(&self, function: &str) -> Result<Units, Failure> {
        let contexts = self.contexts.lock().unwrap_or_else(PoisonError::into_inner);
        let mut units = Units::default();
        for (_, context) in contexts
            .iter()
            .filter(|(name, _)| name.is_empty() || name == function)
        {
            let (read, write) = context.meter().map_err(|error| error.to_string())?.units();
            units.read += read;
            units.write += write;
            units.invocations += 1;
        }
        Ok(units)
    }

    /// Waits until nothing is left to be done by itself.
    ///
    /// # Errors
    /// When that does not end, or cannot be told.
    pub fn settle(&self) -> Result<(), Failure> {
        let services = self.host.services();
        let settled = async {
            loop {
                let mut idle = services.invocations().pending()? == 0;
                for queue in &self.host.system().queues {
                    idle &= services.queues().depth(&queue.name)? == QueueDepth::default();
                }
                if idle {
                    return Ok::<_, Failure>(());
                }
                tokio::time::sleep(GLANCE).await;
            }
        };
        self.block_on(async { tokio::time::timeout(PATIENCE, settled).await })?
    }

    /// Stops it in order.
    pub fn stop(self) {
        self.runtime.block_on(self.host.stop());
    }
}

fn keep(contexts: &Contexts, function: &str, context: &Arc<Context>) {
    let mut contexts = contexts.lock().unwrap_or_else(PoisonError::into_inner);
    contexts.push((function.to_owned(), Arc::clone(context)));
}

/// Handlers that begin each invocation with nothing remembered.
fn fresh_handlers(
    surroundings: &Surroundings<'_>,
    made: &Contexts,
) -> BTreeMap<String, freshtrack_local::invoke::Handler> {
    let (system, deployment) = (
        Arc::new(surroundings.system.clone()),
        surroundings.deployment.clone(),
    );
    let (connector, clock) = (surroundings.connector.clone(), surroundings.clock.clone());
    let one = move || {
        product::context(&Surroundings {
            system: &system,
            deployment: &deployment,
            connector: connector.clone(),
            clock: clock.clone(),
        })
    };
    let one = Arc::new(one);
    product::functions()
        .map(|function| {
            let (one, made) = (Arc::clone(&one), Arc::clone(made));
            let handler = freshtrack_local::invoke::handler(move |event| {
                let context = one();
                keep(&made, function.name, &context);
                let handler = product::handlers(&context).remove(function.name);
                async move {
                    match handler {
                        Some(handler) => handler(event).await,
                        None => Err(freshtrack_local::invoke::InvocationFailed::not_found(
                            function.name,
                        )),
                    }
                }
            });
            (function.name.to_owned(), handler)
        })
        .collect()
}
