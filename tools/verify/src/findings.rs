//! What the checks of the repository found.

use crate::command::StepError;
use std::fmt;

/// Whether a finding fails the step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Severity {
    Error,
    Warning,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    severity: Severity,
    /// A file, a crate or a resource.
    place: String,
    /// What is wrong and what is expected.
    problem: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(formatter, "{severity}: {}: {}", self.place, self.problem)
    }
}

/// All findings of a run.
#[derive(Debug, Default)]
pub(crate) struct Findings(Vec<Finding>);

impl Findings {
    /// Notes something that must be mended.
    pub(crate) fn error(&mut self, place: impl fmt::Display, problem: impl fmt::Display) {
        self.note(Severity::Error, place, problem);
    }

    /// Notes something that should be looked at.
    pub(crate) fn warning(&mut self, place: impl fmt::Display, problem: impl fmt::Display) {
        self.note(Severity::Warning, place, problem);
    }

    fn note(&mut self, severity: Severity, place: impl fmt::Display, problem: impl fmt::Display) {
        self.0.push(Finding {
            severity,
            place: place.to_string(),
            problem: problem.to_string(),
        });
    }

    pub(crate) fn print(&self) {
        for finding in &self.0 {
            println!("{finding}");
        }
    }

    /// Fails if there is an error among the findings.
    pub(crate) fn judge(&self) -> Result<(), StepError> {
        match self
            .0
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
            .count()
        {
            0 => Ok(()),
            1 => Err(StepError::Found("1 error".to_owned())),
            errors => Err(StepError::Found(format!("{errors} errors"))),
        }
    }

    /// The findings as they are printed.
    #[cfg(test)]
    pub(crate) fn lines(&self) -> Vec<String> {
        self.0.iter().map(Finding::to_string).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_do_not_fail() {
        let mut findings = Findings::default();
        findings.warning("a.rs", "is long");
        assert!(findings.judge().is_ok());
        findings.error("b.rs", "is wrong");
        assert_eq!(findings.judge().unwrap_err().to_string(), "1 error");
        assert_eq!(
            findings.lines(),
            ["warning: a.rs: is long", "error: b.rs: is wrong"]
        );
    }
}
