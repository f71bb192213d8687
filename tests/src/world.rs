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
use freshtrack_local::services::sqs::Visibility;
use freshtrack_local::services::store::DataLocation;
use freshtrack_local::services::tray::TrayMessage;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// When a world that stands still begins.
const NOON: jiff::Timestamp = jiff::Timestamp::constant(1_795_262_400, 0);

/// How a world is set up.
pub struct Setup {
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
        let loopback = ([127, 0, 0, 1], 0).into();
        let root = Self::root();
        let host = Host::start(Settings {
            template: root.join("template.yaml"),
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

    /// Whether no queue holds anything, dead letters included.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        let queues = self.host.services().queues();
        self.host.system().queues.iter().all(|queue| {
            let depth = queues.depth(&queue.name).unwrap();
            depth == freshtrack_local::services::sqs::QueueDepth::default()
        })
    }
}
