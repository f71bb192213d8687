//! Frames kept aside: seen by those who manage devices, and taken in again once they can be.
//!
//! They belong to no site, so they are for whoever answers for the whole organization.

use crate::error::{Failure, PortError, PortErrorKind, Refusal};
use crate::page::{PageRequest, page_by};
use crate::ports::{Quarantine, QuarantinedUplink, RecordKind};
use crate::receive_uplinks::ReceiveUplinks;
use crate::scope::OrgScope;
use freshtrack_contracts::ingest::{IngestReport, ItemStatus, QuarantinedFrame};
use freshtrack_contracts::page::Page;
use freshtrack_domain::ids::FrameId;

/// The list, as its cursors name it.
const LIST: RecordKind = RecordKind("FRAME");

/// Frames kept aside, the newest first.
///
/// # Errors
/// Refused when there is no such page.
pub async fn list_quarantine(
    quarantine: &dyn Quarantine,
    scope: OrgScope,
    request: &PageRequest,
) -> Result<Page<QuarantinedFrame>, Failure> {
    let read = move |after: Option<FrameId>, limit| async move { quarantine.list(scope, after, limit).await };
    let id = |frame: &QuarantinedUplink| frame.id;
    Ok(page_by(request, LIST, id, |_| true, read).await?.map(view))
}

/// Takes a frame in again. It leaves the quarantine only once it is recorded.
///
/// # Errors
/// Refused when there is no such frame.
pub async fn replay_frame(
    receive: &ReceiveUplinks<'_>,
    scope: OrgScope,
    id: FrameId,
) -> Result<IngestReport, Failure> {
    let frame = receive
        .quarantine
        .find(scope, id)
        .await?
        .ok_or_else(|| Refusal::not_found("frame"))?;
    let report = receive.receive(scope, vec![frame.uplink]).await?;
    let Some(result) = report.results.first() else {
        return Err(PortError::new("quarantine.replay", PortErrorKind::Corrupt).into());
    };
    // What is refused now, because its unit is missing for instance, may be taken later.
    if !matches!(result.status, ItemStatus::Quarantined | ItemStatus::Rejected) {
        receive.quarantine.remove(scope, id).await?;
    }
    Ok(report)
}

fn view(frame: QuarantinedUplink) -> QuarantinedFrame {
    let payload = &frame.uplink.payload;
    QuarantinedFrame {
        id: frame.id,
        reason: frame.reason,
        detail: frame.detail,
        dev_eui: Some(frame.uplink.dev_eui.to_string()),
        received_at: frame.uplink.received_at.into(),
        f_port: frame.uplink.f_port,
        payload_hex: (!payload.is_empty())
            .then(|| payload.iter().map(|byte| format!("{byte:02X}")).collect()),
    }
}
