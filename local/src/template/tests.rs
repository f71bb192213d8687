//! Templates as people write them, right and wrong.

use super::*;
use serde_json::json;
use std::time::Duration;

const EVERYTHING: &str = r#"
Transform: AWS::Serverless-2016-10-31
Parameters:
  Mode: {Type: String, Default: plain}
  Origins: {Type: CommaDelimitedList, Default: 'https://a.example, https://b.example'}
Conditions:
  Fancy: !Equals [!Ref Mode, fancy]
  Plain: !Not [!Condition Fancy]
Globals:
  Function:
    Timeout: 7
    MemorySize: 256
    Environment:
      Variables:
        TABLE_NAME: !Ref Table
        QUEUE_URL: !Ref Work
        SOCKET_ENDPOINT: !Sub https://${Live}.execute-api.${AWS::Region}.${AWS::URLSuffix}/${LiveStage}
        SOCKET_URL: !Sub wss://${Live}.execute-api.${AWS::Region}.amazonaws.com/${LiveStage}
Resources:
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions:
        - {AttributeName: pk, AttributeType: S}
        - {AttributeName: sk, AttributeType: S}
        - {AttributeName: g, AttributeType: N}
      KeySchema:
        - {AttributeName: pk, KeyType: HASH}
        - {AttributeName: sk, KeyType: RANGE}
      GlobalSecondaryIndexes:
        - IndexName: G
          KeySchema: [{AttributeName: g, KeyType: HASH}]
          Projection: {ProjectionType: INCLUDE, NonKeyAttributes: [name]}
      TimeToLiveSpecification: {AttributeName: ttl, Enabled: true}
      StreamSpecification: {StreamViewType: NEW_AND_OLD_IMAGES}
  Bus: {Type: AWS::Events::EventBus, Properties: {Name: !Ref AWS::StackName}}
  Work:
    Type: AWS::SQS::Queue
    Properties:
      FifoQueue: true
      VisibilityTimeout: '60'
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 3}
  Dead: {Type: AWS::SQS::Queue, Properties: {FifoQueue: true}}
  Lost: {Type: AWS::SQS::Queue}
  Role: {Type: AWS::IAM::Role, Properties: {Anything: !Whatever x}}
  ListFunction:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: !Sub ${AWS::StackName}-things-list
      CodeUri: target/lambda/things-list/
      Timeout: 20
      Environment:
        Variables:
          MODE: !If [Fancy, fancy, !Join ['-', [very, !Ref Mode]]]
          NOTHING: !If [Fancy, set, !Ref AWS::NoValue]
          FOLDER: {"Fn::Sub": ["${base}/x-${!literal}", {base: "/tmp"}]}
      EventInvokeConfig:
        MaximumRetryAttempts: 1
        DestinationConfig: {OnFailure: {Type: SQS, Destination: !GetAtt Lost.Arn}}
      Events:
        Changes:
          Type: DynamoDB
          Properties:
            Stream: !GetAtt Table.StreamArn
            StartingPosition: TRIM_HORIZON
            BisectBatchOnFunctionError: true
            MaximumRetryAttempts: -1
            FilterCriteria: {Filters: [{Pattern: '{"eventName":["INSERT"]}'}]}
            DestinationConfig: {OnFailure: {Destination: !GetAtt Lost.Arn}}
  AuthorizeFunction:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: ./target/lambda/things-authorize}
  FancyFunction:
    Type: AWS::Serverless::Function
    Condition: Fancy
    Properties: {CodeUri: target/lambda/things-fancy/}
  WorkSource:
    Type: AWS::Lambda::EventSourceMapping
    Properties:
      EventSourceArn: !GetAtt Work.Arn
      FunctionName: !Ref ListFunction
      BatchSize: 5
      MaximumBatchingWindowInSeconds: 1
      FunctionResponseTypes: [ReportBatchItemFailures]
      ScalingConfig: {MaximumConcurrency: 2}
  Rule:
    Type: AWS::Events::Rule
    Properties:
      EventBusName: !Ref Bus
      EventPattern: {detail-type: [{prefix: thing.}]}
      Targets:
        - Id: queue
          Arn: !GetAtt Work.Arn
          SqsParameters: {MessageGroupId: all}
          InputTransformer: {InputPathsMap: {id: $.id}, InputTemplate: '{"id":<id>}'}
          DeadLetterConfig: {Arn: !GetAtt Lost.Arn}
        - {Id: function, Arn: !GetAtt ListFunction.Arn, RetryPolicy: {MaximumRetryAttempts: 0}}
  Schedule:
    Type: AWS::Scheduler::Schedule
    Properties:
      ScheduleExpression: cron(0 6 * * ? *)
      ScheduleExpressionTimezone: Europe/Berlin
      FlexibleTimeWindow: {Mode: FLEXIBLE, MaximumWindowInMinutes: 5}
      Target:
        Arn: !GetAtt ListFunction.Arn
        RoleArn: !GetAtt Role.Arn
        Input: '{}'
        DeadLetterConfig: {Arn: !GetAtt Lost.Arn}
  DeviceRule:
    Type: AWS::IoT::TopicRule
    Properties:
      TopicRulePayload:
        AwsIotSqlVersion: '2016-03-23'
        Sql: SELECT * FROM 'a/+'
        Actions: [{Lambda: {FunctionArn: !GetAtt ListFunction.Arn}}]
        ErrorAction: {Sqs: {QueueUrl: !Ref Lost, RoleArn: !GetAtt Role.Arn, UseBase64: true}}
  Http:
    Type: AWS::ApiGatewayV2::Api
    Properties:
      Body:
        openapi: 3.0.1
        info: {title: http, version: '1'}
        x-amazon-apigateway-importexport-version: '1.0'
        x-amazon-apigateway-cors: {allowOrigins: !Ref Origins, maxAge: 60}
        components:
          securitySchemes:
            key:
              type: apiKey
              name: Authorization
              in: header
              x-amazon-apigateway-authorizer:
                type: request
                authorizerPayloadFormatVersion: '2.0'
                enableSimpleResponses: true
                identitySource: $request.header.Authorization, $context.routeKey
                authorizerResultTtlInSeconds: 60
                authorizerUri: !Sub arn:aws:apigateway:x:lambda:path/2015-03-31/functions/${AuthorizeFunction.Arn}/invocations
                authorizerCredentials: !GetAtt Role.Arn
        paths:
          /v1/orgs/{org_id}/files/{path+}:
            parameters: [{name: org_id, in: path, required: true, schema: {type: string}}]
            get:
              operationId: things-list
              security: [{key: []}]
              responses: {default: {description: A list.}}
              x-amazon-apigateway-integration:
                type: aws_proxy
                httpMethod: POST
                payloadFormatVersion: '2.0'
                timeoutInMillis: 5000
                uri: !GetAtt ListFunction.Arn
                credentials: !GetAtt Role.Arn
          /$default:
            x-amazon-apigateway-any-method:
              isDefaultRoute: true
              x-amazon-apigateway-integration: {type: aws_proxy, httpMethod: POST, payloadFormatVersion: '2.0', uri: !GetAtt ListFunction.Arn}
  HttpStage: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Http, StageName: $default}}
  Live:
    Type: AWS::ApiGatewayV2::Api
    Properties: {Name: live, ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.type}
  LiveStage: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Live, StageName: live}}
  LiveAuthorizer:
    Type: AWS::ApiGatewayV2::Authorizer
    Properties:
      ApiId: !Ref Live
      Name: ticket
      AuthorizerType: REQUEST
      IdentitySource: [route.request.querystring.ticket]
      AuthorizerUri: !GetAtt AuthorizeFunction.Arn
  LiveIntegration:
    Type: AWS::ApiGatewayV2::Integration
    Properties: {ApiId: !Ref Live, IntegrationType: AWS_PROXY, IntegrationUri: !GetAtt ListFunction.Arn}
  ConnectRoute:
    Type: AWS::ApiGatewayV2::Route
    Properties:
      ApiId: !Ref Live
      RouteKey: $connect
      AuthorizationType: CUSTOM
      AuthorizerId: !Ref LiveAuthorizer
      Target: !Sub integrations/${LiveIntegration}
  EchoRoute:
    Type: AWS::ApiGatewayV2::Route
    Properties:
      ApiId: !Ref Live
      RouteKey: echo
      RouteResponseSelectionExpression: $default
      Target: !Sub integrations/${LiveIntegration}
  EchoResponse:
    Type: AWS::ApiGatewayV2::RouteResponse
    Properties: {ApiId: !Ref Live, RouteId: !Ref EchoRoute, RouteResponseKey: $default}
"#;

fn deployment() -> Deployment {
    Deployment {
        stack: "demo".to_owned(),
        ..Deployment::local(([127, 0, 0, 1], 9000).into())
    }
}

fn parse(text: &str) -> Result<System, String> {
    System::parse(text, Path::new("template.yaml"), &deployment()).map_err(|error| error.to_string())
}

fn everything() -> System {
    parse(EVERYTHING).unwrap()
}

/// The error of a template whose one resource of interest is `resource`.
fn refused(resource: &str) -> String {
    let text = format!(
        "Resources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties: {{CodeUri: target/lambda/f/}}\n{resource}"
    );
    parse(&text).unwrap_err()
}

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

#[test]
fn errors_name_file_resource_property_and_expectation() {
    assert_eq!(
        refused("  Q: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: soon}}"),
        "template.yaml: Resources.Q.Properties.VisibilityTimeout: \
         expected a whole number from 0 to 43200, found \"soon\""
    );
    assert_eq!(
        refused("  Q: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeoot: 3}}"),
        "template.yaml: Resources.Q.Properties.VisibilityTimeoot: the local system does not know this property"
    );
    assert_eq!(
        refused("  Q: {Type: AWS::SQS::Queue, Properties: {DelaySeconds: !Ref Lag}}"),
        "template.yaml: Resources.Q.Properties.DelaySeconds: \
         refers to Lag, which is neither a parameter nor a resource of this template"
    );
    assert_eq!(
        refused("  G: {Type: AWS::Serverless::Function, Properties: {CodeUri: target/lambda/f/}}"),
        "template.yaml: Resources.G.Properties.CodeUri: \
         F already runs target/lambda/f: one function, one artefact"
    );
}

#[test]
fn yaml_errors_say_where() {
    let error = parse("Resources:\n  A: [\n").unwrap_err();
    assert!(error.starts_with("template.yaml is not valid YAML: "), "{error}");
    assert!(error.contains("line 3"), "{error}");
    assert!(parse("Resources: {}").unwrap_err().contains("nothing to serve"));
}

#[test]
fn what_cannot_be_served_is_refused_with_advice() {
    let cases = [
        (
            "  A: {Type: AWS::Serverless::HttpApi}",
            "Resources.A.Type",
            "declare an AWS::ApiGatewayV2::Api",
        ),
        (
            "  A: {Type: AWS::Kinesis::Stream}",
            "Resources.A.Type",
            "does not serve AWS::Kinesis::Stream",
        ),
        (
            "  A: {Type: AWS::Lambda::Function}",
            "Resources.A.Type",
            "AWS::Serverless::Function",
        ),
        (
            "  A: {Type: AWS::ApiGatewayV2::Api, Properties: {Body: {}}}",
            "Resources.A.Properties",
            "has no AWS::ApiGatewayV2::Stage",
        ),
        (
            "  A: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: HTTP}}\n  \
             S: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref A, StageName: $default}}",
            "A.Properties.ProtocolType",
            "OpenAPI definition in Body",
        ),
        (
            "  A: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !Ref F, EventSourceArn: 'arn:x'}}",
            "A.Properties.EventSourceArn",
            "neither a queue nor the stream of a table",
        ),
        (
            "  A: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: nobody, EventSourceArn: 'arn:x'}}",
            "A.Properties.FunctionName",
            "no function of this template",
        ),
        (
            "  A: {Type: AWS::Events::Rule, Properties: {EventBusName: other, EventPattern: {}}}",
            "A.Properties.EventBusName",
            "no event bus of this template",
        ),
        (
            "  A: {Type: AWS::Scheduler::Schedule, Properties: {ScheduleExpression: 1 minute}}",
            "A.Properties.ScheduleExpression",
            "expected rate(..), cron(..) or at(..)",
        ),
        (
            "  A: {Type: AWS::SQS::Queue, Properties: {QueueName: !GetAtt F.Colour}}",
            "A.Properties.QueueName",
            "knows no attribute Colour of F",
        ),
        (
            "  A: {Type: AWS::SQS::Queue, Properties: {QueueName: !Ref A}}",
            "A.Properties.QueueName",
            "refers to itself",
        ),
        (
            "  A: {Type: AWS::SQS::Queue, Properties: {DelaySeconds: !Split [a, b]}}",
            "DelaySeconds",
            "Split",
        ),
    ];
    for (resource, place, reason) in cases {
        let error = refused(resource);
        assert!(
            error.contains(place) && error.contains(reason),
            "{resource}\n{error}"
        );
    }
}

#[test]
fn a_fifo_queue_needs_fifo_dead_letters() {
    let error = refused(
        "  A: {Type: AWS::SQS::Queue, Properties: {FifoQueue: true, \
         RedrivePolicy: {deadLetterTargetArn: !GetAtt B.Arn, maxReceiveCount: 1}}}\n  B: {Type: AWS::SQS::Queue}",
    );
    assert!(
        error.contains("A.Properties.RedrivePolicy.deadLetterTargetArn"),
        "{error}"
    );
}

/// A template whose HTTP API has `paths` and answers with the function F.
fn http_api(paths: &str) -> String {
    let paths = paths.replace(
        "TO_F",
        "x-amazon-apigateway-integration: \
         {type: aws_proxy, httpMethod: POST, payloadFormatVersion: '2.0', uri: !GetAtt F.Arn}",
    );
    format!(
        "  Api: {{Type: AWS::ApiGatewayV2::Api, Properties: {{Body: {{openapi: 3.0.1, paths: {{{paths}}}}}}}}}\n  \
         S: {{Type: AWS::ApiGatewayV2::Stage, Properties: {{ApiId: !Ref Api, StageName: $default}}}}\n"
    )
}

#[test]
fn routes_must_be_distinct_and_well_formed() {
    let twice = http_api("'/a/{x}': {get: {TO_F}}, '/a/{y}': {get: {TO_F}}");
    let error = refused(&twice);
    assert!(
        error.contains("Body.paths./a/{y}.get: takes the same requests as GET /a/{x}"),
        "{error}"
    );
    for (path, method) in [
        ("/a", "fetch"),
        ("a", "get"),
        ("/a//b", "get"),
        ("/a{b}", "get"),
        ("/{}", "get"),
        ("/{a+}/b", "get"),
    ] {
        let error = refused(&http_api(&format!("'{path}': {{{method}: {{TO_F}}}}")));
        assert!(
            error.contains(&format!("Body.paths.{path}.{method}: ")),
            "{path}: {error}"
        );
    }
}

#[test]
fn what_an_http_api_does_not_declare_is_refused() {
    let cases = [
        (
            "'/a': {get: {security: [{key: []}], TO_F}}",
            "get.security: names key",
        ),
        (
            "'/a': {get: {}}",
            "get.x-amazon-apigateway-integration: is required",
        ),
        (
            "'/a': {get: {callbacks: {}, TO_F}}",
            "get.callbacks: the local system does not know",
        ),
        (
            "'/a': {get: {x-amazon-apigateway-integration: {type: http_proxy, uri: !GetAtt F.Arn}}}",
            "integration.type: expected aws_proxy, found \"http_proxy\"",
        ),
    ];
    for (paths, reason) in cases {
        let error = refused(&http_api(paths));
        assert!(error.contains(reason), "{paths}: {error}");
    }
}

#[test]
fn a_definition_and_route_resources_do_not_mix() {
    let integration = "  I: {Type: AWS::ApiGatewayV2::Integration, Properties: \
         {ApiId: !Ref Api, IntegrationType: AWS_PROXY, IntegrationUri: !GetAtt F.Arn}}\n";
    let error = refused(&format!("{}{integration}", http_api("'/a': {get: {TO_F}}")));
    assert!(error.contains("I.Properties.ApiId: names an HTTP API"), "{error}");
}
