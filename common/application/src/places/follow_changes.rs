//! What follows from a change of places: what is in a deleted site is deleted with it, units are judged by new rules.

use super::settling::{settle_unit, settle_units};
use super::{Place, claim_name, event_of};
use crate::error::Failure;
use crate::ports::{Clock, Records, Stored, UnitStates};
use crate::registry::{Change, Registry, settled};
use crate::scope::{Actor, OrgScope};
use freshtrack_contracts::events::{Event, Happening, PlaceId};
use freshtrack_domain::ids::SiteId;
use freshtrack_domain::place::{Area, Deletion, Site, Unit};

/// Who does what follows by itself.
const WORKER: &str = "places-follow-changes";

/// What following changes needs.
#[derive(Clone, Copy)]
pub struct FollowPlaces<'a> {
    /// The records.
    pub records: &'a dyn Records,
    /// What is happening in the units.
    pub states: &'a dyn UnitStates,
    /// The time.
    pub clock: &'a dyn Clock,
}

/// Does what follows from `event`; nothing if it is about something else. It may be done again.
///
/// # Errors
/// When not all of it is done: the event will come again.
pub async fn follow_change(ports: &FollowPlaces<'_>, event: &Event) -> Result<(), Failure> {
    let scope = OrgScope::granted(event.org_id);
    match &event.what {
        Happening::UnitChanged { unit_id } => settle_unit(ports, scope, *unit_id).await,
        Happening::RulesChanged { place } => {
            settle_units(ports, scope, |unit| {
                place.is_none_or(|place| contains(place, unit))
            })
            .await
        }
        // What is in a place may be about to follow another place that it is in.
        Happening::PresenceChanged { place } => settled(|| follow_presence(ports, scope, *place)).await,
        _ => Ok(()),
    }
}

/// Whether `unit` is the place or in it.
fn contains(place: PlaceId, unit: &Unit) -> bool {
    match place {
        PlaceId::Site(id) => unit.site_id == id,
        PlaceId::Area(id) => unit.area_id == id,
        PlaceId::Unit(id) => unit.id == id,
    }
}

/// Brings what is in `place` to where the place itself is now: present, deleted or gone for good. What it is now is
/// read here and not taken from the event, so that events may come late and in any order.
async fn follow_presence(ports: &FollowPlaces<'_>, scope: OrgScope, place: PlaceId) -> Result<(), Failure> {
    let state = match place {
        PlaceId::Site(id) => presence(ports.records.get::<Site>(scope, id).await?),
        PlaceId::Area(id) => presence(ports.records.get::<Area>(scope, id).await?),
        PlaceId::Unit(id) => return settle_unit(ports, scope, id).await,
    };
    if let PlaceId::Site(site_id) = place {
        for area in ports.records.all::<Area>(scope).await? {
            if area.record.site_id == site_id {
                follow(ports, scope, place, &state, area).await?;
            }
        }
    }
    for unit in ports.records.all::<Unit>(scope).await? {
        if contains(place, &unit.record) {
            follow(ports, scope, place, &state, unit).await?;
        }
    }
    settle_units(ports, scope, |unit| contains(place, unit)).await
}

/// Where a place is.
enum Presence {
    Here,
    Deleted(Deletion),
    Gone,
}

fn presence<P: Place>(stored: Option<Stored<P>>) -> Presence {
    match stored {
        None => Presence::Gone,
        Some(stored) => match stored.record.deletion() {
            None => Presence::Here,
            Some(deletion) => Presence::Deleted(deletion.clone()),
        },
    }
}

/// Brings one thing within `place` to where the place is.
async fn follow<P: Place + Follower>(
    ports: &FollowPlaces<'_>,
    scope: OrgScope,
    place: PlaceId,
    presence: &Presence,
    inner: Stored<P>,
) -> Result<(), Failure> {
    let taken_along = inner
        .record
        .deletion()
        .is_some_and(|deletion| deletion.with.as_deref() == Some(&place.to_string()));
    let actor = Actor::new(WORKER);
    let change = |done: &str| {
        let action = format!("{}.{done}", P::WHAT);
        Change::new(scope, &actor, &action, inner.record.id()).detail("with", place)
    };
    let registry = Registry {
        records: ports.records,
        clock: ports.clock,
    };
    match presence {
        Presence::Deleted(deletion) if inner.record.deletion().is_none() => {
            let mut record = inner.record.clone();
            record.set_deletion(Some(Deletion {
                with: Some(place.to_string()),
                ..deletion.clone()
            }));
            let mut change = change("deleted").replace(&record, inner.rev)?;
            if let Some(name) = record.unique_name(scope) {
                change = change.release(name, record.id());
            }
            registry.commit(change).await
        }
        Presence::Here if taken_along => {
            let mut record = inner.record.clone();
            record.set_deletion(None);
            let restored = change("restored").replace(&record, inner.rev)?;
            match registry.commit(record.claiming(restored, scope)).await {
                // Its name was given to another meanwhile: it stays deleted, now by itself, so that people find it
                // and can restore it under another name.
                Err(Failure::Refused(_)) if record.unique_name(scope).is_some() => {
                    let mut record = inner.record.clone();
                    record.set_deletion(inner.record.deletion().map(|deletion| Deletion {
                        with: None,
                        ..deletion.clone()
                    }));
                    registry
                        .commit(change("left_deleted").replace(&record, inner.rev)?)
                        .await
                }
                done => done,
            }
        }
        Presence::Gone => {
            let mut change = change("purged").remove(&inner);
            let gone = inner.record.place_id();
            if let PlaceId::Unit(_) = gone {
                // Nobody finds it by the place it was in once it is removed, so its state and its sensors hear of it by
                // themselves.
                let what = Happening::PresenceChanged { place: gone };
                change = change.publish(event_of(scope, ports.clock, gone, inner.rev + 1, what));
            }
            if let Some(name) = inner.record.unique_name(scope)
                && inner.record.deletion().is_none()
            {
                change = change.release(name, inner.record.id());
            }
            registry.commit(change).await
        }
        Presence::Deleted(_) | Presence::Here => Ok(()),
    }
}

/// What takes its name back when it is restored.
pub(super) trait Follower: Place {
    fn claiming(&self, change: Change, scope: OrgScope) -> Change;
}

impl Follower for Area {
    fn claiming(&self, change: Change, _scope: OrgScope) -> Change {
        change
    }
}

impl Follower for Unit {
    fn claiming(&self, change: Change, scope: OrgScope) -> Change {
        claim_name(change, scope, self)
    }
}

impl Follower for Site {
    fn claiming(&self, change: Change, _scope: OrgScope) -> Change {
        change
    }
}

/// The site of `place`, deleted or not; `None` when there is no such place.
pub(crate) async fn site_of(
    records: &dyn Records,
    scope: OrgScope,
    place: PlaceId,
) -> Result<Option<SiteId>, Failure> {
    Ok(match place {
        PlaceId::Site(id) => records
            .get::<Site>(scope, id)
            .await?
            .map(|stored| stored.record.id),
        PlaceId::Area(id) => records
            .get::<Area>(scope, id)
            .await?
            .map(|stored| stored.record.site_id),
        PlaceId::Unit(id) => records
            .get::<Unit>(scope, id)
            .await?
            .map(|stored| stored.record.site_id),
    })
}
