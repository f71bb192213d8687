//! Sensors and gateways: how they are registered, moved, replaced, calibrated and retired.

mod app_keys;
mod calibrations;
mod catalogue;
mod claim_frame;
mod fitting;
mod follow_changes;
mod gateways;
mod heard_gateways;
mod moves;
mod registration;
mod sensors;
mod view;

pub use app_keys::app_key;
pub(crate) use app_keys::{has_app_key, keep_app_key};
pub use calibrations::{get_calibration, list_calibrations, record_calibration};
pub use catalogue::{decode_frame, get_model, list_models};
pub use claim_frame::claim_frame;
pub(crate) use fitting::Refit;
pub use follow_changes::follow_device_change;
pub use gateways::{create_gateway, get_gateway, list_gateways, retire_gateway, update_gateway};
pub use heard_gateways::HeardGateways;
pub use moves::{assign_sensor, replace_sensor, retire_sensor, unassign_sensor};
pub use registration::{claim_eui, eui_claim, release_eui, rewrite_sensor};
pub(crate) use registration::{eui_taken, revise_sensor};
pub use sensors::{SensorQuery, get_sensor, list_sensors, register_sensor, update_sensor};

use crate::error::{Failure, PortError, Refusal};
use crate::places::settle_unit;
use crate::ports::Stored;
use crate::scope::{Caller, OrgScope};
use crate::set_up::SetUp;
use freshtrack_domain::access::Right;
use freshtrack_domain::device::Sensor;
use freshtrack_domain::ids::{SensorId, SiteId, UnitId};
use freshtrack_domain::place::Unit;
use std::collections::BTreeMap;

impl SetUp<'_> {
    /// The unit `id`, if it is there and the caller may see its site.
    async fn unit(&self, caller: &Caller, id: UnitId) -> Result<Stored<Unit>, Failure> {
        let stored = self.records.get::<Unit>(caller.scope, id).await?;
        let stored = stored
            .filter(|stored| stored.record.deleted.is_none())
            .ok_or_else(|| Refusal::not_found("unit"))?;
        caller.sees(stored.record.site_id, "unit")?;
        Ok(stored)
    }

    /// The site of the unit `id`, deleted or not.
    async fn site_of(&self, scope: OrgScope, id: Option<UnitId>) -> Result<Option<SiteId>, Failure> {
        let Some(id) = id else { return Ok(None) };
        let unit = self.records.get::<Unit>(scope, id).await?;
        Ok(unit.map(|unit| unit.record.site_id))
    }

    /// The sensor `id`, if the caller may see it, and the site it is in.
    async fn sensor(
        &self,
        caller: &Caller,
        id: SensorId,
    ) -> Result<(Stored<Sensor>, Option<SiteId>), Failure> {
        let stored = self.records.get::<Sensor>(caller.scope, id).await?;
        let stored = stored.ok_or_else(|| Refusal::not_found("sensor"))?;
        let site = self.site_of(caller.scope, stored.record.last_unit()).await?;
        if sees(caller, site) {
            Ok((stored, site))
        } else {
            Err(Refusal::not_found("sensor").into())
        }
    }

    /// The site that each unit of the organization is in.
    async fn sites_of_units(&self, scope: OrgScope) -> Result<BTreeMap<UnitId, SiteId>, PortError> {
        let units = self.records.all::<Unit>(scope).await?;
        let sites = units
            .into_iter()
            .map(|stored| (stored.record.id, stored.record.site_id));
        Ok(sites.collect())
    }

    /// Lets the states of `units` follow at once. Where that fails they follow by the change's event.
    async fn settle(&self, scope: OrgScope, units: &[UnitId]) {
        let follow = self.follow();
        for unit in units {
            if let Err(error) = settle_unit(&follow, scope, *unit).await {
                tracing::warn!(unit.id = %unit, %error, "a unit's state follows later");
            }
        }
    }
}

/// Whether the caller may see a device of `site`. What is in no site is for those who see to devices everywhere.
fn sees(caller: &Caller, site: Option<SiteId>) -> bool {
    match site {
        Some(site) => caller.sites.include(site),
        None => caller.sites.are_all() && caller.may(Right::ManageDevices),
    }
}
