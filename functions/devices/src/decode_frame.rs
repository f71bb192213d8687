//! POST /v1/orgs/{org_id}/device-models/{model}/decode: says what a frame means.

use freshtrack_application::devices::decode_frame;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "devices-decode-frame",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(_: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    Ok(Reply::of(&decode_frame(call.path("model"), &call.json()?)?)?)
}
