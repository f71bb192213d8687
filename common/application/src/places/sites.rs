//! Sites.

use super::summary::States;
use super::{At, all_of, cadence, recurring_quiet_times, time_zone, unchanged};
use crate::error::Failure;
use crate::organizations::whole_organization;
use crate::page::{Order, PageRequest, page_of};
use crate::registry::Change;
use crate::scope::Caller;
use crate::set_up::SetUp;
use freshtrack_contracts::events::{Happening, PlaceId};
use freshtrack_contracts::page::Page;
use freshtrack_contracts::places::{CreateSite, SiteDetail, UpdateSite};
use freshtrack_domain::ids::SiteId;
use freshtrack_domain::place::{Area, OpeningHours, RecurringQuietTime, Site, Unit};
use freshtrack_domain::time::Span;

/// Creates a site.
///
/// # Errors
/// Refused when its time zone is none, and to whoever works for some sites only: a new one would not be theirs to see.
pub async fn create_site(
    ports: &SetUp<'_>,
    caller: &Caller,
    input: CreateSite,
) -> Result<At<SiteDetail>, Failure> {
    let now = ports.clock.now();
    let id = ports.ids.id::<SiteId>(now);
    whole_organization(caller)?;
    let mut site = Site::new(id, input.name, time_zone(input.time_zone)?);
    site.address = input.address;
    site.coordinates = input.coordinates;
    site.compliance = input.compliance;
    site.corrective_action_required = input.corrective_action_required;
    site.opening_hours = input.opening_hours;
    if let Some(minutes) = input.log_cadence_minutes {
        site.log_cadence = cadence(minutes)?;
    }
    let change = Change::new(caller.scope, &caller.actor, "site.created", id).insert(&site)?;
    ports.registry().commit(change).await?;
    let states = States::load(ports.states, caller.scope).await?;
    Ok(At {
        view: states.site(&site, &[], &[]),
        rev: 1,
    })
}

/// Changes what `input` mentions.
///
/// # Errors
/// Refused when there is no such site, when it is no longer as the caller read it, and when its time zone is none.
pub async fn update_site(
    ports: &SetUp<'_>,
    caller: &Caller,
    id: SiteId,
    read: Option<u64>,
    input: UpdateSite,
) -> Result<At<SiteDetail>, Failure> {
    let stored = ports.present::<Site>(caller, id).await?;
    unchanged(read, stored.rev)?;
    let mut site = stored.record.clone();
    if let Some(name) = input.name {
        site.name = name;
    }
    if let Some(zone) = input.time_zone {
        site.time_zone = time_zone(zone)?;
    }
    if let Some(address) = input.address {
        site.address = address;
    }
    input.coordinates.apply(&mut site.coordinates);
    if let Some(compliance) = input.compliance {
        site.compliance = compliance;
    }
    if let Some(required) = input.corrective_action_required {
        site.corrective_action_required = required;
    }
    if let Some(minutes) = input.log_cadence_minutes {
        site.log_cadence = cadence(minutes)?;
    }
    if let Some(hours) = input.opening_hours {
        site.opening_hours = hours;
    }
    if let Some(times) = input.recurring_quiet_times {
        site.recurring_quiet_times = recurring_quiet_times(times)?;
    }
    let before = &stored.record;
    if site == *before {
        return get_site(ports, caller, id).await;
    }
    let mut change =
        Change::new(caller.scope, &caller.actor, "site.updated", id).replace(&site, stored.rev)?;
    if site.recurring_quiet_times != before.recurring_quiet_times {
        let told = all_of(&site.recurring_quiet_times);
        change = change.detail("recurring_quiet_times", told);
    }
    if judged_by(&site) != judged_by(before) {
        let place = Some(PlaceId::Site(id));
        let what = Happening::RulesChanged { place };
        // Told apart from the event of a rule that is set for the site.
        let about = format!("{id}:site");
        change = change.publish(ports.event(caller.scope, about, stored.rev + 1, what));
    }
    ports.registry().commit(change).await?;
    get_site(ports, caller, id).await
}

/// What the units of `site` follow of it.
fn judged_by(site: &Site) -> (Span, &str, &OpeningHours, &[RecurringQuietTime]) {
    (
        site.log_cadence,
        &site.time_zone,
        &site.opening_hours,
        &site.recurring_quiet_times,
    )
}

/// A site that is not deleted, and how its units are.
///
/// # Errors
/// Refused when there is no such site.
pub async fn get_site(ports: &SetUp<'_>, caller: &Caller, id: SiteId) -> Result<At<SiteDetail>, Failure> {
    let stored = ports.present::<Site>(caller, id).await?;
    let (areas, units) = (
        all::<Area>(ports, caller).await?,
        all::<Unit>(ports, caller).await?,
    );
    let states = States::load(ports.states, caller.scope).await?;
    Ok(At {
        view: states.site(&stored.record, &areas, &units),
        rev: stored.rev,
    })
}

/// The sites that the caller may see, without those that were deleted, the oldest first.
///
/// # Errors
/// Refused when there is no such page.
pub async fn list_sites(
    ports: &SetUp<'_>,
    caller: &Caller,
    request: &PageRequest,
) -> Result<Page<SiteDetail>, Failure> {
    let seen = |site: &Site| site.deleted.is_none() && caller.sites.include(site.id);
    let sites = page_of(ports.records, caller.scope, request, Order::OldestFirst, seen).await?;
    let (areas, units) = (
        all::<Area>(ports, caller).await?,
        all::<Unit>(ports, caller).await?,
    );
    let states = States::load(ports.states, caller.scope).await?;
    Ok(sites.map(|site| states.site(&site.record, &areas, &units)))
}

/// All records of one kind that the caller may see, deleted ones too.
pub(super) async fn all<P: super::Place>(ports: &SetUp<'_>, caller: &Caller) -> Result<Vec<P>, Failure> {
    let stored = ports.records.all::<P>(caller.scope).await?;
    Ok(stored
        .into_iter()
        .map(|stored| stored.record)
        .filter(|place| caller.sites.include(place.site_id()))
        .collect())
}
