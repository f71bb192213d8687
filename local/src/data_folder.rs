//! The folder in which the local system keeps its data: one system uses it at a time, and it is of one format.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// What the folder is locked by.
const LOCK: &str = "lock";
/// Where the number of its format stands.
const FORMAT: &str = "format";
/// The format of what this version writes. A version that cannot read what the one before it wrote raises it.
const PRESENT: u32 = 3;

/// Why a data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataFolderError {
    /// Another system uses it.
    #[error("the data folder {} is in use by another running system: stop it, or choose another with --data", .0.display())]
    InUse(PathBuf),
    /// What is in it was written by an older version.
    #[error(
        "the data in {} is of an older format, which this version cannot read. Nothing was changed. Keep it for the version \
         that wrote it and choose another folder with --data, or start with --reset to empty it",
        .0.display()
    )]
    Older(PathBuf),
    /// What is in it was written by a newer version.
    #[error(
        "the data in {} is of format {format}, and this version knows {PRESENT}. Nothing was changed. Use the version that \
         wrote it, or choose another folder with --data",
        folder.display()
    )]
    Newer {
        /// The folder.
        folder: PathBuf,
        /// The format that it says it is of.
        format: u32,
    },
    /// A file in it cannot be read or written.
    #[error("cannot use {}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system answered.
        source: io::Error,
    },
}

/// A data folder that is ours as long as this is kept.
#[derive(Debug)]
pub struct DataFolder {
    _lock: File,
}

impl DataFolder {
    /// Makes the folder ready, creates it if there is none, and empties it if it is to be `reset`.
    ///
    /// # Errors
    /// When another system uses it, when what is in it is of another format, and when it cannot be read or written.
    pub fn open(folder: &Path, reset: bool) -> Result<Self, DataFolderError> {
        fs::create_dir_all(folder).map_err(at(folder))?;
        let lock = folder.join(LOCK);
        let file = File::create(&lock).map_err(at(&lock))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(DataFolderError::InUse(folder.to_owned())),
            Err(TryLockError::Error(source)) => return Err(at(&lock)(source)),
        }
        if reset {
            for path in contents(folder)? {
                let removed = if path.is_dir() {
                    fs::remove_dir_all(&path)
                } else {
                    fs::remove_file(&path)
                };
                removed.map_err(at(&path))?;
            }
        }
        settle_format(folder)?;
        Ok(Self { _lock: file })
    }
}

/// Finds out of which format the folder is; one without data becomes one of the present format.
fn settle_format(folder: &Path) -> Result<(), DataFolderError> {
    let file = folder.join(FORMAT);
    let text = match fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(at(&file)(error)),
    };
    match text.trim().parse::<u32>() {
        Ok(PRESENT) => Ok(()),
        Ok(format) if format > PRESENT => Err(DataFolderError::Newer {
            folder: folder.to_owned(),
            format,
        }),
        // Before anything else is written: data without a number was there before there were numbers.
        Err(_) if contents(folder)?.into_iter().all(|path| path == file) => {
            fs::write(&file, format!("{PRESENT}\n")).map_err(at(&file))
        }
        Ok(_) | Err(_) => Err(DataFolderError::Older(folder.to_owned())),
    }
}

/// What is in the folder besides its lock.
fn contents(folder: &Path) -> Result<Vec<PathBuf>, DataFolderError> {
    let lock = folder.join(LOCK);
    let entries = fs::read_dir(folder).map_err(at(folder))?;
    let paths = entries.map(|entry| entry.map(|entry| entry.path()));
    let paths: Vec<PathBuf> = paths.collect::<Result<_, _>>().map_err(at(folder))?;
    Ok(paths.into_iter().filter(|path| *path != lock).collect())
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> DataFolderError {
    let path = path.to_owned();
    move |source| DataFolderError::File { path, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(folder: &Path) {
        fs::write(folder.join("dynamodb.db"), "data").unwrap();
    }

    fn is_kept(folder: &Path) -> bool {
        fs::read_to_string(folder.join("dynamodb.db")).is_ok_and(|text| text == "data")
    }

    #[test]
    fn data_is_read_by_the_version_that_wrote_it() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let first = DataFolder::open(&data, false).unwrap();
        written(&data);
        let second = DataFolder::open(&data, false);
        assert!(matches!(second, Err(DataFolderError::InUse(_))), "{second:?}");
        drop(first);
        DataFolder::open(&data, false).unwrap();
        assert!(is_kept(&data));
    }

    #[test]
    fn data_of_another_format_is_told_and_kept() {
        const NEXT: u32 = PRESENT + 1;
        let (last, next) = ((PRESENT - 1).to_string(), NEXT.to_string());
        for (number, newer) in [
            (None, false),
            (Some("0"), false),
            (Some(""), false),
            (Some(last.as_str()), false),
            (Some(next.as_str()), true),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let data = folder.path();
            written(data);
            if let Some(number) = number {
                fs::write(data.join(FORMAT), number).unwrap();
            }
            let error = DataFolder::open(data, false).unwrap_err();
            assert_eq!(
                matches!(error, DataFolderError::Newer { format: NEXT, .. }),
                newer,
                "{error}"
            );
            assert_eq!(matches!(error, DataFolderError::Older(_)), !newer, "{error}");
            assert!(error.to_string().contains("--data"), "{error}");
            assert!(is_kept(data), "{error}");
            DataFolder::open(data, true).unwrap();
            assert!(!is_kept(data));
            DataFolder::open(data, false).unwrap();
        }
    }

    #[test]
    fn a_start_that_dies_before_the_number_is_written_stands_in_nobodys_way() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FORMAT), "").unwrap();
        DataFolder::open(folder.path(), false).unwrap();
        assert_eq!(
            fs::read_to_string(folder.path().join(FORMAT)).unwrap(),
            format!("{PRESENT}\n")
        );
    }
}
