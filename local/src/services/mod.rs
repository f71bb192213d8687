//! The AWS services of the local system, each as small as the product's use of it.
//!
//! [`Services`] opens them on the data folder and answers their APIs;
//! [`Services::start`] sets in motion what moves by itself: pollers, schedules,
//! asynchronous invocations and the MQTT listener.
//!
//! # What is kept
//!
//! `dynamodb.db` and `services.db` in the data folder. Whatever a service has
//! acknowledged is committed there first, so killing the process loses nothing;
//! what was in a function's hands is handed over again, at least once. A power
//! cut may take the last commits.
//!
//! # Known differences from AWS
//!
//! - Nothing checks IAM rights, quotas or payload sizes of Lambda.
//! - DynamoDB: idempotency tokens of transactions are forgotten at a restart;
//!   stream records are deleted once every mapping has them, not after 24 hours;
//!   a stream has one shard, so a mapping's parallelization factor means nothing.
//!   On disk the engine stamps stream records with the machine's clock.
//! - SQS: a message in the hands of a function stays hidden until the function
//!   has answered, however long that takes on a fast clock; there are no receive
//!   request attempt ids; a move task is done before it is answered.
//! - Lambda: functions and queues are the only destinations; there are none for
//!   success.
//! - EventBridge: delivery is part of `PutEvents`, so a target's retry policy
//!   never comes into play and its dead letter queue gets what could not be
//!   delivered at once; an unknown bus is an error of the entry, where AWS drops
//!   the event; a placeholder without a value becomes `null`.
//! - KMS: data keys under symmetric keys alone; no aliases, no rotation.
//! - Scheduler: a run is never spread over its flexible window; what came due
//!   while the system was stopped runs once at the next start.
//! - IoT: the SQL is the subset that [`iot`] names; a statement that cannot be
//!   applied to a payload goes to the rule's error action; clients are let in
//!   without certificates; see [`iot::broker`] for what MQTT lacks.

mod batch;
mod dead_letter;
pub mod dynamodb;
pub mod events;
pub(crate) mod identifiers;
pub mod iot;
pub(crate) mod json_protocol;
pub mod kms;
pub mod lambda;
pub mod pattern;
pub mod scheduler;
pub mod sqs;
pub mod store;
pub mod stream;
#[cfg(test)]
pub(crate) mod testing;
pub mod tray;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Request, Response};
use tokio::task::JoinSet;

use self::dynamodb::{DynamoDb, DynamoDbError};
use self::events::{BusError, EventBuses};
pub use self::identifiers::Account;
use self::iot::broker::MqttBroker;
use self::iot::rules::{RuleError, TopicRules};
use self::json_protocol::AwsError;
use self::kms::Kms;
use self::lambda::{AsyncInvocations, LambdaError};
use self::pattern::PatternError;
use self::scheduler::{Scheduler, SchedulerError};
use self::sqs::poller::QueuePoller;
use self::sqs::{Queues, SqsError};
use self::store::{DataLocation, Store, StoreError};
use self::stream::{StreamError, StreamParts, StreamPoller};
use self::tray::Tray;
use crate::clock::LocalClock;
use crate::endpoint::AwsEndpoint;
use crate::invoke::Invoker;
use crate::template::{EventSource, EventSourceMapping, Schedule, System};

/// Why the services cannot be opened or started.
#[derive(Debug, thiserror::Error)]
pub enum ServicesError {
    /// The data folder.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A table.
    #[error(transparent)]
    DynamoDb(#[from] DynamoDbError),
    /// A queue.
    #[error(transparent)]
    Sqs(#[from] SqsError),
    /// A function's destination.
    #[error(transparent)]
    Lambda(#[from] LambdaError),
    /// A rule of a bus.
    #[error(transparent)]
    Bus(#[from] BusError),
    /// A topic rule.
    #[error(transparent)]
    Topic(#[from] RuleError),
    /// A schedule.
    #[error(transparent)]
    Scheduler(#[from] SchedulerError),
    /// A mapping on a stream.
    #[error(transparent)]
    Stream(#[from] StreamError),
    /// A mapping on a queue that does not exist.
    #[error("event source mapping {mapping}: there is no queue {queue}")]
    NoSuchQueue {
        /// The mapping's logical id.
        mapping: String,
        /// The queue it names.
        queue: String,
    },
    /// A mapping on a queue with a filter that cannot be used.
    #[error("event source mapping {mapping}: {source}")]
    Filter {
        /// The mapping's logical id.
        mapping: String,
        /// What is wrong with it.
        source: PatternError,
    },
    /// The MQTT port is taken or may not be used.
    #[error("cannot listen for MQTT on {address}: {source}")]
    Mqtt {
        /// The address asked for.
        address: SocketAddr,
        /// What the system answered.
        source: io::Error,
    },
}

/// Every service that the template declares resources of; clones share them.
#[derive(Clone)]
pub struct Services {
    store: Store,
    clock: LocalClock,
    account: Account,
    dynamodb: DynamoDb,
    queues: Queues,
    invocations: AsyncInvocations,
    buses: EventBuses,
    topic_rules: TopicRules,
    kms: Kms,
    tray: Tray,
    mappings: Arc<[EventSourceMapping]>,
    schedules: Arc<[Schedule]>,
}

impl Services {
    /// Opens the services of a system on its data. Their APIs can be called from
    /// now on; nothing moves by itself before [`start`](Self::start).
    ///
    /// # Errors
    /// When the data cannot be used or the template asks for what a service here
    /// does not do; the message names the resource.
    pub fn open(
        system: &System,
        account: &Account,
        data: &DataLocation,
        clock: &LocalClock,
    ) -> Result<Self, ServicesError> {
        let store = Store::open(data)?;
        let dynamodb = DynamoDb::open(data, &system.tables, clock.clone())?;
        let queues = Queues::open(store.clone(), clock.clone(), system.queues.iter().cloned())?;
        let invocations = AsyncInvocations::open(
            store.clone(),
            clock.clone(),
            queues.clone(),
            account.clone(),
            &system.functions,
        )?;
        let buses = EventBuses::new(
            store.clone(),
            clock.clone(),
            invocations.clone(),
            account.clone(),
            &system.event_buses,
            &system.rules,
        )?;
        let topic_rules = TopicRules::new(
            store.clone(),
            clock.clone(),
            invocations.clone(),
            &queues,
            &system.topic_rules,
        )?;
        let kms = Kms::open(store.clone(), account.clone(), &system.encryption_keys)?;
        let tray = Tray::open(store.clone(), clock.clone())?;
        Ok(Self {
            store,
            clock: clock.clone(),
            account: account.clone(),
            dynamodb,
            queues,
            invocations,
            buses,
            topic_rules,
            kms,
            tray,
            mappings: system.event_source_mappings.clone().into(),
            schedules: system.schedules.clone().into(),
        })
    }

    /// Starts pollers, schedules, asynchronous invocations and, when it is given
    /// an address, the MQTT listener.
    ///
    /// # Errors
    /// When a mapping, schedule or filter cannot work or the address is taken.
    pub async fn start(
        &self,
        invoker: Arc<dyn Invoker>,
        mqtt: Option<SocketAddr>,
    ) -> Result<RunningServices, ServicesError> {
        let scheduler = Scheduler::open(
            self.store.clone(),
            self.clock.clone(),
            self.invocations.clone(),
            self.account.clone(),
            &self.schedules,
        )?;
        let queue_pollers = self.queue_pollers(&invoker)?;
        let parts = StreamParts {
            database: self.dynamodb.clone(),
            store: self.store.clone(),
            invocations: self.invocations.clone(),
            invoker: Arc::clone(&invoker),
            clock: self.clock.clone(),
            account: self.account.clone(),
        };
        let stream_pollers = StreamPoller::for_mappings(&self.mappings, &parts)?;
        let broker = match mqtt {
            None => None,
            Some(address) => {
                let refused = |source| ServicesError::Mqtt { address, source };
                Some(
                    MqttBroker::bind(address, self.topic_rules.clone())
                        .await
                        .map_err(refused)?,
                )
            }
        };

        let mqtt_address = broker.as_ref().and_then(|broker| broker.local_addr().ok());
        let mut tasks = JoinSet::new();
        tasks.spawn(self.dynamodb.clone().sweep_expired_items());
        tasks.spawn(self.invocations.clone().run(invoker));
        tasks.spawn(scheduler.run());
        for poller in queue_pollers {
            tasks.spawn(poller.run());
        }
        for poller in stream_pollers {
            tasks.spawn(poller.run());
        }
        if let Some(broker) = broker {
            tasks.spawn(broker.run());
        }
        Ok(RunningServices { tasks, mqtt_address })
    }

    fn queue_pollers(&self, invoker: &Arc<dyn Invoker>) -> Result<Vec<QueuePoller>, ServicesError> {
        let mut pollers = Vec::new();
        for mapping in self.mappings.iter().filter(|mapping| mapping.enabled) {
            let EventSource::Queue(queue) = &mapping.source else {
                continue;
            };
            if self.queues.config(queue).is_err() {
                return Err(ServicesError::NoSuchQueue {
                    mapping: mapping.logical_id.clone(),
                    queue: queue.clone(),
                });
            }
            let poller = QueuePoller::new(
                queue.clone(),
                mapping.clone(),
                self.account.region.clone(),
                self.queues.clone(),
                Arc::clone(invoker),
                self.clock.clone(),
            );
            pollers.push(poller.map_err(|source| ServicesError::Filter {
                mapping: mapping.logical_id.clone(),
                source,
            })?);
        }
        Ok(pollers)
    }

    /// The queues, for looking into them.
    #[must_use]
    pub fn queues(&self) -> &Queues {
        &self.queues
    }

    /// Lambda's asynchronous invocations, for `InvocationType: Event`.
    #[must_use]
    pub fn invocations(&self) -> &AsyncInvocations {
        &self.invocations
    }

    /// The topic rules, for messages that come another way than MQTT.
    #[must_use]
    pub fn topic_rules(&self) -> &TopicRules {
        &self.topic_rules
    }

    /// The e-mails and text messages sent.
    #[must_use]
    pub fn tray(&self) -> &Tray {
        &self.tray
    }

    /// The file behind the services, for other parts of the host that keep something.
    pub(crate) const fn store(&self) -> &Store {
        &self.store
    }
}

#[async_trait::async_trait]
impl AwsEndpoint for Services {
    /// Tells the services apart as their protocols do: by the prefix of
    /// `x-amz-target`, SES by its path, SNS by its form.
    async fn call(&self, request: Request<Bytes>) -> Response<Bytes> {
        let target = json_protocol::target(&request);
        let service: &dyn AwsEndpoint = match target.split('.').next() {
            Some("DynamoDB_20120810" | "DynamoDBStreams_20120810") => &self.dynamodb,
            Some("AmazonSQS") => &self.queues,
            Some("AWSEvents") => &self.buses,
            Some("TrentService") => &self.kms,
            _ if request.uri().path().starts_with("/v2/email/") || is_form(&request) => &self.tray,
            _ => {
                let asked = if target.is_empty() {
                    request.uri().path()
                } else {
                    target
                };
                return json_protocol::reply::<()>(Err(AwsError::unknown_operation(asked)));
            }
        };
        service.call(request).await
    }
}

fn is_form(request: &Request<Bytes>) -> bool {
    let content_type = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    content_type.is_some_and(|value| value.starts_with("application/x-www-form-urlencoded"))
}

/// The services at work. Dropping this stops them like a kill would: what they
/// had accepted is done at the next start.
pub struct RunningServices {
    tasks: JoinSet<()>,
    mqtt_address: Option<SocketAddr>,
}

impl RunningServices {
    /// Where the MQTT listener is, when there is one.
    #[must_use]
    pub fn mqtt_address(&self) -> Option<SocketAddr> {
        self.mqtt_address
    }

    /// Stops them and waits until they have.
    pub async fn shutdown(mut self) {
        self.tasks.shutdown().await;
    }
}

#[cfg(test)]
mod tests;
