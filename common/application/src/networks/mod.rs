//! Network servers: how an organization connects one, how its sensors are registered there, and how they
//! are sent changes of their settings.

mod changes;
mod connections;
mod do_change;
mod do_job;
mod do_work;
mod jobs;
mod removals;
mod sweep_work;
mod webhooks;

pub use changes::{cancel_change, list_changes, request_change};
pub use connections::{
    create_network, delete_network, get_network, list_networks, rotate_network_key, test_network,
    update_network,
};
use do_job::do_job;
pub use do_work::do_work;
pub use jobs::{JobQuery, deprovision_sensor, get_job, list_jobs, provision_sensor, retry_job};
pub(crate) use removals::Removals;
pub use sweep_work::{SweepNetworks, WorkReport, sweep_work};
pub use webhooks::rotate_webhook;

use crate::error::PortError;
use crate::ports::{Clock, IdSource, NetworkServers, Records, ServerAccess, Vault};
use crate::registry::Registry;
use crate::scope::OrgScope;
use freshtrack_domain::ids::NetworkId;
use freshtrack_domain::network::{ApiKey, BaseUrl, Network};
use freshtrack_domain::people::Sealed;

/// What seeing to network servers needs.
#[derive(Clone, Copy)]
pub struct Networks<'a> {
    /// The records.
    pub records: &'a dyn Records,
    /// Where keys are sealed.
    pub vault: &'a dyn Vault,
    /// The servers.
    pub servers: &'a dyn NetworkServers,
    /// New identifiers and secrets.
    pub ids: &'a dyn IdSource,
    /// The time.
    pub clock: &'a dyn Clock,
    /// Where this API is reached, for webhooks; workers do not know it.
    pub api: Option<&'a BaseUrl>,
}

impl<'a> Networks<'a> {
    const fn registry(&self) -> Registry<'a> {
        Registry {
            records: self.records,
            clock: self.clock,
        }
    }

    async fn seal(&self, scope: OrgScope, id: NetworkId, key: &ApiKey) -> Result<Sealed, PortError> {
        self.vault
            .seal(&purpose(scope, id), key.reveal().as_bytes())
            .await
    }

    /// How `network` is reached.
    async fn access(&self, scope: OrgScope, network: &Network) -> Result<ServerAccess, PortError> {
        const OP: &str = "networks.access";
        let corrupt = |error| PortError::because(OP, crate::PortErrorKind::Corrupt, error);
        let key = self
            .vault
            .open(&purpose(scope, network.id), &network.api_key)
            .await?;
        let key = String::from_utf8(key).map_err(|error| corrupt(error.to_string()))?;
        Ok(ServerAccess {
            server: network.server.clone(),
            api_key: key
                .parse()
                .map_err(|error: freshtrack_domain::network::InvalidApiKey| corrupt(error.to_string()))?,
        })
    }
}

/// With the organization: a key that was copied into another one's record cannot be opened there.
fn purpose(scope: OrgScope, id: NetworkId) -> String {
    format!("network/{}/{id}", scope.org_id())
}
