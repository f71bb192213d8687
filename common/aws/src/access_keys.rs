//! Access keys by prefix.

use crate::error::corrupt;
use crate::keys;
use crate::table::{Item, Table, bytes_of, data, item};
use async_trait::async_trait;
use freshtrack_application::PortError;
use freshtrack_application::ports::{AccessKeys, StoredKey};
use freshtrack_domain::access::Right;
use freshtrack_domain::ids::{AccessKeyId, OrgId};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

const HASH: &str = "hash";

/// Access keys in the table.
#[derive(Debug, Clone)]
pub struct DynamoAccessKeys(pub Arc<Table>);

#[derive(Serialize, Deserialize)]
struct KeyData {
    id: AccessKeyId,
    org: OrgId,
    name: String,
    rights: Vec<Right>,
}

/// The item of `key` under `prefix`.
pub(crate) fn item_of(
    op: &'static str,
    prefix: &str,
    name: &str,
    key: &StoredKey,
) -> Result<Item, PortError> {
    let data = KeyData {
        id: key.id,
        org: key.org_id,
        name: name.to_owned(),
        rights: key.rights.clone(),
    };
    let mut item = item(op, "access_key", &keys::access_key(prefix), &data)?;
    item.insert(HASH.to_owned(), crate::table::binary(key.hash));
    Ok(item)
}

#[async_trait]
impl AccessKeys for DynamoAccessKeys {
    async fn by_prefix(&self, prefix: &str) -> Result<Option<StoredKey>, PortError> {
        const OP: &str = "access_keys.by_prefix";
        let Some(mut item) = self.0.get(OP, &keys::access_key(prefix), false).await? else {
            return Ok(None);
        };
        let KeyData { id, org, rights, .. } = data(OP, &mut item)?;
        let hash = bytes_of(&item, HASH)
            .try_into()
            .map_err(|error| corrupt(OP, error))?;
        Ok(Some(StoredKey {
            id,
            org_id: org,
            hash,
            rights,
        }))
    }
}
