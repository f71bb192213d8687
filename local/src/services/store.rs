//! The one SQLite file behind every service but DynamoDB: queues, asynchronous
//! invocations, schedules, stream checkpoints and the message tray.
//!
//! They share a file so that one transaction can span them: an event that goes
//! to two queues and a function is accepted as a whole or not at all.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, Transaction, TransactionBehavior};

/// Where the services keep their data.
#[derive(Clone, Debug)]
pub enum DataLocation {
    /// Nothing outlives the process.
    Memory,
    /// Files in this folder, which is created when missing.
    Directory(PathBuf),
}

impl DataLocation {
    /// The file of this name in the folder; `None` in memory.
    pub(crate) fn file(&self, name: &str) -> Result<Option<PathBuf>, StoreError> {
        match self {
            Self::Memory => Ok(None),
            Self::Directory(folder) => {
                std::fs::create_dir_all(folder).map_err(|source| StoreError::Folder {
                    folder: folder.clone(),
                    source,
                })?;
                Ok(Some(folder.join(name)))
            }
        }
    }
}

/// Why data could not be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The data folder could not be made.
    #[error("cannot create the data folder {folder}: {source}")]
    Folder {
        /// The folder asked for.
        folder: PathBuf,
        /// What the system answered.
        source: std::io::Error,
    },
    /// SQLite refused.
    #[error("local data store: {0}")]
    Sqlite(#[from] rusqlite::Error),
}

/// A handle to the shared file; clones use the same connection.
///
/// Calls run in place, without a blocking thread: a transaction of a few rows
/// takes tens of microseconds, less than handing it over would.
#[derive(Clone)]
pub struct Store {
    connection: Arc<Mutex<Connection>>,
}

impl Store {
    /// Opens `services.db` in the data location.
    ///
    /// # Errors
    /// When the folder or the file cannot be written.
    pub fn open(location: &DataLocation) -> Result<Self, StoreError> {
        let connection = match location.file("services.db")? {
            Some(path) => Connection::open(path)?,
            None => Connection::open_in_memory()?,
        };
        configure(&connection)?;
        Ok(Self {
            connection: Arc::new(Mutex::new(connection)),
        })
    }

    /// Creates what `schema` names and is not there yet.
    pub(crate) fn create(&self, schema: &str) -> Result<(), StoreError> {
        self.with(|connection| connection.execute_batch(schema))
    }

    /// Runs `work` in one write transaction: all of it is kept, or on an error none.
    pub(crate) fn write<T, E: From<rusqlite::Error>>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let value = work(&transaction)?;
        transaction.commit()?;
        Ok(value)
    }

    /// Runs statements that need no transaction of their own.
    pub(crate) fn with<T>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        // A panic while the lock was held left no half-done work: the
        // transaction was rolled back when it was dropped.
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(work(&connection)?)
    }
}

/// Opens a second connection to a database file that another part owns.
pub(crate) fn open_beside(path: &Path) -> Result<Connection, StoreError> {
    let connection = Connection::open(path)?;
    configure(&connection)?;
    Ok(connection)
}

/// With a write-ahead log and `synchronous = NORMAL` a committed transaction is
/// in the operating system's hands: killing the process loses nothing. Only a
/// power cut or a kernel crash can take the last commits, and that is accepted
/// on a developer's machine for about ten times the write rate.
fn configure(connection: &Connection) -> Result<(), StoreError> {
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_transaction_leaves_nothing() {
        let store = Store::open(&DataLocation::Memory).unwrap();
        store.create("CREATE TABLE t (v INTEGER)").unwrap();
        let failed: Result<(), StoreError> = store.write(|transaction| {
            transaction.execute("INSERT INTO t VALUES (1)", [])?;
            Err(rusqlite::Error::QueryReturnedNoRows.into())
        });
        assert!(failed.is_err());
        let rows: i64 = store
            .with(|c| c.query_row("SELECT COUNT(*) FROM t", [], |r| r.get(0)))
            .unwrap();
        assert_eq!(rows, 0);
    }

    #[test]
    fn a_commit_outlives_a_store_that_was_never_closed() {
        let folder = tempfile::tempdir().unwrap();
        let location = DataLocation::Directory(folder.path().join("data"));
        let store = Store::open(&location).unwrap();
        store.create("CREATE TABLE t (v INTEGER)").unwrap();
        store
            .write(|transaction| {
                transaction
                    .execute("INSERT INTO t VALUES (7)", [])
                    .map_err(StoreError::from)
            })
            .unwrap();
        // As after a kill: the first connection is still open, nothing was checkpointed.
        let reopened = Store::open(&location).unwrap();
        let value: i64 = reopened
            .with(|c| c.query_row("SELECT v FROM t", [], |r| r.get(0)))
            .unwrap();
        assert_eq!(value, 7);
        drop(store);
    }
}
