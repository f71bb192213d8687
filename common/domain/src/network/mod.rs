//! LoRaWAN network servers: how an organization's is reached, and what of its sensors is registered there.

mod connection;
mod device;
mod secrets;
mod server;

pub use connection::{Network, ServerTest, TestResult};
pub use device::{
    AppKey, InvalidAppKey, InvalidJoinEui, JoinEui, NetworkDevice, RegistrationStep, device_id,
};
pub use secrets::{ApiKey, InvalidApiKey};
pub use server::{
    BaseUrl, Cluster, FrequencyPlan, InvalidBaseUrl, InvalidServerId, Server, ThingsStackAddress,
    ThingsStackId, Uuid,
};
