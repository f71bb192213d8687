//! Composition root: runners from raw Lambda events to use cases and back.
//!
//! A function is a value of [`Function`]: a name and an entry that takes the raw JSON event and gives the raw
//! JSON reply. Its binary hands it to [`run`]; the local system and the tests call the very same entry.

mod admission;
mod authorizer;
mod context;
mod direct;
mod event;
mod function;
mod http;
mod idempotency;
mod ports;
mod queue;
mod settings;
mod socket;
mod stream;
mod system;

pub use authorizer::{authorize_http, authorize_socket};
pub use context::Context;
pub use direct::direct;
pub use function::{Function, InvocationError, InvocationFuture, run};
pub use http::{Call, HandlerError, Reply, http};
pub use ports::{
    AccountPorts, LivePorts, NetworksPorts, OfficePorts, PlacesPorts, ReceivePorts, RecordPorts,
};
pub use queue::{Verdict, queue};
pub use settings::{MissingSettings, Settings};
pub use socket::{SocketCall, socket};
pub use stream::stream;
pub use system::{RandomIds, SystemClock};
