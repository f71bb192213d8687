//! Gateways.

use super::sees;
use crate::error::{Failure, Refusal};
use crate::page::{Order, PageRequest, page_of};
use crate::places::{At, unchanged};
use crate::ports::{Claim, ClaimSpace, Holder, Stored};
use crate::registry::Change;
use crate::scope::{Caller, OrgScope};
use crate::set_up::SetUp;
use freshtrack_contracts::devices::{CreateGateway, GatewayStatus, GatewayView, UpdateGateway};
use freshtrack_contracts::events::{Event, Happening};
use freshtrack_contracts::page::Page;
use freshtrack_contracts::places::Patch;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::device::{Gateway, GatewayEui};
use freshtrack_domain::ids::{GatewayId, SiteId};
use freshtrack_domain::place::Site;

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
        .claim(eui_claim(gateway.gateway_eui), holder, taken);
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
    Ok(At {
        view: view(stored.record),
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
    Ok(page.map(|stored| view(stored.record)))
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
        ports.registry().commit(change).await?;
    }
    get_gateway(ports, caller, id).await
}

fn view(gateway: Gateway) -> GatewayView {
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
        status: if gateway.retired_at.is_some() {
            GatewayStatus::Retired
        } else if gateway.maintenance {
            GatewayStatus::Maintenance
        } else {
            GatewayStatus::Pending
        },
        retired_at: gateway.retired_at.map(Into::into),
    }
}
