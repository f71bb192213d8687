//! Writing sensors down, each with its DevEUI, which no two of them share and by which it is found.

use crate::error::{PortError, PortErrorKind, Refusal};
use crate::ports::{Claim, ClaimSpace, Holder, Stored};
use crate::registry::Change;
use freshtrack_contracts::events::{Event, Happening};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::device::{DevEui, Sensor};
use freshtrack_domain::ids::{SensorId, UnitId};
use freshtrack_domain::time::Timestamp;

/// The claim on a DevEUI. Its holder's data is the [`Sensor`], so that a frame needs one read to find it.
#[must_use]
pub fn eui_claim(dev_eui: DevEui) -> Claim {
    Claim {
        space: ClaimSpace::DevEui,
        name: dev_eui.to_string(),
    }
}

/// The holder of the claim: an identifier alone may have been copied from another organization's document.
fn holder_id(sensor: &Sensor) -> String {
    format!("{}#{}", sensor.org_id, sensor.id)
}

/// `change` in which `sensor`, which is stored by it too, takes its DevEUI and is found by it as it is from now on.
///
/// # Errors
/// When it cannot be written down.
pub fn claim_eui(change: Change, sensor: &Sensor) -> Result<Change, PortError> {
    let holder = Holder {
        id: holder_id(sensor),
        data: serde_json::to_value(sensor)
            .map_err(|error| PortError::because("devices.claim_eui", PortErrorKind::Corrupt, error))?,
        expires_at: None,
    };
    Ok(change.claim(eui_claim(sensor.dev_eui), holder, eui_taken(sensor.dev_eui)))
}

/// That another sensor has `dev_eui`: the same whoever has it, since of another organization's devices nobody learns
/// anything.
pub(crate) fn eui_taken(dev_eui: DevEui) -> Refusal {
    Refusal::new(
        ProblemCode::Conflict,
        format!(
            "The DevEUI {dev_eui} is registered for another sensor. Compare it with the label; if it is right, that sensor must be \
             retired first."
        ),
    )
}

/// `change` in which `sensor` gives up its DevEUI: from then on nothing is found by it.
#[must_use]
pub fn release_eui(change: Change, sensor: &Sensor) -> Change {
    change.release(eui_claim(sensor.dev_eui), holder_id(sensor))
}

/// `change` in which `sensor` takes the place of what was read, also where it is found by its DevEUI: nowhere, once it is
/// retired.
///
/// # Errors
/// When it cannot be written down.
pub fn rewrite_sensor(change: Change, sensor: &Sensor, stored: &Stored<Sensor>) -> Result<Change, PortError> {
    let before = &stored.record;
    let mut change = change.replace(sensor, stored.rev)?;
    let (had, has) = (before.retired.is_none(), sensor.retired.is_none());
    if had && (!has || sensor.dev_eui != before.dev_eui) {
        change = release_eui(change, before);
    }
    if has {
        claim_eui(change, sensor)
    } else {
        Ok(change)
    }
}

/// `change` in which `sensor`, of which only itself has changed, takes the place of what was read as its next version, and
/// whoever follows sensors hears of it.
///
/// # Errors
/// When it cannot be written down.
pub(crate) fn revise_sensor(
    change: Change,
    sensor: Sensor,
    stored: &Stored<Sensor>,
    now: Timestamp,
) -> Result<Change, PortError> {
    let sensor = Sensor {
        version: stored.record.version + 1,
        ..sensor
    };
    let units = sensor.unit_id.into_iter().collect();
    let event = sensors_changed(&sensor, vec![sensor.id], units, now);
    Ok(rewrite_sensor(change, &sensor, stored)?.publish(event))
}

/// The event of a change by which `first` and perhaps others became what they are, each a new version of itself.
pub(super) fn sensors_changed(
    first: &Sensor,
    sensors: Vec<SensorId>,
    units: Vec<UnitId>,
    now: Timestamp,
) -> Event {
    let what = Happening::SensorsChanged { sensors, units };
    let id = format!("{}:{}:{}", first.id, what.detail_type(), first.version);
    Event::of_record(first.org_id, id, now.into(), what)
}
