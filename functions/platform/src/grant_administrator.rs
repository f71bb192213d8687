//! Invoked by an operator: makes a person an administrator of the platform.

use freshtrack_application::platform::grant_administrator;
use freshtrack_contracts::support::{AdministratorAddress, AdministratorChanged};
use freshtrack_runtime::{Context, Function, InvocationError, direct};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "platform-grant-administrator",
    entry: |context, event| direct(context, event, handle),
};

async fn handle(
    context: Arc<Context>,
    input: AdministratorAddress,
) -> Result<AdministratorChanged, InvocationError> {
    let ports = context.office_ports()?;
    let user_id = grant_administrator(&ports.office(context.ids()), &input).await?;
    Ok(AdministratorChanged { user_id })
}
