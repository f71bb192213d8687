//! WebSocket route `resync`: a socket has missed something.

use crate::wrong_route;
use freshtrack_application::{Resync, resync};
use freshtrack_contracts::live::{ClientMessage, ServerBody};
use freshtrack_runtime::{Context, Function, HandlerError, SocketCall, socket};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "realtime-resync",
    entry: |context, event| socket(context, event, handle),
};

async fn handle(context: Arc<Context>, call: SocketCall) -> Result<Option<ServerBody>, HandlerError> {
    let ClientMessage::Resync { since } = call.message()? else {
        return Err(wrong_route());
    };
    let ports = Resync {
        connections: context.connections()?,
        sockets: &context.sockets(),
        states: &context.states()?,
        alerts: &context.alerts()?,
        records: &context.records()?,
        clock: context.clock(),
    };
    resync(&ports, call.caller.scope, &call.connection_id, since).await?;
    Ok(None)
}
