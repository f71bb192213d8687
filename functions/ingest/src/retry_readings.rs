//! SQS FIFO queue of readings that could not be stored in time: stores them, in order for each unit.

use freshtrack_application::{RetryReadings, retry_readings};
use freshtrack_runtime::{Context, Function, InvocationError, Verdict, queue};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "ingest-retry-readings",
    entry: |context, event| queue(context, event, handle),
};

async fn handle(context: Arc<Context>, readings: RetryReadings) -> Verdict {
    store(&context, readings).await.into()
}

async fn store(context: &Context, readings: RetryReadings) -> Result<(), InvocationError> {
    let ports = context.record_ports()?;
    retry_readings(&ports.record(), readings).await?;
    Ok(())
}
