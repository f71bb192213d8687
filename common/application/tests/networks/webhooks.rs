//! Webhooks: set up with the connection, again by every test, with another secret, and taken down.

use crate::support::{KEY, OTHER_KEY, Office, chirpstack, code, input, things_stack};
use freshtrack_application::networks::{
    Networks, create_network, delete_network, get_network, rotate_webhook, test_network, update_network,
};
use freshtrack_application::organizations::{
    Office as Organizations, authorize_access_key, revoke_access_key, rotate_access_key,
};
use freshtrack_application::ports::ServerErrorKind;
use freshtrack_application::{Caller, PortErrorKind};
use freshtrack_contracts::access_keys::RotateAccessKey;
use freshtrack_contracts::networks::{NewNetwork, RotateWebhook, UpdateNetwork, WebhookSetUpView};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::ids::NetworkId;
use freshtrack_domain::network::{BaseUrl, Server, WebhookResult};
use freshtrack_testkit::{SeededIds, server_error};

fn api() -> BaseUrl {
    "https://api.example.com".parse().unwrap()
}

impl Office {
    async fn connects(&self, caller: &Caller, server: Server) -> NewNetwork {
        let api = api();
        let created = create_network(&self.networks_at(&api), caller, input(server)).await;
        created.unwrap().view
    }

    async fn set_up(&self, caller: &Caller, id: NetworkId) -> Option<WebhookSetUpView> {
        let shown = get_network(&self.networks(), caller, id).await;
        shown.unwrap().view.webhook.set_up
    }

    async fn tests(&self, caller: &Caller, id: NetworkId) {
        let api = api();
        test_network(&self.networks_at(&api), caller, id).await.unwrap();
    }

    /// Whether the secret that the one webhook of the server proves itself with is an access key of ours.
    async fn webhook_holds(&self) -> bool {
        let webhooks = self.servers.webhooks();
        assert_eq!(webhooks.len(), 1, "{webhooks:?}");
        let secret = webhooks.first().unwrap().secret.reveal();
        let known = authorize_access_key(self.store(), &self.clock, &secret).await;
        known.unwrap().is_some()
    }
}

#[tokio::test]
async fn a_connection_has_its_webhook_at_once_and_takes_it_along() {
    let (mut office, caller) = Office::open().await;
    let new = office.connects(&caller, things_stack()).await;
    let set_up = new.network.webhook.set_up.clone().unwrap();
    assert_eq!(
        (set_up.result, &set_up.by_hand),
        (WebhookResult::Registered, &None)
    );
    let expected = format!(
        "https://api.example.com/v1/orgs/{}/ingest/things-stack",
        caller.scope.org_id()
    );
    assert_eq!(set_up.url, expected);
    assert!(office.webhook_holds().await);
    let webhook = office.servers.webhooks().remove(0);
    assert_eq!(webhook.url(), expected);
    assert_eq!(webhook.secret.reveal(), new.webhook_secret.0);
    office.ids = SeededIds::new(1);
    assert_eq!(
        office.connects(&caller, things_stack()).await,
        new,
        "asked for twice"
    );
    office.tests(&caller, new.network.id).await;
    assert!(office.webhook_holds().await);
    delete_network(&office.networks(), &caller, new.network.id)
        .await
        .unwrap();
    assert!(office.servers.webhooks().is_empty());
}

#[tokio::test]
async fn what_the_server_does_not_allow_is_said_and_tried_again() {
    for (kind, result) in [
        (ServerErrorKind::NotAllowed, WebhookResult::NotAllowed),
        (ServerErrorKind::Taken, WebhookResult::Taken),
        (ServerErrorKind::NoAnswer, WebhookResult::Failed),
    ] {
        for server in [things_stack(), chirpstack("https://lns.example.com")] {
            let (office, caller) = Office::open().await;
            office.servers.fail_next([server_error(kind)]);
            let new = office.connects(&caller, server).await;
            let set_up = new.network.webhook.set_up.unwrap();
            assert_eq!(set_up.result, result);
            assert!(set_up.by_hand.unwrap().contains(&set_up.url), "what to do");
            assert!(set_up.detail.is_some());
            office.tests(&caller, new.network.id).await;
            let set_up = office.set_up(&caller, new.network.id).await.unwrap();
            assert_eq!((set_up.result, set_up.by_hand), (WebhookResult::Registered, None));
        }
    }
}

#[tokio::test]
async fn a_connection_is_made_though_its_webhook_cannot_be() {
    let (office, caller) = Office::open().await;
    // What came of it is not remembered, and the secret is shown all the same.
    office
        .records
        .faults
        .fail_after(1, "records.commit", PortErrorKind::Unavailable, 1);
    let new = office.connects(&caller, things_stack()).await;
    assert_eq!(new.network.webhook.set_up, None);
    office.tests(&caller, new.network.id).await;
    let set_up = office.set_up(&caller, new.network.id).await.unwrap();
    assert_eq!(set_up.result, WebhookResult::Registered);
    // A key that the server does not take sets nothing up, and what is known stays.
    office.servers.take_only(OTHER_KEY);
    office.tests(&caller, new.network.id).await;
    assert_eq!(office.set_up(&caller, new.network.id).await, Some(set_up));
}

#[tokio::test]
async fn a_new_secret_is_told_to_the_server() {
    let (office, caller) = Office::open().await;
    let new = office.connects(&caller, things_stack()).await;
    let (id, key_id) = (new.network.id, new.network.webhook.access_key_id);
    let organizations = Organizations {
        records: &office.records,
        ids: &office.ids,
        clock: &office.clock,
    };
    let alone = rotate_access_key(&organizations, &caller, key_id, RotateAccessKey::default()).await;
    assert_eq!(
        code(alone),
        Some(ProblemCode::Conflict),
        "the server would not know"
    );

    let api = api();
    let rotate = async || {
        let ids = SeededIds::new(77);
        let ports = Networks {
            ids: &ids,
            ..office.networks_at(&api)
        };
        let rotated = rotate_webhook(&ports, &caller, id, RotateWebhook::default()).await;
        rotated.unwrap().view
    };
    let rotated = rotate().await;
    assert_ne!(rotated.webhook_secret, new.webhook_secret);
    assert_eq!(rotated.network.webhook.access_key_id, key_id);
    let again = rotate().await;
    assert_eq!(again.webhook_secret, rotated.webhook_secret, "asked for twice");
    let told = office.servers.webhooks().remove(0).secret.reveal();
    assert_eq!(told, rotated.webhook_secret.0);
    for secret in [&new.webhook_secret.0, &rotated.webhook_secret.0] {
        let known = authorize_access_key(office.store(), &office.clock, secret).await;
        assert!(known.unwrap().is_some(), "both hold for a while");
    }

    revoke_access_key(&organizations, &caller, key_id).await.unwrap();
    assert!(!office.webhook_holds().await);
    let ports = office.networks_at(&api);
    let replaced = rotate_webhook(&ports, &caller, id, RotateWebhook::default()).await;
    assert_ne!(replaced.unwrap().view.network.webhook.access_key_id, key_id);
    assert!(office.webhook_holds().await);
}

#[tokio::test]
async fn a_connection_that_moves_takes_its_webhook_along() {
    let (office, caller) = Office::open().await;
    let new = office.connects(&caller, things_stack()).await;
    let moved = UpdateNetwork {
        server: Some(chirpstack("https://lns.example.com")),
        api_key: Some(KEY.parse().unwrap()),
        ..UpdateNetwork::default()
    };
    let api = api();
    let moved = update_network(&office.networks_at(&api), &caller, new.network.id, None, moved).await;
    let set_up = moved.unwrap().view.webhook.set_up.unwrap();
    assert!(set_up.url.ends_with("/ingest/chirpstack"));
    let webhooks = office.servers.webhooks();
    assert_eq!(webhooks.len(), 1, "that of the place where it was is gone");
    assert_eq!(webhooks.first().unwrap().url(), set_up.url);
}
