//! What a template says is read.

use super::{EVERYTHING, deployment, everything};
use crate::template::*;
use serde_json::json;
use std::time::Duration;

#[test]
fn functions_take_their_globals_and_their_own() {
    let system = everything();
    let list = system.function("things-list").unwrap();
    assert_eq!(list.logical_id, "ListFunction");
    assert_eq!(list.deployed_name, "demo-things-list");
    assert_eq!(list.timeout, Duration::from_secs(20));
    assert_eq!(list.memory_mb, 256);
    assert_eq!(
        list.asynchronous,
        AsynchronousInvocation {
            maximum_retry_attempts: 1,
            on_failure: Some(Target::Queue("demo-Lost".to_owned())),
            ..AsynchronousInvocation::default()
        }
    );
    let authorize = system.function("demo-AuthorizeFunction").unwrap();
    assert_eq!(
        (authorize.name.as_str(), authorize.timeout),
        ("things-authorize", Duration::from_secs(7))
    );
}

#[test]
fn intrinsics_resolve_to_what_is_on_this_machine() {
    let system = everything();
    let environment: Vec<(&str, &str)> = system
        .function("things-list")
        .unwrap()
        .environment
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert_eq!(
        environment,
        [
            ("FOLDER", "/tmp/x-${literal}"),
            ("MODE", "very-plain"),
            ("QUEUE_URL", "http://127.0.0.1:9000/000000000000/demo-Work.fifo"),
            (
                "SOCKET_ENDPOINT",
                "http://127.0.0.1:9000/_aws/execute-api/live/live"
            ),
            ("SOCKET_URL", "ws://127.0.0.1:9000/_aws/execute-api/live/live"),
            ("TABLE_NAME", "demo-Table"),
        ]
    );
}

#[test]
fn given_parameters_decide_conditions() {
    let mut fancy = deployment();
    fancy.parameters.insert("Mode".to_owned(), "fancy".to_owned());
    let system = System::parse(EVERYTHING, Path::new("template.yaml"), &fancy).unwrap();
    assert!(system.function("things-fancy").is_some());
    assert_eq!(
        system.function("things-list").unwrap().environment["NOTHING"],
        "set"
    );
    assert!(everything().function("things-fancy").is_none());
}

#[test]
fn tables_queues_and_buses_are_read() {
    let system = everything();
    let table = &system.tables[0];
    let attribute = |name: &str, kind: &str| KeyAttribute {
        name: name.to_owned(),
        kind: kind.to_owned(),
    };
    assert_eq!(
        table.key,
        KeySchema {
            partition: attribute("pk", "S"),
            sort: Some(attribute("sk", "S"))
        }
    );
    assert_eq!(
        table.global_indexes,
        [GlobalIndex {
            name: "G".to_owned(),
            key: KeySchema {
                partition: attribute("g", "N"),
                sort: None
            },
            projection: Projection::Include(vec!["name".to_owned()]),
        }]
    );
    assert_eq!(table.ttl_attribute.as_deref(), Some("ttl"));
    assert_eq!(table.stream, Some(StreamView::NewAndOldImages));

    let work = system
        .queues
        .iter()
        .find(|queue| queue.logical_id == "Work")
        .unwrap();
    assert_eq!(work.arn, "arn:aws:sqs:eu-central-1:000000000000:demo-Work.fifo");
    assert!(work.fifo && !work.content_based_deduplication);
    assert_eq!(work.visibility_timeout, Duration::from_secs(60));
    assert_eq!(work.retention, Duration::from_secs(345_600));
    assert_eq!(
        work.redrive,
        Some(Redrive {
            dead_letters: "demo-Dead.fifo".to_owned(),
            maximum_receives: 3
        })
    );
    assert_eq!(system.event_buses, ["demo"]);
    assert_eq!(
        system.ignored,
        [IgnoredResource {
            logical_id: "Role".to_owned(),
            kind: "AWS::IAM::Role".to_owned()
        }]
    );
}

#[test]
fn event_sources_are_read_from_resources_and_from_functions() {
    let system = everything();
    let [queue, stream] = system.event_source_mappings.as_slice() else {
        panic!("two mappings")
    };
    assert_eq!(queue.source, EventSource::Queue("demo-Work.fifo".to_owned()));
    assert_eq!((queue.function.as_str(), queue.batch_size), ("things-list", 5));
    assert_eq!(queue.maximum_batching_window, Duration::from_secs(1));
    assert_eq!(queue.maximum_concurrency, Some(2));
    assert!(queue.report_batch_item_failures && queue.enabled);

    assert_eq!(stream.logical_id, "ListFunctionChanges");
    assert_eq!(
        stream.source,
        EventSource::TableStream {
            table: "demo-Table".to_owned(),
            from_oldest: true
        }
    );
    assert_eq!(stream.batch_size, 100);
    assert_eq!(stream.filters, [r#"{"eventName":["INSERT"]}"#]);
    assert_eq!(stream.maximum_retry_attempts, None);
    assert!(stream.bisect_batch_on_function_error && !stream.report_batch_item_failures);
    assert_eq!(stream.on_failure, Some(Target::Queue("demo-Lost".to_owned())));
}

#[test]
fn rules_schedules_and_topic_rules_are_read() {
    let system = everything();
    let rule = &system.rules[0];
    assert_eq!((rule.event_bus.as_str(), rule.enabled), ("demo", true));
    assert_eq!(rule.pattern, json!({"detail-type": [{"prefix": "thing."}]}));
    assert_eq!(rule.targets[0].target, Target::Queue("demo-Work.fifo".to_owned()));
    assert_eq!(rule.targets[0].message_group.as_deref(), Some("all"));
    assert_eq!(rule.targets[0].dead_letters.as_deref(), Some("demo-Lost"));
    assert_eq!(
        rule.targets[0].input,
        TargetInput::Transformer {
            paths: [("id".to_owned(), "$.id".to_owned())].into(),
            template: r#"{"id":<id>}"#.to_owned(),
        }
    );
    assert_eq!(rule.targets[1].target, Target::Function("things-list".to_owned()));
    assert_eq!(
        rule.targets[1].retry,
        RetryPolicy {
            maximum_retry_attempts: 0,
            ..RetryPolicy::default()
        }
    );

    let schedule = &system.schedules[0];
    assert_eq!(schedule.expression, "cron(0 6 * * ? *)");
    assert_eq!(schedule.time_zone, "Europe/Berlin");
    assert_eq!(schedule.flexible_window, Some(Duration::from_secs(300)));
    assert_eq!(schedule.target, Target::Function("things-list".to_owned()));

    let topic_rule = &system.topic_rules[0];
    assert_eq!(topic_rule.name, "demo_DeviceRule");
    assert_eq!(
        topic_rule.actions,
        [TopicAction::Lambda {
            function: "things-list".to_owned()
        }]
    );
    assert_eq!(
        topic_rule.error_action,
        Some(TopicAction::Sqs {
            queue: "demo-Lost".to_owned(),
            use_base64: true
        })
    );
}

#[test]
fn apis_are_read_with_their_authorizers() {
    let system = everything();
    let http = &system.http_apis[0];
    assert_eq!((http.id.as_str(), http.stage.as_str()), ("http", "$default"));
    assert_eq!(
        http.cors.as_ref().unwrap().allow_origins,
        ["https://a.example", "https://b.example"]
    );
    let keys: Vec<String> = http.routes.iter().map(|route| route.key.to_string()).collect();
    assert_eq!(keys, ["$default", "GET /v1/orgs/{org_id}/files/{path+}"]);
    assert_eq!(http.routes[0].authorizer, None);
    let route = &http.routes[1];
    assert_eq!(
        route.key,
        RouteKey::Path {
            method: Some("GET".to_owned()),
            path: "/v1/orgs/{org_id}/files/{path+}".to_owned(),
            segments: vec![
                Segment::Literal("v1".to_owned()),
                Segment::Literal("orgs".to_owned()),
                Segment::Parameter("org_id".to_owned()),
                Segment::Literal("files".to_owned()),
                Segment::Greedy("path".to_owned()),
            ],
        }
    );
    assert_eq!(route.timeout, Duration::from_secs(5));
    let authorizer = route.authorizer.as_ref().unwrap();
    assert_eq!(authorizer.function, "things-authorize");
    assert_eq!(authorizer.result_ttl, Duration::from_secs(60));
    assert_eq!(
        authorizer.identity_sources,
        [
            IdentitySource::Header("authorization".to_owned()),
            IdentitySource::Context("routeKey".to_owned())
        ]
    );

    let live = &system.socket_apis[0];
    assert_eq!(
        (live.stage.as_str(), live.selection.as_slice()),
        ("live", ["type".to_owned()].as_slice())
    );
    let connect = &live.routes["$connect"];
    assert_eq!(
        connect.authorizer.as_ref().unwrap().identity_sources,
        [IdentitySource::QueryString("ticket".to_owned())]
    );
    assert!(!connect.replies && live.routes["echo"].replies);
}

#[test]
fn the_products_own_template_is_served() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../template.yaml");
    let system = System::read(&file, &Deployment::local(([127, 0, 0, 1], 8787).into())).unwrap();
    assert!(system.function("platform-get-health").is_some());
    assert_eq!(
        (
            system.http_apis.len(),
            system.socket_apis.len(),
            system.tables.len()
        ),
        (1, 1, 1)
    );
}
