//! Places and sensors: what an organization consists of.

use crate::error::{corrupt, sdk};
use crate::keys::{self, Key};
use crate::table::{Condition, DATA, PK, Query, SK, Table, data, item, text, text_of};
use async_trait::async_trait;
use aws_sdk_dynamodb::types::{Delete, Put, ReturnConsumedCapacity, TransactWriteItem};
use freshtrack_application::ports::{Devices, Organizations, Places, PlacesOfOrg};
use freshtrack_application::{OrgScope, PortError};
use freshtrack_domain::device::{DevEui, Sensor};
use freshtrack_domain::ids::{Id, OrgId, SensorId};
use freshtrack_domain::place::Organization;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a sensor once found is believed: a change reaches every sandbox within this time.
const SENSOR_CACHE: Duration = Duration::from_secs(300);

/// Places and sensors in the table. Sensors found are remembered for five minutes, unknown ones are not, so
/// that a device works from the moment it is registered.
#[derive(Debug)]
pub struct Directory {
    table: Arc<Table>,
    sensors: Mutex<HashMap<Key, (Instant, Sensor)>>,
}

impl Directory {
    /// The directory in `table`.
    #[must_use]
    pub fn new(table: Arc<Table>) -> Self {
        Self {
            table,
            sensors: Mutex::default(),
        }
    }

    async fn sensor(&self, op: &'static str, scope: OrgScope, key: Key) -> Result<Option<Sensor>, PortError> {
        let ours = |sensor: &Sensor| sensor.org_id == scope.org_id();
        if let Some(sensor) = self.remembered(&key) {
            return Ok(Some(sensor).filter(ours));
        }
        let Some(mut item) = self.table.get(op, &key, false).await? else {
            return Ok(None);
        };
        let sensor: Sensor = data(op, &mut item)?;
        self.remember(key, &sensor);
        Ok(Some(sensor).filter(ours))
    }

    fn remembered(&self, key: &Key) -> Option<Sensor> {
        let sensors = self.sensors.lock().unwrap_or_else(PoisonError::into_inner);
        sensors
            .get(key)
            .filter(|(at, _)| at.elapsed() < SENSOR_CACHE)
            .map(|(_, sensor)| sensor.clone())
    }

    fn forget(&self, key: &Key) {
        self.sensors
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(key);
    }

    fn remember(&self, key: Key, sensor: &Sensor) {
        let mut sensors = self.sensors.lock().unwrap_or_else(PoisonError::into_inner);
        sensors.insert(key, (Instant::now(), sensor.clone()));
    }
}

#[async_trait]
impl Devices for Directory {
    async fn by_eui(&self, scope: OrgScope, dev_eui: DevEui) -> Result<Option<Sensor>, PortError> {
        self.sensor("devices.by_eui", scope, keys::dev_eui(dev_eui)).await
    }

    async fn by_id(&self, scope: OrgScope, sensor_id: SensorId) -> Result<Option<Sensor>, PortError> {
        self.sensor("devices.by_id", scope, keys::sensor(scope.org_id(), sensor_id))
            .await
    }
}

#[async_trait]
impl Places for Directory {
    async fn all(&self, scope: OrgScope) -> Result<Option<PlacesOfOrg>, PortError> {
        const OP: &str = "places.all";
        let pk = keys::org_partition(scope.org_id());
        let (mut organization, mut sites, mut areas, mut units) = (None, Vec::new(), Vec::new(), Vec::new());
        // Four narrow ranges instead of the whole partition, which also holds every state and alert.
        for prefix in ["ORG#", "SITE#", "AREA#", "UNIT#"] {
            let query = Query::new(
                "pk = :pk AND begins_with(sk, :sk)",
                &pk,
                vec![(":sk", prefix.to_owned())],
            );
            for mut item in self.table.query(OP, query).await? {
                match text_of(&item, SK).split('#').next() {
                    Some("ORG") => organization = Some(data::<Organization>(OP, &mut item)?),
                    Some("SITE") => sites.push(data(OP, &mut item)?),
                    Some("AREA") => areas.push(data(OP, &mut item)?),
                    _ => units.push(data(OP, &mut item)?),
                }
            }
        }
        Ok(organization.map(|organization| PlacesOfOrg {
            organization,
            sites,
            areas,
            units,
        }))
    }
}

#[async_trait]
impl Organizations for Directory {
    async fn put_places(&self, places: &PlacesOfOrg) -> Result<(), PortError> {
        const OP: &str = "organizations.put_places";
        let org = places.organization.id;
        let mut items = Vec::new();
        for site in &places.sites {
            items.push(item(OP, "site", &keys::site(org, site.id), site)?);
        }
        for area in &places.areas {
            items.push(item(OP, "area", &keys::area(org, area.id), area)?);
        }
        for unit in &places.units {
            items.push(item(OP, "unit", &keys::unit(org, unit.id), unit)?);
        }
        for item in items {
            self.table.put(OP, item, None).await?;
        }
        Ok(())
    }

    async fn put_sensor(&self, sensor: &Sensor) -> Result<(), PortError> {
        const OP: &str = "organizations.put_sensor";
        let by_id = keys::sensor(sensor.org_id, sensor.id);
        let by_eui = keys::dev_eui(sensor.dev_eui);
        let before: Option<Sensor> = match self.table.get(OP, &by_id, true).await? {
            Some(mut item) => Some(data(OP, &mut item)?),
            None => None,
        };
        // The claim on the DevEUI holds its owner at its top level, where a condition can see it.
        let owner = owner(sensor.org_id, sensor.id);
        let free = unclaimed_or_owned_by(&owner);
        let mut claim = item(OP, "dev_eui", &by_eui, sensor)?;
        claim.insert("owner".to_owned(), text(owner));
        let put = |item| Put::builder().table_name(&self.table.name).set_item(Some(item));
        let claim = put(claim)
            .condition_expression(free.expression)
            .set_expression_attribute_names(free.names())
            .set_expression_attribute_values(free.values())
            .build()
            .map_err(|error| corrupt(OP, error))?;
        let own = put(item(OP, "sensor", &by_id, sensor)?);
        // Only in place of what was read: it says which claim ends.
        let own = match &before {
            None => own.condition_expression(Condition::ABSENT.expression),
            Some(before) => own
                .condition_expression("#data.#eui = :eui")
                .expression_attribute_names("#data", DATA)
                .expression_attribute_names("#eui", "dev_eui")
                .expression_attribute_values(":eui", text(before.dev_eui.to_string())),
        };
        let own = own.build().map_err(|error| corrupt(OP, error))?;
        let mut writes = vec![
            TransactWriteItem::builder().put(claim).build(),
            TransactWriteItem::builder().put(own).build(),
        ];
        let exchanged = before.filter(|before| before.dev_eui != sensor.dev_eui);
        let ended = exchanged.map(|before| keys::dev_eui(before.dev_eui));
        if let Some(ended) = &ended {
            let end = Delete::builder()
                .table_name(&self.table.name)
                .key(PK, text(&ended.pk))
                .key(SK, text(&ended.sk))
                .condition_expression(free.expression)
                .set_expression_attribute_names(free.names())
                .set_expression_attribute_values(free.values())
                .build()
                .map_err(|error| corrupt(OP, error))?;
            writes.push(TransactWriteItem::builder().delete(end).build());
        }
        let written = self
            .table
            .client
            .transact_write_items()
            .set_transact_items(Some(writes))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(|error| sdk(OP, error))?;
        for consumed in written.consumed_capacity() {
            self.table.metered_write(Some(consumed));
        }
        if let Some(ended) = &ended {
            self.forget(ended);
        }
        self.remember(by_id, sensor);
        self.remember(by_eui, sensor);
        Ok(())
    }
}

/// Who claims something unique: an identifier alone may have been copied from another organization's document.
fn owner(org_id: OrgId, id: impl Id) -> String {
    format!("{org_id}#{id}")
}

/// The condition under which something unique may be claimed, or claimed again, by `owner`.
fn unclaimed_or_owned_by(owner: &str) -> Condition {
    Condition::on(
        "attribute_not_exists(pk) OR #owner = :owner",
        ":owner",
        text(owner),
    )
    .naming("#owner", "owner")
}
