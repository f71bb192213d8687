//! Functions that are linked into this process.

use super::{InvocationFailed, Invoker, MAXIMUM_REPLY_BYTES};
use crate::template::System;
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use std::any::Any;
use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

/// A function's code: a raw JSON event in, a raw JSON reply out.
pub type Handler = Arc<dyn Fn(Bytes) -> BoxFuture<'static, Result<Bytes, InvocationFailed>> + Send + Sync>;

/// Runs functions as tasks of this process.
///
/// An invocation runs to its end even if its caller has gone, as on Lambda; at its timeout it is dropped
/// wherever it waits. A panic fails the invocation and nothing else.
pub struct InProcess {
    functions: BTreeMap<String, (Handler, Duration)>,
}

/// The template declares functions that this program does not contain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("template.yaml declares functions that are not linked into this program: {}", .0.join(", "))]
pub struct MissingFunctions(pub Vec<String>);

impl InProcess {
    /// Takes from `handlers`, by name, the code of the functions `system` declares.
    ///
    /// # Errors
    /// [`MissingFunctions`] when a declared function has no handler.
    pub fn new(system: &System, mut handlers: BTreeMap<String, Handler>) -> Result<Self, MissingFunctions> {
        let mut functions = BTreeMap::new();
        let mut missing = Vec::new();
        for function in &system.functions {
            match handlers.remove(&function.name) {
                Some(handler) => {
                    functions.insert(function.name.clone(), (handler, function.timeout));
                }
                None => missing.push(function.name.clone()),
            }
        }
        if missing.is_empty() {
            Ok(Self { functions })
        } else {
            Err(MissingFunctions(missing))
        }
    }
}

/// Makes a [`Handler`] of a closure.
pub fn handler<F, R>(run: F) -> Handler
where
    F: Fn(Bytes) -> R + Send + Sync + 'static,
    R: Future<Output = Result<Bytes, InvocationFailed>> + Send + 'static,
{
    Arc::new(move |event| Box::pin(run(event)))
}

#[async_trait]
impl Invoker for InProcess {
    async fn invoke(&self, function: &str, event: Bytes) -> Result<Bytes, InvocationFailed> {
        let Some((handler, timeout)) = self.functions.get(function) else {
            return Err(InvocationFailed::not_found(function));
        };
        let (handler, timeout) = (Arc::clone(handler), *timeout);
        let task = tokio::spawn(async move { tokio::time::timeout(timeout, handler(event)).await });
        let reply = match task.await {
            Ok(Ok(outcome)) => outcome?,
            Ok(Err(_)) => return Err(InvocationFailed::timed_out(timeout)),
            Err(broken) => return Err(panicked(broken)),
        };
        if reply.len() > MAXIMUM_REPLY_BYTES {
            return Err(InvocationFailed::reply_too_large(reply.len()));
        }
        Ok(reply)
    }
}

fn panicked(broken: tokio::task::JoinError) -> InvocationFailed {
    let message = match broken.try_into_panic() {
        Ok(payload) => panic_message(payload.as_ref()),
        Err(_) => "the host is shutting down".to_owned(),
    };
    InvocationFailed {
        error_type: "Panic".to_owned(),
        message: format!("Lambda panicked: {message}"),
    }
}

fn panic_message(payload: &(dyn Any + Send)) -> String {
    match (payload.downcast_ref::<&str>(), payload.downcast_ref::<String>()) {
        (Some(message), _) => (*message).to_owned(),
        (None, Some(message)) => message.clone(),
        (None, None) => "no message".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::{AsynchronousInvocation, Function};

    fn system(timeout: Duration) -> System {
        let function = Function {
            logical_id: "WorkFunction".to_owned(),
            name: "work".to_owned(),
            deployed_name: "freshtrack-work".to_owned(),
            timeout,
            memory_mb: 128,
            environment: BTreeMap::new(),
            asynchronous: AsynchronousInvocation::default(),
        };
        System {
            functions: vec![function],
            ..System::default()
        }
    }

    fn running(handler: Handler) -> InProcess {
        InProcess::new(
            &system(Duration::from_secs(5)),
            [("work".to_owned(), handler)].into(),
        )
        .unwrap()
    }

    #[tokio::test]
    async fn a_reply_is_what_the_function_returned() {
        let functions = running(handler(|event| async move { Ok(event) }));
        assert_eq!(
            functions
                .invoke("work", Bytes::from_static(b"[1]"))
                .await
                .unwrap(),
            "[1]"
        );
    }

    #[tokio::test]
    async fn a_panic_is_a_failed_invocation() {
        let functions = running(handler(|_| async { panic!("no {}", "luck") }));
        let failed = functions.invoke("work", Bytes::new()).await.unwrap_err();
        assert_eq!(failed.message, "Lambda panicked: no luck");
        assert_eq!(
            functions
                .invoke("work", Bytes::new())
                .await
                .unwrap_err()
                .error_type,
            "Panic"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_function_that_takes_too_long_has_failed() {
        let functions = running(handler(|_| std::future::pending()));
        let failed = functions.invoke("work", Bytes::new()).await.unwrap_err();
        assert_eq!(
            failed.to_string(),
            "Sandbox.Timedout: Task timed out after 5.00 seconds"
        );
    }

    #[tokio::test]
    async fn a_reply_over_six_megabytes_has_failed() {
        let functions = running(handler(|_| async {
            Ok(Bytes::from(vec![b' '; MAXIMUM_REPLY_BYTES + 1]))
        }));
        let failed = functions.invoke("work", Bytes::new()).await.unwrap_err();
        assert_eq!(failed.error_type, "Function.ResponseSizeTooLarge");
    }

    #[tokio::test]
    async fn an_invocation_outlives_its_caller() {
        let (started, begun) = tokio::sync::oneshot::channel();
        let (finished, done) = tokio::sync::oneshot::channel();
        let gate = Arc::new(tokio::sync::Notify::new());
        let signals = Arc::new(std::sync::Mutex::new(Some((started, finished))));
        let opened = Arc::clone(&gate);
        let functions = running(handler(move |event| {
            let (started, finished) = signals.lock().unwrap().take().unwrap();
            let gate = Arc::clone(&gate);
            async move {
                started.send(()).unwrap();
                gate.notified().await;
                finished.send(()).unwrap();
                Ok(event)
            }
        }));
        let caller = tokio::spawn(async move { functions.invoke("work", Bytes::new()).await });
        begun.await.unwrap();
        caller.abort();
        assert!(caller.await.unwrap_err().is_cancelled());
        opened.notify_one();
        done.await.unwrap();
    }

    #[test]
    fn every_declared_function_must_be_there() {
        let missing = InProcess::new(&system(Duration::from_secs(1)), BTreeMap::new())
            .err()
            .unwrap();
        assert_eq!(missing, MissingFunctions(vec!["work".to_owned()]));
    }
}
