//! The two kinds of API as their clients meet them, in front of closures for functions.

mod http_api;
mod socket_api;
mod world;
