//! Sensors and gateways as the network and the kitchen know them.

mod app_key;
mod calibration;
mod eui;
mod gateway;
mod sensor;
mod status;

pub use app_key::{AppKey, InvalidAppKey};
pub use calibration::{Calibration, CertificateUrl, InvalidCertificateUrl, InvalidOffset};
pub use eui::{DevEui, GatewayEui, InvalidDevEui, InvalidGatewayEui, InvalidJoinEui, JoinEui};
pub use gateway::Gateway;
pub use sensor::{AppliedCalibration, Retirement, Sensor};
pub use status::{Known, Registration, SensorStatus, UnknownSensorStatus};
