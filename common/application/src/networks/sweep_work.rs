//! Finds the work at network servers that is due: the minute sweep.
//!
//! Work that is open is in the list of what the platform looks through, and leaves it when it ends, so the list is as
//! short as there is work. What is due is told to the bus, from where it comes to the same queue as new work.

use super::jobs::due;
use crate::error::{PortError, PortErrorKind};
use crate::ports::{Clock, EventBus, Found, Owner, Record as _, Records, Stored};
use freshtrack_contracts::events::Event;
use freshtrack_domain::network::{Job, JobState};
use freshtrack_domain::time::Span;

/// Records read at once.
const PAGE: usize = 200;
/// How long new work has to be begun by the event of its being asked for, before the sweep looks after it.
const HEAD_START: Span = Span::minutes(1);

/// What the sweep needs.
#[derive(Clone, Copy)]
pub struct SweepNetworks<'a> {
    /// The records.
    pub records: &'a dyn Records,
    /// Where events go.
    pub bus: &'a dyn EventBus,
    /// The time.
    pub clock: &'a dyn Clock,
}

/// What a sweep found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WorkReport {
    /// Work that is open.
    pub open: usize,
    /// Work that is due.
    pub due: usize,
}

/// Tells of all work that is due.
///
/// # Errors
/// When it is not all told of. The next sweep finds it.
pub async fn sweep_work(ports: &SweepNetworks<'_>) -> Result<WorkReport, PortError> {
    let mut report = WorkReport::default();
    let mut before = None;
    loop {
        let found = ports.records.listed(Job::KIND, before.as_deref(), PAGE).await?;
        let is_last = found.len() < PAGE;
        let mut events = Vec::new();
        for found in found {
            let (event, key) = due_event(ports.clock, found)?;
            before = Some(key);
            report.open += 1;
            events.extend(event);
        }
        report.due += events.len();
        if !events.is_empty() {
            ports.bus.publish(&events).await?;
        }
        if is_last {
            return Ok(report);
        }
    }
}

/// The event of `found`, if it is due; and its key.
fn due_event(clock: &dyn Clock, found: Found) -> Result<(Option<Event>, String), PortError> {
    let Owner::Org(org_id) = found.owner else {
        return Err(PortError::new("networks.sweep", PortErrorKind::Corrupt));
    };
    let Stored { record, rev } = found.read::<Job>()?;
    let now = clock.now();
    let is_due = record.is_due(now)
        && (record.state != JobState::Pending || now.since(record.created_at) >= HEAD_START);
    let event = is_due.then(|| due(org_id, &record, rev, now));
    Ok((event, record.key()))
}
