//! Endpoints, executables, modules, template and sample events name the same functions.

use super::crates::Crate;
use super::functions::{Function, Trigger, purpose};
use crate::findings::Findings;
use freshtrack_contracts::endpoints::Endpoint;
use std::collections::BTreeSet;
use std::path::Path;

/// The lists that have to agree.
#[derive(Debug)]
pub(super) struct Story<'a> {
    /// What the template declares.
    functions: &'a [Function],
    /// What the contracts promise.
    endpoints: &'a [Endpoint],
    /// Executables of the areas' crates.
    executables: BTreeSet<String>,
    /// Files below `events/`, without `.json`.
    samples: BTreeSet<String>,
    /// Functions whose module begins with what they are for.
    described: BTreeSet<String>,
}

impl<'a> Story<'a> {
    /// Reads the lists from the repository at `root`.
    pub(super) fn of(
        root: &Path,
        crates: &[Crate],
        functions: &'a [Function],
        endpoints: &'a [Endpoint],
    ) -> Self {
        let samples = std::fs::read_dir(root.join("events"))
            .into_iter()
            .flatten()
            .flatten();
        Self {
            functions,
            endpoints,
            executables: crates
                .iter()
                .filter(|member| member.area().is_some())
                .flat_map(|member| member.executables.iter().cloned())
                .collect(),
            samples: samples
                .filter_map(|entry| {
                    entry
                        .file_name()
                        .to_str()?
                        .strip_suffix(".json")
                        .map(str::to_owned)
                })
                .collect(),
            described: functions
                .iter()
                .filter(|function| purpose(root, function).is_some())
                .map(|function| function.name.clone())
                .collect(),
        }
    }
}

pub(super) fn check(story: &Story<'_>, findings: &mut Findings) {
    for function in story.functions {
        declared(function, story, findings);
    }
    for endpoint in story.endpoints {
        promised(endpoint, story, findings);
    }
    let is_declared = |name: &str| story.functions.iter().any(|function| function.name == name);
    for name in story.executables.iter().filter(|name| !is_declared(name)) {
        findings.error(
            format!("executable {name}"),
            "template.yaml declares no such function",
        );
    }
    for name in story.samples.iter().filter(|name| !is_declared(name)) {
        findings.error(
            format!("events/{name}.json"),
            "is no function's sample event: template.yaml declares none",
        );
    }
}

/// Checks a function of the template.
fn declared(function: &Function, story: &Story<'_>, findings: &mut Findings) {
    let name = &function.name;
    let expected = function.expected_logical_id();
    if function.logical_id != expected {
        findings.error(
            format!("template.yaml: {}", function.logical_id),
            format!("{name} is called {expected}"),
        );
    }
    let (Some(module), Some(executable)) = (function.module(), function.executable()) else {
        findings.error(
            name,
            "belongs to no area: its name begins with no folder of functions/",
        );
        return;
    };
    if !story.executables.contains(name) {
        findings.error(&executable, "is missing: template.yaml declares the function");
    }
    if !story.described.contains(name) {
        findings.error(
            &module,
            "is missing, or its first line is not `//! ` and what the function is for",
        );
    }
    if !story.samples.contains(name) {
        findings.error(
            format!("events/{name}.json"),
            "is missing: every function has a sample event",
        );
    }
    if function.triggers.is_empty() {
        findings.error(
            name,
            "nothing invokes it (an operator's function says `Metadata: {Trigger: operator}`)",
        );
    }
    for trigger in &function.triggers {
        if let Trigger::HttpRoute { key, .. } = trigger
            && !story
                .endpoints
                .iter()
                .any(|endpoint| endpoint.function == name && endpoint.route_key() == *key)
        {
            findings.error(
                name,
                format!("template.yaml routes `{key}` to it, and the contracts list no such endpoint"),
            );
        }
    }
}

/// Checks an endpoint of the contracts.
fn promised(endpoint: &Endpoint, story: &Story<'_>, findings: &mut Findings) {
    let name = endpoint.function;
    let key = endpoint.route_key();
    if endpoint.request.is_some() && endpoint.example.is_none() {
        findings.error(name, "takes a body, and the contracts show no example of one");
    }
    let function = story.functions.iter().find(|function| function.name == name);
    let route = function.and_then(|function| {
        function.triggers.iter().find_map(|trigger| match trigger {
            Trigger::HttpRoute {
                key: routed,
                authorized,
            } if *routed == key => Some(*authorized),
            _ => None,
        })
    });
    match (route, endpoint.access.needs_credential()) {
        (None, _) if function.is_none() => {
            findings.error(
                name,
                format!("template.yaml does not declare it, and the contracts promise `{key}`"),
            );
        }
        (None, _) => findings.error(
            name,
            format!("template.yaml has no route `{key}` that leads to it"),
        ),
        (Some(false), true) => findings.error(
            name,
            format!("`{key}` needs a credential, and its route has no authorizer"),
        ),
        (Some(true), false) => findings.error(
            name,
            format!("`{key}` is open to anyone, and its route has an authorizer"),
        ),
        (Some(true), true) | (Some(false), false) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use freshtrack_contracts::endpoints::of_function;

    fn function(name: &str, triggers: Vec<Trigger>) -> Function {
        let mut function = Function {
            logical_id: String::new(),
            name: name.to_owned(),
            area: name.split('-').next().map(str::to_owned),
            memory_mb: Some(256),
            timeout_s: Some(10),
            triggers,
        };
        function.logical_id = function.expected_logical_id();
        function
    }

    fn route(key: &str, authorized: bool) -> Vec<Trigger> {
        vec![Trigger::HttpRoute {
            key: key.to_owned(),
            authorized,
        }]
    }

    fn names(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn story<'a>(functions: &'a [Function], endpoints: &'a [Endpoint], files: &[&str]) -> Story<'a> {
        Story {
            functions,
            endpoints,
            executables: names(files),
            samples: names(files),
            described: names(files),
        }
    }

    fn lines(story: &Story<'_>) -> Vec<String> {
        let mut findings = Findings::default();
        check(story, &mut findings);
        findings.lines()
    }

    const ALERTS: &str = "GET /v1/orgs/{org_id}/alerts";

    #[test]
    fn one_story_passes() {
        let functions = [
            function("alerts-list", route(ALERTS, true)),
            function("platform-get-health", route("GET /v1/health", false)),
        ];
        let endpoints = [
            *of_function("alerts-list").unwrap(),
            *of_function("platform-get-health").unwrap(),
        ];
        let story = story(&functions, &endpoints, &["alerts-list", "platform-get-health"]);
        assert_eq!(lines(&story), Vec::<String>::new());
    }

    #[test]
    fn what_a_function_lacks_is_named() {
        let functions = [function("alerts-list", vec![])];
        assert_eq!(
            lines(&story(&functions, &[], &[])),
            [
                "error: functions/alerts/src/bin/alerts-list.rs: is missing: template.yaml declares the function",
                "error: functions/alerts/src/list.rs: is missing, or its first line is not `//! ` and what the \
                 function is for",
                "error: events/alerts-list.json: is missing: every function has a sample event",
                "error: alerts-list: nothing invokes it (an operator's function says `Metadata: {Trigger: operator}`)",
            ]
        );
    }

    #[test]
    fn what_nothing_declares_is_named() {
        let lines = lines(&story(&[], &[], &["alerts-list"]));
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert!(lines[0].starts_with("error: executable alerts-list"));
        assert!(lines[1].starts_with("error: events/alerts-list.json"));
    }

    #[test]
    fn an_endpoint_needs_its_route() {
        let endpoints = [*of_function("alerts-list").unwrap()];
        let functions = [function("alerts-list", route("GET /v1/alerts", true))];
        let wrong = lines(&story(&functions, &endpoints, &["alerts-list"]));
        assert_eq!(wrong.len(), 2, "{wrong:?}");
        assert!(wrong[0].contains("the contracts list no such endpoint"));
        assert!(wrong[1].contains("has no route `GET /v1/orgs/{org_id}/alerts`"));
        let none = lines(&story(&[], &endpoints, &[]));
        assert!(none[0].contains("template.yaml does not declare it"), "{none:?}");
    }

    #[test]
    fn an_endpoint_with_a_right_needs_an_authorizer() {
        let endpoints = [*of_function("alerts-list").unwrap()];
        let functions = [function("alerts-list", route(ALERTS, false))];
        assert!(lines(&story(&functions, &endpoints, &["alerts-list"]))[0].contains("has no authorizer"));
    }

    #[test]
    fn a_body_is_shown() {
        let mut upload = *of_function("ingest-upload-readings").unwrap();
        upload.example = None;
        let functions = [function(upload.function, route(&upload.route_key(), true))];
        assert_eq!(
            lines(&story(&functions, &[upload], &[upload.function])),
            ["error: ingest-upload-readings: takes a body, and the contracts show no example of one"]
        );
    }

    #[test]
    fn logical_ids_follow_from_names() {
        let mut one = function("alerts-list", route(ALERTS, true));
        one.logical_id = "AlertsFunction".to_owned();
        let endpoints = [*of_function("alerts-list").unwrap()];
        let functions = [one];
        assert_eq!(
            lines(&story(&functions, &endpoints, &["alerts-list"])),
            ["error: template.yaml: AlertsFunction: alerts-list is called AlertsListFunction"]
        );
    }
}
