//! Functions over sensors, gateways and network servers.

pub mod assign_sensor;
pub mod claim_frame;
pub mod create_gateway;
pub mod decode_frame;
pub mod follow_changes;
pub mod get_calibration;
pub mod get_gateway;
pub mod get_model;
pub mod get_sensor;
pub mod list_calibrations;
pub mod list_gateways;
pub mod list_models;
pub mod list_sensors;
pub mod record_calibration;
pub mod register_sensor;
pub mod replace_sensor;
pub mod retire_gateway;
pub mod retire_sensor;
pub mod unassign_sensor;
pub mod update_gateway;
pub mod update_sensor;

use freshtrack_runtime::Function;

/// Every function of this area.
pub const FUNCTIONS: &[Function] = &[
    assign_sensor::FUNCTION,
    claim_frame::FUNCTION,
    create_gateway::FUNCTION,
    decode_frame::FUNCTION,
    follow_changes::FUNCTION,
    get_calibration::FUNCTION,
    get_gateway::FUNCTION,
    get_model::FUNCTION,
    get_sensor::FUNCTION,
    list_calibrations::FUNCTION,
    list_gateways::FUNCTION,
    list_models::FUNCTION,
    list_sensors::FUNCTION,
    record_calibration::FUNCTION,
    register_sensor::FUNCTION,
    replace_sensor::FUNCTION,
    retire_gateway::FUNCTION,
    retire_sensor::FUNCTION,
    unassign_sensor::FUNCTION,
    update_gateway::FUNCTION,
    update_sensor::FUNCTION,
];
