//! Routes of the WebSocket API.

use crate::admission::caller_of;
use crate::context::Context;
use crate::event::{SocketEvent, SocketEventType};
use crate::function::{InvocationError, InvocationFuture};
use crate::http::HandlerError;
use freshtrack_application::ports::Sockets;
use freshtrack_application::{Caller, Failure, reply};
use freshtrack_contracts::live::{ClientMessage, SUBPROTOCOL, ServerBody};
use freshtrack_domain::time::Timestamp;
use serde_json::json;
use std::future::Future;
use std::sync::Arc;

/// One message of one socket, its caller already known.
pub struct SocketCall {
    /// Who holds the ticket that opened the socket, and what it shows.
    pub caller: Caller,
    /// The socket.
    pub connection_id: String,
    /// Until when it may stay open.
    pub until: Timestamp,
    /// The message as it came; absent when a socket opens or closes.
    body: Option<String>,
}

impl SocketCall {
    /// The message.
    ///
    /// # Errors
    /// Refused when it is not of the expected form.
    pub fn message(&self) -> Result<ClientMessage, freshtrack_application::Refusal> {
        serde_json::from_str(self.body.as_deref().unwrap_or_default())
            .map_err(|error| freshtrack_application::Refusal::invalid(format!("The message: {error}.")))
    }
}

/// Runs a route of the socket. What `handle` answers with is sent to the socket, and so is what it refuses: a
/// socket has no other way to learn that a message did nothing.
pub fn socket<H, R>(context: Arc<Context>, event: Vec<u8>, handle: H) -> InvocationFuture
where
    H: FnOnce(Arc<Context>, SocketCall) -> R + Send + 'static,
    R: Future<Output = Result<Option<ServerBody>, HandlerError>> + Send,
{
    Box::pin(async move {
        let event: SocketEvent =
            serde_json::from_slice(&event).map_err(|e| InvocationError::new("Event", e.to_string()))?;
        let identity = event.request_context.authorizer.as_ref();
        let known = identity.and_then(|identity| Some((caller_of(identity)?, identity.until()?)));
        let Some((caller, until)) = known else {
            return Err(InvocationError::new(
                "Socket",
                "the gateway does not tell whose socket it is and until when",
            ));
        };
        let connection_id = event.request_context.connection_id;
        let event_type = event.request_context.event_type;
        if event_type == SocketEventType::Message && until <= context.clock().now() {
            context.sockets().close(&connection_id).await?;
            return Ok(done(200));
        }
        let call = SocketCall {
            caller,
            connection_id: connection_id.clone(),
            until,
            body: event.body,
        };
        let answer = match handle(Arc::clone(&context), call).await {
            Ok(answer) => answer,
            Err(HandlerError::Failed(Failure::Refused(refusal)))
                if event_type == SocketEventType::Connect =>
            {
                return Ok(done(refusal.code.status()));
            }
            Err(HandlerError::Failed(Failure::Refused(refusal))) => Some(ServerBody::Error {
                detail: refusal.detail,
            }),
            Err(HandlerError::Failed(Failure::Fault(fault))) => {
                tracing::error!(
                    request.id = event.request_context.request_id,
                    "socket route failed"
                );
                return Err(fault.into());
            }
            Err(HandlerError::Broken(error)) => return Err(error),
        };
        if let Some(body) = answer {
            reply(&context.sockets(), context.clock(), &connection_id, body).await?;
        }
        Ok(done(200))
    })
}

/// What the gateway is told: whether a socket may open, by the status.
fn done(status: u16) -> Vec<u8> {
    let reply = json!({ "statusCode": status, "headers": { "Sec-WebSocket-Protocol": SUBPROTOCOL } });
    reply.to_string().into_bytes()
}
