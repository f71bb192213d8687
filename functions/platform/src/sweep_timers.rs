//! EventBridge Scheduler, every minute: judges the units that only the clock can judge.

use freshtrack_application::sweep_timers;
use freshtrack_runtime::{Context, Function, InvocationError, direct};
use serde_json::{Value, json};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "platform-sweep-timers",
    entry: |context, event| direct(context, event, handle),
};

async fn handle(context: Arc<Context>, _: Value) -> Result<Value, InvocationError> {
    let live = context.live_ports()?;
    let (records, states) = (context.records()?, context.states()?);
    let report = sweep_timers(&records, &states, live.live(), context.clock()).await?;
    tracing::info!(
        timers.due = report.due,
        timers.changed = report.changed,
        timers.failed = report.failed,
        timers.lag_ms = report.lag.as_millis(),
        "timers swept"
    );
    Ok(
        json!({ "due": report.due, "changed": report.changed, "failed": report.failed,
        "lag_ms": report.lag.as_millis() }),
    )
}
