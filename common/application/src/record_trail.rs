//! Writes down what happened to an alert, once for each event however often it is delivered.

use crate::error::PortError;
use crate::ports::Alerts;
use crate::scope::OrgScope;
use freshtrack_contracts::alerts::TrailEntry;
use freshtrack_contracts::events::{Event, Happening};

/// Adds `event` to the trail of the alert it is about. Events about anything else are left alone.
///
/// # Errors
/// When it is not stored; the event will come again.
pub async fn record_trail(alerts: &dyn Alerts, event: &Event) -> Result<(), PortError> {
    let (Happening::AlertOpened(alert)
    | Happening::AlertUpgraded(alert)
    | Happening::AlertResolved(alert)
    | Happening::AlertFoundLate(alert)) = &event.what
    else {
        return Ok(());
    };
    let entry = TrailEntry {
        event_id: event.id.clone(),
        event: event.what.detail_type().to_owned(),
        at: event.at,
        detail: alert.explanation.clone(),
    };
    alerts
        .add_trail(OrgScope::granted(event.org_id), alert.id, &entry)
        .await
}
