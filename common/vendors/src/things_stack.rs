//! The Things Stack v3, its webhooks in JSON.
//!
//! The server leaves out every field whose value is zero, false or empty.

use crate::error::{ParseError, from_json};
use crate::{EMPTY_UPLINK, Message, fields};
use freshtrack_application::Uplink;
use freshtrack_domain::device::GatewayEui;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Everything a webhook can be subscribed to, apart from `uplink_message`. `uplink_normalized` repeats an uplink
/// that was already sent.
const OTHER_KINDS: [&str; 11] = [
    "uplink_normalized",
    "join_accept",
    "downlink_ack",
    "downlink_nack",
    "downlink_sent",
    "downlink_failed",
    "downlink_queued",
    "downlink_queue_invalidated",
    "location_solved",
    "service_data",
    "connection_status",
];

#[derive(Deserialize)]
struct Body {
    end_device_ids: EndDeviceIds,
    received_at: Option<String>,
    uplink_message: Option<UplinkMessage>,
    /// Whether a person made it up in the server's console.
    #[serde(default)]
    simulated: bool,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

#[derive(Deserialize)]
struct EndDeviceIds {
    dev_eui: Option<String>,
    dev_addr: Option<String>,
}

#[derive(Deserialize)]
struct UplinkMessage {
    session_key_id: Option<String>,
    f_port: Option<u8>,
    f_cnt: Option<u32>,
    frm_payload: Option<String>,
    decoded_payload: Option<Value>,
    #[serde(default)]
    rx_metadata: Vec<RxMetadata>,
    received_at: Option<String>,
}

#[derive(Deserialize)]
struct RxMetadata {
    #[serde(default)]
    gateway_ids: GatewayIds,
    rssi: Option<f64>,
    channel_rssi: Option<f64>,
}

#[derive(Default, Deserialize)]
struct GatewayIds {
    eui: Option<String>,
}

/// Reads the body of a webhook request.
///
/// # Errors
/// When the body is not a message of The Things Stack, or an uplink in it lacks its DevEUI or its time.
pub fn parse(body: &[u8]) -> Result<Message, ParseError> {
    let body: Body = from_json(body)?;
    let Some(message) = body.uplink_message else {
        let kind = OTHER_KINDS.into_iter().find(|kind| body.rest.contains_key(*kind));
        return Ok(Message::Other {
            kind: kind.unwrap_or("unknown"),
        });
    };
    let payload = fields::base64_bytes(
        "uplink_message.frm_payload",
        &message.frm_payload.unwrap_or_default(),
    )?;
    let decoded = fields::decoded(message.decoded_payload);
    if payload.is_empty() && decoded.is_none() {
        return Ok(EMPTY_UPLINK);
    }
    let dev_eui = body.end_device_ids.dev_eui.ok_or(ParseError::MissingField {
        field: "end_device_ids.dev_eui",
        hint: "register the device in The Things Stack with its DevEUI, sensors are known by it",
    })?;
    let received_at = message
        .received_at
        .or(body.received_at)
        .ok_or(ParseError::MissingField {
            field: "uplink_message.received_at",
            hint: "the webhook's format must be JSON, with all fields of the message",
        })?;
    let session = message.session_key_id.or(body.end_device_ids.dev_addr);
    Ok(Message::Uplink(Uplink {
        dev_eui: fields::dev_eui("end_device_ids.dev_eui", &dev_eui)?,
        received_at: fields::timestamp("uplink_message.received_at", &received_at)?,
        // The console sends whatever counter was typed into it, time after time.
        frame: fields::frame(message.f_cnt, session.as_deref()).filter(|_| !body.simulated),
        f_port: message.f_port,
        payload,
        decoded,
        rssi_dbm: fields::strongest(
            message
                .rx_metadata
                .iter()
                .filter_map(|gateway| gateway.rssi.or(gateway.channel_rssi)),
        ),
        gateways: fields::gateways(message.rx_metadata.iter().map(|gateway| {
            let rssi = gateway.rssi.or(gateway.channel_rssi);
            (gateway.gateway_ids.eui.as_deref(), rssi)
        })),
    }))
}

/// The body of the webhook request for `uplink`, as the server would send it for a device of this name.
///
/// A session's number cannot be turned back into a name: [`parse`] gives the frame another number, the same one
/// for every frame of the session.
#[must_use]
pub fn message(uplink: &Uplink, device_id: &str, application_id: &str) -> Value {
    let received_at = uplink.received_at.to_string();
    let mut message = Map::new();
    if let Some(frame) = uplink.frame {
        let session = fields::base64_text(&frame.session.to_be_bytes());
        message.insert("session_key_id".to_owned(), session.into());
        if frame.count > 0 {
            message.insert("f_cnt".to_owned(), frame.count.into());
        }
    }
    if let Some(f_port) = uplink.f_port {
        message.insert("f_port".to_owned(), f_port.into());
    }
    if !uplink.payload.is_empty() {
        message.insert(
            "frm_payload".to_owned(),
            fields::base64_text(&uplink.payload).into(),
        );
    }
    if let Some(decoded) = &uplink.decoded {
        message.insert("decoded_payload".to_owned(), decoded.clone());
    }
    let unnamed = json!({ "gateway_id": format!("{application_id}-gateway") });
    let named = |eui: &GatewayEui| json!({ "gateway_id": format!("eui-{eui}").to_lowercase(), "eui": eui });
    let metadata: Vec<Value> = uplink
        .gateways
        .iter()
        .map(named)
        .chain((uplink.gateways.is_empty() && uplink.rssi_dbm.is_some()).then_some(unnamed))
        .map(|ids| match uplink.rssi_dbm {
            Some(rssi) => json!({ "gateway_ids": ids, "rssi": rssi, "channel_rssi": rssi }),
            None => json!({ "gateway_ids": ids }),
        })
        .collect();
    if !metadata.is_empty() {
        message.insert("rx_metadata".to_owned(), metadata.into());
    }
    message.insert("received_at".to_owned(), received_at.clone().into());
    json!({
        "end_device_ids": {
            "device_id": device_id,
            "application_ids": { "application_id": application_id },
            "dev_eui": uplink.dev_eui,
        },
        "received_at": received_at,
        "uplink_message": message,
    })
}
