//! What every implementation of a port must do.

use crate::engine::{Call, Engine};
use freshtrack_application::PortErrorKind;
use freshtrack_application::ports::Vault as _;
use freshtrack_aws::{
    Directory, DynamoAlerts, DynamoConnections, DynamoQuarantine, DynamoReadingLog, DynamoRecords,
    DynamoThrottle, DynamoTickets, DynamoUnitStates,
};
use freshtrack_domain::time::Timestamp;
use freshtrack_local::services::store::DataLocation;
use freshtrack_testkit::{ManualClock, contract};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Minute zero.
const START: Timestamp = Timestamp::from_seconds(1_790_000_000);

/// Everything that the contracts ask of the store.
pub(crate) async fn everything(engine: &Engine) {
    let table = || Arc::clone(&engine.table);
    let states = DynamoUnitStates(table());
    let records = DynamoRecords(table());
    contract::unit_states(&states).await;
    contract::alerts(&states, &DynamoAlerts(table())).await;
    contract::alerts_of_records(&records, &DynamoAlerts(table())).await;
    contract::reading_log(&DynamoReadingLog(table())).await;
    contract::quarantine(&DynamoQuarantine(table())).await;
    let directory = Directory::new(table(), Arc::new(ManualClock::at(START)));
    contract::devices(&records, &directory).await;
    contract::connections(&DynamoConnections::new(table())).await;
    contract::tickets(&DynamoTickets(table())).await;
    contract::records(&records).await;
    contract::listed(&records).await;
    contract::claims(&records).await;
    contract::throttle(&DynamoThrottle(table())).await;
}

#[tokio::test]
async fn the_table_in_memory_is_every_store_it_stands_for() {
    everything(&Engine::in_memory()).await;
}

#[tokio::test]
async fn the_table_on_disk_is_every_store_it_stands_for_also_for_the_second_time() {
    let folder = tempfile::tempdir().unwrap();
    let data = DataLocation::Directory(folder.path().into());
    for _ in 0..2 {
        everything(&Engine::open(&data)).await;
    }
}

#[tokio::test]
async fn the_vault_is_opened_by_its_master_key_alone_also_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let data = DataLocation::Directory(folder.path().into());
    contract::vault(&Engine::open(&data).vault).await;
    let engine = Engine::open(&data);
    let sealed = engine.vault.seal("test", b"content").await.unwrap();
    drop(engine);
    let opened = Engine::open(&data).vault.open("test", &sealed).await.unwrap();
    assert_eq!(opened, b"content");
    let elsewhere = Engine::in_memory().vault.open("test", &sealed).await;
    assert_eq!(elsewhere.unwrap_err().kind, PortErrorKind::Corrupt);
}

#[tokio::test]
async fn nothing_is_read_that_is_not_asked_for_by_its_key() {
    let engine = Engine::in_memory();
    everything(&engine).await;
    let calls = engine.calls();
    let operations: BTreeSet<&str> = calls.iter().map(|call| call.operation.as_str()).collect();
    let expected = [
        "DeleteItem",
        "GetItem",
        "PutItem",
        "Query",
        "TransactWriteItems",
        "UpdateItem",
    ];
    assert_eq!(operations, BTreeSet::from(expected), "a scan, or something new");

    let mut indexes = BTreeSet::new();
    for Call { request, .. } in calls.iter().filter(|call| call.operation == "Query") {
        let index = request["IndexName"].as_str();
        indexes.insert(index);
        let partition = match index {
            None => "pk = :pk",
            Some("GSI1") => "g1pk = :pk",
            Some(other) => panic!("the template has no index {other}"),
        };
        let condition = request["KeyConditionExpression"].as_str().unwrap();
        assert!(condition.starts_with(partition), "{condition}");
        // What is filtered is paid for: only the minute sweep filters, and that is cheaper than an index.
        let swept =
            request["FilterExpression"] == "due <= :now" && condition.contains("begins_with(sk, :sk)");
        assert!(swept || request["FilterExpression"] == Value::Null, "{request}");
        assert!(
            index.is_none() || request["ConsistentRead"] != true,
            "no index can"
        );
    }
    assert_eq!(indexes, BTreeSet::from([None, Some("GSI1")]));
    for call in &calls {
        let metered = call.request["ReturnConsumedCapacity"] == "TOTAL";
        assert!(metered, "{} is not metered: {}", call.operation, call.request);
    }
}
