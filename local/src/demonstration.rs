//! The demonstration: organizations to look at, and simulated sensors that send for them.

use crate::clock::LocalClock;
use crate::host::{DemonstrationLink, Host};
use crate::invoke::InvocationFailed;
use crate::simulator::{
    COMPRESSOR_FAILS_AFTER, HistoryReport, Network, Simulator, SimulatorError, watched_compressor,
};
use bytes::Bytes;
use freshtrack_contracts::organization::OrganizationDocument;
use freshtrack_domain::access::Right;
use freshtrack_domain::time::{Span, Timestamp};
use futures_util::future::join_all;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// The organizations that are demonstrated, the first of which is the one to look at. The second shows that
/// neither sees anything of the other.
const DOCUMENTS: [&str; 2] = [
    include_str!("../demo/organization.json"),
    include_str!("../demo/second-organization.json"),
];

/// The function that imports organizations.
pub const IMPORT_FUNCTION: &str = "platform-import-organization";

/// How far back the first start tells what was measured.
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
    /// Brings the organizations into the system that `host` runs, and lets it show them to whoever comes without a
    /// key. What is there already stays.
    ///
    /// # Errors
    /// When the system does not take one, or nobody could look at one.
    pub async fn import(host: &Host) -> Result<Self, DemonstrationError> {
        let mut organizations = Vec::new();
        for document in DOCUMENTS {
            organizations.push(serde_json::from_str(document)?);
            host.invoker()
                .invoke(IMPORT_FUNCTION, Bytes::from_static(document.as_bytes()))
                .await?;
        }
        let demonstration = Self { organizations };
        host.demonstrate(demonstration.links()?);
        Ok(demonstration)
    }

    /// Where each organization's dashboard is.
    ///
    /// # Errors
    /// When an organization has no key to look at it with.
    pub fn links(&self) -> Result<Vec<DemonstrationLink>, DemonstrationError> {
        let link = |organization: &OrganizationDocument| {
            let key = key(organization, Right::Read)?;
            Ok(DemonstrationLink {
                name: organization.name.clone(),
                href: format!("/#org={}&key={key}", organization.id),
            })
        };
        self.organizations.iter().map(link).collect()
    }

    /// What happens first once the sensors are live: after how much of the system's time, and in words.
    #[must_use]
    pub fn first_event(&self) -> Option<(Span, String)> {
        let (site, unit) = self.organizations.iter().find_map(watched_compressor)?;
        let event = format!("the compressor of \"{}\" at {} fails", unit.name, site.name);
        Some((COMPRESSOR_FAILS_AFTER, event))
    }

    /// Makes sensors for the organizations, which send what was missed since the time kept in `kept` and go live now.
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
        Ok(DemonstrationSensors { organizations })
    }
}

/// Sensors of the demonstration, ready to send.
pub struct DemonstrationSensors {
    organizations: Vec<(Simulator, Network)>,
}

/// The past that was told, and how long that took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// What became of it.
    pub past: HistoryReport,
    /// How long it took.
    pub took: Duration,
}

impl DemonstrationSensors {
    /// Uploads what was missed, and sends for each unit live as soon as its past is told. Once all of the past is,
    /// `on_told` hears of it, and from then on `kept` keeps until when was sent. Runs until it is dropped.
    pub async fn send(&mut self, clock: &LocalClock, kept: &Path, on_told: impl FnOnce(Told)) {
        let started = Instant::now();
        let (told, mut units) = mpsc::unbounded_channel();
        let sending = self
            .organizations
            .iter_mut()
            .map(|(simulator, network)| simulator.run(clock, network, told.clone()));
        let sending = join_all(sending);
        drop(told);
        let keeping = async {
            let mut past = HistoryReport::default();
            while let Some(unit) = units.recv().await {
                past += unit;
            }
            on_told(Told {
                past,
                took: started.elapsed(),
            });
            loop {
                if let Err(error) = keep(clock, kept) {
                    tracing::warn!(%error, "not kept in {}: until when was sent", kept.display());
                }
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        };
        tokio::join!(sending, keeping);
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
