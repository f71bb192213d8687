//! Decides whose access key this is.

use super::access_keys::{KeyGrant, KeyUse, prefix_claim};
use super::lifecycle::is_deleted;
use crate::error::{PortError, PortErrorKind};
use crate::ports::{Clock, Owner, RawRecord, Records, Step, Stored};
use crate::scope::{Actor, Caller, OrgScope};
use freshtrack_domain::access::AccessKeySecret;
use freshtrack_domain::place::Organization;
use freshtrack_domain::time::{Span, Timestamp};
use futures_util::future;
use subtle::ConstantTimeEq;

/// How exactly it is known when a key was last used.
const USE_RESOLUTION: Span = Span::hours(1);

/// The caller who holds `presented`, or `None` if it is no key of ours, or its organization was deleted.
///
/// # Errors
/// When the store does not answer: then nothing is known and nothing is allowed.
pub async fn authorize_access_key(
    records: &dyn Records,
    clock: &dyn Clock,
    presented: &str,
) -> Result<Option<Caller>, PortError> {
    let Ok(secret) = presented.parse::<AccessKeySecret>() else {
        return Ok(None);
    };
    let now = clock.now();
    let holder = records.holder(&prefix_claim(secret.prefix()), now).await?;
    let grant = holder
        .map(|holder| serde_json::from_value::<KeyGrant>(holder.data))
        .transpose()
        .map_err(|error| PortError::because("access_keys.authorize", PortErrorKind::Corrupt, error))?;
    // Compared also when there is no such key, so that the time taken does not tell which prefixes exist.
    let expected = grant.as_ref().map_or("", |grant| grant.hash.as_str());
    let presented = hex::encode(secret.hash());
    let matches = bool::from(presented.as_bytes().ct_eq(expected.as_bytes()));
    let Some(grant) = grant.filter(|_| matches) else {
        return Ok(None);
    };
    let scope = OrgScope::granted(grant.org_id);
    let (organization, last_use) = future::try_join(
        records.get::<Organization>(scope, grant.org_id),
        records.get::<KeyUse>(scope, grant.id),
    )
    .await?;
    if is_deleted(organization) {
        return Ok(None);
    }
    note_use(records, scope, &grant, last_use, now).await;
    Ok(Some(Caller {
        scope,
        actor: Actor::new(grant.id),
        rights: grant.rights.into_iter().collect(),
        sites: grant.sites,
    }))
}

/// Notes that the key was used, at most once an hour. It is no change that anybody makes, so no chain tells of it, and
/// nobody is kept out because it could not be noted.
async fn note_use(
    records: &dyn Records,
    scope: OrgScope,
    grant: &KeyGrant,
    last: Option<Stored<KeyUse>>,
    now: Timestamp,
) {
    if last
        .as_ref()
        .is_some_and(|last| now < last.record.at + USE_RESOLUTION)
    {
        return;
    }
    let noted = async {
        let record = RawRecord::of(&KeyUse {
            id: grant.id,
            at: now,
        })?;
        let owner = Owner::from(scope);
        let step = match last {
            None => Step::Insert(owner, record),
            Some(last) => Step::Replace(owner, record, last.rev),
        };
        records.commit(&[step], &[], now).await
    };
    if let Err(error) = noted.await {
        tracing::debug!(access_key.id = %grant.id, %error, "the use of a key was not noted");
    }
}
