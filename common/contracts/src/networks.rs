//! Network servers: how they are connected, and what is done through them.

use crate::identity::Token;
use crate::time::Instant;
use freshtrack_domain::device::{AppKey, JoinEui};
use freshtrack_domain::ids::{AccessKeyId, JobId, NetworkId, PendingChangeId, SensorId};
use freshtrack_domain::network::{
    ApiKey, ChangeState, JobKind, JobState, Obstacle, RegistrationStep, RemovalReason, Server, SettingChange,
    TestResult, WebhookResult,
};
use freshtrack_domain::text::Name;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `POST /v1/orgs/{org_id}/networks`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateNetwork {
    /// What to call it.
    pub name: Name,
    /// Which server, and where in it.
    pub server: Server,
    /// What opens the server. It is kept encrypted and never shown again.
    pub api_key: ApiKey,
}

/// `PATCH /v1/orgs/{org_id}/networks/{network_id}`: what is not mentioned stays.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateNetwork {
    /// What to call it.
    #[serde(default)]
    pub name: Option<Name>,
    /// Which server, and where in it. While sensors are registered there, only what is given to new ones may change.
    #[serde(default)]
    pub server: Option<Server>,
    /// What opens the server. To be given with an address that is new: a key is sent nowhere but where it was meant for.
    #[serde(default)]
    pub api_key: Option<ApiKey>,
}

/// `POST /v1/orgs/{org_id}/networks/{network_id}/key-rotation`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RotateNetworkKey {
    /// The new key. It is tried first: one that the server does not take changes nothing.
    pub api_key: ApiKey,
}

/// A connection to a network server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NetworkView {
    /// Its identifier.
    pub id: NetworkId,
    /// What people call it.
    pub name: Name,
    /// Which server, and where in it.
    pub server: Server,
    /// The last four characters of the API key.
    pub api_key_last4: String,
    /// Since when this key is used.
    pub api_key_set_at: Instant,
    /// How the server sends frames to us.
    pub webhook: WebhookView,
    /// What the last try of the server and its key gave.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_test: Option<NetworkTest>,
    /// Since when there is it.
    pub created_at: Instant,
    /// Who created it.
    pub created_by: String,
}

/// How the network server sends frames to us.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WebhookView {
    /// Where to send them, below the address of this API.
    pub path: String,
    /// The access key that is sent along as `Authorization: Bearer …`.
    pub access_key_id: AccessKeyId,
    /// What came of setting it up at the server; absent until that was tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub set_up: Option<WebhookSetUpView>,
}

/// What came of setting up a webhook at its server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WebhookSetUpView {
    /// When it was tried last.
    pub at: Instant,
    /// What came of it.
    pub result: WebhookResult,
    /// Where the server is to send frames.
    pub url: String,
    /// What exactly was wrong, where more is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// What somebody has to do at the server, where it was not set up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_hand: Option<String>,
}

/// `POST /v1/orgs/{org_id}/networks/{network_id}/webhook-rotation`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RotateWebhook {
    /// For how many hours the present secret still holds, 0 to 168; 24 unless given.
    #[serde(default)]
    #[schemars(range(max = 168))]
    pub overlap_hours: Option<u32>,
}

/// What a try of a server gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NetworkTest {
    /// When.
    pub at: Instant,
    /// What came of it.
    pub result: TestResult,
    /// The HTTP status of the answer, if there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// What exactly was wrong, where more is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// A connection, and the secret of its webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NewNetwork {
    /// The connection.
    pub network: NetworkView,
    /// The secret with which the server proves itself to us, which is shown this once. It is needed only where the webhook
    /// has to be set up by hand.
    pub webhook_secret: Token,
}

/// `POST /v1/orgs/{org_id}/sensors/{sensor_id}/provisioning`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProvisionSensor {
    /// Through which connection.
    pub network_id: NetworkId,
    /// Whom the sensor asks to be let in; AppEUI on older labels. That of the sensor, unless given.
    #[serde(default)]
    pub join_eui: Option<JoinEui>,
    /// The sensor's root key, to be given only where none is kept of it, or another one: the sensor keeps it from then on,
    /// encrypted, and it is never shown again.
    #[serde(default)]
    pub app_key: Option<AppKey>,
}

/// Work on the registration of a sensor at a network server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct JobView {
    /// Its identifier.
    pub id: JobId,
    /// What is to be done.
    pub kind: JobKind,
    /// Why, if a registration is to be removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<RemovalReason>,
    /// How far it has come.
    pub state: JobState,
    /// Through which connection.
    pub network_id: NetworkId,
    /// Of which sensor.
    pub sensor_id: SensorId,
    /// What the radio network calls it.
    pub dev_eui: String,
    /// The steps that are done, in order.
    pub done: Vec<RegistrationStep>,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_attempt_at: Option<Instant>,
    /// What stood in the way last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub setback: Option<SetbackView>,
    /// When it was asked for.
    pub created_at: Instant,
    /// Who asked for it.
    pub created_by: String,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Instant>,
}

/// What stood in the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SetbackView {
    /// In a word.
    pub obstacle: Obstacle,
    /// What exactly.
    pub detail: String,
    /// At which step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<RegistrationStep>,
}

/// `POST /v1/orgs/{org_id}/sensors/{sensor_id}/changes`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestChange {
    /// What is to be changed.
    pub change: SettingChange,
    /// For how many hours it may wait for the sensor, 1 to 168; 24 unless given.
    #[serde(default)]
    pub timeout_hours: Option<u32>,
}

/// A change of a sensor's settings on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChangeView {
    /// Its identifier.
    pub id: PendingChangeId,
    /// The sensor.
    pub sensor_id: SensorId,
    /// What is to be changed.
    pub change: SettingChange,
    /// How far it has come.
    pub state: ChangeState,
    /// How often it was tried to be sent.
    pub attempts: u32,
    /// What stood in the way last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub setback: Option<SetbackView>,
    /// When it was asked for.
    pub asked_at: Instant,
    /// Who asked for it.
    pub asked_by: String,
    /// When it is given up.
    pub times_out_at: Instant,
    /// When the network server took it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<Instant>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Instant>,
}
