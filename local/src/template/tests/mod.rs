//! Templates as people write them, right and wrong.

mod right;
mod wrong;

use super::*;

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
