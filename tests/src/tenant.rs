//! An organization and its credentials, with everything it may ask of the system.

use crate::api::{Answer, Api};
use crate::socket::{Refused, Socket};
use freshtrack_contracts::alerts::{AlertDetail, AlertView};
use freshtrack_contracts::ingest::{IngestReport, ItemStatus, QuarantinedFrame};
use freshtrack_contracts::live::Ticket;
use freshtrack_contracts::organization::{
    AccessKeyDocument, AreaDocument, OrganizationDocument, SensorDocument, SiteDocument, UnitDocument,
};
use freshtrack_contracts::page::Page;
use freshtrack_contracts::places::{Overview, UnitView};
use freshtrack_contracts::readings::ReadingView;
use freshtrack_domain::access::{AccessKeySecret, Right};
use freshtrack_domain::alert::AlertStatus;
use freshtrack_domain::ids::{AlertId, FrameId, OrgId, SensorId, UnitId};
use freshtrack_domain::time::Timestamp;
use freshtrack_domain::unit::UnitKind;
use freshtrack_testkit::fresh_id;
use serde_json::{Value as Json, json};

/// An organization and its credentials, one for each right.
#[derive(Debug, Clone)]
pub struct Tenant {
    /// Where the system is.
    pub api: Api,
    /// The document that brings the organization in.
    pub document: OrganizationDocument,
}

impl Tenant {
    /// An organization that nobody has heard of yet, with one site and `units` refrigerators in one area: 0 to 5 °C, ten
    /// minutes to confirm, and in each a Dragino LHT65N that reports every five minutes.
    #[must_use]
    pub fn new(api: Api, units: usize) -> Self {
        let unit = |number: usize| UnitDocument {
            id: fresh_id(),
            name: format!("Reach-in {number}"),
            kind: UnitKind::Fridge,
            low_c: Some(0.0),
            high_c: Some(5.0),
            confirm_minutes: Some(10),
            sensors: vec![sensor("dragino-lht65n")],
        };
        let key = |right: Right| AccessKeyDocument {
            id: fresh_id(),
            name: right.name().to_owned(),
            secret: AccessKeySecret::from_entropy(rand::random()).reveal(),
            rights: vec![right],
        };
        let area = AreaDocument {
            id: fresh_id(),
            name: "Line".to_owned(),
            units: (1..=units).map(unit).collect(),
        };
        let site = SiteDocument {
            id: fresh_id(),
            name: "Pier 4".to_owned(),
            time_zone: "America/New_York".to_owned(),
            areas: vec![area],
        };
        let document = OrganizationDocument {
            id: fresh_id(),
            name: "Harbour Bistro".to_owned(),
            slug: None,
            time_zone: None,
            sites: vec![site],
            access_keys: Right::ALL
                .into_iter()
                .filter(|right| right.is_for_keys())
                .map(key)
                .collect(),
        };
        Self { api, document }
    }

    /// Brings the organization in, or up to date, as an operator does.
    ///
    /// # Panics
    /// When the system does not take it.
    pub async fn import(&self) {
        if let Err(error) = self.try_import().await {
            panic!("the organization was not imported: {error}");
        }
    }

    /// As [`Tenant::import`].
    ///
    /// # Errors
    /// What the system said when it did not take it.
    pub async fn try_import(&self) -> Result<Json, Json> {
        let document = serde_json::to_value(&self.document).unwrap();
        self.api.invoke("platform-import-organization", &document).await
    }

    /// The organization's identifier.
    #[must_use]
    pub fn org_id(&self) -> OrgId {
        self.document.id
    }

    /// The key that allows `right` and nothing else.
    #[must_use]
    pub fn key(&self, right: Right) -> &str {
        let keys = &self.document.access_keys;
        &keys.iter().find(|key| key.rights == [right]).unwrap().secret
    }

    /// The unit at `index`.
    #[must_use]
    pub fn unit(&self, index: usize) -> &UnitDocument {
        &self.document.sites[0].areas[0].units[index]
    }

    /// The unit at `index`, to be changed before the next import.
    pub fn unit_mut(&mut self, index: usize) -> &mut UnitDocument {
        &mut self.document.sites[0].areas[0].units[index]
    }

    /// The DevEUI of the sensor of the unit at `index`.
    #[must_use]
    pub fn dev_eui(&self, index: usize) -> &str {
        &self.unit(index).sensors[0].dev_eui
    }

    /// The sensor of the unit at `index`.
    #[must_use]
    pub fn sensor(&self, index: usize) -> SensorId {
        self.unit(index).sensors[0].id
    }

    /// `rest` below the organization's path.
    #[must_use]
    pub fn path(&self, rest: &str) -> String {
        format!("/v1/orgs/{}/{rest}", self.org_id())
    }

    /// What stands below the organization's path at `rest`, as whoever may read sees it.
    pub async fn read(&self, rest: &str) -> Answer {
        self.api.get(&self.path(rest), self.key(Right::Read)).await
    }

    /// Posts to the way in that `rest` names.
    pub async fn ingest(&self, rest: &str, body: impl ToString) -> Answer {
        let path = self.path(rest);
        self.api
            .post(&path, self.key(Right::Ingest), body.to_string())
            .await
    }

    /// Sends a message as The Things Stack does.
    pub async fn things_stack(&self, body: &Json) -> IngestReport {
        self.ingest("ingest/things-stack", body).await.ok()
    }

    /// Sends an event of the kind `event` as ChirpStack does.
    pub async fn chirpstack(&self, event: &str, body: &Json) -> IngestReport {
        let path = format!("ingest/chirpstack?event={event}");
        self.ingest(&path, body).await.ok()
    }

    /// Uploads readings.
    pub async fn upload(&self, readings: &[Json]) -> IngestReport {
        self.ingest("readings", json!({ "readings": readings }))
            .await
            .ok()
    }

    /// Everything the organization has, with what is happening in it.
    pub async fn overview(&self) -> Overview {
        self.read("overview").await.ok()
    }

    /// The unit at `index` as the overview shows it.
    pub async fn unit_view(&self, index: usize) -> UnitView {
        let id = self.unit(index).id;
        let overview = self.overview().await;
        let mut units = overview
            .sites
            .into_iter()
            .flat_map(|site| site.areas)
            .flat_map(|area| area.units);
        units.find(|unit| unit.id == id).unwrap()
    }

    /// The readings of a unit from `from` to `to`.
    pub async fn readings_between(&self, unit: UnitId, from: Timestamp, to: Timestamp) -> Vec<ReadingView> {
        let path = format!("units/{unit}/readings?from={from}&to={to}");
        let list: Page<ReadingView> = self.read(&path).await.ok();
        list.items
    }

    /// The readings of the unit at `index` of the last 24 hours.
    pub async fn readings(&self, index: usize) -> Vec<ReadingView> {
        let path = format!("units/{}/readings", self.unit(index).id);
        let list: Page<ReadingView> = self.read(&path).await.ok();
        list.items
    }

    /// Its alerts of this status, the newest first.
    pub async fn alerts(&self, status: AlertStatus) -> Page<AlertView> {
        let status = match status {
            AlertStatus::Open => "open",
            AlertStatus::Resolved => "resolved",
        };
        self.read(&format!("alerts?status={status}")).await.ok()
    }

    /// One alert with its trail.
    pub async fn alert(&self, id: AlertId) -> AlertDetail {
        self.read(&format!("alerts/{id}")).await.ok()
    }

    /// The frames kept aside.
    pub async fn quarantine(&self) -> Page<QuarantinedFrame> {
        let key = self.key(Right::ManageDevices);
        self.api.get(&self.path("quarantine"), key).await.ok()
    }

    /// Takes a frame in again.
    pub async fn replay(&self, frame: FrameId) -> Answer {
        let path = self.path(&format!("quarantine/{frame}/replay"));
        self.api.post(&path, self.key(Right::ManageDevices), "").await
    }

    /// A ticket for one socket.
    pub async fn ticket(&self) -> Ticket {
        let path = self.path("live/tickets");
        self.api.post(&path, self.key(Right::Read), "").await.ok()
    }

    /// A socket, open and subscribed to nothing.
    ///
    /// # Panics
    /// When it is not let in.
    pub async fn socket(&self) -> Socket {
        match Socket::open(&self.ticket().await.url).await {
            Ok(socket) => socket,
            Err(Refused { status, body }) => panic!("the socket was not let in: {status} {body}"),
        }
    }

    /// A socket that hears of everything in the organization.
    pub async fn watching(&self) -> Socket {
        let mut socket = self.socket().await;
        socket.subscribe(json!(["org"])).await;
        socket
    }
}

/// A sensor of `model` that nobody has heard of yet.
fn sensor(model: &str) -> SensorDocument {
    SensorDocument {
        id: fresh_id(),
        dev_eui: format!("{:016X}", rand::random::<u64>()),
        model: model.to_owned(),
        source: freshtrack_domain::measurement::MeasurementSource::Auto,
        primary: None,
        report_interval_seconds: Some(300),
        offset_c: None,
    }
}

impl Tenant {
    /// Fits another sensor of `model` to the unit at `index`, to be there from the next import on; gives its DevEUI.
    pub fn add_sensor(&mut self, index: usize, model: &str) -> String {
        let sensors = &mut self.unit_mut(index).sensors;
        let sensor = SensorDocument {
            // The first one drives the unit.
            primary: Some(sensors.is_empty()),
            ..sensor(model)
        };
        let dev_eui = sensor.dev_eui.clone();
        sensors.push(sensor);
        dev_eui
    }
}

/// What became of each item.
#[must_use]
pub fn statuses(report: &IngestReport) -> Vec<ItemStatus> {
    report.results.iter().map(|result| result.status).collect()
}
