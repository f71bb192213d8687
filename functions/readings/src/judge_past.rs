//! SQS queue of back-fill events from the bus: judges anew what came too late to be judged as it was measured.

use freshtrack_application::judge_past;
use freshtrack_contracts::events::{Delivered, Event};
use freshtrack_runtime::{Context, Function, InvocationError, Verdict, queue};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "readings-judge-past",
    entry: |context, event| queue(context, event, handle),
};

async fn handle(context: Arc<Context>, event: Delivered) -> Verdict {
    judge(&context, &event.detail).await.into()
}

async fn judge(context: &Context, event: &Event) -> Result<(), InvocationError> {
    let ports = context.past_ports()?;
    Ok(judge_past(&ports.past(), event).await?)
}
