//! WebSocket authorizer: takes a ticket, once.

use freshtrack_runtime::{Function, authorize_socket};

/// The function.
pub const FUNCTION: Function = Function {
    name: "realtime-authorize",
    entry: authorize_socket,
};
