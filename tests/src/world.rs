//! The system in this process.

use crate::api::Api;
use crate::mqtt::Publisher;
use crate::patience::eventually;
use crate::tenant::Tenant;
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_local::clock::LocalClock;
use freshtrack_local::gateway::socket::Lifetimes;
use freshtrack_local::host::{Functions, Host, Settings};
use freshtrack_local::product;
use freshtrack_local::services::sqs::{QueueDepth, Visibility};
use freshtrack_local::services::store::DataLocation;
use freshtrack_local::services::tray::TrayMessage;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tracing_subscriber::EnvFilter;

/// When a world that stands still begins.
const NOON: jiff::Timestamp = jiff::Timestamp::constant(1_795_262_400, 0);

/// How a world is set up.
pub struct Setup {
    /// Its wiring: that which is deployed, unless said otherwise.
    pub template: PathBuf,
    /// Its time: unless said otherwise it stands still, so that nothing happens by itself.
    pub clock: LocalClock,
    /// Where it keeps its data: in memory, unless said otherwise.
    pub data: DataLocation,
    /// How long its sockets live.
    pub lifetimes: Lifetimes,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            template: World::root().join("template.yaml"),
            clock: LocalClock::manual(NOON),
            data: DataLocation::Memory,
            lifetimes: Lifetimes::default(),
        }
    }
}

/// The system in this process: every function, wired by the template that is deployed.
pub struct World {
    /// The machine it runs on.
    pub host: Host,
    /// Its HTTP side.
    pub api: Api,
    clock: LocalClock,
}

impl World {
    /// A system with nothing in it, whose time stands still until it is moved.
    pub async fn start() -> Self {
        Self::with(Setup::default()).await
    }

    /// A system set up as `setup` says.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn with(setup: Setup) -> Self {
        log();
        let loopback = ([127, 0, 0, 1], 0).into();
        let root = Self::root();
        let host = Host::start(Settings {
            template: setup.template,
            address: loopback,
            mqtt: Some(loopback),
            data: setup.data,
            clock: setup.clock.clone(),
            functions: Functions::InProcess(Box::new(|surroundings| {
                product::handlers(&product::context(surroundings))
            })),
            dashboard: root.join("dashboard/dist"),
            lifetimes: setup.lifetimes,
        })
        .await
        .expect("the system starts");
        Self {
            api: Api {
                address: host.address(),
            },
            host,
            clock: setup.clock,
        }
    }

    /// The root of the repository.
    #[must_use]
    pub fn root() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
    }

    /// A new organization in it, with `units` refrigerators. See [`Tenant::new`].
    pub async fn tenant(&self, units: usize) -> Tenant {
        let tenant = Tenant::new(self.api, units);
        tenant.import().await;
        tenant
    }

    /// Its time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.clock.now_ms())
    }

    /// Moves its time on, if that stands still.
    pub fn advance(&self, span: Span) {
        let millis = u64::try_from(span.as_millis()).unwrap();
        self.clock.advance(Duration::from_millis(millis));
    }

    /// A device's connection to its broker.
    pub async fn device(&self, client_id: &str) -> Publisher {
        let broker = self.host.mqtt_address().expect("the world has a broker");
        Publisher::connect(broker, client_id).await
    }

    /// What would have left by e-mail or SMS.
    #[must_use]
    pub fn tray(&self) -> Vec<TrayMessage> {
        self.host.services().tray().messages().unwrap()
    }

    /// Takes a message out of the queue that the template calls `queue`, moving the time on minute by minute until there
    /// is one: what fails is tried again before it is given up on.
    pub async fn dead_letter(&self, queue: &str) -> String {
        eventually("a dead letter", async || {
            self.advance(Span::minutes(1));
            self.dead_letters(queue).await.into_iter().next()
        })
        .await
    }

    /// Takes what is in the queue that the template calls `queue` and can be read now.
    pub async fn dead_letters(&self, queue: &str) -> Vec<String> {
        let queues = &self.host.system().queues;
        let declared = queues.iter().find(|declared| declared.logical_id == queue);
        let name = &declared.expect("the template declares the queue").name;
        let queues = self.host.services().queues();
        let received = queues
            .receive(name, 10, Duration::ZERO, Visibility::Leased)
            .await
            .unwrap();
        let handles = received.iter().map(|message| message.receipt_handle.as_str());
        queues.delete(name, handles).unwrap();
        received.into_iter().map(|message| message.body).collect()
    }

    /// Waits until nothing is left to be done: no event waits for a function and no queue holds anything, dead letters
    /// included.
    pub async fn settled(&self) {
        let services = self.host.services();
        eventually("nothing to be left to do", async || {
            let idle = services.invocations().pending().unwrap() == 0
                && self
                    .host
                    .system()
                    .queues
                    .iter()
                    .all(|queue| services.queues().depth(&queue.name).unwrap() == QueueDepth::default());
            idle.then_some(())
        })
        .await;
    }
}

/// Lets the system's own log be seen beside a test that fails: its warnings, or what `RUST_LOG` asks for.
fn log() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    // Only the first world of a process sets it up.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_test_writer()
        .try_init();
}
