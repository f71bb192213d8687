//! Invoked by an operator: whether an audit log is what was written, from its first entry to its last.

use freshtrack_application::PageRequest;
use freshtrack_application::audit::verify_all;
use freshtrack_application::ports::Owner;
use freshtrack_contracts::audit::{AuditVerification, VerifyAudit};
use freshtrack_runtime::{Context, Function, InvocationError, direct};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "platform-verify-audit",
    entry: |context, event| direct(context, event, handle),
};

async fn handle(context: Arc<Context>, input: VerifyAudit) -> Result<AuditVerification, InvocationError> {
    let ports = context.office_ports()?;
    let owner = input.org_id.map_or(Owner::Platform, Owner::Org);
    let request = PageRequest {
        cursor: input.cursor,
        ..PageRequest::default()
    };
    Ok(verify_all(ports.office(context.ids()).records, owner, &request).await?)
}
