//! When gateways were last heard, from the frames that come by them.
//!
//! That is noted to five minutes, beside the gateway and not with it, and no reading waits for a lookup or a write but the
//! first in that time: each process remembers of what it has looked, and what another has noted is not noted again.

use crate::error::PortError;
use crate::ports::{CommitError, Owner, RawRecord, Record, RecordKind, Records, Step, Stored};
use crate::receive_uplinks::Uplink;
use crate::scope::OrgScope;
use freshtrack_domain::device::GatewayEui;
use freshtrack_domain::ids::OrgId;
use freshtrack_domain::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How exactly it is known when a gateway was last heard.
pub(super) const RESOLUTION: Span = Span::minutes(5);
/// Gateways that a process remembers.
const MOST_REMEMBERED: usize = 10_000;

/// When a registered gateway was last heard. One that is registered has it, and no other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct GatewayHeard {
    pub(super) gateway_eui: GatewayEui,
    /// When; never yet if absent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(super) at: Option<Timestamp>,
}

impl Record for GatewayHeard {
    const KIND: RecordKind = RecordKind("GTWHEARD");

    fn key(&self) -> String {
        self.gateway_eui.to_string()
    }
}

/// What a process remembers of the gateways it has heard.
#[derive(Debug, Default)]
pub struct HeardGateways(Mutex<HashMap<(OrgId, GatewayEui), Timestamp>>);

impl HeardGateways {
    /// Notes that the gateways of `uplinks` were heard. It is no change that anybody makes, so no chain tells of it, and no
    /// frame is refused because it could not be noted.
    pub(crate) async fn note(
        &self,
        records: &dyn Records,
        scope: OrgScope,
        uplinks: &[Uplink],
        now: Timestamp,
    ) {
        let mut heard: BTreeMap<GatewayEui, Timestamp> = BTreeMap::new();
        for uplink in uplinks {
            for eui in &uplink.gateways {
                let at = uplink.received_at.min(now);
                let newest = heard.entry(*eui).or_insert(at);
                *newest = at.max(*newest);
            }
        }
        for (eui, at) in heard {
            if !self.is_news(scope.org_id(), eui, at) {
                continue;
            }
            match write(records, scope, eui, at).await {
                // Another process has noted the same.
                Ok(()) | Err(CommitError::Step(_) | CommitError::Busy) => {}
                Err(CommitError::Port(error)) => {
                    tracing::debug!(gateway.eui = %eui, %error, "that a gateway was heard was not noted");
                }
            }
        }
    }

    /// Whether it was not looked for the gateway within the last minutes; from now on it was.
    fn is_news(&self, org_id: OrgId, eui: GatewayEui, at: Timestamp) -> bool {
        let mut remembered = self.lock();
        if remembered
            .get(&(org_id, eui))
            .is_some_and(|last| at < *last + RESOLUTION)
        {
            return false;
        }
        if remembered.len() >= MOST_REMEMBERED {
            remembered.clear();
        }
        remembered.insert((org_id, eui), at);
        true
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(OrgId, GatewayEui), Timestamp>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes down that the gateway was heard, if it is registered and that is news.
async fn write(
    records: &dyn Records,
    scope: OrgScope,
    gateway_eui: GatewayEui,
    at: Timestamp,
) -> Result<(), CommitError> {
    let known = heard(records, scope, gateway_eui).await?;
    let is_news = |known: &Stored<GatewayHeard>| known.record.at.is_none_or(|last| at >= last + RESOLUTION);
    let Some(known) = known.filter(is_news) else {
        return Ok(());
    };
    let record = RawRecord::of(&GatewayHeard {
        gateway_eui,
        at: Some(at),
    })?;
    let step = Step::Replace(Owner::from(scope), record, known.rev);
    records.commit(&[step], &[], at).await
}

/// When the gateway was last heard, if it is registered.
pub(super) async fn heard(
    records: &dyn Records,
    scope: OrgScope,
    gateway_eui: GatewayEui,
) -> Result<Option<Stored<GatewayHeard>>, PortError> {
    records.get(scope, gateway_eui).await
}
