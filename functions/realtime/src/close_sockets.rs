//! SQS queue of events from the bus: ends the sockets of whoever lost access, or has another now.

use freshtrack_application::close_sockets;
use freshtrack_contracts::events::{Delivered, Event};
use freshtrack_runtime::{Context, Function, InvocationError, Verdict, queue};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "realtime-close-sockets",
    entry: |context, event| queue(context, event, handle),
};

async fn handle(context: Arc<Context>, event: Delivered) -> Verdict {
    close(&context, &event.detail).await.into()
}

async fn close(context: &Context, event: &Event) -> Result<(), InvocationError> {
    Ok(close_sockets(context.connections()?, &context.sockets(), event).await?)
}
