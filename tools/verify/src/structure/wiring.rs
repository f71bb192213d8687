//! Nothing in the template leads nowhere, and nothing asynchronous is lost without a trace.

use super::functions::{FUNCTION, Function, QUEUE, RULE, SCHEDULE, SOURCE, TABLE, TOPIC_RULE};
use super::template::{Template, below, references};
use crate::findings::Findings;
use serde_norway::Value as Yaml;
use std::collections::BTreeSet;

/// Resources that CloudFormation allows in a stack.
const RESOURCES: usize = 500;
/// Resources from which on it is time to think about a second stack.
const MANY_RESOURCES: usize = 400;

/// Properties whose values name where failures go.
const DEAD_LETTERS: &[&str] = &[
    "deadLetterTargetArn",
    "DeadLetterConfig",
    "DeadLetterQueue",
    "OnFailure",
    "ErrorAction",
];

pub(super) fn check(template: &Template, functions: &[Function], findings: &mut Findings) {
    size(template, findings);
    dangling(template, findings);
    queues(template, findings);
    targets(template, findings);
    asynchronous(template, functions, findings);
}

fn size(template: &Template, findings: &mut Findings) {
    let count = template.resources.len();
    if count > RESOURCES {
        findings.error(
            "template.yaml",
            format!("has {count} resources; CloudFormation allows {RESOURCES}"),
        );
    } else if count >= MANY_RESOURCES {
        findings.warning(
            "template.yaml",
            format!("has {count} of the {RESOURCES} resources CloudFormation allows"),
        );
    }
}

/// Every reference leads to a resource, a parameter or a pseudo parameter.
fn dangling(template: &Template, findings: &mut Findings) {
    for (id, resource) in &template.resources {
        for name in references(&resource.properties) {
            let known = template.resources.contains_key(&name) || template.parameters.contains(&name);
            if !known && !name.starts_with("AWS::") {
                findings.error(
                    id,
                    format!("refers to {name}, which the template does not declare"),
                );
            }
        }
    }
}

/// Every queue is emptied by a function or is where failures are kept, and what a function empties keeps its failures.
fn queues(template: &Template, findings: &mut Findings) {
    let consumed: BTreeSet<String> = template
        .of_kind(SOURCE)
        .flat_map(|(_, source)| template.references(source.get("EventSourceArn"), QUEUE))
        .collect();
    let dead_letters: BTreeSet<String> = template
        .resources
        .values()
        .flat_map(|resource| below(&resource.properties, DEAD_LETTERS))
        .flat_map(|destination| template.references(Some(destination), QUEUE))
        .collect();
    let is_fifo = |id: &str| {
        template
            .resources
            .get(id)
            .and_then(|queue| queue.get("FifoQueue"))
            .and_then(Yaml::as_bool)
            == Some(true)
    };
    for (id, queue) in template.of_kind(QUEUE) {
        if !consumed.contains(id) && !dead_letters.contains(id) {
            findings.error(
                id,
                "no function consumes it, and nothing leaves its failures there",
            );
        }
        let redrive = template.references(queue.get("RedrivePolicy"), QUEUE);
        if consumed.contains(id) && redrive.is_empty() {
            findings.error(
                id,
                "has a consumer and no RedrivePolicy: a message that always fails would never leave it",
            );
        }
        for target in redrive.iter().filter(|target| is_fifo(target) != is_fifo(id)) {
            findings.error(
                id,
                format!("and its dead-letter queue {target} must both be FIFO queues or neither"),
            );
        }
    }
}

/// Every rule, schedule and source leads to something.
fn targets(template: &Template, findings: &mut Findings) {
    let leads_somewhere = |value: &Yaml| !references(value).iter().all(|name| name.starts_with("AWS::"));
    let receivers = [
        (RULE, &["Targets"][..]),
        (SCHEDULE, &["Target"][..]),
        (TOPIC_RULE, &["Actions"][..]),
        (SOURCE, &["FunctionName"][..]),
    ];
    for (kind, property) in receivers {
        for (id, resource) in template.of_kind(kind) {
            if !below(&resource.properties, property)
                .into_iter()
                .any(leads_somewhere)
            {
                findings.error(id, "leads to nothing that the template declares");
            }
        }
    }
}

/// Whatever is delivered with nobody waiting has a place for what could not be delivered or handled.
fn asynchronous(template: &Template, functions: &[Function], findings: &mut Findings) {
    let keeps_failures = |value: &Yaml, key: &str| {
        below(value, &[key])
            .into_iter()
            .any(|place| !template.references(Some(place), QUEUE).is_empty())
    };
    for (id, rule) in template.of_kind(RULE) {
        let targets = rule
            .get("Targets")
            .and_then(Yaml::as_sequence)
            .into_iter()
            .flatten();
        for target in targets.filter(|target| !keeps_failures(target, "DeadLetterConfig")) {
            let name = target.get("Id").and_then(Yaml::as_str).unwrap_or("?");
            findings.error(id, format!("its target {name} has no DeadLetterConfig"));
        }
    }
    for (id, schedule) in template.of_kind(SCHEDULE) {
        if !keeps_failures(&schedule.properties, "DeadLetterConfig") {
            findings.error(id, "has no DeadLetterConfig");
        }
    }
    for (id, rule) in template.of_kind(TOPIC_RULE) {
        if !keeps_failures(&rule.properties, "ErrorAction") {
            findings.error(id, "has no ErrorAction with a queue");
        }
    }
    for (id, source) in template.of_kind(SOURCE) {
        let is_stream = !template
            .references(source.get("EventSourceArn"), TABLE)
            .is_empty();
        if is_stream && !keeps_failures(&source.properties, "OnFailure") {
            findings.error(id, "reads a stream and has no OnFailure destination");
        }
    }
    for function in functions {
        let Some(resource) = template
            .resources
            .get(&function.logical_id)
            .filter(|found| found.kind == FUNCTION)
        else {
            continue;
        };
        let unattended = function
            .triggers
            .iter()
            .any(super::functions::Trigger::is_asynchronous);
        if unattended && !keeps_failures(&resource.properties, "OnFailure") {
            findings.error(
                &function.logical_id,
                "is invoked asynchronously and has no EventInvokeConfig with OnFailure",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(resources: &str) -> Vec<String> {
        let template = Template::parse(&format!("Resources:\n{resources}")).unwrap();
        let mut findings = Findings::default();
        let functions = Function::all(&template, &[], &mut findings);
        check(&template, &functions, &mut findings);
        findings.lines()
    }

    #[test]
    fn a_wired_template_passes() {
        let found = lines(
            "
  F:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: target/lambda/f/
      Tags: {region: !Ref AWS::Region}
      EventInvokeConfig: {DestinationConfig: {OnFailure: {Type: SQS, Destination: !GetAtt Dead.Arn}}}
  Queue:
    Type: AWS::SQS::Queue
    Properties: {RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn}}
  Dead: {Type: AWS::SQS::Queue}
  Source:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {EventSourceArn: !GetAtt Queue.Arn, FunctionName: !Ref F}
  Schedule:
    Type: AWS::Scheduler::Schedule
    Properties: {Target: {Arn: !GetAtt F.Arn, DeadLetterConfig: {Arn: !GetAtt Dead.Arn}}}
",
        );
        assert_eq!(found, Vec::<String>::new());
    }

    #[test]
    fn a_queue_nobody_empties_is_named() {
        let found = lines("  Queue: {Type: AWS::SQS::Queue}");
        assert_eq!(
            found,
            ["error: Queue: no function consumes it, and nothing leaves its failures there"]
        );
    }

    #[test]
    fn a_consumed_queue_keeps_its_failures() {
        let found = lines(
            "
  F: {Type: AWS::Serverless::Function, Properties: {CodeUri: target/lambda/f/}}
  Queue: {Type: AWS::SQS::Queue}
  Source:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {EventSourceArn: !GetAtt Queue.Arn, FunctionName: !Ref F}
",
        );
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("error: Queue: has a consumer and no RedrivePolicy"));
    }

    #[test]
    fn fifo_queues_need_fifo_dead_letters() {
        let found = lines(
            "
  Queue:
    Type: AWS::SQS::Queue
    Properties: {FifoQueue: true, RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn}}
  Dead: {Type: AWS::SQS::Queue}
",
        );
        assert!(
            found
                .iter()
                .any(|line| line.contains("must both be FIFO queues or neither")),
            "{found:?}"
        );
    }

    #[test]
    fn what_leads_nowhere_is_named() {
        let found = lines(
            "
  Rule: {Type: AWS::Events::Rule, Properties: {Targets: []}}
  Schedule: {Type: AWS::Scheduler::Schedule, Properties: {Target: {Arn: !GetAtt Gone.Arn}}}
",
        );
        assert_eq!(
            found,
            [
                "error: Schedule: refers to Gone, which the template does not declare",
                "error: Rule: leads to nothing that the template declares",
                "error: Schedule: has no DeadLetterConfig",
            ]
        );
    }

    #[test]
    fn an_unattended_function_keeps_its_failures() {
        let found = lines(
            "
  F: {Type: AWS::Serverless::Function, Properties: {CodeUri: target/lambda/f/}}
  Dead: {Type: AWS::SQS::Queue}
  Topic:
    Type: AWS::IoT::TopicRule
    Properties:
      TopicRulePayload:
        Sql: \"SELECT * FROM 'a'\"
        Actions: [{Lambda: {FunctionArn: !GetAtt F.Arn}}]
        ErrorAction: {Sqs: {QueueUrl: !Ref Dead}}
",
        );
        assert_eq!(
            found,
            ["error: F: is invoked asynchronously and has no EventInvokeConfig with OnFailure"]
        );
    }

    #[test]
    fn a_stack_is_not_too_large() {
        let resources = |count: usize| -> String {
            (0..count)
                .map(|number| format!("  R{number}: {{Type: AWS::IAM::Role}}\n"))
                .collect()
        };
        assert_eq!(lines(&resources(399)), Vec::<String>::new());
        assert!(lines(&resources(400))[0].starts_with("warning: template.yaml"));
        assert!(lines(&resources(501))[0].starts_with("error: template.yaml"));
    }
}
