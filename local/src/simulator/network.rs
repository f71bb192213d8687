//! The roads from the sensors to the system.

use super::generator::{Delivery, Route};
use super::mqtt::MqttPublisher;
use async_trait::async_trait;
use bytes::Bytes;
use freshtrack_contracts::ingest::{IngestReport, UploadedReading};
use freshtrack_domain::ids::OrgId;
use freshtrack_vendors::{device_topic, things_stack};
use http::{Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use serde_json::json;
use std::io;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use tokio::net::TcpStream;

/// Takes frames to the system.
#[async_trait]
pub trait Publisher: Send + Sync {
    /// Takes one frame there, and returns once the system has it.
    ///
    /// # Errors
    /// When the system cannot be reached or does not take it.
    async fn publish(&self, delivery: &Delivery) -> Result<(), DeliveryError>;

    /// Uploads what was measured before, as much as one upload holds, and tells what became of each reading.
    ///
    /// # Errors
    /// When the system cannot be reached or does not take the upload.
    async fn upload(&self, readings: &[UploadedReading]) -> Result<IngestReport, DeliveryError>;
}

/// Why a frame was not taken.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// The system cannot be reached, or the connection broke.
    #[error(transparent)]
    Unreachable(#[from] io::Error),
    /// The connection to the API broke.
    #[error(transparent)]
    Http(#[from] hyper::Error),
    /// The API answered, but not with success.
    #[error("the API answered {status}: {body}")]
    Refused {
        /// The status it answered with.
        status: StatusCode,
        /// What it said.
        body: String,
    },
    /// The request cannot be written down.
    #[error("the request cannot be made: {0}")]
    Request(#[from] http::Error),
    /// The request's body cannot be written down, or the answer's cannot be read.
    #[error("not the expected JSON: {0}")]
    Json(#[from] serde_json::Error),
}

impl DeliveryError {
    /// Whether to try again.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable(_) | Self::Http(_) => true,
            Self::Refused { status, .. } => {
                status.is_server_error() || *status == StatusCode::TOO_MANY_REQUESTS
            }
            Self::Request(_) | Self::Json(_) => false,
        }
    }
}

/// An organization's network servers and gateways.
pub struct Network {
    api: SocketAddr,
    broker: SocketAddr,
    org_id: OrgId,
    access_key: String,
    /// Connections to the API that nobody uses.
    idle: Mutex<Vec<SendRequest<Full<Bytes>>>>,
    /// The gateway's connection to the broker, once it has one.
    gateway: tokio::sync::Mutex<Option<MqttPublisher>>,
}

/// What the application is called in The Things Stack.
const APPLICATION_ID: &str = "freshtrack-simulator";

impl Network {
    /// Networks that call the webhook at `api` with `access_key`, and publish to `broker`.
    #[must_use]
    pub fn new(api: SocketAddr, broker: SocketAddr, org_id: OrgId, access_key: String) -> Self {
        Self {
            api,
            broker,
            org_id,
            access_key,
            idle: Mutex::new(Vec::new()),
            gateway: tokio::sync::Mutex::new(None),
        }
    }

    async fn call_webhook(&self, delivery: &Delivery) -> Result<(), DeliveryError> {
        let device_id = format!("eui-{}", delivery.uplink.dev_eui).to_lowercase();
        let message = things_stack::message(&delivery.uplink, &device_id, APPLICATION_ID);
        self.post("ingest/things-stack", message.to_string()).await?;
        Ok(())
    }

    /// Posts to the organization's API at `rest`, and gives the body of the answer.
    async fn post(&self, rest: &str, body: String) -> Result<Bytes, DeliveryError> {
        let request = Request::post(format!("/v1/orgs/{}/{rest}", self.org_id))
            .header(header::HOST, self.api.to_string())
            .header(header::AUTHORIZATION, format!("Bearer {}", self.access_key))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::from(body))?;
        let mut connection = self.connection().await?;
        connection.ready().await?;
        let response = connection.send_request(request).await?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        self.idle().push(connection);
        if status.is_success() {
            Ok(body)
        } else {
            Err(DeliveryError::Refused {
                status,
                body: String::from_utf8_lossy(&body).into_owned(),
            })
        }
    }

    async fn connection(&self) -> Result<SendRequest<Full<Bytes>>, DeliveryError> {
        while let Some(idle) = self.pop_idle() {
            if !idle.is_closed() {
                return Ok(idle);
            }
        }
        let stream = TcpStream::connect(self.api).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        // Ends with the connection; what went wrong is told to whoever waits for an answer.
        tokio::spawn(connection);
        Ok(sender)
    }

    /// Not held while a connection is looked at, let alone used.
    fn pop_idle(&self) -> Option<SendRequest<Full<Bytes>>> {
        self.idle().pop()
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<SendRequest<Full<Bytes>>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn publish_to_topic(&self, delivery: &Delivery) -> Result<(), DeliveryError> {
        let topic = format!("freshtrack/{}/{}/up", self.org_id, delivery.uplink.dev_eui);
        let message = device_topic::message(&delivery.uplink).to_string();
        let mut gateway = self.gateway.lock().await;
        // Taken out while it is used, so that one that broke is not used again.
        let mut connection = match gateway.take() {
            Some(connection) => connection,
            None => MqttPublisher::connect(self.broker, &format!("gateway-{}", self.org_id)).await?,
        };
        connection.publish(&topic, message.as_bytes()).await?;
        *gateway = Some(connection);
        Ok(())
    }
}

#[async_trait]
impl Publisher for Network {
    async fn publish(&self, delivery: &Delivery) -> Result<(), DeliveryError> {
        match delivery.route {
            Route::ThingsStack => self.call_webhook(delivery).await,
            Route::DeviceTopic => self.publish_to_topic(delivery).await,
        }
    }

    async fn upload(&self, readings: &[UploadedReading]) -> Result<IngestReport, DeliveryError> {
        let upload = json!({ "readings": readings });
        let answer = self.post("readings", upload.to_string()).await?;
        Ok(serde_json::from_slice(&answer)?)
    }
}
