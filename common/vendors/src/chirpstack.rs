//! ChirpStack v4, its HTTP integration in JSON.

use crate::error::{ParseError, from_json};
use crate::{EMPTY_UPLINK, Message, fields};
use freshtrack_application::Uplink;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// The events of the integration that hold no frame.
const OTHER_EVENTS: [&str; 7] = ["join", "status", "ack", "txack", "log", "location", "integration"];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UplinkEvent {
    time: Option<String>,
    device_info: DeviceInfo,
    dev_addr: Option<String>,
    f_cnt: Option<u32>,
    f_port: Option<u8>,
    data: Option<String>,
    object: Option<Value>,
    #[serde(default)]
    rx_info: Vec<RxInfo>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DeviceInfo {
    dev_eui: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RxInfo {
    gateway_id: Option<String>,
    ns_time: Option<String>,
    rssi: Option<f64>,
}

/// Reads the body of a request of the integration. `event` is the request's query parameter of that name.
///
/// # Errors
/// When the event is `up` and the body is not an uplink event of ChirpStack, or lacks its time. The bodies of
/// other events are not looked at.
pub fn parse(event: &str, body: &[u8]) -> Result<Message, ParseError> {
    if event != "up" {
        let kind = OTHER_EVENTS.into_iter().find(|known| *known == event);
        return Ok(Message::Other {
            kind: kind.unwrap_or("unknown"),
        });
    }
    let up: UplinkEvent = from_json(body)?;
    let payload = fields::base64_bytes("data", &up.data.unwrap_or_default())?;
    let decoded = fields::decoded(up.object);
    if payload.is_empty() && decoded.is_none() {
        return Ok(EMPTY_UPLINK);
    }
    let ns_time = up.rx_info.iter().find_map(|gateway| gateway.ns_time.clone());
    let time = up.time.or(ns_time).ok_or(ParseError::MissingField {
        field: "time",
        hint: "set the integration's payload encoding to JSON and send the event unchanged",
    })?;
    Ok(Message::Uplink(Uplink {
        dev_eui: fields::dev_eui("deviceInfo.devEui", &up.device_info.dev_eui)?,
        received_at: fields::timestamp("time", &time)?,
        frame: fields::frame(up.f_cnt, up.dev_addr.as_deref()),
        f_port: up.f_port,
        payload,
        decoded,
        rssi_dbm: fields::strongest(up.rx_info.iter().filter_map(|gateway| gateway.rssi)),
        gateways: fields::gateways(
            up.rx_info
                .iter()
                .map(|gateway| (gateway.gateway_id.as_deref(), gateway.rssi)),
        ),
    }))
}

/// The body of the `up` request for `uplink`, as the server would send it for a device of this name.
///
/// The session's number becomes the device address, so [`parse`] gives the frame another number, the same one
/// for every frame of the session.
#[must_use]
pub fn message(uplink: &Uplink, device_name: &str, application_name: &str) -> Value {
    let mut event = Map::new();
    event.insert("time".to_owned(), uplink.received_at.to_string().into());
    event.insert(
        "deviceInfo".to_owned(),
        json!({
            "applicationName": application_name,
            "deviceName": device_name,
            "devEui": uplink.dev_eui.to_string().to_lowercase(),
        }),
    );
    if let Some(frame) = uplink.frame {
        event.insert("devAddr".to_owned(), format!("{:08x}", frame.session).into());
        event.insert("fCnt".to_owned(), frame.count.into());
    }
    if let Some(f_port) = uplink.f_port {
        event.insert("fPort".to_owned(), f_port.into());
    }
    if !uplink.payload.is_empty() {
        event.insert("data".to_owned(), fields::base64_text(&uplink.payload).into());
    }
    if let Some(decoded) = &uplink.decoded {
        event.insert("object".to_owned(), decoded.clone());
    }
    let mut gateways: Vec<Value> = uplink
        .gateways
        .iter()
        .map(|eui| json!({ "gatewayId": eui.to_string().to_lowercase() }))
        .collect();
    if let Some(rssi) = uplink.rssi_dbm {
        if gateways.is_empty() {
            gateways.push(json!({}));
        }
        for gateway in gateways.iter_mut().filter_map(Value::as_object_mut) {
            gateway.insert("rssi".to_owned(), rssi.into());
        }
    }
    if !gateways.is_empty() {
        event.insert("rxInfo".to_owned(), gateways.into());
    }
    Value::Object(event)
}
