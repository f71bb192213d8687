//! Functions of the connections to LoRaWAN network servers.

pub mod create;
pub mod delete;
pub mod get;
pub mod list;
pub mod rotate_key;
pub mod test;
pub mod update;

use freshtrack_runtime::Function;

/// Every function of this area.
pub const FUNCTIONS: &[Function] = &[
    create::FUNCTION,
    delete::FUNCTION,
    get::FUNCTION,
    list::FUNCTION,
    rotate_key::FUNCTION,
    test::FUNCTION,
    update::FUNCTION,
];
