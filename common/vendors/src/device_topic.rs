//! Messages on the topics `freshtrack/{org_id}/{device_id}/up`, as the topic rule hands them on.
//!
//! The rule says in `org_id` and `device_id` what the topic says, in `received_at_ms` when the message came, and in
//! `message_base64` what was published, byte for byte. AWS does not say which value a rule keeps when a message has a
//! field of the same name as one the rule adds; encoded, a message has no fields that could be taken for the rule's.
//!
//! What is published is a JSON object, one of
//!
//! - an uplink of AWS IoT Core for LoRaWAN: `PayloadData` and `WirelessMetadata.LoRaWAN`;
//! - a frame: `payload_base64`, `payload_hex` or `payload`, with `f_port`, `f_cnt`, `session` and `rssi`. In
//!   `payload`, an even number of hexadecimal digits in one case is taken for hexadecimal and everything else
//!   for base 64; the other two names leave nothing to guess;
//! - what the device measured in fields of its own, such as `{"temperature": 3.5}`.
//!
//! A message may say in `recorded_at` when it was measured, if that is not when it is sent.

use crate::error::{ParseError, from_json, from_value};
use crate::fields;
use freshtrack_application::Uplink;
use freshtrack_domain::device::DevEui;
use freshtrack_domain::ids::OrgId;
use freshtrack_domain::reading::FrameCounter;
use freshtrack_domain::time::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[derive(Deserialize)]
struct Event {
    org_id: String,
    device_id: String,
    received_at_ms: i64,
    message_base64: String,
}

#[derive(Deserialize)]
struct Message {
    dev_eui: Option<String>,
    recorded_at: Option<String>,
    #[serde(flatten)]
    fields: Map<String, Value>,
}

#[derive(Deserialize)]
struct Frame {
    payload: Option<String>,
    payload_base64: Option<String>,
    payload_hex: Option<String>,
    f_port: Option<u8>,
    f_cnt: Option<u32>,
    #[serde(default)]
    session: u32,
    rssi: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct WirelessUplink {
    payload_data: Option<String>,
    wireless_metadata: WirelessMetadata,
}

#[derive(Deserialize)]
struct WirelessMetadata {
    #[serde(rename = "LoRaWAN")]
    lorawan: Lorawan,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Lorawan {
    dev_eui: String,
    dev_addr: Option<String>,
    f_cnt: Option<u32>,
    #[serde(alias = "Fport")]
    f_port: Option<u8>,
    timestamp: Option<String>,
    #[serde(default)]
    gateways: Vec<Gateway>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Gateway {
    gateway_eui: Option<String>,
    rssi: Option<f64>,
}

/// Reads the event of the topic rule: the organization whose topic it came on, and the uplink.
///
/// # Errors
/// When the topic's organization is none, when the message is no JSON object or has nothing in it, or when neither
/// topic nor message tells the DevEUI or they tell two.
pub fn parse(event: &[u8]) -> Result<(OrgId, Uplink), ParseError> {
    let event: Event = from_json(event)?;
    let org_id = event
        .org_id
        .parse()
        .map_err(|error| ParseError::invalid("org_id", error))?;
    let Message {
        dev_eui,
        recorded_at,
        fields: message,
    } = from_json(&fields::base64_bytes("message_base64", &event.message_base64)?)?;
    let mut uplink = if message.contains_key("WirelessMetadata") {
        wireless(message, event.received_at_ms)?
    } else {
        let received_at = Timestamp::from_millis(event.received_at_ms);
        let dev_eui = dev_eui
            .as_deref()
            .map(|text| fields::dev_eui("dev_eui", text))
            .transpose()?;
        let known_as = dev_eui
            .or_else(|| event.device_id.parse().ok())
            .ok_or(ParseError::MissingField {
                field: "dev_eui",
                hint: "publish on a topic that names the DevEUI, or say it in the message",
            })?;
        if ["payload", "payload_base64", "payload_hex"]
            .iter()
            .any(|name| message.contains_key(*name))
        {
            frame(message, known_as, received_at)?
        } else {
            measured(message, known_as, received_at)?
        }
    };
    // What a device may publish on is decided by its certificate; what it says of itself is not.
    if let Ok(topic) = event.device_id.parse::<DevEui>()
        && topic != uplink.dev_eui
    {
        return Err(ParseError::DeviceMismatch {
            topic: topic.to_string(),
            message: uplink.dev_eui.to_string(),
        });
    }
    if let Some(recorded_at) = recorded_at {
        uplink.received_at = fields::timestamp("recorded_at", &recorded_at)?;
    }
    Ok((org_id, uplink))
}

fn wireless(message: Map<String, Value>, received_at_ms: i64) -> Result<Uplink, ParseError> {
    let WirelessUplink {
        payload_data,
        wireless_metadata: WirelessMetadata { lorawan },
    } = from_value(Value::Object(message))?;
    let payload = payload_data
        .filter(|text| !text.is_empty())
        .ok_or(ParseError::MissingField {
            field: "PayloadData",
            hint: "an uplink without application data has nothing to record",
        })?;
    let received_at = match lorawan.timestamp {
        Some(text) => fields::timestamp("WirelessMetadata.LoRaWAN.Timestamp", &text)?,
        None => Timestamp::from_millis(received_at_ms),
    };
    Ok(Uplink {
        dev_eui: fields::dev_eui("WirelessMetadata.LoRaWAN.DevEui", &lorawan.dev_eui)?,
        received_at,
        frame: fields::frame(lorawan.f_cnt, lorawan.dev_addr.as_deref()),
        f_port: lorawan.f_port,
        payload: fields::base64_bytes("PayloadData", &payload)?,
        decoded: None,
        rssi_dbm: fields::strongest(lorawan.gateways.iter().filter_map(|gateway| gateway.rssi)),
        gateways: fields::gateways(
            lorawan
                .gateways
                .iter()
                .map(|gateway| (gateway.gateway_eui.as_deref(), gateway.rssi)),
        ),
    })
}

fn frame(message: Map<String, Value>, dev_eui: DevEui, received_at: Timestamp) -> Result<Uplink, ParseError> {
    let frame: Frame = from_value(Value::Object(message))?;
    let payload = if let Some(text) = frame.payload_hex {
        hex::decode(text).map_err(|error| ParseError::invalid("payload_hex", error))?
    } else if let Some(text) = frame.payload_base64 {
        fields::base64_bytes("payload_base64", &text)?
    } else {
        let text = frame.payload.unwrap_or_default();
        match hex::decode(&text) {
            Ok(bytes) if in_one_case(&text) => bytes,
            _ => fields::base64_bytes("payload", &text)?,
        }
    };
    if payload.is_empty() {
        return Err(ParseError::invalid("payload", "there are no bytes in it"));
    }
    Ok(Uplink {
        dev_eui,
        received_at,
        frame: frame.f_cnt.map(|count| FrameCounter {
            count,
            session: frame.session,
        }),
        f_port: frame.f_port,
        payload,
        decoded: None,
        rssi_dbm: fields::strongest(frame.rssi.into_iter()),
        gateways: Vec::new(),
    })
}

fn measured(
    message: Map<String, Value>,
    dev_eui: DevEui,
    received_at: Timestamp,
) -> Result<Uplink, ParseError> {
    let decoded = fields::decoded(Some(Value::Object(message))).ok_or(ParseError::MissingField {
        field: "payload",
        hint: "send a frame in `payload`, or measurements such as `temperature`",
    })?;
    Ok(Uplink {
        dev_eui,
        received_at,
        frame: None,
        f_port: None,
        payload: Vec::new(),
        decoded: Some(decoded),
        rssi_dbm: None,
        gateways: Vec::new(),
    })
}

/// Whether the letters of `text` are all of one case, as programs write hexadecimal and base 64 almost never is.
fn in_one_case(text: &str) -> bool {
    let upper = text.bytes().any(|byte| byte.is_ascii_uppercase());
    let lower = text.bytes().any(|byte| byte.is_ascii_lowercase());
    !(upper && lower)
}

/// What a gateway publishes for `uplink` on the device's topic.
#[must_use]
pub fn message(uplink: &Uplink) -> Value {
    let mut message = match &uplink.decoded {
        Some(Value::Object(decoded)) if uplink.payload.is_empty() => decoded.clone(),
        _ => frame_fields(uplink),
    };
    message.insert("dev_eui".to_owned(), json!(uplink.dev_eui));
    message.insert("recorded_at".to_owned(), uplink.received_at.to_string().into());
    Value::Object(message)
}

fn frame_fields(uplink: &Uplink) -> Map<String, Value> {
    let mut fields = Map::new();
    fields.insert(
        "payload_base64".to_owned(),
        fields::base64_text(&uplink.payload).into(),
    );
    if let Some(frame) = uplink.frame {
        fields.insert("f_cnt".to_owned(), frame.count.into());
        fields.insert("session".to_owned(), frame.session.into());
    }
    if let Some(f_port) = uplink.f_port {
        fields.insert("f_port".to_owned(), f_port.into());
    }
    if let Some(rssi) = uplink.rssi_dbm {
        fields.insert("rssi".to_owned(), rssi.into());
    }
    fields
}
