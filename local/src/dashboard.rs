//! Building the dashboard when its sources are newer than what was built of them.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::SystemTime;
use tokio::process::Command;

/// What a build is made of, below the dashboard's folder.
const SOURCES: [&str; 6] = [
    "src",
    "public",
    "index.html",
    "package.json",
    "package-lock.json",
    "vite.config.ts",
];

/// Why there is no new build.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The program npm is not there.
    #[error("npm is not installed: install Node.js 20 or newer to see the dashboard")]
    NoNpm,
    /// npm could not be run.
    #[error("cannot run npm: {0}")]
    Run(#[source] io::Error),
    /// npm ran and failed.
    #[error("`npm {command}` in {} failed ({status})", folder.display())]
    Failed {
        /// Its arguments.
        command: String,
        /// Where it ran.
        folder: PathBuf,
        /// How it ended.
        status: ExitStatus,
    },
}

/// Whether the dashboard in `folder` has sources that are newer than what was built of them.
#[must_use]
pub fn is_outdated(folder: &Path) -> bool {
    let Some(built) = modified(&folder.join("dist/index.html")) else {
        return folder.join("package.json").is_file();
    };
    SOURCES
        .iter()
        .filter_map(|source| newest(&folder.join(source)))
        .any(|changed| changed > built)
}

/// Builds the dashboard in `folder`, and installs what that needs if it is not installed yet.
///
/// # Errors
/// [`BuildError`], in words meant for whoever started the build.
pub async fn build(folder: &Path) -> Result<(), BuildError> {
    let installed = modified(&folder.join("node_modules/.package-lock.json"));
    if installed < modified(&folder.join("package-lock.json")) {
        npm(folder, &["ci", "--no-audit", "--no-fund"]).await?;
    }
    npm(folder, &["run", "build"]).await
}

async fn npm(folder: &Path, arguments: &[&str]) -> Result<(), BuildError> {
    let status = Command::new("npm")
        .args(arguments)
        .current_dir(folder)
        .kill_on_drop(true)
        .status()
        .await;
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(BuildError::Failed {
            command: arguments.join(" "),
            folder: folder.to_owned(),
            status,
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(BuildError::NoNpm),
        Err(error) => Err(BuildError::Run(error)),
    }
}

/// When the newest file in or below `path` was changed.
fn newest(path: &Path) -> Option<SystemTime> {
    if path.is_file() {
        // What tests need is in no build.
        let is_test = path
            .file_name()
            .and_then(OsStr::to_str)
            .is_some_and(|name| name.contains(".test."));
        return if is_test { None } else { modified(path) };
    }
    std::fs::read_dir(path)
        .ok()?
        .filter_map(|entry| newest(&entry.ok()?.path()))
        .max()
}

fn modified(file: &Path) -> Option<SystemTime> {
    std::fs::metadata(file)
        .and_then(|metadata| metadata.modified())
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{File, create_dir_all, write};
    use std::time::Duration;

    fn touch(file: &Path, at: SystemTime) {
        create_dir_all(file.parent().unwrap()).unwrap();
        write(file, "").unwrap();
        File::options()
            .write(true)
            .open(file)
            .unwrap()
            .set_modified(at)
            .unwrap();
    }

    #[test]
    fn a_build_is_outdated_when_a_source_is_newer() {
        let folder = tempfile::tempdir().unwrap();
        let (early, late) = (
            SystemTime::UNIX_EPOCH,
            SystemTime::UNIX_EPOCH + Duration::from_secs(60),
        );
        assert!(
            !is_outdated(folder.path()),
            "where there is no dashboard there is nothing to build"
        );
        touch(&folder.path().join("package.json"), early);
        assert!(is_outdated(folder.path()));
        touch(&folder.path().join("dist/index.html"), late);
        touch(&folder.path().join("src/pages/site.tsx"), early);
        assert!(!is_outdated(folder.path()));
        touch(
            &folder.path().join("src/pages/site.test.ts"),
            late + Duration::from_secs(1),
        );
        assert!(!is_outdated(folder.path()));
        touch(
            &folder.path().join("src/pages/site.tsx"),
            late + Duration::from_secs(1),
        );
        assert!(is_outdated(folder.path()));
    }
}
