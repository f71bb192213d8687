//! The list of alerts that ask for a signature, kept by what the bus tells of alerts.

use crate::error::{PortError, PortErrorKind};
use crate::ports::{Clock, CommitError, Owner, RawRecord, Record, Records, Step};
use crate::scope::OrgScope;
use freshtrack_contracts::events::{Event, Happening};
use freshtrack_domain::alert::Severity;
use freshtrack_domain::handling::{Handling, HandlingStatus, Unsigned, asks_for_signature};
use freshtrack_domain::ids::AlertId;

/// How often the list is read again when somebody else changes the same place of it.
const ATTEMPTS: usize = 8;

/// Puts the alert that `event` tells of on the list, if it opened, became worse or was found out late, and nobody has signed it as
/// bad as that.
/// Events may come twice and in any order.
///
/// Whoever signs between the two looks at what was signed leaves an entry behind. It does no harm: whoever reads the list asks
/// the alert itself.
///
/// # Errors
/// When it is not stored; the event will come again.
pub async fn ask_for_signature(
    records: &dyn Records,
    clock: &dyn Clock,
    event: &Event,
) -> Result<(), PortError> {
    const OP: &str = "signatures.ask";
    let (Happening::AlertOpened(alert) | Happening::AlertUpgraded(alert) | Happening::AlertFoundLate(alert)) =
        &event.what
    else {
        return Ok(());
    };
    if !asks_for_signature(alert.kind, alert.severity) {
        return Ok(());
    }
    let scope = OrgScope::granted(event.org_id);
    let owner = Owner::from(scope);
    let entry = RawRecord::of(&Unsigned {
        alert_id: alert.id,
        unit_id: alert.unit_id,
        site_id: alert.site_id,
        kind: alert.kind,
        severity: alert.severity,
    })?;
    for _ in 0..ATTEMPTS {
        let listed = records.get::<Unsigned>(scope, alert.id).await?;
        let signed = is_signed(records, scope, alert.id, alert.severity).await?;
        let step = match listed {
            Some(listed) if signed && listed.record.severity <= alert.severity => {
                Step::Remove(owner, Unsigned::KIND, alert.id.to_string(), listed.rev)
            }
            Some(listed) if !signed && listed.record.severity < alert.severity => {
                Step::Replace(owner, entry.clone(), listed.rev)
            }
            None if !signed => Step::Insert(owner, entry.clone()),
            _ => return Ok(()),
        };
        match records.commit(&[step], &[], clock.now()).await {
            // Once more: somebody may have signed it meanwhile.
            Ok(()) | Err(CommitError::Step(_) | CommitError::Busy) => {}
            Err(CommitError::Port(error)) => return Err(error),
        }
    }
    Err(PortError::new(OP, PortErrorKind::Conflict))
}

async fn is_signed(
    records: &dyn Records,
    scope: OrgScope,
    id: AlertId,
    severity: Severity,
) -> Result<bool, PortError> {
    let handling = records.get::<Handling>(scope, id).await?;
    Ok(handling.is_some_and(|stored| stored.record.status(severity) != HandlingStatus::Open))
}
