//! WebSocket route `unsubscribe`: a socket wants to hear of less.

use crate::wrong_route;
use freshtrack_application::unsubscribe;
use freshtrack_contracts::live::{ClientMessage, ServerBody};
use freshtrack_runtime::{Context, Function, HandlerError, SocketCall, socket};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "realtime-unsubscribe",
    entry: |context, event| socket(context, event, handle),
};

async fn handle(context: Arc<Context>, call: SocketCall) -> Result<Option<ServerBody>, HandlerError> {
    let ClientMessage::Unsubscribe { topics } = call.message()? else {
        return Err(wrong_route());
    };
    Ok(Some(
        unsubscribe(
            context.connections()?,
            call.caller.scope,
            &call.connection_id,
            &topics,
        )
        .await?,
    ))
}
