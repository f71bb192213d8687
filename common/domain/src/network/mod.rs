//! LoRaWAN network servers: how an organization's is reached, and what of its sensors is registered there.

mod attempts;
mod change;
mod connection;
mod device;
mod dissolution;
mod job;
mod secrets;
mod server;
mod webhook;

pub use attempts::{ATTEMPT_LEASE, Attempts};
pub use change::{
    CHANGE_KEPT, ChangeState, ExternalMode, InvalidChange, InvalidPayload, NextMove, Payload, PendingChange,
    SettingChange, wait_of,
};
pub use connection::{Network, ServerTest, TestResult};
pub use device::{NetworkDevice, RegistrationStep, device_id};
pub use dissolution::Dissolution;
pub use job::{
    Consequence, JOB_KEPT, Job, JobKind, JobState, Obstacle, RemovalReason, Setback, UnknownJobState,
};
pub use secrets::{ApiKey, InvalidApiKey};
pub use server::{
    BaseUrl, Cluster, FrequencyPlan, InvalidBaseUrl, InvalidServerId, Server, ThingsStackAddress,
    ThingsStackId, Uuid,
};
pub use webhook::{WebhookResult, WebhookSetUp};
