//! Whether the audit chain is what was written.

use crate::error::{Failure, Refusal};
use crate::organizations::whole_organization;
use crate::page::{PageRequest, cursor_behind};
use crate::ports::{Owner, Record, RecordKind, Records};
use crate::registry::{ChainEnd, audit_key};
use crate::scope::Caller;
use freshtrack_contracts::audit::AuditVerification;
use freshtrack_domain::audit::{self, AuditHash, AuditHead, BrokenChain, ChainedEntry};

/// Entries that one call checks: some hundred kilobytes to read.
const STRETCH: usize = 1_000;
/// Stretches that an operator's call checks.
const MOST_STRETCHES: usize = 500;
/// The cursor's list: a place in the chain together with the hash that was reached there.
const VERIFIED: RecordKind = RecordKind("VERIFIED");

/// Verifies a stretch of the chain of the caller's organization, from where the verification before it ended.
///
/// The chain proves itself from its first entry to its last; that none was cut off behind that shows against the end
/// that is kept beside it.
///
/// # Errors
/// Refused when the cursor is none of ours, and to whoever works for some of the organization's sites only.
pub async fn verify_audit(
    records: &dyn Records,
    caller: &Caller,
    request: &PageRequest,
) -> Result<AuditVerification, Failure> {
    whole_organization(caller)?;
    verify_stretch(records, caller.scope.into(), head_of(request)?).await
}

/// Verifies the chain of `owner` to its end, or as far as one call can.
///
/// # Errors
/// Refused when the cursor is none of ours.
pub async fn verify_all(
    records: &dyn Records,
    owner: impl Into<Owner>,
    request: &PageRequest,
) -> Result<AuditVerification, Failure> {
    let owner = owner.into();
    let mut request = request.clone();
    for _ in 1..MOST_STRETCHES {
        let found = verify_stretch(records, owner, head_of(&request)?).await?;
        if found.next_cursor.is_none() {
            return Ok(found);
        }
        request.cursor = found.next_cursor;
    }
    verify_stretch(records, owner, head_of(&request)?).await
}

async fn verify_stretch(
    records: &dyn Records,
    owner: Owner,
    start: AuditHead,
) -> Result<AuditVerification, Failure> {
    let after = (start.seq > 0).then(|| audit_key(start.seq));
    let found = records
        .list(owner, ChainedEntry::KIND, after.as_deref(), STRETCH, false)
        .await?;
    // Read after the entries: it tells of all of them, and perhaps of newer ones.
    let end = records.get::<ChainEnd>(owner, ChainEnd::KEY).await?;
    let end = end.map_or_else(AuditHead::default, |stored| stored.record.0);
    let (more, mut head) = (found.len() == STRETCH, start);
    for found in found {
        // What cannot even be read was not written so.
        let checked = match found.read::<ChainedEntry>() {
            Ok(stored) => audit::verify(head, [&stored.record]),
            Err(_) => Err(BrokenChain::Altered(head.seq + 1)),
        };
        match checked {
            Ok(next) if next.seq > end.seq => {
                return Ok(report(head, Some(BrokenChain::Altered(next.seq)), false));
            }
            Ok(next) => head = next,
            Err(broken) => return Ok(report(head, Some(broken), false)),
        }
    }
    if more {
        return Ok(report(head, None, true));
    }
    if head == end {
        return Ok(report(head, None, false));
    }
    if head.seq == end.seq {
        return Ok(report(start, Some(BrokenChain::Altered(end.seq)), false));
    }
    // Written since the entries were read, or cut off.
    let next = records
        .list(owner, ChainedEntry::KIND, Some(&audit_key(head.seq)), 1, false)
        .await?;
    let cut_off = next.is_empty().then_some(BrokenChain::Missing(head.seq + 1));
    Ok(report(head, cut_off, cut_off.is_none()))
}

fn report(head: AuditHead, broken: Option<BrokenChain>, more: bool) -> AuditVerification {
    AuditVerification {
        verified: head.seq,
        hash: head.hash.to_hex(),
        broken: broken.map(Into::into),
        next_cursor: more.then(|| cursor_behind(VERIFIED, format!("{}#{}", head.seq, head.hash.to_hex()))),
    }
}

fn head_of(request: &PageRequest) -> Result<AuditHead, Refusal> {
    let Some(place) = request.after::<String>(VERIFIED)? else {
        return Ok(AuditHead::default());
    };
    place
        .split_once('#')
        .and_then(|(seq, hash)| {
            Some(AuditHead {
                seq: seq.parse().ok()?,
                hash: AuditHash::from_hex(hash)?,
            })
        })
        .ok_or_else(|| Refusal::invalid("cursor must be the `next_cursor` of a verification."))
}
