//! The ports on others: LoRaWAN network servers, and issuers of tokens.
//!
//! One module a network server, named as the server is. Each reads the server's message into an
//! [`Uplink`](freshtrack_application::Uplink) and writes the same message for the simulator and for tests.
//! Nothing here panics, whatever is sent: what cannot be read is a [`ParseError`].

pub mod chirpstack;
pub mod device_topic;
mod error;
mod fields;
mod http;
mod key_sets;
mod network_servers;
pub mod things_stack;

pub use error::ParseError;
pub use http::Http;
pub use key_sets::HttpKeySets;
pub use network_servers::{HttpNetworkServers, Reach};

use freshtrack_application::Uplink;

/// What a network server said.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    /// A frame of a device.
    Uplink(Uplink),
    /// Something about a device or the network that holds no measurement, such as a join. To be answered with
    /// success, or the server would send it again.
    Other {
        /// The server's own name for it; `empty_uplink` for a frame without application data, `unknown` for
        /// what this system has never heard of.
        kind: &'static str,
    },
}

/// The [`Message::Other`] of a frame that carries network commands alone.
const EMPTY_UPLINK: Message = Message::Other { kind: "empty_uplink" };
