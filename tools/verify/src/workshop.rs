//! Where a run takes place: the repository, and the folder for what the tools install and keep.

use crate::command::{StepError, Tool};
use crate::count::Tests;
use std::cell::Cell;
use std::env;
use std::path::{Path, PathBuf};

/// The place and the progress of one run.
#[derive(Debug)]
pub(crate) struct Workshop {
    /// The root of the repository.
    pub(crate) root: PathBuf,
    /// Where Python environments are installed: `$FRESHTRACK_VENV`, or `venv` in `$FRESHTRACK_CACHE`, or in
    /// `freshtrack` in the user's cache folder.
    pub(crate) environments: PathBuf,
    /// Whether what is missing or generated is written instead of only named.
    pub(crate) write: bool,
    tests: Cell<Tests>,
}

impl Workshop {
    pub(crate) fn new(write: bool) -> Result<Self, StepError> {
        let environments = match folder("FRESHTRACK_VENV") {
            Some(folder) => folder,
            None => cache()?.join("venv"),
        };
        Ok(Self {
            root: root()?,
            environments,
            write,
            tests: Cell::default(),
        })
    }

    /// A tool that runs in `folder` of the repository.
    ///
    /// What it installs for Python goes where this program's own does.
    pub(crate) fn tool(
        &self,
        program: impl AsRef<std::ffi::OsStr>,
        folder: &str,
        remedy: &'static str,
    ) -> Tool {
        Tool::new(program, &self.root.join(folder), remedy).env("FRESHTRACK_VENV", &self.environments)
    }

    /// Runs a `cargo test` and counts its tests.
    pub(crate) fn test(&self, tool: Tool) -> Result<(), StepError> {
        let (result, more) = tool.run_tests();
        let mut tests = self.tests.get();
        tests += more;
        self.tests.set(tests);
        result
    }

    /// The tests that ran so far.
    pub(crate) fn tests(&self) -> Tests {
        self.tests.get()
    }
}

/// The folder, from the current one upwards, that holds the repository.
fn root() -> Result<PathBuf, StepError> {
    let current = env::current_dir().unwrap_or_default();
    current
        .ancestors()
        .find(|folder| folder.join("template.yaml").is_file() && folder.join("Cargo.toml").is_file())
        .map(Path::to_owned)
        .ok_or_else(|| StepError::Found("run `cargo verify` inside the repository".to_owned()))
}

fn folder(variable: &str) -> Option<PathBuf> {
    env::var_os(variable)
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
}

fn cache() -> Result<PathBuf, StepError> {
    folder("FRESHTRACK_CACHE")
        .or_else(|| folder("XDG_CACHE_HOME").map(|folder| folder.join("freshtrack")))
        .or_else(|| folder("HOME").map(|folder| folder.join(".cache/freshtrack")))
        .ok_or_else(|| {
            StepError::Found("set FRESHTRACK_CACHE to a folder for tools, since HOME is not set".to_owned())
        })
}
