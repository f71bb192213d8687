//! What a function behind an API answered, as an HTTP response.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use serde_json::{Map, Value as Json};

/// A reply that API Gateway cannot make a response of.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct MalformedReply(String);

impl MalformedReply {
    fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

/// Reads a reply in payload format 2.0: an object with `statusCode`, or any other JSON, which is taken as
/// the body of a successful response.
pub(super) fn response(reply: &Bytes) -> Result<Response<Bytes>, MalformedReply> {
    let parsed: Json = serde_json::from_slice(reply)
        .map_err(|error| MalformedReply::new(format!("the function's reply is no JSON: {error}")))?;
    match parsed {
        Json::Object(fields) if fields.contains_key("statusCode") => structured(&fields),
        Json::String(text) => Ok(plain(Bytes::from(text))),
        Json::Null => Ok(plain(Bytes::new())),
        _ => Ok(plain(reply.clone())),
    }
}

fn plain(body: Bytes) -> Response<Bytes> {
    let mut response = Response::new(body);
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn structured(fields: &Map<String, Json>) -> Result<Response<Bytes>, MalformedReply> {
    let encoded = fields
        .get("isBase64Encoded")
        .and_then(Json::as_bool)
        .unwrap_or(false);
    let body = match fields.get("body") {
        None | Some(Json::Null) => Bytes::new(),
        Some(Json::String(text)) if encoded => {
            let body = STANDARD.decode(text);
            Bytes::from(body.map_err(|error| MalformedReply::new(format!("body is no Base64: {error}")))?)
        }
        Some(Json::String(text)) => Bytes::from(text.clone()),
        Some(_) => return Err(MalformedReply::new("body is not a text")),
    };
    let mut response = Response::new(body);
    *response.status_mut() = status(fields)?;
    let headers = response.headers_mut();
    for (name, value) in fields
        .get("headers")
        .and_then(Json::as_object)
        .into_iter()
        .flatten()
    {
        let text = match value {
            Json::String(text) => text.clone(),
            Json::Number(number) => number.to_string(),
            Json::Bool(truth) => truth.to_string(),
            Json::Null => continue,
            Json::Array(_) | Json::Object(_) => {
                return Err(MalformedReply::new(format!("header {name} is not a text")));
            }
        };
        let name = HeaderName::try_from(name)
            .map_err(|_| MalformedReply::new(format!("\"{name}\" is no header name")))?;
        let value = HeaderValue::try_from(text)
            .map_err(|_| MalformedReply::new(format!("the value of header {name} is not allowed")))?;
        // The connection and its framing are the gateway's own.
        if ![
            header::CONNECTION,
            header::CONTENT_LENGTH,
            header::TRANSFER_ENCODING,
        ]
        .contains(&name)
        {
            headers.insert(name, value);
        }
    }
    for cookie in fields
        .get("cookies")
        .and_then(Json::as_array)
        .into_iter()
        .flatten()
    {
        let value = cookie
            .as_str()
            .and_then(|cookie| HeaderValue::try_from(cookie).ok());
        let value = value.ok_or_else(|| MalformedReply::new("cookies is not a list of cookies"))?;
        headers.append(header::SET_COOKIE, value);
    }
    if !response.body().is_empty() && !response.headers().contains_key(header::CONTENT_TYPE) {
        let default = HeaderValue::from_static("text/plain;charset=UTF-8");
        response.headers_mut().insert(header::CONTENT_TYPE, default);
    }
    Ok(response)
}

/// Reads `statusCode`, a number or the text of one.
pub(super) fn status(fields: &Map<String, Json>) -> Result<StatusCode, MalformedReply> {
    let code = match fields.get("statusCode") {
        Some(Json::Number(number)) => number.as_u64(),
        Some(Json::String(text)) => text.parse().ok(),
        _ => None,
    };
    code.and_then(|code| u16::try_from(code).ok())
        .and_then(|code| StatusCode::from_u16(code).ok())
        .ok_or_else(|| MalformedReply::new("statusCode is no HTTP status"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(reply: &Json) -> Result<Response<Bytes>, MalformedReply> {
        response(&Bytes::from(reply.to_string()))
    }

    #[test]
    fn a_structured_reply_says_everything() {
        let reply = json!({
            "statusCode": 201,
            "headers": {"Location": "/v1/x", "X-Count": 3, "X-Nothing": null, "Content-Length": "99"},
            "cookies": ["a=1; Path=/", "b=2"],
            "body": "aGVsbG8=",
            "isBase64Encoded": true,
        });
        let response = read(&reply).unwrap();
        assert_eq!(response.status(), StatusCode::CREATED);
        assert_eq!(response.headers()["location"], "/v1/x");
        assert_eq!(response.headers()["x-count"], "3");
        assert!(!response.headers().contains_key("x-nothing"));
        assert!(!response.headers().contains_key("content-length"));
        let cookies: Vec<_> = response.headers().get_all("set-cookie").iter().collect();
        assert_eq!(cookies, ["a=1; Path=/", "b=2"]);
        assert_eq!(response.headers()["content-type"], "text/plain;charset=UTF-8");
        assert_eq!(response.body(), "hello");
    }

    #[test]
    fn any_other_json_is_the_body_itself() {
        for (reply, body) in [
            (json!({"a": 1}), r#"{"a":1}"#),
            (json!([1]), "[1]"),
            (json!("hi"), "hi"),
            (json!(null), ""),
        ] {
            let response = read(&reply).unwrap();
            assert_eq!(
                (response.status(), response.body().as_ref()),
                (StatusCode::OK, body.as_bytes())
            );
            assert_eq!(response.headers()["content-type"], "application/json");
        }
    }

    #[test]
    fn a_reply_that_is_no_response_is_refused() {
        for reply in [
            json!({"statusCode": 42}),
            json!({"statusCode": "fine"}),
            json!({"statusCode": 200, "body": {"a": 1}}),
            json!({"statusCode": 200, "body": "%", "isBase64Encoded": true}),
            json!({"statusCode": 200, "headers": {"a b": "c"}}),
            json!({"statusCode": 200, "headers": {"a": "\n"}}),
            json!({"statusCode": 200, "cookies": [1]}),
        ] {
            assert!(read(&reply).is_err(), "{reply}");
        }
        assert!(response(&Bytes::from_static(b"<html>")).is_err());
    }
}
