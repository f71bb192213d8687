//! API Gateway: the HTTP APIs, the WebSocket APIs and the address they share with everything else.

mod authorizer;
mod cors;
mod event;
mod files;
mod http;
mod reply;
mod routing;
mod server;
pub mod socket;

pub use self::files::StaticFiles;
pub use self::http::HttpGateway;
pub use self::server::Server;

use ::http::{HeaderValue, Response, StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use bytes::Bytes;
use jiff::Timestamp;

/// An id of the form API Gateway gives to requests and connections, such as `JZVnzcSsvHcCEMg=`.
fn short_id() -> String {
    let bytes: [u8; 11] = rand::random();
    URL_SAFE.encode(bytes)
}

/// A reply of the gateway itself: `{"message": ..}`.
fn message(status: StatusCode, text: &str) -> Response<Bytes> {
    let body = serde_json::json!({ "message": text }).to_string();
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// A time as access logs write it and events carry it: `12/Mar/2020:19:03:58 +0000`.
fn log_time(now: Timestamp) -> String {
    now.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string()
}
