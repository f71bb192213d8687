//! Writes down what happened to an alert, once for each event however often it is delivered.

use crate::error::PortError;
use crate::ports::Alerts;
use crate::scope::OrgScope;
use freshtrack_contracts::alerts::TrailEntry;
use freshtrack_contracts::events::{Event, Happening};
use freshtrack_domain::ids::AlertId;

/// Adds `event` to the trail of the alert it is about. Events about anything else are left alone.
///
/// # Errors
/// When it is not stored; the event will come again.
pub async fn record_trail(alerts: &dyn Alerts, event: &Event) -> Result<(), PortError> {
    let Some((alert_id, entry)) = entry_of(event) else {
        return Ok(());
    };
    alerts
        .add_trail(OrgScope::granted(event.org_id), alert_id, &entry)
        .await
}

fn entry_of(event: &Event) -> Option<(AlertId, TrailEntry)> {
    let entry = TrailEntry {
        event_id: event.id.clone(),
        event: event.what.detail_type().to_owned(),
        at: event.at,
        detail: String::new(),
        by: None,
        acting_as: None,
        corrective_action: None,
        until: None,
    };
    match &event.what {
        Happening::AlertOpened(alert)
        | Happening::AlertUpgraded(alert)
        | Happening::AlertResolved(alert)
        | Happening::AlertFoundLate(alert) => Some((
            alert.id,
            TrailEntry {
                detail: alert.explanation.clone(),
                ..entry
            },
        )),
        Happening::AlertAcknowledged(act) | Happening::AlertSnoozed(act) | Happening::AlertSignedOff(act) => {
            Some((
                act.alert_id,
                TrailEntry {
                    detail: act.text.clone(),
                    by: Some(act.signature.by.clone()),
                    acting_as: act.signature.acting_as,
                    corrective_action: act.corrective_action.clone(),
                    until: act.until,
                    ..entry
                },
            ))
        }
        _ => None,
    }
}
