//! What keeps people's secrets secret.

use crate::error::PortError;
use async_trait::async_trait;
use freshtrack_domain::people::Sealed;
use freshtrack_domain::time::Timestamp;

/// Seals small secrets, so that who reads the store learns nothing of them.
///
/// Envelope encryption: each content has a key of its own, which only the vault's master key can open. The purpose, such
/// as `totp/usr_…`, is bound to the content: sealed for one purpose, it cannot be opened for another.
#[async_trait]
pub trait Vault: Send + Sync {
    /// Seals `content` for `purpose`.
    ///
    /// # Errors
    /// When the master key cannot be reached.
    async fn seal(&self, purpose: &str, content: &[u8]) -> Result<Sealed, PortError>;

    /// Opens what was sealed for `purpose`.
    ///
    /// # Errors
    /// When the master key cannot be reached; `Corrupt` when it was not sealed here for this purpose.
    async fn open(&self, purpose: &str, sealed: &Sealed) -> Result<Vec<u8>, PortError>;
}

/// Counts attempts, across everything that runs.
#[async_trait]
pub trait Throttle: Send + Sync {
    /// Counts one more attempt under `name`, which is forgotten some time after `until`. Gives how many there were, this
    /// one included.
    ///
    /// # Errors
    /// When it could not be counted: then the attempt must not be made.
    async fn count(&self, name: &str, until: Timestamp) -> Result<u32, PortError>;

    /// Forgets the attempts under `name`.
    ///
    /// # Errors
    /// When the store does not answer.
    async fn forget(&self, name: &str) -> Result<(), PortError>;
}

/// Fetches the keys that other issuers of tokens publish.
#[async_trait]
pub trait KeySets: Send + Sync {
    /// The key set (RFC 7517) at `url`, as text.
    ///
    /// # Errors
    /// When it is not there in time, or too large to be one.
    async fn fetch(&self, url: &str) -> Result<String, PortError>;
}
