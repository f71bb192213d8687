//! The system a `template.yaml` declares, as values.
//!
//! A SAM or CloudFormation template is read once, its intrinsic functions are resolved to what they are on
//! this machine, and what remains is a [`System`]: every other part of the host is built from it and from
//! nothing else. What the template says and the host cannot do is an error, never passed over in silence.

mod apis;
mod document;
mod error;
mod events;
mod http_api;
mod intrinsics;
mod model;
mod names;
mod reader;
mod resources;
#[cfg(test)]
mod tests;

pub use error::TemplateError;
pub use model::*;

use document::Document;
use error::Problem;
use intrinsics::Resolver;
use reader::Reader;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;

/// Where and as what a template is deployed: what its pseudo parameters and references resolve to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployment {
    /// `AWS::StackName`.
    pub stack: String,
    /// `AWS::Region`.
    pub region: String,
    /// `AWS::AccountId`: twelve digits.
    pub account: String,
    /// Where the host listens, known before the template is read.
    pub address: SocketAddr,
    /// Values of template parameters; the others take their defaults.
    pub parameters: BTreeMap<String, String>,
}

impl Deployment {
    /// The stack `freshtrack` of this machine's account, served at `address`.
    #[must_use]
    pub fn local(address: SocketAddr) -> Self {
        Self {
            stack: "freshtrack".to_owned(),
            region: "eu-central-1".to_owned(),
            account: "000000000000".to_owned(),
            address,
            // The dashboard is served beside the API.
            parameters: BTreeMap::from([("AppUrl".to_owned(), format!("http://{address}"))]),
        }
    }

    /// The variables by which this deployment's services are found: those of AWS by its SDKs, and the network servers.
    #[must_use]
    pub fn environment(&self) -> BTreeMap<String, String> {
        let variables = [
            ("AWS_REGION", self.region.clone()),
            ("AWS_DEFAULT_REGION", self.region.clone()),
            ("AWS_ACCESS_KEY_ID", "local".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "local".to_owned()),
            ("AWS_ENDPOINT_URL", format!("http://{}", self.address)),
            (
                "NETWORK_SERVERS_ENDPOINT_URL",
                format!("http://{}{}", self.address, crate::network_servers::PATH),
            ),
        ];
        variables
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }

    /// The URL of the queue called `name`.
    pub(crate) fn queue_url(&self, name: &str) -> String {
        format!("http://{}/{}/{name}", self.address, self.account)
    }

    /// Where the API with this id is served, below the root of this host.
    pub(crate) fn api_path(id: &str) -> String {
        format!("/_aws/execute-api/{id}")
    }

    /// `value` with the host name that API Gateway would give an API replaced by where this host serves it.
    ///
    /// AWS tells APIs apart by host name; here they share one address.
    fn localize(&self, value: &str, http_apis: &[String], socket_apis: &[String]) -> Option<String> {
        let (scheme, rest) = value.split_once("://")?;
        let (id, rest) = rest.split_once(".execute-api.")?;
        let rest = rest.strip_prefix(&self.region)?.strip_prefix(".amazonaws.com")?;
        let scheme = match scheme {
            "https" => "http",
            "wss" => "ws",
            _ => return None,
        };
        let path = if http_apis.iter().any(|api| api == id) {
            String::new()
        } else if socket_apis.iter().any(|api| api == id) {
            Self::api_path(id)
        } else {
            return None;
        };
        Some(format!("{scheme}://{}{path}{rest}", self.address))
    }
}

impl System {
    /// Reads the template in `file` for `deployment`.
    ///
    /// # Errors
    /// When the file cannot be read, is no YAML, or declares what the host cannot serve; the message names
    /// the resource, the property and what was expected.
    pub fn read(file: &Path, deployment: &Deployment) -> Result<Self, TemplateError> {
        let text = std::fs::read_to_string(file).map_err(|source| TemplateError::Unreadable {
            file: file.to_owned(),
            source,
        })?;
        Self::parse(&text, file, deployment)
    }

    /// Reads the template `text`, which error messages say came from `file`.
    ///
    /// # Errors
    /// As [`System::read`].
    pub fn parse(text: &str, file: &Path, deployment: &Deployment) -> Result<Self, TemplateError> {
        let root = serde_norway::from_str(text).map_err(|source| TemplateError::Syntax {
            file: file.to_owned(),
            source,
        })?;
        Document::new(&root)
            .and_then(|document| Builder::build(&document, deployment))
            .map_err(|problem| problem.in_file(file.to_owned()))
    }

    /// The function called `name`, by its own or its deployed name.
    #[must_use]
    pub fn function(&self, name: &str) -> Option<&Function> {
        self.functions
            .iter()
            .find(|function| function.name == name || function.deployed_name == name)
    }
}

/// Resource types that mean nothing on this machine: rights, logs, alarms and what only the cloud needs.
const MEANINGLESS_HERE: [&str; 14] = [
    "AWS::ApiGatewayV2::ApiMapping",
    "AWS::ApiGatewayV2::Deployment",
    "AWS::ApiGatewayV2::DomainName",
    "AWS::ApplicationInsights::",
    "AWS::Budgets::",
    "AWS::CloudWatch::",
    "AWS::Events::EventBusPolicy",
    "AWS::IAM::",
    "AWS::IoT::Policy",
    "AWS::Lambda::Permission",
    "AWS::Logs::",
    "AWS::Route53::",
    "AWS::SQS::QueuePolicy",
    "AWS::XRay::",
];

/// Builds a [`System`] in the order in which resources refer to each other.
struct Builder<'a> {
    document: &'a Document,
    deployment: &'a Deployment,
    resolver: Resolver<'a>,
    system: System,
}

impl<'a> Builder<'a> {
    fn build(document: &'a Document, deployment: &'a Deployment) -> Result<System, Problem> {
        let resolver = Resolver::new(document, deployment);
        let mut builder = Self {
            document,
            deployment,
            resolver,
            system: System::default(),
        };
        builder.sort_out()?;
        builder.tables()?;
        builder.queues()?;
        builder.event_buses()?;
        builder.encryption_keys()?;
        builder.functions()?;
        builder.event_source_mappings()?;
        builder.rules()?;
        builder.schedules()?;
        builder.topic_rules()?;
        builder.apis()?;
        Ok(builder.system)
    }

    /// Refuses resources the host does not know and notes those it has no use for.
    fn sort_out(&mut self) -> Result<(), Problem> {
        const SERVED: [&str; 16] = [
            "AWS::ApiGatewayV2::Api",
            "AWS::ApiGatewayV2::Authorizer",
            "AWS::ApiGatewayV2::Integration",
            "AWS::ApiGatewayV2::Route",
            "AWS::ApiGatewayV2::RouteResponse",
            "AWS::ApiGatewayV2::IntegrationResponse",
            "AWS::ApiGatewayV2::Stage",
            "AWS::DynamoDB::Table",
            "AWS::Events::EventBus",
            "AWS::Events::Rule",
            "AWS::IoT::TopicRule",
            "AWS::KMS::Key",
            "AWS::Lambda::EventSourceMapping",
            "AWS::SQS::Queue",
            "AWS::Scheduler::Schedule",
            "AWS::Serverless::Function",
        ];
        for (id, resource) in &self.document.resources {
            let kind = resource.kind.as_str();
            if SERVED.contains(&kind) {
                continue;
            }
            if MEANINGLESS_HERE
                .iter()
                .any(|known| kind == *known || (known.ends_with("::") && kind.starts_with(known)))
            {
                self.system.ignored.push(IgnoredResource {
                    logical_id: id.clone(),
                    kind: kind.to_owned(),
                });
                continue;
            }
            let advice = match kind {
                "AWS::Serverless::HttpApi" | "AWS::Serverless::Api" | "AWS::Serverless::WebSocketApi" => {
                    "declare an AWS::ApiGatewayV2::Api and its Stage; an HTTP API says everything else in its Body"
                }
                "AWS::Lambda::Function" => "declare functions as AWS::Serverless::Function",
                "AWS::Serverless::SimpleTable" => "declare tables as AWS::DynamoDB::Table",
                _ => {
                    "teach it the type (local/src/template), or, if it means nothing on this machine, \
                     add it to the types that are passed over"
                }
            };
            return Err(Problem::new(
                format!("Resources.{id}.Type"),
                format!("the local system does not serve {kind}: {advice}"),
            ));
        }
        Ok(())
    }

    /// The declared resources of type `kind`, with their properties resolved except those in `skipped`,
    /// which mean nothing on this machine.
    fn resources(&self, kind: &str, skipped: &[&str]) -> Result<Vec<(String, Reader)>, Problem> {
        let mut readers = Vec::new();
        for (id, resource) in &self.document.resources {
            if resource.kind != kind {
                continue;
            }
            let place = format!("Resources.{id}");
            if let Some(condition) = &resource.condition
                && !self.resolver.condition(condition, &place, 0)?
            {
                continue;
            }
            let reader = self.reader(&resource.properties, &format!("{place}.Properties"), skipped)?;
            readers.push((id.clone(), reader));
        }
        Ok(readers)
    }

    fn reader(
        &self,
        properties: &serde_norway::Mapping,
        place: &str,
        skipped: &[&str],
    ) -> Result<Reader, Problem> {
        let mut fields = serde_json::Map::new();
        for (key, value) in properties {
            let Some(key) = key.as_str() else {
                return Err(Problem::new(place, "has a key that is not a text"));
            };
            if skipped.contains(&key) {
                continue;
            }
            if let Some(value) = self.resolver.resolve(value, &format!("{place}.{key}"))? {
                fields.insert(key.to_owned(), value);
            }
        }
        Ok(Reader::new(place.to_owned(), fields))
    }

    fn physical_name(&self, id: &str) -> Result<String, Problem> {
        match self.document.resources.get(id) {
            Some(resource) => self.resolver.physical_name(id, resource, 0),
            None => Err(Problem::new(format!("Resources.{id}"), "is not declared")),
        }
    }

    /// Reads an ARN that must lead to a declared function, queue or bus.
    fn target(&self, reader: &mut Reader, key: &str) -> Result<Target, Problem> {
        let arn = reader.required(key)?;
        names::target(&self.system, &arn).ok_or_else(|| {
            reader.problem_in(
                key,
                format!("leads to {arn}, which is no function, queue or event bus of this template"),
            )
        })
    }

    /// Reads the ARN or URL of a declared queue and returns the queue's name.
    fn queue(&self, reader: &mut Reader, key: &str) -> Result<String, Problem> {
        let reference = reader.required(key)?;
        names::queue(&self.system, &reference).ok_or_else(|| {
            reader.problem_in(
                key,
                format!("leads to {reference}, which is no queue of this template"),
            )
        })
    }

    /// Reads `DeadLetterConfig: {Arn: ..}`.
    fn dead_letter_config(&self, reader: &mut Reader) -> Result<Option<String>, Problem> {
        let Some(mut config) = reader.object("DeadLetterConfig")? else {
            return Ok(None);
        };
        let queue = self.queue(&mut config, "Arn")?;
        config.finish()?;
        Ok(Some(queue))
    }

    /// Reads `DestinationConfig: {OnFailure: {Destination: ..}}`.
    fn on_failure(&self, reader: &mut Reader) -> Result<Option<Target>, Problem> {
        let Some(mut config) = reader.object("DestinationConfig")? else {
            return Ok(None);
        };
        let target = match config.object("OnFailure")? {
            None => None,
            Some(mut on_failure) => {
                // SAM's name for the kind of resource, which the ARN tells as well.
                on_failure.skip(&["Type"]);
                let target = self.target(&mut on_failure, "Destination")?;
                on_failure.finish()?;
                Some(target)
            }
        };
        config.finish()?;
        Ok(target)
    }

    /// Reads `RetryPolicy` of EventBridge and Scheduler.
    fn retry_policy(reader: &mut Reader) -> Result<RetryPolicy, Problem> {
        let mut retry = RetryPolicy::default();
        if let Some(mut policy) = reader.object("RetryPolicy")? {
            if let Some(age) = policy.seconds("MaximumEventAgeInSeconds", 60..=86_400)? {
                retry.maximum_event_age = age;
            }
            if let Some(attempts) = policy.number("MaximumRetryAttempts", 0..=185)? {
                retry.maximum_retry_attempts = attempts;
            }
            policy.finish()?;
        }
        Ok(retry)
    }
}
