//! WebSocket $connect: a socket opened.

use freshtrack_application::connect;
use freshtrack_contracts::live::ServerBody;
use freshtrack_runtime::{Context, Function, HandlerError, SocketCall, socket};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "realtime-connect",
    entry: |context, event| socket(context, event, handle),
};

async fn handle(context: Arc<Context>, call: SocketCall) -> Result<Option<ServerBody>, HandlerError> {
    connect(
        context.connections()?,
        context.clock(),
        &call.caller,
        &call.connection_id,
    )
    .await?;
    Ok(None)
}
