//! What a function may reach: each port made when it is first asked for.
//!
//! One method a port and never a list of ready-made ones: a method that a function does not call is not linked
//! into its binary, and neither is the SDK behind it.

use crate::function::InvocationError;
use crate::settings::Settings;
use crate::system::{RandomIds, SystemClock};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use freshtrack_application::ports::{Clock, IdSource};
use freshtrack_application::{Live, PortError, ReceiveUplinks, RecordReadings};
use freshtrack_aws::{
    AwsClients, Directory, DynamoAlerts, DynamoConnections, DynamoQuarantine, DynamoReadingLog,
    DynamoRecords, DynamoTickets, DynamoUnitStates, EventBridgeBus, GatewaySockets, Meter, SqsBroadcastLane,
    SqsRetryLane, Table,
};
use std::sync::{Arc, OnceLock};

/// What a function may reach.
pub struct Context {
    settings: Settings,
    clients: AwsClients,
    clock: Arc<dyn Clock>,
    ids: RandomIds,
    table: OnceLock<Arc<Table>>,
    directory: OnceLock<Directory>,
    connections: OnceLock<DynamoConnections>,
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

    const fn with(settings: Settings, clients: AwsClients, clock: Arc<dyn Clock>) -> Self {
        Self {
            settings,
            clients,
            clock,
            ids: RandomIds,
            table: OnceLock::new(),
            directory: OnceLock::new(),
            connections: OnceLock::new(),
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

    /// Places and sensors.
    ///
    /// # Errors
    /// When the function is not told which table.
    pub fn directory(&self) -> Result<&Directory, InvocationError> {
        let table = self.table()?;
        Ok(self.directory.get_or_init(|| Directory::new(Arc::clone(table))))
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

    /// The live channel, within `ports` made for this invocation.
    ///
    /// # Errors
    /// When the function is not told where its ports are.
    pub fn live_ports(&self) -> Result<LivePorts<'_>, InvocationError> {
        Ok(LivePorts {
            connections: self.connections()?,
            sockets: self.sockets(),
            lane: self.broadcast_lane()?,
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

    /// Everything that receiving uplinks needs.
    ///
    /// # Errors
    /// When the function is not told where its ports are.
    pub fn receive_ports(&self) -> Result<ReceivePorts<'_>, InvocationError> {
        Ok(ReceivePorts {
            directory: self.directory()?,
            quarantine: self.quarantine()?,
            record: self.record_ports()?,
        })
    }
}

/// The ports of the live channel, held for one invocation.
pub struct LivePorts<'a> {
    connections: &'a DynamoConnections,
    sockets: GatewaySockets,
    lane: SqsBroadcastLane,
}

impl LivePorts<'_> {
    /// The live channel over these ports.
    #[must_use]
    pub fn live(&self) -> Live<'_> {
        Live {
            connections: self.connections,
            sockets: &self.sockets,
            lane: &self.lane,
        }
    }
}

/// The ports of recording, held for one invocation.
pub struct RecordPorts<'a> {
    states: DynamoUnitStates,
    log: DynamoReadingLog,
    retry: SqsRetryLane,
    live: LivePorts<'a>,
    clock: &'a dyn Clock,
}

impl RecordPorts<'_> {
    /// The use case over these ports.
    #[must_use]
    pub fn record(&self) -> RecordReadings<'_> {
        RecordReadings {
            states: &self.states,
            log: &self.log,
            retry: &self.retry,
            live: self.live.live(),
            clock: self.clock,
        }
    }
}

/// The ports of receiving, held for one invocation.
pub struct ReceivePorts<'a> {
    directory: &'a Directory,
    quarantine: DynamoQuarantine,
    record: RecordPorts<'a>,
}

impl ReceivePorts<'_> {
    /// The use case over these ports.
    #[must_use]
    pub fn receive(&self) -> ReceiveUplinks<'_> {
        ReceiveUplinks {
            devices: self.directory,
            quarantine: &self.quarantine,
            record: self.record.record(),
        }
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
