//! Connections.

use crate::{Connected, KEY, things_stack};
use freshtrack_contracts::networks::{NetworkTest, NetworkView};
use freshtrack_contracts::page::Page;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::network::TestResult;
use freshtrack_domain::time::Span;
use http::{Method, StatusCode};
use serde_json::json;

const OTHER_KEY: &str = "NNSXS.ANOTHER.KEY.OF.THE.APPLICATION";

#[tokio::test]
async fn a_network_server_is_connected_tried_and_its_key_rotated() {
    let connected = Connected::start().await;
    let owner = &connected.owner;
    let test: NetworkTest = owner.post(&connected.path("/test"), json!({})).await.ok();
    assert_eq!((test.result, test.status), (TestResult::Working, Some(200)));

    let rotation = connected.path("/key-rotation");
    let refused = owner.post(&rotation, json!({ "api_key": OTHER_KEY })).await;
    assert_eq!(refused.code(), ProblemCode::Conflict, "nobody has made it yet");
    let grant = json!({
        "server": "things_stack", "application_id": "freshtrack-local", "rights": ["RIGHT_APPLICATION_ALL"],
    });
    let path = format!("keys/{OTHER_KEY}");
    connected.console(Method::PUT, &path, grant).await;
    let rotated: NetworkView = owner.post(&rotation, json!({ "api_key": OTHER_KEY })).await.ok();
    assert_eq!(rotated.api_key_last4, "TION");
    connected
        .console(Method::DELETE, &format!("keys/{KEY}"), json!({}))
        .await;
    let test: NetworkTest = owner.post(&connected.path("/test"), json!({})).await.ok();
    assert_eq!(test.result, TestResult::Working, "the old key is used no more");
    connected.console(Method::DELETE, &path, json!({})).await;
    let test: NetworkTest = owner.post(&connected.path("/test"), json!({})).await.ok();
    assert_eq!((test.result, test.status), (TestResult::WrongKey, Some(401)));

    let list = owner.get(&format!("{}/networks", connected.org)).await;
    let text = String::from_utf8(list.body.to_vec()).unwrap();
    for secret in [KEY, OTHER_KEY, &connected.network.webhook_secret.0] {
        assert!(!text.contains(secret), "shown once, or never");
    }
    assert_eq!(list.ok::<Page<NetworkView>>().items[0].last_test, Some(test));
}

#[tokio::test]
async fn a_change_holds_to_what_was_read() {
    let connected = Connected::start().await;
    let owner = &connected.owner;
    let read = owner.get(&connected.path("")).await;
    assert_eq!(read.headers["etag"], "\"2\"", "made, and its webhook set up");
    let renamed = owner
        .send(Method::PATCH, &connected.path(""), json!({ "name": "Harbour" }))
        .await;
    assert_eq!(renamed.headers["etag"], "\"3\"");
    assert_eq!(renamed.ok::<NetworkView>().name.as_str(), "Harbour");
    for (body, code) in [
        (json!({ "nickname": "H" }), ProblemCode::InvalidRequest),
        (
            json!({ "server": {
                "kind": "things_stack", "address": { "sandbox": "eu1" }, "application_id": "freshtrack-local",
            } }),
            ProblemCode::InvalidRequest,
        ),
        (json!({ "api_key": "short" }), ProblemCode::InvalidRequest),
    ] {
        let refused = owner.send(Method::PATCH, &connected.path(""), body.clone()).await;
        assert_eq!(refused.code(), code, "{body}");
    }
    let mut elsewhere = things_stack(KEY);
    elsewhere["server"]["address"] = json!({ "base_url": "http://lns.example.com" });
    let refused = owner
        .post(&format!("{}/networks", connected.org), elsewhere)
        .await;
    assert_eq!(refused.code(), ProblemCode::InvalidRequest, "not over https");
}

#[tokio::test]
async fn frames_come_in_by_the_webhooks_secret_until_the_connection_ends() {
    let connected = Connected::start().await;
    let webhook = &connected.network.network.webhook.path;
    let secret = &connected.network.webhook_secret.0;
    let joined = json!({
        "end_device_ids": { "device_id": "eui-a84041ffff182c3d" },
        "received_at": "2026-11-21T12:00:00Z",
        "join_accept": {},
    });
    let post = async || {
        connected
            .world
            .api
            .post(webhook, secret, joined.to_string())
            .await
    };
    assert_eq!(post().await.status, StatusCode::OK);
    let read = connected.world.api.get(&connected.path(""), secret).await;
    assert_eq!(
        read.code(),
        ProblemCode::MissingRight,
        "it sends frames and nothing else"
    );
    let token = &connected.owner.tokens.access_token.0;
    let path = connected.path("");
    let ended = connected
        .world
        .api
        .send(Method::DELETE, &path, Some(token), "")
        .await;
    assert_eq!(ended.status, StatusCode::NO_CONTENT);
    // The time for which the gateway remembers a credential.
    connected.world.advance(Span::seconds(61));
    assert!(post().await.status.is_client_error());
}
