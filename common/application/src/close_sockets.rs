//! Sockets end with the access that they rest on.

use crate::error::PortError;
use crate::ports::{Connections, Sockets};
use freshtrack_contracts::events::{Event, Happening};

/// Ends the sockets of whoever lost access by `event`, or has another now. Their programs open new ones with a ticket that
/// shows what they may see from then on, or get none.
///
/// # Errors
/// When some may still be open.
pub async fn close_sockets(
    connections: &dyn Connections,
    sockets: &dyn Sockets,
    event: &Event,
) -> Result<(), PortError> {
    let lost: Option<Vec<String>> = match &event.what {
        Happening::OrganizationDeleted {} => None,
        Happening::MemberChanged { user_id } | Happening::SupportEnded { user_id } => {
            Some(vec![user_id.to_string()])
        }
        Happening::AccessKeyRevoked { key_id } => Some(vec![key_id.to_string()]),
        Happening::SessionsEnded { sessions } => Some(sessions.iter().map(ToString::to_string).collect()),
        _ => return Ok(()),
    };
    for connection in connections.of_org(event.org_id, true).await? {
        let rests_on = |holder: &String| connection.holders.contains(holder);
        if lost.as_ref().is_none_or(|lost| lost.iter().any(rests_on)) {
            sockets.close(&connection.id).await?;
            connections.remove(event.org_id, &connection.id).await?;
        }
    }
    Ok(())
}
