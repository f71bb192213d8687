//! People from outside: accounts, sign-in, sessions, second factors and tokens, over HTTP and with the mails they get.

mod accounts;
mod guessing;
mod passwords;
mod second_factor;
mod sessions;
mod tokens;
