//! How often things may be tried.
//!
//! Attempts are counted before they are made, so that many at once do not slip through, and in fixed windows. NIST SP
//! 800-63B (5.2.2) allows at most 100 failed attempts in a row on one account; OWASP's Authentication Cheat Sheet asks to
//! count by account, since an attacker has many addresses. But a lock on the account alone would let anybody lock anybody
//! out. So the narrow limit is on an account as seen from one address; the wide one, on the account from everywhere, stops
//! guessing that is spread over many.

use crate::error::{Failure, Refusal};
use crate::ports::{Clock, Throttle};
use freshtrack_domain::ids::UserId;
use freshtrack_domain::people::{EmailAddress, SecretHash};
use freshtrack_domain::time::{Span, Timestamp};
use std::net::IpAddr;

/// How often something may be tried within a time.
pub(crate) struct Limit {
    name: &'static str,
    most: u32,
    window: Span,
}

const QUARTER: Span = Span::minutes(15);

/// Passwords for one account from one network address.
pub(super) const PASSWORD_FROM_ADDRESS: Limit = Limit::new("password-from", 10, QUARTER);
/// Passwords for one account from everywhere: NIST's 100.
pub(super) const PASSWORD: Limit = Limit::new("password", 100, Span::hours(1));
/// Codes of one account: three steps are valid at a time, so this is a chance of one to 33,000 in a quarter of an hour.
pub(super) const CODE: Limit = Limit::new("code", 10, QUARTER);
/// Sign-ins from one network address, wrong or right: each costs us a password hash. A restaurant's people share one.
pub(super) const SIGN_IN_FROM_ADDRESS: Limit = Limit::new("sign-in-from", 300, QUARTER);
/// Mails to one address that anybody can cause.
pub(super) const MAIL: Limit = Limit::new("mail", 5, Span::hours(1));
/// Mails that one network address can cause, and tokens of mails that it can try.
pub(super) const MAIL_FROM_ADDRESS: Limit = Limit::new("mail-from", 100, QUARTER);

/// Invitations that one organization sends: more than anybody has people, and no way to write to everybody.
pub(crate) const INVITATIONS: Limit = Limit::new("invitations", 200, Span::hours(24));
/// Invitations to one address, whoever sends them. Counted apart, so that they keep nobody from a new password.
pub(crate) const INVITATIONS_TO: Limit = Limit::new("invitations-to", 20, Span::hours(24));

impl Limit {
    const fn new(name: &'static str, most: u32, window: Span) -> Self {
        Self { name, most, window }
    }

    /// The end of the window that `now` is in.
    fn end(&self, now: Timestamp) -> Timestamp {
        let window = self.window.as_millis().max(1);
        let index = now.as_millis().div_euclid(window);
        Timestamp::from_millis(index.saturating_add(1).saturating_mul(window))
    }

    /// Hashed, for it may name a person or an address.
    fn counter(&self, subject: &str, end: Timestamp) -> String {
        let subject = SecretHash::of(subject);
        format!("{}/{}/{}", self.name, subject.as_str(), end.as_seconds())
    }

    /// Counts an attempt on `subject`.
    ///
    /// # Errors
    /// Refused when there were too many.
    pub(crate) async fn take(
        &self,
        throttle: &dyn Throttle,
        clock: &dyn Clock,
        subject: &str,
    ) -> Result<(), Failure> {
        let now = clock.now();
        let end = self.end(now);
        let count = throttle.count(&self.counter(subject, end), end).await?;
        if count > self.most {
            return Err(Refusal::too_many(end.since(now)).into());
        }
        Ok(())
    }

    /// Forgets the attempts on `subject`: the last one was right.
    pub(super) async fn forget(&self, throttle: &dyn Throttle, clock: &dyn Clock, subject: &str) {
        let counter = self.counter(subject, self.end(clock.now()));
        // Who was right must not be refused because the counter stays; it ends by itself.
        if let Err(error) = throttle.forget(&counter).await {
            tracing::warn!(%error, "attempts were not forgotten");
        }
    }
}

/// An account before it is known whether there is one.
pub(crate) fn address_of_account(email: &EmailAddress) -> String {
    format!("email:{email}")
}

/// An account that somebody is signed in to, or has shown the password of.
pub(super) fn account(user_id: UserId) -> String {
    format!("user:{user_id}")
}

/// A network address as one party. In version 6 that is a whole network of 64 bits: everybody has at least one.
pub(super) fn party(address: &str) -> String {
    match address.parse::<IpAddr>() {
        Ok(IpAddr::V6(address)) => match address.to_ipv4_mapped() {
            Some(address) => address.to_string(),
            None => {
                let [a, b, c, d, ..] = address.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
        },
        _ => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_party_has_one_name() {
        assert_eq!(party("203.0.113.9"), "203.0.113.9");
        assert_eq!(party("::ffff:203.0.113.9"), "203.0.113.9");
        assert_eq!(party("2001:db8:1:2:3:4:5:6"), party("2001:db8:1:2::9"));
        assert_ne!(party("2001:db8:1:2::9"), party("2001:db8:1:3::9"));
    }

    #[test]
    fn windows_end_and_names_are_hidden() {
        let now = Timestamp::from_seconds(1_790_000_100);
        let end = CODE.end(now);
        assert!(end > now && end.since(now) <= CODE.window);
        assert_eq!(CODE.end(end), end + CODE.window);
        assert!(!CODE.counter("ann@example.com", end).contains("ann"));
    }
}
