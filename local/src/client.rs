//! A small HTTP client for talking to a running host.

use bytes::Bytes;
use http::{Request, Response, header};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use std::io;
use std::net::SocketAddr;
use tokio::net::TcpStream;

/// A request that got no answer.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// Nothing listens there.
    #[error("cannot reach {address}: {source}")]
    Unreachable {
        /// The address asked for.
        address: SocketAddr,
        /// What the operating system answered.
        source: io::Error,
    },
    /// The connection broke before the answer was there.
    #[error("no answer: {0}")]
    Broken(#[from] hyper::Error),
}

/// Sends one request, whose address gives no host, and reads the answer to its end.
///
/// # Errors
/// [`ClientError`] when there is no answer. Any HTTP status is one.
pub async fn send(address: SocketAddr, mut request: Request<Bytes>) -> Result<Response<Bytes>, ClientError> {
    let stream = TcpStream::connect(address)
        .await
        .map_err(|source| ClientError::Unreachable { address, source })?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let connection = tokio::spawn(connection);
    if let Ok(host) = header::HeaderValue::try_from(address.to_string()) {
        request.headers_mut().entry(header::HOST).or_insert(host);
    }
    let response = sender.send_request(request.map(Full::new)).await?;
    let (parts, body) = response.into_parts();
    let body = body.collect().await?.to_bytes();
    connection.abort();
    Ok(Response::from_parts(parts, body))
}
