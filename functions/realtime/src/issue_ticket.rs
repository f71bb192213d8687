//! POST /v1/orgs/{org_id}/live/tickets: a ticket that opens one socket.

use freshtrack_application::issue_ticket;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "realtime-issue-ticket",
    entry: |context, event| http("realtime-issue-ticket", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let (tickets, url) = (context.tickets()?, context.socket_url()?);
    let (caller, ends) = (call.caller()?, call.credential_ends());
    let ticket = issue_ticket(&tickets, call.ids(), context.clock(), caller, ends, url).await?;
    Ok(Reply::of(&ticket)?)
}
