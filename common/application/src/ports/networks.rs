//! Network servers of others.

use async_trait::async_trait;
use freshtrack_domain::access::AccessKeySecret;
use freshtrack_domain::device::{AppKey, DevEui, JoinEui};
use freshtrack_domain::ids::NetworkId;
use freshtrack_domain::network::{ApiKey, BaseUrl, RegistrationStep, Server};
use freshtrack_domain::time::Span;

/// A server and what opens it.
#[derive(Debug, Clone)]
pub struct ServerAccess {
    /// Which server, and where in it.
    pub server: Server,
    /// What opens it.
    pub api_key: ApiKey,
}

/// Why a server did not do what it was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind:?}: {detail}")]
pub struct ServerError {
    /// In a word.
    pub kind: ServerErrorKind,
    /// The HTTP status of its answer, if there was one.
    pub status: Option<u16>,
    /// How long it wants to be left in peace.
    pub retry_after: Option<Span>,
    /// What exactly, for whoever set the server up. Never a secret.
    pub detail: String,
}

/// Why a server did not do what it was asked for, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ServerErrorKind {
    /// It does not know the key.
    WrongKey,
    /// The key does not allow it.
    NotAllowed,
    /// There is no such thing.
    NotFound,
    /// The device is another's there, by one of its names.
    Taken,
    /// The device is on another cluster of the same installation.
    OtherCluster,
    /// It has been asked too much.
    Throttled,
    /// It did not answer in time, or not at all.
    NoAnswer,
    /// Its address is not one that is called from here.
    AddressRefused,
    /// It found something wrong with the request: the same again would fail again.
    Rejected,
    /// It has trouble of its own, or is no such server.
    Unexpected,
}

impl ServerErrorKind {
    /// Whether the same request may succeed later, with nobody doing anything about it.
    #[must_use]
    pub const fn is_retryable(self) -> bool {
        matches!(self, Self::Throttled | Self::NoAnswer | Self::Unexpected)
    }
}

/// Talks to network servers in the name of organizations. Every call may be repeated: a second time changes nothing.
#[async_trait]
pub trait NetworkServers: Send + Sync {
    /// Whether the server at `url` is called from here at all, as far as its address tells. A name is looked up when it
    /// is called.
    fn admits(&self, url: &BaseUrl) -> bool;

    /// Tries whether the server answers and the key allows all that is needed there.
    ///
    /// # Errors
    /// What is wrong.
    async fn test(&self, at: &ServerAccess) -> Result<(), ServerError>;

    /// Has the server send frames as `webhook` says, and nothing else about the application changed.
    ///
    /// # Errors
    /// `Taken` when the application sends frames elsewhere and has room for one address.
    async fn set_webhook(&self, at: &ServerAccess, webhook: &Webhook) -> Result<(), ServerError>;

    /// Has the server send frames by the webhook no more. One that is not there counts as removed.
    ///
    /// # Errors
    /// When it may still be there.
    async fn remove_webhook(&self, at: &ServerAccess, name: &WebhookName) -> Result<(), ServerError>;

    /// Takes one step of the registration of `device`. A device that is registered there already, under the same names,
    /// is brought to what is asked for.
    ///
    /// # Errors
    /// `Taken` when one of its names is another device's.
    async fn register(
        &self,
        at: &ServerAccess,
        step: RegistrationStep,
        device: &DeviceRegistration,
    ) -> Result<(), ServerError>;

    /// Takes one step of the removal of the device. One that is not there counts as removed.
    ///
    /// # Errors
    /// When it may still be there.
    async fn remove(
        &self,
        at: &ServerAccess,
        step: RegistrationStep,
        dev_eui: DevEui,
    ) -> Result<(), ServerError>;

    /// Puts `downlink` behind what waits for the device to listen.
    ///
    /// # Errors
    /// When the server may not have taken it.
    async fn send(&self, at: &ServerAccess, dev_eui: DevEui, downlink: &Downlink) -> Result<(), ServerError>;

    /// Whether `downlink` waits for the device to listen: to be asked before one is sent again.
    ///
    /// # Errors
    /// When the server does not say.
    async fn is_waiting(
        &self,
        at: &ServerAccess,
        dev_eui: DevEui,
        downlink: &Downlink,
    ) -> Result<bool, ServerError>;
}

/// What tells a webhook of ours from others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookName {
    /// The connection that it belongs to.
    pub network_id: NetworkId,
    /// Where frames are sent, below the address of this API.
    pub path: String,
}

/// Where frames are to be sent, and with what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Which one.
    pub name: WebhookName,
    /// The address of this API.
    pub api: BaseUrl,
    /// What the server proves itself with.
    pub secret: AccessKeySecret,
}

impl Webhook {
    /// The whole address.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}{}", self.api, self.name.path)
    }

    /// What is sent along as `Authorization`.
    #[must_use]
    pub fn authorization(&self) -> String {
        format!("Bearer {}", self.secret.reveal())
    }
}

/// What a network server must be told of a device.
#[derive(Debug, Clone)]
pub struct DeviceRegistration {
    /// What the radio network calls it.
    pub dev_eui: DevEui,
    /// Whom it asks to be let in.
    pub join_eui: JoinEui,
    /// Its root key.
    pub app_key: AppKey,
    /// What people call it there.
    pub name: String,
}

/// A message to a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Downlink {
    /// What tells it from others: the identifier of what it is for.
    pub reference: String,
    /// The LoRaWAN port.
    pub f_port: u8,
    /// Its bytes.
    pub payload: Vec<u8>,
}
