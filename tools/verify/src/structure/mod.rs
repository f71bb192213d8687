//! What no tool checks for us: the repository's own rules.

mod agreement;
mod catalogue;
mod crates;
mod files;
mod functions;
mod generated;
mod layers;
mod template;
mod wiring;

use crate::command::StepError;
use crate::findings::Findings;
use crates::Crate;
use freshtrack_contracts::endpoints::endpoints;
use functions::Function;
use generated::Generated;
use std::path::Path;
use template::Template;

/// Checks the repository at `root`, given what `cargo metadata --no-deps` says of it.
///
/// With `write`, generated files are written instead of compared.
pub(crate) fn check(root: &Path, metadata: &[u8], write: bool) -> Result<Findings, StepError> {
    let mut findings = Findings::default();
    let crates = Crate::all(root, metadata)?;
    let template = Template::read(&root.join("template.yaml"))?;
    let functions = Function::all(&template, &crates, &mut findings);

    layers::check(&crates, &mut findings);
    agreement::check(
        &agreement::Story::of(
            root,
            &crates,
            &functions,
            &endpoints().copied().collect::<Vec<_>>(),
        ),
        &mut findings,
    );
    wiring::check(&template, &functions, &mut findings);
    files::check(root, &mut findings)?;

    let files = [
        Generated {
            path: "functions/README.md",
            content: catalogue::render(&crates, &functions, |function| functions::purpose(root, function)),
        },
        Generated {
            path: "contracts/openapi.json",
            content: generated::json(&freshtrack_contracts::documents::openapi()),
        },
    ];
    for file in &files {
        if write {
            file.write(root)?;
        } else {
            file.compare(root, &mut findings);
        }
    }
    Ok(findings)
}
