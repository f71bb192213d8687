//! Files made from others and committed, so that readers and tools find them without building anything.

use crate::command::StepError;
use crate::findings::Findings;
use std::path::Path;

/// A generated file.
#[derive(Debug)]
pub(super) struct Generated {
    /// Where it is, below the root.
    pub(super) path: &'static str,
    /// What it must hold.
    pub(super) content: String,
}

impl Generated {
    /// Writes the file.
    pub(super) fn write(&self, root: &Path) -> Result<(), StepError> {
        let path = root.join(self.path);
        if std::fs::read_to_string(&path).is_ok_and(|found| found == self.content) {
            return Ok(());
        }
        std::fs::write(&path, &self.content)
            .map_err(|error| StepError::Found(format!("{} cannot be written: {error}", self.path)))?;
        println!("{} written", self.path);
        Ok(())
    }

    /// Notes it if the file is not as it would be written now.
    pub(super) fn compare(&self, root: &Path, findings: &mut Findings) {
        match std::fs::read_to_string(root.join(self.path)) {
            Ok(found) if found == self.content => {}
            Ok(found) => findings.error(
                self.path,
                format!(
                    "is out of date: run `cargo verify structure --write`\n{}",
                    difference(&found, &self.content)
                ),
            ),
            Err(error) => {
                findings.error(
                    self.path,
                    format!("cannot be read ({error}): run `cargo verify structure --write`"),
                );
            }
        }
    }
}

/// A document as it is committed: indented, with a newline at its end.
pub(super) fn json(document: &serde_json::Value) -> String {
    format!("{document:#}\n")
}

/// The first line in which two texts differ, as a diff shows it.
fn difference(found: &str, expected: &str) -> String {
    let (mut found, mut expected) = (found.lines(), expected.lines());
    let mut number = 0;
    loop {
        number += 1;
        match (found.next(), expected.next()) {
            (Some(one), Some(other)) if one == other => {}
            (None, None) => return "  only the ends of lines differ".to_owned(),
            (found, expected) => {
                let line = |sign: char, line: Option<&str>| {
                    line.map(|line| format!("\n  {sign} {line}")).unwrap_or_default()
                };
                return format!("  line {number}:{}{}", line('-', found), line('+', expected));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drift_is_shown_where_it_begins() {
        assert_eq!(difference("a\nb\nc\n", "a\nB\nc\n"), "  line 2:\n  - b\n  + B");
        assert_eq!(difference("a\n", "a\nb\n"), "  line 2:\n  + b");
        assert_eq!(difference("a", "a\n"), "  only the ends of lines differ");
    }

    #[test]
    fn what_was_written_compares_equal() {
        let folder = tempfile::tempdir().unwrap();
        let file = Generated {
            path: "page.md",
            content: "# Page\n".to_owned(),
        };
        let mut findings = Findings::default();
        file.compare(folder.path(), &mut findings);
        assert!(findings.lines()[0].starts_with("error: page.md: cannot be read"));
        file.write(folder.path()).unwrap();
        let mut findings = Findings::default();
        file.compare(folder.path(), &mut findings);
        assert_eq!(findings.lines(), Vec::<String>::new());
    }
}
