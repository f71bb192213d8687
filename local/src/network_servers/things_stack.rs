//! The Things Stack v3: identity server, join server, network server, application server.

use super::state::{Entry, Grant, Hook, Part, State};
use super::{Answer, Call, Code};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use serde_json::{Map, Value, json};

/// The identity server of the sandbox, which is one for all its clusters.
const SANDBOX: &str = ".cloud.thethings.network";
const SANDBOX_IDENTITY: &str = "eu1.cloud.thethings.network";

const ALL_RIGHTS: &str = "RIGHT_APPLICATION_ALL";
const READ: &str = "RIGHT_APPLICATION_DEVICES_READ";
const WRITE: &str = "RIGHT_APPLICATION_DEVICES_WRITE";
const WRITE_KEYS: &str = "RIGHT_APPLICATION_DEVICES_WRITE_KEYS";
const DOWNLINK: &str = "RIGHT_APPLICATION_TRAFFIC_DOWN_WRITE";
const SETTINGS: &str = "RIGHT_APPLICATION_SETTINGS_BASIC";
const READ_TRAFFIC: &str = "RIGHT_APPLICATION_TRAFFIC_READ";

/// A device's address at one server.
struct At<'a> {
    part: Part,
    host: &'a str,
    application: &'a str,
    device: &'a str,
}

impl At<'_> {
    fn is(&self, entry: &Entry) -> bool {
        entry.part == self.part
            && entry.host == self.host
            && entry.application_id == self.application
            && entry.device_id == self.device
    }

    fn find<'s>(&self, state: &'s mut State) -> Result<&'s mut Entry, Answer> {
        state
            .entries
            .iter_mut()
            .find(|entry| self.is(entry))
            .ok_or_else(|| not_found(self.device))
    }
}

pub(super) fn answer(state: &mut State, call: &Call<'_>) -> Result<Answer, Answer> {
    let parts = call.parts();
    // Behind `api` and `v3`.
    let parts = parts.get(2..).unwrap_or_default();
    let (part, parts) = match parts {
        ["js", rest @ ..] => (Part::Join, rest),
        ["ns", rest @ ..] => (Part::Network, rest),
        ["as", rest @ ..] => (Part::Application, rest),
        rest => (Part::Identity, rest),
    };
    if part == Part::Identity && call.host.ends_with(SANDBOX) && call.host != SANDBOX_IDENTITY {
        return Err(Answer::error(
            Code::Unimplemented,
            "unknown service ttn.lorawan.v3.EndDeviceRegistry",
        ));
    }
    if let (Part::Application, ["webhooks", application, webhook]) = (part, parts) {
        return answer_webhook(state, call, application, webhook);
    }
    let ["applications", application, rest @ ..] = parts else {
        return Err(Answer::error(Code::NotFound, "Not Found"));
    };
    let rights = rights_of(state, call, application)?;
    let at = |device| At {
        part,
        host: call.host,
        application,
        device,
    };
    let method = call.method;
    match (part, rest) {
        (Part::Identity, ["rights"]) if method == Method::GET => Ok(Answer::of(json!({ "rights": rights }))),
        (Part::Identity, ["devices"]) if method == Method::POST => {
            needs(&rights, WRITE)?;
            create(state, call, application)
        }
        (_, ["devices", device]) if method == Method::GET => {
            needs(&rights, READ)?;
            let entry = at(device).find(state)?;
            let mut shown = entry.device.clone();
            // Root keys are shown to nobody who may not read them.
            shown.as_object_mut().map(|device| device.remove("root_keys"));
            Ok(Answer::of(shown))
        }
        (Part::Join | Part::Network | Part::Application, ["devices", device]) if method == Method::PUT => {
            needs(&rights, WRITE)?;
            if part == Part::Join {
                needs(&rights, WRITE_KEYS)?;
            }
            set(state, call, &at(device))
        }
        (_, ["devices", device]) if method == Method::DELETE => {
            needs(&rights, WRITE)?;
            let at = at(device);
            at.find(state)?;
            state.entries.retain(|entry| !at.is(entry));
            Ok(Answer::of(json!({})))
        }
        (Part::Application, ["devices", device, "down", operation @ ("push" | "replace")])
            if method == Method::POST =>
        {
            needs(&rights, DOWNLINK)?;
            let downlinks = downlinks(call)?;
            let entry = at(device).find(state)?;
            if *operation == "replace" {
                entry.downlinks.clear();
            }
            entry.downlinks.extend(downlinks);
            Ok(Answer::of(json!({})))
        }
        (Part::Application, ["devices", device, "down"]) if method == Method::GET => {
            needs(&rights, READ_TRAFFIC)?;
            let entry = at(device).find(state)?;
            Ok(Answer::of(json!({ "downlinks": entry.downlinks })))
        }
        _ => Err(Answer::error(Code::NotFound, "Not Found")),
    }
}

/// The registry of webhooks, which is the application server's.
fn answer_webhook(
    state: &mut State,
    call: &Call<'_>,
    application: &str,
    webhook_id: &str,
) -> Result<Answer, Answer> {
    let rights = rights_of(state, call, application)?;
    needs(&rights, READ_TRAFFIC)?;
    let known = state.webhooks.iter().position(|hook| {
        hook.host == call.host && hook.application_id == application && hook.webhook_id == webhook_id
    });
    let missing = || {
        Answer::error(
            Code::NotFound,
            "error:pkg/applicationserver/io/web:webhook_not_found (webhook not found)",
        )
    };
    match *call.method {
        Method::GET => {
            let hook = known.and_then(|index| state.webhooks.get(index));
            Ok(Answer::of(hook.ok_or_else(missing)?.webhook.clone()))
        }
        Method::DELETE => {
            needs(&rights, SETTINGS)?;
            state.webhooks.remove(known.ok_or_else(missing)?);
            Ok(Answer::of(json!({})))
        }
        Method::PUT => {
            needs(&rights, SETTINGS)?;
            let given = masked(call, "webhook")?;
            let body = call.json()?;
            let id = body.pointer("/webhook/ids/webhook_id").and_then(Value::as_str);
            if id != Some(webhook_id) || webhook_id.len() > 36 {
                return Err(invalid(
                    "webhook.ids.webhook_id is not that of the path, or too long",
                ));
            }
            for field in ["/base_url", "/format"] {
                text(&given, field)?;
            }
            let hook = Hook {
                host: call.host.to_owned(),
                application_id: application.to_owned(),
                webhook_id: webhook_id.to_owned(),
                webhook: given.clone(),
            };
            match known.and_then(|index| state.webhooks.get_mut(index)) {
                Some(known) => *known = hook,
                None => state.webhooks.push(hook),
            }
            Ok(Answer::of(given))
        }
        _ => Err(Answer::error(Code::NotFound, "Not Found")),
    }
}

/// The rights that the caller's key has on the application.
fn rights_of(state: &State, call: &Call<'_>, application: &str) -> Result<Vec<String>, Answer> {
    let key = call.key("authorization").ok_or_else(|| {
        Answer::error(
            Code::Unauthenticated,
            "error:pkg/auth:unauthenticated (unauthenticated)",
        )
    })?;
    match state.keys.get(key) {
        None => Err(Answer::error(
            Code::Unauthenticated,
            "error:pkg/identityserver:api_key_not_found (API key not found)",
        )),
        Some(Grant::ThingsStack {
            application_id,
            rights,
        }) if application_id == application => Ok(rights.clone()),
        Some(_) => Err(Answer::error(
            Code::PermissionDenied,
            &format!(
                "error:pkg/auth/rights:no_application_rights (no rights for application `{application}`)"
            ),
        )),
    }
}

fn needs(rights: &[String], right: &str) -> Result<(), Answer> {
    if rights.iter().any(|has| has == right || has == ALL_RIGHTS) {
        Ok(())
    } else {
        Err(Answer::error(
            Code::PermissionDenied,
            &format!(
                "error:pkg/auth/rights:insufficient_application_rights (insufficient rights: missing {right})"
            ),
        ))
    }
}

fn not_found(device: &str) -> Answer {
    Answer::error(
        Code::NotFound,
        &format!("error:pkg/identityserver/store:end_device_not_found (end device `{device}` not found)"),
    )
}

fn invalid(what: &str) -> Answer {
    Answer::error(
        Code::InvalidArgument,
        &format!("error:pkg/errors:validation ({what})"),
    )
}

/// The fields of what the body calls `name` that its field mask names: all others are left alone, as the real one does.
fn masked(call: &Call<'_>, name: &str) -> Result<Value, Answer> {
    let body = call.json()?;
    let given = body
        .get(name)
        .ok_or_else(|| invalid(&format!("{name} is missing")))?;
    let paths = body
        .pointer("/field_mask/paths")
        .and_then(Value::as_array)
        .ok_or_else(|| invalid("field_mask is missing"))?;
    let mut device = json!({});
    for path in paths.iter().filter_map(Value::as_str) {
        let pointer = format!("/{}", path.replace('.', "/"));
        let Some(value) = given.pointer(&pointer) else {
            return Err(invalid(&format!("field mask names `{path}`, which is not given")));
        };
        put(&mut device, path, value.clone());
    }
    Ok(device)
}

/// Puts `value` at the dotted `path`.
fn put(device: &mut Value, path: &str, value: Value) {
    let (first, rest) = path
        .split_once('.')
        .map_or((path, None), |(first, rest)| (first, Some(rest)));
    if !device.is_object() {
        *device = Value::Object(Map::new());
    }
    if let Some(fields) = device.as_object_mut() {
        match rest {
            None => {
                fields.insert(first.to_owned(), value);
            }
            Some(rest) => put(fields.entry(first).or_insert_with(|| json!({})), rest, value),
        }
    }
}

fn create(state: &mut State, call: &Call<'_>, application: &str) -> Result<Answer, Answer> {
    let device = masked(call, "end_device")?;
    let entry = Entry {
        part: Part::Identity,
        host: call.host.to_owned(),
        application_id: application.to_owned(),
        device_id: text(&device, "/ids/device_id")?,
        device: device.clone(),
        downlinks: Vec::new(),
    };
    hex(&device, "/ids/dev_eui", 16)?;
    hex(&device, "/ids/join_eui", 16)?;
    let taken = |other: &Entry| {
        other.part == Part::Identity
            && other.host == entry.host
            && (other.application_id == entry.application_id && other.device_id == entry.device_id
                || other.text("/ids/dev_eui") == entry.text("/ids/dev_eui")
                    && other.text("/ids/join_eui") == entry.text("/ids/join_eui"))
    };
    if state.entries.iter().any(taken) {
        return Err(Answer::error(
            Code::AlreadyExists,
            "error:pkg/identityserver/store:end_device_euis_taken (an end device with these IDs or EUIs is already registered)",
        ));
    }
    state.entries.push(entry);
    Ok(Answer::of(device))
}

fn set(state: &mut State, call: &Call<'_>, at: &At<'_>) -> Result<Answer, Answer> {
    let device = masked(call, "end_device")?;
    if text(&device, "/ids/device_id")? != at.device {
        return Err(invalid("ids.device_id is not that of the path"));
    }
    match at.part {
        Part::Join => {
            hex(&device, "/root_keys/app_key/key", 32)?;
        }
        Part::Network => {
            for field in ["/lorawan_version", "/lorawan_phy_version", "/frequency_plan_id"] {
                text(&device, field)?;
            }
        }
        Part::Identity | Part::Application => {}
    }
    let identity = state.entries.iter().find(|entry| {
        entry.part == Part::Identity && entry.application_id == at.application && entry.device_id == at.device
    });
    if let Some(identity) = identity {
        let there = identity.text("/network_server_address");
        if !there.is_empty() && there != at.host {
            return Err(Answer::error(
                Code::FailedPrecondition,
                &format!("error:pkg/cluster:other_cluster (end device is on `{there}`)"),
            ));
        }
    }
    let entry = Entry {
        part: at.part,
        host: at.host.to_owned(),
        application_id: at.application.to_owned(),
        device_id: at.device.to_owned(),
        device: device.clone(),
        downlinks: Vec::new(),
    };
    match state.entries.iter_mut().find(|entry| at.is(entry)) {
        Some(known) => known.device = device.clone(),
        None => state.entries.push(entry),
    }
    Ok(Answer::of(device))
}

fn downlinks(call: &Call<'_>) -> Result<Vec<Value>, Answer> {
    let body = call.json()?;
    let downlinks = body
        .get("downlinks")
        .and_then(Value::as_array)
        .ok_or_else(|| invalid("downlinks are missing"))?;
    for downlink in downlinks {
        let port = downlink.get("f_port").and_then(Value::as_u64).unwrap_or(0);
        if !(1..=223).contains(&port) {
            return Err(invalid("f_port must be 1 to 223"));
        }
        let payload = downlink
            .get("frm_payload")
            .and_then(Value::as_str)
            .unwrap_or_default();
        STANDARD
            .decode(payload)
            .map_err(|_| invalid("frm_payload is not base 64"))?;
    }
    Ok(downlinks.clone())
}

fn text(device: &Value, pointer: &str) -> Result<String, Answer> {
    device
        .pointer(pointer)
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
        .ok_or_else(|| invalid(&format!("{pointer} is missing")))
}

fn hex(device: &Value, pointer: &str, digits: usize) -> Result<String, Answer> {
    let text = text(device, pointer)?;
    if text.len() == digits && text.bytes().all(|b| b.is_ascii_hexdigit()) {
        Ok(text)
    } else {
        Err(invalid(&format!(
            "{pointer} must have {digits} hexadecimal digits"
        )))
    }
}

/// A device that is registered at all four servers, so that it can join: the entry of its application server.
pub(super) fn joined<'s>(state: &'s mut State, dev_eui: &str) -> Option<&'s mut Entry> {
    let identity = state
        .entries
        .iter()
        .find(|entry| {
            entry.part == Part::Identity && entry.text("/ids/dev_eui").eq_ignore_ascii_case(dev_eui)
        })?
        .clone();
    let host = identity.text("/network_server_address").to_owned();
    let there = |part| At {
        part,
        host: &host,
        application: &identity.application_id,
        device: &identity.device_id,
    };
    let has = |part| state.entries.iter().any(|entry| there(part).is(entry));
    if !has(Part::Join) || !has(Part::Network) {
        return None;
    }
    let at = there(Part::Application);
    state.entries.iter_mut().find(|entry| at.is(entry))
}
