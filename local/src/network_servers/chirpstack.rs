//! ChirpStack v4, its REST proxy.

use super::state::{Device, Grant, State};
use super::{Answer, Call, Code};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use serde_json::{Value, json};

/// A tenant, and what it has.
struct Tenant {
    id: String,
    application_id: String,
    device_profile_id: String,
}

pub(super) fn answer(state: &mut State, call: &Call<'_>) -> Result<Answer, Answer> {
    let tenant = tenant_of(state, call)?;
    let method = call.method;
    match call.parts().as_slice() {
        ["api", "applications", id] if method == Method::GET && *id == tenant.application_id => {
            let application = json!({ "id": id, "name": "FreshTrack", "tenantId": tenant.id });
            Ok(Answer::of(json!({ "application": application })))
        }
        ["api", "applications", id, "integrations", "http"] if *id == tenant.application_id => {
            integration(state, call, id)
        }
        ["api", "device-profiles", id] if method == Method::GET && *id == tenant.device_profile_id => {
            let profile = json!({ "id": id, "name": "Sensors", "tenantId": tenant.id });
            Ok(Answer::of(json!({ "deviceProfile": profile })))
        }
        ["api", "devices"] if method == Method::POST => create(state, call, &tenant),
        ["api", "devices", eui] if method == Method::GET => {
            let device = find(state, &tenant, eui)?;
            Ok(Answer::of(json!({ "device": device.device })))
        }
        ["api", "devices", eui] if method == Method::DELETE => {
            find(state, &tenant, eui)?;
            state.devices.remove(&eui.to_lowercase());
            Ok(Answer::of(json!({})))
        }
        ["api", "devices", eui, "keys"] if method == Method::POST || method == Method::PUT => {
            let keys = field(call, "deviceKeys")?;
            let root = text(&keys, "nwkKey");
            if root.len() != 32 || !root.bytes().all(|b| b.is_ascii_hexdigit()) {
                return Err(Answer::error(Code::InvalidArgument, "nwkKey: invalid length"));
            }
            let device = find(state, &tenant, eui)?;
            if method == Method::POST && device.keys.is_some() {
                return Err(Answer::error(Code::AlreadyExists, "Object already exists"));
            }
            device.keys = Some(keys);
            Ok(Answer::of(json!({})))
        }
        ["api", "devices", eui, "queue"] if method == Method::POST => {
            let mut item = field(call, "queueItem")?;
            let port = item.get("fPort").and_then(Value::as_u64).unwrap_or(0);
            if !(1..=255).contains(&port) || STANDARD.decode(text(&item, "data")).is_err() {
                return Err(Answer::error(Code::InvalidArgument, "invalid queue item"));
            }
            let id = crate::services::identifiers::uuid();
            if let Some(item) = item.as_object_mut() {
                item.insert("id".to_owned(), id.clone().into());
            }
            find(state, &tenant, eui)?.queue.push(item);
            Ok(Answer::of(json!({ "id": id })))
        }
        ["api", "devices", eui, "queue"] if method == Method::GET => {
            let queue = &find(state, &tenant, eui)?.queue;
            Ok(Answer::of(json!({ "totalCount": queue.len(), "result": queue })))
        }
        _ => Err(not_found()),
    }
}

/// The one HTTP integration of an application.
fn integration(state: &mut State, call: &Call<'_>, application: &str) -> Result<Answer, Answer> {
    let known = state.integrations.contains_key(application);
    match *call.method {
        Method::POST if known => return Err(Answer::error(Code::AlreadyExists, "Object already exists")),
        Method::PUT | Method::GET | Method::DELETE if !known => return Err(not_found()),
        Method::GET => {
            let integration = state.integrations.get(application);
            return Ok(Answer::of(json!({ "integration": integration })));
        }
        Method::DELETE => {
            state.integrations.remove(application);
        }
        Method::POST | Method::PUT => {
            let integration = field(call, "integration")?;
            if text(&integration, "eventEndpointUrl").is_empty() {
                return Err(Answer::error(Code::InvalidArgument, "invalid endpoint URL"));
            }
            state.integrations.insert(application.to_owned(), integration);
        }
        _ => return Err(not_found()),
    }
    Ok(Answer::of(json!({})))
}

fn not_found() -> Answer {
    Answer::error(Code::NotFound, "Object does not exist")
}

fn tenant_of(state: &State, call: &Call<'_>) -> Result<Tenant, Answer> {
    let key = call
        .key("grpc-metadata-authorization")
        .and_then(|key| state.keys.get(key));
    match key {
        Some(Grant::Chirpstack {
            tenant_id,
            application_id,
            device_profile_id,
        }) => Ok(Tenant {
            id: tenant_id.clone(),
            application_id: application_id.clone(),
            device_profile_id: device_profile_id.clone(),
        }),
        _ => Err(Answer::error(
            Code::Unauthenticated,
            "authentication failed: invalid token",
        )),
    }
}

fn create(state: &mut State, call: &Call<'_>, tenant: &Tenant) -> Result<Answer, Answer> {
    let device = field(call, "device")?;
    let eui = text(&device, "devEui").to_lowercase();
    if eui.len() != 16 || !eui.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(Answer::error(Code::InvalidArgument, "devEui: invalid length"));
    }
    if text(&device, "applicationId") != tenant.application_id
        || text(&device, "deviceProfileId") != tenant.device_profile_id
    {
        return Err(not_found());
    }
    if state.devices.contains_key(&eui) {
        return Err(Answer::error(Code::AlreadyExists, "Object already exists"));
    }
    let known = Device {
        device,
        keys: None,
        queue: Vec::new(),
    };
    state.devices.insert(eui, known);
    Ok(Answer::of(json!({})))
}

/// The device, if it is in the tenant's application: others' are as good as not there, and the real one says that the
/// token is not for them.
fn find<'s>(state: &'s mut State, tenant: &Tenant, eui: &str) -> Result<&'s mut Device, Answer> {
    let device = state.devices.get_mut(&eui.to_lowercase()).ok_or_else(not_found)?;
    if text(&device.device, "applicationId") == tenant.application_id {
        Ok(device)
    } else {
        Err(Answer::error(
            Code::Unauthenticated,
            "authentication failed: not authorized",
        ))
    }
}

fn field(call: &Call<'_>, name: &str) -> Result<Value, Answer> {
    let missing = || Answer::error(Code::InvalidArgument, &format!("{name} is missing"));
    call.json()?.get(name).cloned().ok_or_else(missing)
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}
