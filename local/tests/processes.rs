//! Functions as processes of their own, through Lambda's Runtime API and its Rust runtime.
//!
//! The program is the test and the function alike: with a Runtime API in its environment it is the function.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what does not hold fails the test that relies on it"
)]

use bytes::Bytes;
use freshtrack_local::client;
use freshtrack_local::clock::LocalClock;
use freshtrack_local::gateway::socket::Lifetimes;
use freshtrack_local::host::{Functions, Host, Settings};
use freshtrack_local::invoke::InvocationFailed;
use freshtrack_local::services::store::DataLocation;
use http::Request;
use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use std::path::PathBuf;

const TEMPLATE: &str = r#"
Globals: {Function: {Environment: {Variables: {GREETING: hello}}}}
Resources:
  WorkFunction: {Type: AWS::Serverless::Function, Properties: {FunctionName: demo-work, CodeUri: target/lambda/work/, Timeout: 1}}
  StillbornFunction:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: target/lambda/stillborn/, Environment: {Variables: {STILLBORN: 'yes'}}}
  GarbledFunction: {Type: AWS::Serverless::Function, Properties: {CodeUri: target/lambda/garbled/}}
"#;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    if std::env::var_os("AWS_LAMBDA_RUNTIME_API").is_some() {
        runtime.block_on(be_the_function());
    } else {
        runtime.block_on(test());
    }
}

async fn be_the_function() {
    if std::env::var_os("STILLBORN").is_some() {
        std::process::exit(3);
    }
    let answer = service_fn(
        async |event: LambdaEvent<Json>| match event.payload["do"].as_str() {
            Some("fail") => Err(Diagnostic {
                error_type: "Boom".to_owned(),
                error_message: "no luck".to_owned(),
            }),
            // Past the hook, which would write a failure's trace into the output of a test that passes.
            Some("panic") => std::panic::resume_unwind(Box::new("oh no")),
            Some("exit") => std::process::exit(7),
            Some("hang") => std::future::pending().await,
            _ => Ok(json!({
                "event": event.payload,
                "process": std::process::id(),
                "greeting": std::env::var("GREETING").ok(),
                "endpoint": std::env::var("AWS_ENDPOINT_URL").ok(),
                "function": event.context.env_config.function_name,
                "arn": event.context.invoked_function_arn,
            })),
        },
    );
    lambda_runtime::run(answer).await.unwrap();
}

struct World {
    host: Host,
}

impl World {
    async fn invoke(&self, function: &str, event: &Json) -> Result<Json, InvocationFailed> {
        let reply = self
            .host
            .invoker()
            .invoke(function, Bytes::from(event.to_string()))
            .await?;
        Ok(serde_json::from_slice(&reply).unwrap())
    }

    async fn work(&self, what: &str) -> Result<Json, InvocationFailed> {
        self.invoke("work", &json!({ "do": what })).await
    }
}

async fn test() {
    let folder = tempfile::tempdir().unwrap();
    let template = folder.path().join("template.yaml");
    std::fs::write(&template, TEMPLATE).unwrap();
    let garbled = folder.path().join("garbled");
    std::fs::write(&garbled, "not a program").unwrap();
    let this_program = std::env::current_exe().unwrap();
    let locate = move |name: &str| -> Option<PathBuf> {
        Some(if name == "garbled" {
            garbled.clone()
        } else {
            this_program.clone()
        })
    };
    let host = Host::start(Settings {
        template,
        address: ([127, 0, 0, 1], 0).into(),
        mqtt: None,
        data: DataLocation::Memory,
        clock: LocalClock::real(),
        functions: Functions::Processes {
            run_folder: folder.path().join("run"),
            locate: Box::new(locate),
        },
        dashboard: folder.path().join("dist"),
        lifetimes: Lifetimes::default(),
    })
    .await
    .unwrap();
    let world = World { host };

    a_process_is_told_what_lambda_tells_it(&world).await;
    failures_are_reported_in_the_functions_words(&world).await;
    a_process_that_ends_fails_its_invocation_and_is_replaced(&world).await;
    a_function_that_hangs_is_ended_and_holds_nobody_up(&world).await;
    a_function_that_cannot_start_fails(&world).await;
    strangers_get_no_work(&world).await;
    world.host.stop().await;
}

async fn a_process_is_told_what_lambda_tells_it(world: &World) {
    let reply = world.work("echo").await.unwrap();
    assert_eq!(reply["event"], json!({ "do": "echo" }));
    assert_eq!(reply["greeting"], "hello");
    assert_eq!(reply["endpoint"], format!("http://{}", world.host.address()));
    assert_eq!(reply["function"], "demo-work");
    assert_eq!(
        reply["arn"],
        "arn:aws:lambda:eu-central-1:000000000000:function:demo-work"
    );
    let mut processes = BTreeSet::from([reply["process"].as_u64()]);
    for _ in 0..20 {
        processes.insert(world.work("echo").await.unwrap()["process"].as_u64());
    }
    assert!(
        processes.len() < 10,
        "a process serves one invocation after the other: {processes:?}"
    );
}

async fn failures_are_reported_in_the_functions_words(world: &World) {
    let failed = world.work("fail").await.unwrap_err();
    assert_eq!(failed.to_string(), "Boom: no luck");
    let failed = world.work("panic").await.unwrap_err();
    assert_eq!(failed.message, "Lambda panicked: oh no");
}

async fn a_process_that_ends_fails_its_invocation_and_is_replaced(world: &World) {
    // More often than there are processes: whichever takes the invocation, the next one finds another.
    for _ in 0..4 {
        let failed = world.work("exit").await.unwrap_err();
        assert_eq!(
            failed.to_string(),
            "Runtime.ExitError: Runtime exited with exit status: 7"
        );
    }
    assert!(world.work("echo").await.is_ok());
}

async fn a_function_that_hangs_is_ended_and_holds_nobody_up(world: &World) {
    let (hung, first, second) = tokio::join!(world.work("hang"), world.work("echo"), world.work("echo"));
    assert_eq!(
        hung.unwrap_err().to_string(),
        "Sandbox.Timedout: Task timed out after 1.00 seconds"
    );
    assert!(first.is_ok() && second.is_ok());
    assert!(world.work("echo").await.is_ok());
}

async fn a_function_that_cannot_start_fails(world: &World) {
    let failed = world.invoke("stillborn", &json!({})).await.unwrap_err();
    assert_eq!(
        failed.to_string(),
        "Runtime.ExitError: Runtime exited with exit status: 3"
    );
    let failed = world.invoke("garbled", &json!({})).await.unwrap_err();
    assert_eq!(failed.error_type, "Runtime.InvalidEntrypoint");
    let failed = world.invoke("nobody", &json!({})).await.unwrap_err();
    assert_eq!(failed.error_type, "ResourceNotFoundException");
}

async fn strangers_get_no_work(world: &World) {
    let path = "/_aws/runtime/work/9999/2018-06-01/runtime/invocation/next";
    let request = Request::get(path).body(Bytes::new()).unwrap();
    let response = client::send(world.host.address(), request).await.unwrap();
    assert_eq!(response.status(), http::StatusCode::GONE);
    let path = "/_aws/runtime/work/1/2018-06-01/runtime/invocation/made-up/response";
    let request = Request::post(path).body(Bytes::from("{}")).unwrap();
    let response = client::send(world.host.address(), request).await.unwrap();
    assert_eq!(response.status(), http::StatusCode::BAD_REQUEST);
}
