//! Functions that take readings in.

pub mod list_quarantine;
pub mod receive_chirpstack;
pub mod receive_device_message;
pub mod receive_things_stack;
pub mod replay_quarantine;
pub mod retry_readings;
pub mod upload_readings;

use freshtrack_runtime::Function;

/// Every function of this area.
pub const FUNCTIONS: &[Function] = &[
    list_quarantine::FUNCTION,
    receive_chirpstack::FUNCTION,
    receive_device_message::FUNCTION,
    receive_things_stack::FUNCTION,
    replay_quarantine::FUNCTION,
    retry_readings::FUNCTION,
    upload_readings::FUNCTION,
];
