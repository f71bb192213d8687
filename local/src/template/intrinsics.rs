//! CloudFormation's intrinsic functions, resolved to what they are on this machine.

use super::document::{Document, Resource};
use super::error::Problem;
use super::{Deployment, names};
use serde_json::{Map, Value as Json};
use serde_norway::Value as Yaml;

/// A reference that leads to a reference and so on; deeper than this it goes in a circle.
const DEEPEST_REFERENCE: usize = 32;

/// Resolves the values of one document for one deployment.
pub(super) struct Resolver<'a> {
    document: &'a Document,
    deployment: &'a Deployment,
}

/// An intrinsic function with its argument, in whichever of the two notations it was written.
struct Call<'a> {
    name: &'a str,
    argument: &'a Yaml,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(document: &'a Document, deployment: &'a Deployment) -> Self {
        Self { document, deployment }
    }

    /// What `value` is; `None` for `AWS::NoValue`, which removes the property it stands in.
    pub(super) fn resolve(&self, value: &Yaml, place: &str) -> Result<Option<Json>, Problem> {
        self.at_depth(value, place, 0)
    }

    fn at_depth(&self, value: &Yaml, place: &str, depth: usize) -> Result<Option<Json>, Problem> {
        if depth > DEEPEST_REFERENCE {
            return Err(Problem::new(place, "refers to itself"));
        }
        if let Some(call) = call(value) {
            return self.apply(&call, place, depth + 1);
        }
        Ok(Some(match value {
            Yaml::Null => Json::Null,
            Yaml::Bool(truth) => Json::Bool(*truth),
            Yaml::Number(number) => plain_number(number),
            Yaml::String(text) => Json::String(text.clone()),
            Yaml::Sequence(items) => {
                let mut list = Vec::with_capacity(items.len());
                for (index, item) in items.iter().enumerate() {
                    list.extend(self.at_depth(item, &format!("{place}[{index}]"), depth)?);
                }
                Json::Array(list)
            }
            Yaml::Mapping(fields) => {
                let mut map = Map::new();
                for (key, field) in fields {
                    let Some(key) = key.as_str() else {
                        return Err(Problem::new(place, "has a key that is not a text"));
                    };
                    if let Some(field) = self.at_depth(field, &format!("{place}.{key}"), depth)? {
                        map.insert(key.to_owned(), field);
                    }
                }
                Json::Object(map)
            }
            Yaml::Tagged(tagged) => {
                return Err(Problem::new(
                    place,
                    format!(
                        "the intrinsic function {} is not known to the local system",
                        tagged.tag
                    ),
                ));
            }
        }))
    }

    fn apply(&self, call: &Call<'_>, place: &str, depth: usize) -> Result<Option<Json>, Problem> {
        let wrong = |expected: &str| Problem::new(place, format!("!{} expects {expected}", call.name));
        match call.name {
            "Ref" => {
                let id = call.argument.as_str().ok_or_else(|| wrong("a name"))?;
                self.reference(id, place, depth)
            }
            "GetAtt" => {
                let (id, attribute) = match call.argument {
                    Yaml::String(path) => path
                        .split_once('.')
                        .map(|(id, name)| (id.to_owned(), name.to_owned())),
                    Yaml::Sequence(parts) => match parts.as_slice() {
                        [Yaml::String(id), Yaml::String(name)] => Some((id.clone(), name.clone())),
                        _ => None,
                    },
                    _ => None,
                }
                .ok_or_else(|| wrong("a resource and an attribute, such as Queue.Arn"))?;
                self.attribute(&id, &attribute, place, depth)
                    .map(|text| Some(Json::String(text)))
            }
            "Sub" => match call.argument {
                Yaml::String(text) => self.substitute(text, None, place, depth),
                Yaml::Sequence(parts) => match parts.as_slice() {
                    [Yaml::String(text), Yaml::Mapping(variables)] => {
                        self.substitute(text, Some(variables), place, depth)
                    }
                    _ => Err(wrong("a text and its variables")),
                },
                _ => Err(wrong("a text")),
            }
            .map(|text| Some(Json::String(text))),
            "Join" => {
                let Yaml::Sequence(parts) = call.argument else {
                    return Err(wrong("a separator and a list"));
                };
                let [Yaml::String(separator), list] = parts.as_slice() else {
                    return Err(wrong("a separator and a list"));
                };
                let Some(Json::Array(items)) = self.at_depth(list, place, depth)? else {
                    return Err(wrong("a list to join"));
                };
                let texts: Option<Vec<&str>> = items.iter().map(Json::as_str).collect();
                let texts = texts.ok_or_else(|| wrong("a list of texts"))?;
                Ok(Some(Json::String(texts.join(separator))))
            }
            "If" => {
                let Yaml::Sequence(parts) = call.argument else {
                    return Err(wrong("a condition and two values"));
                };
                let [Yaml::String(condition), yes, no] = parts.as_slice() else {
                    return Err(wrong("a condition and two values"));
                };
                let chosen = if self.condition(condition, place, depth)? {
                    yes
                } else {
                    no
                };
                self.at_depth(chosen, place, depth)
            }
            other => Err(Problem::new(
                place,
                format!("the intrinsic function !{other} is not known to the local system"),
            )),
        }
    }

    /// Whether the condition called `name` holds.
    pub(super) fn condition(&self, name: &str, place: &str, depth: usize) -> Result<bool, Problem> {
        if depth > DEEPEST_REFERENCE {
            return Err(Problem::new(place, "refers to itself"));
        }
        let Some(condition) = self.document.conditions.get(name) else {
            return Err(Problem::new(
                place,
                format!("the condition {name} is not declared under Conditions"),
            ));
        };
        self.truth(condition, &format!("Conditions.{name}"), depth + 1)
    }

    fn truth(&self, value: &Yaml, place: &str, depth: usize) -> Result<bool, Problem> {
        let wrong = || Problem::new(place, "expected !Equals, !Not, !And, !Or or a condition");
        let call = call(value).ok_or_else(wrong)?;
        if let ("Condition", Yaml::String(name)) = (call.name, call.argument) {
            return self.condition(name, place, depth);
        }
        let Yaml::Sequence(operands) = call.argument else {
            return Err(wrong());
        };
        match (call.name, operands.as_slice()) {
            ("Equals", [left, right]) => {
                Ok(self.at_depth(left, place, depth)? == self.at_depth(right, place, depth)?)
            }
            ("Not", [operand]) => Ok(!self.truth(operand, place, depth)?),
            ("And", operands) => operands
                .iter()
                .try_fold(true, |all, operand| Ok(all & self.truth(operand, place, depth)?)),
            ("Or", operands) => operands
                .iter()
                .try_fold(false, |any, operand| Ok(any | self.truth(operand, place, depth)?)),
            _ => Err(wrong()),
        }
    }

    /// Replaces `${..}` in `text`; `${!..}` stands for itself without the exclamation mark.
    fn substitute(
        &self,
        text: &str,
        variables: Option<&serde_norway::Mapping>,
        place: &str,
        depth: usize,
    ) -> Result<String, Problem> {
        let mut result = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            result.push_str(before);
            let Some((name, behind)) = after.split_once('}') else {
                return Err(Problem::new(
                    place,
                    format!("!Sub has a ${{ without its }} in \"{text}\""),
                ));
            };
            rest = behind;
            if let Some(literal) = name.strip_prefix('!') {
                result.push_str("${");
                result.push_str(literal);
                result.push('}');
                continue;
            }
            let found = match variables.and_then(|variables| variables.get(name)) {
                Some(value) => self.at_depth(value, place, depth)?,
                None => match name.split_once('.') {
                    Some((id, attribute)) => Some(Json::String(self.attribute(id, attribute, place, depth)?)),
                    None => self.reference(name, place, depth)?,
                },
            };
            match found {
                Some(Json::String(value)) => result.push_str(&value),
                Some(Json::Number(value)) => result.push_str(&value.to_string()),
                _ => return Err(Problem::new(place, format!("${{{name}}} in !Sub is not a text"))),
            }
        }
        result.push_str(rest);
        Ok(result)
    }

    /// What `!Ref id` gives.
    fn reference(&self, id: &str, place: &str, depth: usize) -> Result<Option<Json>, Problem> {
        let deployment = self.deployment;
        let text = match id {
            "AWS::NoValue" => return Ok(None),
            "AWS::Region" => deployment.region.clone(),
            "AWS::AccountId" => deployment.account.clone(),
            "AWS::StackName" => deployment.stack.clone(),
            "AWS::Partition" => "aws".to_owned(),
            "AWS::URLSuffix" => "amazonaws.com".to_owned(),
            _ => match (self.document.parameters.get(id), self.document.resources.get(id)) {
                (Some(declaration), _) => return self.parameter(id, declaration).map(Some),
                (None, Some(resource)) => {
                    let name = self.physical_name(id, resource, depth)?;
                    match resource.kind.as_str() {
                        "AWS::SQS::Queue" => deployment.queue_url(&name),
                        _ => name,
                    }
                }
                (None, None) => {
                    return Err(Problem::new(
                        place,
                        format!(
                            "refers to {id}, which is neither a parameter nor a resource of this template"
                        ),
                    ));
                }
            },
        };
        Ok(Some(Json::String(text)))
    }

    fn parameter(&self, name: &str, declaration: &Yaml) -> Result<Json, Problem> {
        let place = format!("Parameters.{name}");
        let given = self.deployment.parameters.get(name).cloned();
        let value = match (given, declaration.get("Default")) {
            (Some(given), _) => given,
            (None, Some(Yaml::String(text))) => text.clone(),
            (None, Some(Yaml::Number(number))) => number.to_string(),
            (None, Some(Yaml::Bool(truth))) => truth.to_string(),
            (None, Some(_)) => {
                return Err(Problem::new(
                    place,
                    "expected a Default that is a text or a number",
                ));
            }
            (None, None) => {
                return Err(Problem::new(
                    place,
                    "has no Default, which the local system needs",
                ));
            }
        };
        let kind = declaration.get("Type").and_then(Yaml::as_str).unwrap_or_default();
        if kind == "CommaDelimitedList" || kind.starts_with("List<") {
            let items = value.split(',').map(|item| Json::String(item.trim().to_owned()));
            return Ok(Json::Array(items.collect()));
        }
        Ok(Json::String(value))
    }

    /// The name a resource has where it runs: the one it declares, or one made as CloudFormation makes it.
    pub(super) fn physical_name(
        &self,
        id: &str,
        resource: &Resource,
        depth: usize,
    ) -> Result<String, Problem> {
        let property = match resource.kind.as_str() {
            "AWS::SQS::Queue" => "QueueName",
            "AWS::DynamoDB::Table" => "TableName",
            "AWS::Serverless::Function" => "FunctionName",
            "AWS::Events::EventBus" | "AWS::Events::Rule" | "AWS::Scheduler::Schedule" => "Name",
            "AWS::IoT::TopicRule" => "RuleName",
            "AWS::ApiGatewayV2::Stage" => "StageName",
            "AWS::IAM::Role" => "RoleName",
            "AWS::Logs::LogGroup" => "LogGroupName",
            "AWS::ApiGatewayV2::Api" => return Ok(id.to_ascii_lowercase()),
            "AWS::ApiGatewayV2::Route"
            | "AWS::ApiGatewayV2::Integration"
            | "AWS::ApiGatewayV2::Authorizer" => {
                return Ok(id.to_owned());
            }
            _ => return Ok(format!("{}-{id}", self.deployment.stack)),
        };
        let place = format!("Resources.{id}.Properties.{property}");
        match resource.properties.get(property) {
            Some(declared) => match self.at_depth(declared, &place, depth + 1)? {
                Some(Json::String(name)) if !name.is_empty() => Ok(name),
                _ => Err(Problem::new(place, "expected a text")),
            },
            None if resource.kind == "AWS::IoT::TopicRule" => {
                Ok(format!("{}_{id}", self.deployment.stack).replace('-', "_"))
            }
            None => {
                let fifo = resource.kind == "AWS::SQS::Queue"
                    && matches!(
                        resource.properties.get("FifoQueue"),
                        Some(Yaml::Bool(true)) | Some(Yaml::String(_))
                    );
                Ok(format!(
                    "{}-{id}{}",
                    self.deployment.stack,
                    if fifo { ".fifo" } else { "" }
                ))
            }
        }
    }

    /// What `!GetAtt id.attribute` gives.
    fn attribute(&self, id: &str, attribute: &str, place: &str, depth: usize) -> Result<String, Problem> {
        let Some(resource) = self.document.resources.get(id) else {
            return Err(Problem::new(
                place,
                format!("refers to {id}, which this template does not declare"),
            ));
        };
        let name = self.physical_name(id, resource, depth)?;
        let deployment = self.deployment;
        let unknown = || {
            Problem::new(
                place,
                format!(
                    "the local system knows no attribute {attribute} of {id} ({})",
                    resource.kind
                ),
            )
        };
        Ok(match (resource.kind.as_str(), attribute) {
            ("AWS::SQS::Queue", "QueueName") | ("AWS::Events::EventBus", "Name") => name,
            ("AWS::SQS::Queue", "QueueUrl") => deployment.queue_url(&name),
            ("AWS::DynamoDB::Table", "StreamArn") => {
                format!(
                    "{}/stream/{}",
                    names::arn(deployment, "dynamodb", &format!("table/{name}")),
                    names::STREAM_LABEL
                )
            }
            ("AWS::ApiGatewayV2::Api", "ApiId") => name,
            ("AWS::ApiGatewayV2::Api", "ApiEndpoint") => {
                let scheme = match resource.properties.get("ProtocolType").and_then(Yaml::as_str) {
                    Some("WEBSOCKET") => "wss",
                    _ => "https",
                };
                format!(
                    "{scheme}://{name}.execute-api.{}.amazonaws.com",
                    deployment.region
                )
            }
            (kind, "Arn") => {
                let (service, path) = match kind {
                    "AWS::SQS::Queue" => ("sqs", name),
                    "AWS::Serverless::Function" => ("lambda", format!("function:{name}")),
                    "AWS::DynamoDB::Table" => ("dynamodb", format!("table/{name}")),
                    "AWS::Events::EventBus" => ("events", format!("event-bus/{name}")),
                    "AWS::Events::Rule" => ("events", format!("rule/{name}")),
                    "AWS::Scheduler::Schedule" => ("scheduler", format!("schedule/default/{name}")),
                    "AWS::IoT::TopicRule" => ("iot", format!("rule/{name}")),
                    "AWS::KMS::Key" => ("kms", format!("key/{name}")),
                    "AWS::Logs::LogGroup" => ("logs", format!("log-group:{name}")),
                    "AWS::IAM::Role" => {
                        return Ok(format!("arn:aws:iam::{}:role/{name}", deployment.account));
                    }
                    _ => return Err(unknown()),
                };
                names::arn(deployment, service, &path)
            }
            _ => return Err(unknown()),
        })
    }
}

/// Reads `!Name argument` and `{Fn::Name: argument}` alike.
fn call(value: &Yaml) -> Option<Call<'_>> {
    const KNOWN: [&str; 10] = [
        "Ref",
        "GetAtt",
        "Sub",
        "Join",
        "If",
        "Equals",
        "Not",
        "And",
        "Or",
        "Condition",
    ];
    let (name, argument) = match value {
        Yaml::Tagged(tagged) => {
            // Tags compare with or without their exclamation mark.
            (KNOWN.into_iter().find(|name| tagged.tag == *name)?, &tagged.value)
        }
        Yaml::Mapping(fields) if fields.len() == 1 => {
            let (key, argument) = fields.iter().next()?;
            let key = key.as_str()?;
            match key {
                "Ref" | "Condition" if argument.is_string() => (key, argument),
                _ => (key.strip_prefix("Fn::")?, argument),
            }
        }
        _ => return None,
    };
    Some(Call { name, argument })
}

fn plain_number(number: &serde_norway::Number) -> Json {
    if let Some(whole) = number.as_i64() {
        return Json::from(whole);
    }
    number
        .as_u64()
        .map_or_else(|| number.as_f64().map_or(Json::Null, Json::from), Json::from)
}
