//! A believable day of an organization: the frames its sensors would send, sent the way its networks would.
//!
//! The [`Generator`] makes frames, each a function of seed and time; a [`Network`] delivers them to the system from
//! outside, through The Things Stack's webhook and over MQTT. What was measured before the simulator started is uploaded,
//! as by a program that brings along the history of a data logger. Nothing in between knows that it was made up.

mod chance;
mod generator;
mod mqtt;
mod network;
mod scenario;
mod sensor;
#[cfg(test)]
mod tests;
mod thermal;

pub use generator::{Delivery, Generator, Route};
pub use network::{DeliveryError, Network, Publisher};
pub use scenario::{COMPRESSOR_FAILS_AFTER, Fault, Incident, Scenario, watched_compressor};

use crate::clock::LocalClock;
use freshtrack_contracts::ingest::{ItemStatus, MAX_UPLOAD, UploadedReading};
use freshtrack_contracts::organization::OrganizationDocument;
use freshtrack_domain::ids::{SensorId, SiteId, UnitId};
use freshtrack_domain::time::Timestamp;
use futures_util::future::join_all;
use std::collections::BTreeMap;
use std::ops::AddAssign;
use std::time::Duration;
use tokio::sync::mpsc;

/// Why an organization cannot be simulated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SimulatorError {
    /// A sensor is of a model that has no encoder.
    #[error("sensor {sensor}: frames of the model \"{model}\" cannot be made")]
    Model {
        /// The sensor.
        sensor: SensorId,
        /// Its model.
        model: String,
    },
    /// A sensor's DevEUI is none.
    #[error("sensor {sensor}: \"{text}\" is not a DevEUI")]
    DevEui {
        /// The sensor.
        sensor: SensorId,
        /// What is in its place.
        text: String,
    },
    /// A site's time zone is not known.
    #[error("site {site}: there is no time zone \"{name}\"")]
    TimeZone {
        /// The site.
        site: SiteId,
        /// What is in its place.
        name: String,
    },
}

/// Plays the sensors of one organization.
pub struct Simulator {
    generator: Generator,
}

/// What became of a unit's past.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HistoryReport {
    /// Readings the system took.
    pub taken: usize,
    /// Readings it did not take.
    pub refused: usize,
}

impl AddAssign for HistoryReport {
    fn add_assign(&mut self, other: Self) {
        self.taken += other.taken;
        self.refused += other.refused;
    }
}

/// How far ahead frames are made while the simulator runs.
const AHEAD_MS: i64 = 60_000;

impl Simulator {
    /// The organization's eventful day, which goes live at `live_at`; its sensors are followed from `from` on.
    ///
    /// # Errors
    /// When the document names a model, DevEUI or time zone that cannot be simulated.
    pub fn new(
        document: &OrganizationDocument,
        seed: u64,
        from: Timestamp,
        live_at: Timestamp,
    ) -> Result<Self, SimulatorError> {
        let scenario = Scenario::eventful_day(document, live_at);
        Ok(Self {
            generator: Generator::new(document, scenario, seed, from)?,
        })
    }

    /// Uploads what was due before now, and delivers each later frame when `clock` says that it is due. A unit's
    /// readings stay in order; no unit waits for another. `told` hears of each unit whose past is told, and is closed
    /// after the last. Runs until it is dropped.
    pub async fn run(
        &mut self,
        clock: &LocalClock,
        publisher: &dyn Publisher,
        told: mpsc::UnboundedSender<HistoryReport>,
    ) {
        let now = Timestamp::from_millis(clock.now_ms());
        let mut histories: BTreeMap<UnitId, Vec<UploadedReading>> = BTreeMap::new();
        for delivery in self.generator.frames_until(now) {
            let history = histories.entry(delivery.unit_id).or_default();
            history.extend(self.generator.reading(&delivery));
        }
        let mut roads = BTreeMap::new();
        let mut units = Vec::new();
        for unit_id in self.generator.unit_ids() {
            let (road, live) = mpsc::unbounded_channel();
            roads.insert(unit_id, road);
            let history = histories.remove(&unit_id).unwrap_or_default();
            units.push(follow(clock, publisher, history, told.clone(), live));
        }
        drop(told);
        let making = async {
            loop {
                let until = clock.now_ms().saturating_add(AHEAD_MS);
                for delivery in self.generator.frames_until(Timestamp::from_millis(until)) {
                    if let Some(road) = roads.get(&delivery.unit_id) {
                        // Its other end is as long-lived as this future.
                        let _ = road.send(delivery);
                    }
                }
                clock.sleep_until(until).await;
            }
        };
        tokio::join!(making, join_all(units));
    }
}

/// How many readings of the past one upload carries: a quarter of what it may, so that a slow machine answers within the
/// function's timeout though all units tell at once.
const PORTION: usize = MAX_UPLOAD / 4;

/// Tells of one unit: its `history`, whose outcome goes to `told`, and then what comes in `live`.
async fn follow(
    clock: &LocalClock,
    publisher: &dyn Publisher,
    history: Vec<UploadedReading>,
    told: mpsc::UnboundedSender<HistoryReport>,
    mut live: mpsc::UnboundedReceiver<Delivery>,
) {
    let mut past = HistoryReport::default();
    for readings in history.chunks(PORTION) {
        past += upload(publisher, readings).await;
    }
    // Whether anybody wants to know is not this unit's concern.
    let _ = told.send(past);
    drop(told);
    while let Some(delivery) = live.recv().await {
        clock.sleep_until(delivery.deliver_at.as_millis()).await;
        if let Err(error) = persist(async || publisher.publish(&delivery).await).await {
            tracing::warn!(dev_eui = %delivery.uplink.dev_eui, %error, "a simulated frame was not taken");
        }
    }
}

async fn upload(publisher: &dyn Publisher, readings: &[UploadedReading]) -> HistoryReport {
    let taken = match persist(async || publisher.upload(readings).await).await {
        Ok(report) => report
            .results
            .iter()
            .filter(|result| is_taken(result.status))
            .count(),
        Err(error) => {
            tracing::warn!(%error, "simulated readings were not taken");
            0
        }
    };
    HistoryReport {
        taken,
        refused: readings.len().saturating_sub(taken),
    }
}

const fn is_taken(status: ItemStatus) -> bool {
    matches!(
        status,
        ItemStatus::Accepted | ItemStatus::Duplicate | ItemStatus::Queued
    )
}

/// Tries as network servers do: again after a while, then never more.
async fn persist<T>(mut send: impl AsyncFnMut() -> Result<T, DeliveryError>) -> Result<T, DeliveryError> {
    const ATTEMPTS: u32 = 4;
    let mut attempt = 1;
    loop {
        match send().await {
            Err(error) if attempt < ATTEMPTS && error.is_transient() => {
                tokio::time::sleep(Duration::from_millis(100 << attempt)).await;
                attempt += 1;
            }
            done => return done,
        }
    }
}
