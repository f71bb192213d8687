//! Invoked by an operator: sets the password of an account, and creates it if there is none.

use freshtrack_application::identity::set_password;
use freshtrack_contracts::identity::{PasswordSet, SetPassword};
use freshtrack_runtime::{Context, Function, InvocationError, direct};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "identity-set-password",
    entry: |context, event| direct(context, event, handle),
};

async fn handle(context: Arc<Context>, input: SetPassword) -> Result<PasswordSet, InvocationError> {
    let ports = context.account_ports()?;
    Ok(set_password(&ports.accounts(context.ids()), input).await?)
}
