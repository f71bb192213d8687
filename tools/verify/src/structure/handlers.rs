//! The handlers in the areas' crates: every module that has a `FUNCTION`.

use crate::command::StepError;
use crate::findings::Findings;
use std::path::Path;

/// The line by which a module says that it is a handler.
const FUNCTION: &str = "pub const FUNCTION: Function = Function {";

/// A handler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Handler {
    /// The area it belongs to: the folder below `functions/`.
    pub(super) area: String,
    /// Its module: the file's name without `.rs`.
    pub(super) module: String,
    /// The name it gives its function.
    pub(super) given_name: String,
    /// The first line of its documentation.
    pub(super) purpose: String,
    /// Whether the area's list of functions has it.
    pub(super) listed: bool,
}

impl Handler {
    /// Every handler below `functions/`, by area and module.
    pub(super) fn all(root: &Path) -> Result<Vec<Self>, StepError> {
        let functions = root.join("functions");
        let mut handlers = Vec::new();
        for area in names(&functions)? {
            let sources = functions.join(&area).join("src");
            let Ok(library) = std::fs::read_to_string(sources.join("lib.rs")) else {
                continue;
            };
            for file in names(&sources)? {
                let Some(module) = file.strip_suffix(".rs").filter(|module| *module != "lib") else {
                    continue;
                };
                let text = std::fs::read_to_string(sources.join(&file)).map_err(|error| {
                    StepError::Found(format!("functions/{area}/src/{file} cannot be read: {error}"))
                })?;
                if let Some(given_name) = given_name(&text) {
                    handlers.push(Self {
                        given_name: given_name.to_owned(),
                        purpose: text.lines().next().unwrap_or_default().to_owned(),
                        listed: library.contains(&format!("{module}::FUNCTION")),
                        area: area.clone(),
                        module: module.to_owned(),
                    });
                }
            }
        }
        Ok(handlers)
    }

    /// The name its function has: `alerts-record-trail` for `functions/alerts/src/record_trail.rs`.
    pub(super) fn name(&self) -> String {
        format!("{}-{}", self.area, self.module.replace('_', "-"))
    }
}

/// Checks that handlers are called as their files are, and that their areas know them.
pub(super) fn check(handlers: &[Handler], findings: &mut Findings) {
    for handler in handlers {
        let place = format!("functions/{}/src/{}.rs", handler.area, handler.module);
        let name = handler.name();
        if handler.given_name != name {
            findings.error(
                &place,
                format!("calls its function {}, and is called {name}", handler.given_name),
            );
        }
        if !handler.listed {
            findings.error(
                &place,
                "is not in its area's list of functions: run `cargo verify structure --write`",
            );
        }
    }
}

/// The name in `FUNCTION`, if the module has one.
fn given_name(text: &str) -> Option<&str> {
    let (_, function) = text.split_once(FUNCTION)?;
    function.split_once("name: \"")?.1.split('"').next()
}

/// The names of what is in `folder`, sorted.
fn names(folder: &Path) -> Result<Vec<String>, StepError> {
    let entries = std::fs::read_dir(folder)
        .map_err(|error| StepError::Found(format!("{} cannot be read: {error}", folder.display())))?;
    let mut names: Vec<String> = entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str().map(str::to_owned))
        .collect();
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn handler(module: &str, given_name: &str, listed: bool) -> Handler {
        Handler {
            area: "alerts".to_owned(),
            module: module.to_owned(),
            given_name: given_name.to_owned(),
            purpose: "//! GET /v1/alerts: alerts.".to_owned(),
            listed,
        }
    }

    #[test]
    fn a_handler_names_its_function() {
        let text = "//! What.\n\npub const FUNCTION: Function = Function {\n    name: \"alerts-get\",\n};\n";
        assert_eq!(given_name(text), Some("alerts-get"));
        assert_eq!(given_name("//! Shared.\n\nfn help() {}\n"), None);
    }

    #[test]
    fn names_follow_from_files_and_areas_list_them() {
        let mut findings = Findings::default();
        check(
            &[
                handler("record_trail", "alerts-record-trail", true),
                handler("get", "alerts-show", false),
            ],
            &mut findings,
        );
        assert_eq!(
            findings.lines(),
            [
                "error: functions/alerts/src/get.rs: calls its function alerts-show, and is called alerts-get",
                "error: functions/alerts/src/get.rs: is not in its area's list of functions: run `cargo verify \
                 structure --write`",
            ]
        );
    }
}
