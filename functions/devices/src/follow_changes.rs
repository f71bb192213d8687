//! SQS queue of device and place events from the bus: units follow their sensors, and what was kept aside of one is taken in.

use freshtrack_application::Failure;
use freshtrack_application::devices::follow_device_change;
use freshtrack_contracts::events::{Delivered, Event};
use freshtrack_runtime::{Context, Function, InvocationError, Verdict, queue};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "devices-follow-changes",
    entry: |context, event| queue(context, event, handle),
};

async fn handle(context: Arc<Context>, event: Delivered) -> Verdict {
    follow(&context, &event.detail).await.into()
}

async fn follow(context: &Context, event: &Event) -> Result<(), InvocationError> {
    let (ports, receive) = (context.places_ports()?, context.receive_ports()?);
    match follow_device_change(&ports.set_up(context.ids()), &receive.receive(), event).await {
        Ok(()) => Ok(()),
        Err(Failure::Fault(fault)) => Err(fault.into()),
        // Somebody changed the same sensors at the same moment: read anew when the event comes again.
        Err(Failure::Refused(refusal)) => Err(InvocationError::new("Refused", refusal.detail)),
    }
}
