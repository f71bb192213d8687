//! The functions the template declares, with what invokes them.

use super::crates::Crate;
use super::template::{Resource, Template, below, entries};
use crate::findings::Findings;
use serde_norway::Value as Yaml;
use std::fmt;
use std::path::Path;

/// The resource type of a function.
pub(super) const FUNCTION: &str = "AWS::Serverless::Function";

/// A function of the template.
#[derive(Debug, Clone)]
pub(super) struct Function {
    /// Its logical id.
    pub(super) logical_id: String,
    /// Its name, which is also that of its executable and its artefact.
    pub(super) name: String,
    /// The area it belongs to, if there is a crate for it.
    pub(super) area: Option<String>,
    /// Its memory in MB.
    pub(super) memory_mb: Option<u64>,
    /// Its timeout in seconds.
    pub(super) timeout_s: Option<u64>,
    /// What invokes it.
    pub(super) triggers: Vec<Trigger>,
}

/// What invokes a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trigger {
    /// A route of the HTTP API.
    HttpRoute { key: String, authorized: bool },
    /// A route of the WebSocket API.
    SocketRoute { key: String },
    /// Requests that an API wants decided on.
    Authorizer { api: String },
    /// Messages in a queue.
    Queue { queue: String },
    /// Changes to a table.
    Stream { table: String },
    /// A schedule.
    Schedule { expression: String },
    /// Events on the bus.
    Rule { rule: String },
    /// Messages of devices.
    TopicRule { topics: String },
    /// An operator, by hand.
    Operator,
}

impl Trigger {
    /// Whether nobody waits for the reply, so that a failure is seen by nobody either.
    pub(super) fn is_asynchronous(&self) -> bool {
        matches!(
            self,
            Self::Schedule { .. } | Self::Rule { .. } | Self::TopicRule { .. }
        )
    }
}

impl fmt::Display for Trigger {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::HttpRoute { key, .. } => write!(formatter, "`{key}`"),
            Self::SocketRoute { key } => write!(formatter, "socket route `{key}`"),
            Self::Authorizer { api } => write!(formatter, "authorizer of {api}"),
            Self::Queue { queue } => write!(formatter, "messages in {queue}"),
            Self::Stream { table } => write!(formatter, "changes to {table}"),
            Self::Schedule { expression } => write!(formatter, "schedule `{expression}`"),
            Self::Rule { rule } => write!(formatter, "events that {rule} selects"),
            Self::TopicRule { topics } => write!(formatter, "MQTT messages to `{topics}`"),
            Self::Operator => formatter.write_str("an operator"),
        }
    }
}

impl Function {
    /// All functions of `template`, by area and name.
    pub(super) fn all(template: &Template, crates: &[Crate], findings: &mut Findings) -> Vec<Self> {
        let mut functions = Vec::new();
        for (id, resource) in template.of_kind(FUNCTION) {
            let code = resource.text("CodeUri").unwrap_or_default();
            let Some(name) = code
                .strip_prefix("target/lambda/")
                .and_then(|name| name.strip_suffix('/'))
            else {
                findings.error(id, format!("CodeUri is `{code}`, not target/lambda/<function>/"));
                continue;
            };
            let area = crates
                .iter()
                .filter_map(Crate::area)
                .find(|area| name.starts_with(&format!("{area}-")));
            functions.push(Self {
                logical_id: id.to_owned(),
                name: name.to_owned(),
                area: area.map(str::to_owned),
                memory_mb: template.function_number(resource, "MemorySize"),
                timeout_s: template.function_number(resource, "Timeout"),
                triggers: triggers(template, id, resource),
            });
        }
        functions.sort_by(|one, other| (&one.area, &one.name).cmp(&(&other.area, &other.name)));
        functions
    }

    /// The file of the function's handler, below the root.
    pub(super) fn module(&self) -> Option<String> {
        let area = self.area.as_deref()?;
        let name = self.name.strip_prefix(area)?.strip_prefix('-')?.replace('-', "_");
        Some(format!("functions/{area}/src/{name}.rs"))
    }

    /// The file of the function's executable, below the root.
    pub(super) fn executable(&self) -> Option<String> {
        let area = self.area.as_deref()?;
        Some(format!("functions/{area}/src/bin/{}.rs", self.name))
    }

    /// The logical id a function called `name` has: `alerts-get` is `AlertsGetFunction`.
    pub(super) fn expected_logical_id(&self) -> String {
        format!("{}Function", pascal_case(&self.name))
    }
}

/// `alerts-get` as `AlertsGet`.
pub(super) fn pascal_case(name: &str) -> String {
    name.split('-')
        .flat_map(|word| {
            let mut letters = word.chars();
            letters
                .next()
                .map(|first| first.to_ascii_uppercase())
                .into_iter()
                .chain(letters)
        })
        .collect()
}

/// What a function is for: the first line of its module's documentation.
pub(super) fn purpose(root: &Path, function: &Function) -> Option<String> {
    let text = std::fs::read_to_string(root.join(function.module()?)).ok()?;
    text.lines()
        .next()?
        .strip_prefix("//! ")
        .map(|line| line.trim().to_owned())
}

/// What invokes the function `id`.
fn triggers(template: &Template, id: &str, function: &Resource) -> Vec<Trigger> {
    let leads_here = |value| {
        template
            .references(value, FUNCTION)
            .iter()
            .any(|function| function == id)
    };
    let mut triggers = http_routes(template, id);
    triggers.extend(socket_routes(template, id));
    for (api, scheme) in template
        .of_kind(API)
        .flat_map(|(api, resource)| schemes(resource).map(move |(_, scheme)| (api, scheme)))
    {
        if leads_here(
            scheme
                .get(AUTHORIZER)
                .and_then(|authorizer| authorizer.get("authorizerUri")),
        ) {
            triggers.push(Trigger::Authorizer { api: api.to_owned() });
        }
    }
    for (_, authorizer) in template.of_kind("AWS::ApiGatewayV2::Authorizer") {
        if leads_here(authorizer.get("AuthorizerUri")) {
            let api = template
                .references(authorizer.get("ApiId"), API)
                .into_iter()
                .next()
                .unwrap_or_default();
            triggers.push(Trigger::Authorizer { api });
        }
    }
    for (_, source) in template.of_kind(SOURCE) {
        if leads_here(source.get("FunctionName")) {
            let arn = source.get("EventSourceArn");
            triggers.extend(
                template
                    .references(arn, QUEUE)
                    .into_iter()
                    .map(|queue| Trigger::Queue { queue }),
            );
            triggers.extend(
                template
                    .references(arn, TABLE)
                    .into_iter()
                    .map(|table| Trigger::Stream { table }),
            );
        }
    }
    for (_, schedule) in template.of_kind(SCHEDULE) {
        if leads_here(schedule.get("Target").and_then(|target| target.get("Arn"))) {
            let expression = schedule.text("ScheduleExpression").unwrap_or_default().to_owned();
            triggers.push(Trigger::Schedule { expression });
        }
    }
    for (rule, resource) in template.of_kind(RULE) {
        let targets = below(&resource.properties, &["Targets"]);
        if targets
            .into_iter()
            .flat_map(|targets| below(targets, &["Arn"]))
            .any(|arn| leads_here(Some(arn)))
        {
            triggers.push(Trigger::Rule {
                rule: rule.to_owned(),
            });
        }
    }
    for (_, rule) in template.of_kind(TOPIC_RULE) {
        if below(&rule.properties, &["Actions"])
            .into_iter()
            .any(|actions| leads_here(Some(actions)))
        {
            let payload = rule.get("TopicRulePayload");
            let sql = payload
                .and_then(|payload| payload.get("Sql"))
                .and_then(|sql| sql.as_str())
                .unwrap_or_default();
            triggers.push(Trigger::TopicRule { topics: topics(sql) });
        }
    }
    if function.trigger.as_deref() == Some("operator") {
        triggers.push(Trigger::Operator);
    }
    triggers
}

pub(super) const API: &str = "AWS::ApiGatewayV2::Api";
pub(super) const QUEUE: &str = "AWS::SQS::Queue";
pub(super) const TABLE: &str = "AWS::DynamoDB::Table";
pub(super) const SOURCE: &str = "AWS::Lambda::EventSourceMapping";
pub(super) const SCHEDULE: &str = "AWS::Scheduler::Schedule";
pub(super) const RULE: &str = "AWS::Events::Rule";
pub(super) const TOPIC_RULE: &str = "AWS::IoT::TopicRule";
pub(super) const ROUTE: &str = "AWS::ApiGatewayV2::Route";
pub(super) const INTEGRATION: &str = "AWS::ApiGatewayV2::Integration";

/// An operation's integration, in the definition of an HTTP API.
const OPERATION_INTEGRATION: &str = "x-amazon-apigateway-integration";
/// A security scheme's authorizer, in the definition of an HTTP API.
const AUTHORIZER: &str = "x-amazon-apigateway-authorizer";

/// The security schemes that the definition of `api` declares.
fn schemes(api: &Resource) -> impl Iterator<Item = (&str, &Yaml)> {
    let components = api.get("Body").and_then(|body| body.get("components"));
    entries(components.and_then(|components| components.get("securitySchemes")))
}

/// The routes in the definitions of HTTP APIs that lead to the function `id`.
fn http_routes(template: &Template, id: &str) -> Vec<Trigger> {
    let mut routes = Vec::new();
    for (_, api) in template.of_kind(API) {
        let authorizers: Vec<&str> = schemes(api)
            .filter(|(_, scheme)| scheme.get(AUTHORIZER).is_some())
            .map(|(name, _)| name)
            .collect();
        let paths = api.get("Body").and_then(|body| body.get("paths"));
        for (path, operations) in entries(paths) {
            for (method, operation) in entries(Some(operations)) {
                let uri = operation
                    .get(OPERATION_INTEGRATION)
                    .and_then(|integration| integration.get("uri"));
                if !template
                    .references(uri, FUNCTION)
                    .iter()
                    .any(|function| function == id)
                {
                    continue;
                }
                let security = operation.get("security").and_then(Yaml::as_sequence);
                routes.push(Trigger::HttpRoute {
                    key: format!("{} {path}", method.to_uppercase()),
                    authorized: security
                        .into_iter()
                        .flatten()
                        .any(|requirement| authorizers.iter().any(|name| requirement.get(*name).is_some())),
                });
            }
        }
    }
    routes
}

/// The routes of WebSocket APIs that lead to the function `id`.
fn socket_routes(template: &Template, id: &str) -> Vec<Trigger> {
    template
        .of_kind(ROUTE)
        .filter(|(_, route)| {
            template
                .references(route.get("Target"), INTEGRATION)
                .iter()
                .filter_map(|integration| template.resources.get(integration))
                .flat_map(|integration| template.references(integration.get("IntegrationUri"), FUNCTION))
                .any(|function| function == id)
        })
        .map(|(_, route)| Trigger::SocketRoute {
            key: route.text("RouteKey").unwrap_or_default().to_owned(),
        })
        .collect()
}

/// The topic filter of a rule's statement: what stands between quotes after `FROM`.
fn topics(sql: &str) -> String {
    let after = sql.split_once("FROM").map_or(sql, |(_, after)| after);
    after.split('\'').nth(1).unwrap_or(after).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn function(name: &str) -> Function {
        Function {
            logical_id: String::new(),
            name: name.to_owned(),
            area: Some("ingest".to_owned()),
            memory_mb: None,
            timeout_s: None,
            triggers: vec![],
        }
    }

    #[test]
    fn files_and_ids_follow_from_the_name() {
        let function = function("ingest-receive-things-stack");
        assert_eq!(
            function.module().unwrap(),
            "functions/ingest/src/receive_things_stack.rs"
        );
        assert_eq!(
            function.executable().unwrap(),
            "functions/ingest/src/bin/ingest-receive-things-stack.rs"
        );
        assert_eq!(function.expected_logical_id(), "IngestReceiveThingsStackFunction");
    }

    #[test]
    fn every_kind_of_trigger_is_found() {
        let text = "
Resources:
  F:
    Type: AWS::Serverless::Function
    Metadata: {Trigger: operator}
    Properties: {CodeUri: target/lambda/ingest-all/}
  Http:
    Type: AWS::ApiGatewayV2::Api
    Properties:
      Body:
        components:
          securitySchemes:
            key: {x-amazon-apigateway-authorizer: {authorizerUri: !Sub 'x/${F.Arn}/invocations'}}
        paths:
          /v1/all:
            parameters: [{name: a, in: query}]
            get: {security: [{key: []}], x-amazon-apigateway-integration: {uri: !Sub 'x/${F.Arn}/invocations'}}
            post: {x-amazon-apigateway-integration: {uri: !GetAtt F.Arn}}
            put: {x-amazon-apigateway-integration: {uri: !GetAtt Other.Arn}}
  Other: {Type: AWS::Serverless::Function, Properties: {CodeUri: target/lambda/ingest-other/}}
  Socket: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: WEBSOCKET}}
  Authorizer:
    Type: AWS::ApiGatewayV2::Authorizer
    Properties: {ApiId: !Ref Socket, AuthorizerUri: !Sub 'x/${F.Arn}/invocations'}
  Integration: {Type: AWS::ApiGatewayV2::Integration, Properties: {IntegrationUri: !GetAtt F.Arn}}
  SocketRoute:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref Socket, RouteKey: ping, Target: !Sub 'integrations/${Integration}'}
  Queue: {Type: AWS::SQS::Queue}
  Table: {Type: AWS::DynamoDB::Table}
  Source:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {EventSourceArn: !GetAtt Queue.Arn, FunctionName: !Ref F}
  Stream:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {EventSourceArn: !GetAtt Table.StreamArn, FunctionName: !Ref F}
  Schedule:
    Type: AWS::Scheduler::Schedule
    Properties: {ScheduleExpression: rate(1 minute), Target: {Arn: !GetAtt F.Arn}}
  Rule: {Type: AWS::Events::Rule, Properties: {Targets: [{Id: f, Arn: !GetAtt F.Arn}]}}
  Topic:
    Type: AWS::IoT::TopicRule
    Properties:
      TopicRulePayload: {Sql: \"SELECT * FROM 'a/+/up'\", Actions: [{Lambda: {FunctionArn: !GetAtt F.Arn}}]}
";
        let template = Template::parse(text).unwrap();
        let mut findings = Findings::default();
        let functions = Function::all(&template, &[], &mut findings);
        let triggers: Vec<_> = functions[0].triggers.iter().map(Trigger::to_string).collect();
        assert_eq!(
            triggers,
            [
                "`GET /v1/all`",
                "`POST /v1/all`",
                "socket route `ping`",
                "authorizer of Http",
                "authorizer of Socket",
                "messages in Queue",
                "changes to Table",
                "schedule `rate(1 minute)`",
                "events that Rule selects",
                "MQTT messages to `a/+/up`",
                "an operator",
            ]
        );
        let route = |key: &str, authorized| Trigger::HttpRoute {
            key: key.to_owned(),
            authorized,
        };
        assert_eq!(
            functions[0].triggers[..2],
            [route("GET /v1/all", true), route("POST /v1/all", false)]
        );
    }
}
