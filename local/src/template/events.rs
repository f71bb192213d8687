//! Event source mappings, buses, rules, schedules and topic rules.

use super::error::Problem;
use super::reader::Reader;
use super::{
    Builder, EventSource, EventSourceMapping, Rule, RuleTarget, Schedule, Target, TargetInput, TopicAction,
    TopicRule, names,
};
use std::time::Duration;

impl Builder<'_> {
    pub(super) fn event_buses(&mut self) -> Result<(), Problem> {
        const CLOUD_ONLY: [&str; 7] = [
            "Name",
            "Description",
            "KmsKeyIdentifier",
            "LogConfig",
            "Policy",
            "Tags",
            "DeadLetterConfig",
        ];
        for (id, reader) in self.resources("AWS::Events::EventBus", &CLOUD_ONLY)? {
            reader.finish()?;
            let name = self.physical_name(&id)?;
            self.system.event_buses.push(name);
        }
        Ok(())
    }

    pub(super) fn event_source_mappings(&mut self) -> Result<(), Problem> {
        for (id, mut reader) in self.resources("AWS::Lambda::EventSourceMapping", &["Tags", "KmsKeyArn"])? {
            let function = reader.required("FunctionName")?;
            let Some(function) = names::function(&self.system, &function).map(|found| found.name.clone())
            else {
                return Err(reader.problem_in(
                    "FunctionName",
                    format!("names {function}, which is no function of this template"),
                ));
            };
            let source = reader.required("EventSourceArn")?;
            let mapping = self.mapping(id, function, &source, "EventSourceArn", reader)?;
            self.system.event_source_mappings.push(mapping);
        }
        self.function_events()
    }

    /// Reads the `Events` SAM allows inside a function, as far as they say the same here as on AWS.
    fn function_events(&mut self) -> Result<(), Problem> {
        let functions: Vec<(String, String)> = self
            .system
            .functions
            .iter()
            .map(|f| (f.logical_id.clone(), f.name.clone()))
            .collect();
        for (function_id, function) in functions {
            let Some(events) = self
                .document
                .resources
                .get(&function_id)
                .and_then(|r| r.properties.get("Events"))
            else {
                continue;
            };
            let place = format!("Resources.{function_id}.Properties.Events");
            let resolved = self.resolver.resolve(events, &place)?;
            let Some(serde_json::Value::Object(events)) = resolved else {
                return Err(Problem::new(place, "expected a mapping"));
            };
            for (name, mut event) in Reader::new(place, events).objects_by_name()? {
                let source = match event.required("Type")?.as_str() {
                    "SQS" => "Queue",
                    "DynamoDB" => "Stream",
                    other => {
                        return Err(event.problem_in(
                            "Type",
                            format!(
                                "expected SQS or DynamoDB, found {other}: write its resources out, because SAM's \
                                 short form does not mean the same everywhere"
                            ),
                        ));
                    }
                };
                let mut reader = event.required_object("Properties")?;
                event.finish()?;
                let arn = reader.required(source)?;
                let mapping = self.mapping(
                    format!("{function_id}{name}"),
                    function.clone(),
                    &arn,
                    source,
                    reader,
                )?;
                self.system.event_source_mappings.push(mapping);
            }
        }
        Ok(())
    }

    fn mapping(
        &self,
        logical_id: String,
        function: String,
        source: &str,
        source_property: &str,
        mut reader: Reader,
    ) -> Result<EventSourceMapping, Problem> {
        let (source, default_batch, largest_batch) = if let Some(queue) = names::queue(&self.system, source) {
            let largest = if queue.ends_with(".fifo") { 10 } else { 10_000 };
            (EventSource::Queue(queue), 10, largest)
        } else if let Some(table) = self.table_of_stream(source) {
            let from_oldest =
                reader.choice("StartingPosition", &["LATEST", "TRIM_HORIZON"])? == "TRIM_HORIZON";
            (EventSource::TableStream { table, from_oldest }, 100, 10_000)
        } else {
            return Err(reader.problem_in(
                source_property,
                format!(
                    "leads to {source}, which is neither a queue nor the stream of a table of this template"
                ),
            ));
        };
        let batch_size = reader
            .number("BatchSize", 1..=largest_batch)?
            .unwrap_or(default_batch);
        let window = reader
            .seconds("MaximumBatchingWindowInSeconds", 0..=300)?
            .unwrap_or(Duration::ZERO);
        if batch_size > 10 && window.is_zero() && matches!(source, EventSource::Queue(_)) {
            return Err(reader.problem_in(
                "MaximumBatchingWindowInSeconds",
                "must be at least 1 where a queue's BatchSize is above 10",
            ));
        }
        let responses = reader.strings("FunctionResponseTypes")?;
        if let Some(other) = responses.iter().find(|name| *name != "ReportBatchItemFailures") {
            return Err(reader.problem_in(
                "FunctionResponseTypes",
                format!("expected ReportBatchItemFailures, found \"{other}\""),
            ));
        }
        let mapping = EventSourceMapping {
            logical_id,
            function,
            source,
            enabled: reader.boolean("Enabled")?.unwrap_or(true),
            batch_size,
            maximum_batching_window: window,
            report_batch_item_failures: !responses.is_empty(),
            filters: filters(&mut reader)?,
            maximum_concurrency: match reader.object("ScalingConfig")? {
                None => None,
                Some(mut scaling) => {
                    let most = scaling.number("MaximumConcurrency", 2..=1_000)?;
                    scaling.finish()?;
                    most
                }
            },
            maximum_retry_attempts: unlimited(&mut reader, "MaximumRetryAttempts", 10_000)?,
            maximum_record_age: unlimited(&mut reader, "MaximumRecordAgeInSeconds", 604_800)?
                .map(|seconds| Duration::from_secs(u64::from(seconds))),
            bisect_batch_on_function_error: reader.boolean("BisectBatchOnFunctionError")?.unwrap_or(false),
            on_failure: self.on_failure(&mut reader)?,
        };
        // One shard here, so there is nothing to run side by side.
        reader.skip(&["ParallelizationFactor"]);
        reader.finish()?;
        Ok(mapping)
    }

    fn table_of_stream(&self, arn: &str) -> Option<String> {
        let (_, rest) = arn.split_once(":table/")?;
        let (name, _) = rest.split_once("/stream/")?;
        let table = self.system.tables.iter().find(|table| table.name == name)?;
        table.stream.map(|_| table.name.clone())
    }

    pub(super) fn rules(&mut self) -> Result<(), Problem> {
        for (id, mut reader) in
            self.resources("AWS::Events::Rule", &["Name", "Description", "RoleArn", "Tags"])?
        {
            if reader.json("ScheduleExpression").is_some() {
                return Err(reader.problem_in(
                    "ScheduleExpression",
                    "schedules are declared as AWS::Scheduler::Schedule, which knows time zones",
                ));
            }
            let bus = reader.required("EventBusName")?;
            let bus = bus.rsplit('/').next().unwrap_or_default().to_owned();
            if !self.system.event_buses.contains(&bus) {
                return Err(reader.problem_in(
                    "EventBusName",
                    format!("names {bus}, which is no event bus of this template"),
                ));
            }
            let pattern = reader
                .json("EventPattern")
                .filter(serde_json::Value::is_object)
                .ok_or_else(|| {
                    reader.problem_in(
                        "EventPattern",
                        "expected a mapping, such as {detail-type: [alert.opened]}",
                    )
                })?;
            let enabled = reader.choice("State", &["ENABLED", "DISABLED"])? == "ENABLED";
            let mut targets = Vec::new();
            for mut target in reader.objects("Targets")? {
                targets.push(RuleTarget {
                    id: target.required("Id")?,
                    target: self.target(&mut target, "Arn")?,
                    input: target_input(&mut target)?,
                    message_group: message_group(&mut target)?,
                    retry: Self::retry_policy(&mut target)?,
                    dead_letters: self.dead_letter_config(&mut target)?,
                });
                target.skip(&["RoleArn"]);
                target.finish()?;
            }
            if targets.is_empty() {
                return Err(reader.problem_in("Targets", "expected at least one target"));
            }
            reader.finish()?;
            let name = self.physical_name(&id)?;
            self.system.rules.push(Rule {
                logical_id: id,
                name,
                event_bus: bus,
                enabled,
                pattern,
                targets,
            });
        }
        Ok(())
    }

    pub(super) fn schedules(&mut self) -> Result<(), Problem> {
        const CLOUD_ONLY: [&str; 4] = ["Name", "Description", "KmsKeyArn", "GroupName"];
        for (id, mut reader) in self.resources("AWS::Scheduler::Schedule", &CLOUD_ONLY)? {
            let expression = reader.required("ScheduleExpression")?;
            let known = ["rate(", "cron(", "at("]
                .iter()
                .any(|kind| expression.starts_with(kind));
            if !known || !expression.ends_with(')') {
                return Err(reader.problem_in(
                    "ScheduleExpression",
                    format!("expected rate(..), cron(..) or at(..), found \"{expression}\""),
                ));
            }
            let time_zone = reader
                .string("ScheduleExpressionTimezone")?
                .unwrap_or_else(|| "UTC".to_owned());
            let mut window = reader.required_object("FlexibleTimeWindow")?;
            let flexible_window = match window.choice("Mode", &["OFF", "FLEXIBLE"])? {
                "FLEXIBLE" => {
                    let minutes = window
                        .number("MaximumWindowInMinutes", 1..=1_440)?
                        .ok_or_else(|| window.problem_in("MaximumWindowInMinutes", "is required"))?;
                    Some(Duration::from_secs(u64::from(minutes) * 60))
                }
                _ => None,
            };
            window.finish()?;
            let enabled = reader.choice("State", &["ENABLED", "DISABLED"])? == "ENABLED";
            let mut call = reader.required_object("Target")?;
            call.skip(&["RoleArn"]);
            let target = self.target(&mut call, "Arn")?;
            let input = call.string("Input")?;
            let message_group = message_group(&mut call)?;
            let retry = Self::retry_policy(&mut call)?;
            let dead_letters = self.dead_letter_config(&mut call)?;
            call.finish()?;
            reader.finish()?;
            self.system.schedules.push(Schedule {
                name: self.physical_name(&id)?,
                logical_id: id,
                expression,
                time_zone,
                flexible_window,
                enabled,
                target,
                input,
                message_group,
                retry,
                dead_letters,
            });
        }
        Ok(())
    }

    pub(super) fn topic_rules(&mut self) -> Result<(), Problem> {
        for (id, mut reader) in self.resources("AWS::IoT::TopicRule", &["RuleName", "Tags"])? {
            let mut payload = reader.required_object("TopicRulePayload")?;
            reader.finish()?;
            payload.skip(&["Description"]);
            payload.choice("AwsIotSqlVersion", &["2016-03-23"])?;
            let sql = payload.required("Sql")?;
            let enabled = !payload.boolean("RuleDisabled")?.unwrap_or(false);
            let actions: Vec<TopicAction> = payload
                .objects("Actions")?
                .into_iter()
                .map(|action| self.topic_action(action))
                .collect::<Result<_, _>>()?;
            if actions.is_empty() {
                return Err(payload.problem_in("Actions", "expected at least one action"));
            }
            let error_action = payload
                .object("ErrorAction")?
                .map(|action| self.topic_action(action))
                .transpose()?;
            payload.finish()?;
            let name = self.physical_name(&id)?;
            self.system.topic_rules.push(TopicRule {
                logical_id: id,
                name,
                sql,
                enabled,
                actions,
                error_action,
            });
        }
        Ok(())
    }

    fn topic_action(&self, mut reader: Reader) -> Result<TopicAction, Problem> {
        let action = if let Some(mut lambda) = reader.object("Lambda")? {
            let Target::Function(function) = self.target(&mut lambda, "FunctionArn")? else {
                return Err(lambda.problem_in("FunctionArn", "expected the ARN of a function"));
            };
            lambda.finish()?;
            TopicAction::Lambda { function }
        } else if let Some(mut sqs) = reader.object("Sqs")? {
            sqs.skip(&["RoleArn"]);
            let queue = self.queue(&mut sqs, "QueueUrl")?;
            let use_base64 = sqs.boolean("UseBase64")?.unwrap_or(false);
            sqs.finish()?;
            TopicAction::Sqs { queue, use_base64 }
        } else {
            return Err(reader.problem("expected the action Lambda or Sqs"));
        };
        reader.finish()?;
        Ok(action)
    }
}

fn filters(reader: &mut Reader) -> Result<Vec<String>, Problem> {
    let Some(mut criteria) = reader.object("FilterCriteria")? else {
        return Ok(Vec::new());
    };
    let mut patterns = Vec::new();
    for mut filter in criteria.objects("Filters")? {
        let pattern = filter.required("Pattern")?;
        if let Err(error) = serde_json::from_str::<serde_json::Map<_, _>>(&pattern) {
            return Err(filter.problem_in("Pattern", format!("expected a JSON object: {error}")));
        }
        filter.finish()?;
        patterns.push(pattern);
    }
    criteria.finish()?;
    Ok(patterns)
}

/// A number where -1 means that there is no limit.
fn unlimited(reader: &mut Reader, key: &str, largest: u32) -> Result<Option<u32>, Problem> {
    match reader.json(key) {
        None => Ok(None),
        Some(value) if value == -1 || value == "-1" => Ok(None),
        Some(value) => match value.as_u64().and_then(|number| u32::try_from(number).ok()) {
            Some(number) if number <= largest => Ok(Some(number)),
            _ => Err(reader.problem_in(
                key,
                format!("expected -1 or a whole number to {largest}, found {value}"),
            )),
        },
    }
}

fn message_group(reader: &mut Reader) -> Result<Option<String>, Problem> {
    let Some(mut parameters) = reader.object("SqsParameters")? else {
        return Ok(None);
    };
    let group = parameters.required("MessageGroupId")?;
    parameters.finish()?;
    Ok(Some(group))
}

fn target_input(reader: &mut Reader) -> Result<TargetInput, Problem> {
    let constant = reader.string("Input")?;
    let path = reader.string("InputPath")?;
    let transformer = reader.object("InputTransformer")?;
    Ok(match (constant, path, transformer) {
        (None, None, None) => TargetInput::Event,
        (Some(constant), None, None) => TargetInput::Constant(constant),
        (None, Some(path), None) => TargetInput::Path(path),
        (None, None, Some(mut transformer)) => {
            let paths = match transformer.object("InputPathsMap")? {
                None => Vec::new(),
                Some(paths) => paths.texts_by_name()?,
            };
            let template = transformer.required("InputTemplate")?;
            transformer.finish()?;
            TargetInput::Transformer {
                paths: paths.into_iter().collect(),
                template,
            }
        }
        _ => return Err(reader.problem("expected at most one of Input, InputPath and InputTransformer")),
    })
}
