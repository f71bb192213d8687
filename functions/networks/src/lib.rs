//! Functions of the connections to LoRaWAN network servers.

pub mod cancel_change;
pub mod create;
pub mod delete;
pub mod deprovision_sensor;
pub mod do_work;
pub mod get;
pub mod get_job;
pub mod list;
pub mod list_changes;
pub mod list_jobs;
pub mod provision_sensor;
pub mod request_change;
pub mod retry_job;
pub mod rotate_key;
pub mod rotate_webhook;
pub mod sweep_work;
pub mod test;
pub mod update;

use freshtrack_runtime::Function;

/// Every function of this area.
pub const FUNCTIONS: &[Function] = &[
    cancel_change::FUNCTION,
    create::FUNCTION,
    delete::FUNCTION,
    deprovision_sensor::FUNCTION,
    do_work::FUNCTION,
    get::FUNCTION,
    get_job::FUNCTION,
    list::FUNCTION,
    list_changes::FUNCTION,
    list_jobs::FUNCTION,
    provision_sensor::FUNCTION,
    request_change::FUNCTION,
    retry_job::FUNCTION,
    rotate_key::FUNCTION,
    rotate_webhook::FUNCTION,
    sweep_work::FUNCTION,
    test::FUNCTION,
    update::FUNCTION,
];
