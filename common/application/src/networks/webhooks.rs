//! The webhook by which a network server sends frames: set up through the server's own API, with an access key that may send
//! frames and nothing else. Setting it up again changes nothing; a server that does not allow it is used all the same, once
//! somebody has set it up by hand.

use super::Networks;
use super::connections::{find, shown_once};
use crate::error::{Failure, PortError, PortErrorKind};
use crate::organizations::{Office, draw_secret, machine_key, rotation, whole_organization};
use crate::places::At;
use crate::ports::{ServerAccess, ServerError, ServerErrorKind, Stored, Webhook, WebhookName};
use crate::registry::Change;
use crate::scope::{Caller, OrgScope};
use freshtrack_contracts::networks::{NewNetwork, RotateWebhook, WebhookSetUpView};
use freshtrack_domain::access::{AccessKey, AccessKeySecret, Right};
use freshtrack_domain::ids::{AccessKeyId, NetworkId, OrgId};
use freshtrack_domain::network::{Network, Server, WebhookResult, WebhookSetUp};
use freshtrack_domain::people::Sealed;
use freshtrack_domain::text::Name;

/// Where the frames of `network` are sent, below the address of this API.
pub(super) fn webhook_path(org_id: OrgId, network: &Network) -> String {
    let kind = match &network.server {
        Server::ThingsStack { .. } => "things-stack",
        Server::Chirpstack { .. } => "chirpstack",
    };
    format!("/v1/orgs/{org_id}/ingest/{kind}")
}

/// What the webhook's access key is called in the list of keys.
pub(super) fn webhook_key_name(network: &Name) -> Name {
    Name::new(&format!("Webhook of {network}")).unwrap_or_else(|_| network.clone())
}

pub(super) fn webhook_name(org_id: OrgId, network: &Network) -> WebhookName {
    WebhookName {
        network_id: network.id,
        path: webhook_path(org_id, network),
    }
}

/// With the organization: a secret that was copied into another one's record cannot be opened there.
fn purpose(scope: OrgScope, id: NetworkId) -> String {
    format!("network/{}/{id}/webhook", scope.org_id())
}

/// `secret` as it is kept, for setting the webhook up.
pub(super) async fn seal_secret(
    ports: &Networks<'_>,
    scope: OrgScope,
    id: NetworkId,
    secret: &AccessKeySecret,
) -> Result<Sealed, PortError> {
    let secret = secret.reveal();
    ports.vault.seal(&purpose(scope, id), secret.as_bytes()).await
}

async fn open_secret(
    ports: &Networks<'_>,
    scope: OrgScope,
    network: &Network,
) -> Result<AccessKeySecret, PortError> {
    let corrupt = || PortError::new("networks.webhook_secret", PortErrorKind::Corrupt);
    let opened = ports
        .vault
        .open(&purpose(scope, network.id), &network.webhook_secret)
        .await?;
    let text = String::from_utf8(opened).map_err(|_| corrupt())?;
    text.parse().map_err(|_| corrupt())
}

/// Sets the webhook of `network` up at its server, which `access` leads to; what came of it. `None` where it is not known
/// how this API is reached.
pub(super) async fn set_up(
    ports: &Networks<'_>,
    scope: OrgScope,
    network: &Network,
    access: &ServerAccess,
) -> Result<Option<WebhookSetUp>, PortError> {
    let Some(api) = ports.api else {
        return Ok(None);
    };
    let webhook = Webhook {
        name: webhook_name(scope.org_id(), network),
        api: api.clone(),
        secret: open_secret(ports, scope, network).await?,
    };
    let (result, detail) = match ports.servers.set_webhook(access, &webhook).await {
        Ok(()) => (WebhookResult::Registered, None),
        Err(ServerError { kind, detail, .. }) => {
            let result = match kind {
                ServerErrorKind::NotAllowed => WebhookResult::NotAllowed,
                ServerErrorKind::Taken => WebhookResult::Taken,
                _ => WebhookResult::Failed,
            };
            (result, Some(detail))
        }
    };
    Ok(Some(WebhookSetUp {
        at: ports.clock.now(),
        result,
        url: webhook.url(),
        detail,
    }))
}

/// Sets the webhook of a connection up that was just changed, and remembers what came of it. The connection stands in any
/// case: what could not be set up or remembered, the next test does.
pub(super) async fn set_up_changed(
    ports: &Networks<'_>,
    caller: &Caller,
    stored: Stored<Network>,
) -> Stored<Network> {
    match try_set_up(ports, caller, &stored).await {
        Ok(Some(changed)) => changed,
        Ok(None) => stored,
        Err(error) => {
            tracing::warn!(network.id = %stored.record.id, %error, "a webhook is set up later");
            stored
        }
    }
}

async fn try_set_up(
    ports: &Networks<'_>,
    caller: &Caller,
    stored: &Stored<Network>,
) -> Result<Option<Stored<Network>>, Failure> {
    let access = ports.access(caller.scope, &stored.record).await?;
    let Some(webhook) = set_up(ports, caller.scope, &stored.record, &access).await? else {
        return Ok(None);
    };
    let change = Change::new(
        caller.scope,
        &caller.actor,
        "network.webhook_set_up",
        stored.record.id,
    )
    .detail("result", format!("{:?}", webhook.result));
    let record = Network {
        webhook: Some(webhook),
        ..stored.record.clone()
    };
    ports
        .registry()
        .commit(change.replace(&record, stored.rev)?)
        .await?;
    let rev = stored.rev + 1;
    Ok(Some(Stored { record, rev }))
}

/// What became of a webhook that a server was to forget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TakenDown {
    /// It has.
    Gone,
    /// It may do so later, with nobody doing anything about it.
    Later,
    /// It stays, and what it sends is refused.
    Stays,
}

/// Has the server forget the webhook; if it does not, what it sends is refused from now on.
pub(super) async fn take_down(ports: &Networks<'_>, scope: OrgScope, network: &Network) -> TakenDown {
    let name = webhook_name(scope.org_id(), network);
    let access = match ports.access(scope, network).await {
        Ok(access) => access,
        Err(error) => {
            tracing::warn!(network.id = %network.id, %error, "a webhook stays at its server");
            return TakenDown::Later;
        }
    };
    match ports.servers.remove_webhook(&access, &name).await {
        Ok(()) => TakenDown::Gone,
        Err(error) => {
            tracing::warn!(network.id = %network.id, %error, "a webhook stays at its server");
            if error.kind.is_retryable() {
                TakenDown::Later
            } else {
                TakenDown::Stays
            }
        }
    }
}

/// A new secret for the webhook, set up at the server and shown once. The one before holds on for a while. A key that was
/// revoked is replaced.
///
/// # Errors
/// Refused when there is no such connection.
pub async fn rotate_webhook(
    ports: &Networks<'_>,
    caller: &Caller,
    id: NetworkId,
    input: RotateWebhook,
) -> Result<At<NewNetwork>, Failure> {
    whole_organization(caller)?;
    let (scope, now) = (caller.scope, ports.clock.now());
    let stored = find(ports, caller, id).await?;
    let new_key_id = ports.ids.id::<AccessKeyId>(now);
    let office = Office {
        records: ports.records,
        ids: ports.ids,
        clock: ports.clock,
    };
    let change = Change::new(scope, &caller.actor, "network.webhook_rotated", id);
    let key = ports
        .records
        .get::<AccessKey>(scope, stored.record.webhook_key_id)
        .await?;
    let mut network = stored.record.clone();
    let (change, secret) = match key.filter(|key| key.record.holds(now)) {
        Some(key) => rotation(&office, caller, change, &key, input.overlap_hours).await?,
        None => {
            network.webhook_key_id = new_key_id;
            let key = (new_key_id, webhook_key_name(&network.name), Right::Ingest);
            let secret = draw_secret(ports.ids);
            let change = machine_key(change, caller, ports.ids, now, key, &secret)?;
            (Some(change), secret)
        }
    };
    let stored = match change {
        Some(change) => {
            network.webhook_secret = seal_secret(ports, scope, id, &secret).await?;
            network.webhook = None;
            let change = change.replace(&network, stored.rev)?;
            ports.registry().commit(change).await?;
            Stored {
                record: network,
                rev: stored.rev + 1,
            }
        }
        // The same request was made before.
        None => stored,
    };
    let stored = set_up_changed(ports, caller, stored).await;
    Ok(shown_once(caller, &stored, &secret))
}

pub(super) fn set_up_view(network: &Network, set_up: &WebhookSetUp) -> WebhookSetUpView {
    WebhookSetUpView {
        at: set_up.at.into(),
        result: set_up.result,
        url: set_up.url.clone(),
        detail: set_up.detail.clone(),
        by_hand: (set_up.result != WebhookResult::Registered).then(|| by_hand(network, &set_up.url)),
    }
}

/// How people set the webhook up in the console of its server.
fn by_hand(network: &Network, url: &str) -> String {
    match &network.server {
        Server::ThingsStack { application_id, .. } => format!(
            "In the console of The Things Stack, open the application {} and add a custom webhook: format JSON, base URL \
             {url}, an additional header Authorization with the value Bearer and the webhook's secret, and uplink message \
             enabled, with nothing as its path. Or give the key the right to edit basic application settings and test the \
             connection.",
            application_id.as_str()
        ),
        Server::Chirpstack { .. } => format!(
            "In ChirpStack, open the application's integrations and add HTTP: encoding JSON, event endpoint URL {url}, and \
             a header Authorization with the value Bearer and the webhook's secret. Or use a key that may change the \
             application and test the connection."
        ),
    }
}
