//! A believable day of an organization: the frames its sensors would send, sent the way its networks would.
//!
//! The [`Generator`] makes frames, each a function of seed and time; a [`Network`] delivers them to the system from
//! outside, through The Things Stack's webhook and over MQTT. Nothing in between knows that they were made up.

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
pub use scenario::{Fault, Incident, Scenario};

use crate::clock::LocalClock;
use freshtrack_contracts::organization::OrganizationDocument;
use freshtrack_domain::ids::{Id as _, SensorId, SiteId};
use freshtrack_domain::time::Timestamp;
use futures_util::future::join_all;
use std::time::Duration;

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

/// What became of a stretch of history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HistoryReport {
    /// Frames the system took.
    pub delivered: usize,
    /// Frames it did not.
    pub failed: usize,
}

/// Units whose history is sent at the same time. Each unit's frames stay in order.
const LANES: usize = 8;

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

    /// Delivers everything that is due before `to` and was not delivered yet, as fast as it is taken.
    pub async fn history(&mut self, to: Timestamp, publisher: &dyn Publisher) -> HistoryReport {
        let mut lanes: [Vec<Delivery>; LANES] = Default::default();
        for delivery in self.generator.frames_until(to) {
            let lane = usize::try_from(delivery.unit_id.ulid().random() % LANES as u128).unwrap_or(0);
            if let Some(lane) = lanes.get_mut(lane) {
                lane.push(delivery);
            }
        }
        let reports = join_all(lanes.iter().map(async |lane| {
            let mut report = HistoryReport::default();
            for delivery in lane {
                if deliver(publisher, delivery).await {
                    report.delivered += 1
                } else {
                    report.failed += 1
                }
            }
            report
        }))
        .await;
        reports
            .into_iter()
            .fold(HistoryReport::default(), |sum, lane| HistoryReport {
                delivered: sum.delivered + lane.delivered,
                failed: sum.failed + lane.failed,
            })
    }

    /// Delivers each frame when `clock` says that it is due. Runs until it is dropped.
    pub async fn run(&mut self, clock: &LocalClock, publisher: &dyn Publisher) {
        loop {
            let until = clock.now_ms().saturating_add(AHEAD_MS);
            for delivery in self.generator.frames_until(Timestamp::from_millis(until)) {
                clock.sleep_until(delivery.deliver_at.as_millis()).await;
                deliver(publisher, &delivery).await;
            }
            clock.sleep_until(until).await;
        }
    }
}

/// Tries as network servers do: again after a while, then never more. Whether it worked.
async fn deliver(publisher: &dyn Publisher, delivery: &Delivery) -> bool {
    const ATTEMPTS: u32 = 4;
    for attempt in 1..=ATTEMPTS {
        match publisher.publish(delivery).await {
            Ok(()) => return true,
            Err(error) if attempt < ATTEMPTS && error.is_transient() => {
                tokio::time::sleep(Duration::from_millis(100 << attempt)).await;
            }
            Err(error) => {
                tracing::warn!(dev_eui = %delivery.uplink.dev_eui, %error, "a simulated frame was not taken");
                return false;
            }
        }
    }
    false
}
