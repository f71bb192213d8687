//! AppKeys, kept sealed until a network server is told of them.

use super::registration::revise_sensor;
use crate::error::{Failure, PortError, PortErrorKind};
use crate::ports::{Clock, Record, RecordKind, Records, Stored, Vault};
use crate::registry::Change;
use crate::scope::OrgScope;
use freshtrack_domain::device::{AppKey, Sensor};
use freshtrack_domain::ids::SensorId;
use freshtrack_domain::people::Sealed;
use serde::{Deserialize, Serialize};

/// The AppKey of a sensor as it is kept: apart from the sensor, which is read with every look-up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KeptAppKey {
    sensor_id: SensorId,
    sealed: Sealed,
}

impl Record for KeptAppKey {
    const KIND: RecordKind = RecordKind("APPKEY");

    fn key(&self) -> String {
        self.sensor_id.to_string()
    }
}

/// With the organization: a key that was copied into another one's record cannot be opened there.
fn purpose(scope: OrgScope, sensor_id: SensorId) -> String {
    format!("app-key/{}/{sensor_id}", scope.org_id())
}

/// `key` as it may be kept.
pub(super) async fn seal(
    vault: &dyn Vault,
    scope: OrgScope,
    sensor_id: SensorId,
    key: &AppKey,
) -> Result<KeptAppKey, PortError> {
    Ok(KeptAppKey {
        sensor_id,
        sealed: vault.seal(&purpose(scope, sensor_id), key.bytes()).await?,
    })
}

/// The AppKey that is kept for a sensor, if one is.
pub(super) async fn kept(
    records: &dyn Records,
    scope: OrgScope,
    sensor_id: SensorId,
) -> Result<Option<Stored<KeptAppKey>>, PortError> {
    records.get(scope, sensor_id).await
}

/// `change` in which the AppKey of a sensor becomes `new` where `old` was.
pub(super) fn exchange(
    change: Change,
    old: Option<&Stored<KeptAppKey>>,
    new: Option<&KeptAppKey>,
) -> Result<Change, PortError> {
    match (old, new) {
        (None, None) => Ok(change),
        (None, Some(new)) => change.insert(new),
        (Some(old), Some(new)) => change.replace(new, old.rev),
        (Some(old), None) => Ok(change.remove(old)),
    }
}

/// Whether an AppKey is kept for a sensor.
///
/// # Errors
/// When the store does not answer.
pub(crate) async fn has_app_key(
    records: &dyn Records,
    scope: OrgScope,
    sensor_id: SensorId,
) -> Result<bool, PortError> {
    Ok(kept(records, scope, sensor_id).await?.is_some())
}

/// `change` in which `key` becomes the AppKey of the sensor that was read.
///
/// # Errors
/// When the store or the vault does not answer.
pub(crate) async fn keep_app_key(
    change: Change,
    (records, vault, clock): (&dyn Records, &dyn Vault, &dyn Clock),
    scope: OrgScope,
    stored: &Stored<Sensor>,
    key: &AppKey,
) -> Result<Change, PortError> {
    let old = kept(records, scope, stored.record.id).await?;
    let new = seal(vault, scope, stored.record.id, key).await?;
    let sensor = Sensor {
        app_key_last_four: Some(key.last_four()),
        ..stored.record.clone()
    };
    exchange(
        revise_sensor(change, sensor, stored, clock.now())?,
        old.as_ref(),
        Some(&new),
    )
}

/// The AppKey of a sensor, for telling a network server of it; `None` if none is kept.
///
/// # Errors
/// When the store or the vault does not answer.
pub async fn app_key(
    records: &dyn Records,
    vault: &dyn Vault,
    scope: OrgScope,
    sensor_id: SensorId,
) -> Result<Option<AppKey>, Failure> {
    let Some(stored) = kept(records, scope, sensor_id).await? else {
        return Ok(None);
    };
    let opened = vault
        .open(&purpose(scope, sensor_id), &stored.record.sealed)
        .await?;
    let key = AppKey::from_bytes(&opened);
    let key = key.ok_or_else(|| PortError::new("app_keys.open", PortErrorKind::Corrupt))?;
    Ok(Some(key))
}
