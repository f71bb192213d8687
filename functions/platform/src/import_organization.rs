//! Invoked by an operator: brings in an organization with its sites, units, sensors and access keys.

use freshtrack_application::{Failure, Import, Refusal, import_organization};
use freshtrack_contracts::organization::{ImportReport, OrganizationDocument};
use freshtrack_runtime::{Context, Function, InvocationError, direct};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "platform-import-organization",
    entry: |context, event| direct(context, event, handle),
};

async fn handle(
    context: Arc<Context>,
    document: OrganizationDocument,
) -> Result<ImportReport, InvocationError> {
    let (records, states) = (context.records()?, context.states()?);
    let ports = Import {
        records: &records,
        states: &states,
        clock: context.clock(),
    };
    import_organization(&ports, document)
        .await
        .map_err(|failure| match failure {
            Failure::Refused(Refusal { field, detail, .. }) => {
                let place = field.map(|field| format!("{field}: ")).unwrap_or_default();
                InvocationError::new("Refused", format!("{place}{detail}"))
            }
            Failure::Fault(fault) => fault.into(),
        })
}
