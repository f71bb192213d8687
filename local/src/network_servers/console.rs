//! What people do in the consoles of network servers, what devices do on the air, and trouble on demand.
//!
//! | request | what it does |
//! |---|---|
//! | `PUT keys/{key}` | makes a key: `{"server": "things_stack", "application_id": .., "rights": [..]}` or `{"server": "chirpstack", "tenant_id": .., ..}` |
//! | `DELETE keys/{key}` | revokes it |
//! | `GET devices/{dev_eui}` | what each server knows of a device |
//! | `GET webhooks` | where applications send their frames, and with what |
//! | `POST uplinks` | a device sends: `{"dev_eui", "f_port", "payload", "received_at", "gateway_eui"}`; gives the message that its server would post to the webhook, and the downlinks that the device then hears |
//! | `POST faults` | the next calls of servers fail: `{"method", "path", "status", "retry_after", "times", "after"}` |

use super::state::{Grant, State};
use super::{Answer, Call, Code, things_stack};
use freshtrack_application::Uplink;
use freshtrack_domain::device::{DevEui, GatewayEui};
use freshtrack_domain::reading::FrameCounter;
use freshtrack_domain::time::Timestamp;
use freshtrack_vendors as vendors;
use http::{Method, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::mem;

/// What stands in place of a host name.
pub(super) const HOST: &str = "console";

/// Calls that are to fail.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fault {
    /// Calls of this method.
    method: String,
    /// Calls with this in their path.
    path: String,
    /// What they are answered.
    status: u16,
    /// When to try again, in seconds.
    #[serde(default)]
    retry_after: Option<u32>,
    /// How many calls.
    #[serde(default = "once")]
    times: u32,
    /// Whether the call does its work first, and only the answer is lost.
    #[serde(default)]
    pub(super) after: bool,
}

const fn once() -> u32 {
    1
}

impl Fault {
    pub(super) fn answer(&self) -> Answer {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Answer {
            status,
            retry_after: self.retry_after,
            ..Answer::error(Code::of(status), "error:local:fault (asked for)")
        }
    }
}

/// The fault that `call` meets, one time less.
pub(super) fn due(faults: &mut Vec<Fault>, call: &Call<'_>) -> Option<Fault> {
    let fault = faults.iter_mut().find(|fault| {
        fault.times > 0 && call.method.as_str() == fault.method && call.path.contains(&fault.path)
    })?;
    fault.times -= 1;
    let met = fault.clone();
    faults.retain(|fault| fault.times > 0);
    Some(met)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent {
    dev_eui: DevEui,
    f_port: u8,
    /// In hexadecimal digits.
    payload: String,
    received_at: String,
    /// The gateway that hears it, if that is known by its EUI.
    #[serde(default)]
    gateway_eui: Option<GatewayEui>,
}

pub(super) fn answer(state: &mut State, faults: &mut Vec<Fault>, call: &Call<'_>) -> Result<Answer, Answer> {
    let method = call.method;
    match call.parts().as_slice() {
        ["keys", key] if method == Method::PUT => {
            state.keys.insert((*key).to_owned(), read::<Grant>(call)?);
        }
        ["keys", key] if method == Method::DELETE => {
            state.keys.remove(*key);
        }
        ["faults"] if method == Method::POST => faults.push(read(call)?),
        ["devices", eui] if method == Method::GET => return Ok(Answer::of(known(state, eui))),
        ["webhooks"] if method == Method::GET => {
            return Ok(Answer::of(json!({
                "things_stack": state.webhooks.iter().map(|hook| &hook.webhook).collect::<Vec<_>>(),
                "chirpstack": state.integrations.values().collect::<Vec<_>>(),
            })));
        }
        ["uplinks"] if method == Method::POST => return send(state, &read(call)?),
        _ => return Err(Answer::error(Code::NotFound, "Not Found")),
    }
    Ok(Answer::of(json!({})))
}

fn read<T: DeserializeOwned>(call: &Call<'_>) -> Result<T, Answer> {
    serde_json::from_slice(call.body).map_err(|error| invalid(&error.to_string()))
}

fn invalid(what: &str) -> Answer {
    Answer::error(Code::InvalidArgument, what)
}

fn known(state: &State, eui: &str) -> Value {
    let entries: Vec<Value> = state
        .entries
        .iter()
        .filter(|entry| entry.text("/ids/dev_eui").eq_ignore_ascii_case(eui))
        .map(|entry| json!({ "part": entry.part, "host": entry.host, "device": entry.device, "downlinks": entry.downlinks }))
        .collect();
    json!({ "things_stack": entries, "chirpstack": state.devices.get(&eui.to_lowercase()) })
}

/// A device sends a frame, if it can have joined, and listens then.
fn send(state: &mut State, sent: &Sent) -> Result<Answer, Answer> {
    let eui = sent.dev_eui.to_string().to_lowercase();
    let received_at: Timestamp = sent
        .received_at
        .parse()
        .map_err(|_| invalid("received_at is no instant"))?;
    let payload = hex::decode(&sent.payload).map_err(|_| invalid("payload is not hexadecimal"))?;
    let count = state.frames.get(&eui).map_or(0, |count| count + 1);
    let uplink = Uplink {
        dev_eui: sent.dev_eui,
        received_at,
        frame: Some(FrameCounter { count, session: 1 }),
        f_port: Some(sent.f_port),
        payload,
        decoded: None,
        rssi_dbm: Some(-92),
        gateways: sent.gateway_eui.into_iter().collect(),
    };
    let answer = if let Some(entry) = things_stack::joined(state, &eui) {
        let heard = mem::take(&mut entry.downlinks);
        let message = vendors::things_stack::message(&uplink, &entry.device_id, &entry.application_id);
        json!({ "message": message, "heard": heard })
    } else if let Some(device) = state.devices.get_mut(&eui).filter(|device| device.keys.is_some()) {
        let heard = mem::take(&mut device.queue);
        let name = device
            .device
            .get("name")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let message = vendors::chirpstack::message(&uplink, name, "FreshTrack");
        json!({ "message": message, "heard": heard })
    } else {
        return Err(Answer::error(
            Code::FailedPrecondition,
            "the device cannot join: it is not registered everywhere",
        ));
    };
    state.frames.insert(eui, count);
    Ok(Answer::of(answer))
}
