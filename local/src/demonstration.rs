//! The demonstration: organizations to look at, and simulated sensors that send for them.

use crate::clock::LocalClock;
use crate::host::Host;
use crate::invoke::InvocationFailed;
use crate::simulator::{Network, Simulator, SimulatorError};
use bytes::Bytes;
use freshtrack_contracts::organization::OrganizationDocument;
use freshtrack_domain::access::Right;
use freshtrack_domain::time::{Span, Timestamp};
use futures_util::future::join_all;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

/// The organizations that are demonstrated, the first of which is the one to look at. The second shows that
/// neither sees anything of the other.
const DOCUMENTS: [&str; 2] = [
    include_str!("../demo/organization.json"),
    include_str!("../demo/second-organization.json"),
];

/// The function that imports organizations.
pub const IMPORT_FUNCTION: &str = "platform-import-organization";

/// How far back the first start tells what happened.
const HISTORY: Span = Span::hours(24);

/// The same day each time.
const SEED: u64 = 1;

/// Why there is no demonstration.
#[derive(Debug, thiserror::Error)]
pub enum DemonstrationError {
    /// A document is none.
    #[error("a demonstration organization is no organization: {0}")]
    Document(#[from] serde_json::Error),
    /// The system did not take an organization.
    #[error("a demonstration organization was not imported: {0}")]
    Import(#[from] InvocationFailed),
    /// A document names what cannot be simulated.
    #[error(transparent)]
    Simulator(#[from] SimulatorError),
    /// An organization has no key of this kind.
    #[error("{organization} has no access key with the right {right:?}")]
    NoKey {
        /// The organization's name.
        organization: String,
        /// The right.
        right: Right,
    },
    /// There is no MQTT listener to send frames to.
    #[error("sensors that send over MQTT need a listener")]
    NoMqtt,
}

/// The demonstration's organizations in a running system.
pub struct Demonstration {
    organizations: Vec<OrganizationDocument>,
}

impl Demonstration {
    /// Brings the organizations into the system that `host` runs; what is there already stays.
    ///
    /// # Errors
    /// When the system does not take one.
    pub async fn import(host: &Host) -> Result<Self, DemonstrationError> {
        let mut organizations = Vec::new();
        for document in DOCUMENTS {
            organizations.push(serde_json::from_str(document)?);
            host.invoker()
                .invoke(IMPORT_FUNCTION, Bytes::from_static(document.as_bytes()))
                .await?;
        }
        Ok(Self { organizations })
    }

    /// Where each organization's dashboard is, below the root of the host: `/#org=..&key=..`, by its name.
    ///
    /// # Errors
    /// When an organization has no key to look at it with.
    pub fn links(&self) -> Result<Vec<(String, String)>, DemonstrationError> {
        let link = |organization: &OrganizationDocument| {
            let key = key(organization, Right::Read)?;
            Ok((
                organization.name.clone(),
                format!("/#org={}&key={key}", organization.id),
            ))
        };
        self.organizations.iter().map(link).collect()
    }

    /// Makes sensors for the organizations, which send what was missed since the time kept in `kept`, and then
    /// live.
    ///
    /// # Errors
    /// When an organization cannot be simulated.
    pub fn sensors(
        &self,
        host: &Host,
        clock: &LocalClock,
        kept: &Path,
    ) -> Result<DemonstrationSensors, DemonstrationError> {
        let broker = host.mqtt_address().ok_or(DemonstrationError::NoMqtt)?;
        let now = Timestamp::from_millis(clock.now_ms());
        let from = sent_until(kept).map_or(now - HISTORY, |until| until.max(now - HISTORY));
        let mut organizations = Vec::new();
        for organization in &self.organizations {
            let simulator = Simulator::new(organization, SEED, from, now)?;
            let key = key(organization, Right::Ingest)?;
            let network = Network::new(host.address(), broker, organization.id, key.to_owned());
            organizations.push((simulator, network));
        }
        Ok(DemonstrationSensors { organizations, now })
    }
}

/// Sensors of the demonstration, ready to send.
pub struct DemonstrationSensors {
    organizations: Vec<(Simulator, Network)>,
    now: Timestamp,
}

/// How much of the past was told, and how long it took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// Frames the system took.
    pub delivered: usize,
    /// Frames it did not take.
    pub failed: usize,
    /// How long it took.
    pub took: Duration,
}

impl DemonstrationSensors {
    /// Sends what was missed, as fast as the system takes it.
    pub async fn catch_up(&mut self) -> Told {
        let started = Instant::now();
        let now = self.now;
        let histories = self
            .organizations
            .iter_mut()
            .map(|(simulator, network)| simulator.history(now, network));
        let reports = join_all(histories).await;
        Told {
            delivered: reports.iter().map(|report| report.delivered).sum(),
            failed: reports.iter().map(|report| report.failed).sum(),
            took: started.elapsed(),
        }
    }

    /// Sends live, and keeps in `kept` until when. Runs until it is dropped.
    pub async fn send(&mut self, clock: &LocalClock, kept: &Path) {
        let sending = self
            .organizations
            .iter_mut()
            .map(|(simulator, network)| simulator.run(clock, network));
        let keeping = async {
            loop {
                if let Err(error) = keep(clock, kept) {
                    tracing::warn!(%error, "not kept in {}: until when was sent", kept.display());
                }
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        };
        tokio::select! {
            _ = join_all(sending) => {}
            () = keeping => {}
        }
    }
}

fn key(organization: &OrganizationDocument, right: Right) -> Result<&str, DemonstrationError> {
    let mut keys = organization.access_keys.iter();
    keys.find(|key| key.rights.contains(&right))
        .map(|key| key.secret.as_str())
        .ok_or_else(|| DemonstrationError::NoKey {
            organization: organization.name.clone(),
            right,
        })
}

fn sent_until(kept: &Path) -> Option<Timestamp> {
    std::fs::read_to_string(kept).ok()?.trim().parse().ok()
}

fn keep(clock: &LocalClock, kept: &Path) -> io::Result<()> {
    let partial = kept.with_extension("partial");
    std::fs::write(&partial, Timestamp::from_millis(clock.now_ms()).to_string())?;
    std::fs::rename(partial, kept)
}
