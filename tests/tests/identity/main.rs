//! People from outside: accounts, sign-in, sessions, second factors and tokens, over HTTP and with the mails they get.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what fails here fails a test, and should say where"
)]

mod accounts;
mod addresses;
mod elsewhere;
mod guessing;
mod passwords;
mod second_factor;
mod sessions;
mod tokens;
