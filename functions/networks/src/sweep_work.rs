//! EventBridge Scheduler, every minute: finds the work at network servers that is due.

use freshtrack_application::networks::{SweepNetworks, sweep_work};
use freshtrack_runtime::{Context, Function, InvocationError, direct};
use serde_json::{Value, json};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "networks-sweep-work",
    entry: |context, event| direct(context, event, handle),
};

async fn handle(context: Arc<Context>, _: Value) -> Result<Value, InvocationError> {
    let ports = SweepNetworks {
        records: &context.records()?,
        states: &context.states()?,
        bus: &context.bus()?,
        clock: context.clock(),
    };
    let report = sweep_work(&ports).await?;
    tracing::info!(
        work.open = report.open,
        work.due = report.due,
        "work at network servers swept"
    );
    Ok(json!({ "open": report.open, "due": report.due }))
}
