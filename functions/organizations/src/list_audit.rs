//! GET /v1/orgs/{org_id}/audit: what was done in the organization, the newest first.

use freshtrack_application::audit::{AuditFilter, list_audit};
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "organizations-list-audit",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.office_ports()?;
    let filter = AuditFilter {
        actor: call.query("actor").map(str::to_owned),
        action: call.query("action").map(str::to_owned),
        target: call.query("target").map(str::to_owned),
    };
    let office = ports.office(call.ids());
    let page = list_audit(office.records, call.caller()?, &call.page()?, &filter).await?;
    Ok(Reply::of(&page)?)
}
