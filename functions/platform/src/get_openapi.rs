//! GET /v1/openapi.json: what the HTTP API takes and answers, for programs.

use freshtrack_contracts::documents::openapi;
use freshtrack_domain::time::Span;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use serde_json::Value;
use std::sync::{Arc, LazyLock};

/// It changes with a release only.
const KEPT_FOR: Span = Span::minutes(5);

static DOCUMENT: LazyLock<Value> = LazyLock::new(openapi);

/// The function.
pub const FUNCTION: Function = Function {
    name: "platform-get-openapi",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(_: Arc<Context>, _: Call) -> Result<Reply, HandlerError> {
    Ok(Reply::of(&*DOCUMENT)?.kept_for(KEPT_FOR))
}
