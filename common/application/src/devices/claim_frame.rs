//! A sensor for the device that a frame kept aside is of.

use super::{get_sensor, register_sensor};
use crate::error::{Failure, Refusal};
use crate::organizations::whole_organization;
use crate::places::At;
use crate::ports::{Quarantine, Vault};
use crate::scope::Caller;
use crate::set_up::SetUp;
use freshtrack_contracts::devices::{ClaimFrame, RegisterSensor, SensorView};
use freshtrack_domain::ids::{FrameId, SensorId};

/// Registers the device of a frame that was kept aside as a sensor. What was kept of it is taken in as soon as it measures
/// a unit.
///
/// # Errors
/// Refused when there is no such frame, to members who work for some sites, for what is kept aside belongs to none, and as
/// [`register_sensor`].
pub async fn claim_frame(
    ports: &SetUp<'_>,
    vault: &dyn Vault,
    quarantine: &dyn Quarantine,
    caller: &Caller,
    id: FrameId,
    input: ClaimFrame,
) -> Result<At<SensorView>, Failure> {
    whole_organization(caller)?;
    let Some(frame) = quarantine.find(caller.scope, id).await? else {
        // It is taken in soon after it was claimed. If this same request did that, its sensor is there.
        let made = ports.ids.id::<SensorId>(ports.clock.now());
        return match get_sensor(ports, caller, made).await {
            Err(Failure::Refused(_)) => Err(Refusal::not_found("frame").into()),
            found => found,
        };
    };
    let registration = RegisterSensor {
        dev_eui: frame.uplink.dev_eui,
        join_eui: None,
        app_key: None,
        model: input.model,
        name: input.name,
        unit_id: input.unit_id,
        primary: input.primary,
        source: input.source,
        report_interval_seconds: input.report_interval_seconds,
    };
    register_sensor(ports, vault, caller, registration).await
}
