//! Network servers, in memory.

use crate::faults::Faults;
use async_trait::async_trait;
use freshtrack_application::ports::{
    DeviceRegistration, Downlink, NetworkServers, ServerAccess, ServerError, ServerErrorKind, Webhook,
    WebhookName,
};
use freshtrack_domain::device::{AppKey, DevEui};
use freshtrack_domain::network::{BaseUrl, RegistrationStep};
use freshtrack_domain::time::Span;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A network server that every connection leads to. Names its calls as the port does: `network_servers.register`.
#[derive(Debug, Default)]
pub struct MemoryNetworkServers {
    /// Where a call can be killed, before it has done its work and after.
    pub faults: Faults,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    /// The only key that is taken; any, if there is none.
    key: Option<String>,
    answers: VecDeque<ServerError>,
    calls: Vec<Called>,
    registered: BTreeMap<DevEui, BTreeMap<RegistrationStep, AppKey>>,
    waiting: Vec<(DevEui, Downlink)>,
    foreign: BTreeSet<DevEui>,
    webhooks: Vec<Webhook>,
}

/// A call that reached the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Called {
    /// The key was tried.
    Tested,
    /// A step of a registration.
    Registered(RegistrationStep),
    /// A step of a removal.
    Removed(RegistrationStep),
    /// A downlink was put behind the others.
    Sent,
    /// A webhook was set.
    WebhookSet,
    /// A webhook was removed.
    WebhookRemoved,
}

/// A server's failure of this kind.
#[must_use]
pub fn server_error(kind: ServerErrorKind) -> ServerError {
    let status = match kind {
        ServerErrorKind::WrongKey => Some(401),
        ServerErrorKind::NotAllowed => Some(403),
        ServerErrorKind::NotFound => Some(404),
        ServerErrorKind::Taken => Some(409),
        ServerErrorKind::Throttled => Some(429),
        ServerErrorKind::OtherCluster | ServerErrorKind::Rejected => Some(400),
        ServerErrorKind::Unexpected => Some(500),
        ServerErrorKind::NoAnswer | ServerErrorKind::AddressRefused => None,
    };
    ServerError {
        kind,
        status,
        retry_after: None,
        detail: format!("the server says {kind:?}"),
    }
}

impl MemoryNetworkServers {
    /// From now on the server takes `key` and no other.
    pub fn take_only(&self, key: &str) {
        self.lock().key = Some(key.to_owned());
    }

    /// The next calls fail, one after the other, in this way.
    pub fn fail_next(&self, errors: impl IntoIterator<Item = ServerError>) {
        self.lock().answers.extend(errors);
    }

    /// The next call is told to come again after `wait`.
    pub fn throttle_next(&self, wait: Span) {
        self.fail_next([ServerError {
            retry_after: Some(wait),
            ..server_error(ServerErrorKind::Throttled)
        }]);
    }

    /// The DevEUI is another device's there.
    pub fn give_away(&self, dev_eui: DevEui) {
        self.lock().foreign.insert(dev_eui);
    }

    /// Takes out the calls that reached the server so far.
    pub fn take_calls(&self) -> Vec<Called> {
        std::mem::take(&mut self.lock().calls)
    }

    /// The parts at which the device is registered, and with which root key.
    pub fn registered(&self, dev_eui: DevEui) -> BTreeMap<RegistrationStep, AppKey> {
        self.lock().registered.get(&dev_eui).cloned().unwrap_or_default()
    }

    /// The webhooks by which frames are sent.
    pub fn webhooks(&self) -> Vec<Webhook> {
        self.lock().webhooks.clone()
    }

    /// What waits for the device to listen.
    pub fn waiting(&self, dev_eui: DevEui) -> Vec<Downlink> {
        let kept = self.lock();
        let ours = kept.waiting.iter().filter(|(eui, _)| *eui == dev_eui);
        ours.map(|(_, downlink)| downlink.clone()).collect()
    }

    /// The device listens, and has what waited for it.
    pub fn listen(&self, dev_eui: DevEui) {
        self.lock().waiting.retain(|(eui, _)| *eui != dev_eui);
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A call begins: it may be killed here, or fail as asked for.
    async fn call(&self, op: &'static str, at: &ServerAccess) -> Result<MutexGuard<'_, Kept>, ServerError> {
        let given = self.faults.call(op).await;
        given.map_err(|_| server_error(ServerErrorKind::NoAnswer))?;
        let mut kept = self.lock();
        if let Some(error) = kept.answers.pop_front() {
            return Err(error);
        }
        if kept.key.as_deref().is_some_and(|key| key != at.api_key.reveal()) {
            return Err(server_error(ServerErrorKind::WrongKey));
        }
        Ok(kept)
    }

    /// A call has done its work: it may be killed here, or its answer may be lost.
    async fn answer(&self, op: &'static str) -> Result<(), ServerError> {
        let given = self.faults.answer(op).await;
        given.map_err(|_| server_error(ServerErrorKind::NoAnswer))
    }
}

#[async_trait]
impl NetworkServers for MemoryNetworkServers {
    /// Everything but what is written as a private address.
    fn admits(&self, url: &BaseUrl) -> bool {
        !url.is_loopback() && !url.host().starts_with("10.")
    }

    async fn test(&self, at: &ServerAccess) -> Result<(), ServerError> {
        const OP: &str = "network_servers.test";
        self.call(OP, at).await?.calls.push(Called::Tested);
        self.answer(OP).await
    }

    async fn set_webhook(&self, at: &ServerAccess, webhook: &Webhook) -> Result<(), ServerError> {
        const OP: &str = "network_servers.set_webhook";
        {
            let mut kept = self.call(OP, at).await?;
            kept.calls.push(Called::WebhookSet);
            kept.webhooks
                .retain(|known| known.name.network_id != webhook.name.network_id);
            kept.webhooks.push(webhook.clone());
        }
        self.answer(OP).await
    }

    async fn remove_webhook(&self, at: &ServerAccess, name: &WebhookName) -> Result<(), ServerError> {
        const OP: &str = "network_servers.remove_webhook";
        {
            let mut kept = self.call(OP, at).await?;
            kept.calls.push(Called::WebhookRemoved);
            kept.webhooks.retain(|known| known.name != *name);
        }
        self.answer(OP).await
    }

    async fn register(
        &self,
        at: &ServerAccess,
        step: RegistrationStep,
        device: &DeviceRegistration,
    ) -> Result<(), ServerError> {
        const OP: &str = "network_servers.register";
        {
            let mut kept = self.call(OP, at).await?;
            if kept.foreign.contains(&device.dev_eui) {
                return Err(server_error(ServerErrorKind::Taken));
            }
            kept.calls.push(Called::Registered(step));
            let steps = kept.registered.entry(device.dev_eui).or_default();
            steps.insert(step, device.app_key);
        }
        self.answer(OP).await
    }

    async fn remove(
        &self,
        at: &ServerAccess,
        step: RegistrationStep,
        dev_eui: DevEui,
    ) -> Result<(), ServerError> {
        const OP: &str = "network_servers.remove";
        {
            let mut kept = self.call(OP, at).await?;
            kept.calls.push(Called::Removed(step));
            if let Some(steps) = kept.registered.get_mut(&dev_eui) {
                steps.remove(&step);
            }
        }
        self.answer(OP).await
    }

    async fn send(&self, at: &ServerAccess, dev_eui: DevEui, downlink: &Downlink) -> Result<(), ServerError> {
        const OP: &str = "network_servers.send";
        {
            let mut kept = self.call(OP, at).await?;
            kept.calls.push(Called::Sent);
            kept.waiting.push((dev_eui, downlink.clone()));
        }
        self.answer(OP).await
    }

    async fn is_waiting(
        &self,
        at: &ServerAccess,
        dev_eui: DevEui,
        downlink: &Downlink,
    ) -> Result<bool, ServerError> {
        let kept = self.call("network_servers.is_waiting", at).await?;
        Ok(kept
            .waiting
            .iter()
            .any(|(eui, waiting)| *eui == dev_eui && waiting == downlink))
    }
}
