//! What the tests of several services share.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::{Semaphore, mpsc};

use crate::clock::LocalClock;
use crate::invoke::{InvocationFailed, Invoker};
use crate::services::identifiers::Account;
use crate::template::{AsynchronousInvocation, Function, Queue, Redrive};

pub(crate) const NOON: Timestamp = Timestamp::constant(1_795_262_400, 0);

pub(crate) fn clock() -> LocalClock {
    LocalClock::manual(NOON)
}

pub(crate) fn account() -> Account {
    Account {
        id: "000000000000".into(),
        region: "eu-west-1".into(),
    }
}

pub(crate) fn queue(name: &str) -> Queue {
    Queue {
        logical_id: "Queue".into(),
        name: name.into(),
        arn: account().arn("sqs", name),
        url: format!("http://127.0.0.1/000000000000/{name}"),
        fifo: name.ends_with(".fifo"),
        content_based_deduplication: false,
        visibility_timeout: Duration::from_secs(30),
        delay: Duration::ZERO,
        retention: Duration::from_secs(345_600),
        receive_wait: Duration::ZERO,
        maximum_message_bytes: 1_048_576,
        redrive: None,
    }
}

pub(crate) fn with_dead_letters(name: &str, dead_letters: &str, maximum_receives: u32) -> Queue {
    Queue {
        redrive: Some(Redrive {
            dead_letters: dead_letters.into(),
            maximum_receives,
        }),
        ..queue(name)
    }
}

pub(crate) fn function(name: &str) -> Function {
    Function {
        logical_id: "Function".into(),
        name: name.into(),
        deployed_name: name.into(),
        timeout: Duration::from_secs(10),
        memory_mb: 128,
        environment: BTreeMap::new(),
        asynchronous: AsynchronousInvocation::default(),
    }
}

/// An invocation that a test got to see.
#[derive(Debug, PartialEq)]
pub(crate) struct Invocation {
    pub(crate) function: String,
    pub(crate) event: Value,
}

/// Functions whose replies the test lines up; when none is left they answer `{}`.
pub(crate) struct Functions {
    replies: Mutex<VecDeque<Result<Bytes, InvocationFailed>>>,
    seen: mpsc::UnboundedSender<Invocation>,
    /// Invocations wait here until the test lets them go on.
    gate: Semaphore,
}

impl Functions {
    pub(crate) fn new() -> (std::sync::Arc<Self>, mpsc::UnboundedReceiver<Invocation>) {
        let (seen, invocations) = mpsc::unbounded_channel();
        let functions = Self {
            replies: Mutex::default(),
            seen,
            gate: Semaphore::new(Semaphore::MAX_PERMITS),
        };
        (std::sync::Arc::new(functions), invocations)
    }

    pub(crate) fn reply(&self, reply: impl Into<Bytes>) {
        self.replies.lock().unwrap().push_back(Ok(reply.into()));
    }

    pub(crate) fn fail(&self, times: usize) {
        for _ in 0..times {
            let failed = InvocationFailed {
                error_type: "Boom".into(),
                message: "it broke".into(),
            };
            self.replies.lock().unwrap().push_back(Err(failed));
        }
    }

    /// Holds every further invocation back until [`let_through`](Self::let_through).
    pub(crate) fn hold(&self) {
        self.gate.forget_permits(Semaphore::MAX_PERMITS);
    }

    pub(crate) fn let_through(&self, invocations: usize) {
        self.gate.add_permits(invocations);
    }
}

#[async_trait]
impl Invoker for Functions {
    async fn invoke(&self, function: &str, event: Bytes) -> Result<Bytes, InvocationFailed> {
        let event = serde_json::from_slice(&event).unwrap();
        let _ = self.seen.send(Invocation {
            function: function.into(),
            event,
        });
        self.gate.acquire().await.unwrap().forget();
        let reply = self.replies.lock().unwrap().pop_front();
        reply.unwrap_or_else(|| Ok(Bytes::from_static(b"{}")))
    }
}

/// Lets the other tasks of a single-threaded test run until they wait.
pub(crate) async fn settle() {
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
}
