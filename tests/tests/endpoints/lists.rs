//! Lists: all read page by page, in one way.

use crate::house::House;
use crate::persons::administrator;
use crate::request::{Ids, Request};
use crate::support::{act_for, end};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use freshtrack_contracts::endpoints::{Endpoint, endpoints, of_function};
use freshtrack_contracts::page::{Page, PageSize};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::access::Role;
use freshtrack_domain::time::Span;
use freshtrack_tests::{Answer, Person, World};
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;

/// The lists, and how much of each is on a page.
fn lists() -> impl Iterator<Item = (&'static Endpoint, PageSize)> {
    endpoints().filter_map(|endpoint| Some((endpoint, endpoint.pages()?)))
}

/// The pages that `get` answers with: the one that `query` asks for and all behind it.
async fn walk(get: impl AsyncFn(String) -> Answer, query: &str) -> Vec<Page<Json>> {
    let mut pages: Vec<Page<Json>> = vec![get(query.to_owned()).await.ok()];
    while let Some(next) = &pages[pages.len() - 1].next_cursor {
        let next = get(format!("{query}&cursor={next}")).await;
        pages.push(next.ok());
    }
    pages
}

fn items(pages: Vec<Page<Json>>) -> Vec<Json> {
    pages.into_iter().flat_map(|page| page.items).collect()
}

/// The endpoints that add to a list.
pub(crate) fn additions() -> impl Iterator<Item = &'static Endpoint> {
    endpoints().filter(|endpoint| {
        // An administrator acts for one person at a time.
        let is_support = endpoint.function == "platform-start-support";
        endpoint.method == "POST" && !is_support && lists().any(|(list, _)| list.path == endpoint.path)
    })
}

/// Things whose lists have more than one item each.
pub(crate) struct Filled {
    pub(crate) ids: Ids,
    /// The replies to what was asked for.
    pub(crate) told: Vec<Json>,
}

/// Sees to it that every list in `house` has more than one item.
pub(crate) async fn fill(house: &House<'_>, sue: &Person) -> Filled {
    let send = async |endpoint: &Endpoint, request: Request| {
        let credential = house.credential(endpoint, sue);
        let answer = request.send(house.world.api, credential.as_deref()).await;
        let what = format!("{} {answer:?}", endpoint.function);
        assert_eq!(answer.status.as_u16(), endpoint.status, "{what}");
        answer
    };
    // Only what is registered can be sent changes.
    let mut ids = house.standing(0).clone();
    ids.insert("sensor_id".to_owned(), house.fitted(0).await);
    house.registered(&ids["sensor_id"], &ids["network_id"]).await;
    house.world.advance(Span::minutes(1));
    house.measure_again(0).await;
    house.doors_opened(0).await;
    let mut told = Vec::new();
    for minutes in [15, 25] {
        for function in [
            "places-put-organization-rules",
            "places-put-site-rules",
            "places-put-unit-rules",
        ] {
            let endpoint = of_function(function).unwrap();
            let mut request = Request::new(endpoint, &ids);
            request.body = Some(json!({ "confirm_door_closed_minutes": minutes }));
            send(endpoint, request).await;
        }
        for function in [
            "places-put-organization-alarms",
            "places-put-site-alarms",
            "places-put-unit-alarms",
        ] {
            let endpoint = of_function(function).unwrap();
            let mut request = Request::new(endpoint, &ids);
            request.body =
                Some(json!({ "set": [{ "alarm": "humidity_high", "duration_minutes": minutes }] }));
            send(endpoint, request).await;
        }
        for endpoint in additions() {
            told.push(send(endpoint, Request::new(endpoint, &ids)).await.json());
        }
        house.kept_aside().await;
        act_for(house, sue, Role::Staff).await;
        end(sue).await;
        house.guest_again().await;
    }
    for function in ["places-delete-site", "places-delete-area", "places-delete-unit"] {
        let endpoint = of_function(function).unwrap();
        send(endpoint, house.fresh_request_in(0, endpoint).await).await;
    }
    house.world.settled().await;
    Filled { ids, told }
}

#[tokio::test]
async fn every_list_is_the_same_page_by_page() {
    let world = World::start().await;
    let house = House::new(&world).await;
    let sue = administrator(&world).await;
    let filled = fill(&house, &sue).await;
    for (endpoint, size) in lists() {
        let function = endpoint.function;
        let credential = house.credential(endpoint, &sue).unwrap();
        let path = Request::new(endpoint, &filled.ids).path;
        let get = async |query: String| world.api.get(&format!("{path}?{query}"), &credential).await;
        let whole = walk(get, &format!("limit={}", size.most)).await;
        assert_eq!(whole.len(), 1, "{function}");
        let whole = items(whole);
        assert!(
            whole.len() > 1,
            "{function}: fill has to see to two items: {whole:?}"
        );
        let distinct: BTreeSet<String> = whole.iter().map(Json::to_string).collect();
        assert_eq!(distinct.len(), whole.len(), "{function}: {whole:?}");
        for limit in 1..=2 {
            let pages = walk(get, &format!("limit={limit}")).await;
            assert!(pages.iter().all(|page| page.items.len() <= limit), "{function}");
            assert_eq!(items(pages), whole, "{function}");
        }
    }
}

#[tokio::test]
async fn no_list_has_a_page_that_none_has() {
    let world = World::start().await;
    let house = House::new(&world).await;
    let sue = administrator(&world).await;
    let of_no_list = URL_SAFE_NO_PAD.encode("NOTHING#01JD8Q6V5X8A2C4E6G8J0M2P4R");
    for (endpoint, size) in lists() {
        let credential = house.credential(endpoint, &sue).unwrap();
        let path = house.request(endpoint).path;
        for wrong in [
            "limit=0".to_owned(),
            "limit=x".to_owned(),
            "limit=-1".to_owned(),
            format!("limit={}", size.most + 1),
            "cursor=".to_owned(),
            "cursor=x".to_owned(),
            format!("cursor={of_no_list}"),
            format!("cursor={}", "A".repeat(2_000)),
        ] {
            let answer = world.api.get(&format!("{path}?{wrong}"), &credential).await;
            let what = format!("{} {wrong}: {answer:?}", endpoint.function);
            assert_eq!(answer.code(), ProblemCode::InvalidRequest, "{what}");
        }
    }
}
