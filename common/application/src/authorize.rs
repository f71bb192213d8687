//! Decides whose access key this is.

use crate::error::PortError;
use crate::ports::AccessKeys;
use crate::scope::{Actor, Caller, OrgScope};
use freshtrack_domain::access::{AccessKeySecret, Sites};
use subtle::ConstantTimeEq;

/// The caller who holds `presented`, or `None` if it is no key of ours.
///
/// # Errors
/// When the store does not answer: then nothing is known and nothing is allowed.
pub async fn authorize_access_key(
    keys: &dyn AccessKeys,
    presented: &str,
) -> Result<Option<Caller>, PortError> {
    let Ok(secret) = presented.parse::<AccessKeySecret>() else {
        return Ok(None);
    };
    let stored = keys.by_prefix(secret.prefix()).await?;
    // Compared also when there is no such key, so that the time taken does not tell which prefixes exist.
    let expected = stored.as_ref().map_or([0; 32], |key| key.hash);
    let matches = bool::from(secret.hash().ct_eq(&expected));
    Ok(stored.filter(|_| matches).map(|key| Caller {
        scope: OrgScope::granted(key.org_id),
        actor: Actor::new(key.id),
        rights: key.rights.into_iter().collect(),
        sites: Sites::All,
    }))
}
