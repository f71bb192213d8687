//! The crates of the workspace, as `cargo metadata` and their manifests describe them.

use crate::command::StepError;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// A crate of the workspace.
#[derive(Debug, Clone, Default)]
pub(super) struct Crate {
    /// Its name.
    pub(super) name: String,
    /// What its manifest says it is.
    pub(super) description: String,
    /// Its folder below the root, such as `common/domain`.
    pub(super) folder: String,
    /// What it depends on.
    pub(super) dependencies: Vec<Dependency>,
    /// Names of its executables.
    pub(super) executables: Vec<String>,
    /// Its manifest.
    pub(super) manifest: toml::Table,
}

/// A dependency of a crate.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Dependency {
    /// The crate depended on.
    pub(super) name: String,
    /// `dev` or `build`; `None` for an ordinary one.
    pub(super) kind: Option<String>,
}

impl Dependency {
    /// Whether only tests, examples and benches see it.
    pub(super) fn is_for_tests(&self) -> bool {
        self.kind.as_deref() == Some("dev")
    }
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    description: Option<String>,
    manifest_path: PathBuf,
    dependencies: Vec<Dependency>,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

impl Crate {
    /// All crates of the workspace at `root`, by folder.
    pub(super) fn all(root: &Path, metadata: &[u8]) -> Result<Vec<Self>, StepError> {
        let metadata: Metadata = serde_json::from_slice(metadata)
            .map_err(|error| StepError::Found(format!("`cargo metadata` cannot be read: {error}")))?;
        let mut crates: Vec<Self> = metadata
            .packages
            .into_iter()
            .map(|package| Self::new(root, package))
            .collect::<Result<_, _>>()?;
        crates.sort_by(|one, other| one.folder.cmp(&other.folder));
        Ok(crates)
    }

    fn new(root: &Path, package: Package) -> Result<Self, StepError> {
        let path = &package.manifest_path;
        let manifest = std::fs::read_to_string(path)
            .map_err(|error| error.to_string())
            .and_then(|text| text.parse().map_err(|error: toml::de::Error| error.to_string()))
            .map_err(|problem| StepError::Found(format!("{}: {problem}", path.display())))?;
        let folder = path.parent().unwrap_or(path);
        let folder = folder.strip_prefix(root).unwrap_or(folder);
        let executables = package
            .targets
            .into_iter()
            .filter(|target| target.kind.iter().any(|kind| kind == "bin"))
            .map(|target| target.name)
            .collect();
        Ok(Self {
            name: package.name,
            description: package.description.unwrap_or_default(),
            folder: folder.to_string_lossy().replace('\\', "/"),
            dependencies: package.dependencies,
            executables,
            manifest,
        })
    }

    /// The area whose functions the crate holds: `alerts` for `functions/alerts`.
    pub(super) fn area(&self) -> Option<&str> {
        self.folder.strip_prefix("functions/")
    }
}
