//! EventBridge Scheduler, every minute: judges the timed processes of which a deadline is near or over.

use freshtrack_application::processes::sweep_processes;
use freshtrack_runtime::{Context, Function, InvocationError, direct};
use serde_json::{Value, json};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "processes-sweep-deadlines",
    entry: |context, event| direct(context, event, handle),
};

async fn handle(context: Arc<Context>, _: Value) -> Result<Value, InvocationError> {
    let ports = context.process_ports()?;
    let report = sweep_processes(&ports.processes()).await?;
    tracing::info!(
        processes.open = report.open,
        processes.looked_at = report.looked_at,
        processes.changed = report.changed,
        processes.failed = report.failed,
        processes.lag_ms = report.lag.as_millis(),
        "timed processes swept"
    );
    Ok(
        json!({ "open": report.open, "looked_at": report.looked_at, "changed": report.changed, "failed": report.failed,
        "lag_ms": report.lag.as_millis() }),
    )
}
