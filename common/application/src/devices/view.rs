//! Sensors as they are shown.

use freshtrack_contracts::devices::{CalibrationInForce, RetiredView, SensorRegistration, SensorView};
use freshtrack_decoders as decoders;
use freshtrack_domain::alert::AlertKind;
use freshtrack_domain::device::{Known, Sensor, SensorStatus};
use freshtrack_domain::ids::SiteId;
use freshtrack_domain::network::NetworkDevice;
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_domain::unit::{SensorTrack, UnitRecord};

/// How often a sensor is taken to report whose model nothing is known of: as most do (specification 2.3).
pub(super) const USUAL_INTERVAL: Span = Span::minutes(10);

/// How often `sensor` reports.
pub(super) fn interval_of(sensor: &Sensor) -> Span {
    sensor
        .report_interval
        .or_else(|| decoders::find(&sensor.model).map(|model| model.uplink_interval))
        .unwrap_or(USUAL_INTERVAL)
}

/// What the unit it measures remembers of `sensor`.
fn track<'r>(sensor: &Sensor, unit: Option<&'r UnitRecord>) -> Option<&'r SensorTrack> {
    let state = unit
        .map(|unit| &unit.state)
        .filter(|state| Some(state.unit_id) == sensor.last_unit())?;
    state.sensors.iter().find(|track| track.id == sensor.id)
}

/// What a sensor is shown by.
#[derive(Clone, Copy)]
pub(super) struct Surroundings<'r> {
    /// The site it is in.
    pub(super) site: Option<SiteId>,
    /// The state of its unit.
    pub(super) unit: Option<&'r UnitRecord>,
    /// How its network server knows it.
    pub(super) device: Option<&'r NetworkDevice>,
}

/// How `sensor` is.
pub(super) fn status_of(sensor: &Sensor, around: Surroundings<'_>, now: Timestamp) -> SensorStatus {
    let unit = around.unit.map(|unit| &unit.state);
    let known = Known {
        seen_at: track(sensor, around.unit).map(|track| track.newest_at),
        // The alert is about the sensor that drives the unit.
        implausible: sensor.primary && unit.is_some_and(|unit| unit.alert(AlertKind::SensorFault).is_some()),
        registration: around.device.map(NetworkDevice::standing).unwrap_or_default(),
    };
    SensorStatus::of(sensor, known, interval_of(sensor), now)
}

/// `sensor` as it is shown at `now`.
pub(super) fn sensor_view(sensor: &Sensor, around: Surroundings<'_>, now: Timestamp) -> SensorView {
    let Surroundings { site, unit, device } = around;
    let track = track(sensor, unit);
    SensorView {
        id: sensor.id,
        dev_eui: sensor.dev_eui.to_string(),
        join_eui: sensor.join_eui.map(|eui| eui.to_string()),
        app_key_last_four: sensor.app_key_last_four.clone(),
        name: sensor.called(),
        model: sensor.model.clone(),
        unit_id: sensor.last_unit(),
        site_id: site,
        primary: sensor.primary,
        source: sensor.source,
        report_interval_seconds: interval_of(sensor).as_seconds(),
        status: status_of(sensor, around, now),
        registration: device.map(|device| SensorRegistration {
            network_id: device.network_id,
            registered: device.registered,
            obstacle: device.obstacle,
            job_id: device.job_id,
        }),
        seen_at: track.map(|track| track.newest_at.into()),
        battery_percent: track.and_then(|track| track.battery_percent),
        rssi_dbm: track.and_then(|track| track.rssi_dbm),
        temperature_offset_c: sensor.temperature_offset.celsius(),
        humidity_offset_percent: f64::from(sensor.humidity_offset) / 100.0,
        calibration: sensor.calibration.map(|calibration| CalibrationInForce {
            id: calibration.id,
            performed_at: calibration.performed_at.into(),
            due_at: calibration.expires_at.map(Into::into),
            overdue: calibration.expires_at.is_some_and(|due| due <= now),
        }),
        replaces: sensor.replaces,
        retired: sensor.retired.as_ref().map(|retired| RetiredView {
            at: retired.at.into(),
            by: retired.by.clone(),
            replaced_by: retired.replaced_by,
        }),
    }
}
