//! The embedded engine, and a record of everything it was asked.

use async_trait::async_trait;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use bytes::Bytes;
use freshtrack_aws::{AwsClients, AwsSettings, KmsVault, Table};
use freshtrack_local::clock::LocalClock;
use freshtrack_local::connector::Connector;
use freshtrack_local::endpoint::AwsEndpoint;
use freshtrack_local::services::store::DataLocation;
use freshtrack_local::services::{Account, Services};
use freshtrack_local::template::{Deployment, System};
use freshtrack_tests::World;
use http::{Request, Response};
use serde_json::Value;
use std::sync::{Arc, Mutex};

/// A store with nothing in it.
pub(crate) struct Engine {
    /// The table through the adapters' eyes.
    pub(crate) table: Arc<Table>,
    /// The vault, as the adapter has it.
    pub(crate) vault: KmsVault,
    recorder: Arc<Recorder>,
    /// Holds what the connector reaches by a weak reference.
    _endpoint: Arc<dyn AwsEndpoint>,
}

/// A request that the engine got.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// Such as `PutItem`.
    pub(crate) operation: String,
    /// As DynamoDB's JSON has it.
    pub(crate) request: Value,
    /// The units it consumed, where the engine says so for the request as a whole.
    pub(crate) units: Option<f64>,
}

struct Recorder {
    services: Services,
    calls: Mutex<Vec<Call>>,
}

#[async_trait]
impl AwsEndpoint for Recorder {
    async fn call(&self, request: Request<Bytes>) -> Response<Bytes> {
        let target = request.headers().get("x-amz-target").unwrap().to_str().unwrap();
        let (_, operation) = target.split_once('.').unwrap();
        let (operation, asked) = (operation.to_owned(), request.body().clone());
        let answer = self.services.call(request).await;
        let answered: Value = serde_json::from_slice(answer.body()).unwrap();
        self.calls.lock().unwrap().push(Call {
            operation,
            request: serde_json::from_slice(&asked).unwrap(),
            units: answered["ConsumedCapacity"]["CapacityUnits"].as_f64(),
        });
        answer
    }
}

impl Engine {
    /// An engine without a file.
    pub(crate) fn in_memory() -> Self {
        Self::open(&DataLocation::Memory)
    }

    /// An engine on the files of `data`.
    pub(crate) fn open(data: &DataLocation) -> Self {
        // Nothing listens there: requests take the connector.
        let deployment = Deployment::local(([127, 0, 0, 1], 9).into());
        let system = System::read(&World::root().join("template.yaml"), &deployment).unwrap();
        let services =
            Services::open(&system, &Account::from(&deployment), data, &LocalClock::real()).unwrap();
        let recorder = Arc::new(Recorder {
            services,
            calls: Mutex::default(),
        });
        let endpoint: Arc<dyn AwsEndpoint> = Arc::clone(&recorder) as _;
        let connector = Connector::default();
        connector.bind(&endpoint);
        let variables = deployment.environment();
        let settings = AwsSettings::from_variables(|name| variables.get(name).cloned());
        let clients = AwsClients::with_http_client(settings, SharedHttpClient::new(connector));
        Self {
            table: Arc::new(Table::new(&clients, &system.tables[0].name)),
            vault: KmsVault::new(&clients, &system.encryption_keys[0]),
            recorder,
            _endpoint: endpoint,
        }
    }

    /// Everything it was asked since it was last looked at.
    pub(crate) fn calls(&self) -> Vec<Call> {
        std::mem::take(&mut *self.recorder.calls.lock().unwrap())
    }

    /// What `work` answers, and the units of reading and of writing that it cost.
    pub(crate) async fn metered<T>(&self, work: impl Future<Output = T>) -> (T, Cost) {
        let before = self.table.meter().units();
        let answer = work.await;
        let after = self.table.meter().units();
        let cost = Cost {
            read: after.0 - before.0,
            written: after.1 - before.1,
        };
        (answer, cost)
    }
}

/// Request units, as DynamoDB bills them: one of reading is 4 KB read consistently, or 8 KB read otherwise; one of
/// writing is 1 KB of the item before or after, whichever is larger.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Cost {
    pub(crate) read: f64,
    pub(crate) written: f64,
}

/// What an item takes, by DynamoDB's published rules (Developer Guide, "Item sizes and formats"): each attribute its
/// name and its value; a text its bytes, a number half a byte a digit and one more, a map or list three bytes and one
/// an element.
pub(crate) fn size_of(item: &Value) -> usize {
    let attributes = item.as_object().unwrap().iter();
    attributes
        .map(|(name, value)| name.len() + size_of_value(value))
        .sum()
}

fn size_of_value(value: &Value) -> usize {
    let (kind, content) = value.as_object().unwrap().iter().next().unwrap();
    match (kind.as_str(), content) {
        ("S", Value::String(text)) => text.len(),
        ("N", Value::String(number)) => {
            let digits = number.trim_start_matches('-').trim_end_matches('0').len();
            digits.div_ceil(2) + 1 + usize::from(number.starts_with('-'))
        }
        ("B", Value::String(base64)) => base64.trim_end_matches('=').len() * 3 / 4,
        ("BOOL" | "NULL", _) => 1,
        ("L", Value::Array(items)) => 3 + items.iter().map(|item| 1 + size_of_value(item)).sum::<usize>(),
        ("M", Value::Object(fields)) => 3 + fields.len() + size_of(&Value::Object(fields.clone())),
        _ => panic!("no attribute of ours: {value}"),
    }
}
