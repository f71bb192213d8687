//! Sockets behind API Gateway.

use crate::clients::AwsClients;
use crate::error::sdk;
use async_trait::async_trait;
use aws_sdk_apigatewaymanagement::Client;
use aws_sdk_apigatewaymanagement::operation::delete_connection::DeleteConnectionError;
use aws_sdk_apigatewaymanagement::operation::post_to_connection::PostToConnectionError;
use aws_sdk_apigatewaymanagement::primitives::Blob;
use freshtrack_application::PortError;
use freshtrack_application::ports::{Delivery, Sockets};

/// Sends through the management endpoint of the WebSocket API.
#[derive(Debug, Clone)]
pub struct GatewaySockets(Client);

impl GatewaySockets {
    /// Sockets of the API that `clients` are set up for.
    #[must_use]
    pub fn new(clients: &AwsClients) -> Self {
        Self(clients.sockets())
    }
}

#[async_trait]
impl Sockets for GatewaySockets {
    async fn close(&self, id: &str) -> Result<(), PortError> {
        match self.0.delete_connection().connection_id(id).send().await {
            Ok(_) => Ok(()),
            Err(error)
                if matches!(
                    error.as_service_error(),
                    Some(DeleteConnectionError::GoneException(_))
                ) =>
            {
                Ok(())
            }
            Err(error) => Err(sdk("sockets.close", error)),
        }
    }

    async fn send(&self, id: &str, message: &str) -> Result<Delivery, PortError> {
        let sent = self
            .0
            .post_to_connection()
            .connection_id(id)
            .data(Blob::new(message.as_bytes()))
            .send()
            .await;
        match sent {
            Ok(_) => Ok(Delivery::Sent),
            Err(error)
                if matches!(
                    error.as_service_error(),
                    Some(PostToConnectionError::GoneException(_))
                ) =>
            {
                Ok(Delivery::Gone)
            }
            Err(error) => Err(sdk("sockets.send", error)),
        }
    }
}
