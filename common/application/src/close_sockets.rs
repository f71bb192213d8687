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
    let holder = match &event.what {
        Happening::OrganizationDeleted {} => None,
        Happening::MemberChanged { user_id } | Happening::SupportEnded { user_id } => {
            Some(user_id.to_string())
        }
        Happening::AccessKeyRevoked { key_id } => Some(key_id.to_string()),
        _ => return Ok(()),
    };
    for connection in connections.of_org(event.org_id, true).await? {
        if holder
            .as_ref()
            .is_none_or(|holder| connection.holders.contains(holder))
        {
            sockets.close(&connection.id).await?;
            connections.remove(event.org_id, &connection.id).await?;
        }
    }
    Ok(())
}
