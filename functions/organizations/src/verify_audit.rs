//! GET /v1/orgs/{org_id}/audit/verification: whether the audit log is what was written.

use freshtrack_application::audit::verify_audit;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "organizations-verify-audit",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.office_ports()?;
    let office = ports.office(call.ids());
    let found = verify_audit(office.records, call.caller()?, &call.page()?).await?;
    Ok(Reply::of(&found)?)
}
