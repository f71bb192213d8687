//! The APIs of network servers: trying a key, registering devices, sending to them.
//!
//! Where a server is, its organization says; so what is called is checked twice. An address that is given as a number
//! must be public, and a name is looked up by [`PublicAddresses`], which forgets every address that is not. Nothing is
//! followed elsewhere: a redirect is an unexpected answer.

mod addresses;
mod chirpstack;
mod things_stack;

use crate::http::Http;
use addresses::{PrivateAddress, PublicAddresses, is_public};
use async_trait::async_trait;
use bytes::Bytes;
use freshtrack_application::ports::{
    DeviceRegistration, Downlink, NetworkServers, ServerAccess, ServerError, ServerErrorKind, Webhook,
    WebhookName,
};
use freshtrack_domain::device::DevEui;
use freshtrack_domain::network::{BaseUrl, RegistrationStep, Server};
use freshtrack_domain::time::Span;
use http::{Method, Request, Response, StatusCode, header};
use serde_json::Value;
use std::error::Error as StdError;

/// Which servers are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// Those on the public internet.
    Public,
    /// None but this machine's: one on a loopback address is called there, and for every other `stand_in` answers, at the
    /// path that is its host name.
    Local {
        /// The address of the stand-in, without a slash at its end.
        stand_in: String,
    },
}

/// Network servers over HTTPS.
#[derive(Debug)]
pub struct HttpNetworkServers {
    http: Http,
    reach: Reach,
}

impl HttpNetworkServers {
    /// Calls the servers within `reach`.
    #[must_use]
    pub fn new(reach: Reach) -> Self {
        let http = match &reach {
            Reach::Public => Http::with_resolver(PublicAddresses),
            Reach::Local { .. } => Http::default(),
        };
        Self { http, reach }
    }

    fn address(&self, base: &BaseUrl, path: &str) -> String {
        match &self.reach {
            Reach::Local { stand_in } if !base.is_loopback() => format!("{stand_in}/{}{path}", base.host()),
            Reach::Public | Reach::Local { .. } => format!("{base}{path}"),
        }
    }

    /// Calls `path` of the server at `base`. An answer that is no success is an error.
    async fn call(&self, base: &BaseUrl, call: Call<'_>) -> Result<Value, ServerError> {
        const OP: &str = "network_servers.call";
        if !self.admits(base) {
            return Err(address_refused(base));
        }
        let body = call.body.map(|body| body.to_string()).unwrap_or_default();
        let request = Request::builder()
            .method(call.method)
            .uri(self.address(base, &call.path))
            .header(call.credential.0, format!("Bearer {}", call.credential.1))
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::USER_AGENT, "FreshTrack")
            .body(Bytes::from(body))
            .map_err(|error| failure(base, ServerErrorKind::Rejected, None, &error.to_string()))?;
        let response = self.http.send(OP, request).await.map_err(|error| {
            if is_private(&error) {
                address_refused(base)
            } else {
                failure(base, ServerErrorKind::NoAnswer, None, "did not answer in time")
            }
        })?;
        let status = response.status();
        if !status.is_success() {
            return Err(refused(base, &response));
        }
        if response.body().is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(response.body()).map_err(|_| {
            let detail = "answered something that is no JSON: is this the address of its API?";
            failure(base, ServerErrorKind::Unexpected, Some(status), detail)
        })
    }
}

/// One call of a server.
struct Call<'a> {
    method: Method,
    path: String,
    /// The header that holds the key, and the key.
    credential: (&'static str, &'a str),
    body: Option<Value>,
}

/// What a failed answer means. The statuses are those of gRPC's HTTP mapping, by which both servers answer.
fn refused(base: &BaseUrl, response: &Response<Bytes>) -> ServerError {
    let status = response.status();
    let kind = match status {
        StatusCode::UNAUTHORIZED => ServerErrorKind::WrongKey,
        StatusCode::FORBIDDEN => ServerErrorKind::NotAllowed,
        StatusCode::NOT_FOUND => ServerErrorKind::NotFound,
        StatusCode::CONFLICT => ServerErrorKind::Taken,
        StatusCode::TOO_MANY_REQUESTS => ServerErrorKind::Throttled,
        StatusCode::REQUEST_TIMEOUT => ServerErrorKind::NoAnswer,
        status if status.is_client_error() => ServerErrorKind::Rejected,
        _ => ServerErrorKind::Unexpected,
    };
    let told = told_by(response.body());
    let kind = if told.contains("other_cluster") {
        ServerErrorKind::OtherCluster
    } else {
        kind
    };
    let seconds = response
        .headers()
        .get(header::RETRY_AFTER)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.trim().parse().ok());
    ServerError {
        retry_after: seconds.map(Span::seconds),
        ..failure(
            base,
            kind,
            Some(status),
            &format!("answered {}: {told}", status.as_u16()),
        )
    }
}

/// The most characters of a server's own words that are repeated.
const LONGEST_TOLD: usize = 200;

/// What the server says, as far as it can be shown: the `message` of its error, without what cannot be seen.
fn told_by(body: &[u8]) -> String {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let message = body
        .get("message")
        .and_then(Value::as_str)
        .unwrap_or("no reason given");
    message
        .chars()
        .filter(|c| !c.is_control())
        .take(LONGEST_TOLD)
        .collect()
}

fn failure(base: &BaseUrl, kind: ServerErrorKind, status: Option<StatusCode>, what: &str) -> ServerError {
    ServerError {
        kind,
        status: status.map(|status| status.as_u16()),
        retry_after: None,
        detail: format!("{} {what}", base.host()),
    }
}

/// A server was asked for a step that only the other kind has.
fn no_such_step() -> ServerError {
    ServerError {
        kind: ServerErrorKind::Rejected,
        status: None,
        retry_after: None,
        detail: "this kind of server has no such step".to_owned(),
    }
}

fn address_refused(base: &BaseUrl) -> ServerError {
    let what = "is in a private network, which is not reached from here";
    failure(base, ServerErrorKind::AddressRefused, None, what)
}

/// Whether a call failed because the server's name belongs to private addresses.
fn is_private(error: &(dyn StdError + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<PrivateAddress>() {
            return true;
        }
        cause = error.source();
    }
    false
}

#[async_trait]
impl NetworkServers for HttpNetworkServers {
    fn admits(&self, url: &BaseUrl) -> bool {
        match &self.reach {
            Reach::Local { .. } => true,
            Reach::Public => !url.is_loopback() && url.ip().is_none_or(is_public),
        }
    }

    async fn test(&self, at: &ServerAccess) -> Result<(), ServerError> {
        match &at.server {
            Server::ThingsStack { .. } => things_stack::test(self, at).await,
            Server::Chirpstack { .. } => chirpstack::test(self, at).await,
        }
    }

    async fn set_webhook(&self, at: &ServerAccess, webhook: &Webhook) -> Result<(), ServerError> {
        match &at.server {
            Server::ThingsStack { .. } => things_stack::set_webhook(self, at, webhook).await,
            Server::Chirpstack { .. } => chirpstack::set_integration(self, at, webhook).await,
        }
    }

    async fn remove_webhook(&self, at: &ServerAccess, name: &WebhookName) -> Result<(), ServerError> {
        let removed = match &at.server {
            Server::ThingsStack { .. } => things_stack::remove_webhook(self, at, name).await,
            Server::Chirpstack { .. } => chirpstack::remove_integration(self, at, name).await,
        };
        match removed {
            Err(error) if error.kind == ServerErrorKind::NotFound => Ok(()),
            removed => removed,
        }
    }

    async fn register(
        &self,
        at: &ServerAccess,
        step: RegistrationStep,
        device: &DeviceRegistration,
    ) -> Result<(), ServerError> {
        match &at.server {
            Server::ThingsStack { .. } => things_stack::register(self, at, step, device).await,
            Server::Chirpstack { .. } => chirpstack::register(self, at, step, device).await,
        }
    }

    async fn remove(
        &self,
        at: &ServerAccess,
        step: RegistrationStep,
        dev_eui: DevEui,
    ) -> Result<(), ServerError> {
        let removed = match &at.server {
            Server::ThingsStack { .. } => things_stack::remove(self, at, step, dev_eui).await,
            Server::Chirpstack { .. } => chirpstack::remove(self, at, dev_eui).await,
        };
        match removed {
            Err(error) if error.kind == ServerErrorKind::NotFound => Ok(()),
            removed => removed,
        }
    }

    async fn send(&self, at: &ServerAccess, dev_eui: DevEui, downlink: &Downlink) -> Result<(), ServerError> {
        match &at.server {
            Server::ThingsStack { .. } => things_stack::send(self, at, dev_eui, downlink).await,
            Server::Chirpstack { .. } => chirpstack::send(self, at, dev_eui, downlink).await,
        }
    }

    async fn is_waiting(
        &self,
        at: &ServerAccess,
        dev_eui: DevEui,
        downlink: &Downlink,
    ) -> Result<bool, ServerError> {
        match &at.server {
            Server::ThingsStack { .. } => things_stack::is_waiting(self, at, dev_eui, downlink).await,
            Server::Chirpstack { .. } => chirpstack::is_waiting(self, at, dev_eui, downlink).await,
        }
    }
}
