//! What an area's crate says of a handler: its module, its place in the list of functions, its executable.

use crate::structure::handlers::Handler;

/// Where the area's list of functions begins.
const LIST: &str = "pub const FUNCTIONS: &[Function] = &[";

/// The longest list that rustfmt leaves on one line: 60 % of the width of a line.
const SHORT_LIST: usize = 66;

/// The library `text` with `module` declared and listed.
pub(super) fn library(text: &str, module: &str) -> String {
    listed(&declared(text, module), module)
}

fn declared(text: &str, module: &str) -> String {
    let declaration = format!("pub mod {module};");
    let lines: Vec<&str> = text.lines().collect();
    let name = |line: &&str| {
        let line = line.strip_prefix("pub ").unwrap_or(line);
        line.strip_prefix("mod ")?.strip_suffix(';').map(str::to_owned)
    };
    let modules: Vec<(usize, String)> = lines
        .iter()
        .enumerate()
        .filter_map(|(number, line)| Some((number, name(line)?)))
        .collect();
    if modules.iter().any(|(_, name)| name == module) {
        return text.to_owned();
    }
    let before = modules.iter().find(|(_, name)| name.as_str() > module);
    let (position, added) = match (before, modules.last()) {
        (Some((number, _)), _) => (*number, vec![declaration.as_str()]),
        (None, Some((number, _))) => (number + 1, vec![declaration.as_str()]),
        (None, None) => {
            let code = lines.iter().position(|line| line.starts_with("use "));
            (code.unwrap_or(lines.len()), vec![declaration.as_str(), ""])
        }
    };
    let mut lines = lines;
    lines.splice(position..position, added);
    lines.join("\n") + "\n"
}

fn listed(text: &str, module: &str) -> String {
    let Some((before, rest)) = text.split_once(LIST) else {
        return text.to_owned();
    };
    let Some((list, after)) = rest.split_once("];") else {
        return text.to_owned();
    };
    let function = format!("{module}::FUNCTION");
    let mut functions: Vec<&str> = list
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .collect();
    if functions.contains(&function.as_str()) {
        return text.to_owned();
    }
    let position = functions.iter().position(|other| **other > *function);
    functions.insert(position.unwrap_or(functions.len()), &function);
    let short = functions.join(", ");
    let list = if short.len() <= SHORT_LIST {
        short
    } else {
        format!("\n    {},\n", functions.join(",\n    "))
    };
    format!("{before}{LIST}{list}];{after}")
}

/// The manifest `text` with the executable `name`.
pub(super) fn manifest(text: &str, name: &str) -> String {
    if text.contains(&format!("name = \"{name}\"")) {
        return text.to_owned();
    }
    // Executables are one line each: their empty test harnesses would only cost time to link.
    format!(
        "{}\n\n[[bin]]\nname = \"{name}\"\npath = \"src/bin/{name}.rs\"\ntest = false\n",
        text.trim_end()
    )
}

/// The executable of `handler`.
pub(super) fn executable(handler: &Handler) -> String {
    let Handler {
        area,
        module,
        purpose,
        ..
    } = handler;
    format!(
        "{purpose}\n\nuse std::process::ExitCode;\n\nfn main() -> ExitCode {{\n    \
         freshtrack_runtime::run(freshtrack_{area}::{module}::FUNCTION)\n}}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &str = "//! Functions over alerts.\n\nuse freshtrack_runtime::Function;\n\n\
                         /// Every function of this area.\npub const FUNCTIONS: &[Function] = &[];\n";

    #[test]
    fn modules_and_functions_are_listed_in_order() {
        let text = ["list", "get", "record_trail"]
            .iter()
            .fold(EMPTY.to_owned(), |text, module| library(&text, module));
        assert_eq!(
            text,
            "//! Functions over alerts.\n\npub mod get;\npub mod list;\npub mod record_trail;\n\n\
             use freshtrack_runtime::Function;\n\n/// Every function of this area.\n\
             pub const FUNCTIONS: &[Function] = &[get::FUNCTION, list::FUNCTION, record_trail::FUNCTION];\n"
        );
        let longer = library(&text, "acknowledge");
        assert!(
            longer.ends_with(
                "= &[\n    acknowledge::FUNCTION,\n    get::FUNCTION,\n    list::FUNCTION,\n    \
                 record_trail::FUNCTION,\n];\n"
            ),
            "{longer}"
        );
        assert_eq!(library(&longer, "list"), longer);
    }

    #[test]
    fn a_module_of_other_things_stays() {
        let text = EMPTY.replace("use fresh", "mod shared;\n\nuse fresh");
        assert!(library(&text, "get").contains("\n\npub mod get;\nmod shared;\n\nuse "));
        assert!(library(&text, "tell").contains("\n\nmod shared;\npub mod tell;\n\nuse "));
    }

    #[test]
    fn an_executable_is_added_once() {
        let manifest = manifest("[package]\nname = \"freshtrack-alerts\"\n", "alerts-get");
        assert_eq!(
            manifest,
            "[package]\nname = \"freshtrack-alerts\"\n\n[[bin]]\nname = \"alerts-get\"\n\
             path = \"src/bin/alerts-get.rs\"\ntest = false\n"
        );
        assert_eq!(super::manifest(&manifest, "alerts-get"), manifest);
    }

    #[test]
    fn an_executable_runs_its_function() {
        let handler = Handler {
            area: "alerts".to_owned(),
            module: "record_trail".to_owned(),
            given_name: "alerts-record-trail".to_owned(),
            purpose: "//! SQS queue: writes down.".to_owned(),
            listed: true,
        };
        assert_eq!(
            executable(&handler),
            "//! SQS queue: writes down.\n\nuse std::process::ExitCode;\n\nfn main() -> ExitCode {\n    \
             freshtrack_runtime::run(freshtrack_alerts::record_trail::FUNCTION)\n}\n"
        );
    }
}
