//! SQS queue of portions: sends messages to many sockets.

use freshtrack_application::{BroadcastChunk, broadcast};
use freshtrack_runtime::{Context, Function, InvocationError, Verdict, queue};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "realtime-broadcast",
    entry: |context, event| queue(context, event, handle),
};

async fn handle(context: Arc<Context>, chunk: BroadcastChunk) -> Verdict {
    send(&context, &chunk).await.into()
}

async fn send(context: &Context, chunk: &BroadcastChunk) -> Result<(), InvocationError> {
    broadcast(context.connections()?, &context.sockets(), chunk).await;
    Ok(())
}
