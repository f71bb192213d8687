//! Access keys: what an organization lets machines do.

use super::{Office, event_at};
use crate::error::{Failure, PortError, PortErrorKind, Refusal};
use crate::page::{Order, PageRequest, page_of};
use crate::ports::{Claim, ClaimSpace, Holder, IdSource, Record, RecordKind, Records, Stored};
use crate::registry::Change;
use crate::scope::{Caller, OrgScope};
use freshtrack_contracts::access_keys::{
    AccessKeyStatus, AccessKeyView, CreateAccessKey, NewAccessKey, RotateAccessKey,
};
use freshtrack_contracts::events::Happening;
use freshtrack_contracts::page::Page;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::access::{AccessKey, AccessKeySecret, PreviousSecret, Right, Rights, Sites};
use freshtrack_domain::ids::{AccessKeyId, OrgId};
use freshtrack_domain::network::Network;
use freshtrack_domain::text::Name;
use freshtrack_domain::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Keys that hold at the same time, so that what can be listed can be looked through.
const MOST_KEYS: usize = 200;
/// How long the secret before holds unless the caller says otherwise: a day to change it everywhere.
const DEFAULT_OVERLAP_HOURS: u32 = 24;
/// How long it may hold at most: a week.
const LONGEST_OVERLAP_HOURS: u32 = 7 * 24;

/// What the claim on a key's prefix tells the authorizer, who has nothing but the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeyGrant {
    pub(crate) id: AccessKeyId,
    pub(crate) org_id: OrgId,
    pub(crate) rights: BTreeSet<Right>,
    pub(crate) sites: Sites,
    /// The SHA-256 of the secret part, in hexadecimal digits.
    pub(crate) hash: String,
}

/// When a key was last used, to the hour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeyUse {
    pub(crate) id: AccessKeyId,
    pub(crate) at: Timestamp,
}

impl Record for KeyUse {
    const KIND: RecordKind = RecordKind("KEYUSE");

    fn key(&self) -> String {
        self.id.to_string()
    }
}

/// The claim on a key's prefix.
pub(crate) fn prefix_claim(prefix: &str) -> Claim {
    Claim {
        space: ClaimSpace::AccessKey,
        name: prefix.to_owned(),
    }
}

/// Who holds the prefix of a key. The identifier alone may have been copied from another organization's document.
pub(crate) fn holder_id(org_id: OrgId, id: AccessKeyId) -> String {
    format!("{org_id}#{id}")
}

/// `change` in which `key` also takes the prefix of `secret`.
pub(crate) fn claim_prefix(
    change: Change,
    org_id: OrgId,
    key: &AccessKey,
    secret: &AccessKeySecret,
) -> Result<Change, PortError> {
    let grant = KeyGrant {
        id: key.id,
        org_id,
        rights: key.rights.clone(),
        sites: key.sites.clone(),
        hash: hex::encode(secret.hash()),
    };
    let holder = Holder {
        id: holder_id(org_id, key.id),
        data: serde_json::to_value(grant)
            .map_err(|error| PortError::because("access_keys.grant", PortErrorKind::Corrupt, error))?,
        expires_at: key.expires_at,
    };
    let taken = Refusal::new(
        ProblemCode::Conflict,
        "This access key cannot be used here. Please use another one.",
    );
    Ok(change.claim(prefix_claim(secret.prefix()), holder, taken))
}

/// A new key for the caller's organization, with its secret, which nobody will be shown again.
///
/// # Errors
/// Refused when it should allow what keys may not, or more than the caller may do themselves.
pub async fn create_access_key(
    office: &Office<'_>,
    caller: &Caller,
    input: CreateAccessKey,
) -> Result<NewAccessKey, Failure> {
    let now = office.clock.now();
    let id = office.ids.id::<AccessKeyId>(now);
    let secret = draw_secret(office.ids);
    may_give(caller, &input.rights, &input.sites)?;
    let expires_at = input.expires_at.map(|end| end.0);
    if expires_at.is_some_and(|end| end <= now) {
        return Err(Refusal::invalid("expires_at must be in the future.").into());
    }
    let keys = office.records.all::<AccessKey>(caller.scope).await?;
    let holding = keys
        .iter()
        .filter(|key| key.record.id != id && key.record.holds(now));
    if holding.count() >= MOST_KEYS {
        return Err(Refusal::new(
            ProblemCode::Conflict,
            format!("An organization has at most {MOST_KEYS} access keys. Revoke one that is not needed."),
        )
        .into());
    }
    let key = AccessKey {
        id,
        name: input.name,
        prefix: secret.prefix().to_owned(),
        rights: input.rights,
        sites: input.sites,
        created_at: office.ids.moment(now),
        created_by: caller.actor.id.clone(),
        expires_at,
        previous: None,
        revoked_at: None,
    };
    let change = Change::new(caller.scope, &caller.actor, "access_key.created", id)
        .detail("name", &key.name)
        .detail("rights", words(&key.rights))
        .insert(&key)?;
    let change = claim_prefix(change, caller.scope.org_id(), &key, &secret)?;
    office.registry().commit(change).await?;
    Ok(shown_once(&key, &secret, now))
}

/// The keys that the caller may see, oldest first, revoked ones too.
///
/// # Errors
/// Refused when there is no such page.
pub async fn list_access_keys(
    office: &Office<'_>,
    caller: &Caller,
    request: &PageRequest,
) -> Result<Page<AccessKeyView>, Failure> {
    let now = office.clock.now();
    let visible = |key: &AccessKey| caller.sites.meet(&key.sites);
    let page = page_of(office.records, caller.scope, request, Order::OldestFirst, visible).await?;
    let uses = office.records.all::<KeyUse>(caller.scope).await?;
    let uses: BTreeMap<AccessKeyId, Timestamp> = uses
        .into_iter()
        .map(|stored| (stored.record.id, stored.record.at))
        .collect();
    Ok(page.map(|stored| view(&stored.record, uses.get(&stored.record.id).copied(), now)))
}

/// A new secret for a key, shown once. The one before holds on until those who use it have changed over.
///
/// # Errors
/// Refused when there is no such key or it holds no more, and to whoever could not create it themselves.
pub async fn rotate_access_key(
    office: &Office<'_>,
    caller: &Caller,
    id: AccessKeyId,
    input: RotateAccessKey,
) -> Result<NewAccessKey, Failure> {
    let now = office.clock.now();
    let stored = find(office, caller, id).await?;
    let networks = office.records.all::<Network>(caller.scope).await?;
    if networks.iter().any(|network| network.record.webhook_key_id == id) {
        return Err(Refusal::new(
            ProblemCode::Conflict,
            "A network server sends frames with this access key. Rotate the webhook of its connection: the server is told.",
        )
        .into());
    }
    let change = Change::new(caller.scope, &caller.actor, "access_key.rotated", id);
    let (change, secret) = rotation(office, caller, change, &stored, input.overlap_hours).await?;
    if let Some(change) = change {
        office.registry().commit(change).await?;
    }
    let stored = find(office, caller, id).await?;
    Ok(shown_once(&stored.record, &secret, now))
}

/// `change` in which the key that was read has a new secret, and that secret. `None` where the same request was made before.
///
/// # Errors
/// Refused when the key holds no more, and to whoever could not create it themselves.
pub(crate) async fn rotation(
    office: &Office<'_>,
    caller: &Caller,
    change: Change,
    stored: &Stored<AccessKey>,
    overlap_hours: Option<u32>,
) -> Result<(Option<Change>, AccessKeySecret), Failure> {
    let (id, now) = (stored.record.id, office.clock.now());
    let secret = draw_secret(office.ids);
    // Also where it was rotated once more since.
    let known = stored.record.previous.as_ref().map(|previous| &previous.prefix);
    if stored.record.prefix == secret.prefix() || known.is_some_and(|known| known == secret.prefix()) {
        return Ok((None, secret));
    }
    if !stored.record.holds(now) {
        return Err(Refusal::new(
            ProblemCode::Conflict,
            "This access key is revoked or has expired. Create a new one.",
        )
        .into());
    }
    may_give(caller, &stored.record.rights, &stored.record.sites)?;
    let hours = overlap_hours.unwrap_or(DEFAULT_OVERLAP_HOURS);
    if hours > LONGEST_OVERLAP_HOURS {
        return Err(Refusal::invalid(format!("overlap_hours must be 0 to {LONGEST_OVERLAP_HOURS}.")).into());
    }
    let overlap_end = now + Span::hours(hours);
    let until = stored
        .record
        .expires_at
        .map_or(overlap_end, |end| end.min(overlap_end));
    let mut key = stored.record.clone();
    key.previous = (hours > 0).then(|| PreviousSecret {
        prefix: key.prefix.clone(),
        until,
    });
    secret.prefix().clone_into(&mut key.prefix);
    let org_id = caller.scope.org_id();
    let mut change = change.detail("overlap_hours", hours).replace(&key, stored.rev)?;
    // Never more than two secrets of one key.
    if let Some(oldest) = stored
        .record
        .previous
        .as_ref()
        .filter(|previous| previous.until > now)
    {
        change = change.release(prefix_claim(&oldest.prefix), holder_id(org_id, id));
    }
    let present = prefix_claim(&stored.record.prefix);
    change = if hours == 0 {
        change.release(present, holder_id(org_id, id))
    } else {
        let held = office.records.holder(&present, now).await?;
        let held = held.ok_or_else(|| PortError::new("access_keys.rotate", PortErrorKind::Conflict))?;
        let ending = Holder {
            expires_at: Some(until),
            ..held
        };
        change.claim(present, ending, Refusal::not_found("access key"))
    };
    let change = claim_prefix(change, org_id, &key, &secret)?;
    Ok((Some(change), secret))
}

/// Ends a key at once: as soon as no gateway remembers it any more. Ending it again changes nothing.
///
/// # Errors
/// Refused when there is no such key, or it holds for sites that are not the caller's.
pub async fn revoke_access_key(office: &Office<'_>, caller: &Caller, id: AccessKeyId) -> Result<(), Failure> {
    let stored = find(office, caller, id).await?;
    if stored.record.revoked_at.is_some() {
        return Ok(());
    }
    let change = Change::new(caller.scope, &caller.actor, "access_key.revoked", id)
        .detail("name", &stored.record.name);
    let change = revoked(change, caller.scope.org_id(), stored, office.clock.now())?;
    office.registry().commit(change).await
}

/// `change` in which the key that was read is revoked too.
fn revoked(
    change: Change,
    org_id: OrgId,
    stored: Stored<AccessKey>,
    now: Timestamp,
) -> Result<Change, PortError> {
    let Stored { mut record, rev } = stored;
    let id = record.id;
    let mut ended = Vec::new();
    if record.holds(now) {
        ended.push(record.prefix.clone());
        ended.extend(
            record
                .previous
                .take()
                .filter(|previous| previous.until > now)
                .map(|previous| previous.prefix),
        );
    }
    record.revoked_at = Some(now);
    let happened = Happening::AccessKeyRevoked { key_id: id };
    let mut change = change
        .replace(&record, rev)?
        .publish(event_at(now, org_id, id, rev, happened));
    for prefix in ended {
        change = change.release(prefix_claim(&prefix), holder_id(org_id, id));
    }
    Ok(change)
}

/// `change` in which a key of the caller's organization is made too: for a machine that is set up by something else than
/// a person who asks for a key, and for one right only.
pub(crate) fn machine_key(
    change: Change,
    caller: &Caller,
    ids: &dyn IdSource,
    now: Timestamp,
    (id, name, right): (AccessKeyId, Name, Right),
    secret: &AccessKeySecret,
) -> Result<Change, PortError> {
    let key = AccessKey {
        id,
        name,
        prefix: secret.prefix().to_owned(),
        rights: BTreeSet::from([right]),
        sites: Sites::All,
        created_at: ids.moment(now),
        created_by: caller.actor.id.clone(),
        expires_at: None,
        previous: None,
        revoked_at: None,
    };
    claim_prefix(change.insert(&key)?, caller.scope.org_id(), &key, secret)
}

/// `change` in which a key of the organization ends too, if it has not ended yet.
pub(crate) async fn end_key(
    change: Change,
    records: &dyn Records,
    scope: OrgScope,
    id: AccessKeyId,
    now: Timestamp,
) -> Result<Change, PortError> {
    match records.get::<AccessKey>(scope, id).await? {
        Some(stored) if stored.record.revoked_at.is_none() => revoked(change, scope.org_id(), stored, now),
        _ => Ok(change),
    }
}

async fn find(office: &Office<'_>, caller: &Caller, id: AccessKeyId) -> Result<Stored<AccessKey>, Failure> {
    let stored = office.records.get::<AccessKey>(caller.scope, id).await?;
    stored
        .filter(|stored| caller.sites.cover(&stored.record.sites))
        .ok_or_else(|| Refusal::not_found("access key").into())
}

/// Refuses what the caller may not give a key: what keys may not do at all, and what the caller may not do themselves.
/// Sending readings is what keys are for; no person holds that right.
fn may_give(caller: &Caller, rights: &BTreeSet<Right>, sites: &Sites) -> Result<(), Refusal> {
    if rights.is_empty() {
        return Err(Refusal::invalid("rights must name at least one right."));
    }
    if let Some(right) = rights.iter().find(|right| !right.is_for_keys()) {
        return Err(Refusal::invalid(format!(
            "The right `{right}` is for people only."
        )));
    }
    let own: Rights = caller.rights.with(Right::Ingest);
    if let Some(right) = rights.iter().find(|right| !own.contains(**right)) {
        return Err(Refusal::new(
            ProblemCode::MissingRight,
            format!("You do not have the right `{right}` yourself."),
        ));
    }
    if !caller.sites.cover(sites) {
        return Err(Refusal::new(
            ProblemCode::MissingRight,
            "A key can be for your own sites only.",
        ));
    }
    if rights.contains(&Right::Ingest) && !sites.are_all() {
        return Err(Refusal::invalid(
            "Readings belong to whatever unit their sensor is in: a key that sends them is for all sites.",
        ));
    }
    Ok(())
}

pub(crate) fn draw_secret(ids: &dyn IdSource) -> AccessKeySecret {
    let mut entropy = [0; 25];
    let drawn = [ids.random(), ids.random()];
    let bytes = drawn.iter().flat_map(|bits| bits.to_be_bytes());
    for (byte, random) in entropy.iter_mut().zip(bytes) {
        *byte = random;
    }
    AccessKeySecret::from_entropy(entropy)
}

fn words(rights: &BTreeSet<Right>) -> String {
    let names: Vec<&str> = rights.iter().map(|right| right.name()).collect();
    names.join(" ")
}

fn shown_once(key: &AccessKey, secret: &AccessKeySecret, now: Timestamp) -> NewAccessKey {
    NewAccessKey {
        key: view(key, None, now),
        secret: secret.reveal().into(),
    }
}

fn view(key: &AccessKey, last_used: Option<Timestamp>, now: Timestamp) -> AccessKeyView {
    AccessKeyView {
        id: key.id,
        name: key.name.clone(),
        prefix: format!("ftk_{}", key.prefix),
        rights: key.rights.clone(),
        sites: key.sites.clone(),
        status: if key.revoked_at.is_some() {
            AccessKeyStatus::Revoked
        } else if key.holds(now) {
            AccessKeyStatus::Active
        } else {
            AccessKeyStatus::Expired
        },
        created_at: key.created_at.into(),
        created_by: key.created_by.clone(),
        expires_at: key.expires_at.map(Into::into),
        previous_until: key
            .previous
            .as_ref()
            .filter(|previous| previous.until > now)
            .map(|previous| previous.until.into()),
        revoked_at: key.revoked_at.map(Into::into),
        last_used_at: last_used.map(Into::into),
    }
}
