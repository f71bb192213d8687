//! Gateways.

use crate::support::{Depot, caller, code, minute};
use freshtrack_application::devices::{
    create_gateway, get_gateway, list_gateways, retire_gateway, update_gateway,
};
use freshtrack_application::places::{delete_place, purge_place};
use freshtrack_application::{PageRequest, PortErrorKind, SetUp};
use freshtrack_contracts::devices::{CreateGateway, GatewayStatus, UpdateGateway};
use freshtrack_contracts::events::PlaceId;
use freshtrack_contracts::ingest::ItemStatus;
use freshtrack_contracts::places::Patch;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::access::{Role, Sites};
use freshtrack_domain::device::GatewayEui;
use freshtrack_domain::ids::SiteId;
use freshtrack_domain::text::Name;
use freshtrack_testkit::{SeededIds, fresh_id};

fn gateway(site_id: Option<SiteId>) -> CreateGateway {
    CreateGateway {
        gateway_eui: GatewayEui(0x0016_C001_F153_A14C),
        server_id: "harbour-roof".parse().unwrap(),
        name: Name::new("Roof").unwrap(),
        description: Default::default(),
        site_id,
        frequency_plan: Default::default(),
        coordinates: None,
        altitude_m: Some(12),
    }
}

#[tokio::test]
async fn a_gateway_is_created_changed_and_retired() {
    let depot = Depot::new(1).await;
    let (set_up, owner) = (depot.set_up(), depot.owner());
    let created = create_gateway(&set_up, &owner, gateway(Some(depot.kitchen.site_id)))
        .await
        .unwrap();
    let id = created.view.id;
    assert_eq!(created.view.gateway_eui, "0016C001F153A14C");
    assert_eq!(created.view.status, GatewayStatus::Pending);
    let input = UpdateGateway {
        maintenance: Some(true),
        altitude_m: Patch::Clear,
        ..UpdateGateway::default()
    };
    let updated = update_gateway(&set_up, &owner, id, Some(created.rev), input.clone())
        .await
        .unwrap();
    assert_eq!(
        (updated.view.status, updated.view.altitude_m),
        (GatewayStatus::Maintenance, None)
    );
    let stale = update_gateway(&set_up, &owner, id, Some(created.rev), input.clone()).await;
    assert_eq!(code(stale), ProblemCode::Stale);

    let retired = retire_gateway(&set_up, &owner, id).await.unwrap();
    assert_eq!(retired.view.status, GatewayStatus::Retired);
    assert_eq!(retire_gateway(&set_up, &owner, id).await.unwrap(), retired);
    assert_eq!(
        code(update_gateway(&set_up, &owner, id, None, input).await),
        ProblemCode::Conflict
    );
    let list = list_gateways(&set_up, &owner, None, &PageRequest::default())
        .await
        .unwrap();
    assert_eq!(list.items, []);
    create_gateway(&set_up, &owner, gateway(None))
        .await
        .expect("its EUI is free");
}

#[tokio::test]
async fn a_gateway_is_online_while_frames_come_by_it() {
    let depot = Depot::new(2).await;
    let owner = depot.owner();
    let created = create_gateway(&depot.set_up(), &owner, gateway(None))
        .await
        .unwrap()
        .view;
    let shown = async || {
        let list = list_gateways(&depot.set_up(), &owner, None, &PageRequest::default()).await;
        let gateway = list.unwrap().items.remove(0);
        (gateway.status, gateway.last_seen_at.map(|at| at.0))
    };
    assert_eq!(
        (created.status, created.last_seen_at),
        (GatewayStatus::Pending, None)
    );
    assert_eq!(depot.frame_by(0, 1, &[]).await, ItemStatus::Accepted);
    assert_eq!(
        shown().await,
        (GatewayStatus::Pending, None),
        "another one heard it"
    );
    let eui = GatewayEui(0x0016_C001_F153_A14C);
    depot.frame_by(0, 2, &[GatewayEui(7), eui]).await;
    assert_eq!(shown().await, (GatewayStatus::Online, Some(minute(20))));
    // What was kept for a while says nothing new.
    depot.frame_by(1, 1, &[eui]).await;
    assert_eq!(shown().await.1, Some(minute(20)));
    depot.frame_by(0, 3, &[eui]).await;
    assert_eq!(shown().await, (GatewayStatus::Online, Some(minute(30))));
    // Half an hour at the soonest, and the five minutes to which it is known.
    depot.world.clock.set(minute(30 + 35));
    assert_eq!(shown().await.0, GatewayStatus::Online);
    depot.world.clock.set(minute(30 + 36));
    assert_eq!(shown().await, (GatewayStatus::Offline, Some(minute(30))));
    depot.frame_by(0, 9, &[eui]).await;
    assert_eq!(shown().await.0, GatewayStatus::Online);

    retire_gateway(&depot.set_up(), &owner, created.id).await.unwrap();
    depot.frame_by(0, 10, &[eui]).await;
    let anew = create_gateway(&depot.set_up(), &owner, gateway(None))
        .await
        .unwrap()
        .view;
    assert_eq!((anew.status, anew.last_seen_at), (GatewayStatus::Pending, None));
}

#[tokio::test]
async fn frames_are_taken_though_it_cannot_be_noted_by_whom() {
    let depot = Depot::new(1).await;
    let owner = depot.owner();
    create_gateway(&depot.set_up(), &owner, gateway(None))
        .await
        .unwrap();
    let faults = &depot.world.records.faults;
    faults.fail("records.commit", PortErrorKind::Unavailable, 1);
    let taken = depot.frame_by(0, 1, &[GatewayEui(0x0016_C001_F153_A14C)]).await;
    assert_eq!(taken, ItemStatus::Accepted);
}

#[tokio::test]
async fn an_eui_has_one_gateway_and_a_request_makes_one() {
    let depot = Depot::new(1).await;
    let owner = depot.owner();
    let create = async |seed| {
        let ids = SeededIds::new(seed);
        create_gateway(&depot.set_up_with(&ids), &owner, gateway(None)).await
    };
    let first = create(7).await.unwrap();
    assert_eq!(create(7).await.unwrap(), first, "the same request");
    assert_eq!(code(create(8).await), ProblemCode::Conflict);
    let rival = caller(fresh_id(), Role::Owner, Sites::All);
    let abroad = create_gateway(&depot.set_up(), &rival, gateway(None)).await;
    assert_eq!(code(abroad), ProblemCode::Conflict);
}

#[tokio::test]
async fn members_of_a_site_see_its_gateways() {
    let depot = Depot::new(1).await;
    let (here, there) = (depot.of_site(depot.kitchen.site_id), depot.of_site(fresh_id()));
    let set_up = depot.set_up();
    assert_eq!(
        code(create_gateway(&set_up, &here, gateway(None)).await),
        ProblemCode::MissingRight
    );
    let site = Some(depot.kitchen.site_id);
    assert_eq!(
        code(create_gateway(&set_up, &there, gateway(site)).await),
        ProblemCode::NotFound
    );
    let id = create_gateway(&set_up, &here, gateway(site))
        .await
        .unwrap()
        .view
        .id;
    assert_eq!(
        code(get_gateway(&set_up, &there, id).await),
        ProblemCode::NotFound
    );
    let list = async |caller| {
        let page = list_gateways(&set_up, &caller, site, &PageRequest::default()).await;
        page.unwrap().items.len()
    };
    assert_eq!((list(here).await, list(there).await), (1, 0));
}

#[tokio::test]
async fn a_gateway_is_in_no_site_that_is_gone_for_good() {
    let depot = Depot::new(1).await;
    let site = depot.kitchen.site_id;
    let id = create_gateway(&depot.set_up(), &depot.owner(), gateway(Some(site)))
        .await
        .unwrap()
        .view
        .id;
    let set_up = SetUp {
        records: &depot.world.records,
        states: &depot.world.memory,
        ids: &depot.world.ids,
        clock: &depot.world.clock,
    };
    delete_place(&set_up, &depot.owner(), PlaceId::Site(site))
        .await
        .unwrap();
    depot.follow().await;
    purge_place(&set_up, &depot.owner(), PlaceId::Site(site))
        .await
        .unwrap();
    depot.follow().await;
    let shown = get_gateway(&depot.set_up(), &depot.owner(), id).await.unwrap();
    assert_eq!(shown.view.site_id, None);
    assert_eq!(
        depot.stored(depot.brought_in(0)).await.unit_id,
        None,
        "nor is its sensor"
    );
}
