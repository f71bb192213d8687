//! WebSocket route `ping`: keeps a quiet socket open.

use freshtrack_contracts::live::ServerBody;
use freshtrack_runtime::{Function, socket};

/// The function.
pub const FUNCTION: Function = Function {
    name: "realtime-heartbeat",
    entry: |context, event| socket(context, event, |_, _| async { Ok(Some(ServerBody::Pong)) }),
};
