//! Does what an event says is due at network servers.

use super::do_change::do_change;
use super::removals::{dissolve, follow_sensor};
use super::{Networks, do_job};
use crate::error::Failure;
use crate::ports::UnitStates;
use crate::scope::OrgScope;
use freshtrack_contracts::events::{Event, Happening};

/// Does what `event` says is due; nothing if it is about something else. It may be done again.
///
/// # Errors
/// When it is not known how far it has come: the event will come again.
pub async fn do_work(ports: &Networks<'_>, states: &dyn UnitStates, event: &Event) -> Result<(), Failure> {
    let scope = OrgScope::granted(event.org_id);
    match &event.what {
        Happening::NetworkJobDue { job_id } => do_job(ports, scope, *job_id).await,
        Happening::NetworkChangeDue { change_id } => do_change(ports, states, scope, *change_id).await,
        Happening::NetworkDissolutionDue {} => dissolve(ports, scope).await,
        Happening::SensorsChanged { sensors, .. } => {
            for sensor in sensors {
                follow_sensor(ports, scope, *sensor).await?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}
