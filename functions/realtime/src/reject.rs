//! WebSocket $default: tells a client that its message is not understood.

use freshtrack_application::Refusal;
use freshtrack_runtime::{Function, socket};

/// The function.
pub const FUNCTION: Function = Function {
    name: "realtime-reject",
    entry: |context, event| {
        socket(context, event, |_, _| async {
            Err(Refusal::invalid("The type must be subscribe, unsubscribe, resync or ping.").into())
        })
    },
};
