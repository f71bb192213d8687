//! Units.

use super::settling::settle_unit;
use super::sites::all;
use super::summary::States;
use super::{At, all_of, cadence, claim_name, recurring_quiet_times, unchanged, unit_name};
use crate::error::{Failure, Refusal};
use crate::page::{Order, PageRequest, in_digits, page_of_whole};
use crate::ports::Record as _;
use crate::registry::Change;
use crate::scope::Caller;
use crate::set_up::SetUp;
use freshtrack_contracts::events::Happening;
use freshtrack_contracts::page::Page;
use freshtrack_contracts::places::{CreateUnit, Patch, QuietTimeValue, UnitDetail, UpdateUnit};
use freshtrack_domain::ids::{AreaId, SiteId, UnitId};
use freshtrack_domain::place::{Area, QuietTime, Unit};
use freshtrack_domain::time::Timestamp;

/// Creates a unit in an area. It is judged by the limits of its kind and the rules of its site until it has its own.
///
/// # Errors
/// Refused when there is no such area and when the area has a unit of that name.
pub async fn create_unit(
    ports: &SetUp<'_>,
    caller: &Caller,
    input: CreateUnit,
) -> Result<At<UnitDetail>, Failure> {
    let area = ports.present::<Area>(caller, input.area_id).await?;
    let id = ports.ids.id::<UnitId>(ports.clock.now());
    let mut unit = Unit::new(id, area.record.site_id, input.area_id, input.name, input.kind);
    unit.display = input.display;
    unit.logged_by_hand = input.logged_by_hand;
    unit.log_cadence = input.log_cadence_minutes.map(cadence).transpose()?;
    unit.identification = input.identification;
    unit.notes = input.notes;
    unit.sort_order = input.sort_order;
    let change = Change::new(caller.scope, &caller.actor, "unit.created", id)
        .detail("area", input.area_id)
        .insert(&unit)?
        .expect(&area);
    let event = ports.event(caller.scope, id, 1, Happening::UnitChanged { unit_id: id });
    let change = claim_name(change, caller.scope, &unit).publish(event);
    ports.registry().commit(change).await?;
    settle(ports, caller, id).await;
    get_unit(ports, caller, id).await
}

/// Changes what `input` mentions.
///
/// # Errors
/// Refused when there is no such unit or area, when it is no longer as the caller read it, and when the area has
/// another unit of that name.
pub async fn update_unit(
    ports: &SetUp<'_>,
    caller: &Caller,
    id: UnitId,
    read: Option<u64>,
    input: UpdateUnit,
) -> Result<At<UnitDetail>, Failure> {
    let stored = ports.present::<Unit>(caller, id).await?;
    unchanged(read, stored.rev)?;
    let mut unit = stored.record.clone();
    let area = match input.area_id {
        Some(area_id) if area_id != unit.area_id => Some(ports.present::<Area>(caller, area_id).await?),
        _ => None,
    };
    if let Some(area) = &area {
        (unit.area_id, unit.site_id) = (area.record.id, area.record.site_id);
    }
    if let Some(name) = input.name {
        unit.name = name;
    }
    if let Some(kind) = input.kind {
        unit.kind = kind;
    }
    if let Some(display) = input.display {
        unit.display = display;
    }
    if let Some(logged) = input.logged_by_hand {
        unit.logged_by_hand = logged;
    }
    match input.log_cadence_minutes {
        Patch::Keep => {}
        Patch::Clear => unit.log_cadence = None,
        Patch::Set(minutes) => unit.log_cadence = Some(cadence(minutes)?),
    }
    if let Some(identification) = input.identification {
        unit.identification = identification;
    }
    if let Some(notes) = input.notes {
        unit.notes = notes;
    }
    if let Some(order) = input.sort_order {
        unit.sort_order = order;
    }
    if let Some(times) = input.quiet_times {
        unit.quiet_times = quiet_times(times, ports.clock.now())?;
    }
    if let Some(times) = input.recurring_quiet_times {
        unit.recurring_quiet_times = recurring_quiet_times(times)?;
    }
    if unit == stored.record {
        return get_unit(ports, caller, id).await;
    }
    let scope = caller.scope;
    let mut change = Change::new(scope, &caller.actor, "unit.updated", id).replace(&unit, stored.rev)?;
    if unit.quiet_times != stored.record.quiet_times {
        // Whoever asks later why nobody was told finds it here.
        change = change.detail("quiet_times", told(&unit.quiet_times));
    }
    if unit.recurring_quiet_times != stored.record.recurring_quiet_times {
        let told = all_of(&unit.recurring_quiet_times);
        change = change.detail("recurring_quiet_times", told);
    }
    if let Some(area) = &area {
        change = change.detail("area", area.record.id).expect(area);
    }
    let old_name = unit_name(scope, stored.record.area_id, &stored.record.name);
    if old_name != unit_name(scope, unit.area_id, &unit.name) {
        change = claim_name(change.release(old_name, id), scope, &unit);
    }
    let event = ports.event(scope, id, stored.rev + 1, Happening::UnitChanged { unit_id: id });
    ports.registry().commit(change.publish(event)).await?;
    settle(ports, caller, id).await;
    get_unit(ports, caller, id).await
}

fn quiet_times(times: Vec<QuietTimeValue>, now: Timestamp) -> Result<Vec<QuietTime>, Refusal> {
    let times = times.into_iter().map(Into::into).collect();
    QuietTime::ahead(times, now)
        .map_err(|error| Refusal::invalid(format!("quiet_times: {error}.")).about("quiet_times"))
}

/// Quiet times as the audit log tells of them.
fn told(times: &[QuietTime]) -> String {
    let times: Vec<String> = times
        .iter()
        .map(|time| format!("{} to {}", time.from, time.until))
        .collect();
    times.join(", ")
}

/// Lets the unit's state follow at once. If that fails it follows by the change's event.
async fn settle(ports: &SetUp<'_>, caller: &Caller, id: UnitId) {
    let follow = ports.follow();
    if let Err(error) = settle_unit(&follow, caller.scope, id).await {
        tracing::warn!(unit.id = %id, %error, "a unit's state follows later");
    }
}

/// A unit that is not deleted, and what is happening in it.
///
/// # Errors
/// Refused when there is no such unit.
pub async fn get_unit(ports: &SetUp<'_>, caller: &Caller, id: UnitId) -> Result<At<UnitDetail>, Failure> {
    let stored = ports.present::<Unit>(caller, id).await?;
    let states = States::of_unit(ports.states, caller.scope, id).await?;
    Ok(At {
        view: states.unit(&stored.record),
        rev: stored.rev,
    })
}

/// The units that the caller may see, of one site or area or of all, in their order, without those that were deleted.
///
/// # Errors
/// Refused when there is no such page.
pub async fn list_units(
    ports: &SetUp<'_>,
    caller: &Caller,
    site_id: Option<SiteId>,
    area_id: Option<AreaId>,
    request: &PageRequest,
) -> Result<Page<UnitDetail>, Failure> {
    let mut units = all::<Unit>(ports, caller).await?;
    units.retain(|unit| {
        unit.deleted.is_none()
            && site_id.is_none_or(|site| unit.site_id == site)
            && area_id.is_none_or(|area| unit.area_id == area)
    });
    let units = page_of_whole(request, Unit::KIND, Order::OldestFirst, units, place_of)?;
    let states = States::load(ports.states, caller.scope).await?;
    Ok(units.map(|unit| states.unit(&unit)))
}

/// Where a unit stands in the list.
fn place_of(unit: &Unit) -> String {
    let order = in_digits(unit.sort_order);
    format!("{}#{}#{order}#{}", unit.site_id, unit.area_id, unit.id)
}
