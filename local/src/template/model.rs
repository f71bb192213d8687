//! What a template declares, as values.

use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// Everything the host serves, as the template declares it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct System {
    /// The functions.
    pub functions: Vec<Function>,
    /// The HTTP APIs.
    pub http_apis: Vec<HttpApi>,
    /// The WebSocket APIs.
    pub socket_apis: Vec<SocketApi>,
    /// The SQS queues.
    pub queues: Vec<Queue>,
    /// What polls a queue or a table's stream for a function.
    pub event_source_mappings: Vec<EventSourceMapping>,
    /// The custom event buses, by name.
    pub event_buses: Vec<String>,
    /// The rules on those buses.
    pub rules: Vec<Rule>,
    /// The EventBridge Scheduler schedules.
    pub schedules: Vec<Schedule>,
    /// The IoT Core topic rules.
    pub topic_rules: Vec<TopicRule>,
    /// The DynamoDB tables.
    pub tables: Vec<Table>,
    /// The KMS keys, by name.
    pub encryption_keys: Vec<String>,
    /// Resources that mean nothing on this machine, such as roles and alarms.
    pub ignored: Vec<IgnoredResource>,
}

/// A Lambda function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// Its logical id in the template.
    pub logical_id: String,
    /// Its name: the last folder of its `CodeUri`, which is also its binary and its artefact.
    pub name: String,
    /// The name it carries in ARNs and is invoked by from outside, `<stack>-<name>` as a rule.
    pub deployed_name: String,
    /// How long one invocation may take.
    pub timeout: Duration,
    /// Memory in MB. Only told to the function: nothing here limits it.
    pub memory_mb: u32,
    /// Environment variables with every intrinsic function resolved.
    pub environment: BTreeMap<String, String>,
    /// What happens to invocations nobody waits for.
    pub asynchronous: AsynchronousInvocation,
}

/// How Lambda treats an asynchronous invocation that fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsynchronousInvocation {
    /// Attempts after the first; Lambda's default is 2.
    pub maximum_retry_attempts: u32,
    /// How old an event may grow before it is given up; Lambda's default is 6 hours.
    pub maximum_event_age: Duration,
    /// Who gets the invocation record of an event that was given up.
    pub on_failure: Option<Target>,
    /// The queue that gets the bare event that was given up (`DeadLetterQueue`, the older mechanism).
    pub dead_letters: Option<Target>,
}

impl Default for AsynchronousInvocation {
    fn default() -> Self {
        Self {
            maximum_retry_attempts: 2,
            maximum_event_age: Duration::from_secs(6 * 60 * 60),
            on_failure: None,
            dead_letters: None,
        }
    }
}

/// A resource of this system that events can be sent to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Target {
    /// The function of this name, invoked asynchronously.
    Function(String),
    /// The queue of this name.
    Queue(String),
    /// The event bus of this name.
    EventBus(String),
}

/// An API Gateway HTTP API.
#[derive(Debug, Clone, PartialEq)]
pub struct HttpApi {
    /// Its logical id in the template.
    pub logical_id: String,
    /// Its id in events and addresses.
    pub id: String,
    /// The stage that is served.
    pub stage: String,
    /// Cross-origin rules, if it has any.
    pub cors: Option<Cors>,
    /// Its routes, in no order: the most specific match wins.
    pub routes: Vec<HttpRoute>,
}

/// Cross-origin rules of an HTTP API.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cors {
    /// Origins that may call; `*` for any, `https://*` and `http://*` for any of a scheme.
    pub allow_origins: Vec<String>,
    /// Methods that may be used; `*` for any.
    pub allow_methods: Vec<String>,
    /// Request headers that may be sent; `*` for any.
    pub allow_headers: Vec<String>,
    /// Reply headers a script may read.
    pub expose_headers: Vec<String>,
    /// Whether credentials may be sent.
    pub allow_credentials: bool,
    /// How long a browser may remember the answer to a preflight request.
    pub max_age: Option<Duration>,
}

/// One route of an HTTP API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpRoute {
    /// Which requests it takes.
    pub key: RouteKey,
    /// The function that answers.
    pub function: String,
    /// How long the integration may take: at most 30 s.
    pub timeout: Duration,
    /// Who decides whether a request may pass; nobody on an open route.
    pub authorizer: Option<Authorizer>,
}

/// The requests an HTTP route takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RouteKey {
    /// `$default`: whatever no other route takes.
    Default,
    /// A method and a path.
    Path {
        /// The method; `None` for `ANY`.
        method: Option<String>,
        /// The path as written, such as `/v1/orgs/{org_id}/alerts`.
        path: String,
        /// The path cut at its slashes.
        segments: Vec<Segment>,
    },
}

impl fmt::Display for RouteKey {
    /// As API Gateway writes it: `GET /v1/health`, `ANY /v1/files/{path+}`, `$default`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("$default"),
            Self::Path { method, path, .. } => write!(f, "{} {path}", method.as_deref().unwrap_or("ANY")),
        }
    }
}

/// One part of a route's path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment {
    /// Exactly this text.
    Literal(String),
    /// `{name}`: one part, remembered under its name.
    Parameter(String),
    /// `{name+}`: all that remains, at least one part.
    Greedy(String),
}

/// A Lambda authorizer of either kind of API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorizer {
    /// Its logical id in the template, or its name in the API's definition.
    pub name: String,
    /// The function that decides.
    pub function: String,
    /// What a request must carry before the function is asked.
    pub identity_sources: Vec<IdentitySource>,
    /// How long a decision is kept; zero for not at all.
    pub result_ttl: Duration,
}

/// A part of a request that identifies the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdentitySource {
    /// A header, in lower case.
    Header(String),
    /// A query string parameter.
    QueryString(String),
    /// A field of the request context, such as `routeKey`.
    Context(String),
    /// A stage variable. This host has none, so it is never present.
    StageVariable(String),
}

/// An API Gateway WebSocket API.
#[derive(Debug, Clone, PartialEq)]
pub struct SocketApi {
    /// Its logical id in the template.
    pub logical_id: String,
    /// Its id in events and addresses.
    pub id: String,
    /// The stage that is served.
    pub stage: String,
    /// The path into a JSON message whose value selects the route: `["body", "type"]` is `body.type`.
    pub selection: Vec<String>,
    /// Its routes by key, such as `$connect` or `subscribe`.
    pub routes: BTreeMap<String, SocketRoute>,
}

/// One route of a WebSocket API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SocketRoute {
    /// Its logical id in the template.
    pub logical_id: String,
    /// The function that answers.
    pub function: String,
    /// How long the integration may take: at most 29 s.
    pub timeout: Duration,
    /// Who decides whether a connection may be opened; only `$connect` may have one.
    pub authorizer: Option<Authorizer>,
    /// Whether what the function returns is sent to the client (the route has a route response).
    pub replies: bool,
}

/// An SQS queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    /// Its logical id in the template.
    pub logical_id: String,
    /// Its name; the name of a FIFO queue ends in `.fifo`.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Its URL on this machine.
    pub url: String,
    /// Whether it is a FIFO queue.
    pub fifo: bool,
    /// Whether a FIFO queue takes the SHA-256 of a body as its deduplication id.
    pub content_based_deduplication: bool,
    /// How long a received message stays hidden.
    pub visibility_timeout: Duration,
    /// How long a new message stays hidden.
    pub delay: Duration,
    /// How long a message is kept.
    pub retention: Duration,
    /// The default wait of a receive call.
    pub receive_wait: Duration,
    /// The longest body taken, in bytes.
    pub maximum_message_bytes: usize,
    /// Where messages go that were received too often.
    pub redrive: Option<Redrive>,
}

/// A queue's redrive policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redrive {
    /// The name of the queue for dead letters.
    pub dead_letters: String,
    /// How often a message may be received before it is moved there.
    pub maximum_receives: u32,
}

/// What polls a source and invokes a function with batches of its records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventSourceMapping {
    /// Its logical id: that of the resource, or the function's followed by the event's name, as SAM forms it.
    pub logical_id: String,
    /// The function that is invoked.
    pub function: String,
    /// Where its records come from.
    pub source: EventSource,
    /// Whether it runs at all.
    pub enabled: bool,
    /// Records in a batch at most.
    pub batch_size: u32,
    /// How long a batch may wait to fill.
    pub maximum_batching_window: Duration,
    /// Whether the function's reply names the records that failed (`ReportBatchItemFailures`).
    pub report_batch_item_failures: bool,
    /// Patterns, as JSON; a record passes when one of them matches, or when there is none.
    pub filters: Vec<String>,
    /// Batches in flight at most, for a queue.
    pub maximum_concurrency: Option<u32>,
    /// Attempts after the first, for a stream; `None` until the record expires.
    pub maximum_retry_attempts: Option<u32>,
    /// How old a stream record may grow before it is given up; `None` for as long as the stream keeps it.
    pub maximum_record_age: Option<Duration>,
    /// Whether a failed stream batch is halved before it is tried again.
    pub bisect_batch_on_function_error: bool,
    /// Who gets the record of a stream batch that was given up.
    pub on_failure: Option<Target>,
}

/// Where the records of an event source mapping come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventSource {
    /// The queue of this name.
    Queue(String),
    /// The stream of the table of this name.
    TableStream {
        /// The table's name.
        table: String,
        /// Whether a new mapping begins at the oldest record (`TRIM_HORIZON`) or after the newest (`LATEST`).
        from_oldest: bool,
    },
}

/// A rule on an event bus.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Its logical id in the template.
    pub logical_id: String,
    /// Its name.
    pub name: String,
    /// The bus it listens on.
    pub event_bus: String,
    /// Whether it is enabled.
    pub enabled: bool,
    /// Which events it passes.
    pub pattern: Json,
    /// Who gets them.
    pub targets: Vec<RuleTarget>,
}

/// A target of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleTarget {
    /// Its id within the rule.
    pub id: String,
    /// Who gets the event.
    pub target: Target,
    /// What it gets.
    pub input: TargetInput,
    /// The message group of a FIFO queue.
    pub message_group: Option<String>,
    /// How delivery is tried again.
    pub retry: RetryPolicy,
    /// The name of the queue that gets events that could not be delivered.
    pub dead_letters: Option<String>,
}

/// What a rule's target gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TargetInput {
    /// The event as it is.
    Event,
    /// The part of the event a JSON path such as `$.detail` names.
    Path(String),
    /// A constant JSON text.
    Constant(String),
    /// A text with `<name>` placeholders.
    Transformer {
        /// JSON paths by placeholder.
        paths: BTreeMap<String, String>,
        /// The text.
        template: String,
    },
}

/// How EventBridge and its Scheduler try a delivery again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// How long to keep trying; 24 hours unless told.
    pub maximum_event_age: Duration,
    /// Attempts after the first; 185 unless told.
    pub maximum_retry_attempts: u32,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            maximum_event_age: Duration::from_secs(86_400),
            maximum_retry_attempts: 185,
        }
    }
}

/// An EventBridge Scheduler schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// Its logical id in the template.
    pub logical_id: String,
    /// Its name.
    pub name: String,
    /// When it runs: `rate(..)`, `cron(..)` or `at(..)`.
    pub expression: String,
    /// The IANA time zone of the expression.
    pub time_zone: String,
    /// Within how long after its time it may run; `None` for on time.
    pub flexible_window: Option<Duration>,
    /// Whether it is enabled.
    pub enabled: bool,
    /// Who is called.
    pub target: Target,
    /// What the target gets; Scheduler's own event when absent.
    pub input: Option<String>,
    /// The message group of a FIFO queue.
    pub message_group: Option<String>,
    /// How a call is tried again.
    pub retry: RetryPolicy,
    /// The name of the queue that gets calls that could not be made.
    pub dead_letters: Option<String>,
}

/// An IoT Core topic rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicRule {
    /// Its logical id in the template.
    pub logical_id: String,
    /// Its name.
    pub name: String,
    /// Its statement, `SELECT .. FROM '<topic filter>' WHERE ..`.
    pub sql: String,
    /// Whether it is enabled.
    pub enabled: bool,
    /// What happens with a message it selects.
    pub actions: Vec<TopicAction>,
    /// What happens when an action fails.
    pub error_action: Option<TopicAction>,
}

/// What a topic rule does with a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TopicAction {
    /// Invokes the function of this name asynchronously.
    Lambda {
        /// The function's name.
        function: String,
    },
    /// Sends to the queue of this name.
    Sqs {
        /// The queue's name.
        queue: String,
        /// Whether the payload is written in Base64.
        use_base64: bool,
    },
}

/// A DynamoDB table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its logical id in the template.
    pub logical_id: String,
    /// Its name.
    pub name: String,
    /// Its primary key.
    pub key: KeySchema,
    /// Its global secondary indexes.
    pub global_indexes: Vec<GlobalIndex>,
    /// The attribute that holds an item's time to live.
    pub ttl_attribute: Option<String>,
    /// What its stream carries; `None` when it has no stream.
    pub stream: Option<StreamView>,
}

/// A primary key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySchema {
    /// The partition key.
    pub partition: KeyAttribute,
    /// The sort key.
    pub sort: Option<KeyAttribute>,
}

/// An attribute that is part of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyAttribute {
    /// Its name.
    pub name: String,
    /// Its type: `S`, `N` or `B`.
    pub kind: String,
}

/// A global secondary index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GlobalIndex {
    /// Its name.
    pub name: String,
    /// Its key.
    pub key: KeySchema,
    /// Which attributes it carries.
    pub projection: Projection,
}

/// The attributes an index carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Projection {
    /// All of them.
    All,
    /// Only the keys.
    KeysOnly,
    /// The keys and these.
    Include(Vec<String>),
}

/// What a stream record carries of the item it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StreamView {
    /// Only the item's key.
    KeysOnly,
    /// The item after the change.
    NewImage,
    /// The item before the change.
    OldImage,
    /// Both.
    NewAndOldImages,
}

impl StreamView {
    /// As DynamoDB writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::KeysOnly => "KEYS_ONLY",
            Self::NewImage => "NEW_IMAGE",
            Self::OldImage => "OLD_IMAGE",
            Self::NewAndOldImages => "NEW_AND_OLD_IMAGES",
        }
    }
}

/// A resource the host has no use for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IgnoredResource {
    /// Its logical id in the template.
    pub logical_id: String,
    /// Its type, such as `AWS::IAM::Role`.
    pub kind: String,
}
