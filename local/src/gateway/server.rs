//! The one address of the host, and what is served where on it.

use super::socket::SocketGateway;
use super::{HttpGateway, StaticFiles, http::MAXIMUM_BODY_BYTES, message};
use crate::endpoint::{AwsEndpoint as _, Endpoints};
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, State};
use bytes::Bytes;
use http::{Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// The largest request body that is read at all: DynamoDB's batches are the largest.
const MAXIMUM_READ_BYTES: usize = 16 * 1024 * 1024;

/// Everything that answers requests on the host's address.
pub struct Server {
    /// The HTTP APIs. A path belongs to the first that [covers](HttpGateway::covers) it.
    pub http_apis: Vec<HttpGateway>,
    /// The WebSocket APIs.
    pub socket_apis: Vec<Arc<SocketGateway>>,
    /// The AWS services.
    pub endpoints: Arc<Endpoints>,
    /// What is served on all other paths.
    pub files: StaticFiles,
}

impl Server {
    /// The routes of the address, with `others` in front of them.
    pub fn router(self, others: Router) -> Router {
        others.fallback_service(Router::new().fallback(dispatch).with_state(Arc::new(self)))
    }

    async fn answer(&self, request: Request<Body>, source: IpAddr) -> Response<Bytes> {
        let path = request.uri().path();
        if self.endpoints.are_meant_by(&request) {
            return self.call_service(request).await;
        }
        if let Some(api) = self
            .socket_apis
            .iter()
            .find(|api| api.path() == path.trim_end_matches('/'))
        {
            return Arc::clone(api).open(request, source).await;
        }
        if let Some(api) = self.http_apis.iter().find(|api| api.covers(path)) {
            let (parts, body) = request.into_parts();
            return match read(body, MAXIMUM_BODY_BYTES).await {
                Ok(body) => api.handle(Request::from_parts(parts, body), source).await,
                Err(Unread::TooLarge) => api.refuse_body(&parts),
                Err(Unread::Broken) => message(StatusCode::BAD_REQUEST, "Bad Request"),
            };
        }
        self.files.serve(request.method(), path, request.headers()).await
    }

    async fn call_service(&self, request: Request<Body>) -> Response<Bytes> {
        // Programs do not send this header, pages in a browser do: no web site may call services here.
        if request.headers().contains_key(header::ORIGIN) {
            return message(StatusCode::FORBIDDEN, "Services do not answer web pages");
        }
        let (parts, body) = request.into_parts();
        match read(body, MAXIMUM_READ_BYTES).await {
            Ok(body) => self.endpoints.call(Request::from_parts(parts, body)).await,
            Err(Unread::TooLarge) => message(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large"),
            Err(Unread::Broken) => message(StatusCode::BAD_REQUEST, "Bad Request"),
        }
    }
}

async fn dispatch(
    State(server): State<Arc<Server>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request<Body>,
) -> Response<Body> {
    server.answer(request, peer.ip()).await.map(Body::from)
}

enum Unread {
    TooLarge,
    Broken,
}

async fn read(body: Body, limit: usize) -> Result<Bytes, Unread> {
    match Limited::new(body, limit).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(Unread::TooLarge),
        Err(_) => Err(Unread::Broken),
    }
}
