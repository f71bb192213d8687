//! EventBridge: a bus whose accepted events survive the process.
//!
//! `PutEvents` matches each event against the rules of its bus and puts what
//! every target gets into the target's own durable queue, in one transaction,
//! before it answers. So there is no delivery left that could fail later: what
//! cannot be delivered (a queue that does not take the message) is known at
//! once and goes to the target's dead letter queue.

mod input;

use bytes::Bytes;
use http::{Request, Response};
use jiff::Timestamp;
use rusqlite::Transaction;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

use self::input::{RuleContext, render};
use super::dead_letter;
use super::identifiers::{Account, last_segment, uuid};
use super::json_protocol::{self, AwsError, parse};
use super::lambda::{AsyncInvocations, LambdaError, timestamp};
use super::pattern::{EventPattern, PatternError};
use super::sqs::NewMessage;
use super::store::{Store, StoreError};
use crate::clock::LocalClock;
use crate::endpoint::AwsEndpoint;
use crate::template::{Rule, RuleTarget, Target};

/// The bus of an entry that names none.
const DEFAULT_BUS: &str = "default";

/// Why the bus cannot serve the template's rules, or keep an event.
#[derive(Debug, thiserror::Error)]
pub enum BusError {
    /// A rule's pattern cannot be used.
    #[error("rule {rule}: {source}")]
    Pattern {
        /// The rule's name.
        rule: String,
        /// What is wrong with it.
        source: PatternError,
    },
    /// A rule on a bus that the template does not declare.
    #[error("rule {rule}: there is no event bus {bus}")]
    NoSuchBus {
        /// The rule's name.
        rule: String,
        /// The bus it names.
        bus: String,
    },
    /// The events could not be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<rusqlite::Error> for BusError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

/// All event buses; clones share them.
#[derive(Clone)]
pub struct EventBuses {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    clock: LocalClock,
    invocations: AsyncInvocations,
    account: Account,
    buses: BTreeSet<String>,
    rules: Vec<CompiledRule>,
}

struct CompiledRule {
    rule: Rule,
    arn: String,
    pattern: EventPattern,
}

/// One entry of `PutEvents`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    source: Option<String>,
    detail_type: Option<String>,
    detail: Option<String>,
    event_bus_name: Option<String>,
    #[serde(default)]
    resources: Vec<String>,
    /// Seconds since 1970.
    time: Option<f64>,
}

/// An entry that is not accepted: its error code and why.
type Rejected = (&'static str, String);

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PutEvents {
    entries: Vec<Entry>,
}

impl EventBuses {
    /// Compiles the rules of these buses; the default bus is always there.
    ///
    /// # Errors
    /// When a pattern cannot be used or a rule names an unknown bus.
    pub fn new(
        store: Store,
        clock: LocalClock,
        invocations: AsyncInvocations,
        account: Account,
        buses: &[String],
        rules: &[Rule],
    ) -> Result<Self, BusError> {
        let buses: BTreeSet<String> = buses
            .iter()
            .cloned()
            .chain(std::iter::once(DEFAULT_BUS.to_owned()))
            .collect();
        let mut compiled = Vec::new();
        for rule in rules.iter().filter(|rule| rule.enabled) {
            if !buses.contains(&rule.event_bus) {
                return Err(BusError::NoSuchBus {
                    rule: rule.name.clone(),
                    bus: rule.event_bus.clone(),
                });
            }
            let pattern = EventPattern::compile(&rule.pattern).map_err(|source| BusError::Pattern {
                rule: rule.name.clone(),
                source,
            })?;
            let arn = account.arn("events", format_args!("rule/{}/{}", rule.event_bus, rule.name));
            compiled.push(CompiledRule {
                rule: rule.clone(),
                arn,
                pattern,
            });
        }
        Ok(Self {
            inner: Arc::new(Inner {
                store,
                clock,
                invocations,
                account,
                buses,
                rules: compiled,
            }),
        })
    }

    fn put(&self, request: PutEvents) -> Result<Value, AwsError> {
        if !(1..=10).contains(&request.entries.len()) {
            return Err(AwsError::client(
                "ValidationException",
                "Value at 'entries' failed to satisfy constraint: Member must have length between 1 and 10",
            ));
        }
        let events: Vec<Result<(String, Value), Rejected>> = request
            .entries
            .into_iter()
            .map(|entry| self.envelope(entry))
            .collect();
        let accepted = events.iter().flatten();
        let reached = self
            .inner
            .store
            .write(|transaction| {
                let mut reached = BTreeSet::new();
                for (bus, event) in accepted {
                    self.route(transaction, bus, event, &mut reached)?;
                }
                Ok::<_, BusError>(reached)
            })
            .map_err(AwsError::internal)?;
        for target in &reached {
            self.inner.invocations.wake_target(target);
        }
        let failed = events.iter().filter(|event| event.is_err()).count();
        let entries: Vec<Value> = events
            .iter()
            .map(|event| match event {
                Ok((_, event)) => json!({ "EventId": event.get("id") }),
                Err((code, message)) => json!({ "ErrorCode": code, "ErrorMessage": message }),
            })
            .collect();
        Ok(json!({ "FailedEntryCount": failed, "Entries": entries }))
    }

    /// The event as rules and targets see it, with the bus it is on.
    fn envelope(&self, entry: Entry) -> Result<(String, Value), Rejected> {
        let missing = |name: &str| {
            (
                "InvalidArgument",
                format!("Parameter {name} is not valid. Reason: {name} is a required argument."),
            )
        };
        let source = entry
            .source
            .filter(|source| !source.is_empty())
            .ok_or_else(|| missing("Source"))?;
        let detail_type = entry
            .detail_type
            .filter(|kind| !kind.is_empty())
            .ok_or_else(|| missing("DetailType"))?;
        let detail = entry.detail.ok_or_else(|| missing("Detail"))?;
        let malformed = || ("MalformedDetail", "Detail is malformed.".to_owned());
        let detail: Value = serde_json::from_str(&detail).map_err(|_| malformed())?;
        if !detail.is_object() {
            return Err(malformed());
        }
        let bus = entry
            .event_bus_name
            .as_deref()
            .map_or(DEFAULT_BUS, last_segment)
            .to_owned();
        if !self.inner.buses.contains(&bus) {
            return Err((
                "ResourceNotFoundException",
                format!("Event bus {bus} does not exist."),
            ));
        }
        let now = self.inner.clock.now();
        let time = entry.time.map_or(now, |seconds| {
            Timestamp::from_duration(jiff::SignedDuration::from_secs_f64(seconds)).unwrap_or(now)
        });
        let event = json!({
            "version": "0",
            "id": uuid(),
            "detail-type": detail_type,
            "source": source,
            "account": self.inner.account.id,
            // The bus keeps whole seconds.
            "time": format!("{time:.0}"),
            "region": self.inner.account.region,
            "resources": entry.resources,
            "detail": detail,
        });
        Ok((bus, event))
    }

    /// Hands the event to every target of every rule that matches it.
    fn route(
        &self,
        transaction: &Transaction<'_>,
        bus: &str,
        event: &Value,
        reached: &mut BTreeSet<Target>,
    ) -> Result<(), BusError> {
        let text = event.to_string();
        let on_bus = self
            .inner
            .rules
            .iter()
            .filter(|compiled| compiled.rule.event_bus == bus);
        for compiled in on_bus.filter(|compiled| compiled.pattern.matches(text.as_bytes())) {
            let context = RuleContext {
                rule_arn: &compiled.arn,
                rule_name: &compiled.rule.name,
                ingestion_time: &timestamp(self.inner.clock.now_ms()),
            };
            for target in &compiled.rule.targets {
                let body = render(&target.input, event, &context);
                self.deliver(transaction, compiled, target, &body, reached)?;
            }
        }
        Ok(())
    }

    fn deliver(
        &self,
        transaction: &Transaction<'_>,
        compiled: &CompiledRule,
        target: &RuleTarget,
        body: &str,
        reached: &mut BTreeSet<Target>,
    ) -> Result<(), BusError> {
        let message = NewMessage {
            group_id: target.message_group.clone(),
            ..NewMessage::body(body)
        };
        let refusal = match self
            .inner
            .invocations
            .deliver(transaction, &target.target, &message)
        {
            Ok(()) => {
                reached.insert(target.target.clone());
                return Ok(());
            }
            Err(LambdaError::Store(error)) => return Err(error.into()),
            Err(refusal) => refusal,
        };
        let rule = &compiled.rule.name;
        let Some(dead_letters) = &target.dead_letters else {
            tracing::error!(rule, target = target.id, %refusal, "an event could not be delivered and is dropped");
            return Ok(());
        };
        tracing::warn!(rule, target = target.id, %refusal, "an event could not be delivered");
        let letter = self.dead_letter(compiled, target, body, &refusal);
        let dead_letters = Target::Queue(dead_letters.clone());
        match self
            .inner
            .invocations
            .deliver(transaction, &dead_letters, &letter)
        {
            Ok(()) => {
                reached.insert(dead_letters);
            }
            Err(LambdaError::Store(error)) => return Err(error.into()),
            Err(refusal) => {
                tracing::error!(rule, %refusal, "the dead letter queue refused an event: it is dropped")
            }
        }
        Ok(())
    }

    fn dead_letter(
        &self,
        compiled: &CompiledRule,
        target: &RuleTarget,
        body: &str,
        refusal: &LambdaError,
    ) -> NewMessage {
        let attributes = [
            ("RULE_ARN", compiled.arn.clone()),
            ("TARGET_ARN", self.inner.invocations.target_arn(&target.target)),
            ("ERROR_CODE", dead_letter::error_code(refusal).to_owned()),
            ("ERROR_MESSAGE", refusal.to_string()),
            ("EXHAUSTED_RETRY_CONDITION", "NonRetryableError".to_owned()),
        ];
        dead_letter::letter(body, attributes)
    }
}

#[async_trait::async_trait]
impl AwsEndpoint for EventBuses {
    async fn call(&self, request: Request<Bytes>) -> Response<Bytes> {
        let outcome = match json_protocol::operation(&request) {
            "PutEvents" => parse(request.body()).and_then(|events| self.put(events)),
            other => Err(AwsError::unknown_operation(other)),
        };
        json_protocol::reply(outcome)
    }
}

#[cfg(test)]
mod tests;
