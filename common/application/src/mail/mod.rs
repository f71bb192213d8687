//! Mails: what is to be said to whom, decided and written by a worker.

mod letter;
mod send_mail;

pub use letter::Letter;
pub use send_mail::{SendMail, send_mail};

use freshtrack_domain::people::EmailAddress;
use freshtrack_domain::text::Name;
use freshtrack_domain::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A mail that somebody may have to get.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailJob {
    /// To whom.
    pub to: EmailAddress,
    /// When it was asked for.
    pub at: Timestamp,
    /// Why.
    #[serde(flatten)]
    pub occasion: Occasion,
}

/// Why somebody gets a mail.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "occasion", rename_all = "snake_case")]
pub enum Occasion {
    /// Somebody asked for an account with this address. Who has one is told so instead.
    SignUp {
        /// What they said they are called; unknown if there was no such sign-up.
        name: Option<Name>,
        /// What verifies the address.
        token: String,
    },
    /// Somebody who forgot their password; if the address has an account.
    PasswordReset {
        /// What sets a new one.
        token: String,
    },
    /// Something that the holder of an account should know has happened.
    Notice {
        /// What.
        notice: Notice,
    },
    /// Somebody is invited to an organization.
    Invitation {
        /// Its name.
        organization: Name,
        /// Who invites.
        invited_by: Name,
        /// What accepts.
        token: String,
        /// Until when.
        expires_at: Timestamp,
    },
}

/// What the holder of an account should know has happened, in case it was not they.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// There is a new password.
    PasswordChanged,
    /// A second factor is asked for from now on.
    SecondFactorOn,
    /// No second factor is asked for any more.
    SecondFactorOff,
    /// Somebody signed in by a recovery code.
    RecoveryCodeUsed,
}
