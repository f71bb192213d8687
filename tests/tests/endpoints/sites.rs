//! Members who work for some of the sites: what belongs to another does not exist for them, and what is about the whole
//! organization is not theirs to do.

use crate::house::{House, id_of};
use crate::request::{Ids, Request, body, identifiers, of_organizations, parameters, said};
use freshtrack_contracts::endpoints::Endpoint;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::access::{Right, Role};
use freshtrack_tests::World;
use http::Method;
use serde_json::json;

/// What is about the organization as a whole.
const WHOLE_ORGANIZATION: [&str; 17] = [
    "organizations-update",
    "organizations-list-audit",
    "organizations-verify-audit",
    "organizations-list-support-sessions",
    "places-create-site",
    "places-put-organization-rules",
    "places-put-organization-alarms",
    "ingest-list-quarantine",
    "ingest-replay-quarantine",
    "devices-claim-frame",
    "devices-unassign-sensor",
    "networks-create",
    "networks-update",
    "networks-test",
    "networks-rotate-key",
    "networks-rotate-webhook",
    "networks-delete",
];

/// What answers for each of the things that its body names.
pub(crate) const ONE_BY_ONE: [&str; 2] = ["logbook-log-many", "processes-observe-many"];

/// What is of no site, and there for everybody whose right it is to see it.
const OF_NO_SITE: [&str; 4] = ["org_id", "session_id", "network_id", "model"];

#[tokio::test]
async fn who_works_for_one_site_finds_nothing_of_another() {
    let world = World::start().await;
    let house = House::new(&world).await;
    let admin = house.member(Role::Admin);
    let path = house.tenant.path(&format!("members/{}", id_of(admin).await));
    let only = json!({ "sites": house.only(0) });
    house.owner(Method::PATCH, &path, only).await;
    let held = of_organizations().filter(|(_, right)| Role::Admin.holds(*right));
    confines(&house, house.token(Role::Admin), held).await;
}

/// Holds a `credential` for the first site of `house` to that site, at each of the endpoints that its rights open.
pub(crate) async fn confines(
    house: &House<'_>,
    credential: &str,
    opened: impl Iterator<Item = (&'static Endpoint, Right)>,
) {
    let opened: Vec<&Endpoint> = opened.map(|(endpoint, _)| endpoint).collect();
    let before = house.everything().await;
    for endpoint in &opened {
        outside(house, credential, endpoint).await;
    }
    before.is_still(&house.everything().await, &["organizations-list-access-keys"]);
    for endpoint in opened {
        inside(house, credential, endpoint).await;
    }
}

/// What is asked for in another site is not found, as if there were no such thing; and whatever is shown is not of it.
async fn outside(house: &House<'_>, credential: &str, endpoint: &Endpoint) {
    let (theirs, nothing) = (house.standing(1), nothing_like(house.standing(1)));
    let whole = WHOLE_ORGANIZATION.contains(&endpoint.function);
    if !whole && !names_something(endpoint) && endpoint.method != "GET" {
        return;
    }
    let elsewhere = Request::new(endpoint, theirs)
        .send(house.world.api, Some(credential))
        .await;
    let what = format!("{}: {elsewhere:?}", endpoint.function);
    if whole {
        assert_eq!(elsewhere.code(), ProblemCode::MissingRight, "{what}");
    } else if names_something(endpoint) {
        let nowhere = Request::new(endpoint, &nothing)
            .send(house.world.api, Some(credential))
            .await;
        if ONE_BY_ONE.contains(&endpoint.function) {
            let results: serde_json::Value = elsewhere.ok();
            assert_eq!(results["results"][0]["code"], "not_found", "{what}");
        } else {
            assert_eq!(elsewhere.code(), ProblemCode::NotFound, "{what}");
        }
        assert_eq!(said(&elsewhere), said(&nowhere), "{}", endpoint.function);
    } else {
        let text = String::from_utf8_lossy(&elsewhere.body);
        for id in nothing.keys().filter(|name| !OF_NO_SITE.contains(&name.as_str())) {
            assert!(!text.contains(theirs[id].as_str()), "{id} in {what}");
        }
    }
}

/// What is asked for in the own site is done.
async fn inside(house: &House<'_>, credential: &str, endpoint: &Endpoint) {
    if WHOLE_ORGANIZATION.contains(&endpoint.function) || endpoint.function == "organizations-leave" {
        return;
    }
    let request = house.fresh_request_in(0, endpoint).await;
    let answer = request.send(house.world.api, Some(credential)).await;
    let what = format!("{}: {answer:?}", endpoint.function);
    // A site that is new is none of those they work for.
    if endpoint.method != "GET" && parameters(endpoint).any(|name| name == "site_id") {
        assert_eq!(answer.code(), ProblemCode::NotFound, "{what}");
        if matches!(endpoint.method, "PATCH" | "PUT") {
            let own = house
                .request_in(0, endpoint)
                .send(house.world.api, Some(credential))
                .await;
            assert_eq!(
                own.status.as_u16(),
                endpoint.status,
                "{} {own:?}",
                endpoint.function
            );
        }
    } else {
        assert_eq!(answer.status.as_u16(), endpoint.status, "{what}");
    }
}

/// Whether `endpoint` is asked for something that belongs to a site.
fn names_something(endpoint: &Endpoint) -> bool {
    let in_body = body(endpoint).map(|body| identifiers(&body)).unwrap_or_default();
    let in_path = parameters(endpoint).map(str::to_owned);
    in_path
        .chain(in_body)
        .any(|name| !OF_NO_SITE.contains(&name.as_str()))
}

/// As `ids`, in the same organization, of things that there are not.
pub(crate) fn nothing_like(ids: &Ids) -> Ids {
    let nothing = |(name, id): (&String, &String)| match (name.as_str(), id.split_once('_')) {
        ("org_id", _) | (_, None) => (name.clone(), id.clone()),
        (_, Some((prefix, _))) => (name.clone(), unknown(prefix)),
    };
    ids.iter().map(nothing).collect()
}

/// An identifier of the kind of `prefix` that nothing has.
pub(crate) fn unknown(prefix: &str) -> String {
    let id: freshtrack_domain::ids::UnitId = freshtrack_testkit::fresh_id();
    id.to_string().replace("unt_", &format!("{prefix}_"))
}
