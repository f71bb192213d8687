//! Sensors, as whoever takes their readings looks them up.

use crate::keys::{self, Key};
use crate::table::{Table, data};
use async_trait::async_trait;
use freshtrack_application::devices::eui_claim;
use freshtrack_application::ports::{Clock, Devices, Record, SensorKey};
use freshtrack_application::{OrgScope, PortError};
use freshtrack_domain::device::{DevEui, Sensor};
use freshtrack_domain::ids::SensorId;
use freshtrack_domain::time::{Span, Timestamp};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How long a sensor once found is believed, unless its unit knows of a newer version: whatever else hangs on a sensor
/// reaches every sandbox within this time. As long as the
/// gateway believes an authorizer, so that one minute is the bound for everything that is set up.
const REMEMBERED: Span = Span::seconds(60);

/// Sensors in the table. Those found are remembered for a minute; unknown ones are not, so that a device works from the
/// moment it is registered.
pub struct Directory {
    table: Arc<Table>,
    clock: Arc<dyn Clock>,
    sensors: Mutex<HashMap<Key, (Timestamp, Sensor)>>,
}

impl Directory {
    /// The sensors in `table`, remembered by `clock`.
    #[must_use]
    pub fn new(table: Arc<Table>, clock: Arc<dyn Clock>) -> Self {
        Self {
            table,
            clock,
            sensors: Mutex::default(),
        }
    }

    async fn sensor(&self, op: &'static str, scope: OrgScope, key: Key) -> Result<Option<Sensor>, PortError> {
        let ours = |sensor: &Sensor| sensor.org_id == scope.org_id();
        let now = self.clock.now();
        // Another organization's says nothing: the device may have changed hands since.
        if let Some(sensor) = self.remembered(&key, now).filter(ours) {
            return Ok(Some(sensor));
        }
        self.read(op, scope, key, false).await
    }

    async fn read(
        &self,
        op: &'static str,
        scope: OrgScope,
        key: Key,
        consistent: bool,
    ) -> Result<Option<Sensor>, PortError> {
        let Some(mut item) = self.table.get(op, &key, consistent).await? else {
            return Ok(None);
        };
        let sensor: Sensor = data(op, &mut item)?;
        // One that measures nothing yet is not remembered: it works from the moment it is assigned.
        if sensor.unit_id.is_some() {
            self.remember(key, &sensor, self.clock.now());
        }
        Ok(Some(sensor).filter(|sensor| sensor.org_id == scope.org_id()))
    }

    fn remembered(&self, key: &Key, now: Timestamp) -> Option<Sensor> {
        let sensors = self.sensors.lock().unwrap_or_else(PoisonError::into_inner);
        sensors
            .get(key)
            .filter(|(at, _)| now.since(*at) < REMEMBERED)
            .map(|(_, sensor)| sensor.clone())
    }

    fn forget(&self, key: &Key) {
        let mut sensors = self.sensors.lock().unwrap_or_else(PoisonError::into_inner);
        sensors.remove(key);
    }

    fn remember(&self, key: Key, sensor: &Sensor, now: Timestamp) {
        let mut sensors = self.sensors.lock().unwrap_or_else(PoisonError::into_inner);
        sensors.insert(key, (now, sensor.clone()));
    }
}

#[async_trait]
impl Devices for Directory {
    async fn by_eui(&self, scope: OrgScope, dev_eui: DevEui) -> Result<Option<Sensor>, PortError> {
        let key = keys::claim(&eui_claim(dev_eui));
        self.sensor("devices.by_eui", scope, key).await
    }

    async fn by_id(&self, scope: OrgScope, sensor_id: SensorId) -> Result<Option<Sensor>, PortError> {
        let key = keys::record(scope.into(), Sensor::KIND, &sensor_id.to_string());
        self.sensor("devices.by_id", scope, key).await
    }

    async fn now(&self, scope: OrgScope, key: SensorKey) -> Result<Option<Sensor>, PortError> {
        let key = match key {
            SensorKey::DevEui(dev_eui) => keys::claim(&eui_claim(dev_eui)),
            SensorKey::Id(id) => keys::record(scope.into(), Sensor::KIND, &id.to_string()),
        };
        self.forget(&key);
        self.read("devices.now", scope, key, true).await
    }
}
