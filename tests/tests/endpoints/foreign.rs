//! What is another organization's: not found, as if there were no such thing, and nothing is done to it.

use crate::house::{House, rights_of_keys};
use crate::request::{Ids, Request, body, closed, identifiers, of_organizations, parameters, said};
use crate::sites::{ONE_BY_ONE, nothing_like, unknown};
use freshtrack_contracts::endpoints::{Access, Endpoint};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::access::Role;
use freshtrack_tests::{Answer, World};
use http::StatusCode;

/// Two organizations in one world. What is tried from `ours` must leave `theirs` as it was.
struct Neighbours<'w> {
    ours: House<'w>,
    theirs: House<'w>,
}

impl<'w> Neighbours<'w> {
    async fn new(world: &'w World) -> Self {
        Self {
            ours: House::new(world).await,
            theirs: House::new(world).await,
        }
    }

    /// Sends what asks `endpoint` for something of theirs, and the same for something that there is not; both must be
    /// answered alike.
    async fn compare(&self, endpoint: &Endpoint, credential: &str, theirs: &Ids, nothing: &Ids) -> Answer {
        let api = self.ours.world.api;
        // What differs from one time to the next must not differ between these two.
        let asked = Request::new(endpoint, theirs);
        let mut nowhere = Request::new(endpoint, nothing);
        if body(endpoint).is_some_and(|body| identifiers(&body).is_empty()) {
            nowhere.body.clone_from(&asked.body);
        }
        let answer = asked.send(api, Some(credential)).await;
        let what = format!("{}: {answer:?}", endpoint.function);
        assert!(!self.theirs.is_betrayed_by(&answer), "{what}");
        let unknown = nowhere.send(api, Some(credential)).await;
        assert_eq!(said(&answer), said(&unknown), "{}", endpoint.function);
        answer
    }
}

#[tokio::test]
async fn another_organization_is_not_found_by_people_or_keys() {
    let world = World::start().await;
    let neighbours = Neighbours::new(&world).await;
    let Neighbours { ours, theirs } = &neighbours;
    let before = theirs.everything().await;
    for (endpoint, right) in of_organizations() {
        let mut nothing = nothing_like(theirs.standing(0));
        nothing.insert("org_id".to_owned(), unknown("org"));
        let people = Role::ALL.map(|role| ours.token(role));
        let key = right.is_for_keys().then(|| ours.tenant.key(right));
        for credential in people.into_iter().chain(key) {
            let answer = neighbours
                .compare(endpoint, credential, theirs.standing(0), &nothing)
                .await;
            assert_eq!(answer.code(), ProblemCode::NotFound, "{}", endpoint.function);
        }
    }
    before.is_still(&theirs.everything().await, &[]);
}

#[tokio::test]
async fn what_is_theirs_is_not_found_in_ours() {
    let world = World::start().await;
    let neighbours = Neighbours::new(&world).await;
    let Neighbours { ours, theirs } = &neighbours;
    let (before, our_before) = (theirs.everything().await, ours.everything().await);
    let mut tried = 0;
    for endpoint in closed().filter(|endpoint| endpoint.access != Access::Platform) {
        let in_body = body(endpoint).map(|body| identifiers(&body)).unwrap_or_default();
        let in_path = parameters(endpoint).map(str::to_owned);
        for name in in_path.chain(in_body) {
            // In turn, each of what the endpoint is asked for is theirs, and the rest is ours.
            let own = ours.standing(0);
            let Some((prefix, _)) = own[&name].split_once('_') else {
                continue;
            };
            tried += 1;
            let (mut foreign, mut nothing) = (own.clone(), own.clone());
            foreign.insert(name.clone(), theirs.standing(0)[&name].clone());
            nothing.insert(name.clone(), unknown(prefix));
            let token = Some(ours.token(Role::Owner));
            let right = endpoint.access.right().filter(|right| right.is_for_keys());
            let key = right.map(|right| ours.tenant.key(right));
            for credential in token.into_iter().chain(key) {
                let answer = neighbours.compare(endpoint, credential, &foreign, &nothing).await;
                if name != "org_id" && ONE_BY_ONE.contains(&endpoint.function) {
                    continue;
                }
                assert_eq!(
                    answer.code(),
                    ProblemCode::NotFound,
                    "{} {name}",
                    endpoint.function
                );
            }
        }
    }
    assert!(tried > 0);
    before.is_still(&theirs.everything().await, &[]);
    // When keys were last used is to be seen on them.
    our_before.is_still(&ours.everything().await, &["organizations-list-access-keys"]);
}

/// In a question, as in `?site_id=`: what is theirs is answered like what there is not.
#[tokio::test]
async fn who_asks_for_theirs_in_a_question_learns_nothing() {
    let world = World::start().await;
    let Neighbours { ours, theirs } = &Neighbours::new(&world).await;
    let mut tried = 0;
    for (endpoint, _) in of_organizations() {
        for parameter in endpoint.query_parameters() {
            let Some(foreign) = theirs.standing(0).get(parameter.name) else {
                continue;
            };
            tried += 1;
            let (prefix, _) = foreign.split_once('_').unwrap();
            let ask = async |id: &str| {
                let mut request = ours.request(endpoint);
                request.path.push_str(&format!("?{}={id}", parameter.name));
                request.send(world.api, Some(ours.token(Role::Owner))).await
            };
            let (asked, unknown) = (ask(foreign).await, ask(&unknown(prefix)).await);
            assert_eq!(
                said(&asked),
                said(&unknown),
                "{} {}",
                endpoint.function,
                parameter.name
            );
            assert!(!theirs.is_betrayed_by(&asked), "{asked:?}");
        }
    }
    assert!(tried > 0);
}

#[tokio::test]
async fn what_is_no_identifier_names_nothing() {
    let world = World::start().await;
    let house = House::new(&world).await;
    let org = house.tenant.org_id().to_string();
    let before = house.everything().await;
    for (endpoint, _) in of_organizations() {
        for name in parameters(endpoint) {
            let id = &house.standing(0)[name];
            let Some((prefix, ulid)) = id.split_once('_') else {
                continue;
            };
            for none in [
                id.to_lowercase(),
                ulid.to_owned(),
                format!("{id}%20"),
                format!("{id}%00"),
                format!("{id}%23"),
                format!("{prefix}_"),
                if name == "org_id" {
                    house.standing(0)["unit_id"].clone()
                } else {
                    org.clone()
                },
                "*".to_owned(),
                "%2E%2E".to_owned(),
                "x".repeat(4_000),
            ] {
                let mut ids = house.standing(0).clone();
                ids.insert(name.to_owned(), none.clone());
                let request = Request::new(endpoint, &ids);
                let answer = request.send(world.api, Some(house.token(Role::Owner))).await;
                let what = format!("{} {name}={none:.40}: {answer:?}", endpoint.function);
                assert_eq!(answer.status, StatusCode::NOT_FOUND, "{what}");
                assert!(!house.is_betrayed_by(&answer), "{what}");
            }
        }
    }
    before.is_still(&house.everything().await, &[]);
}

/// The keys of one organization are no use in another, each as it is and with all rights that there are.
#[tokio::test]
async fn no_key_opens_another_organization() {
    let world = World::start().await;
    let Neighbours { ours, theirs } = &Neighbours::new(&world).await;
    for (endpoint, _) in of_organizations() {
        for right in rights_of_keys() {
            let answer = theirs
                .request(endpoint)
                .send(world.api, Some(ours.tenant.key(right)))
                .await;
            assert_eq!(
                answer.code(),
                ProblemCode::NotFound,
                "{} {answer:?}",
                endpoint.function
            );
        }
    }
}
