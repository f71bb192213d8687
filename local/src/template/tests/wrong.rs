//! What is wrong with a template is told, and where.

use super::{parse, refused};

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
