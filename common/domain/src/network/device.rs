//! A sensor as a network server knows it.

use super::{Obstacle, Server};
use crate::device::{DevEui, JoinEui, Registration};
use crate::ids::{JobId, NetworkId, SensorId};
use serde::{Deserialize, Serialize};

/// One part of a network server at which a sensor is registered. Each is a call of its own, and each may be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RegistrationStep {
    /// The Things Stack's identity server: that there is such a device, and on which cluster.
    IdentityServer,
    /// Its join server: the root key.
    JoinServer,
    /// Its network server: version of LoRaWAN and channel plan.
    NetworkServer,
    /// Its application server: whom frames are handed to.
    ApplicationServer,
    /// ChirpStack: the device.
    Device,
    /// ChirpStack: its root key.
    DeviceKeys,
}

impl Server {
    /// The steps by which a sensor is registered, in order (specification 9.7).
    #[must_use]
    pub const fn registration(&self) -> &'static [RegistrationStep] {
        match self {
            Self::ThingsStack { .. } => &[
                RegistrationStep::IdentityServer,
                RegistrationStep::JoinServer,
                RegistrationStep::NetworkServer,
                RegistrationStep::ApplicationServer,
            ],
            Self::Chirpstack { .. } => &[RegistrationStep::Device, RegistrationStep::DeviceKeys],
        }
    }

    /// The steps by which a registration is taken back. The identity goes last, so that a removal that fails half way is
    /// found again.
    #[must_use]
    pub const fn removal(&self) -> &'static [RegistrationStep] {
        match self {
            Self::ThingsStack { .. } => &[
                RegistrationStep::ApplicationServer,
                RegistrationStep::NetworkServer,
                RegistrationStep::JoinServer,
                RegistrationStep::IdentityServer,
            ],
            // ChirpStack removes a device's keys with it.
            Self::Chirpstack { .. } => &[RegistrationStep::Device],
        }
    }
}

/// The name of a device at The Things Stack, in the form its console proposes.
#[must_use]
pub fn device_id(dev_eui: DevEui) -> String {
    format!("eui-{}", dev_eui.to_string().to_lowercase())
}

/// A sensor as a network server knows it, or is to know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkDevice {
    /// The sensor.
    pub sensor_id: SensorId,
    /// Through which connection.
    pub network_id: NetworkId,
    /// What the radio network calls it.
    pub dev_eui: DevEui,
    /// Whom it asks to be let in.
    pub join_eui: JoinEui,
    /// Whether it is registered there, as far as is known.
    pub registered: bool,
    /// What has ended the newest work on its registration before it was done.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub obstacle: Option<Obstacle>,
    /// The newest work on its registration. Older work has nothing to say any more.
    pub job_id: JobId,
}

impl NetworkDevice {
    /// How the sensor stands there.
    #[must_use]
    pub const fn standing(&self) -> Registration {
        match (self.obstacle, self.registered) {
            (Some(_), _) => Registration::Failed,
            (None, true) => Registration::Done,
            (None, false) => Registration::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_at_the_things_stack_is_one() {
        let id = device_id(DevEui(0xA840_41FF_FF18_2C3D));
        assert_eq!(id, "eui-a84041ffff182c3d");
        assert!(id.parse::<super::super::ThingsStackId>().is_ok());
    }
}
