//! Whether a client of the last release can still talk to this one.
//!
//! Two OpenAPI documents are compared. Additions are free; see `contracts/README.md` for what is not.

use crate::findings::Findings;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// Schemas that no operation refers to, and which way they travel. The bus's events are not among them: whoever hears
/// them is released together with who tells them.
const MESSAGES: &[(&str, Way)] = &[
    ("ClientMessage", Way::Request),
    ("OrganizationDocument", Way::Request),
    ("UploadedReading", Way::Request),
    ("ServerMessage", Way::Reply),
];

/// Which way a value travels: a request may be taken more generously, a reply may be given more exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    /// From the client.
    Request,
    /// To the client.
    Reply,
}

/// Notes everything that `released` promised and `current` does not keep.
pub(super) fn check(released: &Value, current: &Value, findings: &mut Findings) {
    let mut comparison = Comparison {
        released,
        current,
        seen: BTreeSet::new(),
        endpoint: String::new(),
        findings,
    };
    for (path, operations) in fields(&released["paths"]) {
        for (method, operation) in fields(operations) {
            comparison.endpoint = format!("{} {path}", method.to_uppercase());
            match current
                .get("paths")
                .and_then(|paths| paths.get(path)?.get(method))
            {
                Some(now) => comparison.operation(operation, now),
                None => comparison.note("the last release had it, and it is gone"),
            }
        }
    }
    for (name, way) in MESSAGES {
        let schema = |document: &Value| document.pointer(&format!("/components/schemas/{name}")).cloned();
        comparison.endpoint = (*name).to_owned();
        match (schema(released), schema(current)) {
            (Some(then), Some(now)) => comparison.schema(name, &then, &now, *way),
            (Some(_), None) => comparison.note("the last release had it, and it is gone"),
            (None, _) => {}
        }
    }
}

struct Comparison<'a> {
    released: &'a Value,
    current: &'a Value,
    /// Pairs of named schemas that were compared already. Types refer to themselves.
    seen: BTreeSet<(String, String, Way)>,
    /// The endpoint or message that is being compared.
    endpoint: String,
    findings: &'a mut Findings,
}

impl Comparison<'_> {
    fn note(&mut self, problem: impl std::fmt::Display) {
        self.findings.error(&self.endpoint, problem);
    }

    fn operation(&mut self, then: &Value, now: &Value) {
        self.credentials(then, now);
        self.parameters(then, now);
        self.request(then, now);
        for (status, response) in fields(&then["responses"]).filter(|(status, _)| status.starts_with('2')) {
            let Some(answer) = now["responses"].get(status) else {
                self.note(format!("answered {status}, and does so no longer"));
                continue;
            };
            for (media_type, media) in fields(&response["content"]) {
                match answer["content"].get(media_type) {
                    Some(other) => self.schema("reply", &media["schema"], &other["schema"], Way::Reply),
                    None => self.note(format!("answered with {media_type}, and does so no longer")),
                }
            }
        }
    }

    fn credentials(&mut self, then: &Value, now: &Value) {
        let schemes = |operation: &Value| -> BTreeSet<String> {
            items(&operation["security"])
                .flat_map(fields)
                .map(|(name, _)| name.to_owned())
                .collect()
        };
        let (then_taken, now_taken) = (schemes(then), schemes(now));
        if then_taken.is_empty() && !now_taken.is_empty() {
            self.note("was open to anyone, and now needs a credential");
        }
        if !now_taken.is_empty() {
            for scheme in then_taken.difference(&now_taken) {
                self.note(format!("no longer takes the credential {scheme}"));
            }
        }
        if let (before, Some(right)) = (then["x-right"].as_str(), now["x-right"].as_str())
            && before != Some(right)
        {
            let before = before.unwrap_or("none");
            self.note(format!("needed the right {before}, and now needs {right}"));
        }
    }

    fn parameters(&mut self, then: &Value, now: &Value) {
        let key = |parameter: &Value| (parameter["in"].clone(), parameter["name"].clone());
        for parameter in items(&then["parameters"]) {
            let name = parameter["name"].as_str().unwrap_or_default();
            match items(&now["parameters"]).find(|other| key(other) == key(parameter)) {
                Some(other) => self.schema(
                    &format!("parameter {name}"),
                    &parameter["schema"],
                    &other["schema"],
                    Way::Request,
                ),
                None => self.note(format!("parameter {name}: is gone")),
            }
        }
        for parameter in items(&now["parameters"]).filter(|parameter| parameter["required"] == true) {
            let before = items(&then["parameters"]).find(|other| key(other) == key(parameter));
            if before.is_none_or(|before| before["required"] != true) {
                let name = parameter["name"].as_str().unwrap_or_default();
                self.note(format!("parameter {name}: is now required"));
            }
        }
    }

    fn request(&mut self, then: &Value, now: &Value) {
        let body = |operation: &Value| {
            operation
                .pointer("/requestBody/content/application~1json/schema")
                .cloned()
        };
        match (body(then), body(now)) {
            (Some(then), Some(now)) => self.schema("request", &then, &now, Way::Request),
            (Some(_), None) => self.note("took a body, and does so no longer"),
            (None, Some(_)) if now.pointer("/requestBody/required") == Some(&Value::Bool(true)) => {
                self.note("now requires a body");
            }
            (None, _) => {}
        }
    }

    /// Compares two schemas of what stands at `place`.
    fn schema(&mut self, place: &str, then: &Value, now: &Value, way: Way) {
        let (then_given, now_given) = (then, now);
        let (then, then_name) = resolved(self.released, then);
        let (now, now_name) = resolved(self.current, now);
        let mut place = place.to_owned();
        if let (Some(then_name), Some(now_name)) = (then_name, now_name) {
            if !self.seen.insert((then_name.to_owned(), now_name.to_owned(), way)) {
                return;
            }
            place = then_name.to_owned();
        }
        if self.values(&place, then, now, way) {
            return;
        }
        self.types(&place, then, now, way);
        let (then_kinds, now_kinds) = (alternatives(then), alternatives(now));
        match (then_kinds.as_slice(), now_kinds.as_slice()) {
            ([], []) => self.body(&place, then, now, way),
            // What may be left out is one schema beside null.
            ([then], []) => self.schema(&place, then, now_given, way),
            ([], [now]) => self.schema(&place, then_given, now, way),
            ([then], [now]) => self.schema(&place, then, now, way),
            _ => {
                self.body(&place, then, now, way);
                for kind in then_kinds {
                    let key = key_of(kind);
                    match now_kinds.iter().find(|other| key_of(other) == key) {
                        Some(other) => self.schema(&format!("{place} {key}"), kind, other, way),
                        None => self.note(format!("{place}: {key} is gone")),
                    }
                }
            }
        }
    }

    /// Compares lists of allowed values; whether there were any.
    fn values(&mut self, place: &str, then: &Value, now: &Value, way: Way) -> bool {
        match (values_of(then), values_of(now)) {
            (Some(then), Some(now)) => {
                for value in then.difference(&now) {
                    self.note(format!("{place}: the value {value} is gone"));
                }
                true
            }
            (None, Some(now)) if way == Way::Request => {
                let now: Vec<String> = now.into_iter().collect();
                self.note(format!("{place}: now takes only {}", now.join(", ")));
                true
            }
            _ => false,
        }
    }

    fn types(&mut self, place: &str, then: &Value, now: &Value, way: Way) {
        let (then, now) = (types_of(self.released, then), types_of(self.current, now));
        let (given, taken) = match way {
            Way::Request => (&then, &now),
            Way::Reply => (&now, &then),
        };
        let fits = taken.is_empty()
            || !given.is_empty()
                && given
                    .iter()
                    .all(|name| taken.contains(name) || name == "integer" && taken.contains("number"));
        if !fits {
            let told = |types: &BTreeSet<String>| match types.len() {
                0 => "anything".to_owned(),
                _ => types.iter().cloned().collect::<Vec<_>>().join(" or "),
            };
            self.note(format!("{place}: was {}, and is now {}", told(&then), told(&now)));
        }
    }

    /// Compares fields and items.
    fn body(&mut self, place: &str, then: &Value, now: &Value, way: Way) {
        for (name, field) in fields(&then["properties"]) {
            match now["properties"].get(name) {
                Some(other) => self.schema(&format!("{place}.{name}"), field, other, way),
                None => self.note(format!("{place}.{name}: is gone")),
            }
        }
        let required = |schema: &Value| -> BTreeSet<String> {
            items(&schema["required"])
                .filter_map(|name| name.as_str().map(str::to_owned))
                .collect()
        };
        let (then_required, now_required) = (required(then), required(now));
        match way {
            Way::Request => {
                for name in now_required.difference(&then_required) {
                    self.note(format!("{place}.{name}: is now required"));
                }
            }
            Way::Reply => {
                for name in then_required.difference(&now_required) {
                    if now["properties"].get(name).is_some() {
                        self.note(format!("{place}.{name}: may now be missing"));
                    }
                }
            }
        }
        for inner in ["items", "additionalProperties"] {
            if let (Some(then), Some(now)) = (then.get(inner), now.get(inner))
                && then.is_object()
                && now.is_object()
            {
                self.schema(&format!("{place}[]"), then, now, way);
            }
        }
    }
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn fields(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value
        .as_object()
        .into_iter()
        .flat_map(Map::iter)
        .map(|(name, value)| (name.as_str(), value))
}

/// What `schema` refers to within `document`, with its name; or itself.
fn resolved<'a>(document: &'a Value, schema: &'a Value) -> (&'a Value, Option<&'a str>) {
    let Some(reference) = schema["$ref"].as_str() else {
        return (schema, None);
    };
    let target = reference
        .strip_prefix('#')
        .and_then(|pointer| document.pointer(pointer));
    (target.unwrap_or(schema), reference.rsplit('/').next())
}

/// The alternatives that `schema` leaves, without null and without those that are single values.
fn alternatives(schema: &Value) -> Vec<&Value> {
    items(&schema["anyOf"])
        .chain(items(&schema["oneOf"]))
        .filter(|kind| kind["type"] != "null" && kind.get("const").is_none())
        .collect()
}

/// What tells an alternative from the others: its name, a field with one value, the fields it requires, its type.
fn key_of(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return name.to_owned();
    }
    let tag = fields(&schema["properties"]).find_map(|(name, field)| {
        let value = field.get("const")?;
        Some(format!("{name}={}", value.as_str().unwrap_or_default()))
    });
    let required = || {
        let names: Vec<&str> = items(&schema["required"]).filter_map(Value::as_str).collect();
        (!names.is_empty()).then(|| names.join("+"))
    };
    tag.or_else(required)
        .unwrap_or_else(|| schema["type"].to_string())
}

/// The values that `schema` allows, if it lists them.
fn values_of(schema: &Value) -> Option<BTreeSet<String>> {
    if let Some(value) = schema.get("const") {
        return Some([value.to_string()].into());
    }
    if let Some(values) = schema["enum"].as_array() {
        return Some(values.iter().map(Value::to_string).collect());
    }
    let kinds = schema["oneOf"]
        .as_array()
        .or_else(|| schema["anyOf"].as_array())?;
    kinds
        .iter()
        .map(values_of)
        .try_fold(BTreeSet::new(), |mut all, values| {
            all.extend(values?);
            Some(all)
        })
}

/// The JSON types that `schema` allows; none for any.
fn types_of(document: &Value, schema: &Value) -> BTreeSet<String> {
    let (schema, _) = resolved(document, schema);
    match &schema["type"] {
        Value::String(name) => return [name.clone()].into(),
        Value::Array(names) => {
            return names
                .iter()
                .filter_map(|name| name.as_str().map(str::to_owned))
                .collect();
        }
        _ => {}
    }
    let mut types = BTreeSet::new();
    for kind in items(&schema["anyOf"]).chain(items(&schema["oneOf"])) {
        let of_kind = types_of(document, kind);
        if of_kind.is_empty() {
            return BTreeSet::new();
        }
        types.extend(of_kind);
    }
    types
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// A contract with one endpoint that takes `request` and answers `reply`, both named types.
    fn contract(request: Value, reply: Value) -> Value {
        let content = |name: &str| json!({ "application/json": { "schema": { "$ref": format!("#/components/schemas/{name}") } } });
        json!({
            "paths": { "/v1/units": { "post": {
                "security": [{ "access_key": [] }],
                "x-right": "read",
                "parameters": [{ "name": "limit", "in": "query", "schema": { "type": "integer" } }],
                "requestBody": { "required": true, "content": content("Create") },
                "responses": { "201": { "content": content("Unit") }, "404": {} },
            } } },
            "components": { "schemas": { "Create": request, "Unit": reply, "Kind": { "enum": ["cooler", "freezer"] } } },
        })
    }

    fn object(properties: Value, required: &[&str]) -> Value {
        json!({ "type": "object", "properties": properties, "required": required })
    }

    fn released() -> Value {
        contract(
            object(
                json!({
                    "name": { "type": "string" },
                    "kind": { "$ref": "#/components/schemas/Kind" },
                    "low_c": { "type": ["number", "null"] },
                }),
                &["name"],
            ),
            object(
                json!({
                    "id": { "type": "string" },
                    "kind": { "$ref": "#/components/schemas/Kind" },
                    "inside": { "anyOf": [{ "$ref": "#/components/schemas/Unit" }, { "type": "null" }] },
                    "readings": { "type": "array", "items": { "type": "number" } },
                }),
                &["id", "kind"],
            ),
        )
    }

    /// What is wrong with a contract that differs from the released one at `pointer`.
    fn changed(pointer: &str, value: Value) -> Vec<String> {
        let mut current = released();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        let parent = current.pointer_mut(parent).unwrap();
        match (parent, value) {
            (Value::Object(parent), Value::Null) => {
                parent.remove(key).unwrap();
            }
            (Value::Object(parent), value) => {
                parent.insert(key.to_owned(), value);
            }
            (parent, _) => panic!("{parent}"),
        }
        problems(&released(), &current)
    }

    fn problems(released: &Value, current: &Value) -> Vec<String> {
        let mut findings = Findings::default();
        check(released, current, &mut findings);
        let strip = |line: String| line.strip_prefix("error: ").unwrap().to_owned();
        findings.lines().into_iter().map(strip).collect()
    }

    const POST: &str = "/paths/~1v1~1units/post";
    const CREATE: &str = "/components/schemas/Create/properties";
    const UNIT: &str = "/components/schemas/Unit/properties";

    #[test]
    fn the_same_contract_and_additions_pass() {
        assert_eq!(problems(&released(), &released()), Vec::<String>::new());
        let none = Vec::<String>::new();
        assert_eq!(changed("/paths/new", json!({ "get": {} })), none);
        assert_eq!(
            changed(&format!("{UNIT}/name"), json!({ "type": "string" })),
            none
        );
        assert_eq!(
            changed(&format!("{CREATE}/note"), json!({ "type": "string" })),
            none
        );
        let kinds = json!({ "enum": ["cooler", "freezer", "display"] });
        assert_eq!(changed("/components/schemas/Kind", kinds), none);
    }

    #[test]
    fn an_endpoint_may_not_go() {
        assert_eq!(
            changed(POST, Value::Null),
            ["POST /v1/units: the last release had it, and it is gone"]
        );
        assert_eq!(
            changed(&format!("{POST}/responses"), json!({ "200": {} })),
            ["POST /v1/units: answered 201, and does so no longer"]
        );
    }

    #[test]
    fn a_field_of_a_reply_stays_as_it_is() {
        let unit = "POST /v1/units: Unit";
        assert_eq!(
            changed(&format!("{UNIT}/id"), Value::Null),
            [format!("{unit}.id: is gone")]
        );
        assert_eq!(
            changed(&format!("{UNIT}/id"), json!({ "type": "integer" })),
            [format!("{unit}.id: was string, and is now integer")]
        );
        assert_eq!(
            changed(&format!("{UNIT}/id"), json!({ "type": ["string", "null"] })),
            [format!("{unit}.id: was string, and is now null or string")]
        );
        assert_eq!(
            changed("/components/schemas/Unit/required", json!(["kind"])),
            [format!("{unit}.id: may now be missing")]
        );
        assert_eq!(
            changed(&format!("{UNIT}/readings/items"), json!({ "type": "string" })),
            [format!("{unit}.readings[]: was number, and is now string")]
        );
        // What was nullable may be there always, and what was a number may be a whole one.
        let unit = json!({ "$ref": "#/components/schemas/Unit" });
        assert_eq!(changed(&format!("{UNIT}/inside"), unit), Vec::<String>::new());
        assert_eq!(
            changed(&format!("{UNIT}/readings/items"), json!({ "type": "integer" })),
            Vec::<String>::new()
        );
    }

    #[test]
    fn a_request_that_was_taken_is_taken() {
        let create = "POST /v1/units: Create";
        assert_eq!(
            changed("/components/schemas/Create/required", json!(["name", "kind"])),
            [format!("{create}.kind: is now required")]
        );
        assert_eq!(
            changed(&format!("{CREATE}/low_c"), json!({ "type": "number" })),
            [format!("{create}.low_c: was null or number, and is now number")]
        );
        assert_eq!(
            changed(&format!("{CREATE}/low_c"), Value::Null),
            [format!("{create}.low_c: is gone")]
        );
        assert_eq!(
            changed(&format!("{CREATE}/name"), json!({ "enum": ["a", "b"] })),
            [format!("{create}.name: now takes only \"a\", \"b\"")]
        );
    }

    #[test]
    fn values_stay() {
        let found = changed("/components/schemas/Kind", json!({ "enum": ["cooler"] }));
        // Once on its way in and once on its way out.
        assert_eq!(found, ["POST /v1/units: Kind: the value \"freezer\" is gone"; 2]);
        let described = json!({ "oneOf": [{ "const": "cooler" }, { "const": "freezer" }] });
        assert_eq!(
            changed("/components/schemas/Kind", described),
            Vec::<String>::new()
        );
    }

    #[test]
    fn parameters_and_credentials_are_not_asked_for_anew() {
        let required =
            json!([{ "name": "limit", "in": "query", "required": true, "schema": { "type": "integer" } }]);
        assert_eq!(
            changed(&format!("{POST}/parameters"), required),
            ["POST /v1/units: parameter limit: is now required"]
        );
        assert_eq!(
            changed(&format!("{POST}/parameters"), json!([])),
            ["POST /v1/units: parameter limit: is gone"]
        );
        assert_eq!(
            changed(&format!("{POST}/x-right"), json!("manage_places")),
            ["POST /v1/units: needed the right read, and now needs manage_places"]
        );
        assert_eq!(
            changed(&format!("{POST}/security"), json!([{ "session": [] }])),
            ["POST /v1/units: no longer takes the credential access_key"]
        );
        assert_eq!(
            changed(&format!("{POST}/security"), json!([])),
            Vec::<String>::new()
        );
        let mut open = released();
        open["paths"]["/v1/units"]["post"]["security"] = json!([]);
        open["paths"]["/v1/units"]["post"]
            .as_object_mut()
            .unwrap()
            .remove("x-right");
        assert_eq!(
            problems(&open, &released()),
            [
                "POST /v1/units: was open to anyone, and now needs a credential",
                "POST /v1/units: needed the right none, and now needs read",
            ]
        );
    }

    #[test]
    fn messages_keep_their_variants() {
        let message = |kinds: &[(&str, &str)]| {
            let kinds: Vec<Value> = kinds
                .iter()
                .map(|(name, of)| {
                    object(
                        json!({ "type": { "const": name }, "since": { "type": of } }),
                        &["type"],
                    )
                })
                .collect();
            json!({ "components": { "schemas": { "ClientMessage": { "oneOf": kinds } } } })
        };
        let then = message(&[("ping", "string"), ("resync", "integer")]);
        assert_eq!(
            problems(&then, &message(&[("resync", "string"), ("more", "null")])),
            [
                "ClientMessage: ClientMessage: type=ping is gone",
                "ClientMessage: ClientMessage type=resync.since: was integer, and is now string",
            ]
        );
    }
}
