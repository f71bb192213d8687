//! GET /v1/orgs/{org_id}/sensors: the sensors, each with how it is.

use freshtrack_application::devices::{SensorQuery, list_sensors};
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "devices-list-sensors",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.places_ports()?;
    let query = SensorQuery {
        site_id: call.parsed_query("site_id")?,
        unit_id: call.parsed_query("unit_id")?,
        status: call.parsed_query("status")?,
    };
    let page = list_sensors(&ports.set_up(call.ids()), call.caller()?, &query, &call.page()?).await?;
    Ok(Reply::of(&page)?)
}
