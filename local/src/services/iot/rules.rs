//! Topic rules: what happens with a message once the broker has it.

use std::collections::BTreeSet;
use std::sync::Arc;

use base64::Engine as _;
use rusqlite::Transaction;
use serde_json::{Value, json};

use super::sql::{Message, SqlError, Statement};
use super::topic;
use crate::clock::LocalClock;
use crate::services::identifiers::uuid;
use crate::services::lambda::{AsyncInvocations, LambdaError};
use crate::services::sqs::{NewMessage, Queues};
use crate::services::store::{Store, StoreError};
use crate::template::{Target, TopicAction, TopicRule};

/// Why the template's rules cannot run, or a message not be kept.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    /// A statement that the local system cannot run.
    #[error("topic rule {rule}: {source}")]
    Sql {
        /// The rule's name.
        rule: String,
        /// What is wrong with its statement.
        source: SqlError,
    },
    /// AWS IoT does not send to FIFO queues.
    #[error("topic rule {rule}: the SQS action cannot send to the FIFO queue {queue}")]
    FifoQueue {
        /// The rule's name.
        rule: String,
        /// The queue it names.
        queue: String,
    },
    /// The messages could not be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<rusqlite::Error> for RuleError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

/// The enabled topic rules; clones share them.
#[derive(Clone)]
pub struct TopicRules {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    clock: LocalClock,
    invocations: AsyncInvocations,
    rules: Vec<(TopicRule, Statement)>,
}

/// A published message.
#[derive(Clone, Copy, Debug)]
pub struct Published<'m> {
    /// The topic as published.
    pub topic: &'m str,
    /// The bytes.
    pub payload: &'m [u8],
    /// The publisher's MQTT client id.
    pub client_id: &'m str,
}

/// An action that did not work.
struct Failure<'r> {
    action: &'static str,
    resource: &'r str,
    message: String,
}

impl TopicRules {
    /// Reads the statements of the rules.
    ///
    /// # Errors
    /// When a statement or an action is one that cannot run.
    pub fn new(
        store: Store,
        clock: LocalClock,
        invocations: AsyncInvocations,
        queues: &Queues,
        rules: &[TopicRule],
    ) -> Result<Self, RuleError> {
        let mut parsed = Vec::new();
        for rule in rules.iter().filter(|rule| rule.enabled) {
            let statement = Statement::parse(&rule.sql).map_err(|source| RuleError::Sql {
                rule: rule.name.clone(),
                source,
            })?;
            for action in rule.actions.iter().chain(&rule.error_action) {
                if let TopicAction::Sqs { queue, .. } = action
                    && queues.config(queue).is_ok_and(|queue| queue.fifo)
                {
                    return Err(RuleError::FifoQueue {
                        rule: rule.name.clone(),
                        queue: queue.clone(),
                    });
                }
            }
            parsed.push((rule.clone(), statement));
        }
        Ok(Self {
            inner: Arc::new(Inner {
                store,
                clock,
                invocations,
                rules: parsed,
            }),
        })
    }

    /// Runs the rules that select a message. Once this returns, everything that
    /// they send is on its way and survives the process.
    ///
    /// # Errors
    /// When the store fails: then the message must not be acknowledged.
    pub fn accept(&self, published: &Published<'_>) -> Result<(), RuleError> {
        let (direct, topic) = match topic::basic_ingest(published.topic) {
            Some((rule, topic)) => (Some(rule), topic),
            None => (None, published.topic),
        };
        let selected: Vec<&(TopicRule, Statement)> = self
            .inner
            .rules
            .iter()
            .filter(|(rule, statement)| match direct {
                Some(name) => rule.name == name,
                None => statement.selects(topic),
            })
            .collect();
        if selected.is_empty() {
            if let Some(rule) = direct {
                tracing::warn!(rule, "a message was published to a rule that does not exist");
            }
            return Ok(());
        }
        let message = Message {
            topic,
            payload: published.payload,
            client_id: published.client_id,
            received_at_ms: self.inner.clock.now_ms(),
        };
        let reached = self.inner.store.write(|transaction| {
            let mut reached = BTreeSet::new();
            for (rule, statement) in selected {
                self.run(transaction, rule, statement, &message, &mut reached)?;
            }
            Ok::<_, RuleError>(reached)
        })?;
        for target in &reached {
            self.inner.invocations.wake_target(target);
        }
        Ok(())
    }

    fn run(
        &self,
        transaction: &Transaction<'_>,
        rule: &TopicRule,
        statement: &Statement,
        message: &Message<'_>,
        reached: &mut BTreeSet<Target>,
    ) -> Result<(), RuleError> {
        let mut failures = Vec::new();
        match statement.apply(message) {
            Ok(None) => {}
            Ok(Some(output)) => {
                for action in &rule.actions {
                    match self.act(transaction, action, &output) {
                        Ok(target) => {
                            reached.insert(target);
                        }
                        Err(LambdaError::Store(error)) => return Err(error.into()),
                        Err(refusal) => {
                            let (action, resource) = describe(action);
                            failures.push(Failure {
                                action,
                                resource,
                                message: refusal.to_string(),
                            });
                        }
                    }
                }
            }
            Err(error) => {
                failures.push(Failure {
                    action: "Sql",
                    resource: &rule.sql,
                    message: error.to_string(),
                });
            }
        }
        if failures.is_empty() {
            return Ok(());
        }
        for Failure {
            action,
            resource,
            message,
        } in &failures
        {
            tracing::warn!(
                rule = rule.name,
                action,
                resource,
                error = message,
                "a topic rule failed"
            );
        }
        let Some(error_action) = &rule.error_action else {
            return Ok(());
        };
        match self.act(
            transaction,
            error_action,
            &error_document(rule, message, &failures),
        ) {
            Ok(target) => {
                reached.insert(target);
            }
            Err(LambdaError::Store(error)) => return Err(error.into()),
            Err(refusal) => {
                tracing::error!(rule = rule.name, %refusal, "the error action of a topic rule failed")
            }
        }
        Ok(())
    }

    fn act(
        &self,
        transaction: &Transaction<'_>,
        action: &TopicAction,
        output: &Value,
    ) -> Result<Target, LambdaError> {
        let (target, body) = match action {
            TopicAction::Lambda { function } => (Target::Function(function.clone()), output.to_string()),
            TopicAction::Sqs { queue, use_base64 } => {
                let text = output.to_string();
                let encoded = || base64::engine::general_purpose::STANDARD.encode(&text);
                (
                    Target::Queue(queue.clone()),
                    if *use_base64 { encoded() } else { text },
                )
            }
        };
        self.inner
            .invocations
            .deliver(transaction, &target, &NewMessage::body(body))?;
        Ok(target)
    }
}

fn describe(action: &TopicAction) -> (&'static str, &str) {
    match action {
        TopicAction::Lambda { function } => ("LambdaAction", function),
        TopicAction::Sqs { queue, .. } => ("SqsAction", queue),
    }
}

/// The document that AWS IoT hands to an error action.
fn error_document(rule: &TopicRule, message: &Message<'_>, failures: &[Failure<'_>]) -> Value {
    let failures: Vec<Value> = failures
        .iter()
        .map(|failure| {
            json!({
                "failedAction": failure.action,
                "failedResource": failure.resource,
                "errorMessage": failure.message,
            })
        })
        .collect();
    json!({
        "ruleName": rule.name,
        "topic": message.topic,
        "cloudwatchTraceId": uuid(),
        "clientId": message.client_id,
        "base64OriginalPayload": base64::engine::general_purpose::STANDARD.encode(message.payload),
        "failures": failures,
    })
}

#[cfg(test)]
mod tests;
