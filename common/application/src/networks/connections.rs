//! Connections to network servers.

use super::Networks;
use super::webhooks::{
    seal_secret, set_up, set_up_changed, set_up_view, take_down, webhook_key_name, webhook_path,
};
use crate::error::{Failure, PortError, Refusal};
use crate::organizations::{draw_secret, end_key, machine_key, whole_organization};
use crate::page::{Order, PageRequest, page_of};
use crate::places::{At, unchanged};
use crate::ports::{ServerAccess, ServerError, ServerErrorKind, Stored};
use crate::registry::Change;
use crate::scope::{Caller, OrgScope};
use freshtrack_contracts::networks::{
    CreateNetwork, NetworkTest, NetworkView, NewNetwork, RotateNetworkKey, UpdateNetwork, WebhookView,
};
use freshtrack_contracts::page::Page;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::access::{AccessKeySecret, Right};
use freshtrack_domain::ids::{AccessKeyId, NetworkId, OrgId};
use freshtrack_domain::network::{Network, NetworkDevice, Server, ServerTest, TestResult, WebhookSetUp};
use freshtrack_domain::time::Timestamp;

/// Connections an organization may have.
const MOST_NETWORKS: usize = 20;

/// Connects a network server. The webhook's secret is an access key that may send frames and nothing else, shown once.
///
/// # Errors
/// Refused when the server is not one that is called from here, and to whoever works for some sites only.
pub async fn create_network(
    ports: &Networks<'_>,
    caller: &Caller,
    input: CreateNetwork,
) -> Result<At<NewNetwork>, Failure> {
    whole_organization(caller)?;
    let now = ports.clock.now();
    let id = ports.ids.id::<NetworkId>(now);
    let webhook_key_id = ports.ids.id::<AccessKeyId>(now);
    admitted(ports, &input.server)?;
    let networks = ports.records.all::<Network>(caller.scope).await?;
    if networks.iter().filter(|other| other.record.id != id).count() >= MOST_NETWORKS {
        return Err(Refusal::new(
            ProblemCode::Conflict,
            format!("An organization has at most {MOST_NETWORKS} connections to network servers."),
        )
        .into());
    }
    let secret = draw_secret(ports.ids);
    let network = Network {
        id,
        webhook_secret: seal_secret(ports, caller.scope, id, &secret).await?,
        webhook: None,
        api_key: ports.seal(caller.scope, id, &input.api_key).await?,
        api_key_last4: input.api_key.last_four(),
        api_key_set_at: ports.ids.moment(now),
        webhook_key_id,
        last_test: None,
        created_at: ports.ids.moment(now),
        created_by: caller.actor.id.clone(),
        name: input.name,
        server: input.server,
    };
    let change = Change::new(caller.scope, &caller.actor, "network.connected", id)
        .detail("name", &network.name)
        .detail("kind", network.server.kind())
        .detail("webhook_key", webhook_key_id)
        .insert(&network)?;
    let webhook_key = (webhook_key_id, webhook_key_name(&network.name), Right::Ingest);
    let change = machine_key(change, caller, ports.ids, now, webhook_key, &secret)?;
    ports.registry().commit(change).await?;
    let mut stored = find(ports, caller, id).await?;
    if stored.record.webhook.is_none() {
        stored = set_up_changed(ports, caller, stored).await;
    }
    Ok(shown_once(caller, &stored, &secret))
}

/// A connection with the secret of its webhook.
pub(super) fn shown_once(
    caller: &Caller,
    stored: &Stored<Network>,
    secret: &AccessKeySecret,
) -> At<NewNetwork> {
    At {
        view: NewNetwork {
            network: view(caller.scope.org_id(), &stored.record),
            webhook_secret: secret.reveal().into(),
        },
        rev: stored.rev,
    }
}

/// The connections of the organization, oldest first.
///
/// # Errors
/// Refused when there is no such page.
pub async fn list_networks(
    ports: &Networks<'_>,
    caller: &Caller,
    request: &PageRequest,
) -> Result<Page<NetworkView>, Failure> {
    let (records, scope) = (ports.records, caller.scope);
    let page = page_of::<Network>(records, scope, request, Order::OldestFirst, |_| true).await?;
    Ok(page.map(|stored| view(scope.org_id(), &stored.record)))
}

/// One connection.
///
/// # Errors
/// Refused when there is none.
pub async fn get_network(
    ports: &Networks<'_>,
    caller: &Caller,
    id: NetworkId,
) -> Result<At<NetworkView>, Failure> {
    let stored = find(ports, caller, id).await?;
    Ok(At {
        view: view(caller.scope.org_id(), &stored.record),
        rev: stored.rev,
    })
}

/// Changes what `input` mentions.
///
/// # Errors
/// Refused when it is no longer as the caller read it, when the server moves without its key, and while sensors are
/// registered where it was.
pub async fn update_network(
    ports: &Networks<'_>,
    caller: &Caller,
    id: NetworkId,
    read: Option<u64>,
    input: UpdateNetwork,
) -> Result<At<NetworkView>, Failure> {
    whole_organization(caller)?;
    let stored = find(ports, caller, id).await?;
    unchanged(read, stored.rev)?;
    let mut network = stored.record.clone();
    let mut changed = Vec::new();
    if let Some(name) = input.name.filter(|name| *name != network.name) {
        network.name = name;
        changed.push("name");
    }
    if let Some(server) = input.server.filter(|server| *server != network.server) {
        admitted(ports, &server)?;
        if !server.is_same_place(&network.server) {
            // Who may change the address must not learn the key by it.
            has_no_sensors(ports, caller, id).await?;
            if input.api_key.is_none() {
                return Err(Refusal::invalid(
                    "The server is another one now: give its api_key too. The present key is not sent there.",
                )
                .into());
            }
        }
        network.server = server;
        network.last_test = None;
        network.webhook = None;
        changed.push("server");
    }
    if let Some(key) = input.api_key {
        network.api_key = ports.seal(caller.scope, id, &key).await?;
        network.api_key_last4 = key.last_four();
        network.api_key_set_at = ports.clock.now();
        network.last_test = None;
        network.webhook = None;
        changed.push("api_key");
    }
    if !changed.is_empty() {
        let change = Change::new(caller.scope, &caller.actor, "network.updated", id)
            .detail("changed", changed.join(" "))
            .replace(&network, stored.rev)?;
        ports.registry().commit(change).await?;
        if network.webhook.is_none() {
            if !network.server.is_same_place(&stored.record.server) {
                take_down(ports, caller.scope, &stored.record).await;
            }
            let changed = Stored {
                record: network,
                rev: stored.rev + 1,
            };
            set_up_changed(ports, caller, changed).await;
        }
    }
    get_network(ports, caller, id).await
}

/// Tries the server and its key, sets the webhook up if all is well, and remembers what came of it.
///
/// # Errors
/// Refused when there is no such connection, and to whoever works for some sites only; whatever the server answers is a
/// result.
pub async fn test_network(
    ports: &Networks<'_>,
    caller: &Caller,
    id: NetworkId,
) -> Result<NetworkTest, Failure> {
    whole_organization(caller)?;
    let stored = find(ports, caller, id).await?;
    let access = ports.access(caller.scope, &stored.record).await?;
    let tested = ports.servers.test(&access).await;
    let test = result_of(tested, ports.clock.now());
    let webhook = webhook_after(&test, ports, caller.scope, &stored.record, &access).await?;
    let network = Network {
        last_test: Some(test.clone()),
        webhook,
        ..stored.record
    };
    let change = Change::new(caller.scope, &caller.actor, "network.tested", id)
        .detail("result", result_name(test.result))
        .replace(&network, stored.rev)?;
    ports.registry().commit(change).await?;
    Ok(test_view(&test))
}

/// The webhook of `network` after the server was tried: set up again if all is well, else as it was.
async fn webhook_after(
    test: &ServerTest,
    ports: &Networks<'_>,
    scope: OrgScope,
    network: &Network,
    access: &ServerAccess,
) -> Result<Option<WebhookSetUp>, PortError> {
    let anew = match test.result {
        TestResult::Working => set_up(ports, scope, network, access).await?,
        _ => None,
    };
    Ok(anew.or_else(|| network.webhook.clone()))
}

/// Puts a new key in place of the present one, after the server has taken it. A server that does not answer now is no
/// reason to keep a key that may have been stolen.
///
/// # Errors
/// Refused when the server does not take the new key: the present one stays.
pub async fn rotate_network_key(
    ports: &Networks<'_>,
    caller: &Caller,
    id: NetworkId,
    input: RotateNetworkKey,
) -> Result<At<NetworkView>, Failure> {
    whole_organization(caller)?;
    let stored = find(ports, caller, id).await?;
    let mut access = ports.access(caller.scope, &stored.record).await?;
    if access.api_key == input.api_key {
        // The same request was made before.
        return get_network(ports, caller, id).await;
    }
    access.api_key = input.api_key;
    let now = ports.clock.now();
    let test = result_of(ports.servers.test(&access).await, now);
    if matches!(
        test.result,
        TestResult::WrongKey | TestResult::NotAllowed | TestResult::NotFound
    ) {
        let why = test.detail.unwrap_or_default();
        return Err(Refusal::new(
            ProblemCode::Conflict,
            format!("The server does not take the new key; the present one stays. {why}"),
        )
        .into());
    }
    let webhook = webhook_after(&test, ports, caller.scope, &stored.record, &access).await?;
    let network = Network {
        webhook,
        api_key: ports.seal(caller.scope, id, &access.api_key).await?,
        api_key_last4: access.api_key.last_four(),
        api_key_set_at: now,
        last_test: Some(test.clone()),
        ..stored.record
    };
    let change = Change::new(caller.scope, &caller.actor, "network.key_rotated", id)
        .detail("result", result_name(test.result))
        .replace(&network, stored.rev)?;
    ports.registry().commit(change).await?;
    get_network(ports, caller, id).await
}

/// Ends a connection, and the webhook and its access key with it.
///
/// # Errors
/// Refused while sensors are registered through it.
pub async fn delete_network(ports: &Networks<'_>, caller: &Caller, id: NetworkId) -> Result<(), Failure> {
    whole_organization(caller)?;
    let stored = find(ports, caller, id).await?;
    has_no_sensors(ports, caller, id).await?;
    let change = Change::new(caller.scope, &caller.actor, "network.removed", id)
        .detail("name", &stored.record.name)
        .remove(&stored);
    let (key_id, now) = (stored.record.webhook_key_id, ports.clock.now());
    let change = end_key(change, ports.records, caller.scope, key_id, now).await?;
    ports.registry().commit(change).await?;
    take_down(ports, caller.scope, &stored.record).await;
    Ok(())
}

pub(super) async fn find(
    ports: &Networks<'_>,
    caller: &Caller,
    id: NetworkId,
) -> Result<Stored<Network>, Failure> {
    let stored = ports.records.get::<Network>(caller.scope, id).await?;
    stored.ok_or_else(|| Refusal::not_found("network server").into())
}

/// Refuses what would leave sensors registered where nobody finds them any more.
async fn has_no_sensors(ports: &Networks<'_>, caller: &Caller, id: NetworkId) -> Result<(), Failure> {
    let devices = ports.records.all::<NetworkDevice>(caller.scope).await?;
    let here = devices
        .iter()
        .filter(|device| device.record.network_id == id)
        .count();
    if here == 0 {
        return Ok(());
    }
    Err(Refusal::new(
        ProblemCode::Conflict,
        format!(
            "{here} sensors are registered through this connection. Have their registrations removed first."
        ),
    )
    .into())
}

fn admitted(ports: &Networks<'_>, server: &Server) -> Result<(), Refusal> {
    match server.own_address() {
        Some(url) if !ports.servers.admits(url) => Err(Refusal::invalid(format!(
            "{url} is in a private network, which is not reached from here. Give the public https address."
        ))),
        _ => Ok(()),
    }
}

fn result_of(tested: Result<(), ServerError>, at: Timestamp) -> ServerTest {
    match tested {
        Ok(()) => ServerTest {
            at,
            result: TestResult::Working,
            status: Some(200),
            detail: None,
        },
        Err(error) => ServerTest {
            at,
            result: match error.kind {
                ServerErrorKind::WrongKey => TestResult::WrongKey,
                ServerErrorKind::NotAllowed => TestResult::NotAllowed,
                ServerErrorKind::NotFound => TestResult::NotFound,
                ServerErrorKind::Throttled => TestResult::Throttled,
                ServerErrorKind::NoAnswer => TestResult::NoAnswer,
                ServerErrorKind::AddressRefused => TestResult::AddressRefused,
                ServerErrorKind::Taken
                | ServerErrorKind::OtherCluster
                | ServerErrorKind::Rejected
                | ServerErrorKind::Unexpected => TestResult::Unexpected,
            },
            status: error.status,
            detail: Some(error.detail),
        },
    }
}

fn result_name(result: TestResult) -> String {
    serde_json::to_value(result)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

fn test_view(test: &ServerTest) -> NetworkTest {
    NetworkTest {
        at: test.at.into(),
        result: test.result,
        status: test.status,
        detail: test.detail.clone(),
    }
}

fn view(org_id: OrgId, network: &Network) -> NetworkView {
    NetworkView {
        id: network.id,
        name: network.name.clone(),
        server: network.server.clone(),
        api_key_last4: network.api_key_last4.clone(),
        api_key_set_at: network.api_key_set_at.into(),
        webhook: WebhookView {
            path: webhook_path(org_id, network),
            access_key_id: network.webhook_key_id,
            set_up: network
                .webhook
                .as_ref()
                .map(|set_up| set_up_view(network, set_up)),
        },
        last_test: network.last_test.as_ref().map(test_view),
        created_at: network.created_at.into(),
        created_by: network.created_by.clone(),
    }
}
