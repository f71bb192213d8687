//! ARNs, and finding back what they point to.

use super::{Deployment, Function, System, Target};

/// AWS labels a stream with the time it was switched on; here it always carries the same label.
pub(super) const STREAM_LABEL: &str = "2026-01-01T00:00:00.000";

/// The ARN of a resource of this deployment.
pub(super) fn arn(deployment: &Deployment, service: &str, path: &str) -> String {
    format!(
        "arn:aws:{service}:{}:{}:{path}",
        deployment.region, deployment.account
    )
}

/// The function an ARN or a name means.
pub(super) fn function<'a>(system: &'a System, reference: &str) -> Option<&'a Function> {
    let name = match reference.split_once(":function:") {
        Some((_, name)) => name,
        None => reference,
    };
    system
        .functions
        .iter()
        .find(|function| function.deployed_name == name)
}

/// The function that an integration's or an authorizer's address calls: either API Gateway's
/// `..:lambda:path/2015-03-31/functions/<ARN>/invocations` or the bare ARN.
pub(super) fn function_of_address<'a>(system: &'a System, address: &str) -> Option<&'a Function> {
    let reference = address
        .split_once("/functions/")
        .and_then(|(_, rest)| rest.strip_suffix("/invocations"))
        .unwrap_or(address);
    function(system, reference)
}

/// The name of the queue an ARN or a URL means.
pub(super) fn queue(system: &System, reference: &str) -> Option<String> {
    system
        .queues
        .iter()
        .find(|queue| queue.arn == reference || queue.url == reference)
        .map(|queue| queue.name.clone())
}

/// The target an ARN means.
pub(super) fn target(system: &System, arn: &str) -> Option<Target> {
    if let Some((_, name)) = arn.split_once(":event-bus/") {
        let bus = system.event_buses.iter().find(|bus| *bus == name)?;
        return Some(Target::EventBus(bus.clone()));
    }
    if arn.contains(":function:") {
        return function(system, arn).map(|function| Target::Function(function.name.clone()));
    }
    queue(system, arn).map(Target::Queue)
}
