//! GET /v1/orgs/{org_id}/units/{unit_id}/readings/export: a unit's readings as a table, page by page.

use freshtrack_application::{ReadingsOf, export_readings};
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "readings-export",
    entry: |context, event| http("readings-export", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let of = ReadingsOf {
        unit_id: call.id("unit_id", "unit")?,
        from: call.parsed_query("from")?,
        to: call.parsed_query("to")?,
    };
    let (states, log, records) = (context.states()?, context.log()?, context.records()?);
    let (clock, page) = (context.clock(), call.series_page()?);
    let exported = export_readings(&states, &log, &records, clock, call.caller()?, of, &page).await?;
    Ok(Reply::table(exported.text, exported.has_header, exported.next))
}
