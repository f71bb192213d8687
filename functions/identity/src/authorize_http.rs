//! HTTP API authorizer: decides whose access key this is.

use freshtrack_runtime::{Function, authorize_http};

/// The function.
pub const FUNCTION: Function = Function {
    name: "identity-authorize-http",
    entry: authorize_http,
};
