//! Running the tools that steps are made of.

use crate::count::Tests;
use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader, ErrorKind};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

/// Why a step failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StepError {
    #[error("`{program}` was not found: {remedy}")]
    Missing { program: String, remedy: &'static str },
    #[error("`{command}` could not be run: {source}")]
    NotRun { command: String, source: std::io::Error },
    #[error("`{command}` ended with {status}")]
    Failed { command: String, status: ExitStatus },
    #[error("{0}")]
    Found(String),
}

/// A tool about to be run in some folder, its output going to the terminal.
#[derive(Debug)]
pub(crate) struct Tool {
    command: Command,
    remedy: &'static str,
}

impl Tool {
    /// The tool `program`, to be run in `folder`; `remedy` says how to get it should it be missing.
    pub(crate) fn new(program: impl AsRef<OsStr>, folder: &Path, remedy: &'static str) -> Self {
        let mut command = Command::new(program);
        command.current_dir(folder).stdin(Stdio::null());
        Self { command, remedy }
    }

    /// Adds arguments, separated by blanks in `arguments`.
    pub(crate) fn args(mut self, arguments: &str) -> Self {
        self.command.args(arguments.split_whitespace());
        self
    }

    /// Adds one argument as it is.
    pub(crate) fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    /// Sets an environment variable.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Runs the tool.
    pub(crate) fn run(mut self) -> Result<(), StepError> {
        let status = self.command.status().map_err(|source| self.not_run(source))?;
        self.judge(status)
    }

    /// Runs a `cargo test`, passes its output on and counts the tests in it, those of a failed run too.
    pub(crate) fn run_tests(mut self) -> (Result<(), StepError>, Tests) {
        let mut tests = Tests::default();
        let mut child = match self.command.stdout(Stdio::piped()).spawn() {
            Ok(child) => child,
            Err(source) => return (Err(self.not_run(source)), tests),
        };
        if let Some(output) = child.stdout.take() {
            for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
                let line = String::from_utf8_lossy(&line);
                println!("{line}");
                tests += Tests::in_line(&line);
            }
        }
        let result = child
            .wait()
            .map_err(|source| self.not_run(source))
            .and_then(|status| self.judge(status));
        (result, tests)
    }

    /// Runs the tool and returns what it wrote to its standard output.
    pub(crate) fn output(mut self) -> Result<Vec<u8>, StepError> {
        let output = self
            .command
            .stderr(Stdio::inherit())
            .output()
            .map_err(|source| self.not_run(source))?;
        self.judge(output.status).map(|()| output.stdout)
    }

    fn judge(&self, status: ExitStatus) -> Result<(), StepError> {
        if status.success() {
            Ok(())
        } else {
            Err(StepError::Failed {
                command: self.line(),
                status,
            })
        }
    }

    fn not_run(&self, source: std::io::Error) -> StepError {
        if source.kind() == ErrorKind::NotFound {
            let program = self.command.get_program().to_string_lossy().into_owned();
            StepError::Missing {
                program,
                remedy: self.remedy,
            }
        } else {
            StepError::NotRun {
                command: self.line(),
                source,
            }
        }
    }

    /// The command as one would type it.
    fn line(&self) -> String {
        let program = Path::new(self.command.get_program());
        let program = program.file_name().unwrap_or(program.as_os_str());
        let words: Vec<_> = std::iter::once(program)
            .chain(self.command.get_args())
            .map(OsStr::to_string_lossy)
            .collect();
        words.join(" ")
    }
}

/// The first of `names` that is on the path.
pub(crate) fn on_path(names: &[&str]) -> Option<PathBuf> {
    let path: OsString = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .flat_map(|folder| names.iter().map(move |name| folder.join(name)))
        .find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_tool_comes_with_the_way_to_get_it() {
        let error = Tool::new("freshtrack-no-such-tool", Path::new("."), "install it")
            .run()
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "`freshtrack-no-such-tool` was not found: install it"
        );
    }

    #[test]
    fn a_failure_names_the_command() {
        let error = Tool::new("sh", Path::new("."), "")
            .args("-c")
            .arg("exit 3")
            .run()
            .unwrap_err();
        assert_eq!(error.to_string(), "`sh -c exit 3` ended with exit status: 3");
    }

    #[test]
    fn tests_are_counted_even_when_one_fails() {
        let script = "echo 'test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured'; exit 101";
        let (result, tests) = Tool::new("sh", Path::new("."), "")
            .args("-c")
            .arg(script)
            .run_tests();
        assert!(result.is_err());
        assert_eq!(
            tests,
            Tests {
                passed: 1,
                failed: 2,
                skipped: 0
            }
        );
    }
}
