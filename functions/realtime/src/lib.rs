//! Functions behind the WebSocket API.

pub mod authorize;
pub mod broadcast;
pub mod close_sockets;
pub mod connect;
pub mod disconnect;
pub mod heartbeat;
pub mod issue_ticket;
pub mod reject;
pub mod resync;
pub mod subscribe;
pub mod unsubscribe;

use freshtrack_application::Refusal;
use freshtrack_runtime::{Function, HandlerError};

/// Every function of this area.
pub const FUNCTIONS: &[Function] = &[
    authorize::FUNCTION,
    broadcast::FUNCTION,
    close_sockets::FUNCTION,
    connect::FUNCTION,
    disconnect::FUNCTION,
    heartbeat::FUNCTION,
    issue_ticket::FUNCTION,
    reject::FUNCTION,
    resync::FUNCTION,
    subscribe::FUNCTION,
    unsubscribe::FUNCTION,
];

/// The gateway has routed a message by its `type` to a function that expects another.
fn wrong_route() -> HandlerError {
    Refusal::invalid("The message is of another type than its route.").into()
}
