//! `docs/benchmarks.md`: prose by people, figures between marks.

use crate::Failure;
use std::path::{Path, PathBuf};

/// The document, below the root of the repository.
pub(crate) const DOCUMENT: &str = "docs/benchmarks.md";

/// The root of the repository.
#[must_use]
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

/// Puts `text` between the marks of `name`.
///
/// # Errors
/// When the document cannot be read or written, or has no such marks.
pub fn write(name: &str, text: &str) -> Result<(), Failure> {
    let path = root().join(DOCUMENT);
    let document = std::fs::read_to_string(&path)?;
    let document = replaced(&document, name, text)
        .ok_or_else(|| format!("{DOCUMENT} has no marks for the figures of `{name}`"))?;
    Ok(std::fs::write(path, document)?)
}

/// `document` with `text` between the marks of `name`; `None` if it has none.
fn replaced(document: &str, name: &str, text: &str) -> Option<String> {
    let begin = format!("<!-- figures: {name} -->\n");
    let (before, rest) = document.split_once(&begin)?;
    let (_, after) = rest.split_once("<!-- end -->")?;
    Some(format!("{before}{begin}\n{}\n\n<!-- end -->{after}", text.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_marks_changes() {
        let document =
            "a\n<!-- figures: one -->\nold\n<!-- end -->\nb\n<!-- figures: two -->\n<!-- end -->\n";
        assert_eq!(
            replaced(document, "one", "new\n").unwrap(),
            "a\n<!-- figures: one -->\n\nnew\n\n<!-- end -->\nb\n<!-- figures: two -->\n<!-- end -->\n"
        );
        assert_eq!(replaced(document, "three", "new"), None);
    }
}
