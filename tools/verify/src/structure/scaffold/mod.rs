//! What can be written of a function without thinking: `cargo verify structure --write`.
//!
//! Only what is missing is written. What stands in a file is somebody's decision and stays as it is.

mod area;
mod sample;
mod wiring;

use super::functions::FUNCTION;
use super::handlers::Handler;
use super::template::Template;
use crate::command::StepError;
use crate::findings::Findings;
use freshtrack_contracts::endpoints::Endpoint;
use std::path::Path;

/// Writes what the repository at `root` lacks of its handlers and of `endpoints`.
///
/// An endpoint without a handler is not one yet: nothing is written for it. What cannot be written is noted.
pub(super) fn write(
    root: &Path,
    handlers: &[Handler],
    endpoints: &[Endpoint],
    findings: &mut Findings,
) -> Result<(), StepError> {
    for handler in handlers {
        let Handler { area, module, .. } = handler;
        let name = handler.name();
        let folder = root.join("functions").join(area);
        let library = folder.join("src/lib.rs");
        change(root, &library, |text| area::library(text, module))?;
        let manifest = folder.join("Cargo.toml");
        change(root, &manifest, |text| area::manifest(text, &name))?;
        let executable = folder.join("src/bin").join(format!("{name}.rs"));
        create(root, &executable, || area::executable(handler))?;
    }
    let served = |endpoint: &&Endpoint| handlers.iter().any(|handler| handler.name() == endpoint.function);
    for endpoint in endpoints.iter().filter(served) {
        let path = root.join(format!("events/{}.json", endpoint.function));
        create(root, &path, || sample::of(endpoint))?;
    }
    change(root, &root.join("template.yaml"), |text| {
        let mut text = text.to_owned();
        for endpoint in endpoints.iter().filter(served) {
            match wired(&text, endpoint, endpoints) {
                Ok(wired) => text = wired,
                Err(problem) => findings.error("template.yaml", problem),
            }
        }
        text
    })
}

/// The template `text` with the function and the route of `endpoint`.
fn wired(text: &str, endpoint: &Endpoint, endpoints: &[Endpoint]) -> Result<String, String> {
    let code = format!("target/lambda/{}/", endpoint.function);
    let declared = Template::parse(text)?
        .of_kind(FUNCTION)
        .any(|(_, function)| function.text("CodeUri") == Some(&code));
    if declared {
        return wiring::with_route(text, endpoint, endpoints);
    }
    let text = wiring::with_function(text, endpoint)?;
    wiring::with_route(&text, endpoint, endpoints)
}

/// Writes the file at `path` if there is none.
fn create(root: &Path, path: &Path, content: impl FnOnce() -> String) -> Result<(), StepError> {
    if path.exists() {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| unwritable(path, &error))?;
    }
    save(root, path, &content())
}

/// Replaces the text of the file at `path` by what `edit` makes of it.
fn change(root: &Path, path: &Path, edit: impl FnOnce(&str) -> String) -> Result<(), StepError> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| StepError::Found(format!("{} cannot be read: {error}", path.display())))?;
    let changed = edit(&text);
    if changed == text {
        return Ok(());
    }
    save(root, path, &changed)
}

fn save(root: &Path, path: &Path, content: &str) -> Result<(), StepError> {
    std::fs::write(path, content).map_err(|error| unwritable(path, &error))?;
    println!("{} written", path.strip_prefix(root).unwrap_or(path).display());
    Ok(())
}

fn unwritable(path: &Path, error: &std::io::Error) -> StepError {
    StepError::Found(format!("{} cannot be written: {error}", path.display()))
}
