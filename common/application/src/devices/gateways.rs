//! Gateways.

use super::heard_gateways::{GatewayHeard, RESOLUTION, heard};
use super::sees;
use super::view::{USUAL_INTERVAL, interval_of};
use crate::error::{Failure, Refusal};
use crate::page::{Order, PageRequest, page_of};
use crate::places::{At, unchanged};
use crate::ports::{Claim, ClaimSpace, Holder, Stored};
use crate::registry::{Change, changed_meanwhile, settled};
use crate::scope::{Caller, OrgScope};
use crate::set_up::SetUp;
use freshtrack_contracts::devices::{CreateGateway, GatewayStatus, GatewayView, UpdateGateway};
use freshtrack_contracts::events::{Event, Happening};
use freshtrack_contracts::page::Page;
use freshtrack_contracts::places::Patch;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::device::{Gateway, GatewayEui, Sensor};
use freshtrack_domain::ids::{GatewayId, SiteId};
use freshtrack_domain::place::Site;
use freshtrack_domain::time::{Span, Timestamp};
use std::collections::BTreeMap;

/// The claim on a gateway's EUI.
fn eui_claim(gateway_eui: GatewayEui) -> Claim {
    Claim {
        space: ClaimSpace::GatewayEui,
        name: gateway_eui.to_string(),
    }
}

/// The identifier alone may have been copied from another organization's document.
fn holder_id(scope: OrgScope, id: GatewayId) -> String {
    format!("{}#{id}", scope.org_id())
}

fn event(ports: &SetUp<'_>, scope: OrgScope, id: GatewayId, rev: u64) -> Event {
    let what = Happening::GatewayChanged { gateway_id: id };
    let event_id = format!("{id}:{}:{rev}", what.detail_type());
    Event::of_record(scope.org_id(), event_id, ports.clock.now().into(), what)
}

/// Registers a gateway. Its EUI is its own among all organizations.
///
/// # Errors
/// Refused when there is no such site, and when the EUI is registered already.
pub async fn create_gateway(
    ports: &SetUp<'_>,
    caller: &Caller,
    input: CreateGateway,
) -> Result<At<GatewayView>, Failure> {
    let scope = caller.scope;
    let id = ports.ids.id::<GatewayId>(ports.clock.now());
    let gateway = Gateway {
        id,
        gateway_eui: input.gateway_eui,
        server_id: input.server_id,
        name: input.name,
        description: input.description,
        site_id: input.site_id,
        frequency_plan: input.frequency_plan,
        coordinates: input.coordinates,
        altitude_m: input.altitude_m.map(altitude).transpose()?,
        maintenance: false,
        retired_at: None,
    };
    let site = site(ports, caller, gateway.site_id).await?;
    let holder = Holder {
        id: holder_id(scope, id),
        data: serde_json::Value::Null,
        expires_at: None,
    };
    let taken = Refusal::new(
        ProblemCode::Conflict,
        format!(
            "The EUI {} is registered for another gateway. Compare it with the label.",
            gateway.gateway_eui
        ),
    );
    let mut change = Change::new(scope, &caller.actor, "gateway.created", id)
        .detail("gateway_eui", gateway.gateway_eui)
        .insert(&gateway)?
        .claim(eui_claim(gateway.gateway_eui), holder, taken)
        .insert_unless(&never_heard(gateway.gateway_eui), changed_meanwhile())?;
    if let Some(site) = &site {
        change = change.detail("site", site.record.id).expect(site);
    }
    let change = change.publish(event(ports, scope, id, 1));
    ports.registry().commit(change).await?;
    get_gateway(ports, caller, id).await
}

/// The site that a gateway is to be in.
async fn site(
    ports: &SetUp<'_>,
    caller: &Caller,
    id: Option<SiteId>,
) -> Result<Option<Stored<Site>>, Failure> {
    let Some(id) = id else {
        if sees(caller, None) {
            return Ok(None);
        }
        return Err(Refusal::new(
            ProblemCode::MissingRight,
            "You work for some sites: name the one of theirs that the gateway is in.",
        )
        .into());
    };
    caller.sees(id, "site")?;
    let stored = ports.records.get::<Site>(caller.scope, id).await?;
    stored
        .filter(|stored| stored.record.deleted.is_none())
        .map(Some)
        .ok_or_else(|| Refusal::not_found("site").into())
}

/// Metres above sea level where there may be a kitchen.
fn altitude(metres: i32) -> Result<i32, Refusal> {
    if (-500..=9_000).contains(&metres) {
        Ok(metres)
    } else {
        Err(Refusal::invalid("altitude_m must be -500 to 9000."))
    }
}

async fn find(ports: &SetUp<'_>, caller: &Caller, id: GatewayId) -> Result<Stored<Gateway>, Failure> {
    let stored = ports.records.get::<Gateway>(caller.scope, id).await?;
    stored
        .filter(|stored| sees(caller, stored.record.site_id))
        .ok_or_else(|| Refusal::not_found("gateway").into())
}

/// A gateway as it is registered.
///
/// # Errors
/// Refused when there is no such gateway.
pub async fn get_gateway(
    ports: &SetUp<'_>,
    caller: &Caller,
    id: GatewayId,
) -> Result<At<GatewayView>, Failure> {
    let stored = find(ports, caller, id).await?;
    let circumstances = Circumstances::read(ports, caller.scope).await?;
    Ok(At {
        view: circumstances.view(stored.record, ports.clock.now()),
        rev: stored.rev,
    })
}

/// The gateways that the caller may see, of one site or of all, oldest first, without those that are retired.
///
/// # Errors
/// Refused when there is no such page.
pub async fn list_gateways(
    ports: &SetUp<'_>,
    caller: &Caller,
    site_id: Option<SiteId>,
    page: &PageRequest,
) -> Result<Page<GatewayView>, Failure> {
    let wanted = |gateway: &Gateway| {
        gateway.retired_at.is_none()
            && sees(caller, gateway.site_id)
            && site_id.is_none_or(|site| gateway.site_id == Some(site))
    };
    let page = page_of(ports.records, caller.scope, page, Order::OldestFirst, wanted).await?;
    let circumstances = Circumstances::read(ports, caller.scope).await?;
    let now = ports.clock.now();
    Ok(page.map(|stored| circumstances.view(stored.record, now)))
}

/// Changes what `input` mentions.
///
/// # Errors
/// Refused when there is no such gateway or site, when it is no longer as the caller read it, and when it is retired.
pub async fn update_gateway(
    ports: &SetUp<'_>,
    caller: &Caller,
    id: GatewayId,
    read: Option<u64>,
    input: UpdateGateway,
) -> Result<At<GatewayView>, Failure> {
    let scope = caller.scope;
    let stored = find(ports, caller, id).await?;
    unchanged(read, stored.rev)?;
    if stored.record.retired_at.is_some() {
        return Err(Refusal::new(ProblemCode::Conflict, "The gateway is retired.").into());
    }
    let mut gateway = stored.record.clone();
    let site = match input.site_id {
        Patch::Keep => None,
        Patch::Clear => site(ports, caller, None).await?,
        Patch::Set(id) => site(ports, caller, Some(id)).await?,
    };
    input.site_id.apply(&mut gateway.site_id);
    if let Some(name) = input.name {
        gateway.name = name;
    }
    if let Some(description) = input.description {
        gateway.description = description;
    }
    if let Some(plan) = input.frequency_plan {
        gateway.frequency_plan = plan;
    }
    input.coordinates.apply(&mut gateway.coordinates);
    if let Patch::Set(metres) = input.altitude_m {
        altitude(metres)?;
    }
    input.altitude_m.apply(&mut gateway.altitude_m);
    if let Some(maintenance) = input.maintenance {
        gateway.maintenance = maintenance;
    }
    if gateway != stored.record {
        let mut change = Change::new(scope, &caller.actor, "gateway.updated", id)
            .replace(&gateway, stored.rev)?
            .publish(event(ports, scope, id, stored.rev + 1));
        if let Some(site) = &site {
            change = change.detail("site", site.record.id).expect(site);
        }
        ports.registry().commit(change).await?;
    }
    get_gateway(ports, caller, id).await
}

/// Retires a gateway: its EUI is free, and its record stays. Retiring it again changes nothing.
///
/// # Errors
/// Refused when there is no such gateway.
pub async fn retire_gateway(
    ports: &SetUp<'_>,
    caller: &Caller,
    id: GatewayId,
) -> Result<At<GatewayView>, Failure> {
    settled(|| retire(ports, caller, id)).await?;
    get_gateway(ports, caller, id).await
}

async fn retire(ports: &SetUp<'_>, caller: &Caller, id: GatewayId) -> Result<(), Failure> {
    let scope = caller.scope;
    let stored = find(ports, caller, id).await?;
    if stored.record.retired_at.is_none() {
        let mut gateway = stored.record.clone();
        gateway.retired_at = Some(ports.clock.now());
        let change = Change::new(scope, &caller.actor, "gateway.retired", id)
            .detail("gateway_eui", gateway.gateway_eui)
            .replace(&gateway, stored.rev)?
            .release(eui_claim(gateway.gateway_eui), holder_id(scope, id))
            .publish(event(ports, scope, id, stored.rev + 1));
        let change = match heard(ports.records, scope, gateway.gateway_eui).await? {
            Some(heard) => change.remove(&heard),
            None => change,
        };
        ports.registry().commit(change).await?;
    }
    Ok(())
}

const fn never_heard(gateway_eui: GatewayEui) -> GatewayHeard {
    GatewayHeard {
        gateway_eui,
        at: None,
    }
}

/// What gateways are shown by: when each was heard, and how often something is to be heard by it.
struct Circumstances {
    heard: BTreeMap<GatewayEui, Timestamp>,
    /// The shortest interval at which a sensor of the site reports.
    intervals: BTreeMap<SiteId, Span>,
}

impl Circumstances {
    async fn read(ports: &SetUp<'_>, scope: OrgScope) -> Result<Self, Failure> {
        let heard = ports.records.all::<GatewayHeard>(scope).await?;
        let sites = ports.sites_of_units(scope).await?;
        let mut intervals: BTreeMap<SiteId, Span> = BTreeMap::new();
        for Stored { record: sensor, .. } in ports.records.all::<Sensor>(scope).await? {
            if let Some(site) = sensor.unit_id.and_then(|unit| sites.get(&unit)) {
                let interval = interval_of(&sensor);
                let shortest = intervals.entry(*site).or_insert(interval);
                *shortest = interval.min(*shortest);
            }
        }
        Ok(Self {
            heard: heard
                .into_iter()
                .filter_map(|stored| Some((stored.record.gateway_eui, stored.record.at?)))
                .collect(),
            intervals,
        })
    }

    /// How often something is to be heard by a gateway of `site`; by one that is in none, of any.
    fn interval(&self, site: Option<SiteId>) -> Span {
        let of_site = site.and_then(|site| self.intervals.get(&site));
        let shortest = of_site.or_else(|| self.intervals.values().min());
        shortest.copied().unwrap_or(USUAL_INTERVAL)
    }

    fn status(&self, gateway: &Gateway, heard_at: Option<Timestamp>, now: Timestamp) -> GatewayStatus {
        if gateway.retired_at.is_some() {
            return GatewayStatus::Retired;
        }
        if gateway.maintenance {
            return GatewayStatus::Maintenance;
        }
        match heard_at {
            None => GatewayStatus::Pending,
            Some(at) if is_silent(at, self.interval(gateway.site_id), now) => GatewayStatus::Offline,
            Some(_) => GatewayStatus::Online,
        }
    }

    fn view(&self, gateway: Gateway, now: Timestamp) -> GatewayView {
        let heard_at = self.heard.get(&gateway.gateway_eui).copied();
        let heard_at = heard_at.filter(|_| gateway.retired_at.is_none());
        let status = self.status(&gateway, heard_at, now);
        view(gateway, status, heard_at)
    }
}

/// The least silence of a gateway that means something: radio is no clock.
const LEAST_SILENCE: Span = Span::minutes(30);
/// Reports of the busiest sensor that are missed before a gateway counts as offline.
const MISSED_REPORTS: u32 = 5;

/// Whether a gateway is out of order that was last heard at `heard_at` and by which something is to be heard every
/// `interval`.
fn is_silent(heard_at: Timestamp, interval: Span, now: Timestamp) -> bool {
    let missed = interval.times(MISSED_REPORTS);
    now.since(heard_at) > missed.max(LEAST_SILENCE) + RESOLUTION
}

fn view(gateway: Gateway, status: GatewayStatus, heard_at: Option<Timestamp>) -> GatewayView {
    GatewayView {
        id: gateway.id,
        gateway_eui: gateway.gateway_eui.to_string(),
        server_id: gateway.server_id,
        name: gateway.name,
        description: gateway.description,
        site_id: gateway.site_id,
        frequency_plan: gateway.frequency_plan,
        coordinates: gateway.coordinates,
        altitude_m: gateway.altitude_m,
        status,
        last_seen_at: heard_at.map(Into::into),
        retired_at: gateway.retired_at.map(Into::into),
    }
}
