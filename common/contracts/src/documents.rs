//! The OpenAPI document, made from the endpoint list. Committed as `contracts/openapi.json`.

use crate::endpoints::{Endpoint, endpoints};
use crate::events::Event;
use crate::ingest::UploadedReading;
use crate::live::{ClientMessage, ServerMessage};
use crate::organization::OrganizationDocument;
use crate::problem::{Problem, ProblemCode};
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

/// The OpenAPI 3.1 document of the HTTP API. The socket's messages and the bus's events are among its schemas,
/// so that one generation of the client covers them too.
#[must_use]
pub fn openapi() -> Value {
    let mut settings = SchemaSettings::draft2020_12();
    settings.definitions_path = "/components/schemas".into();
    settings.meta_schema = None;
    let mut generator = settings.into_generator();
    let mut paths = Map::new();
    for endpoint in endpoints() {
        let operation = operation(endpoint, &mut generator);
        let path = paths.entry(endpoint.path).or_insert_with(|| json!({}));
        if let Some(path) = path.as_object_mut() {
            path.insert(endpoint.method.to_lowercase(), operation);
        }
    }
    generator.subschema_for::<ClientMessage>();
    generator.subschema_for::<ServerMessage>();
    generator.subschema_for::<Event>();
    generator.subschema_for::<UploadedReading>();
    generator.subschema_for::<OrganizationDocument>();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "FreshTrack",
            "version": "1",
            "description": "Food safety monitoring: readings in, verdicts and alerts out.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "paths": paths,
        "components": {
            "schemas": generator.take_definitions(true),
            "securitySchemes": { "access_key": { "type": "http", "scheme": "bearer", "bearerFormat": "ftk_…" } },
        },
    })
}

fn operation(endpoint: &Endpoint, generator: &mut SchemaGenerator) -> Value {
    let mut parameters: Vec<Value> = path_parameters(endpoint.path)
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
        .collect();
    for parameter in endpoint.query {
        let mut schema =
            json!({ "type": if parameter.format == Some("int32") { "integer" } else { "string" } });
        if let (Some(format), Some(schema)) = (parameter.format, schema.as_object_mut()) {
            schema.insert("format".to_owned(), json!(format));
        }
        parameters.push(json!({
            "name": parameter.name, "in": "query", "required": parameter.required,
            "description": parameter.description, "schema": schema,
        }));
    }
    if endpoint.method == "POST" && endpoint.access.needs_credential() {
        parameters.push(json!({
            "name": "Idempotency-Key", "in": "header", "required": false,
            "description": "Makes it safe to send the request again: what it creates is created once.",
            "schema": { "type": "string", "minLength": 1, "maxLength": 255 },
        }));
    }
    if matches!(endpoint.method, "PATCH" | "PUT") {
        parameters.push(json!({
            "name": "If-Match", "in": "header", "required": false,
            "description": "The ETag of what the change is based on: it is refused if somebody else was faster.",
            "schema": { "type": "string" },
        }));
    }
    let mut responses = Map::new();
    let mut success = json!({ "description": "Success" });
    if let (Some(reply), Some(success)) = (endpoint.reply, success.as_object_mut()) {
        success.insert(
            "content".to_owned(),
            json!({ "application/json": { "schema": reply(generator) } }),
        );
    }
    responses.insert(endpoint.status.to_string(), success);
    let everyone: &[ProblemCode] = &[ProblemCode::Internal, ProblemCode::Unavailable];
    let credential: &[ProblemCode] = &[ProblemCode::MissingRight, ProblemCode::NotFound];
    let guarded = if endpoint.access.needs_credential() {
        credential
    } else {
        &[]
    };
    let keyed: &[ProblemCode] = match endpoint.method {
        "POST" if endpoint.access.needs_credential() => {
            &[ProblemCode::InvalidRequest, ProblemCode::KeyReused]
        }
        "PATCH" | "PUT" => &[
            ProblemCode::InvalidRequest,
            ProblemCode::Conflict,
            ProblemCode::Stale,
        ],
        _ => &[],
    };
    for code in everyone
        .iter()
        .chain(guarded)
        .chain(keyed)
        .chain(endpoint.problems)
    {
        responses.insert(
            code.status().to_string(),
            json!({
                "description": code.title(),
                "content": { "application/problem+json": { "schema": generator.subschema_for::<Problem>() } },
            }),
        );
    }
    let mut operation = json!({
        "operationId": endpoint.function,
        "summary": endpoint.summary,
        "parameters": parameters,
        "responses": responses,
    });
    if let Some(operation) = operation.as_object_mut() {
        if let Some(request) = endpoint.request {
            operation.insert(
                "requestBody".to_owned(),
                request_body(endpoint, request(generator)),
            );
        }
        if let Some(right) = endpoint.access.right() {
            operation.insert("x-right".to_owned(), json!(right.name()));
        }
        if endpoint.access.needs_credential() {
            operation.insert("security".to_owned(), json!([{ "access_key": [] }]));
            if let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) {
                responses.insert("401".to_owned(), json!({ "description": "No credential" }));
            }
        }
    }
    operation
}

fn request_body(endpoint: &Endpoint, schema: schemars::Schema) -> Value {
    let mut media = json!({ "schema": schema });
    if let (Some(example), Some(media)) = (endpoint.example, media.as_object_mut()) {
        media.insert("example".to_owned(), example());
    }
    json!({ "required": true, "content": { "application/json": media } })
}

fn path_parameters(path: &str) -> impl Iterator<Item = &str> {
    path.split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}
