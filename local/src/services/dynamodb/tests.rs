use jiff::Timestamp;

use super::*;
use crate::template::{GlobalIndex, StreamView};

const NOW: i64 = 1_790_000_000_000;

fn key(partition: &str, sort: &str) -> KeySchema {
    let attribute = |name: &str| KeyAttribute {
        name: name.into(),
        kind: "S".into(),
    };
    KeySchema {
        partition: attribute(partition),
        sort: Some(attribute(sort)),
    }
}

fn table() -> Table {
    Table {
        logical_id: "Table".into(),
        name: "freshtrack".into(),
        key: key("pk", "sk"),
        global_indexes: vec![GlobalIndex {
            name: "by-site".into(),
            key: key("g1pk", "g1sk"),
            projection: Projection::Include(vec!["name".into()]),
        }],
        ttl_attribute: Some("ttl".into()),
        stream: Some(StreamView::NewAndOldImages),
    }
}

fn manual(now_ms: i64) -> LocalClock {
    LocalClock::manual(Timestamp::from_millisecond(now_ms).unwrap())
}

fn memory() -> DynamoDb {
    DynamoDb::open(&DataLocation::Memory, &[table()], manual(NOW)).unwrap()
}

async fn call(service: &DynamoDb, operation: &str, body: Value) -> (StatusCode, Value) {
    let request = Request::post("/")
        .header("x-amz-target", format!("DynamoDB_20120810.{operation}"))
        .body(Bytes::from(body.to_string()))
        .unwrap();
    let response = service.call(request).await;
    (
        response.status(),
        serde_json::from_slice(response.body()).unwrap(),
    )
}

async fn put(service: &DynamoDb, pk: &str, extra: Value) {
    let mut item = json!({"pk": {"S": pk}, "sk": {"S": "state"}});
    item.as_object_mut()
        .unwrap()
        .extend(extra.as_object().unwrap().clone());
    let (status, answer) = call(
        service,
        "PutItem",
        json!({"TableName": "freshtrack", "Item": item}),
    )
    .await;
    assert_eq!(status, StatusCode::OK, "{answer}");
}

async fn get(service: &DynamoDb, pk: &str) -> Value {
    let key = json!({"pk": {"S": pk}, "sk": {"S": "state"}});
    call(service, "GetItem", json!({"TableName": "freshtrack", "Key": key}))
        .await
        .1
}

#[tokio::test]
async fn items_are_written_read_updated_and_deleted() {
    let service = memory();
    put(
        &service,
        "unit-1",
        json!({"name": {"S": "Cold room"}, "g1pk": {"S": "site"}, "g1sk": {"S": "1"}}),
    )
    .await;
    assert_eq!(get(&service, "unit-1").await["Item"]["name"]["S"], "Cold room");

    let (status, updated) = call(
        &service,
        "UpdateItem",
        json!({
            "TableName": "freshtrack",
            "Key": {"pk": {"S": "unit-1"}, "sk": {"S": "state"}},
            "UpdateExpression": "SET #n = :n ADD rev :one",
            "ExpressionAttributeNames": {"#n": "name"},
            "ExpressionAttributeValues": {":n": {"S": "Freezer"}, ":one": {"N": "1"}},
            "ReturnValues": "ALL_NEW",
            "ReturnConsumedCapacity": "TOTAL",
        }),
    )
    .await;
    assert_eq!(
        (status, &updated["Attributes"]["rev"]["N"]),
        (StatusCode::OK, &json!("1"))
    );
    assert_eq!(updated["ConsumedCapacity"]["TableName"], "freshtrack");

    let (_, page) = call(
        &service,
        "Query",
        json!({
            "TableName": "freshtrack",
            "IndexName": "by-site",
            "KeyConditionExpression": "g1pk = :s",
            "ExpressionAttributeValues": {":s": {"S": "site"}},
        }),
    )
    .await;
    assert_eq!(
        (&page["Count"], &page["Items"][0]["name"]["S"]),
        (&json!(1), &json!("Freezer"))
    );

    let key = json!({"pk": {"S": "unit-1"}, "sk": {"S": "state"}});
    let (status, _) = call(
        &service,
        "DeleteItem",
        json!({"TableName": "freshtrack", "Key": key}),
    )
    .await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(get(&service, "unit-1").await, json!({}));
}

#[tokio::test]
async fn a_failed_condition_names_the_error_and_returns_the_item() {
    let service = memory();
    put(&service, "unit-1", json!({"rev": {"N": "3"}})).await;
    let (status, error) = call(
        &service,
        "PutItem",
        json!({
            "TableName": "freshtrack",
            "Item": {"pk": {"S": "unit-1"}, "sk": {"S": "state"}},
            "ConditionExpression": "rev = :r",
            "ExpressionAttributeValues": {":r": {"N": "2"}},
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }),
    )
    .await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(
        error["__type"]
            .as_str()
            .unwrap()
            .ends_with("#ConditionalCheckFailedException"),
        "{error}"
    );
    assert_eq!(error["Item"]["rev"]["N"], "3");
}

#[tokio::test]
async fn transactions_apply_as_a_whole_or_report_why_not() {
    let service = memory();
    put(&service, "taken", json!({})).await;
    let item = |pk: &str| {
        json!({"Put": {
            "TableName": "freshtrack",
            "Item": {"pk": {"S": pk}, "sk": {"S": "state"}},
            "ConditionExpression": "attribute_not_exists(pk)",
        }})
    };
    let (status, error) = call(
        &service,
        "TransactWriteItems",
        json!({"TransactItems": [item("free"), item("taken")]}),
    )
    .await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(error["CancellationReasons"][0]["Code"], "None");
    assert_eq!(error["CancellationReasons"][1]["Code"], "ConditionalCheckFailed");
    assert_eq!(get(&service, "free").await, json!({}));

    let (status, _) = call(
        &service,
        "TransactWriteItems",
        json!({"TransactItems": [item("free")]}),
    )
    .await;
    assert_eq!(status, StatusCode::OK);
    let key = json!({"pk": {"S": "free"}, "sk": {"S": "state"}});
    let read = json!({"TransactItems": [{"Get": {"TableName": "freshtrack", "Key": key}}]});
    assert_eq!(
        call(&service, "TransactGetItems", read).await.1["Responses"][0]["Item"]["pk"]["S"],
        "free"
    );
}

#[tokio::test]
async fn batches_write_and_read() {
    let service = memory();
    let requests: Vec<Value> = (0..25)
        .map(|n| json!({"PutRequest": {"Item": {"pk": {"S": format!("u{n}")}, "sk": {"S": "state"}}}}))
        .collect();
    let (status, _) = call(
        &service,
        "BatchWriteItem",
        json!({"RequestItems": {"freshtrack": requests}}),
    )
    .await;
    assert_eq!(status, StatusCode::OK);
    let keys: Vec<Value> = (0..25)
        .map(|n| json!({"pk": {"S": format!("u{n}")}, "sk": {"S": "state"}}))
        .collect();
    let (_, read) = call(
        &service,
        "BatchGetItem",
        json!({"RequestItems": {"freshtrack": {"Keys": keys}}}),
    )
    .await;
    assert_eq!(read["Responses"]["freshtrack"].as_array().unwrap().len(), 25);
}

#[tokio::test]
async fn refusals_carry_the_status_and_type_that_the_sdk_expects() {
    let service = memory();
    let cases = [
        (
            "GetItem",
            json!({"TableName": "freshtrack", "Key": {}}),
            400,
            "ValidationException",
        ),
        (
            "GetItem",
            json!({"TableName": "missing", "Key": {"pk": {"S": "a"}}}),
            400,
            "ResourceNotFoundException",
        ),
        ("GetItem", json!({"TableName": 7}), 400, "SerializationException"),
        ("DescribeBackup", json!({}), 501, "UnsupportedOperation"),
    ];
    for (operation, body, status, kind) in cases {
        let (answered, error) = call(&service, operation, body).await;
        assert_eq!(answered.as_u16(), status, "{operation}: {error}");
        assert!(
            error["__type"].as_str().unwrap().ends_with(kind),
            "{operation}: {error}"
        );
    }
}

#[tokio::test]
async fn a_write_wakes_those_who_watch_and_a_read_does_not() {
    let service = memory();
    let mut writes = service.watch_writes();
    get(&service, "unit-1").await;
    assert!(!writes.has_changed().unwrap());
    put(&service, "unit-1", json!({})).await;
    assert!(writes.has_changed().unwrap());
    writes.mark_unchanged();
}

#[tokio::test]
async fn expired_items_go_by_the_systems_clock() {
    let clock = manual(NOW);
    let service = DynamoDb::open(&DataLocation::Memory, &[table()], clock.clone()).unwrap();
    put(
        &service,
        "ticket",
        json!({"ttl": {"N": (NOW / 1000 + 60).to_string()}}),
    )
    .await;
    assert_eq!(service.sweep_once().unwrap(), 0);
    clock.advance(Duration::from_secs(61));
    assert_eq!(service.sweep_once().unwrap(), 1);
    assert_eq!(get(&service, "ticket").await, json!({}));
}

#[tokio::test]
async fn on_disk_nothing_expires_while_the_systems_clock_is_behind() {
    let folder = tempfile::tempdir().unwrap();
    let location = DataLocation::Directory(folder.path().into());
    let past = DynamoDb::open(&location, &[table()], manual(1_000_000_000_000)).unwrap();
    put(&past, "ticket", json!({"ttl": {"N": "1000000060"}})).await;
    assert_eq!(past.sweep_once().unwrap(), 0);
    let present = DynamoDb::open(&location, &[table()], LocalClock::real()).unwrap();
    assert_eq!(present.sweep_once().unwrap(), 1);
}

#[tokio::test]
async fn an_acknowledged_write_outlives_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let location = DataLocation::Directory(folder.path().into());
    let first = DynamoDb::open(&location, &[table()], LocalClock::real()).unwrap();
    put(&first, "unit-1", json!({"name": {"S": "Cold room"}})).await;
    // Opened again beside the first, which never got to close its file.
    let second = DynamoDb::open(&location, &[table()], LocalClock::real()).unwrap();
    assert_eq!(get(&second, "unit-1").await["Item"]["name"]["S"], "Cold room");
    drop(first);
}

#[test]
fn a_table_of_another_shape_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let location = DataLocation::Directory(folder.path().into());
    DynamoDb::open(&location, &[table()], LocalClock::real()).unwrap();
    let mut changed = table();
    changed.global_indexes[0].projection = Projection::All;
    let refused = DynamoDb::open(&location, &[changed], LocalClock::real())
        .err()
        .unwrap();
    assert!(
        matches!(
            refused,
            DynamoDbError::Differs {
                property: "GlobalSecondaryIndexes",
                ..
            }
        ),
        "{refused}"
    );
    let mut short_name = table();
    short_name.name = "ft".into();
    let refused = DynamoDb::open(&location, &[short_name], LocalClock::real())
        .err()
        .unwrap();
    assert!(matches!(refused, DynamoDbError::Template { .. }), "{refused}");
}

#[tokio::test]
async fn stream_positions_are_found_by_index() {
    let folder = tempfile::tempdir().unwrap();
    let location = DataLocation::Directory(folder.path().into());
    let service = DynamoDb::open(&location, &[table()], LocalClock::real()).unwrap();
    let connection = service.maintenance.as_ref().unwrap().lock().unwrap();
    // The engine's own statements, whose cost must not grow with the backlog.
    for statement in [
        "SELECT COALESCE(MAX(CAST(sequence_number AS INTEGER)), 0) + 1 FROM _stream_records WHERE table_name = 't'",
        "SELECT event_name FROM _stream_records WHERE table_name = 't' AND shard_id = 's'
         AND CAST(sequence_number AS INTEGER) > 5 ORDER BY CAST(sequence_number AS INTEGER) ASC LIMIT 9",
    ] {
        let plan: String = connection
            .query_row(&format!("EXPLAIN QUERY PLAN {statement}"), [], |row| {
                row.get("detail")
            })
            .unwrap();
        assert!(plan.contains("stream_records_by_position"), "{plan}");
    }
}
