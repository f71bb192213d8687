//! GET /v1/slugs/{slug}: whether an organization may take this short name.

use freshtrack_application::organizations::check_slug;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "organizations-check-slug",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.office_ports()?;
    let availability = check_slug(&ports.office(call.ids()), call.path("slug")).await?;
    Ok(Reply::of(&availability)?)
}
