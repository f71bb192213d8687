//! Lambda authorizers: what they decide, and for how long it is kept.

use crate::clock::LocalClock;
use crate::invoke::{InvocationFailed, Invoker};
use crate::template::Authorizer;
use bytes::Bytes;
use serde_json::{Map, Value as Json, json};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// What an authorizer decided about a caller.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Decision {
    /// The caller may pass; its function gets to see this context.
    Allowed(Json),
    /// The caller may not pass.
    Denied,
}

/// An authorizer that decided nothing.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub(super) enum Undecided {
    #[error(transparent)]
    Failed(#[from] InvocationFailed),
    #[error("the authorizer's reply {0}")]
    Malformed(&'static str),
}

/// Decisions of HTTP APIs' authorizers.
///
/// A decision is kept by what the caller identifies itself by and holds for all routes that share the
/// authorizer, as on AWS: an authorizer that decides by route must name `$context.routeKey` as a source.
#[derive(Debug)]
pub(super) struct Decisions {
    clock: LocalClock,
    kept: Mutex<HashMap<(String, Vec<String>), Kept>>,
}

#[derive(Debug)]
struct Kept {
    decision: Decision,
    until_ms: i64,
}

/// When as many decisions are kept, those that no longer hold are thrown out.
const SWEEP_AT: usize = 1_024;

impl Decisions {
    pub(super) fn new(clock: LocalClock) -> Self {
        Self {
            clock,
            kept: Mutex::default(),
        }
    }

    /// Decides about a caller, by asking `authorizer` with `event` unless a decision is still kept.
    pub(super) async fn decide(
        &self,
        authorizer: &Authorizer,
        identity: Vec<String>,
        invoker: &dyn Invoker,
        event: impl FnOnce(&[String]) -> Json,
    ) -> Result<Decision, Undecided> {
        let key = (authorizer.name.clone(), identity);
        let now_ms = self.clock.now_ms();
        if let Some(kept) = self.locked().get(&key).filter(|kept| kept.until_ms > now_ms) {
            return Ok(kept.decision.clone());
        }
        let event = Bytes::from(event(&key.1).to_string());
        let reply = invoker.invoke(&authorizer.function, event).await?;
        let decision = simple_response(&reply)?;
        let ttl_ms = i64::try_from(authorizer.result_ttl.as_millis()).unwrap_or(i64::MAX);
        if ttl_ms > 0 && !key.1.is_empty() {
            let mut kept = self.locked();
            if kept.len() >= SWEEP_AT {
                kept.retain(|_, kept| kept.until_ms > now_ms);
            }
            let until_ms = now_ms.saturating_add(ttl_ms);
            kept.insert(
                key,
                Kept {
                    decision: decision.clone(),
                    until_ms,
                },
            );
        }
        Ok(decision)
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, HashMap<(String, Vec<String>), Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads `{"isAuthorized": .., "context": {..}}`.
fn simple_response(reply: &[u8]) -> Result<Decision, Undecided> {
    let reply: Json = serde_json::from_slice(reply).map_err(|_| Undecided::Malformed("is no JSON"))?;
    let allowed = reply.get("isAuthorized").and_then(Json::as_bool);
    match allowed.ok_or(Undecided::Malformed("lacks isAuthorized"))? {
        true => Ok(Decision::Allowed(
            reply.get("context").cloned().unwrap_or_else(|| json!({})),
        )),
        false => Ok(Decision::Denied),
    }
}

/// Reads the IAM policy a WebSocket API's authorizer answers with, for a connection to `resource`.
///
/// The context's values become texts, with the principal among them.
pub(super) fn policy_response(reply: &[u8], resource: &str) -> Result<Decision, Undecided> {
    let reply: Json = serde_json::from_slice(reply).map_err(|_| Undecided::Malformed("is no JSON"))?;
    let principal = reply.get("principalId").and_then(Json::as_str);
    let principal = principal.ok_or(Undecided::Malformed("lacks principalId"))?;
    let statements = reply.pointer("/policyDocument/Statement");
    let statements = match statements.ok_or(Undecided::Malformed("lacks policyDocument.Statement"))? {
        Json::Array(statements) => statements.as_slice(),
        single => std::slice::from_ref(single),
    };
    let applies = |statement: &&Json| {
        let matches =
            |field: &str, asked: &str| texts(statement.get(field)).any(|pattern| covers(pattern, asked));
        matches("Action", "execute-api:Invoke") && matches("Resource", resource)
    };
    let effects: Vec<&str> = statements
        .iter()
        .filter(applies)
        .filter_map(|statement| statement.get("Effect")?.as_str())
        .collect();
    if effects.contains(&"Deny") || !effects.contains(&"Allow") {
        return Ok(Decision::Denied);
    }
    let mut context = Map::new();
    for (name, value) in reply
        .get("context")
        .and_then(Json::as_object)
        .into_iter()
        .flatten()
    {
        let text = match value {
            Json::String(text) => text.clone(),
            Json::Number(number) => number.to_string(),
            Json::Bool(truth) => truth.to_string(),
            Json::Null | Json::Array(_) | Json::Object(_) => {
                return Err(Undecided::Malformed(
                    "has a context value that is no text, number or truth value",
                ));
            }
        };
        context.insert(name.clone(), Json::String(text));
    }
    context.insert("principalId".to_owned(), json!(principal));
    Ok(Decision::Allowed(Json::Object(context)))
}

fn texts(value: Option<&Json>) -> impl Iterator<Item = &str> {
    let items = match value {
        Some(Json::Array(items)) => items.as_slice(),
        Some(single) => std::slice::from_ref(single),
        None => &[],
    };
    items.iter().filter_map(Json::as_str)
}

/// Whether a pattern of an IAM policy covers `text`: `*` stands for anything, `?` for one character.
fn covers(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    // Where to take up again when a match breaks off: one character further behind the last star.
    let mut retry: Option<(usize, usize)> = None;
    let (mut at, mut seen) = (0, 0);
    while seen < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                retry = Some((at + 1, seen));
                at += 1;
            }
            Some(wanted) if *wanted == b'?' || Some(wanted) == text.get(seen) => {
                at += 1;
                seen += 1;
            }
            _ => match retry {
                Some((behind_star, start)) => {
                    retry = Some((behind_star, start + 1));
                    at = behind_star;
                    seen = start + 1;
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(at).all(|left| *left == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    /// Lets in who calls itself "friend", and counts how often it is asked.
    #[derive(Default)]
    struct Doorman(AtomicUsize);

    #[async_trait::async_trait]
    impl Invoker for Doorman {
        async fn invoke(&self, _: &str, event: Bytes) -> Result<Bytes, InvocationFailed> {
            self.0.fetch_add(1, Ordering::Relaxed);
            let identity: Json = serde_json::from_slice(&event).unwrap();
            let reply = json!({ "isAuthorized": identity[0] == "friend", "context": { "who": identity[0] } });
            Ok(Bytes::from(reply.to_string()))
        }
    }

    fn authorizer(name: &str, ttl: u64) -> Authorizer {
        Authorizer {
            name: name.to_owned(),
            function: "doorman".to_owned(),
            identity_sources: Vec::new(),
            result_ttl: Duration::from_secs(ttl),
        }
    }

    async fn decide(
        decisions: &Decisions,
        authorizer: &Authorizer,
        who: &str,
        doorman: &Doorman,
    ) -> Decision {
        let identity = vec![who.to_owned()];
        decisions
            .decide(authorizer, identity, doorman, |identity| json!(identity))
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn decisions_are_kept_by_identity_until_their_time_is_over() {
        let clock = LocalClock::manual(jiff::Timestamp::UNIX_EPOCH);
        let (decisions, doorman) = (Decisions::new(clock.clone()), Doorman::default());
        let door = authorizer("Door", 60);
        let friend = Decision::Allowed(json!({ "who": "friend" }));
        for _ in 0..3 {
            assert_eq!(decide(&decisions, &door, "friend", &doorman).await, friend);
            assert_eq!(
                decide(&decisions, &door, "stranger", &doorman).await,
                Decision::Denied
            );
        }
        assert_eq!(doorman.0.load(Ordering::Relaxed), 2);
        assert_eq!(
            decide(&decisions, &authorizer("Gate", 60), "friend", &doorman).await,
            friend
        );
        assert_eq!(doorman.0.load(Ordering::Relaxed), 3);
        clock.advance(Duration::from_secs(60));
        assert_eq!(decide(&decisions, &door, "friend", &doorman).await, friend);
        assert_eq!(doorman.0.load(Ordering::Relaxed), 4);
    }

    #[tokio::test]
    async fn without_a_time_to_live_every_request_asks() {
        let (decisions, doorman) = (Decisions::new(LocalClock::real()), Doorman::default());
        for asked in 1..=2 {
            decide(&decisions, &authorizer("Door", 0), "friend", &doorman).await;
            assert_eq!(doorman.0.load(Ordering::Relaxed), asked);
        }
    }

    #[test]
    fn a_simple_response_must_say_whether() {
        assert_eq!(
            simple_response(br#"{"isAuthorized":true}"#).unwrap(),
            Decision::Allowed(json!({}))
        );
        for reply in ["{}", "null", r#"{"isAuthorized":"yes"}"#, "what"] {
            assert!(simple_response(reply.as_bytes()).is_err(), "{reply}");
        }
    }

    #[test]
    fn policies_are_evaluated_as_iam_does() {
        let door = "arn:aws:execute-api:eu-central-1:000000000000:live/live/$connect";
        let statement = |effect: &str, action: &str, resource: &str| json!({ "Effect": effect, "Action": action, "Resource": resource });
        let reply = |statements: Json| {
            let policy = json!({ "Version": "2012-10-17", "Statement": statements });
            json!({ "principalId": "org_1", "policyDocument": policy, "context": { "n": 1, "ok": true } })
                .to_string()
        };
        let allowed = Decision::Allowed(json!({ "principalId": "org_1", "n": "1", "ok": "true" }));
        for (statements, decision) in [
            (statement("Allow", "execute-api:Invoke", door), allowed.clone()),
            (json!([statement("Allow", "execute-api:*", "*")]), allowed.clone()),
            (
                json!([statement("Allow", "*", "arn:aws:execute-api:*:*:live/*/$connect")]),
                allowed,
            ),
            (
                json!([statement("Allow", "*", "*"), statement("Deny", "*", door)]),
                Decision::Denied,
            ),
            (
                json!([statement("Allow", "*", "arn:aws:execute-api:*:other/*")]),
                Decision::Denied,
            ),
            (
                json!([statement("Allow", "sqs:SendMessage", "*")]),
                Decision::Denied,
            ),
            (json!([]), Decision::Denied),
        ] {
            assert_eq!(
                policy_response(reply(statements.clone()).as_bytes(), door).unwrap(),
                decision,
                "{statements}"
            );
        }
        assert!(policy_response(br#"{"principalId":"x"}"#, door).is_err());
    }

    #[test]
    fn wildcards_stand_for_anything_or_one() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("a*c", "abbc", true),
            ("a*b*c", "axbxbxc", true),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("a*c", "abd", false),
            ("", "a", false),
        ] {
            assert_eq!(covers(pattern, text), expected, "{pattern} {text}");
        }
    }
}
