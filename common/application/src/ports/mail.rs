//! Ways to people's mailboxes.

use crate::error::PortError;
use crate::mail::{Letter, MailJob};
use async_trait::async_trait;
use freshtrack_domain::people::EmailAddress;

/// Where mails wait to be sent. A worker decides what, if anything, is sent: so a request takes the same time whether
/// there is an account or not.
#[async_trait]
pub trait MailLane: Send + Sync {
    /// Keeps `job` until a worker has done it.
    ///
    /// # Errors
    /// When it is not safely kept.
    async fn hand_over(&self, job: &MailJob) -> Result<(), PortError>;
}

/// Sends mails.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Sends `letter` to `to`.
    ///
    /// # Errors
    /// When it was not taken.
    async fn send(&self, to: &EmailAddress, letter: &Letter) -> Result<(), PortError>;
}
