//! GET /v1/orgs/{org_id}/device-models: the models of sensors that are understood.

use freshtrack_application::devices::list_models;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "devices-list-models",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(_: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    Ok(Reply::of(&list_models(&call.page()?)?)?)
}
