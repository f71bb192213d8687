//! Things to test with.

use freshtrack_application::{OrgScope, Uplink};
use freshtrack_contracts::organization::{
    AreaDocument, OrganizationDocument, SensorDocument, SiteDocument, UnitDocument,
};
use freshtrack_domain::device::{DevEui, Sensor};
use freshtrack_domain::ids::{AreaId, Id, OrgId, SensorId, SiteId, Ulid, UnitId};
use freshtrack_domain::measurement::{CentiCelsius, TemperatureSample};
use freshtrack_domain::reading::{FrameCounter, Origin, Reading};
use freshtrack_domain::time::Timestamp;
use freshtrack_domain::unit::{UnitKind, UnitRecord, UnitState};
use std::hash::{BuildHasher, Hasher, RandomState};

/// An identifier that nobody has drawn before, so that tests can share a store.
#[must_use]
pub fn fresh_id<I: Id>() -> I {
    I::from_ulid(Ulid::from_parts(
        1_790_000_000_000,
        u128::from(random()) << 64 | u128::from(random()),
    ))
}

/// Every [`RandomState`] has keys of its own.
fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}

/// An organization with one site, one area, and refrigerators with one sensor each and ten minutes to confirm.
#[derive(Debug, Clone)]
pub struct Kitchen {
    /// The organization.
    pub org_id: OrgId,
    /// Its site.
    pub site_id: SiteId,
    /// The site's area.
    pub area_id: AreaId,
    /// One Dragino LHT65N for each unit.
    pub sensors: Vec<Sensor>,
}

impl Kitchen {
    /// A new organization with `units` refrigerators.
    #[must_use]
    pub fn new(units: usize) -> Self {
        let org_id = fresh_id();
        let sensors = (0..units).map(|_| Sensor {
            unit_id: Some(fresh_id()),
            primary: true,
            ..Sensor::new(fresh_id(), org_id, DevEui(random()), "dragino-lht65n")
        });
        Self {
            org_id,
            site_id: fresh_id(),
            area_id: fresh_id(),
            sensors: sensors.collect(),
        }
    }

    /// On behalf of the organization.
    #[must_use]
    pub const fn scope(&self) -> OrgScope {
        OrgScope::granted(self.org_id)
    }

    /// Its units, in the order of their sensors.
    #[must_use]
    pub fn units(&self) -> Vec<UnitId> {
        self.sensors.iter().filter_map(|sensor| sensor.unit_id).collect()
    }

    /// The states of its units when nothing has been heard of them.
    #[must_use]
    pub fn records(&self, now: Timestamp) -> Vec<UnitRecord> {
        let state = |unit| UnitState::new(unit, self.site_id, self.area_id, UnitKind::Fridge, now);
        self.units()
            .into_iter()
            .map(|unit| UnitRecord::new(state(unit)))
            .collect()
    }

    /// The document that brings it in.
    #[must_use]
    pub fn document(&self) -> OrganizationDocument {
        let unit = |(number, (id, sensor)): (usize, (UnitId, &Sensor))| UnitDocument {
            id,
            name: format!("Reach-in {number}"),
            kind: UnitKind::Fridge,
            low_c: None,
            high_c: None,
            confirm_minutes: Some(10),
            sensors: vec![SensorDocument {
                id: sensor.id,
                dev_eui: sensor.dev_eui.to_string(),
                model: sensor.model.clone(),
                source: sensor.source,
                primary: None,
                report_interval_seconds: Some(300),
                offset_c: None,
            }],
        };
        let area = AreaDocument {
            id: self.area_id,
            name: "Line".to_owned(),
            units: (1..)
                .zip(self.units().into_iter().zip(&self.sensors))
                .map(unit)
                .collect(),
        };
        OrganizationDocument {
            id: self.org_id,
            name: "Harbour Bistro".to_owned(),
            slug: None,
            time_zone: None,
            sites: vec![SiteDocument {
                id: self.site_id,
                name: "Pier 4".to_owned(),
                time_zone: "America/New_York".to_owned(),
                areas: vec![area],
            }],
            access_keys: Vec::new(),
        }
    }
}

/// What `sensor_id`, which drives its unit, measured: `centi` hundredths of a degree Celsius.
#[must_use]
pub fn reading(sensor_id: SensorId, recorded_at: Timestamp, centi: i32) -> Reading {
    Reading {
        temperature: Some(TemperatureSample::judge(CentiCelsius(centi))),
        ..Reading::new(sensor_id, recorded_at, Origin::Upload)
    }
}

/// The frame of a Dragino LHT65N whose temperature probe (Ext=1) measured `centi` hundredths of a degree: 3.062 V,
/// 21.50 °C and 45.0 % around the sensor (LHT65N user manual, 2.4).
#[must_use]
pub fn lht65n_payload(centi: i16) -> Vec<u8> {
    let [high, low] = centi.to_be_bytes();
    vec![0xCB, 0xF6, 0x08, 0x66, 0x01, 0xC2, 0x01, high, low, 0x7F, 0xFF]
}

/// That frame as a network server delivers it: the `count`th of its session.
#[must_use]
pub fn lht65n_uplink(dev_eui: DevEui, received_at: Timestamp, count: u32, centi: i16) -> Uplink {
    Uplink {
        dev_eui,
        received_at,
        frame: Some(FrameCounter { count, session: 1 }),
        f_port: Some(2),
        payload: lht65n_payload(centi),
        decoded: None,
        rssi_dbm: Some(-97),
        gateways: Vec::new(),
    }
}
