//! The AsyncAPI document of the live channel, made from the message types. Committed as `contracts/asyncapi.json`.

use super::{generator, license};
use crate::live::{ClientMessage, MAX_FRAME, SUBPROTOCOL, ServerMessage};
use serde_json::{Map, Value, json};

/// What the server answers to each message of a client.
const REPLIES: &[(&str, &str)] = &[
    ("subscribe", "subscribed"),
    ("unsubscribe", "subscribed"),
    ("resync", "resynced"),
    ("ping", "pong"),
];

/// The answer to a message that was not understood.
const REFUSAL: &str = "error";

/// The AsyncAPI 3 document of the WebSocket API, as the server sees it: it receives what clients send.
#[must_use]
pub fn asyncapi() -> Value {
    let mut generator = generator();
    generator.subschema_for::<ClientMessage>();
    generator.subschema_for::<ServerMessage>();
    let mut schemas = generator.take_definitions(true);
    // Taken out: their variants are the messages, each with a name of its own.
    let sent = variants(schemas.remove("ClientMessage"));
    let pushed = variants(schemas.remove("ServerMessage"));

    let (mut messages, mut listed, mut operations) = (Map::new(), Map::new(), Map::new());
    for (name, payload) in sent.iter().chain(&pushed) {
        let mut message = json!({ "name": name, "payload": payload });
        if let (Some(message), Some(text)) = (message.as_object_mut(), payload.get("description")) {
            message.insert("summary".to_owned(), text.clone());
        }
        messages.insert(name.clone(), message);
        listed.insert(
            name.clone(),
            json!({ "$ref": format!("#/components/messages/{name}") }),
        );
    }
    for (name, _) in &sent {
        let answers: Vec<&str> = REPLIES
            .iter()
            .filter(|(message, _)| message == name)
            .map(|(_, reply)| *reply)
            .chain([REFUSAL])
            .collect();
        operations.insert(
            name.clone(),
            json!({
                "action": "receive",
                "channel": channel(),
                "messages": references([name.as_str()]),
                "reply": { "channel": channel(), "messages": references(answers) },
            }),
        );
    }
    let is_answer = |name: &str| name == REFUSAL || REPLIES.iter().any(|(_, reply)| *reply == name);
    let unasked = pushed.iter().map(|(name, _)| name.as_str());
    operations.insert(
        "push".to_owned(),
        json!({
            "action": "send",
            "channel": channel(),
            "summary": "Tells what changed, as far as the client has subscribed to it.",
            "messages": references(unasked.filter(|name| !is_answer(name))),
        }),
    );
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "FreshTrack live channel",
            "version": "1",
            "description": format!(
                "What changes, pushed to screens. One frame holds one message of at most {MAX_FRAME} bytes."
            ),
            "license": license(),
        },
        "defaultContentType": "application/json",
        "servers": {
            "live": {
                "host": "{api}.execute-api.{region}.amazonaws.com",
                "pathname": "/live",
                "protocol": "wss",
                "description": "`POST /v1/orgs/{org_id}/live/tickets` answers with the whole URL, ticket included.",
                "variables": {
                    "api": { "description": "The WebSocket API's identifier." },
                    "region": { "description": "The region it is deployed in." },
                },
                "security": [{ "$ref": "#/components/securitySchemes/ticket" }],
            },
        },
        "channels": {
            "live": {
                "address": "/",
                "description": "One socket of one caller, for one organization.",
                "messages": listed,
                "bindings": {
                    "ws": {
                        "bindingVersion": "0.1.0",
                        "headers": {
                            "type": "object",
                            "required": ["Sec-WebSocket-Protocol"],
                            "properties": { "Sec-WebSocket-Protocol": { "const": SUBPROTOCOL } },
                        },
                    },
                },
            },
        },
        "operations": operations,
        "components": {
            "messages": messages,
            "schemas": schemas,
            "securitySchemes": {
                "ticket": {
                    "type": "httpApiKey",
                    "in": "query",
                    "name": "ticket",
                    "description": "Opens one socket, once, within 30 seconds.",
                },
            },
        },
    })
}

fn channel() -> Value {
    json!({ "$ref": "#/channels/live" })
}

fn references<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<Value> {
    names
        .into_iter()
        .map(|name| json!({ "$ref": format!("#/channels/live/messages/{name}") }))
        .collect()
}

/// The variants of a message type by their `type`, each with what all of them have.
fn variants(schema: Option<Value>) -> Vec<(String, Value)> {
    let Some(Value::Object(mut common)) = schema else {
        return Vec::new();
    };
    common.remove("description");
    let Some(Value::Array(variants)) = common.remove("oneOf") else {
        return Vec::new();
    };
    variants
        .into_iter()
        .filter_map(|variant| {
            let name = variant.pointer("/properties/type/const")?.as_str()?.to_owned();
            let mut whole = Value::Object(common.clone());
            merge(&mut whole, variant);
            Some((name, whole))
        })
        .collect()
}

/// Adds what `more` says to `schema`.
fn merge(schema: &mut Value, more: Value) {
    match (schema, more) {
        (Value::Object(schema), Value::Object(more)) => {
            for (key, value) in more {
                match schema.get_mut(&key) {
                    Some(known) => merge(known, value),
                    None => {
                        schema.insert(key, value);
                    }
                }
            }
        }
        (Value::Array(schema), Value::Array(more)) => schema.extend(more),
        (schema, more) => *schema = more,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every reference within `value`.
    fn referred(value: &Value) -> Vec<String> {
        match value {
            Value::Object(fields) => fields
                .iter()
                .flat_map(|(key, value)| match value.as_str() {
                    Some(target) if key == "$ref" => vec![target.to_owned()],
                    _ => referred(value),
                })
                .collect(),
            Value::Array(items) => items.iter().flat_map(referred).collect(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let document = asyncapi();
        let references = referred(&document);
        assert!(!references.is_empty());
        for reference in references {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{reference}");
        }
    }

    #[test]
    fn a_message_is_a_variant_with_its_envelope() {
        let document = asyncapi();
        let payload = document
            .pointer("/components/messages/units.changed/payload")
            .unwrap();
        for field in ["v", "at", "seq", "type", "data"] {
            assert!(
                payload.pointer(&format!("/properties/{field}")).is_some(),
                "{field}"
            );
        }
        assert_eq!(payload["required"], json!(["v", "at", "seq", "type", "data"]));
    }

    #[test]
    fn every_message_is_received_answered_or_pushed() {
        let document = asyncapi();
        let operations = document["operations"].to_string();
        for name in document["components"]["messages"].as_object().unwrap().keys() {
            assert!(operations.contains(&format!("messages/{name}\"")), "{name}");
        }
        assert_eq!(
            document["operations"]["push"]["messages"],
            json!([
                { "$ref": "#/channels/live/messages/units.changed" },
                { "$ref": "#/channels/live/messages/alerts.changed" },
            ])
        );
        assert!(document["components"]["schemas"].get("ClientMessage").is_none());
    }
}
