//! What no tool checks for us: the repository's own rules.

mod agreement;
mod catalogue;
mod compatibility;
mod crates;
mod files;
mod functions;
mod generated;
mod handlers;
mod layers;
mod scaffold;
mod template;
mod wiring;

use crate::command::StepError;
use crate::findings::Findings;
use crates::Crate;
use freshtrack_contracts::documents;
use freshtrack_contracts::endpoints::{Endpoint, endpoints};
use functions::Function;
use generated::Generated;
use handlers::Handler;
use serde_json::Value;
use std::path::Path;
use template::Template;

/// Writes what the repository at `root` lacks of its functions, as far as it follows from what is there.
pub(crate) fn complete(root: &Path, findings: &mut Findings) -> Result<(), StepError> {
    let endpoints: Vec<Endpoint> = endpoints().copied().collect();
    scaffold::write(root, &Handler::all(root)?, &endpoints, findings)
}

/// Checks the repository at `root`, given what `cargo metadata --no-deps` says of it.
///
/// With `write`, generated files are written instead of compared.
pub(crate) fn check(
    root: &Path,
    metadata: &[u8],
    write: bool,
    findings: &mut Findings,
) -> Result<(), StepError> {
    let crates = Crate::all(root, metadata)?;
    let template = Template::read(&root.join("template.yaml"))?;
    let functions = Function::all(&template, &crates, findings);

    let endpoints: Vec<Endpoint> = endpoints().copied().collect();

    layers::check(&crates, findings);
    handlers::check(&Handler::all(root)?, findings);
    agreement::check(
        &agreement::Story::of(root, &crates, &functions, &endpoints),
        findings,
    );
    wiring::check(&template, &functions, findings);
    files::check(root, findings)?;

    let openapi = documents::openapi();
    compatibility::check(&released(root)?, &openapi, findings);

    let files = [
        Generated {
            path: "functions/README.md",
            content: catalogue::render(&crates, &functions, |function| functions::purpose(root, function)),
        },
        Generated {
            path: "contracts/openapi.json",
            content: generated::json(&openapi),
        },
        Generated {
            path: "contracts/asyncapi.json",
            content: generated::json(&documents::asyncapi()),
        },
        Generated {
            path: "docs/alarms.md",
            content: documents::alarms(),
        },
    ];
    for file in &files {
        if write {
            file.write(root)?;
        } else {
            file.compare(root, findings);
        }
    }
    Ok(())
}

/// The contract of the last release.
fn released(root: &Path) -> Result<Value, StepError> {
    const FILE: &str = "contracts/released/openapi.json";
    std::fs::read(root.join(FILE))
        .map_err(|error| error.to_string())
        .and_then(|text| serde_json::from_slice(&text).map_err(|error| error.to_string()))
        .map_err(|problem| StepError::Found(format!("{FILE}: {problem}")))
}
