//! WebSocket route `subscribe`: a socket wants to hear of more.

use crate::wrong_route;
use freshtrack_application::subscribe;
use freshtrack_contracts::live::{ClientMessage, ServerBody};
use freshtrack_runtime::{Context, Function, HandlerError, SocketCall, socket};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "realtime-subscribe",
    entry: |context, event| socket(context, event, handle),
};

async fn handle(context: Arc<Context>, call: SocketCall) -> Result<Option<ServerBody>, HandlerError> {
    let ClientMessage::Subscribe { topics } = call.message()? else {
        return Err(wrong_route());
    };
    let (connections, records) = (context.connections()?, context.records()?);
    Ok(Some(
        subscribe(connections, &records, &call.caller, &call.connection_id, topics).await?,
    ))
}
