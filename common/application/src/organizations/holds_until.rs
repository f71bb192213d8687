//! Until when what somebody was let in by a moment ago holds.

use super::admit_person::admit;
use super::lifecycle::is_deleted;
use crate::error::PortError;
use crate::ports::{Clock, Owner, Records};
use crate::scope::{Caller, SignedIn};
use freshtrack_domain::access::AccessKey;
use freshtrack_domain::ids::{AccessKeyId, UserId};
use freshtrack_domain::people::Session;
use freshtrack_domain::place::Organization;
use freshtrack_domain::time::Timestamp;

/// Until when `caller` may see what they were let in to see, `latest` at most: by then their sign-in, the support they
/// give or their access key ends by itself. `None` if they may no more, or may see something else by now.
///
/// # Errors
/// When the store does not answer: then nothing is known and nothing is allowed.
pub async fn holds_until(
    records: &dyn Records,
    clock: &dyn Clock,
    caller: &Caller,
    latest: Timestamp,
) -> Result<Option<Timestamp>, PortError> {
    if latest <= clock.now() {
        return Ok(None);
    }
    let (id, session) = (&caller.actor.id, caller.actor.session);
    if let (Ok(user_id), Some(session_id)) = (id.parse::<UserId>(), session) {
        let person = SignedIn { user_id, session_id };
        return person_holds_until(records, clock, caller, person, latest).await;
    }
    match id.parse::<AccessKeyId>() {
        Ok(key_id) => key_holds_until(records, clock, caller, key_id, latest).await,
        Err(_) => Ok(None),
    }
}

async fn person_holds_until(
    records: &dyn Records,
    clock: &dyn Clock,
    caller: &Caller,
    person: SignedIn,
    latest: Timestamp,
) -> Result<Option<Timestamp>, PortError> {
    let mut until = latest;
    if person.is_kept() {
        let owner = Owner::User(person.user_id);
        let session = records.get::<Session>(owner, person.session_id).await?;
        let Some(session) = session.filter(|session| session.record.lasts(clock.now())) else {
            return Ok(None);
        };
        until = until.min(session.record.ends_at());
    }
    let Some(admitted) = admit(records, clock, person, caller.scope.org_id()).await? else {
        return Ok(None);
    };
    let same = admitted.caller.actor == caller.actor && admitted.caller.sites == caller.sites;
    Ok(same.then(|| admitted.support_ends.map_or(until, |end| end.min(until))))
}

async fn key_holds_until(
    records: &dyn Records,
    clock: &dyn Clock,
    caller: &Caller,
    key_id: AccessKeyId,
    latest: Timestamp,
) -> Result<Option<Timestamp>, PortError> {
    let (scope, now) = (caller.scope, clock.now());
    if is_deleted(records.get::<Organization>(scope, scope.org_id()).await?) {
        return Ok(None);
    }
    let key = records.get::<AccessKey>(scope, key_id).await?;
    let key = key.filter(|key| key.record.holds(now));
    Ok(key.map(|key| key.record.expires_at.map_or(latest, |end| end.min(latest))))
}
