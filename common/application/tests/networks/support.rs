//! An organization and a network server, in memory.

use freshtrack_application::devices::claim_eui;
use freshtrack_application::networks::{
    Networks, SweepNetworks, create_network, do_work, provision_sensor, sweep_work,
};
use freshtrack_application::ports::{Clock as _, Records, UnitStates as _};
use freshtrack_application::{Actor, Caller, Change, Failure, OrgScope, Registry};
use freshtrack_contracts::networks::{CreateNetwork, JobView, NewNetwork, ProvisionSensor};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::access::{Right, Sites};
use freshtrack_domain::device::{DevEui, Sensor};
use freshtrack_domain::ids::{NetworkId, SensorId, UnitId};
use freshtrack_domain::network::{BaseUrl, Server};
use freshtrack_domain::place::Organization;
use freshtrack_domain::text::Name;
use freshtrack_domain::time::Timestamp;
use freshtrack_testkit::{
    Kitchen, ManualClock, Memory, MemoryNetworkServers, MemoryRecords, MemoryVault, RecordedEvents,
    SeededIds, fresh_id,
};
use serde_json::json;

pub(crate) const KEY: &str = "NNSXS.FIRST.0123456789abcdef";
pub(crate) const OTHER_KEY: &str = "NNSXS.SECOND.0123456789fedc";

/// Everything in memory.
pub(crate) struct Office {
    pub(crate) records: MemoryRecords,
    pub(crate) vault: MemoryVault,
    pub(crate) servers: MemoryNetworkServers,
    pub(crate) ids: SeededIds,
    pub(crate) clock: ManualClock,
    pub(crate) memory: Memory,
}

impl Office {
    /// Everything, with an organization and somebody who may do everything in it.
    pub(crate) async fn open() -> (Self, Caller) {
        let office = Self {
            records: MemoryRecords::default(),
            vault: MemoryVault::default(),
            servers: MemoryNetworkServers::default(),
            ids: SeededIds::new(1),
            clock: ManualClock::at(Timestamp::from_seconds(1_795_262_400)),
            memory: Memory::default(),
        };
        let caller = office.administrator().await;
        (office, caller)
    }

    pub(crate) fn networks(&self) -> Networks<'_> {
        Networks {
            records: &self.records,
            vault: &self.vault,
            servers: &self.servers,
            ids: &self.ids,
            clock: &self.clock,
            api: None,
        }
    }

    /// The same where it is known how this API is reached.
    pub(crate) fn networks_at<'a>(&'a self, api: &'a BaseUrl) -> Networks<'a> {
        Networks {
            api: Some(api),
            ..self.networks()
        }
    }

    pub(crate) fn store(&self) -> &dyn Records {
        &self.records
    }

    /// An organization, and somebody who may do everything in it.
    pub(crate) async fn administrator(&self) -> Caller {
        let caller = Caller {
            scope: OrgScope::granted(fresh_id()),
            actor: Actor::new("usr_somebody"),
            rights: Right::ALL.into_iter().collect(),
            sites: Sites::All,
        };
        let id = caller.scope.org_id();
        let slug = id.to_string().to_lowercase().replace('_', "-").parse().unwrap();
        let name = Name::new("Harbour Bistro").unwrap();
        let organization = Organization::new(id, name, slug, "UTC".to_owned(), self.clock.now());
        let change = Change::new(caller.scope, &caller.actor, "organization.created", id);
        let registry = Registry {
            records: &self.records,
            clock: &self.clock,
        };
        registry
            .commit(change.insert(&organization).unwrap())
            .await
            .unwrap();
        caller
    }

    /// Has the sensor registered.
    pub(crate) async fn provision(
        &self,
        caller: &Caller,
        network_id: NetworkId,
        sensor: SensorId,
    ) -> JobView {
        let asked = provision_sensor(&self.networks(), caller, sensor, registration(network_id)).await;
        asked.unwrap().view
    }

    /// Does whatever was put on the bus by now, and then what is found to be due.
    pub(crate) async fn work(&self) {
        let bus = RecordedEvents::default();
        let ports = SweepNetworks {
            records: &self.records,
            states: &self.memory,
            bus: &bus,
            clock: &self.clock,
        };
        for event in self.records.take_outbox() {
            do_work(&self.networks(), &self.memory, &event).await.unwrap();
        }
        sweep_work(&ports).await.unwrap();
        for event in bus.take() {
            do_work(&self.networks(), &self.memory, &event).await.unwrap();
        }
    }

    /// The unit that the sensor measures.
    pub(crate) async fn unit_of(&self, caller: &Caller, sensor: SensorId) -> UnitId {
        let stored = self.store().get::<Sensor>(caller.scope, sensor).await.unwrap();
        stored.unwrap().record.unit_id.unwrap()
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A sensor of the organization, in a unit.
    pub(crate) async fn sensor(&self, caller: &Caller) -> SensorId {
        let kitchen = Kitchen::new(1);
        let mut sensor = kitchen.sensors.first().unwrap().clone();
        sensor.org_id = caller.scope.org_id();
        sensor.dev_eui = dev_eui();
        for mut unit in kitchen.records(self.now()) {
            self.memory.save(caller.scope, &mut unit, &[]).await.unwrap();
        }
        let change = Change::new(caller.scope, &caller.actor, "sensor.registered", sensor.id);
        let registry = Registry {
            records: &self.records,
            clock: &self.clock,
        };
        let change = claim_eui(change.insert(&sensor).unwrap(), &sensor).unwrap();
        registry.commit(change).await.unwrap();
        sensor.id
    }

    /// An administrator connects The Things Stack.
    pub(crate) async fn connected(&self, caller: &Caller) -> NewNetwork {
        let created = create_network(&self.networks(), caller, input(things_stack())).await;
        created.unwrap().view
    }
}

/// The sensor is to be registered there.
pub(crate) fn registration(network_id: NetworkId) -> ProvisionSensor {
    ProvisionSensor {
        network_id,
        join_eui: Some("A840410000000101".parse().unwrap()),
        app_key: Some("00112233445566778899AABBCCDDEEFF".parse().unwrap()),
    }
}

/// What the radio network calls the sensor.
pub(crate) const fn dev_eui() -> DevEui {
    DevEui(0xA840_41FF_FF18_2C3D)
}

pub(crate) fn things_stack() -> Server {
    server(json!({
        "kind": "things_stack", "address": { "sandbox": "nam1" }, "application_id": "harbour-bistro",
    }))
}

pub(crate) fn chirpstack(base_url: &str) -> Server {
    server(json!({
        "kind": "chirpstack",
        "base_url": base_url,
        "tenant_id": "52f14cd4-c6f1-4fbd-8f87-4025e1d49242",
        "application_id": "17c82e96-be03-4f38-aef3-f83d48582d97",
        "device_profile_id": "14855bf7-d10d-4aee-b618-ebfcb64dc7ad",
    }))
}

pub(crate) fn server(json: serde_json::Value) -> Server {
    serde_json::from_value(json).unwrap()
}

pub(crate) fn input(server: Server) -> CreateNetwork {
    CreateNetwork {
        name: Name::new("The Things Stack").unwrap(),
        server,
        api_key: KEY.parse().unwrap(),
    }
}

/// Why it was refused; `None` if it was not.
pub(crate) fn code<T>(result: Result<T, Failure>) -> Option<ProblemCode> {
    match result {
        Err(Failure::Refused(refusal)) => Some(refusal.code),
        _ => None,
    }
}
