//! Sends the mail that a job asks for, if it is to be sent at all.

use super::letter::Letter;
use super::{MailJob, Notice, Occasion};
use crate::error::PortError;
use crate::identity::email_claim;
use crate::ports::{Clock, Mailer, Records};

/// What sending mails needs.
#[derive(Clone, Copy)]
pub struct SendMail<'a> {
    /// Who has an account.
    pub records: &'a dyn Records,
    /// The way out.
    pub mailer: &'a dyn Mailer,
    /// The time.
    pub clock: &'a dyn Clock,
    /// Where the web app is, without a slash at its end.
    pub app_url: &'a str,
}

/// Does `job`. A job that is done twice sends twice: two mails are better than none.
///
/// # Errors
/// When it is not known whether the mail is to be sent, or it was not taken.
pub async fn send_mail(ports: &SendMail<'_>, job: &MailJob) -> Result<(), PortError> {
    let holder = ports
        .records
        .holder(&email_claim(&job.to), ports.clock.now())
        .await?;
    let link = |what: &str, token: &str| format!("{}/#{what}={token}", ports.app_url);
    let letter = match (&job.occasion, holder.is_some()) {
        (Occasion::SignUp { .. }, true) => has_account(ports.app_url),
        (
            Occasion::SignUp {
                name: Some(name),
                token,
            },
            false,
        ) => verification(name.as_str(), &job.at.to_string(), &link("verify-email", token)),
        (Occasion::PasswordReset { token }, true) => password_reset(&link("reset-password", token)),
        // Nobody is told of an account that is not there.
        (
            Occasion::SignUp { name: None, .. } | Occasion::PasswordReset { .. } | Occasion::Notice { .. },
            false,
        ) => {
            return Ok(());
        }
        (Occasion::Notice { notice }, true) => noticed(*notice, &job.at.to_string(), ports.app_url),
        (
            Occasion::Invitation {
                organization,
                invited_by,
                token,
                expires_at,
            },
            _,
        ) => invitation(
            organization.as_str(),
            invited_by.as_str(),
            &expires_at.to_second().to_string(),
            &link("accept-invitation", token),
        ),
    };
    ports.mailer.send(&job.to, &letter).await
}

fn verification(name: &str, at: &str, link: &str) -> Letter {
    Letter::new("Confirm your address for FreshTrack")
        .say(format!("Hello {name},"))
        .say(format!("an account with this address was asked for at {at}. Confirm that it was you:"))
        .ask("Confirm my address", link)
        .say(
            "The link is valid for 24 hours. If you did not ask for an account at that time, do not open it and ignore \
             this mail: without your confirmation there will be none.",
        )
}

fn has_account(app_url: &str) -> Letter {
    Letter::new("You already have a FreshTrack account")
        .say("Somebody asked for an account with this address, and there is one already. If it was you, sign in:")
        .ask("Sign in", app_url)
        .say("If you have forgotten your password, you can set a new one there. If it was not you, nothing has changed.")
}

fn password_reset(link: &str) -> Letter {
    Letter::new("Set a new password for FreshTrack")
        .say("Somebody asked to set a new password for the account with this address. If it was you:")
        .ask("Set a new password", link)
        .say("The link is valid for one hour. If it was not you, ignore this mail: your password stays what it is.")
}

fn noticed(notice: Notice, at: &str, app_url: &str) -> Letter {
    let (subject, happened) = match notice {
        Notice::PasswordChanged => (
            "Your FreshTrack password was changed",
            "your password was changed",
        ),
        Notice::SecondFactorOn => (
            "FreshTrack asks for a second factor from now on",
            "two-step sign-in was turned on",
        ),
        Notice::SecondFactorOff => (
            "FreshTrack no longer asks for a second factor",
            "two-step sign-in was turned off",
        ),
        Notice::RecoveryCodeUsed => (
            "A recovery code of your FreshTrack account was used",
            "somebody signed in to your account by one of your recovery codes",
        ),
    };
    Letter::new(subject)
        .say(format!("At {at} {happened}."))
        .say("If it was you, there is nothing to do. If not, set a new password at once; that ends all sessions:")
        .ask("Open FreshTrack", app_url)
}

fn invitation(organization: &str, invited_by: &str, until: &str, link: &str) -> Letter {
    Letter::new(format!("{invited_by} invites you to {organization}"))
        .say(format!(
            "{invited_by} invites you to join {organization} on FreshTrack."
        ))
        .ask("Accept the invitation", link)
        .say(format!(
            "The link is valid until {until}. If you do not know what this is about, ignore this mail."
        ))
}
