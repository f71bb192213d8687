//! The ports of a use case together, held for one invocation.

use freshtrack_application::alerts::HandleAlerts;
use freshtrack_application::devices::HeardGateways;
use freshtrack_application::identity::Accounts;
use freshtrack_application::logbook::KeepLogs;
use freshtrack_application::networks::Networks;
use freshtrack_application::organizations::Office;
use freshtrack_application::places::FollowPlaces;
use freshtrack_application::ports::{Clock, IdSource};
use freshtrack_application::processes::{Evidence, Processes};
use freshtrack_application::{JudgePast, Live, ReceiveUplinks, RecordReadings, SetUp};
use freshtrack_aws::{
    Directory, DynamoAlerts, DynamoConnections, DynamoQuarantine, DynamoReadingLog, DynamoRecords,
    DynamoThrottle, DynamoUnitStates, GatewaySockets, KmsVault, SqsBroadcastLane, SqsRetryLane,
};
use freshtrack_domain::network::BaseUrl;
use freshtrack_vendors::HttpNetworkServers;
use std::sync::Arc;

/// The ports of seeing to organizations, held for one invocation.
pub struct OfficePorts<'a> {
    pub(crate) records: DynamoRecords,
    pub(crate) clock: &'a dyn Clock,
}

impl OfficePorts<'_> {
    /// What seeing to organizations needs, with new identifiers and secrets from `ids`.
    #[must_use]
    pub fn office<'p>(&'p self, ids: &'p dyn IdSource) -> Office<'p> {
        Office {
            records: &self.records,
            ids,
            clock: self.clock,
        }
    }
}

/// The ports of seeing to network servers, held for one invocation.
pub struct NetworksPorts<'a> {
    pub(crate) records: DynamoRecords,
    pub(crate) vault: KmsVault,
    pub(crate) servers: &'a HttpNetworkServers,
    pub(crate) clock: &'a dyn Clock,
    pub(crate) api: Option<BaseUrl>,
}

impl NetworksPorts<'_> {
    /// The same for who knows where this API is reached.
    #[must_use]
    pub fn reached_at(self, api: Option<BaseUrl>) -> Self {
        Self { api, ..self }
    }

    /// What seeing to network servers needs, with new identifiers and secrets from `ids`.
    #[must_use]
    pub fn networks<'p>(&'p self, ids: &'p dyn IdSource) -> Networks<'p> {
        Networks {
            records: &self.records,
            vault: &self.vault,
            servers: self.servers,
            ids,
            clock: self.clock,
            api: self.api.as_ref(),
        }
    }
}

/// The ports of accounts, held for one invocation.
pub struct AccountPorts<'a> {
    pub(crate) records: DynamoRecords,
    pub(crate) throttle: DynamoThrottle,
    pub(crate) clock: &'a dyn Clock,
}

impl AccountPorts<'_> {
    /// What accounts need, with new identifiers and secrets from `ids`.
    #[must_use]
    pub fn accounts<'p>(&'p self, ids: &'p dyn IdSource) -> Accounts<'p> {
        Accounts {
            records: &self.records,
            throttle: &self.throttle,
            ids,
            clock: self.clock,
        }
    }
}

/// The ports of setting up places and what is in them, held for one invocation.
pub struct PlacesPorts<'a> {
    pub(crate) records: DynamoRecords,
    pub(crate) states: DynamoUnitStates,
    pub(crate) clock: &'a dyn Clock,
}

impl PlacesPorts<'_> {
    /// What setting up needs, with new identifiers from `ids`.
    #[must_use]
    pub fn set_up<'p>(&'p self, ids: &'p dyn IdSource) -> SetUp<'p> {
        SetUp {
            records: &self.records,
            states: &self.states,
            ids,
            clock: self.clock,
        }
    }

    /// What following a change needs.
    #[must_use]
    pub fn follow(&self) -> FollowPlaces<'_> {
        FollowPlaces {
            records: &self.records,
            states: &self.states,
            clock: self.clock,
        }
    }
}

/// The ports of the live channel, held for one invocation.
pub struct LivePorts<'a> {
    pub(crate) records: DynamoRecords,
    pub(crate) connections: &'a DynamoConnections,
    pub(crate) sockets: GatewaySockets,
    pub(crate) lane: SqsBroadcastLane,
}

impl LivePorts<'_> {
    /// The live channel over these ports.
    #[must_use]
    pub fn live(&self) -> Live<'_> {
        Live {
            records: &self.records,
            connections: self.connections,
            sockets: &self.sockets,
            lane: &self.lane,
        }
    }
}

/// The ports of doing something about alerts, held for one invocation.
pub struct AlertPorts<'a> {
    pub(crate) alerts: DynamoAlerts,
    pub(crate) records: DynamoRecords,
    pub(crate) live: LivePorts<'a>,
    pub(crate) clock: &'a dyn Clock,
}

impl AlertPorts<'_> {
    /// What doing something about alerts needs.
    #[must_use]
    pub fn handle(&self) -> HandleAlerts<'_> {
        HandleAlerts {
            alerts: &self.alerts,
            records: &self.records,
            live: self.live.live(),
            clock: self.clock,
        }
    }
}

/// The ports of recording, held for one invocation.
pub struct RecordPorts<'a> {
    pub(crate) states: DynamoUnitStates,
    pub(crate) log: DynamoReadingLog,
    pub(crate) retry: SqsRetryLane,
    pub(crate) live: LivePorts<'a>,
    pub(crate) clock: &'a dyn Clock,
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

/// The ports of judging the past anew, held for one invocation.
pub struct PastPorts<'a> {
    pub(crate) states: DynamoUnitStates,
    pub(crate) log: DynamoReadingLog,
    pub(crate) alerts: DynamoAlerts,
    pub(crate) live: LivePorts<'a>,
    pub(crate) clock: &'a dyn Clock,
}

impl PastPorts<'_> {
    /// The use case over these ports.
    #[must_use]
    pub fn past(&self) -> JudgePast<'_> {
        JudgePast {
            states: &self.states,
            log: &self.log,
            alerts: &self.alerts,
            live: self.live.live(),
            clock: self.clock,
        }
    }
}

/// The ports of keeping logs, held for one invocation.
pub struct LogbookPorts<'a> {
    pub(crate) records: DynamoRecords,
    pub(crate) record: RecordPorts<'a>,
}

impl LogbookPorts<'_> {
    /// What keeping logs needs, with new identifiers from `ids`.
    #[must_use]
    pub fn keep<'p>(&'p self, ids: &'p dyn IdSource) -> KeepLogs<'p> {
        KeepLogs {
            records: &self.records,
            record: self.record.record(),
            ids,
        }
    }
}

/// The ports of telling how far timed processes are, held for one invocation.
pub struct EvidencePorts<'a> {
    pub(crate) records: DynamoRecords,
    pub(crate) states: DynamoUnitStates,
    pub(crate) log: DynamoReadingLog,
    pub(crate) clock: &'a dyn Clock,
}

impl EvidencePorts<'_> {
    /// What is known of processes.
    #[must_use]
    pub fn evidence(&self) -> Evidence<'_> {
        Evidence {
            records: &self.records,
            states: &self.states,
            log: &self.log,
            clock: self.clock,
        }
    }
}

/// The ports of timed processes, held for one invocation.
pub struct ProcessPorts<'a> {
    pub(crate) evidence: EvidencePorts<'a>,
    pub(crate) live: LivePorts<'a>,
}

impl ProcessPorts<'_> {
    /// What seeing to processes needs.
    #[must_use]
    pub fn processes(&self) -> Processes<'_> {
        Processes {
            evidence: self.evidence.evidence(),
            live: self.live.live(),
        }
    }
}

/// The ports of receiving, held for one invocation.
pub struct ReceivePorts<'a> {
    pub(crate) directory: Arc<Directory>,
    pub(crate) quarantine: DynamoQuarantine,
    pub(crate) gateways: &'a HeardGateways,
    pub(crate) records: DynamoRecords,
    pub(crate) record: RecordPorts<'a>,
}

impl ReceivePorts<'_> {
    /// The use case over these ports.
    #[must_use]
    pub fn receive(&self) -> ReceiveUplinks<'_> {
        ReceiveUplinks {
            devices: &*self.directory,
            quarantine: &self.quarantine,
            gateways: self.gateways,
            records: &self.records,
            record: self.record.record(),
        }
    }
}
