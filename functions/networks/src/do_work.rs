//! SQS queue of work at network servers, from the bus: registers sensors, removes them, and sends them changes.

use freshtrack_application::networks::do_work;
use freshtrack_contracts::events::{Delivered, Event};
use freshtrack_runtime::{Context, Function, InvocationError, Verdict, queue};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "networks-do-work",
    entry: |context, event| queue(context, event, handle),
};

async fn handle(context: Arc<Context>, event: Delivered) -> Verdict {
    work(&context, &event.detail).await.into()
}

async fn work(context: &Context, event: &Event) -> Result<(), InvocationError> {
    let ports = context.networks_ports()?;
    let networks = ports.networks(context.ids());
    Ok(do_work(&networks, &context.states()?, event).await?)
}
