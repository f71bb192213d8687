//! The host: everything a template declares, running on one address of this machine.

use crate::clock::LocalClock;
use crate::connector::Connector;
use crate::endpoint::{AwsEndpoint, Endpoints};
use crate::gateway::socket::{Connections, Lifetimes, Management, SocketGateway};
use crate::gateway::{HttpGateway, Server, StaticFiles};
use crate::invoke::{
    Handler, InProcess, InvokeEndpoint, Invoker, MissingBootstraps, MissingFunctions, Processes,
};
use crate::network_servers::NetworkServers;
use crate::services::store::{DataLocation, StoreError};
use crate::services::{Account, RunningServices, Services, ServicesError};
use crate::template::{Deployment, System, TemplateError};
use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::serve::ListenerExt as _;
use axum::{Json, Router};
use http::StatusCode;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// How long open requests may take to end when the host stops.
const STOPPING_TIME: Duration = Duration::from_secs(2);

/// Where the messages sent are shown, below the root of the host.
pub const TRAY_PATH: &str = "/_tray";

/// Where the [demonstration](Host::demonstrate) is told of, below the root of the host: the dashboard asks there
/// when it is opened without a key. No deployed system has such a path.
pub const DEMONSTRATION_PATH: &str = "/_demo";

/// What to run, and where.
pub struct Settings {
    /// The template to serve.
    pub template: PathBuf,
    /// Where to listen. Port 0 takes any that is free.
    pub address: SocketAddr,
    /// Where to listen for MQTT; nowhere if absent.
    pub mqtt: Option<SocketAddr>,
    /// Where data is kept.
    pub data: DataLocation,
    /// The system's time.
    pub clock: LocalClock,
    /// How the functions run.
    pub functions: Functions,
    /// The dashboard's built files.
    pub dashboard: PathBuf,
    /// How long WebSocket connections live.
    pub lifetimes: Lifetimes,
}

/// Makes the handlers of the functions that are linked into this process, by the functions' names.
pub type Link = Box<dyn FnOnce(&Surroundings<'_>) -> BTreeMap<String, Handler> + Send>;

/// Finds a function's bootstrap by the function's name.
pub type Locate = Box<dyn Fn(&str) -> Option<PathBuf> + Send>;

/// How functions run.
pub enum Functions {
    /// In this process.
    InProcess(Link),
    /// As processes of their own.
    Processes {
        /// Where copies of the bootstraps are kept while they run.
        run_folder: PathBuf,
        /// Where the originals are.
        locate: Locate,
    },
}

/// What functions in this process are built with.
pub struct Surroundings<'a> {
    /// What the template declares, with the functions' environments.
    pub system: &'a System,
    /// Where it is deployed.
    pub deployment: &'a Deployment,
    /// The HTTP client for their AWS SDKs.
    pub connector: Connector,
    /// The system's time.
    pub clock: LocalClock,
}

/// An organization that anybody may look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DemonstrationLink {
    /// The organization's name.
    pub name: String,
    /// Its dashboard, below the root of the host: `/#org=..&key=..`.
    pub href: String,
}

/// The links of the demonstration, once there are any.
type DemonstrationLinks = Arc<OnceLock<Vec<DemonstrationLink>>>;

/// Why the host did not start.
#[derive(Debug, thiserror::Error)]
pub enum HostError {
    /// Somebody else listens there.
    #[error("port {} is in use: stop what listens there or choose another with --port", .0.port())]
    PortTaken(SocketAddr),
    /// The address cannot be listened on for another reason.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the operating system answered.
        source: io::Error,
    },
    /// The template cannot be served.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// A function is not linked into this program.
    #[error(transparent)]
    MissingFunctions(#[from] MissingFunctions),
    /// A function has not been built.
    #[error(transparent)]
    MissingBootstraps(#[from] MissingBootstraps),
    /// A service cannot work.
    #[error(transparent)]
    Services(#[from] ServicesError),
    /// The data of the network servers.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A running system.
pub struct Host {
    address: SocketAddr,
    system: Arc<System>,
    services: Services,
    running: RunningServices,
    connections: Connections,
    invoker: Arc<dyn Invoker>,
    demonstration: DemonstrationLinks,
    server: JoinHandle<()>,
    stop: oneshot::Sender<()>,
    /// Functions in this process reach the services through a weak reference to these.
    _endpoints: Arc<dyn AwsEndpoint>,
}

impl Host {
    /// Starts everything the template declares. Once this returns, requests are answered and what earlier
    /// runs left to do goes on.
    ///
    /// # Errors
    /// [`HostError`], in words meant for whoever started the host.
    pub async fn start(settings: Settings) -> Result<Self, HostError> {
        let listener = listen(settings.address).await?;
        let address = listener.local_addr().map_err(|source| HostError::Listen {
            address: settings.address,
            source,
        })?;
        let deployment = Deployment::local(address);
        let system = Arc::new(System::read(&settings.template, &deployment)?);
        let clock = settings.clock;
        let account = Account {
            id: deployment.account.clone(),
            region: deployment.region.clone(),
        };
        let services = Services::open(&system, &account, &settings.data, &clock)?;

        let connector = Connector::default();
        let demonstration = DemonstrationLinks::default();
        let mut others = Router::new()
            .route(TRAY_PATH, get(tray_page))
            .with_state(services.clone())
            .route(DEMONSTRATION_PATH, get(demonstration_links))
            .with_state(Arc::clone(&demonstration))
            .merge(NetworkServers::open(services.store().clone())?.router());
        let invoker: Arc<dyn Invoker> = match settings.functions {
            Functions::InProcess(build) => {
                let surroundings = Surroundings {
                    system: &system,
                    deployment: &deployment,
                    connector: connector.clone(),
                    clock: clock.clone(),
                };
                Arc::new(InProcess::new(&system, build(&surroundings))?)
            }
            Functions::Processes { run_folder, locate } => {
                let processes = Processes::new(&system, deployment.clone(), run_folder, locate)?;
                others = others.merge(processes.runtime_api());
                Arc::new(processes)
            }
        };
        let connections = Connections::default();
        let invocations = services.invocations().clone();
        let lambda = InvokeEndpoint::new(&system, Arc::clone(&invoker), invocations);
        let endpoints = Endpoints::new(Arc::new(services.clone()))
            .with_path(Management::PATH, Arc::new(Management::new(connections.clone())))
            .with_path(InvokeEndpoint::PATH, Arc::new(lambda));
        let endpoints = Arc::new(endpoints);
        let reachable: Arc<dyn AwsEndpoint> = endpoints.clone();
        connector.bind(&reachable);

        let server = Server {
            http_apis: system
                .http_apis
                .iter()
                .map(|api| {
                    HttpGateway::new(
                        api.clone(),
                        deployment.clone(),
                        Arc::clone(&invoker),
                        clock.clone(),
                    )
                })
                .collect(),
            socket_apis: system
                .socket_apis
                .iter()
                .map(|api| {
                    let gateway = SocketGateway::new(
                        api.clone(),
                        deployment.clone(),
                        Arc::clone(&invoker),
                        clock.clone(),
                        connections.clone(),
                        settings.lifetimes,
                    );
                    Arc::new(gateway)
                })
                .collect(),
            endpoints,
            files: StaticFiles::new(settings.dashboard),
        };
        let (stop, stopped) = oneshot::channel();
        let server = tokio::spawn(serve(listener, server.router(others), stopped));
        // Only now, since what an earlier run left may call functions, which call back over the address.
        let running = match services.start(Arc::clone(&invoker), settings.mqtt).await {
            Ok(running) => running,
            Err(error) => {
                server.abort();
                return Err(error.into());
            }
        };
        Ok(Self {
            address,
            system,
            services,
            running,
            connections,
            invoker,
            demonstration,
            server,
            stop,
            _endpoints: reachable,
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where it listens for MQTT, if it does.
    #[must_use]
    pub fn mqtt_address(&self) -> Option<SocketAddr> {
        self.running.mqtt_address()
    }

    /// What it serves.
    #[must_use]
    pub fn system(&self) -> &System {
        &self.system
    }

    /// The services, for looking into them.
    #[must_use]
    pub fn services(&self) -> &Services {
        &self.services
    }

    /// The open WebSocket connections.
    #[must_use]
    pub fn connections(&self) -> &Connections {
        &self.connections
    }

    /// The functions.
    #[must_use]
    pub fn invoker(&self) -> &Arc<dyn Invoker> {
        &self.invoker
    }

    /// Tells whoever opens the dashboard without a key what there is to look at. Only the first call has an effect.
    pub fn demonstrate(&self, links: Vec<DemonstrationLink>) {
        let _ = self.demonstration.set(links);
    }

    /// Stops in order: open requests are answered, within limits, and what was accepted but not yet done
    /// is done after the next start.
    pub async fn stop(self) {
        let _ = self.stop.send(());
        let mut server = self.server;
        if tokio::time::timeout(STOPPING_TIME, &mut server).await.is_err() {
            server.abort();
        }
        self.running.shutdown().await;
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, HostError> {
    TcpListener::bind(address)
        .await
        .map_err(|source| match source.kind() {
            io::ErrorKind::AddrInUse => HostError::PortTaken(address),
            _ => HostError::Listen { address, source },
        })
}

async fn serve(listener: TcpListener, router: Router, stopped: oneshot::Receiver<()>) {
    let listener = listener.tap_io(|connection| {
        // Small messages to sockets must not wait for each other's acknowledgement.
        if let Err(error) = connection.set_nodelay(true) {
            tracing::debug!(%error, "a connection keeps its delay");
        }
    });
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let stopped = async {
        // A host that is dropped rather than stopped stops as well.
        let _ = stopped.await;
    };
    if let Err(error) = axum::serve(listener, service)
        .with_graceful_shutdown(stopped)
        .await
    {
        tracing::error!(%error, "the host no longer listens");
    }
}

async fn demonstration_links(State(links): State<DemonstrationLinks>) -> Json<Vec<DemonstrationLink>> {
    Json(links.get().cloned().unwrap_or_default())
}

async fn tray_page(State(services): State<Services>) -> Response {
    match services.tray().page() {
        Ok(page) => Html(page).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
