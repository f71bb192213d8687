//! What the servers know.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// What the servers know.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct State {
    /// What each key opens.
    pub(super) keys: BTreeMap<String, Grant>,
    /// Devices of The Things Stack, each entry at each of its servers.
    pub(super) entries: Vec<Entry>,
    /// Devices of ChirpStack, by DevEUI in lower case.
    pub(super) devices: BTreeMap<String, Device>,
    /// Webhooks of The Things Stack.
    #[serde(default)]
    pub(super) webhooks: Vec<Hook>,
    /// HTTP integrations of ChirpStack, by application.
    #[serde(default)]
    pub(super) integrations: BTreeMap<String, Value>,
    /// How many frames each device has sent.
    pub(super) frames: BTreeMap<String, u32>,
}

/// What a key opens.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "server", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Grant {
    /// An application of The Things Stack.
    ThingsStack {
        application_id: String,
        rights: Vec<String>,
    },
    /// A tenant of ChirpStack, which has one application and one device profile.
    Chirpstack {
        tenant_id: String,
        application_id: String,
        device_profile_id: String,
    },
}

/// Which server of The Things Stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Part {
    Identity,
    Join,
    Network,
    Application,
}

/// What one server of The Things Stack knows of a device.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) part: Part,
    pub(super) host: String,
    pub(super) application_id: String,
    pub(super) device_id: String,
    pub(super) device: Value,
    /// What waits for the device to listen, at the application server.
    #[serde(default)]
    pub(super) downlinks: Vec<Value>,
}

impl Entry {
    /// The text at `pointer` in the device.
    pub(super) fn text(&self, pointer: &str) -> &str {
        self.device
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }
}

/// A webhook of an application of The Things Stack.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Hook {
    pub(super) host: String,
    pub(super) application_id: String,
    pub(super) webhook_id: String,
    pub(super) webhook: Value,
}

/// What ChirpStack knows of a device.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Device {
    pub(super) device: Value,
    pub(super) keys: Option<Value>,
    pub(super) queue: Vec<Value>,
}

impl State {
    /// With a key for each server, for whoever tries the product on this machine.
    pub(super) fn fresh() -> Self {
        let things_stack = Grant::ThingsStack {
            application_id: "freshtrack-local".to_owned(),
            rights: vec!["RIGHT_APPLICATION_ALL".to_owned()],
        };
        let chirpstack = Grant::Chirpstack {
            tenant_id: "52f14cd4-c6f1-4fbd-8f87-4025e1d49242".to_owned(),
            application_id: "17c82e96-be03-4f38-aef3-f83d48582d97".to_owned(),
            device_profile_id: "14855bf7-d10d-4aee-b618-ebfcb64dc7ad".to_owned(),
        };
        Self {
            keys: BTreeMap::from([
                ("NNSXS.LOCAL.EVERYTHING".to_owned(), things_stack),
                ("chirpstack-local-everything".to_owned(), chirpstack),
            ]),
            ..Self::default()
        }
    }
}
