//! Deleting, restoring and removing for good.

use super::follow_changes::Follower;
use super::sites::all;
use super::summary::States;
use super::{Place, follow_change};
use crate::error::{Failure, Refusal};
use crate::page::{Order, PageRequest, in_digits, page_of_whole};
use crate::ports::{RecordKind, Stored};
use crate::registry::Change;
use crate::scope::Caller;
use crate::set_up::SetUp;
use freshtrack_contracts::events::{Happening, PlaceId};
use freshtrack_contracts::page::Page;
use freshtrack_contracts::places::DeletedPlace;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::place::{Area, Deletion, Site, Unit};

/// Deletes a site, area or unit with all that is in it. It can be restored. Deleting it again does nothing.
///
/// # Errors
/// Refused when there is no such place.
pub async fn delete_place(ports: &SetUp<'_>, caller: &Caller, place: PlaceId) -> Result<(), Failure> {
    match place {
        PlaceId::Site(id) => delete(ports, caller, place, ports.find::<Site>(caller, id).await?).await,
        PlaceId::Area(id) => delete(ports, caller, place, ports.find::<Area>(caller, id).await?).await,
        PlaceId::Unit(id) => delete(ports, caller, place, ports.find::<Unit>(caller, id).await?).await,
    }
}

/// Restores a site, area or unit with all that was deleted with it.
///
/// # Errors
/// Refused when there is no such place, when what it is in is deleted, and when its name is taken meanwhile.
pub async fn restore_place(ports: &SetUp<'_>, caller: &Caller, place: PlaceId) -> Result<(), Failure> {
    match place {
        PlaceId::Site(id) => restore(ports, caller, place, ports.find::<Site>(caller, id).await?).await,
        PlaceId::Area(id) => {
            let area = ports.find::<Area>(caller, id).await?;
            must_be_here(&ports.find::<Site>(caller, area.record.site_id).await?)?;
            restore(ports, caller, place, area).await
        }
        PlaceId::Unit(id) => {
            let unit = ports.find::<Unit>(caller, id).await?;
            must_be_here(&ports.find::<Area>(caller, unit.record.area_id).await?)?;
            restore(ports, caller, place, unit).await
        }
    }
}

/// Removes a deleted site, area or unit for good, with all that is in it. What was measured there stays in the record
/// for as long as the law and the plan demand.
///
/// # Errors
/// Refused when there is no such place or it is not deleted.
pub async fn purge_place(ports: &SetUp<'_>, caller: &Caller, place: PlaceId) -> Result<(), Failure> {
    match place {
        PlaceId::Site(id) => purge(ports, caller, place, ports.find::<Site>(caller, id).await?).await,
        PlaceId::Area(id) => purge(ports, caller, place, ports.find::<Area>(caller, id).await?).await,
        PlaceId::Unit(id) => purge(ports, caller, place, ports.find::<Unit>(caller, id).await?).await,
    }
}

async fn delete<P: Place>(
    ports: &SetUp<'_>,
    caller: &Caller,
    place: PlaceId,
    stored: Stored<P>,
) -> Result<(), Failure> {
    if stored.record.deletion().is_some() {
        return Ok(());
    }
    let mut record = stored.record.clone();
    record.set_deletion(Some(Deletion {
        at: ports.clock.now(),
        by: caller.actor.id.clone(),
        with: None,
    }));
    let mut change = change::<P>(caller, "deleted", place).replace(&record, stored.rev)?;
    if let Some(name) = record.unique_name(caller.scope) {
        change = change.release(name, record.id());
    }
    commit(ports, caller, place, stored.rev + 1, change).await
}

async fn restore<P: Place + Follower>(
    ports: &SetUp<'_>,
    caller: &Caller,
    place: PlaceId,
    stored: Stored<P>,
) -> Result<(), Failure> {
    if stored.record.deletion().is_none() {
        return Ok(());
    }
    let mut record = stored.record.clone();
    record.set_deletion(None);
    let change = change::<P>(caller, "restored", place).replace(&record, stored.rev)?;
    let change = record.claiming(change, caller.scope);
    commit(ports, caller, place, stored.rev + 1, change).await
}

async fn purge<P: Place>(
    ports: &SetUp<'_>,
    caller: &Caller,
    place: PlaceId,
    stored: Stored<P>,
) -> Result<(), Failure> {
    if stored.record.deletion().is_none() {
        return Err(Refusal::new(
            ProblemCode::Conflict,
            format!("Delete the {} first; then it can be removed for good.", P::WHAT),
        )
        .into());
    }
    let change = change::<P>(caller, "purged", place).remove(&stored);
    commit(ports, caller, place, stored.rev + 1, change).await
}

fn change<P: Place>(caller: &Caller, done: &str, place: PlaceId) -> Change {
    Change::new(caller.scope, &caller.actor, &format!("{}.{done}", P::WHAT), place)
}

/// Makes the change, and lets what is in the place follow: at once if it can, otherwise by the change's event.
async fn commit(
    ports: &SetUp<'_>,
    caller: &Caller,
    place: PlaceId,
    rev: u64,
    change: Change,
) -> Result<(), Failure> {
    let event = ports.event(caller.scope, place, rev, Happening::PresenceChanged { place });
    ports.registry().commit(change.publish(event.clone())).await?;
    if let PlaceId::Unit(_) = place
        && let Err(error) = follow_change(&ports.follow(), &event).await
    {
        tracing::warn!(place.id = %place, %error, "a unit's state follows later");
    }
    Ok(())
}

fn must_be_here<P: Place>(parent: &Stored<P>) -> Result<(), Refusal> {
    if parent.record.deletion().is_none() {
        return Ok(());
    }
    Err(Refusal::new(
        ProblemCode::Conflict,
        format!("The {} it is in is deleted. Restore that first.", P::WHAT),
    ))
}

/// The list, as its cursors name it.
const DELETED: RecordKind = RecordKind("DELETED");

/// Something that can be restored.
enum Restorable<'a> {
    Site(&'a Site),
    Area(&'a Area),
    Unit(&'a Unit),
}

/// What the caller may see that can be restored, the last deleted first: whatever was deleted by itself.
///
/// # Errors
/// Refused when there is no such page.
pub async fn list_deleted(
    ports: &SetUp<'_>,
    caller: &Caller,
    request: &PageRequest,
) -> Result<Page<DeletedPlace>, Failure> {
    let (sites, areas, units) = (
        all::<Site>(ports, caller).await?,
        all::<Area>(ports, caller).await?,
        all::<Unit>(ports, caller).await?,
    );
    let restorable = restorable(&sites)
        .map(|(key, site)| (key, Restorable::Site(site)))
        .chain(restorable(&areas).map(|(key, area)| (key, Restorable::Area(area))))
        .chain(restorable(&units).map(|(key, unit)| (key, Restorable::Unit(unit))));
    let page = page_of_whole(request, DELETED, Order::NewestFirst, restorable, |(key, _)| {
        key.clone()
    })?;
    let states = States::load(ports.states, caller.scope).await?;
    Ok(page.map(|(_, place)| match place {
        Restorable::Site(site) => DeletedPlace::Site(states.site(site, &areas, &units)),
        Restorable::Area(area) => DeletedPlace::Area(states.area(area, &units)),
        Restorable::Unit(unit) => DeletedPlace::Unit(states.unit(unit)),
    }))
}

/// Those of `places` that were deleted by themselves, each with where it stands in the list.
fn restorable<P: Place>(places: &[P]) -> impl Iterator<Item = (String, &P)> {
    places.iter().filter_map(|place| {
        let deletion = place.deletion().filter(|deletion| deletion.with.is_none())?;
        Some((
            format!("{}#{}", in_digits(deletion.at.as_millis()), place.id()),
            place,
        ))
    })
}
