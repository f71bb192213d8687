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
    let (connections, records) = (context.connections()?, context.records()?);
    let SocketCall {
        caller,
        connection_id,
        until,
        ..
    } = &call;
    connect(
        connections,
        &records,
        context.clock(),
        caller,
        connection_id,
        *until,
    )
    .await?;
    Ok(None)
}
