//! SQS queue of place events from the bus: what is in a deleted place is deleted with it, units are judged by new rules.

use freshtrack_application::Failure;
use freshtrack_application::places::follow_change;
use freshtrack_contracts::events::{Delivered, Event};
use freshtrack_runtime::{Context, Function, InvocationError, Verdict, queue};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "places-follow-changes",
    entry: |context, event| queue(context, event, handle),
};

async fn handle(context: Arc<Context>, event: Delivered) -> Verdict {
    follow(&context, &event.detail).await.into()
}

async fn follow(context: &Context, event: &Event) -> Result<(), InvocationError> {
    let ports = context.places_ports()?;
    match follow_change(&ports.follow(), event).await {
        Ok(()) => Ok(()),
        Err(Failure::Fault(fault)) => Err(fault.into()),
        // Somebody changed the same place at the same moment: read anew when the event comes again.
        Err(Failure::Refused(refusal)) => Err(InvocationError::new("Refused", refusal.detail)),
    }
}
