//! Stream of the table, filtered to writes that changed something: puts their events on the bus.

use freshtrack_application::ports::EventBus;
use freshtrack_contracts::events::Event;
use freshtrack_runtime::{Context, Function, InvocationError, stream};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "platform-publish-events",
    entry: |context, event| stream(context, event, handle),
};

async fn handle(context: Arc<Context>, events: Vec<Event>) -> Result<(), InvocationError> {
    Ok(context.bus()?.publish(&events).await?)
}
