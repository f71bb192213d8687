use super::{assert_conflict, minute};
use crate::fresh_id;
use freshtrack_application::Actor;
use freshtrack_application::ports::{Connection, Connections, TicketGrant, Tickets};
use freshtrack_contracts::live::Topic;
use freshtrack_domain::access::Sites;
use freshtrack_domain::ids::OrgId;
use freshtrack_domain::ids::UnitId;
use freshtrack_domain::time::{Span, Timestamp};
use std::collections::BTreeSet;

/// Keeps the open sockets of each organization.
pub async fn connections(connections: &dyn Connections) {
    let (org_id, other): (OrgId, OrgId) = (fresh_id(), fresh_id());
    let connection = |id: String| Connection {
        holders: vec!["usr_1".to_owned()],
        id,
        org_id,
        topics: Vec::new(),
        // A store may let go of what has ended, so the end lies far ahead of any run of this check.
        expires_at: Timestamp::from_seconds(4_000_000_000),
        rev: 1,
    };
    let mut first = connection(format!("{org_id}-1="));
    let second = connection(format!("{org_id}-2="));
    for connection in [&first, &second] {
        connections.put(connection).await.unwrap();
    }
    first.topics = vec![
        Topic::Org,
        Topic::Site(fresh_id()),
        Topic::Unit(fresh_id::<UnitId>()),
    ];
    assert_conflict(connections.put(&first).await, "it is there already");
    first.rev = 2;
    connections.put(&first).await.unwrap();
    assert_conflict(
        connections.put(&first).await,
        "another message has changed it in between",
    );
    assert_eq!(
        connections.find(org_id, &first.id).await.unwrap().as_ref(),
        Some(&first)
    );
    let of_nobody = connections.of_org(fresh_id(), false).await.unwrap();
    assert!(of_nobody.is_empty(), "{of_nobody:?}");
    let mut open = connections.of_org(org_id, true).await.unwrap();
    open.sort_by(|a, b| a.id.cmp(&b.id));
    assert_eq!(open, [first.clone(), second.clone()]);

    assert_eq!(
        connections.find(other, &first.id).await.unwrap(),
        None,
        "another organization's"
    );
    assert_eq!(connections.of_org(other, true).await.unwrap(), []);
    connections.remove(other, &first.id).await.unwrap();
    assert!(
        connections.find(org_id, &first.id).await.unwrap().is_some(),
        "nor can it close ours"
    );

    connections.remove(org_id, &first.id).await.unwrap();
    connections.remove(org_id, &first.id).await.unwrap();
    assert_eq!(connections.find(org_id, &first.id).await.unwrap(), None);
    assert_eq!(connections.of_org(org_id, true).await.unwrap(), [second]);
    first.rev = 3;
    assert_conflict(connections.put(&first).await, "it has ended");
}

/// Gives each ticket out once.
pub async fn tickets(tickets: &dyn Tickets) {
    let org_id: OrgId = fresh_id();
    let grant = TicketGrant {
        org_id,
        actor: Actor::new("key_1"),
        sites: Sites::Only(BTreeSet::from([fresh_id()])),
        credential_ends: Some(minute(5)),
        expires_at: minute(0) + Span::seconds(30),
    };
    let ticket = format!("{org_id}-ticket");
    assert_eq!(tickets.take(&ticket).await.unwrap(), None);
    tickets.put(&ticket, &grant).await.unwrap();
    assert_eq!(tickets.take(&ticket).await.unwrap(), Some(grant));
    assert_eq!(tickets.take(&ticket).await.unwrap(), None, "once");
}
