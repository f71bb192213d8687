//! GET /v1/orgs/{org_id}/process-kinds: the kinds of timed processes, their limits and the source of each.

use freshtrack_application::processes::list_process_kinds;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "processes-list-kinds",
    entry: |context, event| http("processes-list-kinds", context, event, handle),
};

async fn handle(_: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    Ok(Reply::of(&list_process_kinds(&call.page()?)?)?)
}
