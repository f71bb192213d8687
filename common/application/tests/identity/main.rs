//! Accounts, sign-in, sessions and second factors on fakes: the rules, and what is left after trouble.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what does not hold fails the test that relies on it"
)]

mod accounts;
mod external;
mod keys;
mod mails;
mod sessions;
mod support;
mod work;
