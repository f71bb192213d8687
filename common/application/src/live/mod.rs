//! The live channel: what is recorded is on every watching screen before the invocation ends.

mod showing;

pub use showing::{BroadcastChunk, Live, LiveUpdate, broadcast};

use crate::alerts::handled;
use crate::error::{Failure, PortError, PortErrorKind, Refusal};
use crate::organizations::holds_until;
use crate::places::site_of;
use crate::ports::{
    Alerts, Clock, Connection, Connections, Delivery, IdSource, Records, Sockets, TicketGrant, Tickets,
    UnitStates,
};
use crate::scope::{Actor, Caller, OrgScope};
use freshtrack_contracts::alerts::AlertView;
use freshtrack_contracts::events::PlaceId;
use freshtrack_contracts::live::{ServerBody, ServerMessage, Ticket, Topic};
use freshtrack_contracts::places::UnitSnapshot;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::access::Sites;
use freshtrack_domain::alert::{Alert, AlertStatus};
use freshtrack_domain::ids::SiteId;
use freshtrack_domain::time::{Span, Timestamp};
use futures_util::stream::{self, StreamExt, TryStreamExt};
use showing::{write, write_frames};
use std::collections::BTreeSet;
use std::iter;

/// How long a ticket may wait to be used.
pub const TICKET_LIFE: Span = Span::seconds(30);
/// How long a socket stays open at most: API Gateway closes every one after two hours.
pub const CONNECTION_LIFE: Span = Span::hours(2);
/// Topics one socket may hold.
const MAX_TOPICS: usize = 50;
/// Places looked up at once.
const PARALLEL_LOOKUPS: usize = 16;
/// How often a socket's topics are read again after another of its messages changed them in between.
const ATTEMPTS: usize = 16;
/// How far behind a resume point clocks of two writers may be: what is sent twice is recognised by its `rev`.
const RESYNC_OVERLAP: Span = Span::seconds(10);
/// Alerts read at once.
const ALERT_PAGE: usize = 100;

/// Issues a ticket for one socket. `socket_url` is where sockets connect, `credential_ends` when what the caller has shown
/// ends, where nothing of ours tells.
///
/// # Errors
/// When the ticket cannot be stored.
pub async fn issue_ticket(
    tickets: &dyn Tickets,
    ids: &dyn IdSource,
    clock: &dyn Clock,
    caller: &Caller,
    credential_ends: Option<Timestamp>,
    socket_url: &str,
) -> Result<Ticket, Failure> {
    let ticket = format!("{:032x}{:032x}", ids.random(), ids.random());
    let expires_at = clock.now() + TICKET_LIFE;
    let grant = TicketGrant {
        org_id: caller.scope.org_id(),
        actor: caller.actor.clone(),
        sites: caller.sites.clone(),
        credential_ends,
        expires_at,
    };
    tickets.put(&ticket, &grant).await?;
    Ok(Ticket {
        url: format!("{socket_url}?ticket={ticket}"),
        expires_at: expires_at.into(),
    })
}

/// Takes a ticket; `None` if it is unknown, used or too old.
///
/// # Errors
/// When the store does not answer.
pub async fn redeem_ticket(
    tickets: &dyn Tickets,
    clock: &dyn Clock,
    ticket: &str,
) -> Result<Option<TicketGrant>, PortError> {
    Ok(tickets
        .take(ticket)
        .await?
        .filter(|grant| grant.expires_at > clock.now()))
}

/// A socket is about to open, and may stay so until `until` at the latest.
///
/// # Errors
/// Refused when what the caller was let in by has ended since. When it fails, too, the socket must not open.
pub async fn connect(
    connections: &dyn Connections,
    records: &dyn Records,
    clock: &dyn Clock,
    caller: &Caller,
    id: &str,
    until: Timestamp,
) -> Result<(), Failure> {
    let Actor {
        id: actor,
        acting_as,
        session,
    } = &caller.actor;
    let connection = Connection {
        id: id.to_owned(),
        org_id: caller.scope.org_id(),
        holders: iter::once(actor.clone())
            .chain(acting_as.iter().map(ToString::to_string))
            .chain(session.iter().map(ToString::to_string))
            .collect(),
        topics: Vec::new(),
        expires_at: until,
        rev: 1,
    };
    match connections.put(&connection).await {
        // No two sockets have one name: it was stored before, and the answer got lost.
        Err(error) if error.kind == PortErrorKind::Conflict => {}
        stored => stored?,
    }
    // Whatever ends from here on closes the sockets that it finds listed. What ended before that is found here.
    if holds_until(records, clock, caller, until).await? == Some(until) {
        return Ok(());
    }
    connections.remove(connection.org_id, id).await?;
    Err(Refusal::new(
        ProblemCode::NotSignedIn,
        "What the ticket was issued for has ended.",
    )
    .into())
}

/// A socket closed.
///
/// # Errors
/// When it may still be listed; it is then forgotten at its first message.
pub async fn disconnect(connections: &dyn Connections, scope: OrgScope, id: &str) -> Result<(), PortError> {
    connections.remove(scope.org_id(), id).await
}

/// Adds topics to a socket. Answers with all it has now.
///
/// # Errors
/// Refused when there are too many topics, or one is not the organization's or not the caller's to see.
pub async fn subscribe(
    connections: &dyn Connections,
    records: &dyn Records,
    caller: &Caller,
    id: &str,
    topics: Vec<Topic>,
) -> Result<ServerBody, Failure> {
    let topics = visible_topics(&caller.sites, topics);
    let places: BTreeSet<PlaceId> = topics.iter().filter_map(place_of).collect();
    if places.len() > MAX_TOPICS {
        return Err(too_many_topics().into());
    }
    let sites: Vec<Option<SiteId>> = stream::iter(places)
        .map(|place| site_of(records, caller.scope, place))
        .buffer_unordered(PARALLEL_LOOKUPS)
        .try_collect()
        .await?;
    if !sites
        .iter()
        .all(|site| site.is_some_and(|site| caller.sites.include(site)))
    {
        return Err(Refusal::not_found("site or unit to subscribe to").into());
    }
    change_topics(connections, caller.scope, id, |held| {
        for topic in &topics {
            if !held.contains(topic) {
                held.push(topic.clone());
            }
        }
        if held.len() > MAX_TOPICS {
            return Err(too_many_topics());
        }
        Ok(())
    })
    .await
}

fn too_many_topics() -> Refusal {
    Refusal::invalid(format!("A socket may hold {MAX_TOPICS} topics."))
}

/// The place that `topic` is about, unless it is about all of them.
const fn place_of(topic: &Topic) -> Option<PlaceId> {
    match topic {
        Topic::Org => None,
        Topic::Site(id) => Some(PlaceId::Site(*id)),
        Topic::Unit(id) => Some(PlaceId::Unit(*id)),
    }
}

/// To whoever sees some sites only, the organization is those sites.
fn visible_topics(sites: &Sites, topics: Vec<Topic>) -> Vec<Topic> {
    let Sites::Only(sites) = sites else {
        return topics;
    };
    topics
        .into_iter()
        .flat_map(|topic| match topic {
            Topic::Org => sites.iter().copied().map(Topic::Site).collect(),
            topic => vec![topic],
        })
        .collect()
}

/// Drops topics from a socket. Answers with those it has left.
///
/// # Errors
/// When the connection is not known or cannot be stored.
pub async fn unsubscribe(
    connections: &dyn Connections,
    scope: OrgScope,
    id: &str,
    topics: &[Topic],
) -> Result<ServerBody, Failure> {
    change_topics(connections, scope, id, |held| {
        held.retain(|topic| !topics.contains(topic));
        Ok(())
    })
    .await
}

/// Changes the topics of a socket, again if another message of the same socket has changed them in between. Answers
/// with all it has now.
async fn change_topics(
    connections: &dyn Connections,
    scope: OrgScope,
    id: &str,
    change: impl Fn(&mut Vec<Topic>) -> Result<(), Refusal>,
) -> Result<ServerBody, Failure> {
    let mut conflicts = 0;
    loop {
        let mut connection = known(connections, scope, id).await?;
        change(&mut connection.topics)?;
        connection.rev += 1;
        match connections.put(&connection).await {
            Ok(()) => {
                return Ok(ServerBody::Subscribed {
                    topics: connection.topics,
                });
            }
            Err(error) if error.kind == PortErrorKind::Conflict && conflicts < ATTEMPTS => conflicts += 1,
            Err(error) => return Err(error.into()),
        }
    }
}

async fn known(connections: &dyn Connections, scope: OrgScope, id: &str) -> Result<Connection, Failure> {
    Ok(connections
        .find(scope.org_id(), id)
        .await?
        .ok_or_else(|| Refusal::not_found("connection"))?)
}

/// What a resync needs.
pub struct Resync<'a> {
    /// The socket's topics.
    pub connections: &'a dyn Connections,
    /// The socket.
    pub sockets: &'a dyn Sockets,
    /// The units.
    pub states: &'a dyn UnitStates,
    /// Their alerts.
    pub alerts: &'a dyn Alerts,
    /// What people have done about those.
    pub records: &'a dyn Records,
    /// The time.
    pub clock: &'a dyn Clock,
}

/// Sends a socket everything it subscribed to that changed since `since` (milliseconds, a message's `seq`).
///
/// # Errors
/// When the store does not answer or the socket is not known.
pub async fn resync(ports: &Resync<'_>, scope: OrgScope, id: &str, since: i64) -> Result<(), Failure> {
    let Resync {
        connections,
        sockets,
        states,
        alerts,
        records,
        clock,
    } = *ports;
    let connection = known(connections, scope, id).await?;
    let now = clock.now();
    let from = Timestamp::from_millis(since) - RESYNC_OVERLAP;
    let wants = |update: &LiveUpdate| connection.topics.iter().any(|topic| update.concerns(topic));
    // Every unit subscribed to, not only those that seem new: a reading may be much older than the moment it
    // was stored. Sending what is known costs a frame; missing something costs trust.
    let units: Vec<LiveUpdate> = states
        .list(scope)
        .await?
        .iter()
        .map(LiveUpdate::of)
        .filter(|update| wants(update))
        .collect();
    let visible = |alert: &Alert| units.iter().any(|update| update.unit_id == alert.unit_id);
    let mut shown: Vec<Alert> = Vec::new();
    for status in [AlertStatus::Open, AlertStatus::Resolved] {
        let mut after = None;
        loop {
            let page = alerts.list(scope, status, after, ALERT_PAGE).await?;
            // All that are open; of those that ended, which are ever more, the newest.
            let more = status == AlertStatus::Open && page.len() >= ALERT_PAGE;
            after = page.last().filter(|_| more).map(|alert| alert.id);
            shown.extend(
                page.into_iter()
                    .filter(|alert| visible(alert))
                    .filter(|alert| alert.resolved_at.is_none_or(|at| at >= from)),
            );
            if after.is_none() {
                break;
            }
        }
    }
    let shown = handled(records, scope, shown).await?;
    let shown = shown.iter().map(|one| AlertView::handled(one, now)).collect();
    let mut messages = Vec::new();
    write_frames(
        shown,
        |alerts| ServerBody::AlertsChanged { alerts },
        now,
        &mut messages,
    )?;
    let snapshots: Vec<UnitSnapshot> = units.into_iter().filter_map(|update| update.unit).collect();
    write_frames(
        snapshots,
        |units| ServerBody::UnitsChanged { units },
        now,
        &mut messages,
    )?;
    messages.push(write(&ServerMessage::new(now, ServerBody::Resynced))?);
    for message in &messages {
        if sockets.send(id, message).await? == Delivery::Gone {
            connections.remove(scope.org_id(), id).await?;
            break;
        }
    }
    Ok(())
}

/// Sends one message to one socket.
///
/// # Errors
/// When the gateway did not take it.
pub async fn reply(
    sockets: &dyn Sockets,
    clock: &dyn Clock,
    id: &str,
    body: ServerBody,
) -> Result<Delivery, PortError> {
    sockets
        .send(id, &write(&ServerMessage::new(clock.now(), body))?)
        .await
}
