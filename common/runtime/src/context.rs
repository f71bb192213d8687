//! What a function may reach: each port made when it is first asked for.
//!
//! One method a port and never a list of ready-made ones: a method that a function does not call is not linked
//! into its binary, and neither is the SDK behind it.

use crate::function::InvocationError;
use crate::ports::{
    AccountPorts, AlertPorts, EvidencePorts, LivePorts, LogbookPorts, NetworksPorts, OfficePorts, PastPorts,
    PlacesPorts, ProcessPorts, ReceivePorts, RecordPorts,
};
use crate::settings::Settings;
use crate::system::{RandomIds, SystemClock};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use freshtrack_application::devices::HeardGateways;
use freshtrack_application::identity::{AccessTokens, ExternalIssuers};
use freshtrack_application::ports::{Clock, IdSource};
use freshtrack_application::{Failure, PortError};
use freshtrack_aws::{
    AwsClients, Directory, DynamoAlerts, DynamoConnections, DynamoQuarantine, DynamoReadingLog,
    DynamoRecords, DynamoThrottle, DynamoTickets, DynamoUnitStates, EventBridgeBus, GatewaySockets, KmsVault,
    Meter, SesMailer, SqsBroadcastLane, SqsMailLane, SqsRetryLane, Table,
};
use freshtrack_vendors::{HttpKeySets, HttpNetworkServers, Reach};
use std::sync::{Arc, OnceLock};

/// What a function may reach.
pub struct Context {
    settings: Settings,
    clients: AwsClients,
    clock: Arc<dyn Clock>,
    ids: RandomIds,
    table: OnceLock<Arc<Table>>,
    directory: OnceLock<Arc<Directory>>,
    connections: OnceLock<DynamoConnections>,
    access_tokens: OnceLock<AccessTokens>,
    external_issuers: OnceLock<ExternalIssuers>,
    key_sets: OnceLock<HttpKeySets>,
    network_servers: OnceLock<HttpNetworkServers>,
    gateways: HeardGateways,
}

impl Context {
    /// A context by `settings`, in the real world.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let clients = AwsClients::new(settings.aws.clone());
        Self::with(settings, clients, Arc::new(SystemClock))
    }

    /// A context whose AWS requests go through `http` and whose time is told by `clock`.
    #[must_use]
    pub fn with_http_client(settings: Settings, http: SharedHttpClient, clock: Arc<dyn Clock>) -> Self {
        let clients = AwsClients::with_http_client(settings.aws.clone(), http);
        Self::with(settings, clients, clock)
    }

    fn with(settings: Settings, clients: AwsClients, clock: Arc<dyn Clock>) -> Self {
        Self {
            settings,
            clients,
            clock,
            ids: RandomIds,
            table: OnceLock::new(),
            directory: OnceLock::new(),
            connections: OnceLock::new(),
            access_tokens: OnceLock::new(),
            external_issuers: OnceLock::new(),
            key_sets: OnceLock::new(),
            network_servers: OnceLock::new(),
            gateways: HeardGateways::default(),
        }
    }

    /// The time.
    #[must_use]
    pub fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// Identifiers and tickets.
    #[must_use]
    pub const fn ids(&self) -> &dyn IdSource {
        &self.ids
    }

    /// What the table has consumed.
    ///
    /// # Errors
    /// When the function is not told which table.
    pub fn meter(&self) -> Result<&Meter, InvocationError> {
        self.table().map(|table| table.meter())
    }

    fn table(&self) -> Result<&Arc<Table>, InvocationError> {
        if let Some(table) = self.table.get() {
            return Ok(table);
        }
        let name = self.setting("TABLE_NAME")?;
        Ok(self
            .table
            .get_or_init(|| Arc::new(Table::new(&self.clients, name))))
    }

    fn setting(&self, name: &'static str) -> Result<&str, InvocationError> {
        self.settings
            .required(name)
            .map_err(|error| InvocationError::new("Settings", error.to_string()))
    }

    /// Where sockets connect.
    ///
    /// # Errors
    /// When the function is not told.
    pub fn socket_url(&self) -> Result<&str, InvocationError> {
        self.setting("SOCKET_URL")
    }

    /// Sensors, as they were within the last minute.
    ///
    /// # Errors
    /// When the function is not told which table.
    pub fn directory(&self) -> Result<&Directory, InvocationError> {
        self.shared_directory().map(|directory| &**directory)
    }

    fn shared_directory(&self) -> Result<&Arc<Directory>, InvocationError> {
        if let Some(directory) = self.directory.get() {
            return Ok(directory);
        }
        let fresh = self.fresh_directory()?;
        Ok(self.directory.get_or_init(|| fresh))
    }

    /// Sensors, none of which is remembered.
    fn fresh_directory(&self) -> Result<Arc<Directory>, InvocationError> {
        let directory = Directory::new(Arc::clone(self.table()?), Arc::clone(&self.clock));
        Ok(Arc::new(directory))
    }

    /// Open sockets.
    ///
    /// # Errors
    /// When the function is not told which table.
    pub fn connections(&self) -> Result<&DynamoConnections, InvocationError> {
        let table = self.table()?;
        Ok(self
            .connections
            .get_or_init(|| DynamoConnections::new(Arc::clone(table))))
    }

    /// Unit states.
    ///
    /// # Errors
    /// When the function is not told which table.
    pub fn states(&self) -> Result<DynamoUnitStates, InvocationError> {
        Ok(DynamoUnitStates(Arc::clone(self.table()?)))
    }

    /// The reading log.
    ///
    /// # Errors
    /// When the function is not told which table.
    pub fn log(&self) -> Result<DynamoReadingLog, InvocationError> {
        Ok(DynamoReadingLog(Arc::clone(self.table()?)))
    }

    /// Alerts.
    ///
    /// # Errors
    /// When the function is not told which table.
    pub fn alerts(&self) -> Result<DynamoAlerts, InvocationError> {
        Ok(DynamoAlerts(Arc::clone(self.table()?)))
    }

    /// Frames kept aside.
    ///
    /// # Errors
    /// When the function is not told which table.
    pub fn quarantine(&self) -> Result<DynamoQuarantine, InvocationError> {
        Ok(DynamoQuarantine(Arc::clone(self.table()?)))
    }

    /// What people set up.
    ///
    /// # Errors
    /// When the function is not told which table.
    pub fn records(&self) -> Result<DynamoRecords, InvocationError> {
        Ok(DynamoRecords(Arc::clone(self.table()?)))
    }

    /// Attempts, counted.
    ///
    /// # Errors
    /// When the function is not told which table.
    pub fn throttle(&self) -> Result<DynamoThrottle, InvocationError> {
        Ok(DynamoThrottle(Arc::clone(self.table()?)))
    }

    /// What seals small secrets.
    ///
    /// # Errors
    /// When the function is not told which master key.
    pub fn vault(&self) -> Result<KmsVault, InvocationError> {
        Ok(KmsVault::new(&self.clients, self.setting("VAULT_KEY_ID")?))
    }

    /// Where mails wait to be sent.
    ///
    /// # Errors
    /// When the function is not told which queue.
    pub fn mail_lane(&self) -> Result<SqsMailLane, InvocationError> {
        Ok(SqsMailLane::new(&self.clients, self.setting("MAIL_QUEUE_URL")?))
    }

    /// What sends mails.
    ///
    /// # Errors
    /// When the function is not told in whose name.
    pub fn mailer(&self) -> Result<SesMailer, InvocationError> {
        Ok(SesMailer::new(&self.clients, self.setting("MAIL_SENDER")?))
    }

    /// Where the web app is, without a slash at its end.
    ///
    /// # Errors
    /// When the function is not told.
    pub fn app_url(&self) -> Result<&str, InvocationError> {
        self.setting("APP_URL").map(|url| url.trim_end_matches('/'))
    }

    /// Access tokens, and the keys that are known.
    ///
    /// # Errors
    /// When the function is not told who issues them.
    pub fn access_tokens(&self) -> Result<&AccessTokens, InvocationError> {
        let issuer = self.setting("TOKEN_ISSUER")?;
        Ok(self.access_tokens.get_or_init(|| AccessTokens::new(issuer)))
    }

    /// The other issuers whose tokens are taken, and their keys as far as they are known.
    ///
    /// # Errors
    /// When the function is told what makes no sense.
    pub fn external_issuers(&self) -> Result<&ExternalIssuers, InvocationError> {
        if let Some(issuers) = self.external_issuers.get() {
            return Ok(issuers);
        }
        let text = self.settings.optional("OIDC_ISSUERS").unwrap_or("[]");
        let issuers = serde_json::from_str(text)
            .map_err(|error| InvocationError::new("Settings", format!("OIDC_ISSUERS: {error}")))?;
        Ok(self
            .external_issuers
            .get_or_init(|| ExternalIssuers::new(issuers)))
    }

    /// The keys that other issuers publish.
    pub fn key_sets(&self) -> &HttpKeySets {
        self.key_sets.get_or_init(HttpKeySets::default)
    }

    /// The network servers of others. Where a stand-in is configured for them, as on a developer's machine, none but that
    /// is called.
    pub fn network_servers(&self) -> &HttpNetworkServers {
        self.network_servers.get_or_init(|| {
            let stand_in = self.settings.optional("NETWORK_SERVERS_ENDPOINT_URL");
            HttpNetworkServers::new(stand_in.map_or(Reach::Public, |url| Reach::Local {
                stand_in: url.to_owned(),
            }))
        })
    }

    /// Everything that seeing to network servers needs.
    ///
    /// # Errors
    /// When the function is not told where its ports are.
    pub fn networks_ports(&self) -> Result<NetworksPorts<'_>, InvocationError> {
        Ok(NetworksPorts {
            records: self.records()?,
            vault: self.vault()?,
            servers: self.network_servers(),
            clock: self.clock(),
            api: None,
        })
    }

    /// Everything that seeing to organizations needs.
    ///
    /// # Errors
    /// When the function is not told which table.
    pub fn office_ports(&self) -> Result<OfficePorts<'_>, InvocationError> {
        Ok(OfficePorts {
            records: self.records()?,
            clock: self.clock(),
        })
    }

    /// Everything that accounts need.
    ///
    /// # Errors
    /// When the function is not told which table.
    pub fn account_ports(&self) -> Result<AccountPorts<'_>, InvocationError> {
        Ok(AccountPorts {
            records: self.records()?,
            throttle: self.throttle()?,
            clock: self.clock(),
        })
    }

    /// Tickets.
    ///
    /// # Errors
    /// When the function is not told which table.
    pub fn tickets(&self) -> Result<DynamoTickets, InvocationError> {
        Ok(DynamoTickets(Arc::clone(self.table()?)))
    }

    /// Sockets to send to.
    #[must_use]
    pub fn sockets(&self) -> GatewaySockets {
        GatewaySockets::new(&self.clients)
    }

    /// The event bus.
    ///
    /// # Errors
    /// When the function is not told which.
    pub fn bus(&self) -> Result<EventBridgeBus, InvocationError> {
        Ok(EventBridgeBus::new(
            &self.clients,
            self.setting("EVENT_BUS_NAME")?,
        ))
    }

    /// The way to very many sockets.
    ///
    /// # Errors
    /// When the function is not told which queue.
    pub fn broadcast_lane(&self) -> Result<SqsBroadcastLane, InvocationError> {
        Ok(SqsBroadcastLane::new(
            &self.clients,
            self.setting("REALTIME_BROADCAST_QUEUE_URL")?,
        ))
    }

    /// Where readings wait.
    ///
    /// # Errors
    /// When the function is not told which queue.
    pub fn retry_lane(&self) -> Result<SqsRetryLane, InvocationError> {
        Ok(SqsRetryLane::new(
            &self.clients,
            self.setting("INGEST_RETRY_QUEUE_URL")?,
        ))
    }

    /// Everything that setting up places and what is in them needs.
    ///
    /// # Errors
    /// When the function is not told where its ports are.
    pub fn places_ports(&self) -> Result<PlacesPorts<'_>, InvocationError> {
        Ok(PlacesPorts {
            records: self.records()?,
            states: self.states()?,
            clock: self.clock(),
        })
    }

    /// The live channel, within `ports` made for this invocation.
    ///
    /// # Errors
    /// When the function is not told where its ports are.
    pub fn live_ports(&self) -> Result<LivePorts<'_>, InvocationError> {
        Ok(LivePorts {
            records: self.records()?,
            connections: self.connections()?,
            sockets: self.sockets(),
            lane: self.broadcast_lane()?,
        })
    }

    /// Everything that doing something about alerts needs.
    ///
    /// # Errors
    /// When the function is not told where its ports are.
    pub fn alert_ports(&self) -> Result<AlertPorts<'_>, InvocationError> {
        Ok(AlertPorts {
            alerts: self.alerts()?,
            records: self.records()?,
            live: self.live_ports()?,
            clock: self.clock(),
        })
    }

    /// Everything that recording readings needs.
    ///
    /// # Errors
    /// When the function is not told where its ports are.
    pub fn record_ports(&self) -> Result<RecordPorts<'_>, InvocationError> {
        Ok(RecordPorts {
            states: self.states()?,
            log: self.log()?,
            retry: self.retry_lane()?,
            live: self.live_ports()?,
            clock: self.clock(),
        })
    }

    /// Everything that judging the past anew needs.
    ///
    /// # Errors
    /// When the function is not told where its ports are.
    pub fn past_ports(&self) -> Result<PastPorts<'_>, InvocationError> {
        Ok(PastPorts {
            states: self.states()?,
            log: self.log()?,
            alerts: self.alerts()?,
            live: self.live_ports()?,
            clock: self.clock(),
        })
    }

    /// Everything that keeping logs needs.
    ///
    /// # Errors
    /// When the function is not told where its ports are.
    pub fn logbook_ports(&self) -> Result<LogbookPorts<'_>, InvocationError> {
        Ok(LogbookPorts {
            records: self.records()?,
            record: self.record_ports()?,
        })
    }

    /// Everything that telling how far timed processes are needs.
    ///
    /// # Errors
    /// When the function is not told which table.
    pub fn evidence_ports(&self) -> Result<EvidencePorts<'_>, InvocationError> {
        Ok(EvidencePorts {
            records: self.records()?,
            states: self.states()?,
            log: self.log()?,
            clock: self.clock(),
        })
    }

    /// Everything that seeing to timed processes needs.
    ///
    /// # Errors
    /// When the function is not told where its ports are.
    pub fn process_ports(&self) -> Result<ProcessPorts<'_>, InvocationError> {
        Ok(ProcessPorts {
            evidence: self.evidence_ports()?,
            live: self.live_ports()?,
        })
    }

    /// Everything that receiving uplinks needs.
    ///
    /// # Errors
    /// When the function is not told where its ports are.
    pub fn receive_ports(&self) -> Result<ReceivePorts<'_>, InvocationError> {
        Ok(ReceivePorts {
            directory: Arc::clone(self.shared_directory()?),
            quarantine: self.quarantine()?,
            gateways: &self.gateways,
            records: self.records()?,
            record: self.record_ports()?,
        })
    }

    /// Everything that taking in again what was kept aside needs: what was just corrected counts at once.
    ///
    /// # Errors
    /// When the function is not told where its ports are.
    pub fn replay_ports(&self) -> Result<ReceivePorts<'_>, InvocationError> {
        Ok(ReceivePorts {
            directory: self.fresh_directory()?,
            ..self.receive_ports()?
        })
    }
}

impl From<PortError> for InvocationError {
    /// Logs the whole cause, once; whoever invoked sees only that something of ours failed.
    fn from(error: PortError) -> Self {
        let cause = chain(&error);
        tracing::error!(error.op = error.op, error.kind = ?error.kind, error.cause = cause, "a port failed");
        Self::new("Port", error.to_string())
    }
}

impl From<Failure> for InvocationError {
    /// What an operator is told who invokes a function by hand.
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(refusal) => Self::new("Refused", refusal.detail),
            Failure::Fault(fault) => fault.into(),
        }
    }
}

/// The causes of `error`, outermost first.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
