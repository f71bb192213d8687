use super::super::{EvaluationError, Message};
use super::*;
use serde_json::json;

const TOPIC: &str = "freshtrack/org_1/dev_1/up";

fn apply(sql: &str, payload: &[u8]) -> Result<Option<Value>, EvaluationError> {
    let message = Message {
        topic: TOPIC,
        payload,
        client_id: "gateway",
        received_at_ms: 1_795_262_400_123,
    };
    Statement::parse(sql).unwrap().apply(&message)
}

fn selected(sql: &str, payload: &Value) -> Option<Value> {
    apply(sql, payload.to_string().as_bytes()).unwrap()
}

#[test]
fn the_rule_of_the_product_keeps_what_it_says_apart_from_what_is_published() {
    let sql = "SELECT encode(*, 'base64') AS message_base64, topic(2) AS org_id, topic(3) AS device_id, \
               timestamp() AS received_at_ms FROM 'freshtrack/+/+/up'";
    let statement = Statement::parse(sql).unwrap();
    assert!(statement.selects(TOPIC));
    assert!(!statement.selects("freshtrack/org_1/up"));
    for (payload, message_base64) in [
        (&br#"{"org_id": "forged"}"#[..], "eyJvcmdfaWQiOiAiZm9yZ2VkIn0="),
        (&[0xCB, 0xA4, 0xFF], "y6T/"),
    ] {
        assert_eq!(
            apply(sql, payload),
            Ok(Some(json!({
                "message_base64": message_base64,
                "org_id": "org_1",
                "device_id": "dev_1",
                "received_at_ms": 1_795_262_400_123_i64,
            })))
        );
    }
}

#[test]
fn fields_are_added_to_the_payload() {
    assert_eq!(
        selected(
            "SELECT *, topic(3) AS device_id FROM '#'",
            &json!({"temperature": 4.5})
        ),
        Some(json!({"temperature": 4.5, "device_id": "dev_1"}))
    );
}

#[test]
fn fields_literals_and_functions_are_selected_under_their_names() {
    let payload = json!({"a": {"b": 1}, "c": "text"});
    let cases = [
        ("select a.b, c as text from '#'", json!({"b": 1, "text": "text"})),
        (
            "SELECT topic(), clientid(), topic(9) AS none FROM '#'",
            json!({"topic": TOPIC, "clientid": "gateway"}),
        ),
        (
            "SELECT 'x' AS s, -1.5 AS n, true AS t, null AS z FROM '#'",
            json!({"s": "x", "n": -1.5, "t": true, "z": null}),
        ),
        ("SELECT missing AS m, a.none FROM '#'", json!({})),
        (
            "SELECT encode(c, 'base64') AS c FROM '#'",
            json!({"c": "dGV4dA=="}),
        ),
    ];
    for (sql, expected) in cases {
        assert_eq!(selected(sql, &payload), Some(expected), "{sql}");
    }
}

#[test]
fn conditions_leave_messages_out() {
    let payload = json!({"t": 8.5, "door": "open", "n": "7", "ok": true, "nested": {"x": 1}});
    let cases = [
        ("t > 8", true),
        ("t >= 8.5 AND door = 'open'", true),
        ("t < 8 OR door <> 'open'", false),
        ("t < 8 OR door = 'open' AND ok", true),
        ("(t < 8 OR door = 'open') AND NOT ok", false),
        ("n = 7", true),
        ("nested.x != 1", false),
        ("missing > 1", false),
        ("NOT missing", false),
        ("missing = 1 OR ok", true),
        ("door > 3", false),
        ("topic(2) = 'org_1'", true),
        ("t", false),
    ];
    for (condition, expected) in cases {
        let sql = format!("SELECT * FROM '#' WHERE {condition}");
        assert_eq!(selected(&sql, &payload).is_some(), expected, "{condition}");
    }
}

#[test]
fn a_binary_payload_can_only_be_encoded() {
    let frame = [0xCB, 0xA4, 0xFF];
    assert_eq!(apply("SELECT * FROM '#'", &frame), Err(EvaluationError::NotJson));
    assert_eq!(
        apply("SELECT temperature FROM '#'", &frame),
        Err(EvaluationError::NotJson)
    );
    assert_eq!(
        apply(
            "SELECT encode(*, 'base64') AS payload, topic(3) AS device FROM '#'",
            &frame
        ),
        Ok(Some(json!({"payload": "y6T/", "device": "dev_1"})))
    );
}

#[test]
fn only_an_object_takes_more_fields() {
    assert_eq!(apply("SELECT * FROM '#'", b"[1,2]"), Ok(Some(json!([1, 2]))));
    assert_eq!(
        apply("SELECT *, topic() FROM '#'", b"[1,2]"),
        Err(EvaluationError::NotAnObject)
    );
}

#[test]
fn what_is_not_supported_is_refused_with_its_reason() {
    let cases = [
        ("INSERT INTO x", "expected SELECT, found INSERT"),
        (
            "SELECT * FROM topic",
            "expected a quoted topic filter, found topic",
        ),
        ("SELECT * FROM 'a/#/b'", "\"a/#/b\" is no topic filter"),
        ("SELECT a b FROM '#'", "expected FROM or a comma, found b"),
        (
            "SELECT 1 FROM '#'",
            "an expression in the select list needs AS and a name",
        ),
        (
            "SELECT newuuid() AS id FROM '#'",
            "function newuuid() is not supported",
        ),
        (
            "SELECT topic(0) AS t FROM '#'",
            "expected the number of a topic level, found another number",
        ),
        (
            "SELECT encode(*, 'hex') AS p FROM '#'",
            "expected 'base64', found 'hex'",
        ),
        ("SELECT * FROM 'a", "a quote is never closed"),
        (
            "SELECT * FROM 'a' LIMIT 1",
            "expected the end or WHERE, found LIMIT",
        ),
        ("SELECT * FROM 'a' WHERE", "expected a value, found the end"),
        ("SELECT * FROM 'a' WHERE t > ;", "unexpected character ';'"),
        ("SELECT * FROM 'a' WHERE (t > 1", "expected ), found the end"),
    ];
    for (sql, reason) in cases {
        assert_eq!(Statement::parse(sql).unwrap_err().to_string(), reason, "{sql}");
    }
}
