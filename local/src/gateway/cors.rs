//! Cross-origin rules of an HTTP API.

use crate::template::Cors;
use bytes::Bytes;
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, request};

/// The answer to a preflight request, which no route gets to see; `None` for any other request.
pub(super) fn preflight(cors: &Cors, parts: &request::Parts) -> Option<Response<Bytes>> {
    let is_preflight = parts.method == Method::OPTIONS
        && parts.headers.contains_key(ORIGIN)
        && parts.headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    if !is_preflight {
        return None;
    }
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::NO_CONTENT;
    if let Some(origin) = allowed_origin(cors, &parts.headers) {
        let headers = response.headers_mut();
        allow(cors, origin, headers);
        list(headers, ACCESS_CONTROL_ALLOW_METHODS, &cors.allow_methods);
        list(headers, ACCESS_CONTROL_ALLOW_HEADERS, &cors.allow_headers);
        if let Some(age) = cors.max_age {
            headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from(age.as_secs()));
        }
    }
    Some(response)
}

/// Puts the API's rules into a response, in place of whatever a function put there.
pub(super) fn apply(cors: &Cors, request: &HeaderMap, response: &mut HeaderMap) {
    let granted: Vec<HeaderName> = response
        .keys()
        .filter(|name| name.as_str().starts_with("access-control-"))
        .cloned()
        .collect();
    for name in granted {
        response.remove(name);
    }
    if let Some(origin) = allowed_origin(cors, request) {
        allow(cors, origin, response);
        list(response, ACCESS_CONTROL_EXPOSE_HEADERS, &cors.expose_headers);
    }
}

fn allow(cors: &Cors, origin: HeaderValue, headers: &mut HeaderMap) {
    if origin != "*" {
        headers.append(VARY, HeaderValue::from_static("Origin"));
    }
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    if cors.allow_credentials {
        headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    }
}

/// The origin to name in a response: the caller's own if it may call, or `*` if anybody may.
fn allowed_origin(cors: &Cors, request: &HeaderMap) -> Option<HeaderValue> {
    let origin = request.get(ORIGIN)?;
    let text = origin.to_str().ok()?;
    if cors.allow_origins.iter().any(|allowed| allowed == "*") && !cors.allow_credentials {
        return Some(HeaderValue::from_static("*"));
    }
    let allowed = cors
        .allow_origins
        .iter()
        .any(|allowed| match allowed.strip_suffix('*') {
            Some(start) => text.starts_with(start),
            None => allowed.eq_ignore_ascii_case(text),
        });
    allowed.then(|| origin.clone())
}

fn list(headers: &mut HeaderMap, name: HeaderName, values: &[String]) {
    if let Ok(value) = HeaderValue::try_from(values.join(","))
        && !values.is_empty()
    {
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;
    use std::time::Duration;

    fn rules() -> Cors {
        Cors {
            allow_origins: vec!["https://app.example".to_owned(), "http://*".to_owned()],
            allow_methods: vec!["GET".to_owned(), "POST".to_owned()],
            allow_headers: vec!["authorization".to_owned()],
            expose_headers: vec!["etag".to_owned()],
            allow_credentials: false,
            max_age: Some(Duration::from_secs(60)),
        }
    }

    fn asked(method: &str, origin: &str) -> request::Parts {
        let request = Request::builder()
            .method(method)
            .header("origin", origin)
            .header("access-control-request-method", "POST");
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn preflight_requests_are_answered_by_the_rules() {
        let response = preflight(&rules(), &asked("OPTIONS", "https://app.example")).unwrap();
        assert_eq!(response.status(), StatusCode::NO_CONTENT);
        assert_eq!(
            response.headers()["access-control-allow-origin"],
            "https://app.example"
        );
        assert_eq!(response.headers()["access-control-allow-methods"], "GET,POST");
        assert_eq!(
            response.headers()["access-control-allow-headers"],
            "authorization"
        );
        assert_eq!(response.headers()["access-control-max-age"], "60");
        let stranger = preflight(&rules(), &asked("OPTIONS", "https://evil.example")).unwrap();
        assert!(stranger.headers().is_empty());
        assert!(preflight(&rules(), &asked("GET", "https://app.example")).is_none());
    }

    #[test]
    fn a_functions_own_rules_are_replaced() {
        let mut headers = HeaderMap::new();
        headers.insert("access-control-allow-origin", HeaderValue::from_static("*"));
        headers.insert("etag", HeaderValue::from_static("1"));
        apply(
            &rules(),
            &asked("GET", "https://evil.example").headers,
            &mut headers,
        );
        assert_eq!(headers.len(), 1);
        apply(
            &rules(),
            &asked("GET", "http://localhost:5173").headers,
            &mut headers,
        );
        assert_eq!(headers["access-control-allow-origin"], "http://localhost:5173");
        assert_eq!(headers["access-control-expose-headers"], "etag");
        assert_eq!(headers["vary"], "Origin");
    }

    #[test]
    fn anybody_may_call_where_a_star_stands() {
        let open = Cors {
            allow_origins: vec!["*".to_owned()],
            ..Cors::default()
        };
        let mut headers = HeaderMap::new();
        apply(&open, &asked("GET", "https://any.example").headers, &mut headers);
        assert_eq!(headers["access-control-allow-origin"], "*");
        assert!(!headers.contains_key("vary"));
    }
}
