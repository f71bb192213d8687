//! What a sensor sends, as each of the ways in delivers it.
//!
//! Written out from the documentation of the network servers, not by the code under test: both would share a mistake.

use freshtrack_domain::time::Timestamp;
use freshtrack_testkit::lht65n_payload;
use serde_json::{Value as Json, json};

/// One frame of a Dragino LHT65N with its probe in a unit: 45.0 % around it, heard at -97 dBm.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Which device.
    pub dev_eui: String,
    /// When the network received it.
    pub at: Timestamp,
    /// Its counter.
    pub count: u32,
    /// The session that the counter is of.
    pub session: String,
    /// What the probe measured, in hundredths of a degree Celsius.
    pub centi: i16,
}

impl Frame {
    /// The first frame of `dev_eui`.
    #[must_use]
    pub fn first(dev_eui: &str, at: Timestamp, centi: i16) -> Self {
        Self::new(dev_eui, at, 1, centi)
    }

    /// The frame number `count` of `dev_eui`.
    #[must_use]
    pub fn new(dev_eui: &str, at: Timestamp, count: u32, centi: i16) -> Self {
        Self {
            dev_eui: dev_eui.to_owned(),
            at,
            count,
            session: "AZq5nvPk6Z0G166jQ8Y0QQ==".to_owned(),
            centi,
        }
    }

    /// Its bytes, decrypted, in base 64.
    #[must_use]
    pub fn payload(&self) -> String {
        base64(&lht65n_payload(self.centi))
    }

    /// The body of The Things Stack's webhook.
    #[must_use]
    pub fn things_stack(&self) -> Json {
        json!({
            "end_device_ids": {
                "device_id": format!("eui-{}", self.dev_eui.to_lowercase()),
                "application_ids": { "application_id": "cold-rooms" },
                "dev_eui": self.dev_eui,
                "dev_addr": "260BC3D6",
            },
            "correlation_ids": ["gs:uplink:01KAJ3W8A1ZRZGYF0M2E93CV86"],
            "received_at": self.at.to_string(),
            "uplink_message": {
                "session_key_id": self.session,
                "f_port": 2,
                "f_cnt": self.count,
                "frm_payload": self.payload(),
                "rx_metadata": [
                    { "gateway_ids": { "gateway_id": "roof" }, "rssi": -97, "channel_rssi": -97, "snr": 7.2 },
                    { "gateway_ids": { "gateway_id": "pier" }, "rssi": -114, "channel_rssi": -114, "snr": -3.5 },
                ],
                "received_at": self.at.to_string(),
            },
        })
    }

    /// The body of ChirpStack's `event=up` request.
    #[must_use]
    pub fn chirpstack(&self) -> Json {
        json!({
            "deduplicationId": "3d9c1724-11e2-4b8f-ab0d-549b6f03675a",
            "time": self.at.to_string(),
            "deviceInfo": { "deviceName": "probe", "devEui": self.dev_eui.to_lowercase(), "tags": {} },
            "devAddr": "00189440",
            "adr": true,
            "dr": 3,
            "fCnt": self.count,
            "fPort": 2,
            "confirmed": false,
            "data": self.payload(),
            "rxInfo": [
                { "gatewayId": "0016c001f153a14c", "nsTime": self.at.to_string(), "rssi": -114, "snr": -3.5 },
                { "gatewayId": "0016c001f153a14d", "nsTime": self.at.to_string(), "rssi": -97, "snr": 9.8 },
            ],
        })
    }

    /// What AWS IoT Core for LoRaWAN publishes.
    #[must_use]
    pub fn aws_iot(&self) -> Json {
        json!({
            "MessageId": "e040015c-e064-4114-85f1-115bb2fff17b",
            "WirelessDeviceId": "ec3b9605-4274-43eb-ad84-e91ef132bf2d",
            "PayloadData": self.payload(),
            "WirelessMetadata": {
                "LoRaWAN": {
                    "DataRate": "3",
                    "DevAddr": "00b96cd4",
                    "DevEui": self.dev_eui.to_lowercase(),
                    "FCnt": self.count,
                    "FPort": 2,
                    "Gateways": [{ "GatewayEui": "80029cfffe5cf1cc", "Rssi": -97, "Snr": 7.25 }],
                    "Timestamp": self.at.to_string(),
                },
            },
        })
    }

    /// The same measurement as an item of an upload.
    #[must_use]
    pub fn uploaded(&self) -> Json {
        json!({
            "dev_eui": self.dev_eui,
            "recorded_at": self.at.to_string(),
            "temperature_c": f64::from(self.centi) / 100.0,
            "humidity_percent": 45.0,
        })
    }
}

/// `bytes` in base 64, padded (RFC 4648, 4).
#[must_use]
pub fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits = group
            .iter()
            .fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte))
            << (8 * (3 - group.len()));
        for place in 0..4 {
            text.push(if place <= group.len() {
                char::from(DIGITS[bits >> (18 - 6 * place) & 63])
            } else {
                '='
            });
        }
    }
    text
}
