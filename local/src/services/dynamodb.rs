//! DynamoDB: dynoxide inside the process, with the template's table.
//!
//! The engine is called as a library; requests reach it through the host's
//! shared port like those of every other service.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use dynoxide::actions::get_records::{GetRecordsRequest, Record};
use dynoxide::actions::get_shard_iterator::{
    GetShardIteratorRequest, decode_shard_iterator, encode_shard_iterator,
};
use dynoxide::streams::shard_id;
use dynoxide::{Database, DynoxideError};
use http::{Request, Response, StatusCode};
use rusqlite::Connection;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::identifiers::uuid;
use super::json_protocol::{self, AwsError};
use super::store::{DataLocation, StoreError, open_beside};
use crate::clock::LocalClock;
use crate::endpoint::AwsEndpoint;
use crate::template::{KeyAttribute, KeySchema, Projection, Table};

/// How often expired items are looked for. AWS takes up to two days; readers
/// must not rely on the deletion, here or there.
const TTL_SWEEP_INTERVAL: Duration = Duration::from_secs(60);

/// How far a clock that keeps pace with the machine's may lag by rounding.
const CLOCK_TOLERANCE_MS: i64 = 1_000;

/// Why the database cannot serve the template's tables.
#[derive(Debug, thiserror::Error)]
pub enum DynamoDbError {
    /// The file cannot be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The path has characters that SQLite's interface cannot take.
    #[error("the data folder's path is not UTF-8: {0}")]
    Path(PathBuf),
    /// The engine refused.
    #[error("DynamoDB engine: {0}")]
    Engine(#[from] DynoxideError),
    /// The template's table is not one that DynamoDB accepts.
    #[error("table {table}: {reason}")]
    Template {
        /// The table's name.
        table: String,
        /// What is wrong.
        reason: String,
    },
    /// The table on disk was made from another template.
    #[error(
        "table {table} on disk differs from the template in {property}; \
         remove the data folder to start with an empty table"
    )]
    Differs {
        /// The table's name.
        table: String,
        /// The property that differs.
        property: &'static str,
    },
}

/// The embedded DynamoDB; clones share the engine.
#[derive(Clone)]
pub struct DynamoDb {
    database: Database,
    /// A second connection to the engine's file, for what its interface lacks.
    maintenance: Option<Arc<Mutex<Connection>>>,
    writes: Arc<watch::Sender<u64>>,
    clock: LocalClock,
}

/// The stream and the time of expiry follow the system's clock.
struct EngineClock(LocalClock);

impl dynoxide::storage_backend::Clock for EngineClock {
    fn now_unix_secs(&self) -> u64 {
        u64::try_from(self.0.now_ms() / 1000).unwrap_or_default()
    }

    fn now_unix_secs_f64(&self) -> f64 {
        Duration::from_millis(u64::try_from(self.0.now_ms()).unwrap_or_default()).as_secs_f64()
    }
}

impl DynamoDb {
    /// Opens `dynamodb.db` in the data location and makes sure of the tables.
    ///
    /// # Errors
    /// When the file cannot be opened, or a table on disk differs from the template.
    pub fn open(location: &DataLocation, tables: &[Table], clock: LocalClock) -> Result<Self, DynamoDbError> {
        let (database, maintenance) = match location.file("dynamodb.db")? {
            None => (in_memory(clock.clone())?, None),
            Some(path) => {
                let name = path.to_str().ok_or_else(|| DynamoDbError::Path(path.clone()))?;
                let database = Database::new(name)?;
                // The engine opens its file in WAL mode with `synchronous = FULL`.
                // This call is its way to NORMAL: an acknowledged write survives
                // the death of the process, though not a power cut.
                database.disable_bulk_loading()?;
                (database, Some(Arc::new(Mutex::new(open_indexed(&path)?))))
            }
        };
        let service = Self {
            database,
            maintenance,
            writes: Arc::new(watch::channel(0).0),
            clock,
        };
        for table in tables {
            service.ensure(table)?;
        }
        Ok(service)
    }

    /// Changes after each write.
    pub(crate) fn watch_writes(&self) -> watch::Receiver<u64> {
        self.writes.subscribe()
    }

    /// Up to `limit` stream records after a position, oldest first.
    pub(crate) fn stream_records(
        &self,
        table: &str,
        after: i64,
        limit: usize,
    ) -> Result<Vec<Record>, DynoxideError> {
        let shard_iterator = encode_shard_iterator(table, &shard_id(table), after);
        let request = GetRecordsRequest {
            shard_iterator,
            limit: Some(limit),
        };
        Ok(self.database.get_records(request)?.records)
    }

    /// The position of the newest stream record; 0 before the first.
    pub(crate) fn stream_end(&self, table: &str) -> Result<i64, DynoxideError> {
        let iterator = self.database.get_shard_iterator(GetShardIteratorRequest {
            stream_arn: dynoxide::streams::stream_arn(table, ""),
            shard_id: shard_id(table),
            shard_iterator_type: "LATEST".to_owned(),
            sequence_number: None,
        })?;
        let position = iterator.shard_iterator.as_deref().and_then(decode_shard_iterator);
        Ok(position.map_or(0, |(_, _, position)| position))
    }

    /// Now by the clock that stamps stream records, milliseconds since 1970: the
    /// engine takes the system's clock in memory and the machine's on disk.
    pub(crate) fn stream_now_ms(&self) -> i64 {
        if self.maintenance.is_some() {
            LocalClock::real().now_ms()
        } else {
            self.clock.now_ms()
        }
    }

    /// Deletes stream records that no consumer needs any more.
    ///
    /// AWS keeps them for 24 hours; nobody reads them twice here, and at full
    /// rate a day would be gigabytes. In memory they stay.
    pub(crate) fn trim_stream(&self, table: &str, through: i64) -> Result<(), StoreError> {
        let Some(maintenance) = &self.maintenance else {
            return Ok(());
        };
        let connection = maintenance.lock().unwrap_or_else(PoisonError::into_inner);
        connection
            .prepare_cached(
                "DELETE FROM _stream_records
                 WHERE table_name = ?1 AND CAST(sequence_number AS INTEGER) <= ?2",
            )?
            .execute(rusqlite::params![table, through])?;
        Ok(())
    }

    /// Deletes expired items until the task is dropped.
    pub async fn sweep_expired_items(self) {
        loop {
            tokio::time::sleep(TTL_SWEEP_INTERVAL).await;
            let service = self.clone();
            match tokio::task::spawn_blocking(move || service.sweep_once()).await {
                Ok(Ok(_)) => {}
                Ok(Err(error)) => tracing::error!(%error, "expired items could not be deleted"),
                Err(error) => tracing::error!(%error, "the sweep of expired items stopped"),
            }
        }
    }

    /// Deletes what has expired; returns how many items.
    ///
    /// On disk the engine judges by the machine's clock. While the system's
    /// clock is behind it nothing is swept, so no item goes before its time.
    fn sweep_once(&self) -> Result<usize, DynoxideError> {
        let behind_ms = LocalClock::real().now_ms() - self.clock.now_ms();
        if self.maintenance.is_some() && behind_ms > CLOCK_TOLERANCE_MS {
            return Ok(0);
        }
        let deleted = self.database.sweep_ttl()?;
        if deleted > 0 {
            self.written();
        }
        Ok(deleted)
    }

    fn written(&self) {
        self.writes.send_modify(|count| *count = count.wrapping_add(1));
    }

    fn ensure(&self, table: &Table) -> Result<(), DynamoDbError> {
        let request = create_request(table);
        let refused = |error: DynoxideError| DynamoDbError::Template {
            table: table.name.clone(),
            reason: error.to_string(),
        };
        let describe = json!({ "TableName": table.name });
        match self.execute("DescribeTable", describe.to_string().as_bytes()) {
            Ok(description) => {
                let existing: Value = serde_json::from_slice(&description).unwrap_or_default();
                compare(
                    &table.name,
                    &request,
                    existing.get("Table").unwrap_or(&Value::Null),
                )?;
            }
            Err(DynoxideError::ResourceNotFoundException(_)) => {
                self.execute("CreateTable", request.to_string().as_bytes())
                    .map_err(refused)?;
            }
            Err(error) => return Err(refused(error)),
        }
        self.ensure_ttl(table)
    }

    fn ensure_ttl(&self, table: &Table) -> Result<(), DynamoDbError> {
        let Some(wanted) = &table.ttl_attribute else {
            return Ok(());
        };
        let described = self.execute(
            "DescribeTimeToLive",
            json!({ "TableName": table.name }).to_string().as_bytes(),
        )?;
        let described: Value = serde_json::from_slice(&described).unwrap_or_default();
        let enabled = described.pointer("/TimeToLiveDescription/AttributeName");
        if let Some(enabled) = enabled {
            let property = "TimeToLiveSpecification";
            return if enabled == wanted {
                Ok(())
            } else {
                Err(DynamoDbError::Differs {
                    table: table.name.clone(),
                    property,
                })
            };
        }
        let ttl = json!({ "AttributeName": wanted, "Enabled": true });
        let request = json!({ "TableName": table.name, "TimeToLiveSpecification": ttl });
        self.execute("UpdateTimeToLive", request.to_string().as_bytes())?;
        Ok(())
    }

    /// Runs one operation of the DynamoDB or DynamoDB Streams API on JSON.
    fn execute(&self, operation: &str, body: &[u8]) -> Result<Vec<u8>, DynoxideError> {
        macro_rules! run {
            ($method:ident) => {
                encode(&self.database.$method(decode(body)?)?)
            };
        }
        match operation {
            "GetItem" => run!(get_item),
            "PutItem" => run!(put_item),
            "UpdateItem" => run!(update_item),
            "DeleteItem" => run!(delete_item),
            "Query" => run!(query),
            "Scan" => run!(scan),
            "BatchGetItem" => run!(batch_get_item),
            "BatchWriteItem" => run!(batch_write_item),
            "TransactGetItems" => run!(transact_get_items),
            "TransactWriteItems" => run!(transact_write_items),
            "CreateTable" => run!(create_table),
            "DescribeTable" => run!(describe_table),
            "ListTables" => run!(list_tables),
            "DescribeTimeToLive" => run!(describe_time_to_live),
            "UpdateTimeToLive" => run!(update_time_to_live),
            "ListStreams" => run!(list_streams),
            "DescribeStream" => run!(describe_stream),
            "GetShardIterator" => run!(get_shard_iterator),
            "GetRecords" => run!(get_records),
            other => Err(DynoxideError::UnsupportedCapability(other.to_owned())),
        }
    }
}

#[async_trait::async_trait]
impl AwsEndpoint for DynamoDb {
    /// Runs in place: a request takes the engine's one lock for tens of
    /// microseconds, about what handing it to a blocking thread would cost.
    async fn call(&self, request: Request<Bytes>) -> Response<Bytes> {
        let operation = json_protocol::operation(&request);
        if operation.is_empty() {
            return json_protocol::reply::<()>(Err(AwsError::unknown_operation(operation)));
        }
        match self.execute(operation, request.body()) {
            Ok(body) => {
                if writes(operation) {
                    self.written();
                }
                json_protocol::response(StatusCode::OK, body.into())
            }
            Err(error) => {
                let status = StatusCode::from_u16(error.status_code()).unwrap_or(StatusCode::BAD_REQUEST);
                if status.is_server_error() {
                    tracing::error!(operation, %error, "the DynamoDB engine failed");
                }
                json_protocol::response(status, error.to_json().into())
            }
        }
    }
}

fn writes(operation: &str) -> bool {
    matches!(
        operation,
        "PutItem" | "UpdateItem" | "DeleteItem" | "BatchWriteItem" | "TransactWriteItems"
    )
}

/// Decodes a request. The engine marks the class of a value it refuses at the
/// head of the decoding error's text, and leaves it to the caller to read it.
fn decode<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, DynoxideError> {
    serde_json::from_slice(body).map_err(|error| {
        let text = error.to_string();
        let text = text
            .rsplit_once(" at line ")
            .map_or(text.as_str(), |(message, _)| message);
        let (validation, message) = match text.split_once(':') {
            Some((mark, message)) if mark.starts_with("VALIDATION") => (true, message),
            Some((mark, message)) if mark.starts_with("SERIALIZATION") => (false, message),
            _ => {
                let heads = ["missing field", "unknown variant", "Supplied AttributeValue"];
                (heads.iter().any(|head| text.starts_with(head)), text)
            }
        };
        if validation {
            DynoxideError::ValidationException(message.to_owned())
        } else {
            DynoxideError::SerializationException(message.to_owned())
        }
    })
}

fn encode<T: serde::Serialize>(response: &T) -> Result<Vec<u8>, DynoxideError> {
    serde_json::to_vec(response).map_err(|error| DynoxideError::InternalServerError(error.to_string()))
}

/// An engine without a file that follows the system's clock. The index can only
/// be made through a file, so its schema is made in one and copied.
fn in_memory(clock: LocalClock) -> Result<Database, DynamoDbError> {
    let path = std::env::temp_dir().join(format!("freshtrack-{}.db", uuid()));
    let name = path.to_str().ok_or_else(|| DynamoDbError::Path(path.clone()))?;
    let database = Database::memory_with_clock(Arc::new(EngineClock(clock)))?;
    let schema = Database::new(name)?;
    drop(open_indexed(&path)?);
    let copied = database.restore_from(name);
    drop(schema);
    // Closing the last connection took the write-ahead log with it.
    if let Err(error) = std::fs::remove_file(&path) {
        tracing::warn!(%error, path = name, "a temporary file stays behind");
    }
    copied?;
    Ok(database)
}

/// The engine finds the newest stream record before each write, and the records
/// after a checkpoint, by a full scan of its record table. An index on the same
/// expressions keeps both from growing with the records that wait.
fn open_indexed(path: &Path) -> Result<Connection, StoreError> {
    let connection = open_beside(path)?;
    connection.execute_batch(
        "CREATE INDEX IF NOT EXISTS stream_records_by_position
         ON _stream_records (table_name, CAST(sequence_number AS INTEGER))",
    )?;
    Ok(connection)
}

/// The `CreateTable` request that makes the table.
fn create_request(table: &Table) -> Value {
    let mut attributes: BTreeMap<&str, &str> = BTreeMap::new();
    let keys = std::iter::once(&table.key).chain(table.global_indexes.iter().map(|index| &index.key));
    for key in keys {
        for KeyAttribute { name, kind } in std::iter::once(&key.partition).chain(&key.sort) {
            attributes.insert(name, kind);
        }
    }
    let definitions: Vec<Value> = attributes
        .iter()
        .map(|(name, kind)| json!({ "AttributeName": name, "AttributeType": kind }))
        .collect();
    let indexes: Vec<Value> = table
        .global_indexes
        .iter()
        .map(|index| {
            json!({
                "IndexName": index.name,
                "KeySchema": key_schema(&index.key),
                "Projection": projection(&index.projection),
            })
        })
        .collect();
    // A member that is null counts as absent.
    let indexes = (!indexes.is_empty()).then_some(indexes);
    let stream = table
        .stream
        .map(|view| json!({ "StreamEnabled": true, "StreamViewType": view.as_str() }));
    json!({
        "TableName": table.name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": definitions,
        "KeySchema": key_schema(&table.key),
        "GlobalSecondaryIndexes": indexes,
        "StreamSpecification": stream,
    })
}

fn key_schema(key: &KeySchema) -> Value {
    let partition = json!({ "AttributeName": key.partition.name, "KeyType": "HASH" });
    let sort = key
        .sort
        .iter()
        .map(|sort| json!({ "AttributeName": sort.name, "KeyType": "RANGE" }));
    std::iter::once(partition).chain(sort).collect()
}

fn projection(projection: &Projection) -> Value {
    match projection {
        Projection::All => json!({ "ProjectionType": "ALL" }),
        Projection::KeysOnly => json!({ "ProjectionType": "KEYS_ONLY" }),
        Projection::Include(names) => json!({ "ProjectionType": "INCLUDE", "NonKeyAttributes": names }),
    }
}

fn compare(table: &str, wanted: &Value, existing: &Value) -> Result<(), DynamoDbError> {
    let differs = |property| {
        Err(DynamoDbError::Differs {
            table: table.to_owned(),
            property,
        })
    };
    if wanted.get("KeySchema") != existing.get("KeySchema") {
        return differs("KeySchema");
    }
    if by_name(
        wanted,
        "AttributeDefinitions",
        "AttributeName",
        &["AttributeType"],
    ) != by_name(
        existing,
        "AttributeDefinitions",
        "AttributeName",
        &["AttributeType"],
    ) {
        return differs("AttributeDefinitions");
    }
    let index = ["KeySchema", "Projection"];
    if by_name(wanted, "GlobalSecondaryIndexes", "IndexName", &index)
        != by_name(existing, "GlobalSecondaryIndexes", "IndexName", &index)
    {
        return differs("GlobalSecondaryIndexes");
    }
    let view = "/StreamSpecification/StreamViewType";
    if wanted.pointer(view) != existing.pointer(view) {
        return differs("StreamSpecification");
    }
    Ok(())
}

/// The list `property` as (name, chosen members), in name order.
fn by_name<'v>(
    table: &'v Value,
    property: &str,
    name: &str,
    members: &[&str],
) -> Vec<(Option<&'v str>, Vec<Option<&'v Value>>)> {
    let mut entries: Vec<_> = table
        .get(property)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(|entry| {
            let chosen: Vec<Option<&Value>> = members.iter().map(|member| entry.get(member)).collect();
            (entry.get(name).and_then(Value::as_str), chosen)
        })
        .collect();
    entries.sort_by_key(|(name, _)| *name);
    entries
}

#[cfg(test)]
mod tests;
