//! What answers tell browsers: what they may do with them, and which pages may ask.

use crate::house::House;
use crate::persons::administrator;
use crate::request::Request as Asked;
use bytes::Bytes;
use freshtrack_contracts::endpoints::{Access, endpoints};
use freshtrack_tests::{Answer, Setup, World};
use http::{Method, Request, StatusCode, header};

/// What a page of ours may ask with.
const ASKED_WITH: [&str; 4] = ["authorization", "content-type", "idempotency-key", "if-match"];

fn assert_guarded(answer: &Answer, what: &str) {
    let header = |name: &str| match answer.headers.get(name) {
        Some(value) => value.to_str().unwrap(),
        None => panic!("no {name}: {what}"),
    };
    assert!(
        header("strict-transport-security").starts_with("max-age="),
        "{what}"
    );
    assert_eq!(header("x-content-type-options"), "nosniff", "{what}");
    assert_eq!(header("referrer-policy"), "no-referrer", "{what}");
    let policy = header("content-security-policy");
    for directive in ["default-src 'none'", "frame-ancestors 'none'"] {
        assert!(policy.contains(directive), "{what}");
    }
    assert!(!policy.contains("script-src"), "{what}");
}

#[tokio::test]
async fn every_answer_says_what_a_browser_may_do_with_it() {
    let world = World::start().await;
    let house = House::new(&world).await;
    let sue = administrator(&world).await;
    let stranger = world.person("stranger@example.com").await;
    for endpoint in endpoints() {
        let request = house.request(endpoint);
        let mut answers = Vec::new();
        // Who is nobody there is refused by the function; that answer counts like any other.
        let stranger = (endpoint.access != Access::Anyone).then_some(stranger.tokens.access_token.0.as_str());
        if endpoint.function != "organizations-delete-account" {
            answers.push(request.send(world.api, stranger).await);
        }
        if endpoint.method == "GET" {
            let credential = house.credential(endpoint, &sue);
            answers.push(request.send(world.api, credential.as_deref()).await);
        }
        for answer in answers {
            let what = format!("{} {answer:?}", endpoint.function);
            assert_guarded(&answer, &what);
            let kept = answer.headers["cache-control"].to_str().unwrap();
            assert!(kept == "no-store" || endpoint.access == Access::Anyone, "{what}");
        }
    }
}

/// A world that is deployed for the pages of these `origins`.
async fn deployed_for(origins: &str) -> (World, tempfile::TempDir) {
    let template = std::fs::read_to_string(World::root().join("template.yaml")).unwrap();
    let configured = template.replace("Default: http://localhost:5173", &format!("Default: {origins}"));
    assert_ne!(configured, template);
    let folder = tempfile::tempdir().unwrap();
    let template = folder.path().join("template.yaml");
    std::fs::write(&template, configured).unwrap();
    let world = World::with(Setup {
        template,
        ..Setup::default()
    })
    .await;
    (world, folder)
}

async fn ask(world: &World, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    world.api.request(request.body(Bytes::new()).unwrap()).await
}

fn listed(answer: &Answer, name: header::HeaderName) -> Vec<String> {
    let value = answer.headers[name].to_str().unwrap();
    value.split(',').map(|part| part.trim().to_lowercase()).collect()
}

#[tokio::test]
async fn pages_of_the_origins_that_are_configured_may_ask_and_no_others() {
    let ours = ["https://app.example", "https://staging.example"];
    let (world, _folder) = deployed_for(&ours.join(",")).await;
    let anything = endpoints().map(|endpoint| {
        let ids = crate::request::parameters(endpoint).map(|name| (name.to_owned(), "x".to_owned()));
        (endpoint, Asked::new(endpoint, &ids.collect()))
    });
    for (endpoint, request) in anything {
        let preflight = async |origin: &str| {
            let asked = [
                ("origin", origin),
                ("access-control-request-method", endpoint.method),
                ("access-control-request-headers", "authorization,content-type"),
            ];
            ask(&world, Method::OPTIONS, &request.path, &asked).await
        };
        for origin in ours {
            let answer = preflight(origin).await;
            let what = format!("{} {answer:?}", endpoint.function);
            assert_eq!(answer.status, StatusCode::NO_CONTENT, "{what}");
            assert_eq!(
                answer.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN],
                origin,
                "{what}"
            );
            assert_eq!(answer.headers[header::VARY], "Origin", "{what}");
            let methods = listed(&answer, header::ACCESS_CONTROL_ALLOW_METHODS);
            assert!(methods.contains(&endpoint.method.to_lowercase()), "{what}");
            let headers = listed(&answer, header::ACCESS_CONTROL_ALLOW_HEADERS);
            assert!(
                ASKED_WITH
                    .iter()
                    .all(|name| headers.contains(&(*name).to_owned())),
                "{what}"
            );
            assert!(
                !answer
                    .headers
                    .contains_key(header::ACCESS_CONTROL_ALLOW_CREDENTIALS),
                "{what}"
            );
        }
        for origin in ["https://app.example.evil.example", "https://evil.example", "null"] {
            let answer = preflight(origin).await;
            let granted = answer
                .headers
                .keys()
                .any(|name| name.as_str().starts_with("access-control-"));
            assert!(!granted, "{} {origin} {answer:?}", endpoint.function);
        }
    }

    let asked = [("origin", ours[0])];
    let answer = ask(&world, Method::GET, "/v1/health", &asked).await;
    assert_eq!(answer.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], ours[0]);
    let exposed = listed(&answer, header::ACCESS_CONTROL_EXPOSE_HEADERS);
    for name in ["etag", "retry-after", "x-request-id"] {
        assert!(exposed.contains(&name.to_owned()), "{exposed:?}");
    }
    let stranger = ask(
        &world,
        Method::GET,
        "/v1/health",
        &[("origin", "https://evil.example")],
    )
    .await;
    assert!(!stranger.headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN));
}
