//! The HTTP API as clients meet it.

use crate::world::{Code, World, failure};
use bytes::Bytes;
use freshtrack_local::invoke::handler;
use http::{Request, StatusCode};
use serde_json::{Value as Json, json};

const TEMPLATE: &str = r#"
Resources:
  EchoFunction: {Type: AWS::Serverless::Function, Properties: {FunctionName: demo-echo, CodeUri: target/lambda/echo/}}
  BrokenFunction: {Type: AWS::Serverless::Function, Properties: {CodeUri: target/lambda/broken/}}
  SlowFunction: {Type: AWS::Serverless::Function, Properties: {CodeUri: target/lambda/slow/}}
  DoormanFunction: {Type: AWS::Serverless::Function, Properties: {CodeUri: target/lambda/doorman/}}
  Api:
    Type: AWS::ApiGatewayV2::Api
    Properties:
      Body:
        openapi: 3.0.1
        x-amazon-apigateway-cors: {allowOrigins: ['http://localhost:5173'], allowMethods: [GET], exposeHeaders: [etag]}
        components:
          securitySchemes:
            doorman:
              type: apiKey
              name: Authorization
              in: header
              x-amazon-apigateway-authorizer:
                type: request
                authorizerPayloadFormatVersion: '2.0'
                enableSimpleResponses: true
                identitySource: $request.header.Authorization
                authorizerResultTtlInSeconds: 60
                authorizerUri: !GetAtt DoormanFunction.Arn
        paths:
          /v1/echo/{name}:
            x-amazon-apigateway-any-method:
              x-amazon-apigateway-integration: {type: aws_proxy, httpMethod: POST, payloadFormatVersion: '2.0', uri: !GetAtt EchoFunction.Arn}
          /v1/broken:
            get:
              x-amazon-apigateway-integration: {type: aws_proxy, httpMethod: POST, payloadFormatVersion: '2.0', uri: !GetAtt BrokenFunction.Arn}
          /v1/slow:
            get:
              x-amazon-apigateway-integration:
                {type: aws_proxy, httpMethod: POST, payloadFormatVersion: '2.0', timeoutInMillis: 50, uri: !GetAtt SlowFunction.Arn}
          /v1/door:
            get:
              security: [{doorman: []}]
              x-amazon-apigateway-integration: {type: aws_proxy, httpMethod: POST, payloadFormatVersion: '2.0', uri: !GetAtt EchoFunction.Arn}
          /v1/window:
            get:
              security: [{doorman: []}]
              x-amazon-apigateway-integration: {type: aws_proxy, httpMethod: POST, payloadFormatVersion: '2.0', uri: !GetAtt EchoFunction.Arn}
  Stage: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Api, StageName: $default}}
"#;

/// Functions: `echo` answers its event, `doorman` lets in who says "friend".
fn code() -> Code {
    let (code, _) = Code::new();
    code.with("echo", |event| {
        Ok(json!({ "statusCode": 200, "body": event.to_string() }))
    })
    .with("doorman", |event| match event["identitySource"][0].as_str() {
        Some("broken") => Err(failure()),
        who => Ok(json!({ "isAuthorized": who == Some("friend"), "context": { "org_id": "org_1" } })),
    })
    .with("broken", |_| Err(failure()))
    .with_handler("slow", handler(|_| std::future::pending()))
}

fn body(response: &http::Response<Bytes>) -> Json {
    serde_json::from_slice(response.body()).unwrap()
}

#[tokio::test]
async fn a_function_sees_the_request_in_payload_format_2() {
    let world = World::start(TEMPLATE, code()).await;
    let host = world.host.address().to_string();
    let request = Request::post("/v1/echo/walk%20in?a=1&b=x%20y&a=2")
        .header("Content-Type", "application/json; charset=utf-8")
        .header("X-Twice", "one")
        .header("X-Twice", "two")
        .header("Cookie", "s=1; t=2")
        .header("User-Agent", "probe")
        .body(Bytes::from(r#"{"n":1}"#))
        .unwrap();
    let response = world.send(request).await;
    let mut event = body(&response);
    let id = event["requestContext"]["requestId"].take();
    assert_eq!(response.headers()["apigw-requestid"], id.as_str().unwrap());
    assert_eq!(
        event,
        json!({
            "version": "2.0",
            "routeKey": "ANY /v1/echo/{name}",
            "rawPath": "/v1/echo/walk in",
            "rawQueryString": "a=1&b=x%20y&a=2",
            "cookies": ["s=1", "t=2"],
            "headers": {
                "content-length": "7",
                "content-type": "application/json; charset=utf-8",
                "host": host,
                "user-agent": "probe",
                "x-forwarded-for": "127.0.0.1",
                "x-forwarded-proto": "http",
                "x-twice": "one,two",
            },
            "queryStringParameters": { "a": "1,2", "b": "x y" },
            "pathParameters": { "name": "walk in" },
            "requestContext": {
                "accountId": "000000000000",
                "apiId": "api",
                "domainName": host,
                "domainPrefix": "api",
                "http": {
                    "method": "POST",
                    "path": "/v1/echo/walk in",
                    "protocol": "HTTP/1.1",
                    "sourceIp": "127.0.0.1",
                    "userAgent": "probe",
                },
                "requestId": null,
                "routeKey": "ANY /v1/echo/{name}",
                "stage": "$default",
                "time": "21/Nov/2026:03:00:00 +0000",
                "timeEpoch": 1_795_230_000_000_i64,
            },
            "body": "{\"n\":1}",
            "isBase64Encoded": false,
        })
    );
}

#[tokio::test]
async fn a_body_that_is_no_text_travels_as_base64() {
    let world = World::start(TEMPLATE, code()).await;
    for (kind, sent, seen, encoded) in [
        (
            "application/octet-stream",
            b"\x00\xff".as_slice(),
            json!("AP8="),
            true,
        ),
        ("application/x-www-form-urlencoded", b"a=b", json!("YT1i"), true),
        ("application/problem+json", b"{}", json!("{}"), false),
        ("text/plain", b"\xff", json!("/w=="), true),
        ("text/plain", b"", Json::Null, false),
    ] {
        let request = Request::post("/v1/echo/x")
            .header("content-type", kind)
            .body(Bytes::from(sent))
            .unwrap();
        let event = body(&world.send(request).await);
        assert_eq!(
            (&event["body"], &event["isBase64Encoded"]),
            (&seen, &json!(encoded)),
            "{kind}"
        );
    }
}

#[tokio::test]
async fn a_caller_without_identity_never_reaches_the_authorizer() {
    let code = code();
    let calls = code.calls();
    let world = World::start(TEMPLATE, code).await;
    let response = world.get("/v1/door").await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(body(&response), json!({ "message": "Unauthorized" }));
    assert_eq!((calls.count("doorman"), calls.count("echo")), (0, 0));
}

#[tokio::test]
async fn a_decision_holds_for_all_routes_of_the_authorizer() {
    let code = code();
    let calls = code.calls();
    let world = World::start(TEMPLATE, code).await;
    let ask = async |path: &str, who: &str| {
        let request = Request::get(path)
            .header("Authorization", who)
            .body(Bytes::new())
            .unwrap();
        world.send(request).await
    };
    for path in ["/v1/door", "/v1/window", "/v1/door"] {
        let response = ask(path, "friend").await;
        assert_eq!(response.status(), StatusCode::OK);
        let lambda = &body(&response)["requestContext"]["authorizer"]["lambda"];
        assert_eq!(lambda, &json!({ "org_id": "org_1" }));
        let response = ask(path, "stranger").await;
        assert_eq!(response.status(), StatusCode::FORBIDDEN);
        assert_eq!(body(&response), json!({ "message": "Forbidden" }));
    }
    assert_eq!((calls.count("doorman"), calls.count("echo")), (2, 3));
    let response = ask("/v1/door", "broken").await;
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
}

#[tokio::test]
async fn what_goes_wrong_is_said_as_api_gateway_says_it() {
    let world = World::start(TEMPLATE, code()).await;
    for (path, status, text) in [
        ("/v1/nowhere", StatusCode::NOT_FOUND, "Not Found"),
        (
            "/v1/broken",
            StatusCode::INTERNAL_SERVER_ERROR,
            "Internal Server Error",
        ),
        ("/v1/slow", StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable"),
    ] {
        let response = world.get(path).await;
        assert_eq!(
            (response.status(), body(&response)),
            (status, json!({ "message": text })),
            "{path}"
        );
        assert_eq!(response.headers()["content-type"], "application/json");
    }
    let large = Bytes::from(vec![b' '; 10 * 1024 * 1024 + 1]);
    let response = world.send(Request::post("/v1/echo/x").body(large).unwrap()).await;
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(body(&response), json!({ "message": "Request Entity Too Large" }));
}

#[tokio::test]
async fn scripts_of_allowed_origins_may_call() {
    let world = World::start(TEMPLATE, code()).await;
    let preflight = Request::options("/v1/door")
        .header("origin", "http://localhost:5173")
        .header("access-control-request-method", "GET")
        .body(Bytes::new())
        .unwrap();
    let response = world.send(preflight).await;
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    assert_eq!(response.headers()["access-control-allow-methods"], "GET");
    let refused = Request::get("/v1/door")
        .header("origin", "http://localhost:5173")
        .body(Bytes::new())
        .unwrap();
    let response = world.send(refused).await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(
        response.headers()["access-control-allow-origin"],
        "http://localhost:5173"
    );
}

#[tokio::test]
async fn other_paths_are_the_dashboards() {
    let world = World::start(TEMPLATE, code()).await;
    let response = world.get("/sites").await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(String::from_utf8_lossy(response.body()).contains("The dashboard is not built yet"));
}

#[tokio::test]
async fn functions_can_be_invoked_directly() {
    let world = World::start(TEMPLATE, code()).await;
    let invoke = async |function: &str, kind: &str, event: &'static str| {
        let request = Request::post(format!("/2015-03-31/functions/{function}/invocations"))
            .header("x-amz-invocation-type", kind)
            .body(Bytes::from(event))
            .unwrap();
        world.send(request).await
    };
    for name in [
        "echo",
        "demo-echo",
        "arn:aws:lambda:eu-central-1:000000000000:function:demo-echo",
    ] {
        let response = invoke(name, "RequestResponse", "{\"a\":1}").await;
        assert_eq!(body(&response)["body"], "{\"a\":1}", "{name}");
    }
    let response = invoke("broken", "RequestResponse", "").await;
    assert_eq!(response.headers()["x-amz-function-error"], "Unhandled");
    assert_eq!(
        body(&response),
        json!({ "errorType": "Boom", "errorMessage": "no luck" })
    );
    let response = invoke("nobody", "RequestResponse", "{}").await;
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    assert_eq!(
        response.headers()["x-amzn-errortype"],
        "ResourceNotFoundException"
    );
    let response = invoke("echo", "RequestResponse", "{").await;
    assert_eq!(
        response.headers()["x-amzn-errortype"],
        "InvalidRequestContentException"
    );
}

#[tokio::test]
async fn an_event_nobody_waits_for_is_run_later() {
    let (code, mut calls) = Code::new();
    let nothing = |_| Ok(Json::Null);
    let code = ["echo", "broken", "slow", "doorman"]
        .into_iter()
        .fold(code, |code, name| code.with(name, nothing));
    let world = World::start(TEMPLATE, code).await;
    let request = Request::post("/2015-03-31/functions/echo/invocations")
        .header("x-amz-invocation-type", "Event")
        .body(Bytes::from("[7]"))
        .unwrap();
    assert_eq!(world.send(request).await.status(), StatusCode::ACCEPTED);
    assert_eq!(calls.recv().await.unwrap(), ("echo".to_owned(), json!([7])));
}

#[tokio::test]
async fn no_web_page_may_call_the_services() {
    let code = code();
    let calls = code.calls();
    let world = World::start(TEMPLATE, code).await;
    let request = Request::post("/2015-03-31/functions/echo/invocations")
        .header("origin", "https://evil.example")
        .body(Bytes::from("{}"))
        .unwrap();
    assert_eq!(world.send(request).await.status(), StatusCode::FORBIDDEN);
    assert_eq!(calls.count("echo"), 0);
}
