//! Access keys: each opens what its rights cover, in its own organization and for its own sites.

use crate::house::{House, rights_of_keys};
use crate::request::{closed, of_organizations};
use freshtrack_contracts::access_keys::NewAccessKey;
use freshtrack_contracts::endpoints::Access;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_tests::World;
use http::Method;
use serde_json::json;

/// What only somebody can do who is a member, whatever the right.
const FOR_MEMBERS: [&str; 1] = ["organizations-leave"];

#[tokio::test]
async fn a_key_opens_what_its_right_covers() {
    let world = World::start().await;
    let house = House::new(&world).await;
    for (endpoint, right) in of_organizations().filter(|(_, right)| right.is_for_keys()) {
        let request = house.fresh_request_in(0, endpoint).await;
        let answer = request.send(world.api, Some(house.tenant.key(right))).await;
        let what = format!("{}: {answer:?}", endpoint.function);
        if FOR_MEMBERS.contains(&endpoint.function) {
            assert_eq!(answer.code(), ProblemCode::MissingRight, "{what}");
        } else {
            assert_eq!(answer.status.as_u16(), endpoint.status, "{what}");
        }
    }
}

#[tokio::test]
async fn a_key_opens_nothing_else() {
    let world = World::start().await;
    let house = House::new(&world).await;
    let before = house.everything().await;
    for endpoint in closed() {
        let request = house.request(endpoint);
        match endpoint.access {
            Access::Organization(right) => {
                let answer = request.send(world.api, Some(house.key_without(right))).await;
                let what = format!("{}: {answer:?}", endpoint.function);
                let problem = answer.problem();
                assert_eq!(problem.code, ProblemCode::MissingRight, "{what}");
                assert!(problem.detail.contains(right.name()), "{what}");
            }
            // A machine is nobody.
            _ => {
                for right in rights_of_keys() {
                    let answer = request.send(world.api, Some(house.tenant.key(right))).await;
                    let what = format!("{}: {answer:?}", endpoint.function);
                    assert_eq!(answer.code(), ProblemCode::NotSignedIn, "{what}");
                }
            }
        }
    }
    // That they were tried is to be seen on the keys themselves.
    before.is_still(&house.everything().await, &["organizations-list-access-keys"]);
}

#[tokio::test]
async fn a_key_for_one_site_opens_nothing_of_another() {
    let world = World::start().await;
    let house = House::new(&world).await;
    let only = house.only(0);
    // Whoever sends readings does so for all sites.
    let rights: Vec<_> = rights_of_keys()
        .filter(|right| *right != freshtrack_domain::access::Right::Ingest)
        .collect();
    let asked = json!({ "name": "Display", "rights": rights, "sites": only });
    let path = house.tenant.path("access-keys");
    let key: NewAccessKey = house.owner(Method::POST, &path, asked).await.ok();
    let covered = of_organizations().filter(|(_, right)| rights.contains(right));
    crate::sites::confines(&house, &key.secret.0, covered).await;
}
