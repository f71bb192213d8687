//! GET /v1/orgs/{org_id}/device-models/{model}: a model of sensor.

use freshtrack_application::devices::get_model;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "devices-get-model",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(_: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    Ok(Reply::of(&get_model(call.path("model"))?)?)
}
