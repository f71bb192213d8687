//! The OpenAPI document, made from the endpoint list. Committed as `contracts/openapi.json`.

use super::{generator, license};
use crate::endpoints::{AREAS, Access, Endpoint, QueryParameter, endpoints};
use crate::events::Event;
use crate::ingest::UploadedReading;
use crate::live::{ClientMessage, ServerMessage};
use crate::organization::OrganizationDocument;
use crate::page::PageSize;
use crate::problem::{Problem, ProblemCode};
use freshtrack_domain::ids::{
    AccessKeyId, AlertId, AreaId, CalibrationId, FrameId, GatewayId, InvitationId, JobId, LogId, NetworkId,
    OrgId, PendingChangeId, ProcessId, SensorId, SessionId, SiteId, UnitId, UserId,
};
use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

/// The parameter that says how many items of a list are asked for.
const LIMIT: &str = "limit";

/// Makes the schema of one type.
type MakeSchema = fn(&mut SchemaGenerator) -> Schema;

/// The identifiers in paths and queries, by the name of their parameter.
const IDENTIFIERS: &[(&str, MakeSchema)] = &[
    ("org_id", SchemaGenerator::subschema_for::<OrgId>),
    ("site_id", SchemaGenerator::subschema_for::<SiteId>),
    ("area_id", SchemaGenerator::subschema_for::<AreaId>),
    ("unit_id", SchemaGenerator::subschema_for::<UnitId>),
    ("sensor_id", SchemaGenerator::subschema_for::<SensorId>),
    ("gateway_id", SchemaGenerator::subschema_for::<GatewayId>),
    ("calibration_id", SchemaGenerator::subschema_for::<CalibrationId>),
    ("network_id", SchemaGenerator::subschema_for::<NetworkId>),
    ("job_id", SchemaGenerator::subschema_for::<JobId>),
    ("change_id", SchemaGenerator::subschema_for::<PendingChangeId>),
    ("alert_id", SchemaGenerator::subschema_for::<AlertId>),
    ("log_id", SchemaGenerator::subschema_for::<LogId>),
    ("process_id", SchemaGenerator::subschema_for::<ProcessId>),
    ("frame_id", SchemaGenerator::subschema_for::<FrameId>),
    ("user_id", SchemaGenerator::subschema_for::<UserId>),
    ("session_id", SchemaGenerator::subschema_for::<SessionId>),
    ("invitation_id", SchemaGenerator::subschema_for::<InvitationId>),
    ("key_id", SchemaGenerator::subschema_for::<AccessKeyId>),
];

/// The credential of a machine.
const ACCESS_KEY: &str = "access_key";
/// The credential of a person.
const SESSION: &str = "session";

/// What holds for all endpoints, for whoever reads the document first.
const DESCRIPTION: &str = "Food safety monitoring: readings in, verdicts and alerts out. \
A list replies with `items` and, unless it is the last page, with `next_cursor`: send it back as `cursor`. \
Who is refused gets a problem document (`application/problem+json`, RFC 9457): decide by its `code`. \
The gateway in front of the API refuses by itself what has no credential (401), one that is unknown or has ended (403), \
a path that there is not (404), more than 10 MB (413) and too many requests (429); its replies are `application/json` with \
nothing but a `message`. So 403 with a problem document means that a right is missing, and without one that the credential is \
none any more. Nothing was done in either case.";

/// The OpenAPI 3.1 document of the HTTP API. The socket's messages and the bus's events are among its schemas,
/// so that one generation of the client covers them too.
#[must_use]
pub fn openapi() -> Value {
    let mut generator = generator();
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
            "description": DESCRIPTION,
            "license": license(),
        },
        "tags": AREAS
            .iter()
            .map(|area| json!({ "name": area.name, "description": area.about }))
            .collect::<Vec<_>>(),
        "paths": paths,
        "components": {
            "schemas": generator.take_definitions(true),
            "securitySchemes": {
                (ACCESS_KEY): {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "ftk_…",
                    "description": "An access key of one organization, for programs and network servers.",
                },
                (SESSION): {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "The access token of a person who has signed in, good for a few minutes.",
                },
            },
        },
    })
}

fn operation(endpoint: &Endpoint, generator: &mut SchemaGenerator) -> Value {
    let mut parameters: Vec<Value> = path_parameters(endpoint.path)
        .map(|name| {
            let schema = identifier(name, generator).unwrap_or_else(|| json!({ "type": "string" }));
            json!({ "name": name, "in": "path", "required": true, "schema": schema })
        })
        .collect();
    for parameter in endpoint.query_parameters() {
        parameters.push(json!({
            "name": parameter.name, "in": "query", "required": parameter.required,
            "description": parameter.description, "schema": query_schema(endpoint, parameter, generator),
        }));
    }
    if takes_idempotency_key(endpoint) {
        parameters.push(json!({
            "name": "Idempotency-Key", "in": "header", "required": false,
            "description": "Makes it safe to send the request again: what it creates is created once.",
            "schema": { "type": "string", "minLength": 1, "maxLength": 255 },
        }));
    }
    if takes_if_match(endpoint) {
        parameters.push(json!({
            "name": "If-Match", "in": "header", "required": false,
            "description": "The ETag of what the change is based on: it is refused if somebody else was faster.",
            "schema": { "type": "string", "pattern": "^(\"[0-9]{1,19}\"|\\*)$" },
        }));
    }
    let mut operation = json!({
        "operationId": endpoint.function,
        "summary": endpoint.summary,
        "tags": [endpoint.area()],
        "parameters": parameters,
        "responses": responses(endpoint, generator),
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
        let security = match endpoint.access {
            Access::Anyone => json!([]),
            Access::Organization(_) => json!([{ ACCESS_KEY: [] }, { SESSION: [] }]),
            Access::SignedIn | Access::Platform => json!([{ SESSION: [] }]),
        };
        operation.insert("security".to_owned(), security);
    }
    operation
}

/// What the identifier `name` looks like, if it is one of ours.
fn identifier(name: &str, generator: &mut SchemaGenerator) -> Option<Value> {
    let (_, schema) = IDENTIFIERS.iter().find(|(known, _)| *known == name)?;
    Some(schema(generator).to_value())
}

/// What a query parameter looks like.
fn query_schema(endpoint: &Endpoint, parameter: &QueryParameter, generator: &mut SchemaGenerator) -> Value {
    if let (LIMIT, Some(PageSize { default, most })) = (parameter.name, endpoint.pages()) {
        return json!({ "type": "integer", "format": "int32", "minimum": 1, "maximum": most, "default": default });
    }
    match (parameter.name, parameter.format) {
        (_, Some("int32")) => json!({ "type": "integer", "format": "int32" }),
        (_, Some(format)) => json!({ "type": "string", "format": format }),
        (name, None) => identifier(name, generator).unwrap_or_else(|| json!({ "type": "string" })),
    }
}

/// What the endpoint answers, by status.
fn responses(endpoint: &Endpoint, generator: &mut SchemaGenerator) -> Map<String, Value> {
    let mut responses = Map::new();
    let mut success = Map::new();
    success.insert("description".to_owned(), json!("Success"));
    if let Some(reply) = endpoint.reply {
        success.insert(
            "content".to_owned(),
            json!({ endpoint.media_type: { "schema": reply(generator) } }),
        );
    }
    let tag = json!({
        "description": "The revision, to be sent back as `If-Match`.",
        "schema": { "type": "string" },
    });
    if endpoint.reply.is_some() && is_revisioned(endpoint) {
        success.insert("headers".to_owned(), json!({ "ETag": tag }));
    }
    if endpoint.media_type == "text/csv" {
        let next = json!({
            "description": "With `rel=\"next\"`, where the next page is; none on the last one (RFC 8288).",
            "schema": { "type": "string" },
        });
        success.insert("headers".to_owned(), json!({ "Link": next }));
    }
    responses.insert(endpoint.status.to_string(), Value::Object(success));
    for code in problems(endpoint) {
        let mut response = json!({
            "description": code.title(),
            "content": { "application/problem+json": { "schema": generator.subschema_for::<Problem>() } },
        });
        let waits = matches!(code, ProblemCode::TooManyRequests | ProblemCode::Unavailable);
        if let (true, Some(response)) = (waits, response.as_object_mut()) {
            let after = json!({
                "description": "Seconds to wait before trying again.",
                "schema": { "type": "integer" },
            });
            response.insert("headers".to_owned(), json!({ "Retry-After": after }));
        }
        responses.insert(code.status().to_string(), response);
    }
    for (status, description) in gateway_answers(endpoint) {
        let response = responses
            .entry(status.to_string())
            .or_insert_with(|| json!({ "description": description, "content": {} }));
        let schema = json!({
            "type": "object",
            "properties": { "message": { "type": "string" } },
            "required": ["message"],
        });
        if let Some(content) = response.get_mut("content").and_then(Value::as_object_mut) {
            content.insert("application/json".to_owned(), json!({ "schema": schema }));
        }
    }
    responses
}

/// What the gateway answers by itself, before or in place of the endpoint. None of it is a problem document.
fn gateway_answers(endpoint: &Endpoint) -> impl Iterator<Item = (u16, &'static str)> {
    let closed = endpoint.access.needs_credential();
    let named = path_parameters(endpoint.path).next().is_some();
    [
        (closed, 401, "No credential"),
        (closed, 403, "A credential that is none, or none any more"),
        (named, 404, "No such path"),
        (endpoint.request.is_some(), 413, "More than the gateway takes"),
        (true, 429, "More requests than the gateway lets in"),
        (true, 500, "No answer that the gateway understands"),
        (true, 503, "No answer in time"),
    ]
    .into_iter()
    .filter_map(|(possible, status, description)| possible.then_some((status, description)))
}

/// Whether what the endpoint shows or changes has a revision that a change can be tied to.
fn is_revisioned(endpoint: &Endpoint) -> bool {
    let changes = |other: &Endpoint| other.path == endpoint.path && takes_if_match(other);
    matches!(endpoint.method, "GET" | "PATCH" | "PUT") && endpoints().any(changes)
}

fn takes_if_match(endpoint: &Endpoint) -> bool {
    matches!(endpoint.method, "PATCH" | "PUT")
}

fn takes_idempotency_key(endpoint: &Endpoint) -> bool {
    endpoint.method == "POST" && endpoint.access.needs_credential()
}

/// The problems the endpoint may answer with: those of every endpoint, those of its kind, its own.
fn problems(endpoint: &Endpoint) -> Vec<ProblemCode> {
    let mut problems = vec![ProblemCode::Internal, ProblemCode::Unavailable];
    match endpoint.access {
        Access::Anyone => {}
        Access::Organization(_) => problems.extend([ProblemCode::MissingRight, ProblemCode::NotFound]),
        Access::SignedIn | Access::Platform => {
            problems.extend([
                ProblemCode::NotSignedIn,
                ProblemCode::MissingRight,
                ProblemCode::NotFound,
            ]);
        }
    }
    if endpoint.request.is_some() {
        problems.extend([ProblemCode::InvalidRequest, ProblemCode::TooLarge]);
    }
    if takes_idempotency_key(endpoint) {
        problems.extend([ProblemCode::InvalidRequest, ProblemCode::KeyReused]);
    }
    if takes_if_match(endpoint) {
        problems.extend([
            ProblemCode::InvalidRequest,
            ProblemCode::Conflict,
            ProblemCode::Stale,
        ]);
    }
    if endpoint.pages().is_some() {
        problems.push(ProblemCode::InvalidRequest);
    }
    problems.extend(endpoint.problems);
    problems
}

fn request_body(endpoint: &Endpoint, schema: Schema) -> Value {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn operation_of(function: &str) -> Value {
        let document = openapi();
        let endpoint = crate::endpoints::of_function(function).unwrap();
        document["paths"][endpoint.path][endpoint.method.to_lowercase()].clone()
    }

    fn statuses(operation: &Value) -> Vec<&str> {
        let responses = operation["responses"].as_object().unwrap();
        responses.keys().map(String::as_str).collect()
    }

    fn parameters(operation: &Value) -> Vec<&str> {
        let parameters = operation["parameters"].as_array().unwrap();
        parameters
            .iter()
            .map(|parameter| parameter["name"].as_str().unwrap())
            .collect()
    }

    #[test]
    fn every_endpoint_is_an_operation_of_its_own() {
        let document = openapi();
        let operations: usize = document["paths"]
            .as_object()
            .unwrap()
            .values()
            .map(|path| path.as_object().unwrap().len())
            .sum();
        assert_eq!(operations, endpoints().count());
    }

    #[test]
    fn a_change_can_be_tied_to_a_revision() {
        let change = operation_of("places-update-site");
        assert_eq!(parameters(&change), ["org_id", "site_id", "If-Match"]);
        assert!(statuses(&change).contains(&"412"), "{change}");
        for function in ["places-get-site", "places-update-site"] {
            let reply = &operation_of(function)["responses"]["200"];
            assert!(reply["headers"]["ETag"].is_object(), "{function}");
        }
        let list = &operation_of("places-list-sites")["responses"]["200"];
        assert!(list.get("headers").is_none());
    }

    #[test]
    fn a_creation_can_be_repeated() {
        let creation = operation_of("places-create-site");
        assert_eq!(parameters(&creation), ["org_id", "Idempotency-Key"]);
        for status in ["201", "400", "401", "403", "404", "422", "503"] {
            assert!(statuses(&creation).contains(&status), "{status}");
        }
        assert!(creation["requestBody"]["content"]["application/json"]["example"].is_object());
    }

    #[test]
    fn every_identifier_is_told_what_it_looks_like() {
        for endpoint in endpoints() {
            let asked = endpoint.query_parameters().map(|parameter| parameter.name);
            for name in path_parameters(endpoint.path)
                .chain(asked)
                .filter(|name| name.ends_with("_id"))
            {
                let known = IDENTIFIERS.iter().any(|(known, _)| *known == name);
                assert!(known, "{}: {name}", endpoint.function);
            }
        }
    }

    #[test]
    fn who_has_nothing_to_say_has_no_body() {
        let deletion = operation_of("places-delete-site");
        assert!(deletion["responses"]["204"].get("content").is_none());
    }

    #[test]
    fn credentials_are_those_that_are_let_in() {
        let schemes = |function: &str| operation_of(function)["security"].clone();
        assert_eq!(schemes("platform-get-health"), json!([]));
        assert_eq!(
            schemes("places-create-site"),
            json!([{ "access_key": [] }, { "session": [] }])
        );
        assert_eq!(schemes("identity-get-me"), json!([{ "session": [] }]));
    }

    #[test]
    fn whoever_must_wait_is_told_how_long() {
        let unavailable = &operation_of("places-create-site")["responses"]["503"];
        assert!(unavailable["headers"]["Retry-After"].is_object());
    }
}
