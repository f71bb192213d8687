//! Connections: who may make them, and what is never told of them.

use crate::support::{KEY, OTHER_KEY, Office, chirpstack, code, input, things_stack};
use freshtrack_application::networks::{
    create_network, delete_network, get_network, list_networks, rotate_network_key, test_network,
    update_network,
};
use freshtrack_application::organizations::authorize_access_key;
use freshtrack_application::ports::{Owner, RecordKind, Records as _, ServerErrorKind};
use freshtrack_application::{Caller, PageRequest};
use freshtrack_contracts::networks::{RotateNetworkKey, UpdateNetwork};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::access::{Right, Sites};
use freshtrack_domain::network::TestResult;
use freshtrack_domain::text::Name;
use freshtrack_testkit::{Called, SeededIds, fresh_id, server_error};

#[tokio::test]
async fn a_connection_shows_neither_of_its_secrets_again() {
    let (office, caller) = Office::open().await;
    let new = office.connected(&caller).await;
    assert_eq!(new.network.api_key_last4, "cdef");
    let machine = authorize_access_key(office.store(), &office.clock, &new.webhook_secret.0).await;
    let machine = machine.unwrap().unwrap();
    assert_eq!(machine.rights.iter().collect::<Vec<_>>(), [Right::Ingest]);
    assert_eq!(machine.actor.id, new.network.webhook.access_key_id.to_string());
    let expected = format!("/v1/orgs/{}/ingest/things-stack", caller.scope.org_id());
    assert_eq!(new.network.webhook.path, expected);

    let shown = get_network(&office.networks(), &caller, new.network.id)
        .await
        .unwrap();
    let listed = list_networks(&office.networks(), &caller, &PageRequest::default())
        .await
        .unwrap();
    assert_eq!(listed.items, std::slice::from_ref(&shown.view));
    let owner = Owner::from(caller.scope);
    let mut told = serde_json::to_string(&(shown.view, listed)).unwrap();
    for kind in ["NET", "AUDIT", "KEY"] {
        for found in office
            .records
            .list(owner, RecordKind(kind), None, 100, false)
            .await
            .unwrap()
        {
            told.push_str(&found.data.to_string());
        }
    }
    assert!(told.contains("network.connected"), "the chain was looked through");
    for secret in [KEY, &new.webhook_secret.0] {
        assert!(!told.contains(secret));
    }
}

#[tokio::test]
async fn connecting_again_with_the_same_request_connects_once() {
    let (mut office, caller) = Office::open().await;
    let first = office.connected(&caller).await;
    office.ids = SeededIds::new(1);
    let second = office.connected(&caller).await;
    assert_eq!(first, second);
    assert_eq!(
        list_networks(&office.networks(), &caller, &PageRequest::default())
            .await
            .unwrap()
            .items
            .len(),
        1
    );
}

#[tokio::test]
async fn private_networks_and_limited_members_are_refused() {
    let (office, caller) = Office::open().await;
    for url in ["https://10.0.0.8", "http://localhost:8090", "https://127.0.0.1"] {
        let refused = create_network(&office.networks(), &caller, input(chirpstack(url))).await;
        assert_eq!(code(refused), Some(ProblemCode::InvalidRequest), "{url}");
    }
    let limited = Caller {
        sites: Sites::Only([fresh_id()].into()),
        ..caller.clone()
    };
    let refused = create_network(&office.networks(), &limited, input(things_stack())).await;
    assert_eq!(code(refused), Some(ProblemCode::MissingRight));
    let new = office.connected(&caller).await;
    let foreign = office.administrator().await;
    let refused = get_network(&office.networks(), &foreign, new.network.id).await;
    assert_eq!(code(refused), Some(ProblemCode::NotFound));
}

#[tokio::test]
async fn a_key_is_not_sent_to_an_address_that_it_was_not_given_for() {
    let (office, caller) = Office::open().await;
    let id = office.connected(&caller).await.network.id;
    let moved = |api_key: Option<&str>| UpdateNetwork {
        server: Some(chirpstack("https://lns.example.com")),
        api_key: api_key.map(|key| key.parse().unwrap()),
        ..UpdateNetwork::default()
    };
    let refused = update_network(&office.networks(), &caller, id, None, moved(None)).await;
    assert_eq!(code(refused), Some(ProblemCode::InvalidRequest));
    let stale = update_network(&office.networks(), &caller, id, Some(9), moved(Some(OTHER_KEY))).await;
    assert_eq!(code(stale), Some(ProblemCode::Stale));
    let updated = update_network(&office.networks(), &caller, id, Some(1), moved(Some(OTHER_KEY))).await;
    let updated = updated.unwrap();
    assert_eq!((updated.view.api_key_last4.as_str(), updated.rev), ("fedc", 2));
    assert!(updated.view.webhook.path.ends_with("/ingest/chirpstack"));
    office.servers.take_only(OTHER_KEY);
    let test = test_network(&office.networks(), &caller, id).await.unwrap();
    assert_eq!(test.result, TestResult::Working);

    let renamed = UpdateNetwork {
        name: Some(Name::new("Harbour").unwrap()),
        ..UpdateNetwork::default()
    };
    let renamed = update_network(&office.networks(), &caller, id, None, renamed)
        .await
        .unwrap();
    assert_eq!(renamed.view.name.as_str(), "Harbour");
    assert!(
        renamed.view.last_test.is_some(),
        "a name says nothing about the server"
    );
}

#[tokio::test]
async fn a_test_tells_what_is_wrong_and_is_remembered() {
    let (office, caller) = Office::open().await;
    let id = office.connected(&caller).await.network.id;
    for (kind, result, status) in [
        (ServerErrorKind::WrongKey, TestResult::WrongKey, Some(401)),
        (ServerErrorKind::NotAllowed, TestResult::NotAllowed, Some(403)),
        (ServerErrorKind::NotFound, TestResult::NotFound, Some(404)),
        (ServerErrorKind::Throttled, TestResult::Throttled, Some(429)),
        (ServerErrorKind::NoAnswer, TestResult::NoAnswer, None),
        (ServerErrorKind::AddressRefused, TestResult::AddressRefused, None),
        (ServerErrorKind::Unexpected, TestResult::Unexpected, Some(500)),
    ] {
        office.servers.fail_next([server_error(kind)]);
        let test = test_network(&office.networks(), &caller, id).await.unwrap();
        assert_eq!((test.result, test.status), (result, status));
        let shown = get_network(&office.networks(), &caller, id).await.unwrap();
        assert_eq!(shown.view.last_test, Some(test));
    }
    let test = test_network(&office.networks(), &caller, id).await.unwrap();
    assert_eq!((test.result, test.detail), (TestResult::Working, None));
    let calls = office.servers.take_calls();
    assert_eq!(calls, [Called::Tested], "where this API is reached is not known");
}

#[tokio::test]
async fn a_new_key_must_be_one_that_the_server_takes() {
    let (office, caller) = Office::open().await;
    let id = office.connected(&caller).await.network.id;
    let rotate = async |key: &str| {
        let input = RotateNetworkKey {
            api_key: key.parse().unwrap(),
        };
        rotate_network_key(&office.networks(), &caller, id, input).await
    };
    office.servers.take_only(KEY);
    assert_eq!(code(rotate(OTHER_KEY).await), Some(ProblemCode::Conflict));
    let test = test_network(&office.networks(), &caller, id).await.unwrap();
    assert_eq!(test.result, TestResult::Working, "the present key stayed");

    office.servers.take_only(OTHER_KEY);
    let rotated = rotate(OTHER_KEY).await.unwrap();
    assert_eq!(rotated.view.api_key_last4, "fedc");
    assert_eq!(rotated.view.last_test.unwrap().result, TestResult::Working);
    assert_eq!(
        rotate(OTHER_KEY).await.unwrap().rev,
        rotated.rev,
        "nothing left to do"
    );

    office
        .servers
        .fail_next([server_error(ServerErrorKind::NoAnswer)]);
    let rotated = rotate(KEY).await.unwrap();
    assert_eq!(rotated.view.last_test.unwrap().result, TestResult::NoAnswer);
}

#[tokio::test]
async fn a_connection_ends_with_its_webhook() {
    let (office, caller) = Office::open().await;
    let new = office.connected(&caller).await;
    let machine = async || {
        let known = authorize_access_key(office.store(), &office.clock, &new.webhook_secret.0).await;
        known.unwrap()
    };
    assert!(machine().await.is_some());
    delete_network(&office.networks(), &caller, new.network.id)
        .await
        .unwrap();
    assert_eq!(machine().await, None);
    let again = delete_network(&office.networks(), &caller, new.network.id).await;
    assert_eq!(code(again), Some(ProblemCode::NotFound));
}
