//! SQS queue of alert events from the bus: writes down what happened to each alert, and which ask for a signature.

use freshtrack_application::alerts::{ask_for_signature, record_trail};
use freshtrack_contracts::events::{Delivered, Event};
use freshtrack_runtime::{Context, Function, InvocationError, Verdict, queue};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "alerts-record-trail",
    entry: |context, event| queue(context, event, handle),
};

async fn handle(context: Arc<Context>, event: Delivered) -> Verdict {
    record(&context, &event.detail).await.into()
}

async fn record(context: &Context, event: &Event) -> Result<(), InvocationError> {
    record_trail(&context.alerts()?, event).await?;
    Ok(ask_for_signature(&context.records()?, context.clock(), event).await?)
}
