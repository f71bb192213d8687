//! Areas.

use super::sites::all;
use super::summary::States;
use super::{At, unchanged};
use crate::error::Failure;
use crate::page::{Order, PageRequest, in_digits, page_of_whole};
use crate::ports::Record as _;
use crate::registry::Change;
use crate::scope::Caller;
use crate::set_up::SetUp;
use freshtrack_contracts::page::Page;
use freshtrack_contracts::places::{AreaDetail, CreateArea, UpdateArea};
use freshtrack_domain::ids::{AreaId, SiteId};
use freshtrack_domain::place::{Area, Site, Unit};

/// Creates an area of a site.
///
/// # Errors
/// Refused when there is no such site.
pub async fn create_area(
    ports: &SetUp<'_>,
    caller: &Caller,
    input: CreateArea,
) -> Result<At<AreaDetail>, Failure> {
    let site = ports.present::<Site>(caller, input.site_id).await?;
    let id = ports.ids.id::<AreaId>(ports.clock.now());
    let mut area = Area::new(id, input.site_id, input.name);
    area.description = input.description;
    area.sort_order = input.sort_order;
    let change = Change::new(caller.scope, &caller.actor, "area.created", id)
        .detail("site", input.site_id)
        .insert(&area)?
        .expect(&site);
    ports.registry().commit(change).await?;
    let states = States::load(ports.states, caller.scope).await?;
    Ok(At {
        view: states.area(&area, &[]),
        rev: 1,
    })
}

/// Changes what `input` mentions.
///
/// # Errors
/// Refused when there is no such area and when it is no longer as the caller read it.
pub async fn update_area(
    ports: &SetUp<'_>,
    caller: &Caller,
    id: AreaId,
    read: Option<u64>,
    input: UpdateArea,
) -> Result<At<AreaDetail>, Failure> {
    let stored = ports.present::<Area>(caller, id).await?;
    unchanged(read, stored.rev)?;
    let mut area = stored.record.clone();
    if let Some(name) = input.name {
        area.name = name;
    }
    if let Some(description) = input.description {
        area.description = description;
    }
    if let Some(order) = input.sort_order {
        area.sort_order = order;
    }
    if area != stored.record {
        let change =
            Change::new(caller.scope, &caller.actor, "area.updated", id).replace(&area, stored.rev)?;
        ports.registry().commit(change).await?;
    }
    get_area(ports, caller, id).await
}

/// An area that is not deleted, and how its units are.
///
/// # Errors
/// Refused when there is no such area.
pub async fn get_area(ports: &SetUp<'_>, caller: &Caller, id: AreaId) -> Result<At<AreaDetail>, Failure> {
    let stored = ports.present::<Area>(caller, id).await?;
    let units = all::<Unit>(ports, caller).await?;
    let states = States::load(ports.states, caller.scope).await?;
    Ok(At {
        view: states.area(&stored.record, &units),
        rev: stored.rev,
    })
}

/// The areas that the caller may see, of one site or of all, in their order, without those that were deleted.
///
/// # Errors
/// Refused when there is no such site or page.
pub async fn list_areas(
    ports: &SetUp<'_>,
    caller: &Caller,
    site_id: Option<SiteId>,
    request: &PageRequest,
) -> Result<Page<AreaDetail>, Failure> {
    if let Some(site_id) = site_id {
        ports.present::<Site>(caller, site_id).await?;
    }
    let mut areas = all::<Area>(ports, caller).await?;
    areas.retain(|area| area.deleted.is_none() && site_id.is_none_or(|site| area.site_id == site));
    let areas = page_of_whole(request, Area::KIND, Order::OldestFirst, areas, place_of)?;
    let units = all::<Unit>(ports, caller).await?;
    let states = States::load(ports.states, caller.scope).await?;
    Ok(areas.map(|area| states.area(&area, &units)))
}

/// Where an area stands in the list.
fn place_of(area: &Area) -> String {
    format!("{}#{}#{}", area.site_id, in_digits(area.sort_order), area.id)
}
