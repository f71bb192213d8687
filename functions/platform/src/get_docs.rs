//! GET /v1/docs: what the HTTP API takes and answers, for people.

use freshtrack_contracts::documents::{openapi, page};
use freshtrack_domain::time::Span;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::{Arc, LazyLock};

/// It changes with a release only.
const KEPT_FOR: Span = Span::minutes(5);

static PAGE: LazyLock<String> = LazyLock::new(|| page(&openapi()));

/// The function.
pub const FUNCTION: Function = Function {
    name: "platform-get-docs",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(_: Arc<Context>, _: Call) -> Result<Reply, HandlerError> {
    Ok(Reply::page(PAGE.clone()).kept_for(KEPT_FOR))
}
