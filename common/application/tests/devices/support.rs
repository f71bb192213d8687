//! A kitchen whose devices are seen to, and the way in for their frames.

use async_trait::async_trait;
use freshtrack_application::devices::{
    claim_frame, follow_device_change, get_sensor, register_sensor, update_sensor,
};
use freshtrack_application::places::{At, follow_change};
use freshtrack_application::ports::{Clock, Devices, IdSource, Records, SensorKey, UnitStates};
use freshtrack_application::{
    Actor, Caller, Failure, OrgScope, PageRequest, PortError, ReadingsOf, ReceiveUplinks, Refusal, SetUp,
    Uplink, list_readings,
};
use freshtrack_contracts::devices::{ClaimFrame, RegisterSensor, SensorView, UpdateSensor};
use freshtrack_contracts::events::Event;
use freshtrack_contracts::ingest::ItemStatus;
use freshtrack_contracts::page::PageSize;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_contracts::readings::ReadingView;
use freshtrack_domain::access::{Role, Sites};
use freshtrack_domain::device::{DevEui, GatewayEui, Sensor};
use freshtrack_domain::ids::{FrameId, OrgId, SensorId, SiteId, UnitId};
use freshtrack_domain::measurement::MeasurementSource;
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_domain::unit::UnitRecord;
use freshtrack_testkit::{Kitchen, MemoryVault, World, lht65n_uplink};
use std::collections::BTreeMap;
use std::sync::Mutex;

/// Minute zero.
pub(crate) const START: Timestamp = Timestamp::from_seconds(1_790_000_000);
/// The sensor that is registered in most stories.
pub(crate) const EUI: DevEui = DevEui(0xA840_4100_0018_2C3D);

pub(crate) fn minute(minutes: u32) -> Timestamp {
    START + Span::minutes(minutes)
}

/// A kitchen with its devices.
pub(crate) struct Depot {
    pub(crate) world: World,
    pub(crate) kitchen: Kitchen,
    pub(crate) vault: MemoryVault,
    pub(crate) remembered: Remembering,
}

/// What a process remembers of the sensors it has looked up: for ever, so that whoever believes it is found out.
#[derive(Default)]
pub(crate) struct Remembering(Mutex<BTreeMap<DevEui, Sensor>>);

/// Looks sensors up in `records`, unless they are remembered.
pub(crate) struct Lookup<'a> {
    records: &'a dyn Devices,
    remembered: &'a Remembering,
}

#[async_trait]
impl Devices for Lookup<'_> {
    async fn by_eui(&self, scope: OrgScope, dev_eui: DevEui) -> Result<Option<Sensor>, PortError> {
        let known = self.remembered.0.lock().unwrap().get(&dev_eui).cloned();
        match known {
            Some(sensor) => Ok(Some(sensor).filter(|sensor| sensor.org_id == scope.org_id())),
            None => self.now(scope, SensorKey::DevEui(dev_eui)).await,
        }
    }

    async fn by_id(&self, scope: OrgScope, sensor_id: SensorId) -> Result<Option<Sensor>, PortError> {
        self.records.by_id(scope, sensor_id).await
    }

    async fn now(&self, scope: OrgScope, key: SensorKey) -> Result<Option<Sensor>, PortError> {
        let found = self.records.now(scope, key).await?;
        let mut remembered = self.remembered.0.lock().unwrap();
        if let SensorKey::DevEui(dev_eui) = key {
            remembered.remove(&dev_eui);
        }
        if let Some(sensor) = found.as_ref().filter(|sensor| sensor.unit_id.is_some()) {
            remembered.insert(sensor.dev_eui, sensor.clone());
        }
        Ok(found)
    }
}

impl Depot {
    /// A kitchen of `units` refrigerators, each with a sensor that an operator brought in.
    pub(crate) async fn new(units: usize) -> Self {
        let (world, kitchen) = (World::at(START), Kitchen::new(units));
        world.import(&kitchen).await.unwrap();
        Self {
            world,
            kitchen,
            vault: MemoryVault::default(),
            remembered: Remembering::default(),
        }
    }

    pub(crate) fn records(&self) -> &dyn Records {
        &self.world.records
    }

    pub(crate) fn set_up(&self) -> SetUp<'_> {
        self.set_up_with(&self.world.ids)
    }

    pub(crate) fn set_up_with<'a>(&'a self, ids: &'a dyn IdSource) -> SetUp<'a> {
        SetUp {
            records: &self.world.records,
            states: &self.world.memory,
            ids,
            clock: &self.world.clock,
        }
    }

    /// A member of the kitchen.
    pub(crate) fn member(&self, role: Role, sites: Sites) -> Caller {
        caller(self.kitchen.org_id, role, sites)
    }

    pub(crate) fn owner(&self) -> Caller {
        self.member(Role::Owner, Sites::All)
    }

    /// Somebody who manages devices in one site only.
    pub(crate) fn of_site(&self, site: SiteId) -> Caller {
        self.member(Role::Admin, Sites::Only([site].into()))
    }

    pub(crate) fn unit(&self, number: usize) -> UnitId {
        self.kitchen.units()[number]
    }

    pub(crate) async fn register(&self, input: RegisterSensor) -> Result<SensorView, Failure> {
        let registered = register_sensor(&self.set_up(), &self.vault, &self.owner(), input).await;
        registered.map(|registered| registered.view)
    }

    /// A Dragino LHT65N called [`EUI`] in unit `number`.
    pub(crate) async fn fitted(&self, number: usize) -> SensorView {
        self.register(sensor(EUI, Some(self.unit(number)))).await.unwrap()
    }

    pub(crate) async fn update(
        &self,
        id: SensorId,
        read: Option<u64>,
        input: UpdateSensor,
    ) -> Result<At<SensorView>, Failure> {
        update_sensor(&self.set_up(), &self.vault, &self.owner(), id, read, input).await
    }

    /// Registers the device of a kept frame as a Dragino LHT65N in the first unit.
    pub(crate) async fn claim(&self, id: FrameId) -> Result<SensorView, Failure> {
        let input = ClaimFrame {
            model: "dragino-lht65n".to_owned(),
            name: None,
            unit_id: Some(self.unit(0)),
            primary: None,
            source: MeasurementSource::Auto,
            report_interval_seconds: None,
        };
        let (set_up, owner) = (self.set_up(), self.owner());
        let claimed = claim_frame(&set_up, &self.vault, &self.world.memory, &owner, id, input).await;
        claimed.map(|claimed| claimed.view)
    }

    pub(crate) async fn sensor(&self, id: SensorId) -> SensorView {
        get_sensor(&self.set_up(), &self.owner(), id).await.unwrap().view
    }

    pub(crate) async fn stored(&self, id: SensorId) -> Sensor {
        let stored = self
            .records()
            .get::<Sensor>(self.kitchen.scope(), id)
            .await
            .unwrap();
        stored.unwrap().record
    }

    /// The sensor that was brought in for unit `number`.
    pub(crate) fn brought_in(&self, number: usize) -> SensorId {
        self.kitchen.sensors[number].id
    }

    pub(crate) fn receive<'a>(&'a self, lookup: &'a Lookup<'a>) -> ReceiveUplinks<'a> {
        ReceiveUplinks {
            devices: lookup,
            ..self.world.receive()
        }
    }

    pub(crate) fn lookup(&self) -> Lookup<'_> {
        Lookup {
            records: &self.world.records,
            remembered: &self.remembered,
        }
    }

    /// The frame number `count` of `dev_eui`, ten minutes after the one before, in hundredths of a degree; what became of
    /// it.
    pub(crate) async fn frame(&self, dev_eui: DevEui, count: u32, centi: i16) -> ItemStatus {
        let at = minute(count * 10);
        self.world.clock.set(at);
        let lookup = self.lookup();
        let uplink = lht65n_uplink(dev_eui, at, count, centi);
        let report = self
            .receive(&lookup)
            .receive(self.kitchen.scope(), vec![uplink])
            .await;
        report.unwrap().results[0].status
    }

    /// The frame number `count` of the sensor that was brought in for unit `number`, ten minutes after the one before, as it
    /// comes by `gateways`; what became of it.
    pub(crate) async fn frame_by(&self, number: usize, count: u32, gateways: &[GatewayEui]) -> ItemStatus {
        let at = minute(count * 10);
        self.world.clock.set(at);
        let uplink = Uplink {
            gateways: gateways.to_vec(),
            ..lht65n_uplink(self.kitchen.sensors[number].dev_eui, at, count, 350)
        };
        let report = self
            .world
            .receive()
            .receive(self.kitchen.scope(), vec![uplink])
            .await;
        report.unwrap().results[0].status
    }

    pub(crate) async fn readings(&self, number: usize) -> Vec<ReadingView> {
        let (caller, unit_id) = (self.member(Role::Viewer, Sites::All), self.unit(number));
        let all = PageRequest::of(PageSize::SERIES);
        let now = self.world.clock.now();
        let list = list_readings(
            &self.world.memory,
            &self.world.memory,
            &self.world.clock,
            &caller,
            ReadingsOf {
                unit_id,
                from: Some(START),
                to: Some(now),
            },
            &all,
        );
        list.await.unwrap().items
    }

    pub(crate) async fn state(&self, number: usize) -> UnitRecord {
        let state = self
            .world
            .memory
            .load(self.kitchen.scope(), self.unit(number))
            .await;
        state.unwrap().unwrap()
    }

    /// Lets the workers do what follows from what was changed so far, until nothing does.
    pub(crate) async fn follow(&self) {
        loop {
            let events = self.world.records.take_outbox();
            if events.is_empty() {
                return;
            }
            self.told(&events).await;
        }
    }

    /// Lets the workers do what follows from `events`.
    pub(crate) async fn told(&self, events: &[Event]) {
        let lookup = self.lookup();
        for event in events {
            follow_change(&self.set_up().follow(), event).await.unwrap();
            follow_device_change(&self.set_up(), &self.receive(&lookup), event)
                .await
                .unwrap();
        }
    }
}

pub(crate) fn caller(org_id: OrgId, role: Role, sites: Sites) -> Caller {
    Caller {
        scope: OrgScope::granted(org_id),
        actor: Actor::new("usr_somebody"),
        rights: role.rights(),
        sites,
    }
}

/// A Dragino LHT65N, and nothing else said of it.
pub(crate) fn sensor(dev_eui: DevEui, unit_id: Option<UnitId>) -> RegisterSensor {
    RegisterSensor {
        dev_eui,
        join_eui: None,
        app_key: None,
        model: "dragino-lht65n".to_owned(),
        name: None,
        unit_id,
        primary: None,
        source: MeasurementSource::Auto,
        report_interval_seconds: None,
    }
}

/// Why it was refused.
pub(crate) fn refused<T: std::fmt::Debug>(result: Result<T, Failure>) -> Refusal {
    match result {
        Err(Failure::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn code<T: std::fmt::Debug>(result: Result<T, Failure>) -> ProblemCode {
    refused(result).code
}
