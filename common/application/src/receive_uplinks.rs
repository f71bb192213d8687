//! Radio frames and device messages become readings: find the sensor, decode, attribute, record.

use crate::devices::HeardGateways;
use crate::error::{PortError, PortErrorKind};
use crate::ports::{Devices, Quarantine, QuarantinedUplink, Records, SensorKey};
use crate::record_readings::{Outcome, RecordReadings, UnitReading};
use crate::scope::OrgScope;
use freshtrack_contracts::ingest::{IngestReport, ItemResult, ItemStatus, QuarantineReason};
use freshtrack_decoders::{self as decoders, DecodeError};
use freshtrack_domain::device::{DevEui, GatewayEui, Sensor};
use freshtrack_domain::ids::{FrameId, Id, Ulid, UnitId};
use freshtrack_domain::measurement::{MeasurementSource, Measurements, Probe, TemperatureSample};
use freshtrack_domain::reading::{FrameCounter, Origin, Reading};
use freshtrack_domain::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// One message of one device, as any network server tells it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Uplink {
    /// What the radio network calls the device.
    pub dev_eui: DevEui,
    /// When the network received it.
    pub received_at: Timestamp,
    /// Its frame counter, if it is a LoRaWAN frame.
    #[serde(default)]
    pub frame: Option<FrameCounter>,
    /// Its port, if it is a LoRaWAN frame.
    #[serde(default)]
    pub f_port: Option<u8>,
    /// Its bytes, decrypted; empty for a device that sends JSON.
    #[serde(default)]
    pub payload: Vec<u8>,
    /// What the network server's own codec, or the device itself, says it means.
    #[serde(default)]
    pub decoded: Option<serde_json::Value>,
    /// The best signal strength over all gateways, in dBm.
    #[serde(default)]
    pub rssi_dbm: Option<i16>,
    /// The gateways it came by, the one that heard it best first, [`MOST_GATEWAYS`] at most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gateways: Vec<GatewayEui>,
}

/// Gateways that are told of an uplink. A frame is often heard by gateways of others too, from further away.
pub const MOST_GATEWAYS: usize = 2;

/// The largest uplink that is kept aside, in bytes. LoRaWAN carries 242 at most; a network server adds what it decoded.
const LARGEST_KEPT: usize = 16 * 1024;
/// How deep what was decoded may be nested to be kept aside: what is kept is read again as part of something larger,
/// and a JSON parser gives up at 128.
const DEEPEST_KEPT: usize = 100;

/// Receives uplinks.
pub struct ReceiveUplinks<'a> {
    /// The registered sensors.
    pub devices: &'a dyn Devices,
    /// Where frames go that nothing can be done with yet.
    pub quarantine: &'a dyn Quarantine,
    /// Notes when gateways were heard.
    pub gateways: &'a HeardGateways,
    /// Where that is noted.
    pub records: &'a dyn Records,
    /// Records what was measured.
    pub record: RecordReadings<'a>,
}

/// How often a sensor is looked up for one uplink that is changed at the same moment, each time anew.
const LOOKUPS: usize = 3;

impl ReceiveUplinks<'_> {
    /// Receives a batch. Each uplink is answered for itself.
    ///
    /// # Errors
    /// When at least one is neither recorded, nor waiting, nor kept aside. The sender must send again.
    pub async fn receive(&self, scope: OrgScope, uplinks: Vec<Uplink>) -> Result<IngestReport, PortError> {
        let mut outcomes: Vec<Outcome> = vec![Outcome::plain(ItemStatus::Ignored); uplinks.len()];
        let mut waiting: Vec<(usize, &Uplink)> = uplinks.iter().enumerate().collect();
        for lookup in 0..LOOKUPS {
            let (mut owners, mut batch) = (Vec::new(), Vec::new());
            for (index, uplink) in std::mem::take(&mut waiting) {
                let (readings, apart) = self.attribute(scope, uplink, lookup > 0).await?;
                owners.extend(readings.iter().map(|_| (index, uplink)));
                batch.extend(readings);
                if let Some(outcome) = outcomes.get_mut(index) {
                    *outcome = apart;
                }
            }
            for ((index, uplink), of_reading) in
                owners.into_iter().zip(self.record.record(scope, batch).await?)
            {
                if of_reading.outdated {
                    if waiting.last().is_none_or(|(last, _)| *last != index) {
                        waiting.push((index, uplink));
                    }
                } else if let Some(outcome) = outcomes
                    .get_mut(index)
                    .filter(|outcome| outweighs(of_reading.status, outcome.status))
                {
                    *outcome = of_reading;
                }
            }
            if waiting.is_empty() {
                self.gateways
                    .note(self.records, scope, &uplinks, self.record.clock.now())
                    .await;
                return Ok(IngestReport {
                    results: outcomes.into_iter().enumerate().map(item_result).collect(),
                });
            }
        }
        Err(PortError::new(
            "receive_uplinks.attribute",
            PortErrorKind::Conflict,
        ))
    }

    /// The readings of an uplink, and what became of it apart from them: it may have to be kept aside.
    async fn attribute(
        &self,
        scope: OrgScope,
        uplink: &Uplink,
        anew: bool,
    ) -> Result<(Vec<UnitReading>, Outcome), PortError> {
        let (sensor, unit_id) = match self.sensor(scope, uplink.dev_eui, anew).await? {
            Some((sensor, Some(unit_id))) => (sensor, unit_id),
            Some((sensor, None)) => {
                let detail = format!("The sensor \"{}\" measures no unit.", sensor.called());
                return self
                    .aside(scope, QuarantineReason::Unassigned, detail, uplink)
                    .await;
            }
            None => {
                let detail = format!("No sensor of the organization has the DevEUI {}.", uplink.dev_eui);
                return self
                    .aside(scope, QuarantineReason::UnknownDevice, detail, uplink)
                    .await;
            }
        };
        let Decoded {
            measured,
            damage,
            unreadable,
        } = decode(&sensor, uplink);
        let readings = measured
            .iter()
            .filter_map(|one| reading_of(&sensor, uplink, one, measured.len()))
            .map(|reading| UnitReading {
                unit_id,
                reading,
                version: sensor.version,
            })
            .collect();
        let outcome = match damage {
            Some(detail) => {
                self.set_aside(scope, QuarantineReason::Undecodable, detail, uplink)
                    .await?
            }
            None => Outcome::plain(ItemStatus::Ignored),
        };
        if unreadable && measured.is_empty() && sensor.primary {
            self.record
                .note_unreadable(scope, unit_id, &sensor, uplink.received_at.to_second())
                .await?;
        }
        Ok((readings, outcome))
    }

    /// The sensor called `dev_eui`, and its unit. That there is none, or that it has no unit, is believed only of the
    /// moment: what is kept aside after its sensor was assigned would wait for somebody to replay it.
    async fn sensor(
        &self,
        scope: OrgScope,
        dev_eui: DevEui,
        anew: bool,
    ) -> Result<Option<(Sensor, Option<UnitId>)>, PortError> {
        if !anew
            && let Some(sensor) = self.devices.by_eui(scope, dev_eui).await?
            && let Some(unit_id) = sensor.unit_id
        {
            return Ok(Some((sensor, Some(unit_id))));
        }
        let now = self.devices.now(scope, SensorKey::DevEui(dev_eui)).await?;
        Ok(now.map(|sensor| {
            let unit_id = sensor.unit_id;
            (sensor, unit_id)
        }))
    }

    async fn aside(
        &self,
        scope: OrgScope,
        reason: QuarantineReason,
        detail: String,
        uplink: &Uplink,
    ) -> Result<(Vec<UnitReading>, Outcome), PortError> {
        let outcome = self.set_aside(scope, reason, detail, uplink).await?;
        Ok((Vec::new(), outcome))
    }

    async fn set_aside(
        &self,
        scope: OrgScope,
        reason: QuarantineReason,
        detail: String,
        uplink: &Uplink,
    ) -> Result<Outcome, PortError> {
        if !can_be_kept(uplink) {
            return Ok(Outcome::rejected(format!(
                "{detail} It is too large to be kept until that is mended."
            )));
        }
        let frame = QuarantinedUplink {
            id: frame_id(uplink),
            reason,
            detail: detail.clone(),
            kept_at: self.record.clock.now(),
            uplink: uplink.clone(),
        };
        self.quarantine.keep(scope, &frame).await?;
        Ok(Outcome {
            reason: Some(detail),
            ..Outcome::plain(ItemStatus::Quarantined)
        })
    }
}

/// An item of a report.
pub(crate) fn item_result((index, outcome): (usize, Outcome)) -> ItemResult {
    ItemResult {
        index,
        status: outcome.status,
        reason: outcome.reason,
    }
}

/// Whether, of two readings of one uplink, the one with `status` says more about it than the one with `other`.
fn outweighs(status: ItemStatus, other: ItemStatus) -> bool {
    const ORDER: [ItemStatus; 5] = [
        ItemStatus::Ignored,
        ItemStatus::Rejected,
        ItemStatus::Duplicate,
        ItemStatus::Accepted,
        ItemStatus::Queued,
    ];
    let weight = |status| ORDER.iter().position(|known| *known == status);
    weight(status) > weight(other)
}

/// What an uplink says.
#[derive(Default)]
struct Decoded {
    /// What can be read of it.
    measured: Vec<Measurements>,
    /// Why something, or everything, cannot.
    damage: Option<String>,
    /// Whether that is a fault of the sensor or of how it is registered. Every sensor now and then sends a frame on a port
    /// of its own, or one that measures nothing.
    unreadable: bool,
}

/// Decodes natively if the model has a decoder and the frame has bytes, else takes the network's word for it.
/// A frame of stored records gives several measurements, and a damaged one among them does not cost the others.
fn decode(sensor: &Sensor, uplink: &Uplink) -> Decoded {
    let mut decoded = Decoded::default();
    let model = decoders::find(&sensor.model);
    match (model, uplink.payload.is_empty(), &uplink.decoded) {
        (Some(model), false, _) => {
            for record in model.decode_all(uplink.f_port.unwrap_or(model.f_port), &uplink.payload) {
                match record {
                    Ok(measured) => decoded.measured.push(measured),
                    Err(error) => {
                        decoded.damage = Some(format!("{} frame: {error}", sensor.model));
                        decoded.unreadable |= !matches!(error, DecodeError::UnknownPort { .. });
                    }
                }
            }
        }
        (_, _, Some(told)) => match decoders::aliases::normalise(told) {
            Ok(measured) => decoded.measured.push(measured),
            Err(error) => decoded.damage = Some(error.to_string()),
        },
        (None, false, None) => {
            decoded.damage = Some(format!(
                "There is no decoder for {}, and the network sent no decoded payload.",
                sensor.model
            ));
            decoded.unreadable = true;
        }
        (_, true, None) => {
            decoded.damage = Some("The uplink carries neither bytes nor a decoded payload.".to_owned());
        }
    }
    decoded
}

/// The reading that `measured` gives, one of `count` in its uplink; `None` if it gives none (a status frame).
fn reading_of(sensor: &Sensor, uplink: &Uplink, measured: &Measurements, count: usize) -> Option<Reading> {
    let correction = sensor.correction();
    let calibrated = correction.of(measured);
    // Whether a probe was ever seen is known where the unit's state is; a marker frame is settled there.
    let from_probe =
        matches!(calibrated.probe, Probe::Celsius(_)) && sensor.source != MeasurementSource::Ambient;
    let temperature = TemperatureSample::select(sensor.source, &calibrated);
    if temperature.is_none() && calibrated.humidity.is_none() && calibrated.door.is_none() {
        return None;
    }
    Some(Reading {
        sensor_id: sensor.id,
        recorded_at: recorded_at(uplink, measured).to_second(),
        // The counter tells frames apart, not the records within one: those are told apart by their time.
        frame: uplink.frame.filter(|_| count == 1),
        temperature,
        humidity: calibrated.humidity,
        correction: correction.made_of(measured.humidity),
        door: calibrated.door,
        battery: calibrated.battery,
        rssi_dbm: uplink.rssi_dbm,
        from_probe,
        probe_missing: calibrated.probe == Probe::Missing && sensor.source == MeasurementSource::Auto,
        drives_unit: sensor.primary,
        origin: Origin::Radio,
    })
}

/// The sensor's own time where it sends one and it is believable, else the network's.
fn recorded_at(uplink: &Uplink, measured: &Measurements) -> Timestamp {
    /// How long a sensor that stamps its records keeps them.
    const LONGEST_BUFFER: Span = Span::hours(60 * 24);
    measured
        .measured_at
        .filter(|at| *at <= uplink.received_at && uplink.received_at.since(*at) <= LONGEST_BUFFER)
        .unwrap_or(uplink.received_at)
}

/// Whether a store can keep `uplink` and give it back.
fn can_be_kept(uplink: &Uplink) -> bool {
    let (size, depth) = uplink
        .decoded
        .as_ref()
        .map_or((0, 0), |decoded| (decoded.to_string().len(), depth_of(decoded)));
    uplink.payload.len() + size <= LARGEST_KEPT && depth <= DEEPEST_KEPT
}

fn depth_of(value: &serde_json::Value) -> usize {
    let inner = match value {
        serde_json::Value::Array(items) => items.iter().map(depth_of).max(),
        serde_json::Value::Object(fields) => fields.values().map(depth_of).max(),
        _ => return 0,
    };
    1 + inner.unwrap_or(0)
}

/// The identifier of a frame kept aside: derived from the frame, so that keeping it twice keeps it once.
fn frame_id(uplink: &Uplink) -> FrameId {
    let mut hash = Sha256::new();
    hash.update(uplink.dev_eui.0.to_be_bytes());
    hash.update(uplink.frame.map_or([0; 8], |frame| {
        (u64::from(frame.session) << 32 | u64::from(frame.count)).to_be_bytes()
    }));
    hash.update(&uplink.payload);
    hash.update(
        uplink
            .decoded
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
    );
    let random = hash
        .finalize()
        .iter()
        .take(10)
        .fold(0_u128, |value, byte| value << 8 | u128::from(*byte));
    FrameId::from_ulid(Ulid::from_parts(
        u64::try_from(uplink.received_at.as_millis()).unwrap_or(0),
        random,
    ))
}
