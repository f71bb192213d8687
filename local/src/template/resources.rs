//! Tables, queues and functions.

use super::error::Problem;
use super::reader::Reader;
use super::{
    AsynchronousInvocation, Builder, Function, GlobalIndex, KeyAttribute, KeySchema, Projection, Queue,
    Redrive, StreamView, Table, names,
};
use serde_norway::{Mapping, Value as Yaml};
use std::collections::BTreeMap;
use std::time::Duration;

/// Function properties that only matter where Lambda runs them.
const CLOUD_ONLY: [&str; 19] = [
    "Architectures",
    "AutoPublishAlias",
    "CodeSigningConfigArn",
    "DeploymentPreference",
    "Description",
    "EphemeralStorage",
    "Handler",
    "KmsKeyArn",
    "LoggingConfig",
    "PermissionsBoundary",
    "Policies",
    "ProvisionedConcurrencyConfig",
    "RecursiveLoop",
    "ReservedConcurrentExecutions",
    "Role",
    "Runtime",
    "RuntimeManagementConfig",
    "Tags",
    "Tracing",
];

impl Builder<'_> {
    pub(super) fn tables(&mut self) -> Result<(), Problem> {
        const CLOUD_ONLY: [&str; 10] = [
            "BillingMode",
            "ContributorInsightsSpecification",
            "DeletionProtectionEnabled",
            "OnDemandThroughput",
            "PointInTimeRecoverySpecification",
            "ProvisionedThroughput",
            "SSESpecification",
            "TableClass",
            "Tags",
            "WarmThroughput",
        ];
        for (id, mut reader) in self.resources("AWS::DynamoDB::Table", &CLOUD_ONLY)? {
            reader.skip(&["TableName"]);
            let attributes = attribute_kinds(&mut reader)?;
            let key = key_schema(&mut reader, &attributes)?;
            let mut global_indexes = Vec::new();
            for mut index in reader.objects("GlobalSecondaryIndexes")? {
                index.skip(&[
                    "ProvisionedThroughput",
                    "OnDemandThroughput",
                    "ContributorInsightsSpecification",
                ]);
                global_indexes.push(GlobalIndex {
                    name: index.required("IndexName")?,
                    key: key_schema(&mut index, &attributes)?,
                    projection: projection(&mut index)?,
                });
                index.finish()?;
            }
            let ttl_attribute = ttl_attribute(&mut reader)?;
            let stream = stream(&mut reader)?;
            reader.finish()?;
            let name = self.physical_name(&id)?;
            self.system.tables.push(Table {
                logical_id: id,
                name,
                key,
                global_indexes,
                ttl_attribute,
                stream,
            });
        }
        Ok(())
    }

    pub(super) fn encryption_keys(&mut self) -> Result<(), Problem> {
        const CLOUD_ONLY: [&str; 7] = [
            "Description",
            "EnableKeyRotation",
            "KeyPolicy",
            "MultiRegion",
            "PendingWindowInDays",
            "RotationPeriodInDays",
            "Tags",
        ];
        for (id, mut reader) in self.resources("AWS::KMS::Key", &CLOUD_ONLY)? {
            let spec = reader.string("KeySpec")?;
            if spec.as_deref().is_some_and(|spec| spec != "SYMMETRIC_DEFAULT") {
                return Err(reader.problem_in("KeySpec", "only symmetric keys are part of the local system"));
            }
            reader.finish()?;
            let name = self.physical_name(&id)?;
            self.system.encryption_keys.push(name);
        }
        Ok(())
    }

    pub(super) fn queues(&mut self) -> Result<(), Problem> {
        const CLOUD_ONLY: [&str; 8] = [
            "DeduplicationScope",
            "FifoThroughputLimit",
            "KmsDataKeyReusePeriodSeconds",
            "KmsMasterKeyId",
            "RedriveAllowPolicy",
            "SqsManagedSseEnabled",
            "Tags",
            "QueueName",
        ];
        let mut redrives: Vec<(usize, Reader)> = Vec::new();
        for (id, mut reader) in self.resources("AWS::SQS::Queue", &CLOUD_ONLY)? {
            let name = self.physical_name(&id)?;
            let fifo = reader.boolean("FifoQueue")?.unwrap_or(false);
            if fifo != name.ends_with(".fifo") {
                return Err(reader.problem_in(
                    "QueueName",
                    format!("the name of a FIFO queue, and of no other, ends in .fifo; found \"{name}\""),
                ));
            }
            let content_based_deduplication = reader.boolean("ContentBasedDeduplication")?.unwrap_or(false);
            if content_based_deduplication && !fifo {
                return Err(reader.problem_in("ContentBasedDeduplication", "needs FifoQueue: true"));
            }
            let mut seconds = |key: &str, range, default| {
                reader
                    .seconds(key, range)
                    .map(|found| found.unwrap_or(Duration::from_secs(default)))
            };
            let visibility_timeout = seconds("VisibilityTimeout", 0..=43_200, 30)?;
            let delay = seconds("DelaySeconds", 0..=900, 0)?;
            let retention = seconds("MessageRetentionPeriod", 60..=1_209_600, 345_600)?;
            let receive_wait = seconds("ReceiveMessageWaitTimeSeconds", 0..=20, 0)?;
            let largest = reader
                .number("MaximumMessageSize", 1_024..=1_048_576)?
                .unwrap_or(1_048_576);
            if let Some(redrive) = reader.object("RedrivePolicy")? {
                redrives.push((self.system.queues.len(), redrive));
            }
            reader.finish()?;
            self.system.queues.push(Queue {
                logical_id: id,
                arn: names::arn(self.deployment, "sqs", &name),
                url: self.deployment.queue_url(&name),
                name,
                fifo,
                content_based_deduplication,
                visibility_timeout,
                delay,
                retention,
                receive_wait,
                maximum_message_bytes: usize::try_from(largest).unwrap_or(usize::MAX),
                redrive: None,
            });
        }
        for (index, mut reader) in redrives {
            let dead_letters = self.queue(&mut reader, "deadLetterTargetArn")?;
            let maximum_receives = reader
                .number("maxReceiveCount", 1..=1_000)?
                .ok_or_else(|| reader.problem_in("maxReceiveCount", "is required"))?;
            let same_kind = self
                .system
                .queues
                .get(index)
                .is_some_and(|queue| queue.fifo == dead_letters.ends_with(".fifo"));
            if !same_kind {
                return Err(reader.problem_in(
                    "deadLetterTargetArn",
                    "the dead letters of a FIFO queue go to a FIFO queue, those of a standard queue to a standard queue",
                ));
            }
            reader.finish()?;
            if let Some(queue) = self.system.queues.get_mut(index) {
                queue.redrive = Some(Redrive {
                    dead_letters,
                    maximum_receives,
                });
            }
        }
        Ok(())
    }

    pub(super) fn functions(&mut self) -> Result<(), Problem> {
        let http_apis = self.api_ids("HTTP");
        let socket_apis = self.api_ids("WEBSOCKET");
        let globals = &self.document.function_globals;
        let mut deferred = Vec::new();
        for (id, resource) in &self.document.resources {
            let place = format!("Resources.{id}");
            if resource.kind != "AWS::Serverless::Function" {
                continue;
            }
            if let Some(condition) = &resource.condition
                && !self.resolver.condition(condition, &place, 0)?
            {
                continue;
            }
            let properties = merged(globals, &resource.properties);
            let mut reader = self.reader(&properties, &format!("{place}.Properties"), &CLOUD_ONLY)?;
            reader.skip(&["FunctionName", "Events"]);
            let name = artefact(&mut reader)?;
            let mut environment = BTreeMap::new();
            if let Some(mut section) = reader.object("Environment")? {
                if let Some(variables) = section.object("Variables")? {
                    for (key, value) in variables.texts_by_name()? {
                        let local = self.deployment.localize(&value, &http_apis, &socket_apis);
                        environment.insert(key, local.unwrap_or(value));
                    }
                }
                section.finish()?;
            }
            if let Some(other) = self.system.functions.iter().find(|other| other.name == name) {
                return Err(reader.problem_in(
                    "CodeUri",
                    format!(
                        "{} already runs target/lambda/{name}: one function, one artefact",
                        other.logical_id
                    ),
                ));
            }
            self.system.functions.push(Function {
                logical_id: id.clone(),
                name,
                deployed_name: self.physical_name(id)?,
                timeout: reader
                    .seconds("Timeout", 1..=900)?
                    .unwrap_or(Duration::from_secs(3)),
                memory_mb: reader.number("MemorySize", 128..=10_240)?.unwrap_or(128),
                environment,
                asynchronous: AsynchronousInvocation::default(),
            });
            deferred.push((self.system.functions.len() - 1, reader));
        }
        // A function's failures may go to any function, so destinations are read once all are known.
        for (index, mut reader) in deferred {
            let mut asynchronous = AsynchronousInvocation::default();
            if let Some(mut config) = reader.object("EventInvokeConfig")? {
                if let Some(attempts) = config.number("MaximumRetryAttempts", 0..=2)? {
                    asynchronous.maximum_retry_attempts = attempts;
                }
                if let Some(age) = config.seconds("MaximumEventAgeInSeconds", 60..=21_600)? {
                    asynchronous.maximum_event_age = age;
                }
                asynchronous.on_failure = self.on_failure(&mut config)?;
                config.finish()?;
            }
            if let Some(mut dead_letters) = reader.object("DeadLetterQueue")? {
                dead_letters.skip(&["Type"]);
                asynchronous.dead_letters = Some(self.target(&mut dead_letters, "TargetArn")?);
                dead_letters.finish()?;
            }
            reader.finish()?;
            if let Some(function) = self.system.functions.get_mut(index) {
                function.asynchronous = asynchronous;
            }
        }
        Ok(())
    }

    fn api_ids(&self, protocol: &str) -> Vec<String> {
        self.document
            .resources
            .iter()
            .filter(|(_, resource)| {
                resource.kind == "AWS::ApiGatewayV2::Api"
                    && resource.properties.get("ProtocolType").and_then(Yaml::as_str) == Some(protocol)
            })
            .map(|(id, _)| id.to_ascii_lowercase())
            .collect()
    }
}

/// A function's properties over the globals, as SAM merges them: mappings key by key, lists one after the other.
pub(super) fn merged(globals: &Mapping, own: &Mapping) -> Mapping {
    let mut result = globals.clone();
    for (key, value) in own {
        let value = match (result.get(key), value) {
            (Some(Yaml::Mapping(below)), Yaml::Mapping(above)) if !is_call(below) && !is_call(above) => {
                Yaml::Mapping(merged(below, above))
            }
            (Some(Yaml::Sequence(below)), Yaml::Sequence(above)) => {
                Yaml::Sequence(below.iter().chain(above).cloned().collect())
            }
            _ => value.clone(),
        };
        result.insert(key.clone(), value);
    }
    result
}

fn is_call(mapping: &Mapping) -> bool {
    mapping.len() == 1
        && mapping
            .keys()
            .next()
            .and_then(Yaml::as_str)
            .is_some_and(|key| key == "Ref" || key.starts_with("Fn::"))
}

/// The name of the artefact a `CodeUri` such as `target/lambda/alerts-list/` leads to.
fn artefact(reader: &mut Reader) -> Result<String, Problem> {
    const FOLDER: &str = "target/lambda/";
    let path = reader.required("CodeUri")?;
    let trimmed = path.trim_end_matches('/').trim_start_matches("./");
    match trimmed.strip_prefix(FOLDER) {
        Some(name) if !name.is_empty() && !name.contains('/') => Ok(name.to_owned()),
        _ => Err(reader.problem_in(
            "CodeUri",
            format!("expected {FOLDER}<binary>/, where cargo lambda leaves the function's bootstrap; found \"{path}\""),
        )),
    }
}

fn attribute_kinds(reader: &mut Reader) -> Result<BTreeMap<String, String>, Problem> {
    let mut kinds = BTreeMap::new();
    for mut definition in reader.objects("AttributeDefinitions")? {
        let name = definition.required("AttributeName")?;
        let kind = definition.choice("AttributeType", &["S", "N", "B"])?;
        definition.finish()?;
        kinds.insert(name, kind.to_owned());
    }
    Ok(kinds)
}

fn key_schema(reader: &mut Reader, kinds: &BTreeMap<String, String>) -> Result<KeySchema, Problem> {
    let mut partition = None;
    let mut sort = None;
    for mut element in reader.objects("KeySchema")? {
        let name = element.required("AttributeName")?;
        let Some(kind) = kinds.get(&name) else {
            return Err(element.problem_in(
                "AttributeName",
                format!("{name} is not among AttributeDefinitions"),
            ));
        };
        let attribute = KeyAttribute {
            name,
            kind: kind.clone(),
        };
        match element.choice("KeyType", &["HASH", "RANGE"])? {
            "HASH" => partition = Some(attribute),
            _ => sort = Some(attribute),
        }
        element.finish()?;
    }
    let partition = partition.ok_or_else(|| reader.problem_in("KeySchema", "needs one key of type HASH"))?;
    Ok(KeySchema { partition, sort })
}

fn projection(index: &mut Reader) -> Result<Projection, Problem> {
    let mut reader = index.required_object("Projection")?;
    let projection = match reader.choice("ProjectionType", &["ALL", "KEYS_ONLY", "INCLUDE"])? {
        "ALL" => Projection::All,
        "KEYS_ONLY" => Projection::KeysOnly,
        _ => Projection::Include(reader.strings("NonKeyAttributes")?),
    };
    reader.finish()?;
    Ok(projection)
}

fn ttl_attribute(reader: &mut Reader) -> Result<Option<String>, Problem> {
    let Some(mut specification) = reader.object("TimeToLiveSpecification")? else {
        return Ok(None);
    };
    let name = specification.required("AttributeName")?;
    let enabled = specification.boolean("Enabled")?.unwrap_or(false);
    specification.finish()?;
    Ok(enabled.then_some(name))
}

fn stream(reader: &mut Reader) -> Result<Option<StreamView>, Problem> {
    let Some(mut specification) = reader.object("StreamSpecification")? else {
        return Ok(None);
    };
    let views = [
        StreamView::NewAndOldImages,
        StreamView::NewImage,
        StreamView::OldImage,
        StreamView::KeysOnly,
    ];
    let chosen = specification.required("StreamViewType")?;
    let view = views
        .into_iter()
        .find(|view| view.as_str() == chosen)
        .ok_or_else(|| {
            let names = views.map(StreamView::as_str).join(", ");
            specification.problem_in(
                "StreamViewType",
                format!("expected one of {names}, found \"{chosen}\""),
            )
        })?;
    specification.finish()?;
    Ok(Some(view))
}
