//! What is wrong with a template, said so that it can be mended.

use std::fmt;
use std::path::PathBuf;

/// A template that cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// The file cannot be read.
    #[error("cannot read {}: {source}", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the operating system answered.
        source: std::io::Error,
    },
    /// The file is no YAML.
    #[error("{} is not valid YAML: {source}", file.display())]
    Syntax {
        /// The file.
        file: PathBuf,
        /// Where and why.
        source: serde_norway::Error,
    },
    /// A part of the file does not say what it must.
    #[error("{}: {place}: {message}", file.display())]
    Invalid {
        /// The file.
        file: PathBuf,
        /// The resource and property, as `Resources.Queue.Properties.DelaySeconds`.
        place: String,
        /// What was expected and what was found.
        message: String,
    },
}

/// Something wrong at some place of a template whose file is known further up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) place: String,
    pub(super) message: String,
}

impl Problem {
    pub(super) fn new(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            message: message.into(),
        }
    }

    pub(super) fn in_file(self, file: PathBuf) -> TemplateError {
        TemplateError::Invalid {
            file,
            place: self.place,
            message: self.message,
        }
    }
}

/// A value as an error message shows it, cut where it gets long.
pub(super) struct Shown<'a>(pub(super) &'a serde_json::Value);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LONGEST: usize = 60;
        let text = self.0.to_string();
        match text.char_indices().nth(LONGEST) {
            Some((end, _)) => write!(f, "{}...", text.get(..end).unwrap_or_default()),
            None => f.write_str(&text),
        }
    }
}
