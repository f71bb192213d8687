//! SQS queue of alert events from the bus: writes down what happened to each alert.

use freshtrack_application::record_trail;
use freshtrack_contracts::events::Event;
use freshtrack_runtime::{Context, Function, InvocationError, Verdict, queue};
use serde::Deserialize;
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "alerts-record-trail",
    entry: |context, event| queue(context, event, handle),
};

/// An event as the bus delivers it.
#[derive(Deserialize)]
struct Delivered {
    detail: Event,
}

async fn handle(context: Arc<Context>, event: Delivered) -> Verdict {
    record(&context, &event.detail).await.into()
}

async fn record(context: &Context, event: &Event) -> Result<(), InvocationError> {
    Ok(record_trail(&context.alerts()?, event).await?)
}
