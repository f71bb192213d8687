//! The WebSocket API as clients meet it.

use crate::world::{Code, World, failure};
use bytes::Bytes;
use freshtrack_local::gateway::socket::{Lifetimes, PostError};
use futures_util::{SinkExt as _, StreamExt as _};
use http::{Request, StatusCode};
use serde_json::{Value as Json, json};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error as SocketError, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

const TEMPLATE: &str = r#"
Resources:
  DoormanFunction: {Type: AWS::Serverless::Function, Properties: {CodeUri: target/lambda/doorman/}}
  ConnectFunction: {Type: AWS::Serverless::Function, Properties: {CodeUri: target/lambda/connect/}}
  DisconnectFunction: {Type: AWS::Serverless::Function, Properties: {CodeUri: target/lambda/disconnect/}}
  WorkFunction: {Type: AWS::Serverless::Function, Properties: {CodeUri: target/lambda/work/}}
  OtherFunction: {Type: AWS::Serverless::Function, Properties: {CodeUri: target/lambda/other/}}
  Api: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.type}}
  Stage: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Api, StageName: live}}
  Authorizer:
    Type: AWS::ApiGatewayV2::Authorizer
    Properties:
      ApiId: !Ref Api
      AuthorizerType: REQUEST
      IdentitySource: [route.request.querystring.ticket]
      AuthorizerUri: !GetAtt DoormanFunction.Arn
  ConnectIntegration: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref Api, IntegrationType: AWS_PROXY, IntegrationUri: !GetAtt ConnectFunction.Arn}}
  DisconnectIntegration: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref Api, IntegrationType: AWS_PROXY, IntegrationUri: !GetAtt DisconnectFunction.Arn}}
  WorkIntegration: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref Api, IntegrationType: AWS_PROXY, IntegrationUri: !GetAtt WorkFunction.Arn}}
  OtherIntegration: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref Api, IntegrationType: AWS_PROXY, IntegrationUri: !GetAtt OtherFunction.Arn}}
  ConnectRoute:
    Type: AWS::ApiGatewayV2::Route
    Properties:
      ApiId: !Ref Api
      RouteKey: $connect
      AuthorizationType: CUSTOM
      AuthorizerId: !Ref Authorizer
      Target: !Sub integrations/${ConnectIntegration}
  DisconnectRoute: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Api, RouteKey: $disconnect, Target: !Sub 'integrations/${DisconnectIntegration}'}}
  WorkRoute: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Api, RouteKey: work, Target: !Sub 'integrations/${WorkIntegration}'}}
  AskRoute:
    Type: AWS::ApiGatewayV2::Route
    Properties:
      ApiId: !Ref Api
      RouteKey: ask
      RouteResponseSelectionExpression: $default
      Target: !Sub integrations/${WorkIntegration}
  AskResponse: {Type: AWS::ApiGatewayV2::RouteResponse, Properties: {ApiId: !Ref Api, RouteId: !Ref AskRoute, RouteResponseKey: $default}}
  FailRoute: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Api, RouteKey: fail, Target: !Sub 'integrations/${OtherIntegration}'}}
  DefaultRoute: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Api, RouteKey: $default, Target: !Sub 'integrations/${WorkIntegration}'}}
"#;

type Client = WebSocketStream<MaybeTlsStream<TcpStream>>;
type Calls = UnboundedReceiver<(String, Json)>;

/// Functions: `doorman` denies the ticket "bad", `connect` refuses "late" and speaks v1.
fn code() -> (Code, Calls) {
    let (code, calls) = Code::new();
    let code = code
        .with("doorman", |event| {
            let effect = if event["queryStringParameters"]["ticket"] == "bad" { "Deny" } else { "Allow" };
            let statement = json!({ "Action": "execute-api:Invoke", "Effect": effect, "Resource": event["methodArn"] });
            let policy = json!({ "Version": "2012-10-17", "Statement": [statement] });
            Ok(json!({ "principalId": "usr_1", "policyDocument": policy, "context": { "org_id": "org_1", "n": 3 } }))
        })
        .with("connect", |event| match event["queryStringParameters"]["ticket"].as_str() {
            Some("late") => Ok(json!({ "statusCode": 410 })),
            Some("broken") => Err(failure()),
            _ => Ok(json!({ "statusCode": 200, "headers": { "Sec-WebSocket-Protocol": "freshtrack.v1" } })),
        })
        .with("disconnect", |_| Ok(json!({ "statusCode": 200 })))
        .with("work", |event| Ok(json!({ "statusCode": 200, "body": format!("heard {}", event["body"]) })))
        .with("other", |_| Err(failure()));
    (code, calls)
}

async fn open(world: &World, query: &str) -> Result<(Client, http::Response<Option<Vec<u8>>>), SocketError> {
    let url = format!("ws://{}/_aws/execute-api/api/live{query}", world.host.address());
    let mut request = url.into_client_request().unwrap();
    request
        .headers_mut()
        .insert("sec-websocket-protocol", "freshtrack.v1".parse().unwrap());
    connect_async(request).await
}

async fn opened(world: &World) -> Client {
    open(world, "?ticket=good").await.unwrap().0
}

/// The status and message an attempt to open was refused with.
async fn refusal(world: &World, query: &str) -> (StatusCode, String) {
    match open(world, query).await {
        Err(SocketError::Http(response)) => {
            let body: Json = serde_json::from_slice(response.body().as_deref().unwrap_or_default()).unwrap();
            (response.status(), body["message"].as_str().unwrap().to_owned())
        }
        other => panic!("expected a refusal, got {other:?}"),
    }
}

/// The next call of `function`; calls of others in between are dropped.
async fn called(calls: &mut Calls, function: &str) -> Json {
    loop {
        let (name, event) = calls.recv().await.unwrap();
        if name == function {
            return event;
        }
    }
}

async fn next_text(client: &mut Client) -> String {
    match client.next().await.unwrap().unwrap() {
        Message::Text(text) => text.to_string(),
        other => panic!("expected a text, got {other:?}"),
    }
}

/// The code of the close frame that ends a conversation.
async fn close_code(client: &mut Client) -> Option<CloseCode> {
    while let Some(message) = client.next().await {
        match message {
            Ok(Message::Close(frame)) => return frame.map(|frame| frame.code),
            Ok(_) => {}
            Err(_) => return None,
        }
    }
    None
}

fn connection_id(event: &Json) -> String {
    event["requestContext"]["connectionId"]
        .as_str()
        .unwrap()
        .to_owned()
}

async fn manage(world: &World, method: &str, id: &str, body: impl Into<Bytes>) -> http::Response<Bytes> {
    let id = id.replace('=', "%3D");
    let path = format!("/_aws/execute-api/api/live/@connections/{id}");
    world
        .send(
            Request::builder()
                .method(method)
                .uri(path)
                .body(body.into())
                .unwrap(),
        )
        .await
}

#[tokio::test]
async fn a_connection_has_a_whole_life() {
    let (code, mut calls) = code();
    let world = World::start(TEMPLATE, code).await;
    let (mut client, response) = open(&world, "?ticket=good&lang=de").await.unwrap();
    assert_eq!(response.headers()["sec-websocket-protocol"], "freshtrack.v1");

    let asked = called(&mut calls, "doorman").await;
    assert_eq!(asked["type"], "REQUEST");
    assert_eq!(
        asked["methodArn"],
        "arn:aws:execute-api:eu-central-1:000000000000:api/live/$connect"
    );
    let event = called(&mut calls, "connect").await;
    let id = connection_id(&event);
    let context = &event["requestContext"];
    assert_eq!(
        (&context["routeKey"], &context["eventType"]),
        (&json!("$connect"), &json!("CONNECT"))
    );
    assert_eq!(
        context["authorizer"],
        json!({ "principalId": "usr_1", "org_id": "org_1", "n": "3" })
    );
    assert_eq!(
        (&context["stage"], &context["apiId"]),
        (&json!("live"), &json!("api"))
    );
    assert_eq!(context["connectedAt"], 1_795_230_000_000_i64);
    assert_eq!(context["requestTimeEpoch"], context["connectedAt"]);
    assert_eq!(context["domainName"], world.host.address().to_string());
    assert_eq!(event["headers"]["Sec-WebSocket-Protocol"], "freshtrack.v1");
    assert_eq!(
        event["queryStringParameters"],
        json!({ "lang": "de", "ticket": "good" })
    );

    client
        .send(Message::text(r#"{"type":"work","n":1}"#))
        .await
        .unwrap();
    let event = called(&mut calls, "work").await;
    assert_eq!(connection_id(&event), id);
    assert_eq!(event["requestContext"]["routeKey"], "work");
    assert_eq!(event["requestContext"]["eventType"], "MESSAGE");
    assert_eq!(event["requestContext"]["authorizer"]["org_id"], "org_1");
    assert_eq!(
        (&event["body"], &event["isBase64Encoded"]),
        (&json!(r#"{"type":"work","n":1}"#), &json!(false))
    );

    assert_eq!(
        manage(&world, "POST", &id, "hello").await.status(),
        StatusCode::OK
    );
    assert_eq!(next_text(&mut client).await, "hello");
    let info = manage(&world, "GET", &id, "").await;
    let info: Json = serde_json::from_slice(info.body()).unwrap();
    assert_eq!(info["connectedAt"], "2026-11-21T03:00:00Z");
    assert_eq!(info["identity"]["sourceIp"], "127.0.0.1");

    let farewell = CloseFrame {
        code: CloseCode::Away,
        reason: "tab closed".into(),
    };
    client.close(Some(farewell)).await.unwrap();
    let event = called(&mut calls, "disconnect").await;
    assert_eq!(connection_id(&event), id);
    assert_eq!(event["requestContext"]["eventType"], "DISCONNECT");
    assert_eq!(event["requestContext"]["disconnectStatusCode"], 1001);
    assert_eq!(event["requestContext"]["disconnectReason"], "tab closed");
    assert_eq!(
        world.host.connections().post(&id, Bytes::from("x")),
        Err(PostError::Gone)
    );
    for method in ["POST", "GET", "DELETE"] {
        let response = manage(&world, method, &id, "x").await;
        assert_eq!(response.status(), StatusCode::GONE);
        assert_eq!(response.headers()["x-amzn-errortype"], "GoneException");
    }
}

#[tokio::test]
async fn whoever_is_not_let_in_is_told_so() {
    let (code, mut calls) = code();
    let world = World::start(TEMPLATE, code).await;
    let cases = [
        ("", StatusCode::UNAUTHORIZED, "Unauthorized"),
        ("?ticket=", StatusCode::UNAUTHORIZED, "Unauthorized"),
        ("?ticket=bad", StatusCode::FORBIDDEN, "Forbidden"),
        ("?ticket=late", StatusCode::GONE, "Gone"),
        (
            "?ticket=broken",
            StatusCode::INTERNAL_SERVER_ERROR,
            "Internal server error",
        ),
    ];
    for (query, status, text) in cases {
        assert_eq!(refusal(&world, query).await, (status, text.to_owned()), "{query}");
    }
    assert!(world.host.connections().is_empty());
    let plain = world.get("/_aws/execute-api/api/live?ticket=good").await;
    assert_eq!(plain.status(), StatusCode::UPGRADE_REQUIRED);
    // Nobody who was not let in is said to have left: the next one to leave is one who was.
    let client = opened(&world).await;
    let id = loop {
        let event = called(&mut calls, "connect").await;
        if event["queryStringParameters"]["ticket"] == "good" {
            break connection_id(&event);
        }
    };
    drop(client);
    let event = called(&mut calls, "disconnect").await;
    assert_eq!(connection_id(&event), id);
    assert_eq!(event["requestContext"]["disconnectStatusCode"], 1006);
}

#[tokio::test]
async fn messages_go_where_their_type_says() {
    let (code, mut calls) = code();
    let world = World::start(TEMPLATE, code).await;
    let mut client = opened(&world).await;
    for (sent, route) in [
        (r#"{"type":"work"}"#, "work"),
        (r#"{"type":"unheard of"}"#, "$default"),
        (r#"{"type":"$connect"}"#, "$default"),
        (r#"{"kind":"work"}"#, "$default"),
        ("no json", "$default"),
    ] {
        client.send(Message::text(sent)).await.unwrap();
        let event = called(&mut calls, "work").await;
        assert_eq!(
            (&event["requestContext"]["routeKey"], &event["body"]),
            (&json!(route), &json!(sent))
        );
    }
    client.send(Message::binary(vec![0xff, 0x00])).await.unwrap();
    let event = called(&mut calls, "work").await;
    assert_eq!(
        (&event["body"], &event["isBase64Encoded"]),
        (&json!("/wA="), &json!(true))
    );
}

#[tokio::test]
async fn only_a_route_with_a_response_answers() {
    let (code, _calls) = code();
    let world = World::start(TEMPLATE, code).await;
    let mut client = opened(&world).await;
    client.send(Message::text(r#"{"type":"ask"}"#)).await.unwrap();
    assert_eq!(next_text(&mut client).await, r#"heard "{\"type\":\"ask\"}""#);
    client.send(Message::text(r#"{"type":"fail"}"#)).await.unwrap();
    let complaint: Json = serde_json::from_str(&next_text(&mut client).await).unwrap();
    assert_eq!(complaint["message"], "Internal server error");
    assert!(complaint["connectionId"].is_string() && complaint["requestId"].is_string());
}

#[tokio::test]
async fn too_much_at_once_is_refused() {
    let (code, mut calls) = code();
    let world = World::start(TEMPLATE, code).await;
    let mut client = opened(&world).await;
    let id = connection_id(&called(&mut calls, "connect").await);
    let response = manage(&world, "POST", &id, vec![b'x'; 128 * 1024 + 1]).await;
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(response.headers()["x-amzn-errortype"], "PayloadTooLargeException");
    assert_eq!(
        manage(&world, "POST", &id, vec![b'x'; 128 * 1024]).await.status(),
        StatusCode::OK
    );
    assert_eq!(next_text(&mut client).await.len(), 128 * 1024);

    client.send(Message::text("x".repeat(32 * 1024))).await.unwrap();
    assert_eq!(
        called(&mut calls, "work").await["requestContext"]["routeKey"],
        "$default"
    );
    client
        .send(Message::text("x".repeat(32 * 1024 + 1)))
        .await
        .unwrap();
    assert_eq!(close_code(&mut client).await, Some(CloseCode::Size));
    let event = called(&mut calls, "disconnect").await;
    assert_eq!(event["requestContext"]["disconnectStatusCode"], 1009);
}

#[tokio::test]
async fn a_connection_can_be_ended_from_here() {
    let (code, mut calls) = code();
    let world = World::start(TEMPLATE, code).await;
    let mut client = opened(&world).await;
    let id = connection_id(&called(&mut calls, "connect").await);
    world
        .host
        .connections()
        .post(&id, Bytes::from("last words"))
        .unwrap();
    assert_eq!(
        manage(&world, "DELETE", &id, "").await.status(),
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        manage(&world, "POST", &id, "too late").await.status(),
        StatusCode::GONE
    );
    assert_eq!(next_text(&mut client).await, "last words");
    assert_eq!(close_code(&mut client).await, Some(CloseCode::Normal));
    assert_eq!(connection_id(&called(&mut calls, "disconnect").await), id);
}

#[tokio::test]
async fn connections_end_when_their_time_is_over() {
    let day = Duration::from_secs(86_400);
    for lifetimes in [
        Lifetimes {
            idle: Duration::from_millis(20),
            whole: day,
        },
        Lifetimes {
            idle: day,
            whole: Duration::from_millis(20),
        },
    ] {
        let (code, mut calls) = code();
        let world = World::with_lifetimes(TEMPLATE, code, lifetimes).await;
        let mut client = opened(&world).await;
        assert_eq!(close_code(&mut client).await, Some(CloseCode::Away));
        let event = called(&mut calls, "disconnect").await;
        assert_eq!(event["requestContext"]["disconnectStatusCode"], 1001);
        assert!(world.host.connections().is_empty());
    }
}

#[tokio::test]
async fn who_does_not_read_is_disconnected_and_hinders_nobody() {
    let (code, mut calls) = code();
    let world = World::start(TEMPLATE, code).await;
    let deaf = opened(&world).await;
    let deaf_id = connection_id(&called(&mut calls, "connect").await);
    let mut reader = opened(&world).await;
    let reader_id = connection_id(&called(&mut calls, "connect").await);

    let connections = world.host.connections();
    let large = Bytes::from(vec![b'x'; 100 * 1024]);
    // As much as the backlog and any socket buffer can hold, and more.
    let mut refused = None;
    for _ in 0..10_000 {
        if let Err(error) = connections.post(&deaf_id, large.clone()) {
            refused = Some(error);
            break;
        }
        tokio::task::yield_now().await;
    }
    assert_eq!(refused, Some(PostError::Gone));
    connections.post(&reader_id, Bytes::from("still here")).unwrap();
    assert_eq!(next_text(&mut reader).await, "still here");
    assert_eq!(connection_id(&called(&mut calls, "disconnect").await), deaf_id);
    drop(deaf);
}

#[tokio::test]
async fn many_viewers_hear_the_same() {
    const VIEWERS: usize = 200;
    let (code, mut calls) = code();
    let world = World::start(TEMPLATE, code).await;
    let mut clients = Vec::new();
    let mut ids = Vec::new();
    for _ in 0..VIEWERS {
        clients.push(opened(&world).await);
        ids.push(connection_id(&called(&mut calls, "connect").await));
    }
    assert_eq!(world.host.connections().len(), VIEWERS);
    for round in 0..5 {
        for id in &ids {
            world
                .host
                .connections()
                .post(id, Bytes::from(format!("round {round}")))
                .unwrap();
        }
    }
    for client in &mut clients {
        for round in 0..5 {
            assert_eq!(next_text(client).await, format!("round {round}"));
        }
    }
}
