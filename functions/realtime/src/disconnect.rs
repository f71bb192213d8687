//! WebSocket $disconnect: a socket closed.

use freshtrack_application::disconnect;
use freshtrack_contracts::live::ServerBody;
use freshtrack_runtime::{Context, Function, HandlerError, SocketCall, socket};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "realtime-disconnect",
    entry: |context, event| socket(context, event, handle),
};

async fn handle(context: Arc<Context>, call: SocketCall) -> Result<Option<ServerBody>, HandlerError> {
    disconnect(context.connections()?, call.caller.scope, &call.connection_id).await?;
    Ok(None)
}
