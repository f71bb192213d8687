//! What holds for every file: it is of a length to read in one sitting, says nothing of the machine it was written
//! on, and is valid if it is a sample.

use crate::command::{StepError, Tool};
use crate::findings::Findings;
use std::path::Path;

/// Lines of code beyond which a file should be cut.
const LONG: usize = 600;

/// Folders of somebody's machine. Written apart so that this file passes its own check.
const PERSONAL: [&str; 4] = [
    concat!("/ho", "me/"),
    concat!("/Us", "ers/"),
    concat!("/ro", "ot/"),
    concat!("/wo", "rk/"),
];

pub(super) fn check(root: &Path, findings: &mut Findings) -> Result<(), StepError> {
    let listed = Tool::new("git", root, "install git")
        .args("ls-files -z --cached --others --exclude-standard")
        .output()?;
    for path in String::from_utf8_lossy(&listed).split_terminator('\0') {
        // A file that git knows may be deleted, and one that is no text has nothing to read.
        if let Ok(text) = std::fs::read_to_string(root.join(path)) {
            inspect(path, &text, findings);
        }
    }
    Ok(())
}

fn inspect(path: &str, text: &str, findings: &mut Findings) {
    let lines = text.lines().count();
    if path.ends_with(".rs") && lines > LONG {
        findings.warning(
            path,
            format!("has {lines} lines; cut it along its ideas once it passes {LONG}"),
        );
    }
    for (number, line) in (1..).zip(text.lines()) {
        if let Some(folder) = personal_path(line) {
            findings.error(
                format!("{path}:{number}"),
                format!("names a path of one machine: {folder}"),
            );
        }
    }
    if path.starts_with("events/")
        && path.ends_with(".json")
        && let Err(error) = serde_json::from_str::<serde_json::Value>(text)
    {
        findings.error(path, format!("is no JSON: {error}"));
    }
}

/// An absolute path into a personal folder, if `line` names one; part of a URL or a longer path is none.
fn personal_path(line: &str) -> Option<&str> {
    PERSONAL.iter().find_map(|folder| {
        line.match_indices(folder).find_map(|(start, _)| {
            let before = line.get(..start)?.chars().next_back();
            let path = line.get(start..)?;
            let path = path
                .split(|end: char| end.is_whitespace() || "\"'`)<>".contains(end))
                .next()?;
            let begins = before.is_none_or(|before| !before.is_alphanumeric() && !"/.}_-*".contains(before));
            (begins && path.len() > folder.len()).then_some(path)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(path: &str, text: &str) -> Vec<String> {
        let mut findings = Findings::default();
        inspect(path, text, &mut findings);
        findings.lines()
    }

    #[test]
    fn a_long_file_is_a_warning() {
        assert_eq!(lines("a.rs", &"\n".repeat(LONG)), Vec::<String>::new());
        assert!(lines("a.rs", &"\n".repeat(LONG + 1))[0].starts_with("warning: a.rs: has 601 lines"));
        assert_eq!(lines("a.yaml", &"\n".repeat(LONG + 1)), Vec::<String>::new());
    }

    #[test]
    fn paths_of_one_machine_are_refused() {
        let personal = format!("{}ada/freshtrack", PERSONAL[0]);
        assert_eq!(
            lines("a.md", &format!("fine\nsee `{personal}` for it\n")),
            [format!("error: a.md:2: names a path of one machine: {personal}")]
        );
        assert_eq!(personal_path(&format!("https://example.com{personal}")), None);
        assert_eq!(personal_path(&format!("${{base}}{personal}")), None);
        assert_eq!(personal_path(PERSONAL[0]), None);
    }

    #[test]
    fn samples_are_json() {
        assert_eq!(lines("events/a.json", "{}"), Vec::<String>::new());
        assert!(lines("events/a.json", "{")[0].starts_with("error: events/a.json: is no JSON"));
    }
}
