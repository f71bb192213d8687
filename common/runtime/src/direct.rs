//! Functions that are invoked with a payload of their own: by a schedule, a device topic or an operator.

use crate::context::Context;
use crate::function::{InvocationError, InvocationFuture};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::future::Future;
use std::sync::Arc;

/// Runs `handle` on the payload; its reply is the function's.
pub fn direct<T, O, H, R>(context: Arc<Context>, event: Vec<u8>, handle: H) -> InvocationFuture
where
    T: DeserializeOwned + Send,
    O: Serialize,
    H: FnOnce(Arc<Context>, T) -> R + Send + 'static,
    R: Future<Output = Result<O, InvocationError>> + Send,
{
    Box::pin(async move {
        let payload =
            serde_json::from_slice(&event).map_err(|e| InvocationError::new("Event", e.to_string()))?;
        let reply = handle(context, payload).await?;
        serde_json::to_vec(&reply).map_err(|e| InvocationError::new("Reply", e.to_string()))
    })
}
