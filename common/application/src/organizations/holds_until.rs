//! Whether what somebody was let in by a moment ago still holds.

use super::lifecycle::is_deleted;
use crate::error::PortError;
use crate::ports::{Clock, Owner, Records, TicketGrant};
use crate::scope::OrgScope;
use freshtrack_domain::access::AccessKey;
use freshtrack_domain::ids::{AccessKeyId, UserId};
use freshtrack_domain::people::{Member, Session};
use freshtrack_domain::place::Organization;

/// Whether whoever got the ticket `grant` may still see what it shows: between asking for it and using it they may have
/// been removed.
///
/// # Errors
/// When the store does not answer: then nothing is known and nothing is allowed.
pub async fn still_holds(
    records: &dyn Records,
    clock: &dyn Clock,
    grant: &TicketGrant,
) -> Result<bool, PortError> {
    let scope = OrgScope::granted(grant.org_id);
    if is_deleted(records.get::<Organization>(scope, grant.org_id).await?) {
        return Ok(false);
    }
    if !sign_in_lasts(records, clock, grant).await? {
        return Ok(false);
    }
    let person = grant
        .actor
        .acting_as
        .or_else(|| grant.actor.id.parse::<UserId>().ok());
    if let Some(user_id) = person {
        let member = records.get::<Member>(scope, user_id).await?;
        return Ok(member.is_some_and(|member| member.record.sites == grant.sites));
    }
    let Ok(key_id) = grant.actor.id.parse::<AccessKeyId>() else {
        return Ok(false);
    };
    let key = records.get::<AccessKey>(scope, key_id).await?;
    Ok(key.is_some_and(|key| key.record.holds(clock.now())))
}

/// Whether whoever got the ticket is still signed in, if it is for us to know.
async fn sign_in_lasts(
    records: &dyn Records,
    clock: &dyn Clock,
    grant: &TicketGrant,
) -> Result<bool, PortError> {
    let (Some(session_id), Ok(user_id)) = (grant.actor.session, grant.actor.id.parse::<UserId>()) else {
        return Ok(true);
    };
    let session = records.get::<Session>(Owner::User(user_id), session_id).await?;
    Ok(session.is_some_and(|session| session.record.lasts(clock.now())))
}
